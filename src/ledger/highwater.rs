//! Whether the log still goes on from every checkpoint of it that somebody has.

use super::{Ledger, LedgerError};
use crate::highwater::{Divergence, Rewound, Voucher};
use crate::log::Checkpoint;
use crate::store::load_edge;
use std::sync::Arc;
use std::time::Duration;

/// The mark is kept at most this often: it is synced to the disk each time, and no commit waits for it.
const MARKED_EVERY: Duration = Duration::from_secs(1);

impl Ledger {
    /// Why the log must not be written on, by what stands outside its database.
    pub fn rewound(&self) -> Option<Rewound> {
        self.high_water.rewound()
    }

    /// Holds the log against a checkpoint of it that somebody else has, and remembers what came of it.
    ///
    /// # Errors
    /// The store can't be read: then nobody knows.
    pub async fn hold_against(&self, voucher: Voucher, known: &Checkpoint) -> Result<Option<Rewound>, LedgerError> {
        let divergence = self.divergence(known).await?;
        let rewound = divergence.map(|divergence| Rewound { voucher: voucher.clone(), divergence });
        self.high_water.hear(voucher, rewound.clone());
        Ok(rewound)
    }

    async fn divergence(&self, known: &Checkpoint) -> Result<Option<Divergence>, LedgerError> {
        let (_, here) = self.checkpoint().await?;
        // Nobody can speak for the log any more under a name that it has left.
        if self.identity().disowns(known) {
            return Ok(None);
        }
        let (known, root, size) = (known.size, known.root, here.size);
        if known > size {
            return Ok(Some(Divergence::Behind { known, size }));
        }
        // Of the very tiles that are stored now.
        let holds = load_edge(&self.database, known).await?.root() == root;
        Ok((!holds).then_some(Divergence::Forked { known }))
    }

    /// Holds the log against its own mark, and raises that when the log has grown.
    ///
    /// # Errors
    /// The store can't be read, or the mark not written.
    pub async fn raise_mark(&self) -> Result<(), LedgerError> {
        let (note, checkpoint) = self.checkpoint().await?;
        if let Some((marked, mark)) = self.high_water.mark()
            && (self.hold_against(Voucher::Mark, &mark).await?.is_some() || marked == note)
        {
            return Ok(());
        }
        Ok(self.high_water.raise(&note, &checkpoint)?)
    }

    /// What witnesses say of the log counts once so many say it as the policy asks for: one that errs stops nobody.
    pub fn weigh_witnesses(&self) {
        let Some(witnesses) = &self.witnesses else { return };
        let statuses = witnesses.statuses();
        let denies = |name: &str| statuses.iter().any(|status| status.name == name && status.denies.is_some());
        let furthest = statuses.iter().filter_map(|status| status.denies).max_by_key(|divergence| match divergence {
            Divergence::Behind { known, .. } | Divergence::Forked { known } => *known,
        });
        let denied = furthest.filter(|_| witnesses.policy().is_met(|witness| denies(&witness.name)));
        let rewound = denied.map(|divergence| Rewound { voucher: Voucher::Witnesses, divergence });
        self.high_water.hear(Voucher::Witnesses, rewound);
    }

    /// Closes the log: what was committed is marked.
    pub async fn close(&self) {
        if let Err(error) = self.raise_mark().await {
            tracing::warn!(%error, "the high-water mark was not kept");
        }
        if let Err(error) = self.write_refusals().await {
            tracing::warn!(%error, "how often records were refused was not written");
        }
        self.database.close().await;
    }
}

/// Keeps the mark for ever; drop the future to stop.
pub async fn keep_high_water(ledger: Arc<Ledger>) {
    let mut size = ledger.size();
    loop {
        if let Err(error) = ledger.raise_mark().await {
            tracing::warn!(%error, "the high-water mark is not kept");
        }
        tokio::time::sleep(MARKED_EVERY).await;
        // A quiet log is marked as soon as it grows, and looked at all the same.
        let _ = tokio::time::timeout(MARKED_EVERY, size.changed()).await;
    }
}
