//! Many signatures at once, for the auditor.

use super::PublicKey;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, VerifyingKey};
use hashbrown::HashMap;
use sha2::{Digest, Sha512};

/// Collects signatures and checks them together, at less than half the cost of one by one.
///
/// The equation is that of `ed25519_dalek::verify_batch`, but the terms of one key are added up before they meet its
/// point: a log has few authors and many records, so this nearly halves the points.
///
/// For every key that [`PublicKey`] accepts (prime order) and every signature that strict verification accepts, the
/// batch equation holds as well; so batch and single verification agree on honest logs. A signer who holds the private
/// key can craft a signature with a torsion component that passes in a batch by luck; that forges nobody else.
#[derive(Default)]
pub struct BatchVerifier<'a> {
    /// Signing inputs, each in its two parts: nothing is copied.
    messages: Vec<(&'a [u8], &'a [u8])>,
    signatures: Vec<Signature>,
    keys: Vec<VerifyingKey>,
}

impl<'a> BatchVerifier<'a> {
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds the signature of `protected.payload`.
    pub fn push(&mut self, protected: &'a [u8], payload: &'a [u8], signature: [u8; 64], key: &PublicKey) {
        self.messages.push((protected, payload));
        self.signatures.push(Signature::from_bytes(&signature));
        self.keys.push(key.verifying_key());
    }

    /// The positions whose signature does not hold, in order of pushing.
    pub fn failures(&self) -> Vec<usize> {
        if self.is_empty() || self.all_hold() {
            return Vec::new();
        }
        // The batch says only that something is wrong; each one alone says what.
        let holds = |at: usize| {
            let (protected, payload) = self.messages[at];
            self.keys[at].verify_strict(&[protected, b".", payload].concat(), &self.signatures[at]).is_ok()
        };
        (0..self.len()).filter(|at| !holds(*at)).collect()
    }

    /// Whether `(−Σ zᵢsᵢ)·B + Σ zᵢ·Rᵢ + Σₖ (Σᵢ zᵢhᵢ)·Aₖ = 0` for random 128-bit `zᵢ`, where `i` in the inner sum runs over
    /// the signatures of key `k`.
    fn all_hold(&self) -> bool {
        let mut base = Scalar::ZERO;
        let mut scalars = Vec::with_capacity(self.len() + 1);
        let mut by_key: HashMap<[u8; 32], (EdwardsPoint, Scalar)> = HashMap::new();
        for (((protected, payload), signature), key) in self.messages.iter().zip(&self.signatures).zip(&self.keys) {
            let hash = Sha512::new().chain_update(signature.r_bytes()).chain_update(key);
            let hash = hash.chain_update(protected).chain_update(b".").chain_update(payload);
            let hash = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
            // RFC 8032 §5.1.7: s below the group's order, or the signature could be respelled.
            let Some(s) = Scalar::from_canonical_bytes(*signature.s_bytes()).into_option() else { return false };
            let z = Scalar::from(rand::random::<u128>());
            base -= z * s;
            scalars.push(z);
            by_key.entry(key.to_bytes()).or_insert_with(|| (key.to_edwards(), Scalar::ZERO)).1 += z * hash;
        }
        let points = self.signatures.iter().map(|signature| CompressedEdwardsY(*signature.r_bytes()).decompress());
        let authors = by_key.into_values();
        let (authors, sums): (Vec<_>, Vec<_>) = authors.map(|(point, sum)| (Some(point), sum)).unzip();
        scalars.push(base);
        EdwardsPoint::optional_multiscalar_mul(
            scalars.into_iter().chain(sums),
            points.chain([Some(ED25519_BASEPOINT_POINT)]).chain(authors),
        )
        .is_some_and(|sum| sum == EdwardsPoint::identity())
    }
}

#[cfg(test)]
mod tests {
    use super::super::PrivateKey;
    use super::*;

    #[test]
    fn names_exactly_the_bad_ones() {
        let keys: Vec<_> = (0..5).map(|n| PrivateKey::from_seed([n; 32])).collect();
        let payloads: Vec<String> = (0..100).map(|n| format!("payload{n}")).collect();
        let mut batch = BatchVerifier::default();
        assert_eq!(batch.failures(), Vec::<usize>::new());
        for (n, payload) in payloads.iter().enumerate() {
            let key = &keys[n % 5];
            let mut signature = key.sign(format!("header.{payload}").as_bytes());
            if n == 17 || n == 63 {
                signature[5] ^= 1;
            }
            batch.push(b"header", payload.as_bytes(), signature, &key.public());
        }
        assert_eq!(batch.failures(), [17, 63]);
    }
}
