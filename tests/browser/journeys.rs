//! Journeys through pages in Debian's Chromium, each in both languages: one file each in `journeys/`, found there by the script.
//!
//! A journey is `async (reader) => …`; what a reader has, `journeys.test.mjs` says. After each the script sees that the browser has
//! complained of nothing and that nobody was asked but the service.

use super::evidence::Evidence;
use super::support::postbox::MailServer;
use super::support::{App, Engine, fixture, open, unlimited};
use super::{beside_this, node, peers};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::field::{Instant, Line};
use gongshi::search::projection::catch_up;
use gongshi::subscription::{MailSettings, MailTls, WebhookReach, match_for_ever, send_for_ever};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// The present of the demo.
const PRESENT: &str = "2026-11-23T02:00:00.000Z";

/// The demo, served.
async fn filled() -> App {
    let present: Instant = PRESENT.parse().unwrap();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = App::start_by(clock.clone(), folder, Engine::Sqlite, unlimited(), None).await;
    demo::fill(&app.ledger, &clock, present, keys.path()).await.unwrap();
    catch_up(&app.ledger).await.unwrap();
    app
}

/// A service that sends mail, a folder that it comes into, and a record each second.
struct Followed {
    app: App,
    mails: TempDir,
    /// Ended with it.
    _work: JoinSet<()>,
}

impl Followed {
    async fn start() -> Self {
        let (folder, mails, clock) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), Clock::manual(PRESENT.parse().unwrap()));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ledger = open(folder.path(), Engine::Sqlite, clock.clone()).await;
        let server = MailServer::open().await;
        let mail = MailSettings {
            host: server.address.ip().to_string(),
            port: server.address.port(),
            tls: MailTls::None,
            from: "公示 <no-reply@gongshi.example>".parse().unwrap(),
            user: None,
            password: None,
        };
        let (app, subscriptions) =
            App::serve_telling(folder, Arc::clone(&ledger), clock, unlimited(), Some(mail), WebhookReach::Anywhere)
                .await;
        let cast = app.cast().await;
        let centre = cast.centre.key.clone();
        let mut disclosed = fixture::preannouncement_on(&cast.centre, app.now());
        disclosed.title = Line::new("道路监理").unwrap();
        let (act, place) = (fixture::act(disclosed), mails.path().to_owned());
        let mut work = JoinSet::new();
        work.spawn(match_for_ever(Arc::clone(&subscriptions)));
        work.spawn(send_for_ever(subscriptions));
        work.spawn(async move {
            for n in 0.. {
                ledger.act_as(&centre, &fixture::stream(&format!("T-{n}")), &act).await.unwrap();
                for (at, mail) in server.mails().iter().enumerate() {
                    std::fs::write(place.join(format!("{at:04}-{}", mail.to)), mail.text()).unwrap();
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        Self { app, mails, _work: work }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_reach_what_they_came_for() {
    let (evidence, demo, follow) = tokio::join!(Evidence::gather(), filled(), Followed::start());
    let page = Command::new(env!("CARGO_BIN_EXE_gongshi")).arg("verify-page").output().unwrap();
    assert!(page.status.success(), "{}", String::from_utf8_lossy(&page.stderr));
    std::fs::write(evidence.path().join("verify.html"), page.stdout).unwrap();
    let screenshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    std::fs::create_dir_all(&screenshots).unwrap();
    let output = node()
        .args(["--test", "--test-reporter=tap"])
        .arg(beside_this("journeys.test.mjs"))
        .env("EVIDENCE", evidence.path())
        .env("PEERS", peers())
        .env("SERVICE", &evidence.app.base)
        .env("DEMO", &demo.base)
        .env("FOLLOW", &follow.app.base)
        .env("MAILS", follow.mails.path())
        .env("SCREENSHOTS", screenshots)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
