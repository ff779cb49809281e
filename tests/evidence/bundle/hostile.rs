//! Archives made to do harm to whoever verifies them.

use super::{Story, entry, gongshi, manifest, members, write};
use gongshi::bundle::{BundleError, Manifest, Scope, verify_bundle};
use gongshi::law::Editions;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The error, by the library and by the command line.
#[track_caller]
fn refused(path: &Path) -> BundleError {
    let output = gongshi(&["verify", "--json", path.to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("gongshi: "));
    verify_bundle(path, None, &Editions::built_in()).unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_archives_are_refused() {
    let story = Story::tell().await;
    let original = members(&story.export(&["--tender", "T-1"]));
    let path = story.folder.path().join("hostile.zip");
    for garbage in [
        &b""[..],
        b"PK\x03\x04",
        &[0xAA; 100_000],
        b"PK\x05\x06\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
    ] {
        std::fs::write(&path, garbage).unwrap();
        assert!(matches!(refused(&path), BundleError::Zip(_)), "{:?}", refused(&path));
    }
    // Half of a real one.
    write(&path, &original);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(refused(&path), BundleError::Zip(_)));
    // Names that lead elsewhere.
    for name in ["../../etc/cron.d/x", "/etc/passwd", "entries/..", "C:\\x", "entries//1.json"] {
        let path = story.with(&original, |members| drop(members.insert(name.into(), b"x".to_vec())));
        assert!(matches!(refused(&path), BundleError::Name(found) if found == name), "{name}");
    }
    // A member that unpacks to 256 MiB.
    let path = story.with(&original, |members| drop(members.insert(entry(0), vec![b' '; 256 << 20])));
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
    assert!(matches!(refused(&path), BundleError::TooLong { name, limit: 65_535 } if name == entry(0)));
    // Two members of one name, which readers would read differently.
    write(&path, &[("aaaa".to_owned(), vec![1]), ("aaab".to_owned(), vec![2])].into());
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, replaced(&bytes, b"aaab", b"aaaa")).unwrap();
    assert!(matches!(refused(&path), BundleError::DuplicateName));
    // Members that share their bytes.
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    zip.start_file("a", SimpleFileOptions::default()).unwrap();
    zip.write_all(&[0; 10_000]).unwrap();
    zip.shallow_copy_file("a", "b").unwrap();
    zip.finish().unwrap();
    assert!(matches!(refused(&path), BundleError::Overlap));
    // A zip, but no bundle.
    write(&path, &[("x".to_owned(), vec![1])].into());
    assert!(matches!(refused(&path), BundleError::Missing(name) if name == "bundle.json"));
    for (from, to) in [("gongshi-bundle/1", "gongshi-bundle/2"), ("[0,", "[0,0,"), ("\"scope\"", "\"score\"")] {
        let path = story.with(&original, |members| {
            let text = String::from_utf8(members["bundle.json"].clone()).unwrap();
            members.insert("bundle.json".into(), text.replacen(from, to, 1).into_bytes());
        });
        assert!(matches!(refused(&path), BundleError::Malformed { name, .. } if name == "bundle.json"), "{from}");
    }
    // A whole log of more entries than a disk holds: its tiles are not counted.
    let path = story.with(&original, |members| {
        let claimed = Manifest { scope: Scope::All, entries: vec![], size: u64::MAX, ..manifest(members) };
        members.insert("bundle.json".into(), serde_json::to_vec(&claimed).unwrap());
    });
    assert!(matches!(refused(&path), BundleError::Malformed { .. }));
}

fn replaced(bytes: &[u8], from: &[u8; 4], to: &[u8; 4]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while let Some(at) = memchr::memmem::find(&bytes, from) {
        bytes[at..at + 4].copy_from_slice(to);
    }
    bytes
}
