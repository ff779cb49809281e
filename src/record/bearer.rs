//! The short-lived JWT by which a caller shows who it is when it reads what is restricted.

use super::{BASE64URL, KeyId, PrivateKey, PublicKey};
use crate::field::{self, Bilingual, Fault, Instant, ParseFailure};
use serde::de::{SeqAccess, Visitor};
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
    aud: Audience,
    iat: i64,
    exp: i64,
    /// Not before: a token is not good earlier than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    // The other registered claims of RFC 7519 §4.1, which libraries add: they are taken, and nothing follows from them. Who
    // signs is said by the key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
}

/// The audience: one text, or a list that has one (RFC 7519 §4.1.3).
#[derive(Debug)]
struct Audience(String);

impl Serialize for Audience {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Audiences).map(Self)
    }
}

struct Audiences;

impl<'de> Visitor<'de> for Audiences {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one audience")
    }

    fn visit_str<E: serde::de::Error>(self, audience: &str) -> Result<String, E> {
        Ok(audience.to_owned())
    }

    /// A token for several is good for none: it could be shown to the others.
    fn visit_seq<A: SeqAccess<'de>>(self, mut audiences: A) -> Result<String, A::Error> {
        let one: Option<String> = audiences.next_element()?;
        let refuse = || Fault::wrong_type(("aud 应只有一个", "aud is one audience only")).into_serde();
        let one = one.ok_or_else(refuse)?;
        if audiences.next_element::<String>()?.is_some() { Err(refuse()) } else { Ok(one) }
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    #[error("the token is not three parts of base64url with points between them")]
    Form,
    #[error("the token's {part}: {}", reason.en)]
    Malformed { part: &'static str, reason: Bilingual },
    #[error("the token is for the audience {found}; aud is to be {expected}")]
    Audience { expected: String, found: String },
    #[error("exp is to be at most {LIFETIME_SECONDS_MAX} s after iat, and not before it; it is {seconds} s after")]
    Lifetime { seconds: i64 },
    #[error("the token has expired: exp is {exp}, the time is {now}")]
    Expired { exp: i64, now: i64 },
    #[error("the token is not valid yet: iat or nbf is {from}, the time is {now}")]
    Early { from: i64, now: i64 },
    #[error("the token's signature does not hold")]
    Signature,
}

impl BearerError {
    /// What is wrong.
    pub fn words(&self) -> Bilingual {
        let zh = match self {
            Self::Form => "令牌应为以点分隔的三段 base64url".to_owned(),
            Self::Malformed { part, reason } => format!("令牌的 {part}：{}", reason.zh),
            Self::Audience { expected, found } => format!("令牌是给 {found} 的，aud 应为 {expected}"),
            Self::Lifetime { seconds } => {
                format!("令牌有效期至多 5 分钟（{LIFETIME_SECONDS_MAX} 秒），exp 在 iat 之后 {seconds} 秒")
            }
            Self::Expired { exp, now } => format!("令牌已过期：exp 为 {exp}，现为 {now}"),
            Self::Early { from, now } => format!("令牌尚未生效：iat 或 nbf 为 {from}，现为 {now}"),
            Self::Signature => "令牌的签名不成立".to_owned(),
        };
        Bilingual::new(zh, self.to_string())
    }
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
        let aud = Audience(aud.to_owned());
        let claims = Claims { aud, iat: now.seconds(), exp, nbf: None, jti: None, iss: None, sub: None };
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
    /// [`BearerError::Form`] or [`BearerError::Malformed`].
    pub fn parse(token: &'a str) -> Result<Self, BearerError> {
        let (signing_input, signature) = token.rsplit_once('.').ok_or(BearerError::Form)?;
        let (header, claims) = signing_input.split_once('.').ok_or(BearerError::Form)?;
        let decode = |part: &str| BASE64URL.decode_to_vec(part).map_err(|_| BearerError::Form);
        let malformed = |part| move |error: ParseFailure| BearerError::Malformed { part, reason: error.words() };
        let header: JoseHeader = field::parse(&decode(header)?).map_err(malformed("header"))?;
        let claims = field::parse(&decode(claims)?).map_err(malformed("claims"))?;
        let signature = decode(signature)?.try_into().map_err(|_| BearerError::Form)?;
        Ok(Self { signing_input, signature, kid: header.kid, claims })
    }

    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// # Errors
    /// Audience, time or signature are not right.
    pub fn verify(&self, key: &PublicKey, aud: &str, now: Instant) -> Result<(), BearerError> {
        let Claims { iat, exp, nbf, .. } = self.claims;
        if self.claims.aud.0 != aud {
            return Err(BearerError::Audience { expected: aud.to_owned(), found: self.claims.aud.0.clone() });
        }
        let (seconds, now, from) = (exp.saturating_sub(iat), now.seconds(), nbf.unwrap_or(iat).max(iat));
        if !(0..=LIFETIME_SECONDS_MAX).contains(&seconds) {
            return Err(BearerError::Lifetime { seconds });
        }
        if now > exp + LEEWAY_SECONDS {
            return Err(BearerError::Expired { exp, now });
        }
        if now < from - LEEWAY_SECONDS {
            return Err(BearerError::Early { from, now });
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
        let at = |aud, millis| bearer.verify(&key.public(), aud, now.plus_millis(millis));
        assert!(matches!(at("other", 0), Err(BearerError::Audience { .. })));
        assert!(matches!(at("log.example", 331_000), Err(BearerError::Expired { .. })));
        assert!(matches!(at("log.example", -31_000), Err(BearerError::Early { .. })));
        let other = PrivateKey::from_seed([4; 32]).public();
        assert_eq!(bearer.verify(&other, "log.example", now), Err(BearerError::Signature));
        assert!(Bearer::parse("a.b.c").is_err());
        assert!(Bearer::parse("").is_err());
    }

    /// RFC 7519 §4.1: libraries add them unasked.
    #[test]
    fn registered_claims_are_taken_and_nothing_follows_but_from_nbf() {
        let key = PrivateKey::from_seed([3; 32]);
        let now = Instant::from_seconds(1_795_000_000);
        let judged = |claims: &str| {
            let part = |text: &str| BASE64URL.encode_to_string(text);
            let input = format!("{}.{}", part(&format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, key.key_id())), part(claims));
            let token = format!("{input}.{}", BASE64URL.encode_to_string(key.sign(input.as_bytes())));
            Bearer::parse(&token)?.verify(&key.public(), "log.example", now)
        };
        let good = r#"{"aud":"log.example","iat":1795000000,"exp":1795000300}"#;
        assert_eq!(judged(good), Ok(()));
        let with = |claims: &str| judged(&good.replacen('}', &format!(",{claims}}}"), 1));
        assert_eq!(with(r#""iss":"centre","sub":"somebody","jti":"1","nbf":1795000000"#), Ok(()));
        assert!(matches!(with(r#""nbf":1795000100"#), Err(BearerError::Early { .. })));
        assert!(matches!(with(r#""admin":true"#), Err(BearerError::Malformed { part: "claims", .. })));
        assert_eq!(judged(&good.replace(r#""log.example""#, r#"["log.example"]"#)), Ok(()));
        let several = judged(&good.replace(r#""log.example""#, r#"["log.example","other"]"#));
        assert!(matches!(several, Err(BearerError::Malformed { .. })));
        assert!(matches!(judged(&good.replace("000300", "003600")), Err(BearerError::Lifetime { seconds: 3600 })));
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
