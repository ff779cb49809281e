//! The log as static files: whoever reads the place at any moment finds a whole log.

use super::support::fixture::{self, act, stream};
use super::support::{self, Actor, App, Engine, ORIGIN, START, open_as};
use bytes::Bytes;
use gongshi::audit::{Report, Source, SourceError, verify};
use gongshi::clock::Clock;
use gongshi::field::DocumentId;
use gongshi::highwater::{Divergence, Rewound};
use gongshi::law::Editions;
use gongshi::log::{Checkpoint, Resource, TILE_WIDTH, Tile, parse_bundle};
use gongshi::organisation::{self, Registration, Role};
use gongshi::publishing::{Publisher, PublishingError, run};
use gongshi::record::PrivateKey;
use gongshi::store::{Objects, S3Settings};
use gongshi::world::Stream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;

/// A stranger: knows nothing but names of files, asks for the width of its checkpoint and else for the full tile.
struct Stranger {
    place: Objects,
    runtime: Handle,
    note: String,
}

impl Stranger {
    fn read(&self, name: &str) -> Option<Bytes> {
        self.runtime.block_on(self.place.read(name)).unwrap()
    }

    fn size(&self) -> u64 {
        self.note.lines().nth(1).unwrap().parse().unwrap()
    }

    fn fetch(&self, resource: Resource, unit: impl Fn(&[u8], usize) -> Vec<u8>) -> Option<Bytes> {
        let tile = resource.tile();
        let width = (self.size() >> (8 * tile.level)).saturating_sub(tile.index * TILE_WIDTH).min(TILE_WIDTH);
        if width == 0 {
            return None;
        }
        let with = |width: u16| match resource {
            Resource::Hashes(tile) => Resource::Hashes(Tile { width, ..tile }),
            Resource::Entries(tile) => Resource::Entries(Tile { width, ..tile }),
        };
        let partial = self.read(&format!("tile/{}", with(width as u16)));
        let full = || self.read(&format!("tile/{}", with(256))).map(|bytes| unit(&bytes, width as usize).into());
        Some(partial.or_else(full).unwrap_or_else(|| panic!("{resource:?} of {} is missing", self.size())))
    }
}

impl Source for Stranger {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        Ok(self.note.clone())
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let resource = Resource::Entries(Tile { level: 0, index, width: 256 });
        let first = |bytes: &[u8], width: usize| {
            let entries = parse_bundle(Bytes::copy_from_slice(bytes), 256).unwrap();
            gongshi::log::bundle(entries[..width].iter().map(|entry| &entry[..]))
        };
        let Some(bytes) = self.fetch(resource, first) else { return Ok(vec![]) };
        let width = (self.size() - index * 256).min(256) as u16;
        Ok(parse_bundle(bytes, width).unwrap())
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        let first = |bytes: &[u8], width: usize| bytes[..width * 32].to_vec();
        Ok(self.fetch(Resource::Hashes(Tile { width: 256, ..tile }), first).map(Vec::from))
    }

    fn law(&mut self, edition: DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(self.read(&format!("law/{edition}")).map(Vec::from))
    }
}

/// Audits what is published now; `None` before there is anything.
async fn audited(place: &Objects) -> Option<Report> {
    let (place, runtime) = (place.clone(), Handle::current());
    let audit = move || {
        let note = runtime.block_on(place.read("checkpoint")).unwrap()?;
        let note = String::from_utf8(note.into()).unwrap();
        let mut stranger = Stranger { place, runtime, note };
        Some(verify(&mut stranger, None, &Editions::built_in(), &mut |_, _| {}).unwrap())
    };
    tokio::task::spawn_blocking(audit).await.unwrap()
}

async fn grow(app: &App, centre: &Actor, from: u64, to: u64) {
    for n in from..to {
        let disclosed = act(fixture::preannouncement_on(centre, app.now()));
        app.ledger.act_as(&centre.key, &stream(&format!("P-{n}")), &disclosed).await.unwrap();
    }
}

/// No partial tile stays beside its full one.
async fn is_tidy(place: &Objects, size: u64) {
    for name in place.names("tile").await.unwrap() {
        let tile = name.strip_prefix("tile/").unwrap().parse::<Resource>().unwrap().tile();
        let full = size >> (8 * tile.level) >= (tile.index + 1) * 256;
        assert!(tile.width == 256 || !full, "{name} is left over in a log of {size}");
    }
}

async fn eventually_published(place: &Objects, size: u64) -> Report {
    for _ in 0..200 {
        if let Some(report) = audited(place).await.filter(|report| report.entries == size) {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the log of {size} was not published");
}

/// While the log grows over several tiles and the publisher is cut off again and again, every reader finds a whole log.
async fn readers_never_miss_a_tile(app: &App, place: Objects) {
    let centre = app.cast().await.centre;
    let done = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn({
        let (place, done) = (place.clone(), Arc::clone(&done));
        async move {
            let (mut last, mut audits) = (0, 0);
            while !done.load(Ordering::SeqCst) {
                if let Some(report) = audited(&place).await {
                    assert!(report.holds(), "{:?}", report.findings);
                    assert!(report.entries >= last, "the log never shrinks");
                    (last, audits) = (report.entries, audits + 1);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            audits
        }
    });
    for round in 0..12u64 {
        grow(app, &centre, round * 50, (round + 1) * 50).await;
        let mut publisher = Publisher::new(Arc::clone(&app.ledger), place.clone());
        // Cut off at any point; every third one may finish.
        let patience = if round % 3 == 2 { Duration::from_secs(60) } else { Duration::from_millis(round * 3) };
        let _ = tokio::time::timeout(patience, publisher.round()).await;
    }
    let mut publisher = Publisher::new(Arc::clone(&app.ledger), place.clone());
    publisher.round().await.unwrap();
    let size = app.size();
    is_tidy(&place, size).await;
    // One that goes on for long does the same as many that begin anew.
    grow(app, &centre, 600, 800).await;
    publisher.round().await.unwrap();
    is_tidy(&place, app.size()).await;
    done.store(true, Ordering::SeqCst);
    assert!(reading.await.unwrap() > 3, "somebody read all the while");
    let report = audited(&place).await.unwrap();
    assert!(report.holds() && report.entries == app.size(), "{:?}", report.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_a_whole_log_at_every_moment() {
    let (app, folder) = (App::start().await, tempfile::tempdir().unwrap());
    readers_never_miss_a_tile(&app, Objects::published(folder.path()).unwrap()).await;
    // It is a plain copy, too, for every other tool.
    assert!(support::audit(folder.path()).holds());
}

/// Against a real S3 server: `GONGSHI_TEST_S3`, see `store::documents`.
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_a_whole_log_at_every_moment() {
    let endpoint = std::env::var("GONGSHI_TEST_S3").expect("run scripts/test: it starts an S3 server");
    let app = App::start().await;
    let settings = S3Settings {
        bucket: "gongshi-test".into(),
        prefix: format!("log/{}", uuid::Uuid::new_v4()),
        endpoint: endpoint.clone(),
        region: "us-east-1".into(),
        access_key_id: "test".into(),
        secret_access_key: "test".into(),
        allow_http: true,
    };
    readers_never_miss_a_tile(&app, Objects::s3(&settings).unwrap()).await;
    // What a cache may keep, and for how long.
    let head = async |name: &str| {
        let url = format!("{endpoint}/gongshi-test/{}/{name}", settings.prefix);
        // moto takes any signature, but not none.
        let signed = "AWS4-HMAC-SHA256 Credential=test/20260803/us-east-1/s3/aws4_request";
        let response = app.client.get(url).header("authorization", signed).send().await.unwrap();
        assert!(response.status().is_success(), "{name}: {response:?}");
        response.headers().get("cache-control").unwrap_or_else(|| panic!("{response:?}")).to_str().unwrap().to_owned()
    };
    assert_eq!(head("tile/0/000").await, "public, max-age=31536000, immutable");
    assert_eq!(head("checkpoint").await, "public, max-age=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_log_is_not_overwritten() {
    let (app, other, folder) = (App::start().await, App::start().await, tempfile::tempdir().unwrap());
    let place = Objects::published(folder.path()).unwrap();
    let round = async |app: &App| Publisher::new(Arc::clone(&app.ledger), place.clone()).round().await;
    round(&app).await.unwrap();
    let published = place.read("checkpoint").await.unwrap().unwrap();
    assert!(matches!(round(&other).await, Err(PublishingError::Foreign(_))));
    // The same key over another history: a database that was restored from an old copy, and went on.
    let url = Engine::Sqlite.database(other.folder.path());
    other.ledger.database.close().await;
    let keys = other.folder.path().join("keys");
    std::fs::remove_dir_all(&keys).unwrap();
    std::fs::create_dir(&keys).unwrap();
    for file in ["log.jwk", "operator.jwk", "service.jwk"] {
        std::fs::copy(app.folder.path().join("keys").join(file), keys.join(file)).unwrap();
    }
    std::fs::remove_file(other.folder.path().join("gongshi.sqlite")).unwrap();
    let clock = Clock::manual(START.parse().unwrap());
    let restored = open_as(ORIGIN, other.folder.path(), url, clock, None).await.unwrap();
    let mut publisher = Publisher::new(Arc::clone(&restored), place.clone());
    assert!(matches!(
        publisher.round().await,
        Err(PublishingError::Rewound(Rewound { divergence: Divergence::Forked { .. }, .. }))
    ));
    let centre = app.cast().await.centre;
    grow(&app, &centre, 0, 3).await;
    round(&app).await.unwrap();
    assert!(matches!(
        publisher.round().await,
        Err(PublishingError::Rewound(Rewound { divergence: Divergence::Behind { .. }, .. }))
    ));
    assert_ne!(place.read("checkpoint").await.unwrap().unwrap(), published, "the first log goes on there");
}

/// Two replicas of one log publish to one place; one of them dies.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_replicas_publishes_and_the_other_takes_over() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = Objects::published(out.path()).unwrap();
    let url = Engine::Postgres.database(folder.path());
    let clock = Clock::manual(START.parse().unwrap());
    let open = async || open_as(ORIGIN, folder.path(), url.clone(), clock.clone(), None).await.unwrap();
    let (first, second) = (open().await, open().await);
    let publishing = tokio::spawn(run(Arc::clone(&first), place.clone()));
    eventually_published(&place, 1).await;
    let waiting = tokio::spawn(run(Arc::clone(&second), place.clone()));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let published = |ledger: &gongshi::ledger::Ledger| ledger.metrics.text().contains("gongshi_published_size 1\n");
    assert!(published(&first) && !published(&second), "one at a time");
    publishing.abort();
    let _ = publishing.await;
    let key = PrivateKey::generate();
    let registration = Registration {
        id: "91410100MA0000015B".parse().unwrap(),
        name: "采购中心".parse().unwrap(),
        key: key.public().to_jwk(),
        roles: vec![Role::Centre],
        region: None,
        code_as_issued: false,
    };
    let own = Stream::of(&registration.id);
    second.act_as(&key, &own, &organisation::Act::from(registration).into()).await.unwrap();
    let report = eventually_published(&place, 2).await;
    assert!(report.holds());
    let note = String::from_utf8(place.read("checkpoint").await.unwrap().unwrap().into()).unwrap();
    let keys = second.identity().checkpoint_keys.clone();
    assert!(Checkpoint::open_any(&note, &keys).is_ok());
    waiting.abort();
}
