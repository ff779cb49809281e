//! A SHA-256 value.

use crate::field::{DocumentId, Fault, JsonText, string_schema};
use faster_hex::{CheckCase, hex_decode_array_with_case};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// 32 bytes; shown as lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, std::hash::Hash)]
pub struct Hash([u8; 32]);

string_schema!(Hash, "sha256-hex", max = 64, pattern = "^[0-9a-f]{64}$");

/// The text is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 value of 32 bytes is expected")]
pub struct HashError;

impl Hash {
    pub const BYTES: usize = 32;

    /// Plain SHA-256.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// # Errors
    /// Not 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Standard base64, as checkpoints and proofs write it.
    pub fn to_base64(self) -> String {
        base64_simd::STANDARD.encode_to_string(self.0)
    }

    /// # Errors
    /// Not canonical base64 of 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        let bytes = base64_simd::STANDARD.decode_to_vec(text).map_err(|_| HashError)?;
        Self::from_slice(&bytes)
    }
}

impl From<Sha256> for Hash {
    fn from(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }
}

/// A document is called by the hash of its bytes.
impl From<Hash> for DocumentId {
    fn from(hash: Hash) -> Self {
        Self::from_sha256(hash.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 64];
        f.write_str(faster_hex::hex_encode(&self.0, &mut text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = JsonText::deserialize(deserializer)?;
        let malformed = |error: HashError| Fault::malformed_code(("哈希应为 64 位小写十六进制", error.to_string()));
        text.parse().map_err(|error| malformed(error).into_serde())
    }
}

impl FromStr for Hash {
    type Err = HashError;

    /// Lower-case hex only: one spelling a hash.
    fn from_str(text: &str) -> Result<Self, HashError> {
        hex_decode_array_with_case(text.as_bytes(), CheckCase::Lower).map(Self).map_err(|_| HashError)
    }
}
