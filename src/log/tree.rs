//! The Merkle tree of RFC 6962 §2.1: hashes, proofs and their verification.

use super::Hash;
use sha2::{Digest, Sha256};

/// `SHA-256(0x00 ‖ entry)`
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    hasher.into()
}

/// `SHA-256(0x01 ‖ left ‖ right)`
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1u8; 65];
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Hash::of(bytes)
}

/// The root of a tree without leaves: `SHA-256()`.
pub fn empty_root() -> Hash {
    Hash::of([])
}

/// A complete subtree: the hash over leaves `index << level .. (index + 1) << level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash)]
pub struct NodeId {
    pub level: u32,
    pub index: u64,
}

/// Which complete subtrees a list of hashes is made of. Whoever has the tiles looks the nodes up, then [`Plan::fold`]s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<Vec<NodeId>>);

impl Plan {
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.0.iter().flatten().copied()
    }

    /// Looks up every node and joins those that make one hash.
    ///
    /// # Errors
    /// Those of `node`.
    pub fn fold<E>(&self, mut node: impl FnMut(NodeId) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
        let mut hashes = Vec::with_capacity(self.0.len());
        for parts in &self.0 {
            let mut joined: Option<Hash> = None;
            for part in parts.iter().rev() {
                let left = node(*part)?;
                joined = Some(joined.map_or(left, |right| node_hash(&left, &right)));
            }
            hashes.push(joined.unwrap_or_else(empty_root));
        }
        Ok(hashes)
    }
}

/// The complete subtrees of leaves `start..end`, largest first. `start` is aligned as RFC 6962's split leaves it.
fn range(mut start: u64, end: u64) -> Vec<NodeId> {
    let mut parts = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        parts.push(NodeId { level, index: start >> level });
        start += 1 << level;
    }
    parts
}

/// The largest power of two smaller than `n`; `n` is at least 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root of a tree of `size` leaves, as a plan of one hash.
pub fn root_plan(size: u64) -> Plan {
    Plan(vec![range(0, size)])
}

/// `PATH(index, D[size])` of RFC 6962 §2.1.1.
///
/// # Errors
/// [`ProofError::OutOfRange`] when the tree has no such leaf.
pub fn inclusion_plan(index: u64, size: u64) -> Result<Plan, ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(middle, end));
            end = middle;
        } else {
            path.push(range(start, middle));
            start = middle;
        }
    }
    path.reverse();
    Ok(Plan(path))
}

/// `PROOF(old, D[new])` of RFC 6962 §2.1.2; empty from size 0 and between equal sizes.
///
/// # Errors
/// [`ProofError::OutOfRange`] when the old tree is the larger one.
pub fn consistency_plan(old: u64, new: u64) -> Result<Plan, ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange);
    }
    let mut path = Vec::new();
    if old == 0 || old == new {
        return Ok(Plan(path));
    }
    let (mut start, mut end) = (0, new);
    // While every step went left, the verifier knows the subtree: it is the old root.
    let mut known = true;
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(middle, end));
            end = middle;
        } else {
            path.push(range(start, middle));
            start = middle;
            known = false;
        }
    }
    if !known {
        path.push(range(start, end));
    }
    path.reverse();
    Ok(Plan(path))
}

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the index or size is out of range")]
    OutOfRange,
    #[error("the proof has the wrong number of hashes")]
    Length,
    #[error("the proof leads to another root")]
    Root,
}

/// RFC 9162 §2.1.3.2.
///
/// # Errors
/// See [`ProofError`].
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// RFC 9162 §2.1.4.2; from size 0 and between equal sizes the proof is empty (C2SP tlog-witness).
///
/// # Errors
/// See [`ProofError`].
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange);
    }
    if old == 0 || old == new {
        let expected = if old == 0 { empty_root() } else { *new_root };
        return match (proof.is_empty(), *old_root == expected) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    // An old tree that is one complete subtree is its own first hash.
    let mut hashes = old.is_power_of_two().then_some(old_root).into_iter().chain(proof);
    let seed = *hashes.next().ok_or(ProofError::Length)?;
    let (mut from_old, mut from_new) = (seed, seed);
    let (mut node, mut last) = (old - 1, new - 1);
    let shift = node.trailing_ones();
    node >>= shift;
    last >>= shift;
    for hash in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(hash, &from_old);
            from_new = node_hash(hash, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if from_old == *old_root && from_new == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::convert::Infallible;

    /// The definition of RFC 6962 §2.1, word by word: what everything else is compared with.
    pub fn root_of(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node_hash(&root_of(left), &root_of(right))
            }
        }
    }

    pub fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn fold(plan: &Plan, leaves: &[Hash]) -> Vec<Hash> {
        let node = |id: NodeId| {
            let width = 1usize << id.level;
            let start = id.index as usize * width;
            Ok::<_, Infallible>(root_of(&leaves[start..start + width]))
        };
        plan.fold(node).unwrap_or_else(|never| match never {})
    }

    /// The reference tree of the Certificate Transparency implementations.
    #[test]
    fn certificate_transparency_vectors() {
        let inputs =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let leaves: Vec<_> =
            inputs.iter().map(|hex| leaf_hash(&faster_hex::hex_decode_vec(hex.as_bytes()).unwrap())).collect();
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (at, root) in roots.iter().enumerate() {
            assert_eq!(root_of(&leaves[..=at]).to_string(), *root);
            assert_eq!(fold(&root_plan(at as u64 + 1), &leaves)[0].to_string(), *root);
        }
        let hex = |hashes: Vec<Hash>| hashes.iter().map(Hash::to_string).collect::<Vec<_>>();
        assert_eq!(
            hex(fold(&inclusion_plan(5, 8).unwrap(), &leaves)),
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(
            hex(fold(&consistency_plan(6, 8).unwrap(), &leaves)),
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
    }

    fn flip(hash: &Hash) -> Hash {
        let mut bytes = *hash.as_bytes();
        bytes[7] ^= 0x10;
        Hash::from_bytes(bytes)
    }

    /// Every way to change a list of hashes a little.
    fn mutations(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = Vec::new();
        for at in 0..proof.len() {
            let mut changed = proof.to_vec();
            changed[at] = flip(&proof[at]);
            all.push(changed);
            let mut dropped = proof.to_vec();
            dropped.remove(at);
            all.push(dropped);
            if at > 0 && proof[at] != proof[at - 1] {
                let mut swapped = proof.to_vec();
                swapped.swap(at, at - 1);
                all.push(swapped);
            }
        }
        all.push([proof, &[Hash::of("more")]].concat());
        all
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_mutation_does() {
        let all = leaves(70);
        let roots: Vec<_> = (0..=70).map(|size| root_of(&all[..size])).collect();
        for size in 1..=70u64 {
            let root = &roots[size as usize];
            for index in 0..size {
                let leaf = &all[index as usize];
                let proof = fold(&inclusion_plan(index, size).unwrap(), &all);
                assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()), "{index} in {size}");
                for changed in mutations(&proof) {
                    assert!(verify_inclusion(leaf, index, size, &changed, root).is_err());
                }
                assert!(verify_inclusion(&flip(leaf), index, size, &proof, root).is_err());
                assert!(verify_inclusion(leaf, size, size, &proof, root).is_err());
                if size > 1 {
                    assert!(verify_inclusion(leaf, (index + 1) % size, size, &proof, root).is_err());
                }
            }
            for old in 0..=size {
                let old_root = &roots[old as usize];
                let proof = fold(&consistency_plan(old, size).unwrap(), &all);
                assert_eq!(verify_consistency(old, old_root, size, root, &proof), Ok(()), "{old} to {size}");
                for changed in mutations(&proof) {
                    assert!(verify_consistency(old, old_root, size, root, &changed).is_err(), "{old} to {size}");
                }
                assert!(verify_consistency(old, &flip(old_root), size, root, &proof).is_err());
                if old > 0 {
                    assert!(verify_consistency(old, old_root, size, &flip(root), &proof).is_err());
                }
            }
        }
        assert_eq!(consistency_plan(2, 1), Err(ProofError::OutOfRange));
        assert_eq!(inclusion_plan(1, 1), Err(ProofError::OutOfRange));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn proofs_of_large_trees_hold(size in 1u64..4000, a: u64, b: u64) {
            let all = leaves(size);
            let root = root_of(&all);
            let (index, old) = (a % size, b % (size + 1));
            let proof = fold(&inclusion_plan(index, size).unwrap(), &all);
            prop_assert_eq!(verify_inclusion(&all[index as usize], index, size, &proof, &root), Ok(()));
            let old_root = root_of(&all[..old as usize]);
            let proof = fold(&consistency_plan(old, size).unwrap(), &all);
            prop_assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()));
        }
    }
}
