//! How a webhook is signed: Standard Webhooks' `v1a`, Ed25519 by the service's own key, so that nobody shares a secret with anybody.
//! What is signed begins with `msg_`, as no record's signing input does, so neither passes for the other.

use crate::record::{PrivateKey, PublicKey};
use base64_simd::STANDARD;

/// The header `webhook-signature` of a message.
pub fn webhook_signature(key: &PrivateKey, id: &str, seconds: i64, body: &str) -> String {
    let signature = key.sign(format!("{id}.{seconds}.{body}").as_bytes());
    format!("v1a,{}", STANDARD.encode_to_string(signature))
}

/// A public key as Standard Webhooks writes it.
pub fn webhook_key(key: &PublicKey) -> String {
    format!("whpk_{}", STANDARD.encode_to_string(key.as_bytes()))
}
