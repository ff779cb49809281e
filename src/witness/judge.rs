//! Whether a checkpoint may be cosigned: C2SP tlog-witness §add-checkpoint, as a function of what is known.

use crate::log::{AddCheckpoint, Checkpoint, CheckpointError, NoteError, NoteKey, empty_root, verify_consistency};

/// Why a checkpoint is not cosigned; each reason has its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// 400
    #[error("not an add-checkpoint request")]
    Malformed,
    /// 400
    #[error("the old size is beyond the checkpoint's")]
    Shrinks,
    /// 403
    #[error("no signature by a key of this log")]
    Unsigned,
    /// 404
    #[error("this log is not witnessed here")]
    UnknownOrigin,
    /// 409: the log thinks that the witness is at another size.
    #[error("the newest checkpoint cosigned here is of {size} entries")]
    Size { size: u64 },
    /// 422: a tree of no entries that is none.
    #[error("the root of a tree of 0 entries is the hash of nothing")]
    NotEmpty,
    /// 422: another root was cosigned for this size.
    #[error("another tree of {size} entries was cosigned here")]
    Fork { size: u64 },
    /// 422
    #[error("the consistency proof does not hold")]
    Inconsistent,
}

/// Whether the log that has these keys, and of which `latest` was cosigned last, has only grown.
///
/// # Errors
/// See [`Refused`].
pub fn judge(keys: &[NoteKey], latest: Option<&Checkpoint>, request: &AddCheckpoint) -> Result<(), Refused> {
    let origin = keys.first().map(NoteKey::name).ok_or(Refused::UnknownOrigin)?;
    let new = Checkpoint::open(&request.checkpoint, keys, origin).map_err(|error| match error {
        CheckpointError::Origin(_) => Refused::UnknownOrigin,
        CheckpointError::Malformed | CheckpointError::Note(NoteError::Malformed) => Refused::Malformed,
        CheckpointError::Note(_) => Refused::Unsigned,
    })?;
    if new.size == 0 && new.root != empty_root() {
        return Err(Refused::NotEmpty);
    }
    if request.old > new.size {
        return Err(Refused::Shrinks);
    }
    let (size, root) = latest.map_or((0, empty_root()), |latest| (latest.size, latest.root));
    if request.old != size {
        return Err(Refused::Size { size });
    }
    if new.size == size && new.root != root {
        return Err(Refused::Fork { size });
    }
    verify_consistency(size, &root, new.size, &new.root, &request.proof).map_err(|_| Refused::Inconsistent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Edge, Hash, NodeId, NoteSigner, consistency_plan, leaf_hash};
    use crate::record::PrivateKey;

    /// A log of `size` entries, of which those from `fork` on are others.
    fn note(signer: &NoteSigner, size: u64, fork: u64) -> String {
        Checkpoint { origin: "log.example/zz".into(), size, root: root(0..size, fork) }.sign(signer)
    }

    fn root(entries: std::ops::Range<u64>, fork: u64) -> Hash {
        let mut edge = Edge::new();
        entries.for_each(|n| edge.append(leaf_hash(format!("{n}{}", if n < fork { "" } else { "!" }).as_bytes())));
        edge.root()
    }

    fn proof(old: u64, new: u64) -> Vec<Hash> {
        let node = |node: NodeId| Ok::<_, ()>(root(node.index << node.level..(node.index + 1) << node.level, u64::MAX));
        consistency_plan(old, new).unwrap().fold(node).unwrap()
    }

    #[test]
    fn each_verdict_of_the_specification() {
        let signer = NoteSigner::new("log.example/zz", PrivateKey::from_seed([1; 32])).unwrap();
        let thief = NoteSigner::new("log.example/zz", PrivateKey::from_seed([2; 32])).unwrap();
        let keys = [signer.verifier().clone()];
        let at = |size| Checkpoint::of_note(&note(&signer, size, u64::MAX)).unwrap();
        let ask = |latest: Option<&Checkpoint>, old, proof: Vec<Hash>, checkpoint: String| {
            judge(&keys, latest, &AddCheckpoint { old, proof, checkpoint })
        };
        let honest = |size| note(&signer, size, u64::MAX);
        assert_eq!(ask(None, 0, vec![], honest(7)), Ok(()));
        assert_eq!(ask(None, 0, vec![], honest(0)), Ok(()));
        assert_eq!(ask(Some(&at(7)), 7, proof(7, 20), honest(20)), Ok(()));
        // The same again renews the time.
        assert_eq!(ask(Some(&at(7)), 7, vec![], honest(7)), Ok(()));

        assert_eq!(ask(Some(&at(7)), 0, vec![], honest(20)), Err(Refused::Size { size: 7 }));
        assert_eq!(ask(None, 7, proof(7, 20), honest(20)), Err(Refused::Size { size: 0 }));
        assert_eq!(ask(Some(&at(20)), 7, proof(7, 8), honest(8)), Err(Refused::Size { size: 20 }), "a roll-back");
        assert_eq!(ask(Some(&at(20)), 20, vec![], honest(8)), Err(Refused::Shrinks));
        assert_eq!(ask(Some(&at(20)), 20, vec![], note(&signer, 20, 3)), Err(Refused::Fork { size: 20 }));
        let hollow = Checkpoint { origin: "log.example/zz".into(), size: 0, root: root(0..1, 0) }.sign(&signer);
        assert_eq!(ask(None, 0, vec![], hollow), Err(Refused::NotEmpty));
        assert_eq!(ask(Some(&at(7)), 7, proof(7, 20), note(&signer, 20, 3)), Err(Refused::Inconsistent));
        assert_eq!(ask(Some(&at(7)), 7, vec![], honest(20)), Err(Refused::Inconsistent));
        assert_eq!(ask(None, 0, proof(7, 20), honest(20)), Err(Refused::Inconsistent));
        assert_eq!(ask(None, 0, vec![], note(&thief, 7, 9)), Err(Refused::Unsigned));
        assert_eq!(ask(None, 0, vec![], honest(7).replace("\n7\n", "\n8\n")), Err(Refused::Unsigned));
        assert_eq!(ask(None, 0, vec![], "x".into()), Err(Refused::Malformed));
        assert_eq!(ask(None, 0, vec![], signer.sign("log.example/zz\n7\n")), Err(Refused::Malformed));
        assert_eq!(ask(None, 0, vec![], signer.sign(&honest(7).replace("/zz", "/yy")[..60])), Err(Refused::Malformed));
    }
}
