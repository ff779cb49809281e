//! Keys that sign for somebody, for a time.

use super::Stream;
use crate::field::{Fault, Instant};
use crate::problem::{self, Refusal};
use crate::record::{Header, Jwk, KeyId, PublicKey, Record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key and the time for which it may sign.
#[derive(Debug, Clone)]
pub struct Key {
    pub kid: KeyId,
    pub public: PublicKey,
    pub revoked_from: Option<Instant>,
}

impl Key {
    pub fn new(public: PublicKey) -> Self {
        Self { kid: public.key_id(), public, revoked_from: None }
    }

    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_from.is_none_or(|from| now < from)
    }
}

/// Why a key is revoked (电子签名法 art. 15 asks to tell at once when a key may be lost).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// 例行更换
    Superseded,
    /// 私钥泄露
    Compromised,
    /// 私钥遗失
    Lost,
    /// 人员或授权变更
    AffiliationChanged,
}

/// The key in a payload.
///
/// # Errors
/// It is not an Ed25519 key of the prime-order group.
pub fn public_key(jwk: &Jwk, pointer: &str) -> Result<PublicKey, Refusal> {
    PublicKey::from_jwk(jwk)
        .map_err(|error| Refusal::of_field(pointer, Fault::MalformedCode { reason: error.to_string() }))
}

/// The header that a new key signs (over an empty payload) to prove possession: for `key.added` with the
/// organisation's stream, for `log.service_key_added` with `log`.
pub fn possession_header(new_key: KeyId, origin: &str, stream: &Stream, now: Instant) -> Header {
    Header::new(new_key, origin, POSSESSION, stream.as_str(), now.seconds())
}

const POSSESSION: &str = "key.possession";

/// Whether the key signed that it may sign for this stream of this log.
///
/// # Errors
/// `possession-unproven`
pub fn has_possession(key: &PublicKey, proof: &str, stream: &Stream, origin: &str) -> Result<(), Refusal> {
    let proven = Record::from_detached(proof, b"").is_ok_and(|proof| {
        proof.header().is_ok_and(|header| {
            header.kid == key.key_id()
                && header.aud == origin
                && header.typ == POSSESSION
                && header.sub == stream.as_str()
        }) && proof.verify(key).is_ok()
    });
    if proven {
        return Ok(());
    }
    Err(Refusal::new(&problem::POSSESSION_UNPROVEN, "新密钥未证明持有", "the new key did not prove possession"))
}
