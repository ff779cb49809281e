//! What the log is called now, and which keys sign for it: both change by records.

use super::{Ledger, LedgerError, LogKeys, NewLog};
use crate::field::{Fault, Prose};
use crate::identity::{self, LogContinuation, LogOpening, LogState};
use crate::law::{InForce, Law};
use crate::log::{NoteKey, NoteSigner, SignedNote};
use crate::problem::Refusal;
use crate::record::PrivateKey;
use crate::sequencer::{Receipt, Rejected};
use crate::store::StoreError;
use crate::world::Stream;
use std::sync::{Arc, PoisonError};

/// The law as of a size of the log, and of a version of the log's own stream.
#[derive(Clone)]
pub(super) struct Adopted {
    size: u64,
    version: u64,
    law: Arc<[InForce]>,
}

impl LogKeys {
    /// The first record of a new log.
    ///
    /// # Errors
    /// A name that is none.
    pub(super) fn opening(&self, opening: &NewLog) -> Result<LogOpening, LedgerError> {
        fn field<T: std::str::FromStr<Err = Fault>>(pointer: &str, text: &str) -> Result<T, Refusal> {
            text.parse().map_err(|fault| Refusal::of_field(pointer, fault))
        }
        let log_key = NoteSigner::new(&opening.origin, self.first().clone())?.verifier().to_string();
        Ok(LogOpening {
            origin: field("/origin", &opening.origin)?,
            operator: opening.operator.clone(),
            operator_name: field("/operator_name", &opening.operator_name)?,
            operator_key: self.operator.public().to_jwk(),
            service_key: self.service.public().to_jwk(),
            log_key: field("/log_key", &log_key)?,
            law: opening.law.document(),
            time_zone: field("/time_zone", "Asia/Shanghai")?,
        })
    }
}

impl Ledger {
    /// The log's own state, as of the newest checkpoint that was read.
    pub fn identity(&self) -> Arc<LogState> {
        Arc::clone(&self.identity.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The present origin.
    pub fn origin(&self) -> String {
        self.identity().origin.clone()
    }

    pub(super) async fn read_identity(&self) -> Result<(), LedgerError> {
        let log = self.states(&[]).await?.log().cloned().ok_or_else(|| StoreError::Damaged("no log.opened".into()))?;
        *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(log);
        Ok(())
    }

    /// The editions of the law that were adopted, oldest first; empty when none of them can be interpreted here.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn law(&self) -> Result<Arc<[InForce]>, LedgerError> {
        self.law_before(0).await
    }

    /// As [`Self::law`], with all that was adopted before an entry that was read, which another replica may have written.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn law_before(&self, index: u64) -> Result<Arc<[InForce]>, LedgerError> {
        let size = *self.size().borrow();
        let known = self.adopted.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.as_ref().filter(|known| known.size == size && index <= size) {
            return Ok(Arc::clone(&known.law));
        }
        // Most entries are not about the log itself.
        let version = self.version(&Stream::LOG).await?;
        let law = match known.filter(|known| known.version == version) {
            Some(known) => known.law,
            None => self.states(&[]).await?.law().map(Law::adopted).unwrap_or_default().into(),
        };
        let adopted = Adopted { size, version, law: Arc::clone(&law) };
        *self.adopted.write().unwrap_or_else(PoisonError::into_inner) = Some(adopted);
        Ok(law)
    }

    /// A policy for another log would ask witnesses that don't know this one.
    pub(super) fn trusts_this_log(&self) -> Result<(), LedgerError> {
        let log = self.identity();
        let trusts = |policy: &crate::log::Policy| log.checkpoint_keys.iter().any(|key| policy.trusts(key));
        match &self.witnesses {
            Some(witnesses) if !trusts(witnesses.policy()) => Err(LedgerError::Policy(log.origin.clone())),
            Some(_) | None => Ok(()),
        }
    }

    /// Goes on under another origin and checkpoint key, because nobody can tell any more whose word the present key gives, or
    /// because entries are `lost`, of which this is the furthest checkpoint. No other writer may run.
    ///
    /// # Errors
    /// See [`LedgerError`]; then the log keeps its name.
    pub async fn continue_as(
        &self,
        origin: &str,
        key: &PrivateKey,
        lost: Option<Prose<8000>>,
        reason: Prose<2000>,
    ) -> Result<Receipt, LedgerError> {
        let vkey: NoteKey = NoteSigner::new(origin, key.clone())?.verifier().clone();
        let (predecessor, _) = self.cosigned_checkpoint().await?;
        let continuation = LogContinuation {
            origin: origin.parse().map_err(|fault| Refusal::of_field("/origin", fault))?,
            log_key: vkey.to_string().parse().map_err(|fault| Refusal::of_field("/log_key", fault))?,
            predecessor: predecessor.parse().map_err(|fault| Refusal::of_field("/predecessor", fault))?,
            lost,
            reason,
        };
        let act = identity::Act::from(continuation).into();
        let receipt =
            self.act_as(&self.keys.operator, &Stream::LOG, &act).await.map_err(|rejected| match rejected {
                Rejected::Refused(refusal) => refusal.into(),
                Rejected::Unavailable => LedgerError::Store(StoreError::Damaged("the log is unavailable".into())),
                Rejected::Clock(doubt) => doubt.into(),
            })?;
        self.checkpoint().await?;
        Ok(receipt)
    }
}

/// Whether the same keys signed two notes.
pub(super) fn signed_alike(a: &str, b: &str) -> bool {
    match (SignedNote::parse(a), SignedNote::parse(b)) {
        (Ok(a), Ok(b)) => a.signers().eq(b.signers()),
        _ => false,
    }
}
