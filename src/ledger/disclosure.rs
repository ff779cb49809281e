//! What opens sealed values: uploaded, read, taken back, and erased on request.
//!
//! Whoever knows a text may upload it, and has a copy of its own. Whose the value is says the log: the author of the first
//! record that holds its digest, which nobody could know before but who sealed it. Erasing is for all copies and for ever.

use super::quota::must_fit_disclosure;
use super::{Ledger, LedgerError, UncitedQuota};
use crate::field::{Instant, OrganisationId};
use crate::record::{Disclosure, Sealed};
use crate::store::{
    DisclosureKey, Disclosures, ErasedDisclosure, HeldDisclosure, StoreError, erased_disclosure, first_citing,
    held_disclosures, is_cited, keyless, uncited,
};
use crate::world::ReadEntry;

/// What is known of a sealed value that somebody uploaded once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDisclosure {
    /// Who has a copy here, oldest first.
    pub holders: Vec<OrganisationId>,
    /// The author of the first record that holds the digest.
    pub author: Option<OrganisationId>,
    pub content: Content,
}

/// Whether it can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The disclosure's text.
    Kept(String),
    Erased(Instant),
    /// An upload broke off half-way: it can be uploaded again.
    Lost,
}

/// How a disclosure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// One holder took its copy back; others may have theirs.
    Withdrawn(Instant),
    /// For everybody and for ever.
    Erased(Instant),
}

impl Ledger {
    /// A disclosure; `None` when nobody has uploaded it.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn disclosure(&self, sealed: &str) -> Result<Option<KeptDisclosure>, LedgerError> {
        // No digest; and PostgreSQL has no such text.
        if !Sealed::is_digest(sealed) {
            return Ok(None);
        }
        let mut reads = self.database.clone();
        let mut held = held_disclosures(&mut reads, sealed).await?;
        held.retain(|held| held.key.is_some());
        let erased = erased_disclosure(&mut reads, sealed).await?;
        if held.is_empty() && erased.is_none() {
            return Ok(None);
        }
        let content = match erased {
            Some(erased) => Content::Erased(erased.at),
            None => self.opened(sealed, &held).await?,
        };
        let holders = held.into_iter().map(|held| held.owner).collect();
        Ok(Some(KeptDisclosure { holders, author: self.author_of(sealed).await?, content }))
    }

    /// All copies open to the same text, for the digest is its hash.
    async fn opened(&self, sealed: &str, held: &[HeldDisclosure]) -> Result<Content, LedgerError> {
        for held in held {
            if let Some(text) = self.disclosures.get(sealed, held).await? {
                return Ok(Content::Kept(text));
            }
        }
        Ok(Content::Lost)
    }

    /// Who signed the first record that holds a sealed value, by the entry itself.
    async fn author_of(&self, sealed: &str) -> Result<Option<OrganisationId>, LedgerError> {
        let mut reads = self.database.clone();
        let Some(bytes) = first_citing(&mut reads, sealed).await? else { return Ok(None) };
        let entry = ReadEntry::parse(&bytes).map_err(|error| StoreError::Damaged(error.to_string()))?;
        // A row that no record made gives nobody anything.
        if !entry.act.sealed().iter().any(|held| held.sealed == sealed) {
            return Ok(None);
        }
        let kid = entry.header.kid;
        Ok(self.owners.of(&mut reads, [kid]).await?.remove(&kid))
    }

    /// Keeps a copy of what opens a sealed value for whoever brings it. What was erased is not taken again.
    ///
    /// # Errors
    /// The quota is used up, or the store can't be written.
    pub async fn keep_disclosure(
        &self,
        disclosure: &Disclosure,
        owner: &OrganisationId,
        quota: UncitedQuota,
    ) -> Result<Content, LedgerError> {
        let sealed = disclosure.sealed().sealed;
        let own = |held: &HeldDisclosure| held.owner == *owner && held.key.is_some();
        let here = held_disclosures(&mut self.database.clone(), &sealed).await?.into_iter().find(own);
        if let Some(held) = &here
            && self.disclosures.get(&sealed, held).await?.is_some()
        {
            return Ok(Content::Kept(disclosure.text().to_owned()));
        }
        // The row first: no text may lie anywhere that nobody could ask to be erased.
        let (mut write, _) = self.database.begin_at_head().await?;
        if let Some(erased) = erased_disclosure(&mut write, &sealed).await? {
            write.rollback().await;
            return Ok(Content::Erased(erased.at));
        }
        let is_cited = is_cited(&mut write, &sealed).await?;
        let used = uncited(&mut write, owner).await?;
        if !is_cited
            && !held_disclosures(&mut write, &sealed).await?.iter().any(own)
            && let Err(refusal) = must_fit_disclosure(quota, used)
        {
            write.rollback().await;
            return Err(refusal.into());
        }
        let held = HeldDisclosure {
            owner: owner.clone(),
            object: Disclosures::new_object(),
            key: Some(DisclosureKey::generate()),
        };
        write.file_disclosure(&sealed, &held, is_cited, self.clock.now()).await?;
        write.commit().await?;
        self.disclosures.put(&sealed, &held, disclosure.text()).await?;
        // Somebody may have erased it, or brought it once more, in between.
        let mut reads = self.database.clone();
        if let Some(erased) = erased_disclosure(&mut reads, &sealed).await? {
            self.disclosures.remove(&held.object).await?;
            return Ok(Content::Erased(erased.at));
        }
        if !held_disclosures(&mut reads, &sealed).await?.contains(&held) {
            self.disclosures.remove(&held.object).await?;
        }
        Ok(Content::Kept(disclosure.text().to_owned()))
    }

    /// Takes one holder's copy back.
    ///
    /// # Errors
    /// The store can't be written; then it may be gone or not, and this can be called again.
    pub async fn withdraw_disclosure(&self, sealed: &str, owner: &OrganisationId) -> Result<Gone, LedgerError> {
        let (mut write, _) = self.database.begin_at_head().await?;
        write.withdraw_disclosure(sealed, owner).await?;
        write.commit().await?;
        self.remove_keyless(Some(sealed)).await?;
        Ok(Gone::Withdrawn(self.clock.now()))
    }

    /// Erases what opens a sealed value, for everybody and for ever. The log and its proofs stay as they are; that it was
    /// erased, by whom and why is kept.
    ///
    /// # Errors
    /// The store can't be written; then it may be erased or not, and this can be called again.
    pub async fn erase_disclosure(&self, sealed: &str, by: &OrganisationId, why: &str) -> Result<Gone, LedgerError> {
        let (mut write, _) = self.database.begin_at_head().await?;
        let at = match erased_disclosure(&mut write, sealed).await? {
            Some(erased) => {
                write.rollback().await;
                erased.at
            }
            None => {
                let erased = ErasedDisclosure { at: self.clock.now(), by: by.clone(), reason: why.to_owned() };
                write.file_erasure(sealed, &erased).await?;
                write.commit().await?;
                tracing::info!(sealed, %by, "a disclosure was erased");
                erased.at
            }
        };
        self.remove_keyless(Some(sealed)).await?;
        Ok(Gone::Erased(at))
    }

    /// Removes ciphertexts whose keys are gone: some of them, or those of one sealed value. Says how many.
    pub(super) async fn remove_keyless(&self, sealed: Option<&str>) -> Result<usize, LedgerError> {
        let gone = keyless(&mut self.database.clone(), sealed).await?;
        for gone in &gone {
            self.disclosures.remove(&gone.object).await?;
        }
        let mut write = self.database.begin_write().await?;
        for gone in &gone {
            write.forget_disclosure(gone).await?;
        }
        write.commit().await?;
        Ok(gone.len())
    }
}
