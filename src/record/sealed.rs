//! Sealed values: what the log commits to without saying it (SD-JWT disclosures, RFC 9901 §4.2).

use super::BASE64URL;
use crate::field::{self, Fault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The digest of a disclosure, standing in a payload for a personal or secret value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// base64url of the SHA-256 of the disclosure's text.
    #[serde(deserialize_with = "digest_text")]
    #[schemars(length(min = 43, max = 43), regex(pattern = "^[-0-9A-Za-z_]{43}$"))]
    pub sealed: String,
}

impl Sealed {
    /// Whether a text can be such a digest.
    pub fn is_digest(text: &str) -> bool {
        BASE64URL.decode_to_vec(text).is_ok_and(|bytes| bytes.len() == 32)
    }
}

fn digest_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if Sealed::is_digest(&text) {
        return Ok(text);
    }
    Err(Fault::malformed_code(("密封摘要应为 43 个字符的 base64url", "43 characters of base64url are expected"))
        .into_serde())
}

/// A disclosure: `[salt, name, value]`. Whoever is shown it can check it against the log; whoever is not learns nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosure {
    /// The base64url text: it is hashed as it stands, so it is kept as it stands.
    text: String,
    name: String,
    value: Value,
}

/// Why a text is not a disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    #[error("longer than {DISCLOSURE_BYTES_MAX} bytes")]
    TooLong,
    #[error("not base64url of the JSON array [salt, name, value]")]
    Malformed,
    #[error("a salt has at least 16 bytes")]
    SaltTooShort,
}

/// The longest text of a disclosure.
pub const DISCLOSURE_BYTES_MAX: usize = 8192;
/// RFC 9901 §9.3 recommends 128 bits: the values are names and id numbers, which can be guessed.
const SALT_BYTES: usize = 16;

impl From<DisclosureError> for Fault {
    fn from(error: DisclosureError) -> Self {
        let zh = match error {
            DisclosureError::TooLong => format!("披露文本至多 {DISCLOSURE_BYTES_MAX} 字节"),
            DisclosureError::Malformed => "披露应为 JSON 数组 [盐, 名称, 值] 的 base64url".to_owned(),
            DisclosureError::SaltTooShort => "披露的盐至少 16 字节".to_owned(),
        };
        Self::malformed_code((zh, error.to_string()))
    }
}

impl Disclosure {
    /// Seals a value with a fresh salt.
    pub fn new(name: &str, value: &Value) -> Self {
        let salt = BASE64URL.encode_to_string(rand::random::<[u8; SALT_BYTES]>());
        let json = serde_json::to_vec(&(salt, name, value)).unwrap_or_default();
        Self { text: BASE64URL.encode_to_string(json), name: name.to_owned(), value: value.clone() }
    }

    /// # Errors
    /// See [`DisclosureError`].
    pub fn parse(text: &str) -> Result<Self, DisclosureError> {
        if text.len() > DISCLOSURE_BYTES_MAX {
            return Err(DisclosureError::TooLong);
        }
        let json = BASE64URL.decode_to_vec(text).map_err(|_| DisclosureError::Malformed)?;
        let (salt, name, value): (String, String, Value) =
            field::parse(&json).map_err(|_| DisclosureError::Malformed)?;
        // 16 bytes take 22 characters; the salt's own encoding is the author's affair.
        if salt.len() < 22 {
            return Err(DisclosureError::SaltTooShort);
        }
        Ok(Self { text: text.to_owned(), name, value })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    pub fn sealed(&self) -> Sealed {
        Sealed { sealed: BASE64URL.encode_to_string(Sha256::digest(&self.text)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9901 §4.2.1 and §4.2.3.
    #[test]
    fn sd_jwt_vector() {
        let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
        let disclosure = Disclosure::parse(text).unwrap();
        assert_eq!((disclosure.name(), disclosure.value()), ("family_name", &Value::from("Möbius")));
        assert_eq!(disclosure.sealed().sealed, "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    }

    #[test]
    fn seals_and_opens() {
        let disclosure = Disclosure::new("name", &Value::from("李四"));
        assert_eq!(Disclosure::parse(disclosure.text()).unwrap().sealed(), disclosure.sealed());
        assert_ne!(Disclosure::new("name", &Value::from("李四")).sealed(), disclosure.sealed());
        assert_eq!(Disclosure::parse("e30"), Err(DisclosureError::Malformed));
        let weak = BASE64URL.encode_to_string(br#"["abc","name",1]"#);
        assert_eq!(Disclosure::parse(&weak), Err(DisclosureError::SaltTooShort));
        assert_eq!(Disclosure::parse(&"A".repeat(9000)), Err(DisclosureError::TooLong));
    }

    #[test]
    fn a_disclosed_value_has_one_reading() {
        let parse = |value: &str| {
            let json = format!(r#"["0123456789012345678901","name",{value}]"#);
            Disclosure::parse(&BASE64URL.encode_to_string(json))
        };
        assert_eq!(parse(r#"{"a":[1,true]}"#).unwrap().value(), &serde_json::json!({"a": [1, true]}));
        for other in ["null", "1.0", "-0", r#"{"a":1,"a":1}"#, "[null]", "9007199254740992", r#"1,2"#, r#""\ud800""#] {
            assert_eq!(parse(other), Err(DisclosureError::Malformed), "{other}");
        }
    }
}
