//! What the log shows of itself: checkpoints, proofs, receipts.

use super::naming::signed_alike;
use super::{Ledger, LedgerError, Witnesses};
use crate::log::{Checkpoint, ProofError, TlogProof, inclusion_plan, leaf_hash};
use crate::sequencer::{Receipt, Reception};
use crate::store::{StoreError, StoredEntry};
use std::sync::PoisonError;

impl Ledger {
    /// The receipt of an entry, with a proof against the newest checkpoint.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn receipt(&self, index: u64) -> Result<Option<Receipt>, LedgerError> {
        let Some(StoredEntry { time, stream, version, bytes }) = self.database.stored_entry(index).await? else {
            return Ok(None);
        };
        let Some(proof) = self.proof(index).await? else { return Ok(None) };
        Ok(Some(Receipt {
            index,
            time,
            stream,
            version,
            entry_hash: leaf_hash(&bytes),
            proof: proof.encode(),
            reception: Reception::Known,
        }))
    }

    /// The newest checkpoint: the signed note and what it says.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn checkpoint(&self) -> Result<(String, Checkpoint), LedgerError> {
        let head = self.database.head().await?;
        let (_, note) = head.ok_or_else(|| StoreError::Damaged("no log head".into()))?;
        let last = self.last_checkpoint.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // What was checked once is not checked for every proof.
        if let Some(known) = last.as_ref().filter(|(known, _)| *known == note) {
            return Ok(known.clone());
        }
        if last.is_some_and(|(last, _)| !signed_alike(&last, &note)) {
            self.read_identity().await?;
        }
        let log = self.identity();
        let checkpoint = Checkpoint::open(&note, &log.checkpoint_keys, &log.origin)?;
        let mut last = self.last_checkpoint.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(last.insert((note, checkpoint)).clone())
    }

    /// The proof of an entry against the newest witnessed checkpoint that covers it, or else against the newest one
    /// with the cosignatures that there are; `None` beyond it.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn proof(&self, index: u64) -> Result<Option<TlogProof>, LedgerError> {
        let witnessed = self.witnesses.as_ref().and_then(Witnesses::witnessed);
        let (note, checkpoint) = match witnessed.filter(|(_, checkpoint)| index < checkpoint.size) {
            Some(witnessed) => witnessed,
            None => self.cosigned_checkpoint().await?,
        };
        match inclusion_plan(index, checkpoint.size) {
            Ok(plan) => Ok(Some(TlogProof { index, hashes: self.tree.resolve(&plan).await?, checkpoint: note })),
            Err(ProofError::OutOfRange | ProofError::Length | ProofError::Root) => Ok(None),
        }
    }

    /// The newest checkpoint with the cosignatures that there are.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn cosigned_checkpoint(&self) -> Result<(String, Checkpoint), LedgerError> {
        let (note, checkpoint) = self.checkpoint().await?;
        let cosigned = self.witnesses.as_ref().and_then(|witnesses| witnesses.cosigned(checkpoint.size));
        Ok((cosigned.unwrap_or(note), checkpoint))
    }
}
