//! What opens sealed values, kept so that it can be erased: ciphertext in the object store, its key in the database.
//!
//! A database keeps what was deleted in free pages, write-ahead logs and backups, and a bucket may keep old versions.
//! Neither half says anything without the other, so erasing is done when either is gone.

use super::Objects;
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

    /// Hex: two digests in base64url may differ by case alone, which not every folder tells apart.
    fn name(sealed: &str) -> String {
        format!("disclosures/{}", Hash::of(sealed))
    }

    /// Keeps a text under its digest.
    ///
    /// # Errors
    /// The store fails.
    pub async fn put(&self, sealed: &str, text: &str, key: &DisclosureKey) -> Result<(), Error> {
        let refused = || Error::Generic { store: "disclosures", source: "the text can't be encrypted".into() };
        let mut bytes = text.as_bytes().to_vec();
        let cipher = key.cipher().ok_or_else(refused)?;
        cipher.seal_in_place_append_tag(nonce(), Aad::from(sealed), &mut bytes).map_err(|_| refused())?;
        self.objects.write(&Self::name(sealed), bytes.into(), None).await
    }

    /// The text; `None` when it is not there, or not under this key.
    ///
    /// # Errors
    /// The store fails.
    pub async fn get(&self, sealed: &str, key: &DisclosureKey) -> Result<Option<String>, Error> {
        let Some(bytes) = self.objects.read(&Self::name(sealed)).await? else { return Ok(None) };
        let mut bytes = Vec::from(bytes);
        let opened = key.cipher().and_then(|cipher| {
            let text = cipher.open_in_place(nonce(), Aad::from(sealed), &mut bytes).ok()?;
            std::str::from_utf8(text).ok().map(str::to_owned)
        });
        Ok(opened)
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
        disclosures.put("digest", "李四", &key).await.unwrap();
        assert_eq!(disclosures.get("digest", &key).await.unwrap().as_deref(), Some("李四"));
        assert_eq!(disclosures.get("digest", &DisclosureKey::generate()).await.unwrap(), None);
        assert_eq!(disclosures.get("other", &key).await.unwrap(), None);
        let file = dir.path().join(Disclosures::name("digest"));
        assert!(!std::fs::read(&file).unwrap().windows(6).any(|bytes| bytes == "李四".as_bytes()));
        disclosures.erase("digest").await.unwrap();
        assert_eq!(disclosures.get("digest", &key).await.unwrap(), None);
        assert!(!file.exists());
    }
}
