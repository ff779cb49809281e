//! The protected header of a record (FORMAT.md §2).

use super::KeyId;
use crate::field::{self, Bilingual, Fault, FieldFault, Instant, ParseFailure};
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use uuid::{ContextV7, Timestamp, Uuid};

/// The accepted signature algorithms; both names mean Ed25519.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alg {
    /// RFC 8037; with keys of curve Ed25519 only.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// RFC 9864, the fully specified name.
    Ed25519,
}

/// What an author says about a record: who, for which log, which act, on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub alg: Alg,
    /// Thumbprint of the author's registered key.
    pub kid: KeyId,
    /// The log's origin line, so that a record can't be replayed into another log.
    pub aud: String,
    /// The record kind, e.g. `tender.preannounced`.
    pub typ: String,
    /// The stream it acts on, e.g. `tender/HNZB-2026-0042`.
    pub sub: String,
    /// Chosen by the author, unique per key: the idempotency key.
    #[serde(deserialize_with = "canonical_uuid")]
    pub jti: Uuid,
    /// Seconds since 1970 by the author's clock.
    pub iat: i64,
    /// The stream's version that the author saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ver: Option<u64>,
}

/// What is wrong with a protected header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("longer than {HEADER_BYTES_MAX} bytes")]
    TooLong,
    #[error("not JSON: {}", .0.en)]
    NotJson(Bilingual),
    /// `alg` is absent or names another algorithm than EdDSA or Ed25519 (`none` among them).
    #[error("alg must be EdDSA or Ed25519")]
    Algorithm,
    #[error("{}: {}", .0.pointer, .0.fault)]
    Member(FieldFault),
}

/// Far above any honest header; base64url of it still fits an HTTP header line.
pub const HEADER_BYTES_MAX: usize = 2048;
const MEMBER_CHARS_MAX: usize = 256;
/// An author's clock may be this far ahead of the log's.
const IAT_AHEAD_SECONDS_MAX: i64 = 5 * 60;
/// A record may be this old when it arrives: signed offline, posted in the evening.
const IAT_BEHIND_SECONDS_MAX: i64 = 24 * 3600;

impl Header {
    /// What an author says who has not looked at the stream's version, under a `jti` of its own.
    pub fn new(kid: KeyId, aud: &str, typ: &str, sub: &str, iat: i64) -> Self {
        Self {
            alg: Alg::EdDsa,
            kid,
            aud: aud.to_owned(),
            typ: typ.to_owned(),
            sub: sub.to_owned(),
            jti: jti_of(iat),
            iat,
            ver: None,
        }
    }

    /// Parses the decoded protected header. Unknown members are refused: `crit`, `b64` or `jwk` would change what the
    /// signature means.
    ///
    /// # Errors
    /// See [`HeaderError`].
    pub fn parse(json: &[u8]) -> Result<Self, HeaderError> {
        if json.len() > HEADER_BYTES_MAX {
            return Err(HeaderError::TooLong);
        }
        let header: Self = field::parse(json).map_err(|failure| match failure {
            ParseFailure::NotJson { reason } => HeaderError::NotJson(reason),
            ParseFailure::TooLong { .. } => HeaderError::TooLong,
            ParseFailure::Field(field) if field.pointer == "/alg" => HeaderError::Algorithm,
            ParseFailure::Field(field) => HeaderError::Member(field),
        })?;
        for (name, text) in [("/aud", &header.aud), ("/typ", &header.typ), ("/sub", &header.sub)] {
            let fault = if text.is_empty() {
                Fault::TextEmpty
            } else if text.chars().count() > MEMBER_CHARS_MAX {
                Fault::TextTooLong { max: MEMBER_CHARS_MAX }
            } else if let Some(c) = text.chars().find(|c| c.is_control()) {
                Fault::ForbiddenCharacter { code_point: c as u32 }
            } else {
                continue;
            };
            return Err(HeaderError::Member(FieldFault { pointer: name.to_owned(), fault }));
        }
        if header.iat < 0 {
            let fault =
                Fault::wrong_type(("应为自 1970 年起的秒数（整数，不得为负）", "seconds since 1970 are expected"));
            return Err(HeaderError::Member(FieldFault { pointer: "/iat".into(), fault }));
        }
        Ok(header)
    }

    /// By how many seconds it was signed after `now`, when that is too many, or too few.
    pub fn untimely(&self, now: Instant) -> Option<i64> {
        let ahead = self.iat - now.seconds();
        let range = -IAT_BEHIND_SECONDS_MAX..=IAT_AHEAD_SECONDS_MAX;
        (!range.contains(&ahead)).then_some(ahead)
    }
}

/// A UUIDv7 (RFC 9562 §5.7): those of one time stand together in the store's index of them, whose pages are written with each batch. Its
/// time is the header's own, because nothing here knows another; those of one second differ by a counter that begins anywhere.
fn jti_of(iat: i64) -> Uuid {
    static LAST: Mutex<ContextV7> = Mutex::new(ContextV7::new());
    Uuid::new_v7(Timestamp::from_unix(&LAST, iat.max(0).unsigned_abs(), 0))
}

/// Only the hyphenated lower-case spelling: a jti is compared as a value, and two spellings would be one.
fn canonical_uuid<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
    let text = field::JsonText::deserialize(deserializer)?;
    let refuse =
        || Fault::malformed_code(("应为带连字符的小写 UUID", "a lower-case hyphenated UUID is expected")).into_serde();
    let uuid = Uuid::try_parse(&text).map_err(|_| refuse())?;
    let mut buffer = Uuid::encode_buffer();
    if *uuid.hyphenated().encode_lower(&mut buffer) == *text { Ok(uuid) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jti_of_one_time_stand_together_in_their_order() {
        let jtis: Vec<Uuid> = (0..1000).map(|_| jti_of(1_795_000_000)).collect();
        assert!(jtis.is_sorted_by(|a, b| a < b));
        assert!(jtis.iter().all(|jti| jti.get_version_num() == 7));
        // Whatever an author's clock says, each is another one.
        let wild = [i64::MIN, -1, 0, 1_795_000_000, i64::MAX].map(jti_of);
        assert!((1..wild.len()).all(|at| !wild[..at].contains(&wild[at])));
    }

    const GOOD: &str = r#"{"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","aud":"log.example/zz","typ":"tender.preannounced","sub":"tender/T-1","jti":"6a7c2c1e-3c1b-4e57-9a0f-2f6f0a1c9b11","iat":1795000000}"#;

    #[test]
    fn parses_and_refuses_member_by_member() {
        let header = Header::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(header.sub, "tender/T-1");
        assert_eq!(serde_json::to_string(&header).unwrap(), GOOD);
        let with = |from: &str, to: &str| Header::parse(GOOD.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(with("EdDSA", "none"), HeaderError::Algorithm);
        assert_eq!(with("\"alg\":\"EdDSA\",", ""), HeaderError::Algorithm);
        let member = |error| match error {
            HeaderError::Member(field) => field.pointer,
            other => panic!("{other:?}"),
        };
        assert_eq!(member(with("\"iat\":1795000000", "\"iat\":1795000000,\"crit\":[]")), "/crit");
        assert_eq!(member(with("\"iat\":1795000000", "\"iat\":\"now\"")), "/iat");
        assert_eq!(member(with("\"iat\":1795000000", "\"iat\":-1")), "/iat");
        assert_eq!(member(with("6a7c2c1e", "6A7C2C1E")), "/jti");
        assert_eq!(member(with("tender/T-1", "")), "/sub");
        assert_eq!(member(with("kPrK_", "kPrK")), "/kid");
        assert!(matches!(with("\"typ\":", "\"typ\":\"x\",\"typ\":"), HeaderError::Member(_)));
        assert!(matches!(Header::parse(b"{"), Err(HeaderError::NotJson(_))));
        assert_eq!(Header::parse(&[b' '; 3000]), Err(HeaderError::TooLong));
    }

    /// Each of these serde_json would read as the same header, and another library would not.
    #[test]
    fn is_written_in_one_shape() {
        let values = serde_json::from_str::<serde_json::Map<_, _>>(GOOD).unwrap();
        let array = serde_json::to_vec(&values.values().collect::<Vec<_>>()).unwrap();
        assert!(matches!(Header::parse(&array), Err(HeaderError::Member(field)) if field.pointer.is_empty()));
        for (from, to) in [
            (r#""EdDSA""#, r#"{"EdDSA":null}"#),
            (r#""EdDSA""#, r#"{"Ed25519":null}"#),
            ("1795000000", r#"1795000000,"ver":null"#),
            ("1795000000", "1795000000.0"),
            ("1795000000", "1795e6"),
            ("1795000000", "-0"),
            ("1795000000", r#"1795000000,"v\u0065r":1,"ver":1"#),
            ("1795000000", r#"1795000000,"ver":9007199254740992"#),
        ] {
            assert!(GOOD.contains(from) && Header::parse(GOOD.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
        let escaped = GOOD.replacen("alg", "\\u0061lg", 1).replacen(':', " :\n\t", 1);
        assert_eq!(Header::parse(escaped.as_bytes()), Header::parse(GOOD.as_bytes()));
    }
}
