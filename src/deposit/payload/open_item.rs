//! What reconciliations call things: an open item, and a bank's account of which nobody learns the number.

use crate::field::{Fault, JsonText, string_schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Names an open item for ever: the entry that opened it, and its place there, from 1: `1204.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenItemId {
    pub entry: u64,
    pub number: u32,
}

string_schema!(OpenItemId, "open-item", max = 31, pattern = "^(0|[1-9][0-9]*)\\.[1-9][0-9]*$");

/// The text names no open item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an open item is called by an entry and a number: 1204.2")]
pub struct OpenItemIdError;

impl FromStr for OpenItemId {
    type Err = OpenItemIdError;

    fn from_str(text: &str) -> Result<Self, OpenItemIdError> {
        let read = || {
            let (entry, number) = text.split_once('.')?;
            Some(Self { entry: entry.parse().ok()?, number: number.parse().ok()? })
        };
        // One spelling each.
        read().filter(|id| id.number > 0 && id.to_string() == text).ok_or(OpenItemIdError)
    }
}

impl fmt::Display for OpenItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entry, self.number)
    }
}

impl Serialize for OpenItemId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OpenItemId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let malformed = |error: OpenItemIdError| Fault::malformed_code(("未达账项编号形如 1204.2", error.to_string()));
        JsonText::deserialize(deserializer)?.parse().map_err(|error| malformed(error).into_serde())
    }
}

/// The first 32 bits of a digest of an account's number. So short that many numbers have the same, which shows nobody the number; and
/// long enough that the statement of another account is not taken for this one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountFingerprint(u32);

string_schema!(AccountFingerprint, "account-fingerprint", max = 8, pattern = "^[0-9a-f]{8}$");

impl AccountFingerprint {
    /// Of a number as a statement writes it; none where a part of it is hidden there.
    pub fn of_number(number: &str) -> Option<Self> {
        let is_part = |c: char| c.is_alphanumeric();
        let plain: String = number.chars().filter(|c| is_part(*c)).collect::<String>().to_uppercase();
        let is_hidden = number.chars().any(|c| !is_part(c) && !c.is_whitespace() && c != '-') || plain.is_empty();
        let digest = Sha256::digest(format!("gongshi custody account\n{plain}"));
        (!is_hidden).then(|| Self(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])))
    }
}

/// The text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("8 characters of lower-case hex are expected")]
pub struct AccountFingerprintError;

impl FromStr for AccountFingerprint {
    type Err = AccountFingerprintError;

    fn from_str(text: &str) -> Result<Self, AccountFingerprintError> {
        let read = u32::from_str_radix(text, 16).ok().map(Self);
        read.filter(|read| read.to_string() == text).ok_or(AccountFingerprintError)
    }
}

impl fmt::Display for AccountFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl Serialize for AccountFingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountFingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let malformed = |error: AccountFingerprintError| {
            Fault::malformed_code(("账号指纹应为 8 位小写十六进制", error.to_string()))
        };
        JsonText::deserialize(deserializer)?.parse().map_err(|error| malformed(error).into_serde())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_one_spelling() {
        assert_eq!("1204.2".parse(), Ok(OpenItemId { entry: 1204, number: 2 }));
        for text in ["", "1204", "1204.0", "1204.02", "+1.2", "1.2.3", "-1.2", "99999999999999999999.1"] {
            assert_eq!(text.parse::<OpenItemId>(), Err(OpenItemIdError), "{text}");
        }
    }

    #[test]
    fn an_account_is_known_again_and_not_told() {
        let of = AccountFingerprint::of_number;
        assert_eq!(of("6222 0000-1234"), of("622200001234"));
        assert_ne!(of("622200001234"), of("622200001235"));
        assert_eq!((of("6222****1234"), of(" ")), (None, None));
        let text = of("622200001234").unwrap().to_string();
        assert_eq!((text.len(), text.parse().ok()), (8, of("622200001234")));
    }
}
