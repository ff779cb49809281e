//! Proofs with what they claim to prove, and their mutants.

use super::cloudflare::accepted;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use gongshi::log::{Hash, leaf_hash, verify_consistency, verify_inclusion};
use sha2::Sha256;

/// That the entry stands at `index` in the tree of `size` entries with this root.
#[derive(Clone, Debug, PartialEq)]
pub struct Inclusion {
    pub entry: Vec<u8>,
    pub index: u64,
    pub size: u64,
    pub root: Hash,
    pub proof: Vec<Hash>,
}

/// That the tree of `new` entries began as the tree of `old` entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Consistency {
    pub old: u64,
    pub old_root: Hash,
    pub new: u64,
    pub new_root: Hash,
    pub proof: Vec<Hash>,
}

fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// What may stand where `number` stood, beside `other`.
fn numbers(number: u64, other: u64) -> [u64; 16] {
    [
        0,
        1,
        number.wrapping_sub(1),
        number.wrapping_add(1),
        number ^ 2,
        number / 2,
        number.wrapping_mul(2),
        number.next_power_of_two(),
        other,
        other.wrapping_sub(1),
        other.wrapping_add(1),
        number.wrapping_add(1 << 32),
        i64::MAX as u64,
        1 << 63,
        (1 << 63) + 1,
        u64::MAX,
    ]
}

/// Small changes to a proof; some change nothing.
fn lists(proof: &[Hash], roots: [Hash; 2]) -> Vec<Vec<Hash>> {
    let mut all = vec![Vec::new(), proof.iter().rev().copied().collect(), proof.repeat(2)];
    for at in 0..proof.len() {
        let mut with = |change: &dyn Fn(&mut Vec<Hash>)| {
            let mut changed = proof.to_vec();
            change(&mut changed);
            all.push(changed);
        };
        with(&|list| list[at] = flipped(&list[at], 37 * at));
        with(&|list| list[at] = Hash::from_bytes([0; 32]));
        with(&|list| _ = list.remove(at));
        with(&|list| list.insert(at, list[at]));
        with(&|list| list.truncate(at));
        with(&|list| list.rotate_left(at));
        with(&|list| list.swap(at, 0));
    }
    for root in roots {
        all.push([proof, &[root]].concat());
        all.push([&[root], proof].concat());
    }
    all.push([proof, &vec![roots[0]; 70]].concat());
    all
}

pub fn concatenated(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn theirs(proof: &[Hash]) -> Vec<tlog_tiles::Hash> {
    proof.iter().map(|hash| tlog_tiles::Hash(*hash.as_bytes())).collect()
}

fn ct_root(root: &Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size)
}

impl Inclusion {
    pub fn mutants(&self) -> Vec<Self> {
        let mut all: Vec<Self> = lists(&self.proof, [self.root, leaf_hash(&self.entry)])
            .into_iter()
            .map(|proof| Self { proof, ..self.clone() })
            .collect();
        all.extend(numbers(self.index, self.size).map(|index| Self { index, ..self.clone() }));
        all.extend(numbers(self.size, self.index).map(|size| Self { size, ..self.clone() }));
        all.extend((0..256).step_by(51).map(|bit| Self { root: flipped(&self.root, bit), ..self.clone() }));
        all.push(Self { entry: [&self.entry[..], &[0]].concat(), ..self.clone() });
        all.retain(|mutant| mutant != self);
        all
    }

    pub fn ours(&self) -> Option<()> {
        verify_inclusion(&leaf_hash(&self.entry), self.index, self.size, &self.proof, &self.root).ok()
    }

    pub fn tlog_tiles(&self) -> Option<()> {
        let (root, leaf) = (tlog_tiles::Hash(*self.root.as_bytes()), tlog_tiles::record_hash(&self.entry));
        accepted(|| tlog_tiles::check_record(&theirs(&self.proof), self.size, root, self.index, leaf))
    }

    pub fn ct_merkle(&self) -> Option<()> {
        let proof = InclusionProof::try_from_bytes(concatenated(&self.proof)).ok()?;
        accepted(|| ct_root(&self.root, self.size).verify_inclusion(&self.entry, self.index, &proof))
    }
}

impl Consistency {
    pub fn mutants(&self) -> Vec<Self> {
        let roots = [self.old_root, self.new_root];
        let mut all: Vec<Self> =
            lists(&self.proof, roots).into_iter().map(|proof| Self { proof, ..self.clone() }).collect();
        all.extend(numbers(self.old, self.new).map(|old| Self { old, ..self.clone() }));
        all.extend(numbers(self.new, self.old).map(|new| Self { new, ..self.clone() }));
        for bit in (0..256).step_by(51) {
            all.push(Self { old_root: flipped(&self.old_root, bit), ..self.clone() });
            all.push(Self { new_root: flipped(&self.new_root, bit), ..self.clone() });
        }
        all.push(Self { old_root: self.new_root, new_root: self.old_root, ..self.clone() });
        all.push(Self { old: self.new, new: self.old, ..self.clone() });
        all.retain(|mutant| mutant != self);
        all
    }

    pub fn ours(&self) -> Option<()> {
        verify_consistency(self.old, &self.old_root, self.new, &self.new_root, &self.proof).ok()
    }

    pub fn tlog_tiles(&self) -> Option<()> {
        let (old, new) = (tlog_tiles::Hash(*self.old_root.as_bytes()), tlog_tiles::Hash(*self.new_root.as_bytes()));
        accepted(|| tlog_tiles::check_tree(&theirs(&self.proof), self.new, new, self.old, old))
    }

    pub fn ct_merkle(&self) -> Option<()> {
        let proof = ConsistencyProof::try_from_bytes(concatenated(&self.proof)).ok()?;
        let (old, new) = (ct_root(&self.old_root, self.old), ct_root(&self.new_root, self.new));
        accepted(|| new.verify_consistency(&old, &proof))
    }
}
