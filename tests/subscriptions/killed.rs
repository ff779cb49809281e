//! The program itself, killed with `kill -9` while it delivers: whatever it had noted as delivered is never sent again, and whatever it
//! had not is sent again under the name that it had, with the same content.
//!
//! More nobody can promise. A receiver that has answered sees a copy only where the process died between that answer and the commit that
//! notes it; what stands in `subscription_news` after the kill is exactly what may come again.

use super::stage::{Stage, link};
use crate::support::postbox::{Hook, Manner};
use crate::support::process::{self, Service};
use crate::support::{Engine, NAMES, unlimited};
use gongshi::store::{Database, Value as Stored};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const HOOKS: usize = 4;
const READERS: usize = 12;
const TENDERS: usize = 12;
/// The process is killed when so many more have come.
const KILLED_AFTER: [usize; 5] = [1, 7, 12, 3, 9];

/// What is still to be told: the names of messages to webhooks, and the subscriptions of mailboxes.
async fn to_be_told(database: &Database) -> BTreeSet<String> {
    let sql = "SELECT subscription, entry, target FROM subscription_news JOIN subscriptions ON id = subscription \
               WHERE $1 = 0";
    let rows = database.read_built(sql.to_owned(), &[Stored::Integer(0)]).await.unwrap();
    let name = |row: &gongshi::store::Row| {
        let (subscription, entry) = (row.text(0).unwrap(), row.unsigned(1).unwrap());
        let is_mail = row.text(2).unwrap().starts_with("mailto:");
        if is_mail { format!("msg_{subscription}") } else { format!("msg_{subscription}_{entry}") }
    };
    rows.iter().map(name).collect()
}

/// Three minutes pass, as far as leases know.
async fn leases_run_out(database: &Database) {
    let mut write = database.begin_write().await.unwrap();
    let sql = "UPDATE subscriptions SET due = due - 180000 WHERE due < $1";
    write.read(sql, &[Stored::Integer(i64::MAX)]).await.unwrap();
    write.commit().await.unwrap();
}

fn serve(folder: &Path, url: &str, settings: &Path) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--public-url", "http://127.0.0.1:1", "--webhooks-anywhere"]);
    command.args(["--database", url, "--smtp"]).arg(settings).args(NAMES).arg("--data").arg(folder);
    process::started(command)
}

/// The messages as they came: to webhooks by their names, to mailboxes by those of their subscriptions; in the order in which they came.
#[derive(Default)]
struct Came(BTreeMap<String, Vec<String>>);

impl Came {
    fn of(stage: &Stage, hook: &Hook, confirmations: usize) -> Self {
        let mut came = Self::default();
        for event in hook.of("subscription.found") {
            came.0.entry(event.id.clone()).or_default().push(event.body);
        }
        for mail in stage.mail.mails().into_iter().skip(confirmations) {
            let id = mail.header("Message-ID");
            let name = id.trim_start_matches('<').rsplit_once('_').unwrap().0.to_owned();
            came.0.entry(name).or_default().push(format!("{id}\n{}", mail.text()));
        }
        came
    }

    fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// What came more often than before.
    fn since(&self, before: &Self) -> BTreeSet<String> {
        let more = |(name, copies): (&String, &Vec<String>)| {
            (copies.len() > before.0.get(name).map_or(0, Vec::len)).then(|| name.clone())
        };
        self.0.iter().filter_map(more).collect()
    }
}

/// Webhooks and mailboxes, confirmed.
async fn everybody_follows(stage: &Stage) {
    for n in 0..HOOKS {
        stage.follow_by_webhook(json!({ "kind": "tender" }), &format!("/{n}")).await;
    }
    for n in 0..READERS {
        let email = json!({ "kind": "email", "address": format!("reader{n}@host{n}.example.cn") });
        assert_eq!(stage.ask(json!({ "kind": "tender" }), email).await.status, 202);
        stage.round().await;
        let token = link(stage.mail.mails().last().unwrap(), "/subscription/confirm?token=");
        let path = format!("/v1/subscription/confirm?token={token}");
        assert_eq!(stage.app.post_raw(&path, None, Vec::new()).await.status, 200);
    }
}

/// The file that says where mail goes.
fn mail_settings(stage: &Stage) -> PathBuf {
    let settings = stage.app.folder.path().join("smtp.toml");
    let (host, port) = (stage.mail.address.ip(), stage.mail.address.port());
    let text = format!("host = \"{host}\"\nport = {port}\ntls = \"none\"\nfrom = \"no-reply@gongshi.example\"\n");
    std::fs::write(&settings, text).unwrap();
    std::fs::set_permissions(&settings, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    settings
}

async fn killed_while_it_delivers(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = engine.database(folder.path());
    let stage = Stage::at(folder, url.clone(), unlimited()).await;
    everybody_follows(&stage).await;
    let confirmations = stage.mail.mails().len();
    for n in 0..TENDERS {
        stage.disclose(&format!("T-{n}"), "道路").await;
    }
    let settings = mail_settings(&stage);
    stage.app.ledger.close().await;
    // A message stays with its receiver for a while before it is acknowledged: there it is killed.
    stage.hook.behave(Manner::Late(40));
    let came = || Came::of(&stage, &stage.hook, confirmations);
    let mut may_come = None;
    let mut again = 0;
    for more in KILLED_AFTER.into_iter().map(Some).chain([None]) {
        let before = came();
        let mut service = serve(stage.app.folder.path(), &url, &settings);
        let began = Instant::now();
        let database = match more {
            Some(more) => {
                while came().count() < before.count() + more {
                    assert!(began.elapsed() < Duration::from_secs(60), "{} came", came().count());
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                service.kill();
                Database::open(&url).await.unwrap()
            }
            None => {
                while come_to_an_end(&service).await > 0 {
                    assert!(began.elapsed() < Duration::from_secs(60), "it does not come to an end");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                service.kill();
                Database::open(&url).await.unwrap()
            }
        };
        // What was sent on its way before the kill may still arrive.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (after, left) = (came(), to_be_told(&database).await);
        let new = after.since(&before);
        if let Some(may_come) = &may_come {
            let others: Vec<_> = new.difference(may_come).collect();
            assert!(others.is_empty(), "noted as delivered, and sent again: {others:?}");
        }
        again += new.iter().filter(|name| before.0.contains_key(*name)).count();
        leases_run_out(&database).await;
        database.close().await;
        may_come = Some(left);
    }
    assert_eq!(may_come, Some(BTreeSet::new()), "everything was told");
    let came = came();
    assert_eq!(came.0.len(), HOOKS * TENDERS + READERS, "each entry to each webhook, one letter to each reader");
    for (name, copies) in &came.0 {
        assert!(copies.iter().all(|copy| *copy == copies[0]), "{name}: the same name and content however often");
    }
    let copies = came.count() - came.0.len();
    println!("{} messages came, and {copies} copies after {} kills", came.0.len(), KILLED_AFTER.len());
    assert_eq!(again, copies, "a copy comes after a kill, and once");
    assert!(copies > 0, "no kill met a message under way: this test sees nothing");
}

/// How many subscriptions something is to be sent to, as the service says.
async fn come_to_an_end(service: &Service) -> u64 {
    let text = reqwest::get(format!("{}/metrics", service.base)).await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("gongshi_subscriptions_waiting "));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_delivers_on_sqlite() {
    killed_while_it_delivers(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_delivers_on_postgres() {
    killed_while_it_delivers(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_and_what_waits_is_counted() {
    let stage = Stage::on(Engine::Sqlite).await;
    let counted = async |name: &str| -> u64 {
        let text = stage.app.get("/metrics").await.body;
        let text: &str = text.as_str().unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.map_or(0, |number| number.parse().unwrap())
    };
    stage.follow_by_webhook(json!({ "kind": "tender" }), "/a").await;
    let told = |name: &str| format!("gongshi_messages_{name}_total{{to=\"webhook\"}}");
    assert_eq!(counted(&told("delivered")).await, 1, "the challenge");
    assert_eq!(counted("gongshi_subscriptions_waiting").await, 0);
    stage.disclose("T-1", "道路").await;
    stage.subscriptions.match_new().await.unwrap();
    stage.minutes_pass(7);
    assert_eq!(counted("gongshi_subscriptions_waiting").await, 1);
    assert_eq!(counted("gongshi_oldest_news_seconds").await, 7 * 60);
    stage.hook.behave(Manner::Status(500));
    stage.round().await;
    assert_eq!((counted(&told("failed")).await, counted("gongshi_subscriptions_waiting").await), (1, 1));
    for _ in 0..9 {
        stage.minutes_pass(24 * 60);
        stage.round().await;
    }
    assert_eq!(counted("gongshi_subscriptions_given_up_total{to=\"webhook\"}").await, 1);
    assert_eq!((counted("gongshi_subscriptions_waiting").await, counted("gongshi_oldest_news_seconds").await), (0, 0));
    let failed = counted(&told("failed")).await;
    assert!(failed > 3 && counted(&told("delivered")).await == 1, "{failed}");
}
