//! A record as JWS: flattened JSON (RFC 7515 §7.2.2) or detached (appendix F).

use super::{BASE64URL, Header, HeaderError, PrivateKey, PublicKey};
use crate::field::{self, Bilingual};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Three base64url texts, exactly as received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub protected: String,
    pub payload: String,
    pub signature: String,
}

/// Why a text is not a record, or does not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    #[error("not a flattened JWS: {}", .0.en)]
    NotJson(Bilingual),
    #[error("a detached JWS has the form <protected>..<signature>")]
    NotDetached,
    #[error("{0} is not canonical unpadded base64url")]
    Base64(&'static str),
    #[error("a signature has 64 bytes")]
    SignatureLength,
    #[error("the signature does not hold")]
    Signature,
    #[error("{0}")]
    Header(#[from] HeaderError),
}

/// The header in a `protected` text.
///
/// # Errors
/// [`JwsError::Base64`] or [`JwsError::Header`].
pub fn header(protected: &str) -> Result<Header, JwsError> {
    let json = BASE64URL.decode_to_vec(protected).map_err(|_| JwsError::Base64("protected"))?;
    Ok(Header::parse(&json)?)
}

/// The bytes in a `payload` text.
///
/// # Errors
/// [`JwsError::Base64`]
pub fn payload(payload: &str) -> Result<Vec<u8>, JwsError> {
    BASE64URL.decode_to_vec(payload).map_err(|_| JwsError::Base64("payload"))
}

/// The 64 bytes in a `signature` text.
///
/// # Errors
/// [`JwsError::Base64`] or [`JwsError::SignatureLength`].
pub fn signature(signature: &str) -> Result<[u8; 64], JwsError> {
    let bytes = BASE64URL.decode_to_vec(signature).map_err(|_| JwsError::Base64("signature"))?;
    bytes.try_into().map_err(|_| JwsError::SignatureLength)
}

impl Record {
    /// # Errors
    /// [`JwsError::NotJson`]; other members (an unprotected `header` among them) are refused.
    pub fn parse_json(json: &[u8]) -> Result<Self, JwsError> {
        let record: Self = field::parse(json).map_err(|failure| JwsError::NotJson(failure.words()))?;
        record.check_alphabet()?;
        Ok(record)
    }

    /// The header value `<protected>..<signature>` with the payload's bytes beside it.
    ///
    /// # Errors
    /// [`JwsError::NotDetached`] or [`JwsError::Base64`].
    pub fn from_detached(value: &str, payload: &[u8]) -> Result<Self, JwsError> {
        let (protected, signature) = value.split_once("..").ok_or(JwsError::NotDetached)?;
        let record = Self {
            protected: protected.to_owned(),
            payload: BASE64URL.encode_to_string(payload),
            signature: signature.to_owned(),
        };
        record.check_alphabet()?;
        Ok(record)
    }

    fn check_alphabet(&self) -> Result<(), JwsError> {
        for (name, text) in [("protected", &self.protected), ("payload", &self.payload), ("signature", &self.signature)]
        {
            BASE64URL.check(text.as_bytes()).map_err(|_| JwsError::Base64(name))?;
        }
        Ok(())
    }

    pub fn sign(key: &PrivateKey, header: &Header, payload: &[u8]) -> Self {
        let protected = BASE64URL.encode_to_string(serde_json::to_vec(header).unwrap_or_default());
        let payload = BASE64URL.encode_to_string(payload);
        let signature = BASE64URL.encode_to_string(key.sign(signing_input(&protected, &payload).as_bytes()));
        Self { protected, payload, signature }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The value of the `x-jws-signature` header.
    pub fn detached(&self) -> String {
        format!("{}..{}", self.protected, self.signature)
    }

    /// # Errors
    /// [`JwsError::Base64`] or [`JwsError::Header`].
    pub fn header(&self) -> Result<Header, JwsError> {
        header(&self.protected)
    }

    /// # Errors
    /// [`JwsError::Base64`]
    pub fn payload_bytes(&self) -> Result<Vec<u8>, JwsError> {
        payload(&self.payload)
    }

    /// # Errors
    /// [`JwsError::Base64`] or [`JwsError::SignatureLength`].
    pub fn signature_bytes(&self) -> Result<[u8; 64], JwsError> {
        signature(&self.signature)
    }

    /// # Errors
    /// [`JwsError::Signature`], or the signature can't be read.
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwsError> {
        let signature = self.signature_bytes()?;
        if key.verifies(signing_input(&self.protected, &self.payload).as_bytes(), &signature) {
            Ok(())
        } else {
            Err(JwsError::Signature)
        }
    }

    /// SHA-256 over all three parts: tells a replay from another record with the same `jti`.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in [&self.protected, ".", &self.payload, ".", &self.signature] {
            hasher.update(part);
        }
        hasher.finalize().into()
    }
}

/// RFC 7515 §5.1: what is signed.
fn signing_input(protected: &str, payload: &str) -> String {
    let mut input = String::with_capacity(protected.len() + payload.len() + 1);
    input.push_str(protected);
    input.push('.');
    input.push_str(payload);
    input
}

#[cfg(test)]
mod tests {
    use super::super::{Alg, KeyId};
    use super::*;
    use proptest::prelude::*;

    /// RFC 8037 appendix A.4–A.5.
    #[test]
    fn rfc_8037_signature() {
        let record = Record {
            protected: "eyJhbGciOiJFZERTQSJ9".into(),
            payload: "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".into(),
            signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg".into(),
        };
        let key = PublicKey::from_jwk(&super::super::Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into(),
        })
        .unwrap();
        assert_eq!(record.payload_bytes().unwrap(), b"Example of Ed25519 signing");
        assert_eq!(record.verify(&key), Ok(()));
    }

    fn header(kid: KeyId) -> Header {
        Header {
            alg: Alg::EdDsa,
            kid,
            aud: "log.example/zz".into(),
            typ: "tender.preannounced".into(),
            sub: "tender/T-1".into(),
            jti: uuid::Uuid::from_u128(7),
            iat: 1_795_000_000,
            ver: Some(3),
        }
    }

    #[test]
    fn base64url_has_one_spelling() {
        let record = Record::sign(&PrivateKey::from_seed([7; 32]), &header(KeyId::from_bytes([1; 32])), b"{}");
        assert_eq!(Record::parse_json(record.to_json().as_bytes()).as_ref(), Ok(&record));
        // "e30" with its unused bits set, padded, in the other alphabet, or with white space.
        for payload in ["e31", "e30=", "e3+", "e3 0", "e"] {
            let json = Record { payload: payload.into(), ..record.clone() }.to_json();
            assert_eq!(Record::parse_json(json.as_bytes()), Err(JwsError::Base64("payload")), "{payload}");
        }
        assert!(Record::parse_json(br#"{"protected":"","payload":"","signature":"","header":{}}"#).is_err());
        assert_eq!(Record::from_detached("e30.e30.e30", b""), Err(JwsError::NotDetached));
    }

    #[test]
    fn is_an_object_of_three_strings() {
        assert!(Record::parse_json(br#"{"protected":"e30","payload":"e30","signature":"AA"}"#).is_ok());
        for other in [
            r#"["e30","e30","AA"]"#,
            r#"{"protected":"e30","payload":null,"signature":"AA"}"#,
            r#"{"protected":"e30","payload":"e30","signature":"AA","p\u0061yload":"e30"}"#,
            r#"{"protected":"e30","payload":"e30","signature":"AA"}{}"#,
        ] {
            assert!(matches!(Record::parse_json(other.as_bytes()), Err(JwsError::NotJson(_))), "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_what_is_changed_does_not(seed: [u8; 32], payload: Vec<u8>, at: usize, bit in 0u8..8) {
            let key = PrivateKey::from_seed(seed);
            let record = Record::sign(&key, &header(key.key_id()), &payload);
            prop_assert_eq!(record.verify(&key.public()), Ok(()));
            prop_assert_eq!(record.header().unwrap(), header(key.key_id()));
            prop_assert_eq!(Record::from_detached(&record.detached(), &payload).unwrap(), record.clone());
            let mut signature = record.signature_bytes().unwrap();
            signature[at % 64] ^= 1 << bit;
            let forged = Record { signature: BASE64URL.encode_to_string(signature), ..record.clone() };
            prop_assert_eq!(forged.verify(&key.public()), Err(JwsError::Signature));
            let mut other = payload.clone();
            other.push(b' ');
            let swapped = Record { payload: BASE64URL.encode_to_string(other), ..record };
            prop_assert_eq!(swapped.verify(&key.public()), Err(JwsError::Signature));
        }
    }
}
