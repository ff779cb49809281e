//! What opens sealed values, kept so that it can be erased: ciphertext in the object store, its key in the database.
//!
//! A database keeps what was deleted in free pages, write-ahead logs and backups, and a bucket may keep old versions.
//! Neither half says anything without the other, so erasing is done when either is gone.

use super::Objects;
use crate::field::OrganisationId;
use crate::log::Hash;
use object_store::Error;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

/// The ciphertexts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Disclosures {
    objects: Objects,
}

/// The key of one ciphertext: 32 random bytes, used once.
#[derive(Clone, PartialEq, Eq)]
pub struct DisclosureKey([u8; 32]);

impl DisclosureKey {
    pub fn generate() -> Self {
        Self(rand::random())
    }

    /// As it was stored; `None` unless there are 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn cipher(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.0).ok().map(LessSafeKey::new)
    }
}

/// Each key encrypts one text, so its nonce needs not differ from others.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

impl Disclosures {
    pub fn new(objects: Objects) -> Self {
        Self { objects }
    }

    /// The object of a sealed value. Hex: two digests in base64url may differ by case alone, which not every folder tells
    /// apart.
    pub(crate) fn name(sealed: &str) -> String {
        format!("disclosures/{}", Hash::of(sealed))
    }

    /// What the ciphertext is bound to: the row that holds its key can't be given to another owner.
    fn bound_to(sealed: &str, owner: &OrganisationId) -> Aad<Vec<u8>> {
        Aad::from(format!("{sealed}\n{owner}").into_bytes())
    }

    /// Keeps a text under its digest, for its owner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn put(
        &self,
        sealed: &str,
        owner: &OrganisationId,
        text: &str,
        key: &DisclosureKey,
    ) -> Result<(), Error> {
        let refused = || Error::Generic { store: "disclosures", source: "the text can't be encrypted".into() };
        let mut bytes = text.as_bytes().to_vec();
        let cipher = key.cipher().ok_or_else(refused)?;
        cipher.seal_in_place_append_tag(nonce(), Self::bound_to(sealed, owner), &mut bytes).map_err(|_| refused())?;
        self.objects.write(&Self::name(sealed), bytes.into(), None).await
    }

    /// The text; `None` when it is not there, or not under this key for this owner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn get(
        &self,
        sealed: &str,
        owner: &OrganisationId,
        key: &DisclosureKey,
    ) -> Result<Option<String>, Error> {
        let bytes = self.objects.read(&Self::name(sealed)).await?;
        Ok(bytes.and_then(|bytes| Self::open(bytes.into(), sealed, owner, key)))
    }

    /// Whether what is kept opens with this key for this owner; `None` when nothing is kept.
    ///
    /// # Errors
    /// The store fails.
    pub async fn opens(
        &self,
        sealed: &str,
        owner: &OrganisationId,
        key: &DisclosureKey,
    ) -> Result<Option<bool>, Error> {
        let bytes = self.objects.read(&Self::name(sealed)).await?;
        Ok(bytes.map(|bytes| Self::open(bytes.into(), sealed, owner, key).is_some()))
    }

    fn open(mut bytes: Vec<u8>, sealed: &str, owner: &OrganisationId, key: &DisclosureKey) -> Option<String> {
        let text = key.cipher()?.open_in_place(nonce(), Self::bound_to(sealed, owner), &mut bytes).ok()?;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    /// Removes a text for ever.
    ///
    /// # Errors
    /// The store fails.
    pub async fn erase(&self, sealed: &str) -> Result<(), Error> {
        self.objects.remove(&Self::name(sealed)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_needs_both_halves() {
        let dir = tempfile::tempdir().unwrap();
        let disclosures = Disclosures::new(Objects::local(dir.path()).unwrap());
        let key = DisclosureKey::generate();
        let [owner, other]: [OrganisationId; 2] =
            ["91410100MA0000015B", "11410100005260004Y"].map(|id| id.parse().unwrap());
        disclosures.put("digest", &owner, "李四", &key).await.unwrap();
        assert_eq!(disclosures.get("digest", &owner, &key).await.unwrap().as_deref(), Some("李四"));
        assert_eq!(disclosures.get("digest", &owner, &DisclosureKey::generate()).await.unwrap(), None);
        assert_eq!(disclosures.get("other", &owner, &key).await.unwrap(), None);
        assert_eq!(disclosures.get("digest", &other, &key).await.unwrap(), None);
        assert_eq!(disclosures.opens("digest", &other, &key).await.unwrap(), Some(false));
        assert_eq!(disclosures.opens("other", &owner, &key).await.unwrap(), None);
        let file = dir.path().join(Disclosures::name("digest"));
        assert!(!std::fs::read(&file).unwrap().windows(6).any(|bytes| bytes == "李四".as_bytes()));
        disclosures.erase("digest").await.unwrap();
        assert_eq!(disclosures.get("digest", &owner, &key).await.unwrap(), None);
        assert!(!file.exists());
    }
}
