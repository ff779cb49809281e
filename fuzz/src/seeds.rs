//! Writes the seeds of every target: real bytes, made by gongshi itself. `cargo run --release` in this folder.

use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use gongshi::clock::Clock;
use gongshi::demo;
use gongshi::highwater::HighWater;
use gongshi::law::Editions;
use gongshi::ledger::{Home, Ledger, LogKeys, NewLog};
use gongshi::log::{
    AddCheckpoint, Checkpoint, Cosigner, Edge, EntryView, Hash, NodeId, NoteSigner, SignedNote, TlogProof, bundle,
    consistency_plan, inclusion_plan, leaf_hash, tiles_of_size,
};
use gongshi::record::PrivateKey;
use gongshi::store::Objects;
use std::collections::BTreeMap;
use std::path::Path;
use tokio::io::AsyncWriteExt;

fn write(target: &str, name: &str, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
}

/// The entries of the example data set: one of each kind.
async fn entries() -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let folder = tempfile::tempdir()?;
    let present = Clock::System.now();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let ledger = Ledger::open(Home {
        database_url: format!("sqlite://{}", folder.path().join("gongshi.sqlite").display()),
        objects: Objects::local(&folder.path().join("documents"))?,
        keys: LogKeys::in_folder(&folder.path().join("keys"))?,
        opening: NewLog {
            origin: "seeds.example/log".into(),
            operator: "1241010041580000XR".parse()?,
            operator_name: "平台运行中心".into(),
            law: Editions::newest(),
        },
        clock: clock.clone(),
        policy: None,
        high_water: HighWater::default(),
    })
    .await?;
    demo::fill(&ledger, &clock, present, &folder.path().join("demo-keys")).await?;
    let mut found = BTreeMap::new();
    for entry in ledger.database.entries(0, 10_000).await? {
        let kind = EntryView::parse(&entry)?.record().header()?.typ;
        found.entry(kind).or_insert(entry);
    }
    Ok(found)
}

/// The tree of the numbers from 0 on.
fn root(range: std::ops::Range<u64>) -> Hash {
    let mut edge = Edge::new();
    range.for_each(|n| edge.append(leaf_hash(n.to_string().as_bytes())));
    edge.root()
}

fn node(node: NodeId) -> anyhow::Result<Hash> {
    Ok(root(node.index << node.level..(node.index + 1) << node.level))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let entries = entries().await?;
    for (kind, entry) in &entries {
        let record = EntryView::parse(entry)?.record();
        let payload = [kind.as_bytes(), b"\n", &record.payload_bytes()?].concat();
        write("payload", kind, &payload)?;
        write("differential", kind, &payload)?;
        if entry.len() < 2500 {
            write("entry", kind, entry)?;
            write("record", kind, record.to_json())?;
            let header = serde_json::to_vec(&record.header()?)?;
            write("jws_header", kind, &header)?;
            write("differential", &format!("{kind}-header"), [b"\n", &header[..]].concat())?;
        }
    }
    let small: Vec<&[u8]> = entries.values().map(Vec::as_slice).filter(|entry| entry.len() < 1500).take(3).collect();
    for width in 1..=small.len() {
        let bytes = bundle(small[..width].iter().copied());
        write("bundle", &width.to_string(), [&[width as u8], &bytes[..]].concat())?;
    }
    write("bundle", "empty", [3, 0, 0, 0, 0, 0, 0])?;

    let signer = NoteSigner::new("log.example/zz", PrivateKey::from_seed([1; 32]))?;
    let other = NoteSigner::new("other.example", PrivateKey::from_seed([3; 32]))?;
    let cosigner = Cosigner::new("witness.example/w", PrivateKey::from_seed([2; 32]))?;
    for size in [0, 1, 8, 13, 300] {
        let checkpoint = Checkpoint { origin: "log.example/zz".into(), size, root: root(0..size) };
        let note = checkpoint.sign(&signer);
        let text = SignedNote::parse(&note)?.text().to_owned();
        let cosigned = format!("{note}{}{}", other.line(&text), cosigner.cosign(&text, 1_795_000_000 + size));
        write("checkpoint", &size.to_string(), &text)?;
        write("checkpoint", &format!("{size}-extended"), format!("{text}extension\n"))?;
        write("note", &size.to_string(), &note)?;
        write("note", &format!("{size}-cosigned"), &cosigned)?;
        write("cosignature", &size.to_string(), &cosigned)?;
        for index in [0, 7, 12, 299].into_iter().filter(|index| *index < size) {
            let hashes = inclusion_plan(index, size)?.fold(node)?;
            let proof = TlogProof { index, hashes, checkpoint: cosigned.clone() }.encode();
            write("proof", &format!("{size}-{index}"), &proof)?;
            write("proof", &format!("{size}-{index}-extra"), proof.replacen('\n', "\nextra AAAA\n", 1))?;
        }
        for old in [0, 1, 8].into_iter().filter(|old| *old <= size) {
            let proof = consistency_plan(old, size).map(|plan| plan.fold(node)).unwrap_or(Ok(Vec::new()))?;
            write("add_checkpoint", &format!("{old}-{size}"), AddCheckpoint { old, proof, checkpoint: note.clone() }.encode())?;
        }
    }
    for (at, tile) in tiles_of_size(70_000_123).iter().rev().step_by(40_000).take(12).enumerate() {
        for (name, resource) in
            [("hashes", gongshi::log::Resource::Hashes(*tile)), ("entries", gongshi::log::Resource::Entries(*tile))]
        {
            write("tile_path", &format!("{name}-{at}"), resource.to_string())?;
        }
    }
    let witness = |name: &str, seed| {
        let key = Cosigner::new(&format!("witness.example/{name}"), PrivateKey::from_seed([seed; 32]));
        key.map(|key| format!("witness {name} {} https://{name}.example/\n", key.verifier()))
    };
    let witnesses = format!("log {}\n{}{}{}", signer.verifier(), witness("a", 4)?, witness("b", 5)?, witness("c", 6)?);
    for (name, end) in [
        ("none", "quorum none\n"),
        ("one", "quorum a\n"),
        ("two-of-three", "group g 2 a b c\nquorum g\n"),
        ("nested", "# both\ngroup g any a b\ngroup h all g c\nquorum h\n"),
    ] {
        write("policy", name, format!("{witnesses}{end}"))?;
    }
    for (name, input) in [("flip", [9, 3, 4, 0, 1, 7]), ("drop", [255, 254, 128, 1, 2, 0]), ("add", [0, 0, 0, 2, 0, 9])] {
        write("tree", name, input)?;
    }
    for (name, lines) in [
        (
            "chain",
            "\0for=192.0.2.60;proto=http;by=203.0.113.43, for=\"[2001:db8:cafe::17]:4711\"",
        ),
        ("quoted", "\0for=\"_gazonk\";by=\"a, for=b\"\nfor=unknown"),
        (
            "x-chain",
            "\u{1}1.1.1.1, 192.0.2.7:80,10.3.3.3\n[2001:db8::7], 2001:db8:9::1",
        ),
    ] {
        write("forwarded", name, lines)?;
    }
    let body = "{\"payload\":\"e30\"}\r\n\n [1]\n".repeat(3);
    write("bulk_lines", "plain", ["\0\u{10}", &body].concat())?;
    write(
        "bulk_lines",
        "gzip",
        [&[1, 16][..], &gzip(&body).await?[..], &gzip("{}").await?].concat(),
    )?;
    write(
        "bulk_lines",
        "brotli",
        [&[2, 16][..], &brotli(&body).await?[..]].concat(),
    )?;
    write(
        "bulk_lines",
        "zstd",
        [&[3, 16][..], &zstd(&body).await?[..], &zstd("{}").await?].concat(),
    )?;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/statements"))? {
        let file = file?;
        write("statement", &file.file_name().to_string_lossy(), std::fs::read(file.path())?)?;
    }
    Ok(())
}

macro_rules! packers {
    ($($packer:ident $encoder:ident)*) => {$(
        async fn $packer(plain: &str) -> std::io::Result<Vec<u8>> {
            let mut encoder = $encoder::new(Vec::new());
            encoder.write_all(plain.as_bytes()).await?;
            encoder.shutdown().await?;
            Ok(encoder.into_inner())
        }
    )*};
}

packers!(gzip GzipEncoder brotli BrotliEncoder zstd ZstdEncoder);
