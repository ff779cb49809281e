//! Nobody reads a sealed rating before its time, whoever runs the service: not in what it keeps, copies, answers or logs, not even
//! after the author has shown it too early.

use super::evaluating::{WON, is_written};
use super::stage::Stage;
use super::support::{App, Engine, START, mirror, open_with, postgres, unlimited};
use gongshi::backup::Backup;
use gongshi::bundle::{Maker, Scope, export_bundle};
use gongshi::clock::Clock;
use gongshi::derived::tables;
use gongshi::evaluation::Rating;
use gongshi::law::Editions;
use gongshi::store::{Database, Objects, Value};
use gongshi::template::Side;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// Everything that this process has logged.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn heard() -> &'static Heard {
    static HEARD: OnceLock<Heard> = OnceLock::new();
    HEARD.get_or_init(|| {
        let heard = Heard::default();
        let writer = heard.clone();
        let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        lines.with_writer(move || writer.clone()).init();
        heard
    })
}

/// What must not be read: the words, the salt, the scores as they are signed.
fn secrets(rating: &Rating) -> [String; 3] {
    let signed = serde_json::to_value(rating).unwrap();
    let text = |member: &str| signed[member].as_str().unwrap().to_owned();
    [text("statement"), text("salt"), signed["scores"].to_string()]
}

/// Every row of every table, as a query shows it: whatever the engine had packed is unpacked.
async fn dump(database: &Database, to: &Path) {
    let mut file = std::fs::File::create(to).unwrap();
    for table in tables() {
        let sql = format!("SELECT {} FROM {}", table.column_names(), table.name);
        for row in database.read_built(sql, &[]).await.unwrap() {
            for value in row.values() {
                match value {
                    Value::Text(text) => file.write_all(text.as_bytes()).unwrap(),
                    Value::Blob(bytes) => file.write_all(bytes).unwrap(),
                    Value::Integer(_) | Value::Null => {}
                }
            }
        }
    }
}

/// Copies of all that there is, by every tool: the folder with what each of them made.
async fn copied(app: &App, id: &str) -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    let (database, path) = (&app.ledger.database, |name: &str| out.path().join(name));
    let objects = Objects::local(&app.folder.path().join("documents")).unwrap();
    let keys = app.folder.path().join("keys");
    let backup = Backup { database, objects: &objects, keys: Some(&keys) };
    backup.take(&path("backup"), || app.now()).await.unwrap();
    mirror(app, &path("mirror")).await;
    dump(database, &path("rows")).await;
    let editions = Editions::built_in();
    let maker = Maker { database, documents: &app.ledger.documents, editions: &editions, keys: &[] };
    let scope = Scope::Organisation("91410100MA0000015B".parse().unwrap());
    export_bundle(maker, scope, app.now(), &path("bundle.zip")).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path("bundle.zip")).unwrap()).unwrap();
    let mut unpacked = Vec::new();
    for at in 0..zip.len() {
        zip.by_index(at).unwrap().read_to_end(&mut unpacked).unwrap();
    }
    std::fs::write(path("unpacked"), unpacked).unwrap();
    for what in [format!("/v1/evaluations/{id}"), "/v1/evaluations".to_owned(), "/v1/records?limit=500".to_owned()] {
        let name = what.replace(['/', '?', '='], "-");
        std::fs::write(path(&name), app.bytes(&what).await).unwrap();
    }
    std::fs::write(path("metrics"), app.bytes("/metrics").await).unwrap();
    std::fs::write(path("log"), &*heard().0.lock().unwrap()).unwrap();
    out
}

/// The scores are this story's alone, each dimension another one from `score` on, where other stories give all the same: log and
/// cluster are those of the whole process, and theirs may have been revealed in them.
async fn nothing_is_readable(stage: Stage, database: PathBuf, score: u8) {
    let (centre, enterprise) = (stage.cast.centre.clone(), stage.cast.enterprise.clone());
    stage.app.ledger.propose_due().await.unwrap();
    let statement = format!("仅此一处可见的评语 {}", uuid::Uuid::new_v4());
    let mut rating = stage.rating(WON, Side::Enterprise, score).await;
    for (line, more) in rating.scores.iter_mut().zip(0..) {
        line.score += more;
    }
    let rating = Rating { statement: Some(statement.parse().unwrap()), ..rating };
    stage.seals(&enterprise, WON, Side::Enterprise, &rating).await;
    // Its author shows it too early, and by mistake in a rehearsal: it is refused, and forgotten.
    let shown = async |what: &str| stage.evaluate(&enterprise, WON, what, rating.clone()).await;
    assert_eq!(shown("ratings").await.problem(), "window-open");
    assert_eq!(shown("ratings?dry_run=1").await.problem(), "window-open");

    let copies = copied(&stage.app, WON).await;
    for secret in secrets(&rating) {
        for place in [copies.path(), stage.app.folder.path(), &database] {
            assert!(!is_written(place, &secret), "{secret} in {}", place.display());
        }
    }
    let log = String::from_utf8_lossy(&heard().0.lock().unwrap()).into_owned();
    assert!(log.contains("TRACE") && log.contains("INSERT"), "everything is logged");

    // And so it would have been found.
    let by_unit = stage.rating(WON, Side::Unit, 80).await;
    stage.seals(&centre, WON, Side::Unit, &by_unit).await;
    stage.evaluate(&enterprise, WON, "ratings", rating.clone()).await.accepted();
    let copies = copied(&stage.app, WON).await;
    for secret in secrets(&rating) {
        for copy in ["backup", "mirror", "bundle"] {
            let place = if copy == "bundle" { copies.path().to_owned() } else { copies.path().join(copy) };
            assert!(is_written(&place, &secret), "{secret} not in {copy}");
        }
    }
    let [_, salt, _] = secrets(&rating);
    assert!(is_written(&database, &salt), "the engine's files show what is in them");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_readable_before_the_reveal_on_sqlite() {
    heard();
    let stage = Stage::awarded(Engine::Sqlite).await;
    let database = stage.app.folder.path().to_owned();
    nothing_is_readable(stage, database, 83).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_readable_before_the_reveal_on_postgres() {
    heard();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(START.parse().unwrap()));
    // Packed so that what is not repeated stays in one piece: else nobody could say that it is not there.
    let url = format!("{}?options[default_toast_compression]=lz4", Engine::Postgres.database(folder.path()));
    let ledger = open_with(folder.path(), url, clock.clone(), None).await.unwrap();
    let app = App::serve(folder, ledger, clock, unlimited()).await;
    nothing_is_readable(Stage::awarded_in(app).await, postgres::data_directory(), 84).await;
}
