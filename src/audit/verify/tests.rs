use super::*;
use crate::audit::SourceError;
use crate::clock::Clock;
use crate::demo;
use crate::store::export_log;
use std::path::Path;

/// The demo's log as a copy: tenders of every kind, many acts on each, interleaved.
async fn copy(folder: &Path) {
    let present = Clock::System.now();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let ledger = demo::tests::open(folder, &clock).await;
    demo::fill(&ledger, &clock, present, &folder.join("demo-keys")).await.unwrap();
    export_log(&ledger.database, &folder.join("copy")).await.unwrap();
}

fn within(states: usize, source: &mut dyn Source) -> Report {
    verify_within(states, source, None, &Editions::built_in(), &mut |_, _| {}).unwrap()
}

/// A copy that can be tampered with, and can show another face from the second reading of a bundle on.
struct Faces {
    folder: crate::audit::Folder,
    tamper: fn(&mut Vec<Bytes>),
    read: usize,
    from: usize,
}

impl Source for Faces {
    fn checkpoint(&mut self) -> Result<String, SourceError> {
        self.folder.checkpoint()
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<Bytes>, SourceError> {
        let mut entries = self.folder.bundle(index)?;
        self.read += usize::from(index == 0);
        if index == 0 && self.read >= self.from {
            (self.tamper)(&mut entries);
        }
        Ok(entries)
    }

    fn tile(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, SourceError> {
        self.folder.tile(tile)
    }

    fn law(&mut self, edition: crate::field::DocumentId) -> Result<Option<Vec<u8>>, SourceError> {
        self.folder.law(edition)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn few_states_in_memory_give_the_same_report() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path()).await;
    let faces = |from, tamper: fn(&mut Vec<Bytes>)| Faces {
        folder: crate::audit::Folder::new(&folder.path().join("copy")),
        tamper,
        read: 0,
        from,
    };
    let whole = within(GENERATION, &mut faces(usize::MAX, |_| ()));
    assert!(whole.holds() && whole.entries > 150, "{:?}", whole.findings);
    for states in [1, 2, 5] {
        let mut copy = faces(usize::MAX, |_| ());
        assert_eq!(within(states, &mut copy), whole);
        assert!(copy.read > 1, "states were dropped and read again");
    }
    // What is wrong is found alike.
    let tampers: [fn(&mut Vec<Bytes>); 4] = [
        |entries| {
            entries.remove(40);
        },
        |entries| entries.swap(60, 90),
        |entries| entries[70] = entries[50].clone(),
        |entries| {
            let mut bytes = entries[45].to_vec();
            bytes[300] = if bytes[300] == b'A' { b'B' } else { b'A' };
            entries[45] = bytes.into();
        },
    ];
    for tamper in tampers {
        let expected = within(GENERATION, &mut faces(0, tamper));
        assert!(!expected.holds());
        for states in [1, 3] {
            assert_eq!(within(states, &mut faces(0, tamper)), expected);
        }
    }
    // A tile that lost its end is not the tile that was stored.
    let (before, width) = (whole.entries / 256, whole.entries % 256);
    let tile = folder.path().join(format!("copy/tile/0/{before:03}.p/{width}"));
    let (hashes, kept) = (std::fs::read(&tile).unwrap(), width / 2);
    std::fs::write(tile.with_file_name(kept.to_string()), &hashes[..32 * kept as usize]).unwrap();
    std::fs::rename(&tile, folder.path().join("hashes")).unwrap();
    let short = within(GENERATION, &mut faces(usize::MAX, |_| ()));
    assert_eq!((short.findings.len(), short.findings[0].index), (1, Some(256 * before + kept)), "{:?}", short.findings);
    std::fs::rename(folder.path().join("hashes"), &tile).unwrap();
    // A copy that shows another face when it is read again is found out.
    let two_faced = within(1, &mut faces(2, |entries| entries.iter_mut().for_each(|entry| *entry = entry.slice(1..))));
    assert!(two_faced.findings.iter().any(|finding| finding.reason == Reason::Unreadable), "{two_faced:?}");
}
