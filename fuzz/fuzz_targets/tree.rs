//! Random small trees: the true proof holds, and no proof with anything changed does.
#![no_main]
use arbitrary::Arbitrary;
use gongshi::log::{
    Edge, Hash, NodeId, consistency_plan, inclusion_plan, leaf_hash, verify_consistency, verify_inclusion,
};

#[derive(Debug, Arbitrary)]
struct Input {
    size: u8,
    index: u8,
    old: u8,
    change: Change,
    at: u8,
    bit: u8,
}

#[derive(Debug, Arbitrary)]
enum Change {
    Flip,
    Drop,
    Add,
    Index(u64),
    Size(u64),
    Root,
}

fn root(range: std::ops::Range<u64>) -> Hash {
    let mut edge = Edge::new();
    range.for_each(|n| edge.append(leaf_hash(&n.to_le_bytes())));
    edge.root()
}

fn node(node: NodeId) -> Result<Hash, ()> {
    Ok(root(node.index << node.level..(node.index + 1) << node.level))
}

fn flipped(hash: &Hash, bit: u8) -> Hash {
    let mut bytes = *hash.as_bytes();
    bytes[usize::from(bit / 8)] ^= 1 << (bit % 8);
    Hash::from_bytes(bytes)
}

/// Changes the hashes of a proof; says whether they changed.
fn altered(proof: &mut Vec<Hash>, input: &Input) -> bool {
    let at = usize::from(input.at);
    match input.change {
        Change::Flip if !proof.is_empty() => {
            let at = at % proof.len();
            proof[at] = flipped(&proof[at], input.bit);
            true
        }
        Change::Drop if !proof.is_empty() => {
            proof.remove(at % proof.len());
            true
        }
        Change::Add => {
            proof.insert(at % (proof.len() + 1), Hash::from_bytes([input.bit; 32]));
            true
        }
        _ => false,
    }
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    let size = u64::from(input.size) + 1;
    let (index, old) = (u64::from(input.index) % size, u64::from(input.old) % (size + 1));
    let (whole, part) = (root(0..size), root(0..old));
    let leaf = leaf_hash(&index.to_le_bytes());

    let mut proof = inclusion_plan(index, size).unwrap().fold(node).unwrap();
    assert_eq!(verify_inclusion(&leaf, index, size, &proof, &whole), Ok(()));
    let holds = |proof: &[Hash], index, size, root: &Hash| verify_inclusion(&leaf, index, size, proof, root).is_ok();
    match input.change {
        Change::Index(other) if other != index => assert!(!holds(&proof, other, size, &whole)),
        // Another size may need the same path; it must never be one in which the index is out of range.
        Change::Size(other) if other <= index => assert!(!holds(&proof, index, other, &whole)),
        Change::Root => assert!(!holds(&proof, index, size, &flipped(&whole, input.bit))),
        _ if altered(&mut proof, &input) => assert!(!holds(&proof, index, size, &whole)),
        _ => {}
    }

    let Ok(plan) = consistency_plan(old, size) else { return };
    let mut proof = plan.fold(node).unwrap();
    assert_eq!(verify_consistency(old, &part, size, &whole, &proof), Ok(()));
    let holds = |old, part: &Hash, whole: &Hash, proof: &[Hash]| verify_consistency(old, part, size, whole, proof).is_ok();
    match input.change {
        Change::Index(other) if other > size => assert!(!holds(other, &part, &whole, &proof)),
        Change::Root => {
            // From nothing, there is nothing to compare with.
            assert!(old == 0 || !holds(old, &flipped(&part, input.bit), &whole, &proof));
            assert!(old == 0 || !holds(old, &part, &flipped(&whole, input.bit), &proof));
        }
        _ if altered(&mut proof, &input) => assert!(!holds(old, &part, &whole, &proof)),
        _ => {}
    }
});
