//! Somebody with rights on the database writes to it. For every table and column that there is: a comparison with the log
//! names it, a replay repairs it, and what the log does not say stands in a list here, each with the reason.

mod forgery;

use super::support::{App, START, files, fixture, open_with, postgres};
use forgery::{Forgery, forged, rounds};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::derived::{Discrepancy, Mismatch, ReplayError, compare, replay, tables};
use gongshi::law::Editions;
use gongshi::ledger::{Contradiction, UncitedQuota};
use gongshi::organisation::{self, Role, RoleGrant};
use gongshi::record::{Disclosure, PrivateKey};
use gongshi::search::projection::catch_up;
use gongshi::sequencer::projections;
use gongshi::store::{COSIGNED, Database, Disclosures, ENTRIES, Objects, Table, Value};
use gongshi::world::Stream;
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use tokio::sync::OnceCell;

/// What the log does not say, so that no comparison with it can find another value.
const UNSAID: &[(&str, &str, &str)] = &[
    ("uploads", "sha256", "which document was uploaded; of one that is not here nothing counts"),
    ("uploads", "owner", "who uploaded it, if that is an organisation of the log"),
    ("uploads", "stored_at", "when it was uploaded"),
    ("disclosures", "stored_at", "when it was uploaded"),
    ("disclosures", "cited", "whether somebody has seen that a record holds it; the table of citations decides"),
    ("disclosures", "object", "where the text is; under another name there is none"),
    ("erasures", "digest", "which value was erased"),
    ("erasures", "erased_at", "when it was erased"),
    ("erasures", "reason", "why it was erased"),
];

/// What is found and not repaired, because the entries do not say what was there.
const UNREPAIRED: &[&str] = &["documents", "uploads", "disclosures", "erasures"];

/// A log of every kind of record, stopped; beside it documents, two disclosures (one erased) and a cosigned checkpoint.
pub struct Filled {
    pub folder: tempfile::TempDir,
    pub database: Database,
}

impl Filled {
    pub async fn on(url: impl FnOnce(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let present = START.parse().unwrap();
        let clock = Clock::manual(gongshi::field::Instant::plus_millis(present, -demo::DAYS_BACK * 86_400_000));
        let ledger = open_with(folder.path(), url(folder.path()), clock.clone(), None).await.unwrap();
        demo::fill(&ledger, &clock, present, &folder.path().join("demo-keys")).await.unwrap();
        catch_up(&ledger).await.unwrap();
        let operator = ledger.identity().operator.clone();
        for name in ["李四", "王五"] {
            let disclosure = Disclosure::new("contact", &name.into());
            ledger.keep_disclosure(&disclosure, &operator, UncitedQuota::NONE).await.unwrap();
            if name == "王五" {
                let sealed = disclosure.sealed().sealed;
                ledger.erase_disclosure(&sealed, &operator, "本人请求").await.unwrap();
            }
        }
        let database = ledger.database.clone();
        let (size, note) = database.head().await.unwrap().unwrap();
        let mut write = database.begin_write().await.unwrap();
        write.put(&COSIGNED, vec![vec![Value::from(size), Value::from(note)]]).await.unwrap();
        write.commit().await.unwrap();
        Self { folder, database }
    }

    /// A copy of one that is made once: all its records are to be signed and decided.
    pub async fn sqlite() -> Self {
        static MADE: OnceCell<HashMap<String, Vec<u8>>> = OnceCell::const_new();
        let url = |folder: &Path| format!("sqlite://{}", folder.join("gongshi.sqlite").display());
        let made = MADE.get_or_init(async || {
            let filled = Self::on(url).await;
            filled.database.close().await;
            files::read(filled.folder.path())
        });
        let folder = tempfile::tempdir().unwrap();
        files::write(made.await, folder.path());
        let database = Database::open(&url(folder.path())).await.unwrap();
        Self { folder, database }
    }

    async fn found(&self) -> Vec<Mismatch> {
        let texts = Disclosures::new(Objects::local(&self.folder.path().join("documents")).unwrap());
        let mut found = Vec::new();
        let compared =
            compare(&self.database, Some(&texts), &Editions::built_in(), |mismatch| found.push(mismatch)).await;
        compared.unwrap();
        found
    }

    async fn rows(&self, table: &Table) -> Vec<Vec<Value>> {
        let sql = format!("SELECT {} FROM {} ORDER BY {}", table.column_names(), table.name, table.key.join(", "));
        let rows = self.database.read_built(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.values().to_vec()).collect()
    }

    async fn change(&self, table: &Table, key: &[Value], column: &str, value: Value) {
        let mut write = self.database.begin_write().await.unwrap();
        write.change(table, key, &[(column, value)]).await.unwrap();
        write.commit().await.unwrap();
    }
}

/// Forges each column of each table, looks, and repairs, in these rounds.
async fn every_column(filled: Filled, rounds: Vec<Vec<Forgery>>) {
    let before = projections(&filled.database).await.unwrap();
    assert!(filled.found().await.is_empty(), "{:?}", filled.found().await);
    for round in rounds {
        for forgery in &round {
            forgery.commit(&filled).await;
        }
        let what: Vec<_> = round.iter().map(Forgery::what).collect();
        if what == ["entries.bytes"] {
            let editions = Editions::built_in();
            assert!(compare(&filled.database, None, &editions, &mut |_| {}).await.is_err());
            assert!(replay(&filled.database, &editions).await.is_err(), "there is nothing to repair it from");
            round[0].put_back(&filled).await;
            continue;
        }
        let found = filled.found().await;
        for forgery in &round {
            let is_found = found.iter().any(|mismatch| forgery.is_named_by(mismatch));
            assert_eq!(is_found, !forgery.is_unsaid(), "{}: {found:?}", forgery.what());
        }
        assert!(found.iter().all(|mismatch| mismatch.zh() != mismatch.en()));
        repair(&filled, &round).await;
    }
    assert!(filled.found().await.is_empty(), "{:?}", filled.found().await);
    assert_eq!(projections(&filled.database).await.unwrap(), before);
}

/// A replay repairs the rows and says so; what it can't repair it names, and we put it back.
async fn repair(filled: &Filled, round: &[Forgery]) {
    let replayed = replay(&filled.database, &Editions::built_in()).await;
    if round[0].what() == "log_head.checkpoint" {
        assert!(matches!(replayed, Err(ReplayError::Unsigned)), "{replayed:?}");
        return round[0].put_back(filled).await;
    }
    let replayed = replayed.unwrap();
    let mut expected: Vec<_> = round.iter().filter(|f| f.is_repaired()).map(|f| f.table.name).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(replayed.repaired.keys().copied().collect::<Vec<_>>(), expected);
    for forgery in round {
        // Whose texts are at hand, only `verify` knows.
        let is_named = forgery.is_unsaid() || !replayed.left.is_empty() || forgery.table.name == "disclosures";
        assert!(forgery.is_repaired() || is_named, "{}", forgery.what());
        if !forgery.is_repaired() || forgery.table.name == "cosigned" {
            forgery.put_back(filled).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_on_sqlite() {
    let filled = Filled::sqlite().await;
    let rounds = rounds(&filled).await;
    every_column(filled, rounds).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_on_postgres() {
    let filled = Filled::on(|_| postgres::fresh_database()).await;
    // What is forged alone differs by how it is judged, not by how it is kept.
    let rounds = rounds(&filled).await.into_iter().filter(|round| round.len() > 1).collect();
    every_column(filled, rounds).await;
}

/// A migration that adds a column without saying what the log makes of it would leave it uncompared.
#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_column_is_described() {
    let filled = Filled::sqlite().await;
    let sql = "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns \
               WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name NOT LIKE '_sqlx_%'";
    let stored = filled.database.read(sql, &[]).await.unwrap();
    // What is written to see whether anything can be says nothing, and nobody reads it.
    // Words of texts can't be read back; each is beside a row that is compared.
    // Whom to tell is somebody's wish, of which the log says nothing.
    // Nor of what it does not have: the records that were refused.
    let is_beside = |table: &str| {
        table == "probe" || ["searched_words", "subscription", "refusal"].iter().any(|name| table.starts_with(name))
    };
    let stored = stored.iter().filter(|row| !is_beside(row.text(0).unwrap()));
    let mut stored: Vec<_> =
        stored.map(|row| (row.text(0).unwrap().to_owned(), row.text(1).unwrap().to_owned())).collect();
    let described = tables().flat_map(|table| table.columns.iter().map(|column| (table.name, column.name)));
    let mut described: Vec<_> = described.map(|(table, column)| (table.to_owned(), column.to_owned())).collect();
    stored.sort();
    described.sort();
    assert_eq!(stored, described);
}

/// Rows that are taken away, and rows that no record made.
#[tokio::test(flavor = "multi_thread")]
async fn rows_missing_and_rows_too_many() {
    let filled = Filled::sqlite().await;
    let before = projections(&filled.database).await.unwrap();
    let heads = ["entries", "log_head", "search_head", "cosigned", "law"];
    let made = tables().filter(|table| !heads.contains(&table.name));
    let made: Vec<_> = made.filter(|table| !UNREPAIRED.contains(&table.name)).collect();
    let mut write = filled.database.begin_write().await.unwrap();
    for table in &made {
        let rows = filled.rows(table).await;
        let (first, last) = (&rows[0], rows.last().unwrap());
        write.delete(table, &table.key_of(first)).await.unwrap();
        let mut surplus = last.clone();
        surplus[0] = forged(table.columns[0].kind, &last[0]);
        write.put(table, vec![surplus]).await.unwrap();
    }
    write.commit().await.unwrap();
    let found = filled.found().await;
    for table in &made {
        let says = |what: &Discrepancy| {
            found.iter().filter(|mismatch| mismatch.table.name == table.name && mismatch.what == *what).count()
        };
        assert_eq!((says(&Discrepancy::Missing), says(&Discrepancy::Surplus)), (1, 1), "{}: {found:?}", table.name);
    }
    let replayed = replay(&filled.database, &Editions::built_in()).await.unwrap();
    for table in &made {
        let repaired = replayed.repaired[table.name];
        assert_eq!((repaired.missing, repaired.surplus, repaired.changed), (1, 1, 0), "{}", table.name);
    }
    assert!(filled.found().await.is_empty());
    assert_eq!(projections(&filled.database).await.unwrap(), before);
}

/// Two entries filed in each other's place, and one hidden under a stream of its own.
#[tokio::test(flavor = "multi_thread")]
async fn entries_filed_elsewhere_are_filed_back() {
    let filled = Filled::sqlite().await;
    let before = (projections(&filled.database).await.unwrap(), filled.rows(&ENTRIES).await);
    for statement in [
        "UPDATE entries SET version = 1000 WHERE idx = 20",
        "UPDATE entries SET stream = (SELECT stream FROM entries WHERE idx = 20), \
         version = (SELECT count(*) FROM entries AS e WHERE e.stream = entries.stream) + 50 WHERE idx = 21",
        "UPDATE entries SET stream = 'organisation/hidden', version = 1 WHERE idx = 12",
        "UPDATE entries SET kind = 'tender.cleared', author = 'X', time = 5 WHERE idx > 30 AND idx < 40",
    ] {
        let mut write = filled.database.begin_write().await.unwrap();
        write.read(statement, &[]).await.unwrap();
        write.commit().await.unwrap();
    }
    let found = filled.found().await;
    // What is folded is folded from the bytes: no row but those of the entries is wrong.
    assert!(found.iter().all(|mismatch| mismatch.table.name == "entries"), "{found:?}");
    let indexes: Vec<_> = found.iter().filter_map(Mismatch::index).collect();
    assert_eq!(indexes, [&[12, 20, 21][..], &(31..40).collect::<Vec<_>>()].concat());
    let replayed = replay(&filled.database, &Editions::built_in()).await.unwrap();
    assert_eq!(replayed.repaired["entries"].changed, 12);
    assert_eq!((projections(&filled.database).await.unwrap(), filled.rows(&ENTRIES).await), before);
}

/// A service does not go on from a head or an edge that the log has not signed.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_does_not_start_on_another_head() {
    for (table, column) in [
        ("log_head", "size"),
        ("log_head", "last_hash"),
        ("log_head", "last_time"),
        ("log_head", "checkpoint"),
        ("tiles", "hashes"),
    ] {
        let filled = Filled::sqlite().await;
        let table = tables().find(|known| known.name == table).unwrap();
        let at = table.columns.iter().position(|known| known.name == column).unwrap();
        let rows = filled.rows(table).await;
        let row = rows.last().unwrap();
        let value = match &row[at] {
            Value::Blob(hashes) => Value::Blob(vec![7; hashes.len()]),
            value => forged(table.columns[at].kind, value),
        };
        filled.change(table, &table.key_of(row), column, value).await;
        filled.database.close().await;
        let url = format!("sqlite://{}", filled.folder.path().join("gongshi.sqlite").display());
        let opened = open_with(filled.folder.path(), url, Clock::manual(START.parse().unwrap()), None).await;
        let error = opened.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("not what the entries say") || error.contains("damaged"), "{column}: {error}");
    }
}

/// A key that no record brought signs nothing, nor does a known one under another's bytes or for another organisation.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_key_signs_nothing() {
    let filled = Filled::sqlite().await;
    let keys = tables().find(|table| table.name == "keys").unwrap();
    let mut rows = filled.rows(keys).await;
    // The operator's stay as they are: it is to be refused for the contradiction, and not for its key.
    rows.sort_by_key(|row| row[1] == Value::from("1241010041580000XR"));
    let thief = PrivateKey::generate().public();
    let kid = Value::from(thief.key_id().as_bytes().to_vec());
    let public = Value::from(thief.as_bytes().to_vec());
    // Rows stand in the order of keys, which are others each time: who has two may have the first two.
    let [of_another, honest] = [&rows[0], &rows[1]];
    let robbed = rows[2..].iter().find(|row| row[1] != of_another[1]).unwrap();
    filled.change(keys, &of_another[..1], "organisation", robbed[1].clone()).await;
    filled.change(keys, &robbed[..1], "public", public.clone()).await;
    let mut write = filled.database.begin_write().await.unwrap();
    write
        .put(keys, vec![vec![kid.clone(), honest[1].clone(), public, Value::from("confirmed"), Value::Null]])
        .await
        .unwrap();
    write.commit().await.unwrap();
    filled.database.close().await;
    let url = format!("sqlite://{}", filled.folder.path().join("gongshi.sqlite").display());
    let ledger = open_with(filled.folder.path(), url, Clock::manual(START.parse().unwrap()), None).await.unwrap();
    let owner = async |kid: &Value| match kid {
        Value::Blob(kid) => ledger.key_owner(&gongshi::record::KeyId::from_bytes(kid[..].try_into().unwrap())).await,
        _ => unreachable!(),
    };
    for forged in [&kid, &of_another[0], &robbed[0]] {
        assert!(owner(forged).await.is_err());
    }
    assert!(owner(&honest[0]).await.unwrap().is_some());
    // Found by the service itself, and then nothing is written.
    ledger.compare(0).await.unwrap();
    let Some(Contradiction::Rows { first, count: 3 }) = ledger.contradiction() else { panic!("three rows of keys") };
    assert_eq!(first.table.name, "keys");
    let own = Stream::of(&ledger.identity().operator);
    let grant = organisation::Act::from(RoleGrant { role: Role::Auditor }).into();
    let refused = ledger.act_as(ledger.operator_key(), &own, &grant).await;
    assert!(refused.unwrap_err().to_string().contains("gongshi verify"));
    // Repaired, it goes on.
    replay(&ledger.database, &ledger.editions).await.unwrap();
    ledger.compare(0).await.unwrap();
    assert!(ledger.contradiction().is_none());
}

/// An entry's own bytes: there is nothing to repair them from, and nothing is written beside them.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_entry_stops_the_service() {
    let app = App::start().await;
    let cast = app.cast().await;
    assert_eq!(app.get("/readyz").await.status, 200);
    let rows = app.ledger.database.read("SELECT bytes FROM entries WHERE idx = 5", &[]).await.unwrap();
    let mut bytes = rows[0].blob(0).unwrap().to_vec();
    let at = bytes.len() - 20;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    let mut write = app.ledger.database.begin_write().await.unwrap();
    write.change(&ENTRIES, &[Value::Integer(5)], &[("bytes", Value::Blob(bytes))]).await.unwrap();
    write.commit().await.unwrap();
    app.ledger.compare(0).await.unwrap();
    assert!(matches!(app.ledger.contradiction(), Some(Contradiction::Entries { index: 6, .. })));
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, &ready.body["database"]["type"]), (503, &json!("/problems/store-contradicts")));
    let disclosed = fixture::act(fixture::preannouncement(&cast.centre));
    let answer = app.post(&cast.centre, "/v1/tenders", &fixture::stream("T-1"), &disclosed).await;
    assert_eq!((answer.status, answer.problem()), (503, "store-contradicts"));
    assert!(replay(&app.ledger.database, &Editions::built_in()).await.is_err());
}

/// What the commands print: the row by its key and column, in either language, never a value; then what was repaired.
#[tokio::test(flavor = "multi_thread")]
async fn the_commands_say_what_was_forged_and_repaired() {
    let filled = Filled::sqlite().await;
    let tenders = tables().find(|table| table.name == "tenders").unwrap();
    let rows = filled.rows(tenders).await;
    filled.change(tenders, &rows[0][..1], "title", Value::from("geheim")).await;
    filled.database.close().await;
    let data = filled.folder.path().to_str().unwrap();
    let run = |language: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        let output = command.args(arguments).env("LC_ALL", language).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let Value::Text(code) = &rows[0][0] else { panic!("a code") };
    for (language, words) in [("zh_CN.UTF-8", "title 与日志不符"), ("C", "title not as the log says")] {
        let (holds, text) = run(language, &["verify", data]);
        assert!(!holds && text.contains(words) && text.contains(code) && !text.contains("geheim"), "{text}");
    }
    let (_, report) = run("C", &["verify", data, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let row = json!({ "table": "tenders", "key": format!("code={code}"), "columns": ["title"] });
    assert_eq!((&report["findings"][0]["reason"], &report["findings"][0]["row"]), (&json!("derived-mismatch"), &row));
    let (repaired, text) = run("C", &["replay", "--data", data]);
    assert!(repaired && text.starts_with("Repaired: tenders: missing 0, surplus 0, changed 1\n"), "{text}");
    assert!(run("C", &["verify", data]).0);
    let (_, text) = run("zh_CN.UTF-8", &["replay", "--data", data]);
    assert!(text.starts_with("已重放条目"), "{text}");
}
