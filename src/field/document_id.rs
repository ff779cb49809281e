//! The name of a document: the hash of its bytes.

use faster_hex::{CheckCase, hex_decode_array_with_case};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// SHA-256 of a document, 64 characters of lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; 32]);

/// The text is not a document's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("64 characters of lower-case hex are expected")]
pub struct DocumentIdError;

impl DocumentId {
    pub fn from_sha256(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl From<DocumentIdError> for super::Fault {
    fn from(error: DocumentIdError) -> Self {
        Self::malformed_code(("文件的 SHA-256 应为 64 位小写十六进制", error.to_string()))
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 64];
        f.write_str(faster_hex::hex_encode(&self.0, &mut text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DocumentId {
    type Err = DocumentIdError;

    fn from_str(text: &str) -> Result<Self, DocumentIdError> {
        hex_decode_array_with_case(text.as_bytes(), CheckCase::Lower).map(Self).map_err(|_| DocumentIdError)
    }
}

impl Serialize for DocumentId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(|error: DocumentIdError| super::Fault::from(error).into_serde())
    }
}
