//! What opens sealed values, kept so that it can be erased: ciphertext in the object store, its key in the database.
//!
//! A database keeps what was deleted in free pages, write-ahead logs and backups, and a bucket may keep old versions.
//! Neither half says anything without the other, so erasing is done when either is gone.

use super::{HeldDisclosure, Objects};
use crate::field::OrganisationId;
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

    /// Every upload has a ciphertext of its own, under a name that says nothing: so what removes an old one can't take one
    /// away that was put in its place.
    pub fn new_object() -> String {
        uuid::Uuid::new_v4().to_string()
    }

    /// Where a ciphertext is.
    pub(crate) fn name(object: &str) -> String {
        format!("disclosures/{object}")
    }

    /// What the ciphertext is bound to: the row that holds its key can't be given to another owner.
    fn bound_to(sealed: &str, owner: &OrganisationId) -> Aad<Vec<u8>> {
        Aad::from(format!("{sealed}\n{owner}").into_bytes())
    }

    /// Keeps a text for its owner under its digest. Without a key nothing is kept.
    ///
    /// # Errors
    /// The store fails.
    pub async fn put(&self, sealed: &str, held: &HeldDisclosure, text: &str) -> Result<(), Error> {
        let refused = || Error::Generic { store: "disclosures", source: "the text can't be encrypted".into() };
        let mut bytes = text.as_bytes().to_vec();
        let cipher = held.key.as_ref().and_then(DisclosureKey::cipher).ok_or_else(refused)?;
        let bound = Self::bound_to(sealed, &held.owner);
        cipher.seal_in_place_append_tag(nonce(), bound, &mut bytes).map_err(|_| refused())?;
        self.objects.write(&Self::name(&held.object), bytes.into(), None).await
    }

    /// The text; `None` when it is not there, or not under this key for this owner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn get(&self, sealed: &str, held: &HeldDisclosure) -> Result<Option<String>, Error> {
        let bytes = self.objects.read(&Self::name(&held.object)).await?;
        Ok(bytes.and_then(|bytes| Self::open(bytes.into(), sealed, held)))
    }

    /// Whether what is kept opens with this key for this owner; `None` when nothing is kept.
    ///
    /// # Errors
    /// The store fails.
    pub async fn opens(&self, sealed: &str, held: &HeldDisclosure) -> Result<Option<bool>, Error> {
        let bytes = self.objects.read(&Self::name(&held.object)).await?;
        Ok(bytes.map(|bytes| Self::open(bytes.into(), sealed, held).is_some()))
    }

    fn open(mut bytes: Vec<u8>, sealed: &str, held: &HeldDisclosure) -> Option<String> {
        let cipher = held.key.as_ref()?.cipher()?;
        let text = cipher.open_in_place(nonce(), Self::bound_to(sealed, &held.owner), &mut bytes).ok()?;
        std::str::from_utf8(text).ok().map(str::to_owned)
    }

    /// Removes a ciphertext for ever.
    ///
    /// # Errors
    /// The store fails.
    pub async fn remove(&self, object: &str) -> Result<(), Error> {
        self.objects.remove(&Self::name(object)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_text_needs_both_halves() {
        let dir = tempfile::tempdir().unwrap();
        let disclosures = Disclosures::new(Objects::local(dir.path()).unwrap());
        let [owner, other]: [OrganisationId; 2] =
            ["91410100MA0000015B", "11410100005260004Y"].map(|id| id.parse().unwrap());
        let (object, key) = (Disclosures::new_object(), Some(DisclosureKey::generate()));
        let held = HeldDisclosure { owner, object, key };
        disclosures.put("digest", &held, "李四").await.unwrap();
        assert_eq!(disclosures.get("digest", &held).await.unwrap().as_deref(), Some("李四"));
        let rekeyed = HeldDisclosure { key: Some(DisclosureKey::generate()), ..held.clone() };
        let keyless = HeldDisclosure { key: None, ..held.clone() };
        let given_away = HeldDisclosure { owner: other, ..held.clone() };
        for wrong in [&rekeyed, &keyless, &given_away] {
            assert_eq!(disclosures.get("digest", wrong).await.unwrap(), None);
            assert_eq!(disclosures.opens("digest", wrong).await.unwrap(), Some(false));
        }
        assert_eq!(disclosures.get("other", &held).await.unwrap(), None);
        let elsewhere = HeldDisclosure { object: Disclosures::new_object(), ..held.clone() };
        assert_eq!(disclosures.opens("digest", &elsewhere).await.unwrap(), None);
        assert!(disclosures.put("digest", &keyless, "李四").await.is_err());
        let file = dir.path().join(Disclosures::name(&held.object));
        assert!(!std::fs::read(&file).unwrap().windows(6).any(|bytes| bytes == "李四".as_bytes()));
        disclosures.remove(&held.object).await.unwrap();
        assert_eq!(disclosures.get("digest", &held).await.unwrap(), None);
        assert!(!file.exists());
    }
}
