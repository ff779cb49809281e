//! Links that only who was written to knows: the proof in a link is made of a key and stands nowhere, so whoever reads the database
//! can neither confirm nor stop anything.

use crate::record::PrivateKey;
use base64_simd::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Names a subscription, and is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId([u8; 16]);

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To confirm the subscription.
    Confirm,
    /// To read it, and to stop it.
    Manage,
}

impl SubscriptionId {
    pub fn random() -> Self {
        Self(rand::random())
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode_to_string(self.0))
    }
}

impl FromStr for SubscriptionId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| ())?;
        bytes.try_into().map(Self).map_err(|_| ())
    }
}

/// Makes links and reads them.
pub struct Links(PrivateKey);

impl Links {
    /// The key signs nothing else. Ed25519 signs the same the same way (RFC 8032), so a link can be made again for each message.
    pub fn new(key: PrivateKey) -> Self {
        Self(key)
    }

    fn proof(&self, id: SubscriptionId, right: Right) -> [u8; 16] {
        let right = match right {
            Right::Confirm => "confirm",
            Right::Manage => "manage",
        };
        let signature = self.0.sign(format!("gongshi subscription\n{right}\n{id}").as_bytes());
        let mut proof = [0; 16];
        proof.copy_from_slice(&Sha256::digest(signature)[..16]);
        proof
    }

    /// What a receiver is kept as that has declined: whoever has the key can say whether it is this one, and nobody which one it is.
    pub fn mark(&self, receiver: &str) -> String {
        let signature = self.0.sign(format!("gongshi subscription\ndeclined\n{receiver}").as_bytes());
        URL_SAFE_NO_PAD.encode_to_string(Sha256::digest(signature))
    }

    /// `<id>.<proof>`, in letters of addresses.
    pub fn token(&self, id: SubscriptionId, right: Right) -> String {
        format!("{id}.{}", URL_SAFE_NO_PAD.encode_to_string(self.proof(id, right)))
    }

    /// The subscription that a token is about, if it gives this right.
    pub fn read(&self, token: &str, right: Right) -> Option<SubscriptionId> {
        let (id, proof) = token.split_once('.')?;
        let id: SubscriptionId = id.parse().ok()?;
        let proof = URL_SAFE_NO_PAD.decode_to_vec(proof).ok()?;
        // How long it takes to compare two hashes says nothing about what was hashed.
        (Sha256::digest(proof) == Sha256::digest(self.proof(id, right))).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_one_right_to_one_subscription() {
        let links = Links::new(PrivateKey::from_seed([7; 32]));
        let (id, other) = (SubscriptionId::random(), SubscriptionId::random());
        let [confirm, manage] = [Right::Confirm, Right::Manage].map(|right| links.token(id, right));
        assert_eq!(links.token(id, Right::Confirm), confirm, "the same each time");
        assert_eq!(links.read(&confirm, Right::Confirm), Some(id));
        assert_eq!(links.read(&manage, Right::Manage), Some(id));
        let forged = format!("{other}.{}", confirm.split_once('.').unwrap().1);
        for wrong in [manage.as_str(), &forged, &id.to_string(), "", ".", &confirm[..40]] {
            assert_eq!(links.read(wrong, Right::Confirm), None, "{wrong}");
        }
        assert_eq!(Links::new(PrivateKey::from_seed([8; 32])).read(&confirm, Right::Confirm), None);
        assert!(confirm.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter)));
    }
}
