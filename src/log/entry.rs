//! An entry: a record with its place in the log, as one line of JSON (FORMAT.md §3).

use super::{Hash, leaf_hash};
use crate::field::Instant;
use crate::record::Record;

/// The limit of a tile bundle's length prefix.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    pub index: u64,
    pub time: Instant,
    /// The hash of the entry before.
    pub previous: Hash,
    pub record: &'a Record,
}

/// `previous` of entry 0: the chain hangs on the log's name.
pub fn first_previous(origin: &str) -> Hash {
    Hash::of(origin)
}

impl Entry<'_> {
    /// The one spelling of this entry.
    pub fn encode(&self) -> Vec<u8> {
        let Record { protected, payload, signature } = self.record;
        format!(
            r#"{{"index":{},"time":"{}","previous":"{}","record":{{"protected":"{protected}","payload":"{payload}","signature":"{signature}"}}}}"#,
            self.index, self.time, self.previous
        )
        .into_bytes()
    }
}

/// An entry that was read: its parts stay where they are in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryView<'a> {
    pub bytes: &'a [u8],
    pub index: u64,
    pub time: Instant,
    pub previous: Hash,
    pub protected: &'a str,
    pub payload: &'a str,
    pub signature: &'a str,
}

/// Why bytes are not an entry: the first part that is not as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("longer than {ENTRY_BYTES_MAX} bytes")]
    TooLong,
    #[error("not the one-line form of an entry, at {0}")]
    Form(&'static str),
}

impl<'a> EntryView<'a> {
    /// Accepts exactly what [`Entry::encode`] writes, so that equal entries are equal bytes.
    ///
    /// # Errors
    /// See [`EntryError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLong);
        }
        let mut rest = bytes;
        let index = value(&mut rest, br#"{"index":"#, b',', "index")?;
        let index = parse_index(index).ok_or(EntryError::Form("index"))?;
        let time = value(&mut rest, br#""time":""#, b'"', "time")?;
        let time = text(time, "time")?.parse().map_err(|_| EntryError::Form("time"))?;
        let previous = value(&mut rest, br#","previous":""#, b'"', "previous")?;
        let previous = text(previous, "previous")?.parse().map_err(|_| EntryError::Form("previous"))?;
        let protected = base64url(value(&mut rest, br#","record":{"protected":""#, b'"', "protected")?, "protected")?;
        let payload = base64url(value(&mut rest, br#","payload":""#, b'"', "payload")?, "payload")?;
        let signature = base64url(value(&mut rest, br#","signature":""#, b'"', "signature")?, "signature")?;
        if rest != b"}}" {
            return Err(EntryError::Form("end"));
        }
        Ok(Self { bytes, index, time, previous, protected, payload, signature })
    }

    /// The entry's hash, in the tree (RFC 6962's leaf hash) and in the chain: the next entry's `previous`.
    pub fn hash(&self) -> Hash {
        leaf_hash(self.bytes)
    }

    pub fn record(&self) -> Record {
        Record {
            protected: self.protected.to_owned(),
            payload: self.payload.to_owned(),
            signature: self.signature.to_owned(),
        }
    }
}

/// Takes `prefix`, then everything before the next `end`, then `end`.
fn value<'a>(rest: &mut &'a [u8], prefix: &[u8], end: u8, name: &'static str) -> Result<&'a [u8], EntryError> {
    let after = rest.strip_prefix(prefix).ok_or(EntryError::Form(name))?;
    let at = memchr::memchr(end, after).ok_or(EntryError::Form(name))?;
    *rest = &after[at + 1..];
    Ok(&after[..at])
}

fn parse_index(digits: &[u8]) -> Option<u64> {
    let canonical = digits == b"0" || (digits.first()?.is_ascii_digit() && digits[0] != b'0');
    if canonical { std::str::from_utf8(digits).ok()?.parse().ok() } else { None }
}

fn text<'a>(bytes: &'a [u8], name: &'static str) -> Result<&'a str, EntryError> {
    std::str::from_utf8(bytes).map_err(|_| EntryError::Form(name))
}

fn base64url<'a>(bytes: &'a [u8], name: &'static str) -> Result<&'a str, EntryError> {
    base64_simd::URL_SAFE_NO_PAD.check(bytes).map_err(|_| EntryError::Form(name))?;
    text(bytes, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(payload: &[u8]) -> Record {
        let encode = |bytes: &[u8]| base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes);
        Record { protected: encode(b"{}"), payload: encode(payload), signature: encode(&[7; 64]) }
    }

    #[test]
    fn has_the_form_of_the_design() {
        let record = Record { protected: "e30".into(), payload: "e30".into(), signature: "AA".into() };
        let time = "2026-11-23T03:04:05.123Z".parse().unwrap();
        let entry = Entry { index: 41, time, previous: Hash::from_bytes([0xab; 32]), record: &record };
        let text = format!(
            "{{\"index\":41,\"time\":\"2026-11-23T03:04:05.123Z\",\"previous\":\"{}\",\"record\":{{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AA\"}}}}",
            "ab".repeat(32)
        );
        assert_eq!(entry.encode(), text.as_bytes());
        for (from, to) in [
            ("\"index\":41", "\"index\":041"),
            ("\"index\":41", "\"index\":+41"),
            ("\"index\":41", "\"index\": 41"),
            ("\"index\":41", "\"index\":99999999999999999999"),
            ("123Z", "12Z"),
            ("abab", "ABab"),
            ("\"e30\",\"payload", "\"e30=\",\"payload"),
            ("\"e30\",\"payload", "\"e31\",\"payload"),
            ("}}", "}} "),
            ("}}", "},\"x\":1}"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text);
            assert!(EntryView::parse(changed.as_bytes()).is_err(), "{changed}");
        }
        assert_eq!(EntryView::parse(&vec![b' '; 70_000]), Err(EntryError::TooLong));
    }

    proptest! {
        #[test]
        fn reads_what_it_wrote_and_nothing_cut(index: u64, millis in 0i64..253_402_300_799_999, payload: Vec<u8>, previous: [u8; 32]) {
            let record = record(&payload);
            let entry = Entry { index, time: Instant::from_millis(millis), previous: Hash::from_bytes(previous), record: &record };
            let bytes = entry.encode();
            let view = EntryView::parse(&bytes).unwrap();
            prop_assert_eq!((view.index, view.time, view.previous), (entry.index, entry.time, entry.previous));
            prop_assert_eq!(view.record(), record);
            prop_assert!(EntryView::parse(&bytes[..bytes.len() - 1]).is_err());
        }

        #[test]
        fn parsing_never_panics(bytes: Vec<u8>) {
            let _ = EntryView::parse(&bytes);
        }
    }
}
