//! What opens sealed values: deposited, read, and erased on request.

use super::{Ledger, LedgerError};
use crate::field::{Instant, OrganisationId};
use crate::record::Disclosure;
use crate::store::{DISCLOSURES, DisclosureKey, StoreError, Value};

/// What is known of a disclosure that was deposited once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposited {
    /// Who deposited it.
    pub owner: OrganisationId,
    pub content: Content,
}

/// Whether it can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The disclosure's text.
    Kept(String),
    Erased(Instant),
    /// Its deposit or its erasure broke off half-way: it can be deposited, or erased, again.
    Lost,
}

/// A row of the table.
struct Held {
    owner: OrganisationId,
    stored_at: i64,
    key: Option<DisclosureKey>,
    erased_at: Option<Instant>,
}

impl Ledger {
    async fn held(&self, sealed: &str) -> Result<Option<Held>, LedgerError> {
        if sealed.contains('\0') {
            return Ok(None);
        }
        let sql = "SELECT owner, stored_at, key, erased_at FROM disclosures WHERE digest = $1";
        let rows = self.database.read(sql, &[Value::from(sealed)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let erased_at = row.optional_integer(3)?.map(Instant::from_millis);
        Ok(Some(Held {
            owner: row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?,
            stored_at: row.integer(1)?,
            key: row.blob(2).ok().filter(|_| erased_at.is_none()).and_then(DisclosureKey::from_slice),
            erased_at,
        }))
    }

    /// A disclosure; `None` when nobody ever deposited it.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn disclosure(&self, sealed: &str) -> Result<Option<Deposited>, LedgerError> {
        let Some(held) = self.held(sealed).await? else { return Ok(None) };
        let content = match (held.erased_at, held.key) {
            (Some(at), _) => Content::Erased(at),
            (None, Some(key)) => {
                let text = self.disclosures.get(sealed, &held.owner, &key).await?;
                text.map_or(Content::Lost, Content::Kept)
            }
            (None, None) => Content::Lost,
        };
        Ok(Some(Deposited { owner: held.owner, content }))
    }

    /// Keeps what opens a sealed value; what was erased is not taken again, and the first who deposits it owns it.
    ///
    /// # Errors
    /// The store can't be written.
    pub async fn keep_disclosure(
        &self,
        disclosure: &Disclosure,
        owner: &OrganisationId,
    ) -> Result<Deposited, LedgerError> {
        let sealed = disclosure.sealed().sealed;
        match self.disclosure(&sealed).await? {
            // Whose it was is not known when it does not open: who brings the text owns it.
            None | Some(Deposited { content: Content::Lost, .. }) => {}
            Some(deposited) => return Ok(deposited),
        }
        // The row first: no text may lie anywhere that nobody could ask to be erased.
        let key = DisclosureKey::generate();
        let stored_at = self.clock.now().millis();
        self.put_row(&DISCLOSURES, row(&sealed, owner, stored_at, Some(&key), None)).await?;
        self.disclosures.put(&sealed, owner, disclosure.text(), &key).await?;
        // Somebody may have erased it in between.
        let deposited = self.disclosure(&sealed).await?;
        if let Some(Deposited { content: Content::Erased(_), .. }) = &deposited {
            self.disclosures.erase(&sealed).await?;
        }
        deposited.ok_or_else(|| StoreError::Damaged("a disclosure went away".into()).into())
    }

    /// Erases what opens a sealed value, for ever. The log and its proofs stay as they are; that it was erased, by whom and
    /// why is kept.
    ///
    /// # Errors
    /// The store can't be written; then it may be erased or not, and this can be called again.
    pub async fn erase_disclosure(
        &self,
        sealed: &str,
        by: &OrganisationId,
        reason: &str,
    ) -> Result<Option<Instant>, LedgerError> {
        let Some(held) = self.held(sealed).await? else { return Ok(None) };
        self.disclosures.erase(sealed).await?;
        if let Some(at) = held.erased_at {
            return Ok(Some(at));
        }
        let now = self.clock.now();
        let erased = Some((now, by, reason));
        self.put_row(&DISCLOSURES, row(sealed, &held.owner, held.stored_at, None, erased)).await?;
        // A deposit of the same may have been under way.
        self.disclosures.erase(sealed).await?;
        tracing::info!(sealed, %by, "a disclosure was erased");
        Ok(Some(now))
    }
}

fn row(
    sealed: &str,
    owner: &OrganisationId,
    stored_at: i64,
    key: Option<&DisclosureKey>,
    erased: Option<(Instant, &OrganisationId, &str)>,
) -> Vec<Value> {
    let [at, by, reason] = match erased {
        Some((at, by, reason)) => [Value::Integer(at.millis()), Value::from(by.as_str()), Value::from(reason)],
        None => [Value::Null, Value::Null, Value::Null],
    };
    let key = key.map_or(Value::Null, |key| Value::Blob(key.as_bytes().to_vec()));
    vec![Value::from(sealed), Value::from(owner.as_str()), Value::Integer(stored_at), key, at, by, reason]
}
