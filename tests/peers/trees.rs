//! Random trees: `tlog_tiles` and `ct-merkle` compute what we compute, and refuse no proof less than we do.

use super::claims::{Consistency, Inclusion, concatenated};
use super::cloudflare::{Files, path};
use super::log::Log;
use super::mutants::Tally;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use gongshi::log::{Hash, Resource, tiles_of_size};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sha2::Sha256;
use std::cell::RefCell;
use tlog_tiles::{Error, HashReader, Tile, TileHashReader, prove_record, prove_tree, stored_hashes, tree_hash};

/// All hashes of a tree in the order of `tlog_tiles`, which computed them.
#[derive(Default)]
struct Stored {
    size: u64,
    hashes: Vec<tlog_tiles::Hash>,
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, Error> {
        Ok(indexes.iter().map(|&index| self.hashes[index as usize]).collect())
    }
}

impl Stored {
    fn follow(&mut self, log: &Log) {
        for entry in &log.entries[self.size as usize..] {
            let more = stored_hashes(self.size, entry, self).unwrap();
            self.hashes.extend(more);
            self.size += 1;
        }
    }
}

fn ours(hashes: &[tlog_tiles::Hash]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash::from_bytes(hash.0)).collect()
}

/// Any small size, and oftener those at the edge of a tile.
fn sizes() -> impl Strategy<Value = u64> {
    prop_oneof![2 => 0u64..2000, 1 => prop::sample::select(vec![0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1024])]
}

/// The tree of this size: root, tiles, one inclusion proof and one consistency proof.
fn tlog_tiles_agrees(log: &Log, stored: &Stored, size: u64, (index, old): (u64, u64)) {
    let root = log.root(size);
    assert_eq!(tree_hash(size, stored).unwrap().0, *root.as_bytes());
    let tiles = Tile::new_tiles(8, 0, size);
    let paths: Vec<_> = tiles_of_size(size).iter().map(|tile| format!("tile/{}", Resource::Hashes(*tile))).collect();
    assert_eq!(tiles.iter().map(path).collect::<Vec<_>>(), paths);
    for tile in &tiles {
        assert_eq!(tile.read_data(stored).unwrap(), log.file(&path(tile)).unwrap(), "{tile:?}");
    }
    if size > 0 {
        let files = Files(|path: &str| log.file(path));
        let reader = TileHashReader::new(size, tlog_tiles::Hash(*root.as_bytes()), &files);
        let proof = ours(&prove_record(size, index, &reader).unwrap());
        assert_eq!(proof, ours(&prove_record(size, index, stored).unwrap()));
        assert_eq!(log.inclusion(index, size), proof, "{index} in {size}");
        let proof = ours(&prove_tree(size, old, &reader).unwrap());
        assert_eq!(log.consistency(old, size), proof, "{old} to {size}");
    }
}

#[test]
fn random_trees_are_the_same_and_so_are_their_proofs() {
    let tallies = RefCell::new([(); 4].map(|()| Tally::default()));
    let trees = (sizes(), 1u64..600, any::<u64>(), any::<(u64, u64)>());
    let config = Config { cases: 40, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&trees, |(size, batch, seed, (a, b))| {
        let mut log = Log::of(size, batch, seed);
        let mut stored = Stored::default();
        stored.follow(&log);
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        log.entries.iter().for_each(|entry| tree.push(entry.clone()));
        let root = log.head();
        assert_eq!((root, root.as_bytes()), (log.root(size), tree.root().as_bytes().as_ref()));
        if size == 0 {
            tlog_tiles_agrees(&log, &stored, 0, (0, 0));
            return Ok(());
        }
        let (index, old) = (a % size, 1 + b % size);
        tlog_tiles_agrees(&log, &stored, size, (index, old));
        // Any earlier tree can still be proven from the tiles of the later one.
        tlog_tiles_agrees(&log, &stored, old, (index % old, 1 + index % old));

        let entry = log.entries[index as usize].clone();
        let claim = Inclusion { entry, index, size, root, proof: log.inclusion(index, size) };
        assert_eq!(tree.prove_inclusion(index as usize).as_bytes(), concatenated(&claim.proof));
        assert_eq!((claim.ours(), claim.tlog_tiles(), claim.ct_merkle()), (Some(()), Some(()), Some(())));
        let [in_tiles, in_tree, on_tiles, on_tree] = &mut *tallies.borrow_mut();
        for mutant in claim.mutants() {
            in_tiles.judge(format!("{mutant:?}"), mutant.tlog_tiles(), mutant.ours());
            in_tree.judge(format!("{mutant:?}"), mutant.ct_merkle(), mutant.ours());
            // Trees of several sizes may have the same path to a leaf; nothing but the checkpoint binds the size.
            assert!(mutant.ours().is_none() || Inclusion { size, ..mutant } == claim);
        }

        let claim =
            Consistency { old, old_root: log.root(old), new: size, new_root: root, proof: log.consistency(old, size) };
        assert_eq!(tree.prove_consistency((size - old) as usize).as_bytes(), concatenated(&claim.proof));
        assert_eq!((claim.ours(), claim.tlog_tiles(), claim.ct_merkle()), (Some(()), Some(()), Some(())));
        for mutant in claim.mutants() {
            on_tiles.judge(format!("{mutant:?}"), mutant.tlog_tiles(), mutant.ours());
            on_tree.judge(format!("{mutant:?}"), mutant.ct_merkle(), mutant.ours());
            assert!(mutant.ours().is_none() || Consistency { old, new: size, ..mutant } == claim);
        }
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    let names = ["inclusion, tlog_tiles", "inclusion, ct-merkle", "consistency, tlog_tiles", "consistency, ct-merkle"];
    names.iter().zip(tallies.borrow().iter()).for_each(|(name, tally)| tally.say(name));
}

#[test]
fn trees_around_a_third_level_of_tiles_are_the_same() {
    let mut log = Log::of(65_535, 20_000, 7);
    let mut stored = Stored::default();
    for size in 65_535..=65_537 {
        stored.follow(&log);
        assert_eq!(log.head(), log.root(size));
        for (index, old) in [(0, 1), (255, 256), (size - 1, size - 1), (size / 2, 65_280), (65_534, 65_535)] {
            tlog_tiles_agrees(&log, &stored, size, (index, old));
        }
        log.grow(1, 7);
    }
}
