//! What organisations leave beside the log, and whether a record cites it: the statements.
//!
//! Whoever changes any of it holds the log's head ([`Write::lock_head`]), as whoever appends does: so what is uncited when it
//! is taken away is not cited at the same moment.

use super::{DISCLOSURES, DOCUMENTS, DisclosureKey, ERASURES, Reads, Row, StoreError, UPLOADS, Value, Write};
use crate::field::{DocumentId, Instant, OrganisationId};

/// What is known of a document's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Absent,
    /// So many bytes are here.
    Kept(u64),
    /// They are being removed: it counts as absent, and can't be uploaded until they are gone.
    Going,
}

/// What one organisation has here that no record cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncited {
    pub documents: u64,
    /// Of these documents.
    pub bytes: u64,
    pub disclosures: u64,
}

/// One document that no record cites, for who uploaded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncitedDocument {
    pub id: DocumentId,
    pub size: u64,
    pub stored_at: Instant,
}

/// One copy of a disclosure.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldDisclosure {
    pub owner: OrganisationId,
    /// The name of its ciphertext.
    pub object: String,
    /// `None` while the ciphertext is being removed.
    pub key: Option<DisclosureKey>,
}

/// That a sealed value was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedDisclosure {
    pub at: Instant,
    pub by: OrganisationId,
    pub reason: String,
}

/// A ciphertext whose key is gone already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyless {
    digest: String,
    owner: String,
    pub object: String,
}

/// Whether any entry cites a document or holds a sealed value, by its hash or digest.
///
/// # Errors
/// See [`StoreError`].
pub async fn is_cited(reads: &mut impl Reads, cited: &str) -> Result<bool, StoreError> {
    let sql = "SELECT idx FROM citations WHERE cited = $1 LIMIT 1";
    Ok(!reads.rows(sql, &[Value::from(cited)]).await?.is_empty())
}

/// The bytes of the first entry that does so.
///
/// # Errors
/// See [`StoreError`].
pub async fn first_citing(reads: &mut impl Reads, cited: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT bytes FROM entries WHERE idx = (SELECT MIN(idx) FROM citations WHERE cited = $1)";
    let mut rows = reads.rows(sql, &[Value::from(cited)]).await?;
    rows.first_mut().map(|row| row.take_blob(0)).transpose()
}

/// # Errors
/// See [`StoreError`].
pub async fn standing(reads: &mut impl Reads, id: DocumentId) -> Result<Standing, StoreError> {
    let sql = "SELECT size, going FROM documents WHERE sha256 = $1";
    let rows = reads.rows(sql, &[Value::from(id.to_string())]).await?;
    let Some(row) = rows.first() else { return Ok(Standing::Absent) };
    Ok(if row.optional_integer(1)?.is_some() { Standing::Going } else { Standing::Kept(row.unsigned(0)?) })
}

const UNCITED_DOCUMENTS: &str = "FROM uploads JOIN documents ON documents.sha256 = uploads.sha256 \
    WHERE uploads.owner = $1 AND NOT EXISTS (SELECT 1 FROM citations WHERE cited = uploads.sha256)";

const UNCITED_DISCLOSURES: &str = "FROM disclosures WHERE owner = $1 AND cited = 0 AND key IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM citations WHERE citations.cited = digest)";

/// How much an organisation has here that no record cites.
///
/// # Errors
/// See [`StoreError`].
pub async fn uncited(reads: &mut impl Reads, owner: &OrganisationId) -> Result<Uncited, StoreError> {
    let owner = [Value::from(owner.as_str())];
    let sql = format!("SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) {UNCITED_DOCUMENTS}");
    let documents = reads.rows(&sql, &owner).await?;
    let disclosures = reads.rows(&format!("SELECT COUNT(*) {UNCITED_DISCLOSURES}"), &owner).await?;
    let number = |rows: &[Row], at| rows.first().map_or(Ok(0), |row| row.unsigned(at));
    Ok(Uncited {
        documents: number(&documents, 0)?,
        bytes: number(&documents, 1)?,
        disclosures: number(&disclosures, 0)?,
    })
}

/// The documents of an organisation that no record cites, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn uncited_documents(
    reads: &mut impl Reads,
    owner: &OrganisationId,
) -> Result<Vec<UncitedDocument>, StoreError> {
    let sql = format!(
        "SELECT uploads.sha256, size, stored_at {UNCITED_DOCUMENTS} ORDER BY stored_at, uploads.sha256 LIMIT {LISTED_MAX}"
    );
    let rows = reads.rows(&sql, &[Value::from(owner.as_str())]).await?;
    let documents = rows.iter().map(|row| {
        let (id, stored_at) = (document_id(row)?, Instant::from_millis(row.integer(2)?));
        Ok(UncitedDocument { id, size: row.unsigned(1)?, stored_at })
    });
    documents.collect()
}

/// The sealed values that an organisation uploaded and no record holds, with the time, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn uncited_disclosures(
    reads: &mut impl Reads,
    owner: &OrganisationId,
) -> Result<Vec<(String, Instant)>, StoreError> {
    let sql = format!("SELECT digest, stored_at {UNCITED_DISCLOSURES} ORDER BY stored_at, digest LIMIT {LISTED_MAX}");
    let rows = reads.rows(&sql, &[Value::from(owner.as_str())]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), Instant::from_millis(row.integer(1)?)))).collect()
}

/// A list is as long as the default quotas, and bounded where an operator has taken those away.
const LISTED_MAX: usize = 500;

/// Every copy of a disclosure, oldest first.
///
/// # Errors
/// See [`StoreError`].
pub async fn held_disclosures(reads: &mut impl Reads, digest: &str) -> Result<Vec<HeldDisclosure>, StoreError> {
    let sql = "SELECT owner, object, key FROM disclosures WHERE digest = $1 ORDER BY stored_at, owner";
    let rows = reads.rows(sql, &[Value::from(digest)]).await?;
    let held = rows.iter().map(|row| {
        let owner = row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))?;
        let key = row.blob(2).ok().and_then(DisclosureKey::from_slice);
        Ok(HeldDisclosure { owner, object: row.text(1)?.to_owned(), key })
    });
    held.collect()
}

/// # Errors
/// See [`StoreError`].
pub async fn erased_disclosure(reads: &mut impl Reads, digest: &str) -> Result<Option<ErasedDisclosure>, StoreError> {
    let sql = "SELECT erased_at, erased_by, reason FROM erasures WHERE digest = $1";
    let rows = reads.rows(sql, &[Value::from(digest)]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let by = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
    Ok(Some(ErasedDisclosure { at: Instant::from_millis(row.integer(0)?), by, reason: row.text(2)?.to_owned() }))
}

fn document_id(row: &Row) -> Result<DocumentId, StoreError> {
    row.text(0)?.parse().map_err(|_| StoreError::Unexpected(0))
}

impl Write {
    /// A document is here from now on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_document(&mut self, id: DocumentId, size: u64) -> Result<(), StoreError> {
        self.put(&DOCUMENTS, vec![vec![Value::from(id.to_string()), Value::from(size), Value::Null]]).await
    }

    /// An organisation has uploaded it, so it stays a while though no record cites it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_upload(&mut self, id: DocumentId, by: &OrganisationId, now: Instant) -> Result<(), StoreError> {
        let row = vec![Value::from(id.to_string()), Value::from(by.as_str()), Value::Integer(now.millis())];
        self.put(&UPLOADS, vec![row]).await
    }

    /// # Errors
    /// See [`StoreError`].
    pub async fn has_uploaded(&mut self, id: DocumentId, by: &OrganisationId) -> Result<bool, StoreError> {
        let sql = "SELECT owner FROM uploads WHERE sha256 = $1 AND owner = $2";
        Ok(!self.read(sql, &[Value::from(id.to_string()), Value::from(by.as_str())]).await?.is_empty())
    }

    /// An upload is taken back; the document goes with the last one, unless a record cites it. Says whether its bytes are to
    /// be removed now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn withdraw_upload(
        &mut self,
        id: DocumentId,
        by: &OrganisationId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        self.delete(&UPLOADS, &[Value::from(id.to_string()), Value::from(by.as_str())]).await?;
        self.let_go(id, now).await
    }

    /// Takes back uploads of before `until`, and says which documents' bytes are to be removed now. Those that a record cites
    /// stay. Some at a time: none when there are no more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn expire_uploads(
        &mut self,
        until: Instant,
        now: Instant,
    ) -> Result<Option<Vec<DocumentId>>, StoreError> {
        let sql =
            format!("SELECT sha256, owner FROM uploads WHERE stored_at <= $1 ORDER BY stored_at LIMIT {AT_A_TIME}");
        let rows = self.read(&sql, &[Value::Integer(until.millis())]).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut going = Vec::new();
        for row in &rows {
            self.delete(&UPLOADS, row.values()).await?;
            let id = document_id(row)?;
            if self.let_go(id, now).await? {
                going.push(id);
            }
        }
        Ok(Some(going))
    }

    /// Marks a document that nobody wants any more.
    async fn let_go(&mut self, id: DocumentId, now: Instant) -> Result<bool, StoreError> {
        let name = Value::from(id.to_string());
        let uploads = self.read("SELECT sha256 FROM uploads WHERE sha256 = $1", std::slice::from_ref(&name)).await?;
        let is_kept = matches!(standing(self, id).await?, Standing::Kept(_));
        if !is_kept || !uploads.is_empty() || is_cited(self, &id.to_string()).await? {
            return Ok(false);
        }
        self.change(&DOCUMENTS, &[name], &[("going", Value::Integer(now.millis()))]).await?;
        Ok(true)
    }

    /// A document's bytes are on their way out though it never was one: nobody may upload it until they are gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_going(&mut self, id: DocumentId, size: u64, now: Instant) -> Result<(), StoreError> {
        let row = vec![Value::from(id.to_string()), Value::from(size), Value::Integer(now.millis())];
        self.put(&DOCUMENTS, vec![row]).await
    }

    /// Documents whose bytes somebody began to remove before `until` and did not remove: it is up to the caller now.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn take_over_going(&mut self, until: Instant, now: Instant) -> Result<Vec<DocumentId>, StoreError> {
        let sql = format!("SELECT sha256 FROM documents WHERE going <= $1 LIMIT {AT_A_TIME}");
        let rows = self.read(&sql, &[Value::Integer(until.millis())]).await?;
        for row in &rows {
            self.change(&DOCUMENTS, row.values(), &[("going", Value::Integer(now.millis()))]).await?;
        }
        rows.iter().map(document_id).collect()
    }

    /// A document's bytes are gone.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_document(&mut self, id: DocumentId) -> Result<(), StoreError> {
        let sql = "DELETE FROM documents WHERE sha256 = $1 AND going IS NOT NULL";
        self.read(sql, &[Value::from(id.to_string())]).await.map(drop)
    }

    /// Takes what records cite by now off the lists of what may expire.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn settle_cited(&mut self) -> Result<(), StoreError> {
        let cited = "EXISTS (SELECT 1 FROM citations WHERE citations.cited =";
        self.read(&format!("DELETE FROM uploads WHERE {cited} uploads.sha256)"), &[]).await?;
        let sql = format!("UPDATE disclosures SET cited = 1 WHERE cited = 0 AND {cited} disclosures.digest)");
        self.read(&sql, &[]).await.map(drop)
    }

    /// A copy of a disclosure for its owner.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_disclosure(
        &mut self,
        digest: &str,
        held: &HeldDisclosure,
        is_cited: bool,
        now: Instant,
    ) -> Result<(), StoreError> {
        let key = held.key.as_ref().map_or(Value::Null, |key| Value::Blob(key.as_bytes().to_vec()));
        let row = vec![
            Value::from(digest),
            Value::from(held.owner.as_str()),
            Value::Integer(now.millis()),
            Value::Integer(is_cited.into()),
            Value::from(held.object.as_str()),
            key,
        ];
        self.put(&DISCLOSURES, vec![row]).await
    }

    /// A sealed value is erased for ever: no copy has a key any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn file_erasure(&mut self, digest: &str, erased: &ErasedDisclosure) -> Result<(), StoreError> {
        let (by, at) = (Value::from(erased.by.as_str()), Value::Integer(erased.at.millis()));
        self.put(&ERASURES, vec![vec![Value::from(digest), at, by, Value::from(erased.reason.as_str())]]).await?;
        self.withdraw_all_disclosures(digest).await
    }

    /// No copy of a disclosure has a key any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn withdraw_all_disclosures(&mut self, digest: &str) -> Result<(), StoreError> {
        self.read("UPDATE disclosures SET key = NULL WHERE digest = $1", &[Value::from(digest)]).await.map(drop)
    }

    /// One copy of a disclosure has no key any more.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn withdraw_disclosure(&mut self, digest: &str, owner: &OrganisationId) -> Result<(), StoreError> {
        let sql = "UPDATE disclosures SET key = NULL WHERE digest = $1 AND owner = $2";
        self.read(sql, &[Value::from(digest), Value::from(owner.as_str())]).await.map(drop)
    }

    /// Takes the keys of copies that were uploaded before `until` and that no record holds. After [`Self::settle_cited`].
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn expire_disclosures(&mut self, until: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE disclosures SET key = NULL WHERE cited = 0 AND stored_at <= $1 AND key IS NOT NULL";
        self.read(sql, &[Value::Integer(until.millis())]).await.map(drop)
    }

    /// A ciphertext without a key is removed; another one may have been put in its place meanwhile.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn forget_disclosure(&mut self, gone: &Keyless) -> Result<(), StoreError> {
        let sql = "DELETE FROM disclosures WHERE digest = $1 AND owner = $2 AND object = $3 AND key IS NULL";
        let Keyless { digest, owner, object } = gone;
        self.read(sql, &[digest, owner, object].map(|text| Value::from(text.as_str()))).await.map(drop)
    }
}

/// Ciphertexts that are to be removed: some of them, or those of one sealed value.
///
/// # Errors
/// See [`StoreError`].
pub async fn keyless(reads: &mut impl Reads, digest: Option<&str>) -> Result<Vec<Keyless>, StoreError> {
    let (condition, values) = match digest {
        Some(digest) => (" AND digest = $1", vec![Value::from(digest)]),
        None => ("", Vec::new()),
    };
    let sql = format!("SELECT digest, owner, object FROM disclosures WHERE key IS NULL{condition} LIMIT {AT_A_TIME}");
    let rows = reads.rows(&sql, &values).await?;
    let text = |row: &Row, at| row.text(at).map(str::to_owned);
    rows.iter().map(|row| Ok(Keyless { digest: text(row, 0)?, owner: text(row, 1)?, object: text(row, 2)? })).collect()
}

/// Rows that one transaction takes away: it holds the log's head.
const AT_A_TIME: usize = 100;
