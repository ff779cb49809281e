//! The mirror: what it copies is what was signed, and what was not signed it does not show.

use super::shelf::{Forge, ORIGIN, Shelf};
use super::support::{self, App, files};
use gongshi::asking;
use gongshi::ledger::MirrorStatus;
use gongshi::log::{Checkpoint, CheckpointError, Cosigner, NoteError, NoteKey, NoteSigner, Resource, SignedNote};
use gongshi::mirror::{Advance, Blame, FetchError, LogClient, Mirror, MirrorError, ReadError, Trust};
use gongshi::record::PrivateKey;
use std::collections::HashMap;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PARALLEL: NonZero<usize> = NonZero::new(4).unwrap();

async fn open(url: &str, key: &NoteKey, folder: &Path) -> Result<Mirror, MirrorError> {
    let trust = Trust::new(vec![key.clone()], None).unwrap();
    Mirror::open(LogClient::locate(url).await.unwrap(), trust, folder, PARALLEL)
}

async fn step(url: &str, key: &NoteKey, folder: &Path) -> Result<Advance, MirrorError> {
    open(url, key, folder).await?.step(|_, _| ()).await
}

/// The files of a mirror, without its own folders.
fn shown(folder: &Path) -> HashMap<String, Vec<u8>> {
    let mut files = files::read(folder);
    files.retain(|name, _| !name.starts_with(".mirror") && !name.starts_with("evidence"));
    files
}

fn evidence(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder.join("evidence")).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_mirrored_and_the_copy_holds() {
    let app = App::start().await;
    let cast = app.cast().await;
    let folder = tempfile::tempdir().unwrap();
    let mut mirror = open(&app.base, &app.log_key(), folder.path()).await.unwrap();
    let first = mirror.step(|_, _| ()).await.unwrap();
    assert_eq!((first.old, first.checkpoint.size), (0, app.size()));
    assert!(first.fetched > 0);
    assert_eq!(support::audit(folder.path()).findings, []);

    app.admit("91350200776049653A", gongshi::organisation::Role::Enterprise, &cast.supervisor).await;
    let second = mirror.step(|_, _| ()).await.unwrap();
    assert_eq!((second.old, second.checkpoint.size), (first.checkpoint.size, app.size()));
    let report = support::audit(folder.path());
    assert_eq!((report.entries, report.findings), (app.size(), vec![]));
    // Nothing new: nothing is fetched but the checkpoint.
    assert_eq!(mirror.step(|_, _| ()).await.unwrap().fetched, 0);
}

/// The log goes on under another name: its mirror and its monitor go on with it once they are told the new key.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_renamed_is_followed() {
    let app = App::start().await;
    let (folder, state) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let gongshi = async |arguments: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_gongshi"));
        let output = command.args(arguments).output().await.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (path, memory) = (folder.path().to_str().unwrap(), state.path().to_str().unwrap());
    let old = app.log_key().to_string();
    assert_eq!(gongshi(&["mirror", &app.base, path, "--key", &old]).await.0, 0);
    // The service lives in its own time.
    let watch = ["monitor", "--log", &app.base, "--state", memory, "--late", "9999d", "--key"];
    assert_eq!(gongshi(&[&watch[..], &[&old]].concat()).await.0, 0);
    let next = PrivateKey::generate();
    gongshi::record::save_key(&app.folder.path().join("keys/log-2.jwk"), &next).unwrap();
    let app = app.restart().await;
    app.ledger.continue_as("test.gongshi.example/log-2", &next, None, "私钥泄露".parse().unwrap()).await.unwrap();
    let watch = ["monitor", "--log", &app.base, "--state", memory, "--late", "9999d", "--key"];
    let new = app.log_key().to_string();
    assert_eq!(gongshi(&["mirror", &app.base, path, "--key", &old]).await.0, 1, "another name is another log");
    assert_eq!(gongshi(&["mirror", &app.base, path, "--key", &new]).await.0, 2, "the folder is of another");
    assert_eq!(gongshi(&["mirror", &app.base, path, "--key", &new, "--former-key", &old]).await.0, 0);
    let report = support::audit(folder.path());
    assert!(report.holds() && report.entries == app.size() && report.origin == "test.gongshi.example/log-2");
    let (code, told) =
        gongshi(&[&watch[..], &[&new, "--former-key", &old, "--match-kind", "log.continued"]].concat()).await;
    assert_eq!((code, told.lines().count()), (0, 1), "{told}");
    // A new reader needs to know nothing of the old name.
    let fresh = tempfile::tempdir().unwrap();
    let watch =
        ["monitor", "--log", &app.base, "--state", fresh.path().to_str().unwrap(), "--late", "9999d", "--key", &new];
    assert_eq!(gongshi(&watch).await, (0, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_growing_log_is_followed_and_its_partial_tiles_go_once_they_are_full() {
    let forge = Forge::of(1100);
    let (shelf, folder) = (Shelf::start(forge.files(1)).await, tempfile::tempdir().unwrap());
    let mut mirror = open(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    let mut expected = HashMap::new();
    for size in [1, 255, 256, 257, 700, 1100] {
        shelf.put(forge.files(size));
        let step = mirror.step(|_, _| ()).await.unwrap();
        assert_eq!(step.checkpoint, forge.checkpoint(size));
        // Partial tiles may stay until the full one is there (tlog-tiles), and no longer.
        expected.extend(forge.files(size));
        let full: Vec<String> = expected.keys().filter(|name| !name.contains(".p/")).cloned().collect();
        expected.retain(|name, _| !full.iter().any(|full| name.starts_with(&format!("{full}.p/"))));
        assert_eq!(shown(folder.path()), expected, "{size}");
    }
    assert!(!folder.path().join(".mirror/staged").exists());
}

/// What a step fetches over again after the folder was left half done.
async fn bundles_fetched(shelf: &Shelf, forge: &Forge, folder: &Path) -> Vec<String> {
    shelf.repair();
    shelf.asked();
    step(&shelf.url, &forge.key(), folder).await.unwrap();
    let mut bundles: Vec<String> = shelf.asked().into_iter().filter(|path| path.contains("entries")).collect();
    bundles.sort();
    bundles
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_was_cut_goes_on_where_it_was() {
    let forge = Forge::of(1000);
    let (shelf, folder) = (Shelf::start(forge.files(1000)).await, tempfile::tempdir().unwrap());
    shelf.break_down("tile/entries/003.p/232");
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Passing, "{error}");
    // Nothing stands under a final name yet; what was fetched is kept. A power cut may leave it torn.
    assert_eq!(shown(folder.path()), HashMap::new());
    let torn = folder.path().join(".mirror/staged/tile/entries/002");
    assert!(torn.exists());
    std::fs::write(torn, b"torn").unwrap();
    let fetched = bundles_fetched(&shelf, &forge, folder.path()).await;
    assert_eq!(fetched, ["tile/entries/002", "tile/entries/003.p/232"]);
    assert_eq!(shown(folder.path()), forge.files(1000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_was_killed_goes_on_where_it_was() {
    let forge = Forge::of(1000);
    let (shelf, folder) = (Shelf::start(forge.files(300)).await, tempfile::tempdir().unwrap());
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    shelf.put(forge.files(1000));
    shelf.stall("tile/entries/003.p/232");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["mirror", &shelf.url, "--follow", "--key", &forge.key().to_string()]).arg(folder.path());
    let mut mirror = command.spawn().unwrap();
    let staged = folder.path().join(".mirror/staged/tile");
    let is_whole = |tile: &str| std::fs::metadata(staged.join(tile)).is_ok_and(|file| file.len() == 256 * 32);
    while !(is_whole("0/001") && is_whole("0/002")) {
        assert!(mirror.try_wait().unwrap().is_none());
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    mirror.kill().unwrap();
    mirror.wait().unwrap();
    // Until the next checkpoint is reached, the folder is the copy that it was.
    assert_eq!(shown(folder.path()), forge.files(300));
    assert_eq!(bundles_fetched(&shelf, &forge, folder.path()).await, ["tile/entries/003.p/232"]);
    assert_eq!(step(&shelf.url, &forge.key(), folder.path()).await.unwrap().old, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_full_tile_is_left_of_a_partial_one() {
    let forge = Forge::of(600);
    let (shelf, folder) = (Shelf::start(forge.files(600)).await, tempfile::tempdir().unwrap());
    // The log grew after it signed: the publisher has dropped the partial tiles that are full by now.
    let mut older = forge.files(300);
    older.retain(|name, _| !name.ends_with(".p/44"));
    shelf.put(older);
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    assert_eq!(shown(folder.path()), forge.files(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_outruns_its_mirror_is_followed_to_its_newer_checkpoint() {
    let forge = Forge::of(310);
    let (shelf, folder) = (Shelf::start(forge.files(300)).await, tempfile::tempdir().unwrap());
    // Between the checkpoint and its tiles the log grows, and its publisher keeps only the widest partial tile.
    shelf.grow_after("checkpoint", 1, forge.files(310));
    let step = step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    assert_eq!((step.checkpoint.size, shown(folder.path())), (310, forge.files(310)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_is_asked_again() {
    let forge = Forge::of(300);
    let (shelf, folder) = (Shelf::start(forge.files(300)).await, tempfile::tempdir().unwrap());
    for (path, status) in [("checkpoint", 503), ("tile/0/001.p/44", 429), ("tile/entries/000", 500)] {
        shelf.answer_once(path, status);
    }
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    assert_eq!(shown(folder.path()), forge.files(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_back_and_a_fork_are_refused_and_kept_as_evidence() {
    let forge = Forge::of(700);
    let (shelf, folder) = (Shelf::start(forge.files(600)).await, tempfile::tempdir().unwrap());
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();

    shelf.replace_all(forge.files(500));
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::RolledBack { known: 600, offered: 500, .. }), "{error}");
    assert_eq!(error.blame(), Blame::Log);
    assert_eq!(evidence(folder.path()), [format!("{}\n{}", forge.note(600), forge.note(500))]);

    // Another history of the same size, and one that has grown since.
    for size in [600, 700] {
        shelf.replace_all(forge.forked_at(400).files(size));
        let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
        assert!(matches!(error, MirrorError::Forked { known: 600, .. }), "{error}");
    }
    assert_eq!(evidence(folder.path()).len(), 3);
    // Without its tiles, too.
    let note = forge.forked_at(401).note(600).into_bytes();
    shelf.replace_all(HashMap::from([("checkpoint".to_owned(), note)]));
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Forked { known: 600, offered: 600, .. }), "{error}");
    assert_eq!(shown(folder.path()), forge.files(600));
    // The folder is as it was, so the honest log can be followed on.
    shelf.replace_all(forge.files(700));
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_signed_is_not_shown() {
    let forge = Forge::of(600);
    let shelf = Shelf::start(forge.files(600)).await;
    let refused = async |expected: ReadError| {
        let folder = tempfile::tempdir().unwrap();
        let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
        assert_eq!(error.blame(), Blame::Log);
        assert!(matches!(&error, MirrorError::Read(error) if *error == expected), "{error:?}");
        assert_eq!(shown(folder.path()), HashMap::new());
        shelf.replace_all(forge.files(600));
    };
    let resource = |path: &str| path.parse::<Resource>().unwrap();

    // A letter of entry 259, and one of the last bundle, which is partial.
    let flip = |bytes: &mut Vec<u8>, text: &str| {
        let at = bytes.windows(text.len()).position(|part| part == text.as_bytes()).unwrap();
        bytes[at + text.len() - 1] ^= 1;
    };
    shelf.change("tile/entries/001", |bytes| flip(bytes, "\"index\":259"));
    refused(ReadError::Entry { index: 259 }).await;
    shelf.change("tile/entries/002.p/88", |bytes| flip(bytes, "\"index\":577"));
    refused(ReadError::Entry { index: 577 }).await;

    shelf.change("tile/entries/001", |bytes| bytes.truncate(1000));
    refused(ReadError::Malformed { resource: resource("entries/001") }).await;
    shelf.change("tile/0/002.p/88", |bytes| bytes[40] ^= 1);
    refused(ReadError::Root { size: 600 }).await;
    // The tile is needed only to say which entry is another; it is not believed either.
    shelf.change("tile/entries/001", |bytes| flip(bytes, "\"index\":259"));
    shelf.change("tile/0/001", |bytes| bytes[99] ^= 1);
    refused(ReadError::Tile { resource: resource("0/001") }).await;

    for path in ["tile/entries/001", "tile/entries/002.p/88", "tile/1/000.p/2"] {
        shelf.remove(path);
        let resource = resource(path.strip_prefix("tile/").unwrap());
        refused(ReadError::Missing { resource, size: 600 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_is_not_read() {
    let forge = Forge::of(3);
    let shelf = Shelf::start(forge.files(3)).await;
    shelf.put(HashMap::from([("checkpoint".to_owned(), vec![b'x'; 200_000])]));
    let folder = tempfile::tempdir().unwrap();
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Fetch(FetchError::Malformed { .. })), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_may_claim_any_size_but_must_show_it() {
    let forge = Forge::of(3);
    // The edge of a tree of 2^60 entries is 16 hashes, and any will do.
    let tile: Vec<u8> = (0..16u8).flat_map(|n| [n; 32]).collect();
    let root = gongshi::log::root_plan(1 << 60).fold(|node| gongshi::log::tile_node(node, &tile).ok_or(())).unwrap();
    let note = Checkpoint { origin: ORIGIN.into(), size: 1 << 60, root: root[0] }.sign(&forge.signer);
    let files = [("checkpoint", note.into_bytes()), ("tile/7/000.p/16", tile)];
    let shelf = Shelf::start(files.map(|(name, bytes)| (name.to_owned(), bytes)).into()).await;
    let folder = tempfile::tempdir().unwrap();
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    let resource = "6/000".parse().unwrap();
    assert!(
        matches!(error, MirrorError::Read(ReadError::Missing { resource: missing, .. }) if missing == resource),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_must_be_signed_by_this_log() {
    let forge = Forge::of(10);
    let (shelf, folder) = (Shelf::start(forge.files(10)).await, tempfile::tempdir().unwrap());
    let thief = NoteSigner::new(ORIGIN, PrivateKey::generate()).unwrap();
    let error = step(&shelf.url, thief.verifier(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Checkpoint(CheckpointError::Note(NoteError::Unsigned))), "{error}");

    shelf.change("checkpoint", |note| note[ORIGIN.len() + 1] = b'9');
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Checkpoint(CheckpointError::Note(NoteError::Signature(_)))), "{error}");

    // A note under the right key, but of another log.
    let other = forge.signer.sign(&format!("other.example\n10\n{}\n", forge.checkpoint(10).root.to_base64()));
    shelf.put(HashMap::from([("checkpoint".to_owned(), other.into_bytes())]));
    let error = step(&shelf.url, &forge.key(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Checkpoint(CheckpointError::Origin(_))), "{error}");
    assert_eq!(error.blame(), Blame::Log);

    // A folder of one log does not become another's.
    shelf.replace_all(forge.files(10));
    step(&shelf.url, &forge.key(), folder.path()).await.unwrap();
    let error = step(&shelf.url, thief.verifier(), folder.path()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Foreign(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_asks_for_witnesses() {
    let forge = Forge::of(10);
    let (shelf, folder) = (Shelf::start(forge.files(10)).await, tempfile::tempdir().unwrap());
    let witness = Cosigner::new("w.example/1", PrivateKey::from_seed([8; 32])).unwrap();
    let policy = format!("log {}\nwitness w {}\nquorum w\n", forge.key(), witness.verifier());
    let trust = Trust::new(vec![], Some(policy.parse().unwrap())).unwrap();
    let client = LogClient::locate(&shelf.url).await.unwrap();
    let mut mirror = Mirror::open(client, trust, folder.path(), PARALLEL).unwrap();
    let error = mirror.step(|_, _| ()).await.unwrap_err();
    assert!(matches!(error, MirrorError::Unwitnessed { size: 10 }), "{error}");
    let note = forge.note(10);
    let cosigned = note.clone() + &witness.cosign(SignedNote::parse(&note).unwrap().text(), 1_795_000_000);
    shelf.put(HashMap::from([("checkpoint".to_owned(), cosigned.clone().into_bytes())]));
    mirror.step(|_, _| ()).await.unwrap();
    // Cosignatures are mirrored with it.
    assert_eq!(shown(folder.path())["checkpoint"], cosigned.into_bytes());
}

/// The program itself: its exit codes, and that its folder is one that `gongshi verify` and another mirror can read.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_mirrors_a_service() {
    let app = App::start().await;
    app.cast().await;
    let folder = tempfile::tempdir().unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
        command.args(arguments).current_dir(folder.path());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    };
    let key = app.log_key().to_string();
    assert_eq!(run(&["mirror", &app.base, "copy"]).await.status.code(), Some(2), "without a key");
    let done = run(&["mirror", &app.base, "copy", "--key", &key]).await;
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert!(run(&["verify", "copy", "--key", &key]).await.status.success());
    assert!(run(&["verify", &app.base, "--key", &key]).await.status.success());
    let other = Forge::new().key().to_string();
    assert_eq!(run(&["mirror", &app.base, "other", "--key", &other]).await.status.code(), Some(1), "another key");

    // A mirror of the mirror.
    let shelf = Shelf::start(shown(&folder.path().join("copy"))).await;
    assert_eq!(run(&["mirror", &shelf.url, "second", "--key", &key]).await.status.code(), Some(0));
    assert_eq!(shown(&folder.path().join("second")), shown(&folder.path().join("copy")));
    assert!(run(&["verify", &shelf.url, "--key", &key]).await.status.success());
    assert_eq!(run(&["mirror", "http://127.0.0.1:1", "copy", "--key", &key]).await.status.code(), Some(3));
}

/// The loop that a service runs beside it, at a pace at which a test can watch it.
#[tokio::test(flavor = "multi_thread")]
async fn public_mirrors_are_asked_again_and_again() {
    let app = App::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (kept, away) = (folder.path().join("mirror"), folder.path().join("away"));
    let mut mirror = open(&app.base, &app.log_key(), &kept).await.unwrap();
    mirror.step(|_, _| ()).await.unwrap();
    let named = vec![kept.display().to_string()];
    app.ledger.mirrors.name(&named);
    let asking = tokio::spawn(asking::ask_for_ever(Arc::clone(&app.ledger), named, Duration::from_millis(20)));
    let told = async |is_so: &dyn Fn(&MirrorStatus) -> bool| {
        let began = Instant::now();
        while !is_so(&app.ledger.mirrors.statuses()[0]) {
            assert!(began.elapsed() < Duration::from_secs(20), "{:?}", app.ledger.mirrors.statuses());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let has =
        |size: u64| move |status: &MirrorStatus| status.answer.is_some_and(|heard| heard.size == size && heard.agrees);
    let first = app.size();
    told(&has(first)).await;
    app.cast().await;
    mirror.step(|_, _| ()).await.unwrap();
    assert!(app.size() > first);
    told(&has(app.size())).await;
    // One that is away is asked all the same, what it said last stays, and it is believed again when it is back.
    std::fs::rename(&kept, &away).unwrap();
    told(&|status| status.failing.is_some() && has(app.size())(status)).await;
    std::fs::rename(&away, &kept).unwrap();
    told(&|status| status.failing.is_none()).await;
    assert_eq!(app.ledger.rewound(), None);
    asking.abort();
}
