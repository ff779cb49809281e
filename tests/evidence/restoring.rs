//! A log is lost, and comes back: from a backup, and from whoever has what came after it.

use super::forged::Filled;
use super::support::{App, Engine, ORIGIN, START, audit, fixture, mirror, open_as, postgres};
use super::tampering::{verified, verified_by_python};
use gongshi::backup::{Backup, Restorer};
use gongshi::clock::Clock;
use gongshi::derived::{Mismatch, compare, tables};
use gongshi::highwater::HighWater;
use gongshi::law::Editions;
use gongshi::ledger::LogKeys;
use gongshi::publishing::{Publisher, PublishingError};
use gongshi::store::{Database, Disclosures, Objects, Value};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn gongshi(command: &str) -> Command {
    let mut gongshi = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    gongshi.arg(command);
    gongshi
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn sqlite(folder: &Path) -> String {
    Engine::Sqlite.database(folder)
}

/// Everything that the database says, but what an engine or a restore may order otherwise.
async fn all_rows(database: &Database) -> Vec<(&'static str, Vec<Vec<Value>>)> {
    let mut all = Vec::new();
    // The index of texts is made anew by the service, which follows the log.
    let other = ["cosigned", "searched", "search_head"];
    for table in tables().filter(|table| !other.contains(&table.name)) {
        let sql = format!("SELECT {} FROM {}", table.column_names(), table.name);
        let rows = database.read_built(sql, &[]).await.unwrap();
        let mut rows: Vec<Vec<Value>> = rows.iter().map(|row| row.values().to_vec()).collect();
        rows.sort();
        all.push((table.name, rows));
    }
    all
}

async fn differences(database: &Database, objects: &Objects) -> Vec<Mismatch> {
    let (texts, mut found) = (Disclosures::new(objects.clone()), Vec::new());
    compare(database, Some(&texts), &Editions::built_in(), |mismatch| found.push(mismatch)).await.unwrap();
    found
}

/// The log of every kind of record, moved from one engine to the other by a backup.
async fn every_table_comes_back(from: Filled, to: String) {
    let out = tempfile::tempdir().unwrap();
    let (copy, data) = (out.path().join("backup"), out.path().join("data"));
    let objects = Objects::local(&from.folder.path().join("documents")).unwrap();
    let keys = from.folder.path().join("keys");
    let backup = Backup { database: &from.database, objects: &objects, keys: Some(&keys) };
    let now = || START.parse().unwrap();
    let taken = backup.take(&copy, now).await.unwrap();
    assert!(taken.documents > 3 && taken.disclosures > 0 && taken.missing.is_empty(), "{taken:?}");
    assert!(backup.take(&copy, now).await.is_err(), "nothing is overwritten");
    closed_to_others(&copy);

    let database = Database::open(&to).await.unwrap();
    let restored = Objects::local(&data).unwrap();
    let editions = Editions::built_in();
    let signing = LogKeys::in_folder(&copy.join("keys")).unwrap().checkpoint;
    let restorer =
        Restorer { database: &database, objects: &restored, editions: &editions, keys: &signing, trusted: &[] };
    for begun in [0, taken.size] {
        // The second time there is nothing to do.
        let done = restorer.take_backup(&copy).await.unwrap();
        assert_eq!((done.from, done.to, done.documents_missing.len()), (begun, taken.size, 0));
        assert_eq!(all_rows(&database).await, all_rows(&from.database).await);
        assert_eq!(differences(&database, &restored).await.len(), 0);
    }
    let names = async |objects: &Objects| {
        let mut names = objects.names("sha256").await.unwrap();
        names.extend(objects.names("disclosures").await.unwrap());
        names.sort();
        names
    };
    assert_eq!(names(&restored).await, names(&objects).await);
}

/// Keys of sealed values are in it.
fn closed_to_others(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_comes_back_from_sqlite_to_postgres() {
    every_table_comes_back(Filled::sqlite().await, postgres::fresh_database()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_comes_back_from_postgres_to_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let from = Filled::on(|_| postgres::fresh_database()).await;
    every_table_comes_back(from, sqlite(folder.path())).await;
}

/// Copied while others write, lost with its machine, brought back with what a mirror has, and written on.
async fn at_work(engine: Engine) {
    let app = App::start_on(engine).await;
    let centre = app.cast().await.centre;
    let disclosed = fixture::act(fixture::preannouncement(&centre));
    let out = tempfile::tempdir().unwrap();
    let (copy, copied) = (out.path().join("backup"), AtomicBool::new(false));
    let posting = async {
        let mut posted = 0;
        while !copied.load(Ordering::SeqCst) || posted < 20 {
            let stream = fixture::stream(&format!("T-{posted}"));
            app.post(&centre, "/v1/tenders", &stream, &disclosed).await.accepted();
            posted += 1;
        }
        posted
    };
    let backing_up = async {
        let objects = Objects::local(&app.folder.path().join("documents")).unwrap();
        let keys = app.folder.path().join("keys");
        let backup = Backup { database: &app.ledger.database, objects: &objects, keys: Some(&keys) };
        let taken = backup.take(&copy, || START.parse().unwrap()).await.unwrap();
        copied.store(true, Ordering::SeqCst);
        taken.size
    };
    let (posted, in_backup) = tokio::join!(posting, backing_up);
    assert!(in_backup < app.size() && posted > 0);
    assert!(audit(&copy.join("log")).holds());
    let public = tempfile::tempdir().unwrap();
    mirror(&app, public.path()).await;
    let before = all_rows(&app.ledger.database).await;
    let size = app.size();
    drop(app);

    let data = tempfile::tempdir().unwrap();
    let restore = |from: &Path, catch_up: &Path| {
        let mut restore = gongshi("restore");
        restore.arg("--data").arg(data.path()).arg("--from").arg(from).arg("--catch-up").arg(catch_up);
        restore
    };
    done(&mut restore(&copy, public.path()));
    let clock = Clock::manual(START.parse().unwrap());
    let ledger = open_as(ORIGIN, data.path(), sqlite(data.path()), clock.clone(), None).await.unwrap();
    assert_eq!(*ledger.size().borrow(), size);
    assert_eq!(all_rows(&ledger.database).await, before);
    let app = App::serve(data, ledger, clock, super::support::unlimited()).await;
    app.post(&centre, "/v1/tenders", &fixture::stream("AFTER"), &disclosed).await.accepted();
    let whole = tempfile::tempdir().unwrap();
    mirror(&app, whole.path()).await;
    for (holds, report) in [verified(whole.path()), verified_by_python(whole.path())] {
        assert!(holds, "{report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copied_at_work_and_brought_back_from_sqlite() {
    at_work(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copied_at_work_and_brought_back_from_postgres() {
    at_work(Engine::Postgres).await;
}

/// A service, a backup of its first part, and a mirror of all of it.
struct Lossy {
    app: App,
    out: tempfile::TempDir,
}

impl Lossy {
    async fn start() -> Self {
        let app = App::start().await;
        let centre = app.cast().await.centre;
        let out = tempfile::tempdir().unwrap();
        let mut backup = gongshi("backup");
        done(
            backup.arg("--data").arg(app.folder.path()).arg("--out").arg(out.path().join("backup")).arg("--with-keys"),
        );
        let disclosed = fixture::act(fixture::preannouncement(&centre));
        for code in ["A", "B", "C"] {
            app.post(&centre, "/v1/tenders", &fixture::stream(code), &disclosed).await.accepted();
        }
        mirror(&app, &out.path().join("mirror")).await;
        app.ledger.raise_mark().await.unwrap();
        Self { app, out }
    }

    /// The database is gone, everything else is there.
    async fn lose(self) -> (tempfile::TempDir, tempfile::TempDir) {
        let Self { mut app, out } = self;
        app.ledger.database.close().await;
        let folder = std::mem::replace(&mut app.folder, tempfile::tempdir().unwrap());
        for name in ["gongshi.sqlite", "gongshi.sqlite-wal", "gongshi.sqlite-shm"] {
            let _ = std::fs::remove_file(folder.path().join(name));
        }
        (folder, out)
    }
}

fn restore(data: &Path) -> Command {
    let mut restore = gongshi("restore");
    restore.arg("--data").arg(data).arg("--origin").arg(ORIGIN);
    restore
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_is_recorded_as_lost() {
    let lossy = Lossy::start().await;
    let known = lossy.app.size();
    let (data, out) = lossy.lose().await;
    let from = out.path().join("backup");
    // What is known to be missing is said, and is no success.
    let short = restore(data.path()).arg("--from").arg(&from).output().unwrap();
    assert_eq!(short.status.code(), Some(1), "{}", text(&short.stderr));
    assert!(text(&short.stdout).contains(&known.to_string()), "{}", text(&short.stdout));
    let next = "test.gongshi.example/log-2";
    let accepted = ["--accept-loss", "--as", next, "--reason", "磁盘损坏，其后记录无从补回"];
    done(restore(data.path()).args(accepted));
    let clock = Clock::manual("2026-12-01T01:00:00.000Z".parse().unwrap());
    let ledger = open_as(next, data.path(), sqlite(data.path()), clock.clone(), None).await.unwrap();
    assert_eq!(ledger.rewound(), None);
    let left = ledger.identity().left.clone();
    assert_eq!((left.len(), left[0].lost), (1, Some(known)));
    let from = left[0].size;
    let app = App::serve(data, ledger, clock, super::support::unlimited()).await;
    app.ledger.raise_mark().await.unwrap();
    let marked = HighWater::in_folder(app.folder.path()).unwrap().mark().unwrap().1;
    assert_eq!((marked.origin.as_str(), marked.size), (next, from + 1));
    // Both verifiers hold the log for sound, and ours says what it lacks.
    let whole = tempfile::tempdir().unwrap();
    mirror(&app, whole.path()).await;
    for (holds, report) in [verified(whole.path()), verified_by_python(whole.path())] {
        assert!(holds, "{report:#}");
    }
    let lost = gongshi::audit::Lost { origin: ORIGIN.into(), from, to: known };
    assert_eq!(audit(whole.path()).lost, [lost]);
    // Nobody who kept what was lost is talked out of it.
    let place = Objects::published(&out.path().join("mirror")).unwrap();
    let published = Publisher::new(Arc::clone(&app.ledger), place).round().await;
    assert!(matches!(published, Err(PublishingError::Disowned)), "{published:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_there_is_overwritten() {
    let lossy = Lossy::start().await;
    let size = lossy.app.size();
    let (data, out) = lossy.lose().await;
    let (from, public) = (out.path().join("backup"), out.path().join("mirror"));
    done(restore(data.path()).arg("--from").arg(&from).arg("--catch-up").arg(&public));
    let head = async || {
        let database = Database::open(&sqlite(data.path())).await.unwrap();
        let head = database.head().await.unwrap().unwrap();
        database.close().await;
        head
    };
    let restored = head().await;
    assert_eq!(restored.0, size);
    // An older source has nothing to give and takes nothing.
    done(restore(data.path()).arg("--from").arg(&from));
    assert_eq!(head().await, restored);
    // Another log, under another key; one of our own key with other entries; one whose entries were changed.
    let stranger = Lossy::start().await;
    let refused = |source: &Path, why: &str| {
        let output = restore(data.path()).arg("--catch-up").arg(source).output().unwrap();
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(why), "{}", text(&output.stderr));
    };
    refused(&stranger.out.path().join("mirror"), "not signed by a key of this log");
    let fork = forked(data.path(), &from).await;
    refused(fork.path(), "they differ within the first");
    let bundle = public.join("tile/entries/000.p").join(size.to_string());
    let mut bytes = std::fs::read(&bundle).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let empty = tempfile::tempdir().unwrap();
    copy_folder(&data.path().join("keys"), &empty.path().join("keys"));
    let output = restore(empty.path()).arg("--catch-up").arg(&public).output().unwrap();
    assert!(!output.status.success() && text(&output.stderr).contains("not the one that was signed"));
    assert_eq!(head().await, restored);
}

/// The log of a backup, gone on under the same keys in another way.
async fn forked(data: &Path, backup: &Path) -> tempfile::TempDir {
    let other = tempfile::tempdir().unwrap();
    copy_folder(&data.join("keys"), &other.path().join("keys"));
    done(restore(other.path()).arg("--from").arg(backup));
    let clock = Clock::manual(START.parse().unwrap());
    let ledger = open_as(ORIGIN, other.path(), sqlite(other.path()), clock.clone(), None).await.unwrap();
    let app = App::serve(other, ledger, clock, super::support::unlimited()).await;
    for id in ["XM-FORK-ONE", "XM-FORK-TWO"] {
        let actor = super::support::Actor { id: id.parse().unwrap(), key: gongshi::record::PrivateKey::generate() };
        app.register(&actor, gongshi::organisation::Role::Enterprise).await.accepted();
    }
    let fork = tempfile::tempdir().unwrap();
    mirror(&app, fork.path()).await;
    fork
}

fn copy_folder(from: &Path, to: &PathBuf) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
