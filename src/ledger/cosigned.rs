//! What witnesses have said about this log, and which checkpoint counts as witnessed by it.

use super::{Ledger, LedgerError};
use crate::field::Instant;
use crate::highwater::Divergence;
use crate::log::{Checkpoint, CosignerKey, Policy, SignedNote};
use crate::store::{StoreError, cosigned};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Checkpoints that are kept while none meets the policy.
const KEPT_MAX: usize = 16;

/// The policy of a log, and how its witnesses are doing.
pub struct Witnesses {
    policy: Policy,
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    statuses: Vec<WitnessStatus>,
    /// Cosigned checkpoints by size, newest first.
    cosigned: Vec<(u64, String)>,
    witnessed: Option<(String, Checkpoint)>,
}

/// How a witness is doing, as far as this process knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessStatus {
    /// Its name in the policy.
    pub name: String,
    pub key: CosignerKey,
    /// Entries in the newest checkpoint that it cosigned; 0 before the first.
    pub size: u64,
    /// When it cosigned, by its own clock.
    pub time: Option<Instant>,
    /// Since when no request has succeeded, and why the last one failed.
    pub failing: Option<(Instant, String)>,
    /// How the log falls short of what it says that it cosigned.
    pub denies: Option<Divergence>,
}

impl Witnesses {
    pub fn new(policy: Policy) -> Self {
        let status = |witness: &crate::log::PolicyWitness| WitnessStatus {
            name: witness.name.clone(),
            key: witness.key.clone(),
            size: 0,
            time: None,
            failing: None,
            denies: None,
        };
        let statuses = policy.witnesses.iter().map(status).collect();
        Self { policy, board: Mutex::new(Board { statuses, ..Board::default() }) }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In the order of the policy.
    pub fn statuses(&self) -> Vec<WitnessStatus> {
        self.board().statuses.clone()
    }

    /// Changes the status of one witness, and says what it was.
    pub fn report(&self, at: usize, change: impl FnOnce(&mut WitnessStatus)) -> Option<WitnessStatus> {
        let mut board = self.board();
        let status = board.statuses.get_mut(at)?;
        let before = status.clone();
        change(status);
        Some(before)
    }

    /// The newest checkpoint that meets the policy.
    pub fn witnessed(&self) -> Option<(String, Checkpoint)> {
        self.board().witnessed.clone()
    }

    /// The checkpoint of this size with the cosignatures that there are.
    pub fn cosigned(&self, size: u64) -> Option<String> {
        self.board().cosigned.iter().find(|(of, _)| *of == size).map(|(_, note)| note.clone())
    }

    /// Whether a note has cosignatures enough.
    pub fn is_witnessed(&self, note: &str) -> bool {
        SignedNote::parse(note).is_ok_and(|note| self.policy.is_met_by(&note))
    }

    fn take(&self, cosigned: Vec<(u64, String)>) {
        let witnessed = cosigned.iter().find(|(_, note)| self.is_witnessed(note));
        let witnessed = witnessed.and_then(|(_, note)| Some((note.clone(), Checkpoint::of_note(note).ok()?)));
        let mut board = self.board();
        board.cosigned = cosigned;
        board.witnessed = witnessed;
    }
}

/// The note with a cosignature more; an older one of the same witness gives way.
fn with_line(note: &str, line: &str, by: &CosignerKey) -> Result<String, StoreError> {
    let parsed = SignedNote::parse(note).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let old = parsed.lines_by(std::slice::from_ref(by));
    let (text, signatures) = note.split_at(parsed.text().len() + 1);
    let signatures = if old.is_empty() { signatures.to_owned() } else { signatures.replace(&old, "") };
    Ok(format!("{text}{signatures}{line}\n"))
}

impl Ledger {
    /// The policy and its witnesses; `None` when the log is run without.
    pub fn witnesses(&self) -> Option<&Witnesses> {
        self.witnesses.as_ref()
    }

    /// Reads what any replica has been given by witnesses.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn recall_cosigned(&self) -> Result<(), LedgerError> {
        let Some(witnesses) = &self.witnesses else { return Ok(()) };
        witnesses.take(cosigned(&mut self.database.clone()).await?);
        if let Some((_, checkpoint)) = witnesses.witnessed() {
            self.metrics.witnessed_size(checkpoint.size);
        }
        Ok(())
    }

    /// Keeps a cosignature of a checkpoint of ours, whose note without cosignatures is `note`.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn keep_cosignature(
        &self,
        (note, checkpoint): &(String, Checkpoint),
        line: &str,
        by: &CosignerKey,
    ) -> Result<(), LedgerError> {
        let Some(witnesses) = &self.witnesses else { return Ok(()) };
        // Two replicas may add to one note: the head's lock puts them in order.
        let (mut write, _) = self.database.begin_at_head().await?;
        let mut kept = cosigned(&mut write).await?;
        let at = kept.partition_point(|(size, _)| *size > checkpoint.size);
        if kept.get(at).is_none_or(|(size, _)| *size != checkpoint.size) {
            kept.insert(at, (checkpoint.size, note.clone()));
        }
        kept[at].1 = with_line(&kept[at].1, line, by)?;
        write.put_cosigned(checkpoint.size, &kept[at].1).await?;
        let needed = kept.iter().position(|(_, note)| witnesses.is_witnessed(note));
        kept.truncate(needed.map_or(KEPT_MAX, |newest| newest + 1));
        if let Some((oldest, _)) = kept.last() {
            write.forget_cosigned_below(*oldest).await?;
        }
        write.commit().await?;
        self.recall_cosigned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Cosigner, Hash, NoteSigner};
    use crate::record::PrivateKey;

    #[test]
    fn a_newer_cosignature_takes_the_place_of_an_older_one() {
        let log = NoteSigner::new("log.example", PrivateKey::from_seed([1; 32])).unwrap();
        let note = Checkpoint { origin: "log.example".into(), size: 7, root: Hash::of("x") }.sign(&log);
        let text = SignedNote::parse(&note).unwrap().text().to_owned();
        let [a, b] = [2, 3].map(|seed| Cosigner::new("w.example", PrivateKey::from_seed([seed; 32])).unwrap());
        let cosign = |by: &Cosigner, time| by.cosign(&text, time).trim_end().to_owned();
        let first = with_line(&note, &cosign(&a, 10), a.verifier()).unwrap();
        let both = with_line(&first, &cosign(&b, 11), b.verifier()).unwrap();
        let newer = with_line(&both, &cosign(&a, 12), a.verifier()).unwrap();
        let keys = [a.verifier(), b.verifier()];
        let found =
            SignedNote::parse(&newer).unwrap().cosignatures(keys).iter().map(|found| found.time).collect::<Vec<_>>();
        assert_eq!(found, [11, 12]);
        assert!(Checkpoint::open(&newer, std::slice::from_ref(log.verifier()), "log.example").is_ok());

        let policy = format!("witness a {}\nwitness b {}\ngroup all all a b\nquorum all", keys[0], keys[1]);
        let witnesses = Witnesses::new(policy.parse().unwrap());
        assert!(!witnesses.is_witnessed(&note) && !witnesses.is_witnessed(&first) && witnesses.is_witnessed(&newer));
        witnesses.take(vec![(9, note.replace("\n7\n", "\n9\n")), (7, newer.clone())]);
        assert_eq!(witnesses.witnessed().unwrap().0, newer);
        assert_eq!(witnesses.cosigned(7), Some(newer));
    }
}
