//! The short-lived JWT by which a caller shows who it is when it reads what is restricted.

use super::{BASE64URL, KeyId, PrivateKey, PublicKey};
use crate::field::{self, Instant};
use serde::{Deserialize, Serialize};

/// A parsed token whose signature nobody has checked.
#[derive(Debug)]
pub struct Bearer<'a> {
    signing_input: &'a str,
    signature: [u8; 64],
    kid: KeyId,
    claims: Claims,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JoseHeader {
    alg: super::Alg,
    kid: KeyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    /// The log's origin.
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    #[error("not a compact EdDSA JWT with kid, aud, iat and exp")]
    Malformed,
    #[error("for another audience")]
    Audience,
    #[error("expired, not valid yet, or valid for more than {LIFETIME_SECONDS_MAX} s")]
    Time,
    #[error("the signature does not hold")]
    Signature,
}

/// A stolen token is worth little when it dies within minutes.
const LIFETIME_SECONDS_MAX: i64 = 300;
/// Clocks differ.
const LEEWAY_SECONDS: i64 = 30;

impl<'a> Bearer<'a> {
    /// A token for `aud`, valid from now for five minutes.
    pub fn issue(key: &PrivateKey, aud: &str, now: Instant) -> String {
        let header = JoseHeader { alg: super::Alg::EdDsa, kid: key.key_id(), typ: Some("JWT".to_owned()) };
        let exp = now.seconds() + LIFETIME_SECONDS_MAX;
        let claims = Claims { aud: aud.to_owned(), iat: now.seconds(), exp, jti: None };
        let part = |json: Vec<u8>| BASE64URL.encode_to_string(json);
        let input = format!(
            "{}.{}",
            part(serde_json::to_vec(&header).unwrap_or_default()),
            part(serde_json::to_vec(&claims).unwrap_or_default())
        );
        let signature = BASE64URL.encode_to_string(key.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// # Errors
    /// [`BearerError::Malformed`]
    pub fn parse(token: &'a str) -> Result<Self, BearerError> {
        Self::read(token).ok_or(BearerError::Malformed)
    }

    fn read(token: &'a str) -> Option<Self> {
        let (signing_input, signature) = token.rsplit_once('.')?;
        let (header, claims) = signing_input.split_once('.')?;
        let decode = |part: &str| BASE64URL.decode_to_vec(part).ok();
        let header: JoseHeader = field::parse(&decode(header)?).ok()?;
        let claims = field::parse(&decode(claims)?).ok()?;
        Some(Self { signing_input, signature: decode(signature)?.try_into().ok()?, kid: header.kid, claims })
    }

    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// # Errors
    /// Audience, time or signature are not right.
    pub fn verify(&self, key: &PublicKey, aud: &str, now: Instant) -> Result<(), BearerError> {
        let Claims { iat, exp, .. } = self.claims;
        if self.claims.aud != aud {
            return Err(BearerError::Audience);
        }
        let lifetime = exp.saturating_sub(iat);
        let now = now.seconds();
        if !(0..=LIFETIME_SECONDS_MAX).contains(&lifetime) || now > exp + LEEWAY_SECONDS || now < iat - LEEWAY_SECONDS {
            return Err(BearerError::Time);
        }
        if key.verifies(self.signing_input.as_bytes(), &self.signature) { Ok(()) } else { Err(BearerError::Signature) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_for_five_minutes_and_for_one_log() {
        let key = PrivateKey::from_seed([3; 32]);
        let now = Instant::from_seconds(1_795_000_000);
        let token = Bearer::issue(&key, "log.example", now);
        let bearer = Bearer::parse(&token).unwrap();
        assert_eq!(bearer.kid(), key.key_id());
        assert_eq!(bearer.verify(&key.public(), "log.example", now), Ok(()));
        assert_eq!(bearer.verify(&key.public(), "other", now), Err(BearerError::Audience));
        assert_eq!(bearer.verify(&key.public(), "log.example", now.plus_millis(331_000)), Err(BearerError::Time));
        assert_eq!(bearer.verify(&key.public(), "log.example", now.plus_millis(-31_000)), Err(BearerError::Time));
        let other = PrivateKey::from_seed([4; 32]).public();
        assert_eq!(bearer.verify(&other, "log.example", now), Err(BearerError::Signature));
        assert!(Bearer::parse("a.b.c").is_err());
        assert!(Bearer::parse("").is_err());
    }

    #[test]
    fn header_and_claims_are_objects_without_null() {
        let kid = PrivateKey::from_seed([3; 32]).key_id();
        let read = |header: &str, claims: &str| {
            let part = |text: &str| BASE64URL.encode_to_string(text);
            Bearer::parse(&format!("{}.{}.{}", part(header), part(claims), BASE64URL.encode_to_string([0; 64]))).is_ok()
        };
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#);
        let claims = r#"{"aud":"log.example","iat":1795000000,"exp":1795000300}"#;
        assert!(read(&header, claims));
        assert!(!read(&format!(r#"["EdDSA","{kid}",null]"#), claims));
        assert!(!read(&header.replace(r#""EdDSA""#, r#"{"EdDSA":null}"#), claims));
        assert!(!read(&header.replace('}', r#","typ":null}"#), claims));
        assert!(!read(&header, r#"["log.example",1795000000,1795000300,null]"#));
        assert!(!read(&header, &claims.replace('}', r#","jti":null}"#)));
        assert!(!read(&header, &claims.replace("000300", "000300.0")));
    }
}
