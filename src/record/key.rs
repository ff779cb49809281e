//! Ed25519 keys as JWKs (RFC 8037) and their thumbprints (RFC 7638).

use super::BASE64URL;
use crate::field::{Fault, string_schema};
use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A public Ed25519 key as JSON (RFC 8037 §2): `{"kty":"OKP","crv":"Ed25519","x":"…"}` and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// The public key, 32 bytes in base64url.
    pub x: String,
}

/// The members that are known: the private half is refused by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    kty: String,
    crv: String,
    x: String,
    #[serde(default, rename = "d")]
    _private: PrivatePart,
}

/// What no key that is sent has.
#[derive(Default)]
struct PrivatePart;

impl<'de> Deserialize<'de> for PrivatePart {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(Fault::PrivateKey.into_serde())
    }
}

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Members { kty, crv, x, _private } = Members::deserialize(deserializer)?;
        Ok(Self { kty, crv, x })
    }
}

/// RFC 7638 SHA-256 thumbprint of a key: 43 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 32]);

string_schema!(KeyId, "jwk-thumbprint", max = 43, pattern = "^[-0-9A-Za-z_]{43}$");

/// Why a key is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("kty OKP with crv Ed25519 is expected")]
    Kind,
    #[error("32 bytes of unpadded base64url are expected")]
    Encoding,
    /// Not the canonical encoding of a point of prime order. Such keys make signatures that one verifier accepts and
    /// another refuses; a batch of them could not be judged like each alone.
    #[error("not a canonical point of prime order")]
    Point,
    #[error("a 43-character thumbprint is expected")]
    Thumbprint,
}

impl From<KeyError> for Fault {
    fn from(error: KeyError) -> Self {
        let zh = match error {
            KeyError::Kind => "密钥应为 kty OKP、crv Ed25519",
            KeyError::Encoding => "公钥 x 应为 32 字节的 base64url（无填充）",
            KeyError::Point => "公钥不是素数阶点的规范编码",
            KeyError::Thumbprint => "密钥指纹（kid）应为 43 个字符的 base64url",
        };
        Self::malformed_code((zh, error.to_string()))
    }
}

fn decode32(text: &str) -> Option<[u8; 32]> {
    BASE64URL.decode_to_vec(text).ok()?.try_into().ok()
}

impl KeyId {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL.encode_to_string(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        decode32(text).map(Self).ok_or(KeyError::Thumbprint)
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = crate::field::JsonText::deserialize(deserializer)?;
        text.parse().map_err(|error: KeyError| Fault::from(error).into_serde())
    }
}

/// A public key of prime order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// # Errors
    /// [`KeyError::Point`]
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let point = CompressedEdwardsY(*bytes).decompress().ok_or(KeyError::Point)?;
        if point.is_small_order() || !point.is_torsion_free() || point.compress().as_bytes() != bytes {
            return Err(KeyError::Point);
        }
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| KeyError::Point)
    }

    /// Reads back a key that [`Self::from_bytes`] accepted before: the point is not examined again.
    ///
    /// # Errors
    /// [`KeyError::Point`]
    pub fn from_trusted_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| KeyError::Point)
    }

    /// # Errors
    /// See [`KeyError`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(KeyError::Kind);
        }
        Self::from_bytes(&decode32(&jwk.x).ok_or(KeyError::Encoding)?)
    }

    pub fn to_jwk(self) -> Jwk {
        Jwk { kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), x: BASE64URL.encode_to_string(self.as_bytes()) }
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// RFC 7638 §3: SHA-256 of the required members in lexicographic order, without white space.
    pub fn key_id(&self) -> KeyId {
        let x = BASE64URL.encode_to_string(self.as_bytes());
        let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        KeyId(Sha256::digest(members).into())
    }

    /// Strict verification (RFC 8032, small-order points refused).
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }

    pub fn verifying_key(&self) -> VerifyingKey {
        self.0
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.key_id())
    }
}

/// A private key. Printing it shows only whose it is.
#[derive(Clone)]
pub struct PrivateKey(SigningKey);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivateJwk {
    kty: String,
    crv: String,
    d: String,
    x: String,
}

impl PrivateKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Self {
        Self::from_seed(rand::random())
    }

    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&seed))
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub fn key_id(&self) -> KeyId {
        self.public().key_id()
    }

    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }

    /// The private JWK (RFC 8037 §2, with `d`).
    pub fn to_json(&self) -> String {
        let Jwk { kty, crv, x } = self.public().to_jwk();
        let jwk = PrivateJwk { kty, crv, d: BASE64URL.encode_to_string(self.0.as_bytes()), x };
        serde_json::to_string(&jwk).unwrap_or_default()
    }

    /// # Errors
    /// Not a private Ed25519 JWK, or its `x` belongs to another `d`.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let jwk: PrivateJwk = crate::field::parse(json.as_bytes()).map_err(|_| KeyError::Kind)?;
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(KeyError::Kind);
        }
        let key = Self::from_seed(decode32(&jwk.d).ok_or(KeyError::Encoding)?);
        if key.public().to_jwk().x == jwk.x { Ok(key) } else { Err(KeyError::Point) }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.key_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037 appendix A.1–A.3.
    const PRIVATE: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn rfc_8037_key_and_thumbprint() {
        let key = PrivateKey::from_json(PRIVATE).unwrap();
        assert_eq!(key.to_json(), PRIVATE);
        assert_eq!(key.key_id().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(PublicKey::from_jwk(&key.public().to_jwk()), Ok(key.public()));
        assert!(!format!("{key:?}").contains("nWGx"));
    }

    #[test]
    fn keys_outside_the_prime_order_group_are_refused() {
        // Every small-order point, and a key with a torsion component added.
        for torsion in curve25519_dalek::constants::EIGHT_TORSION {
            assert_eq!(PublicKey::from_bytes(torsion.compress().as_bytes()), Err(KeyError::Point));
        }
        let honest = PrivateKey::generate().public().verifying_key().to_edwards();
        let mixed = honest + curve25519_dalek::constants::EIGHT_TORSION[1];
        assert_eq!(PublicKey::from_bytes(mixed.compress().as_bytes()), Err(KeyError::Point));
        assert!(PublicKey::from_bytes(&[0xff; 32]).is_err());
    }

    #[test]
    fn other_jwks_are_refused() {
        let good = PrivateKey::generate().public().to_jwk();
        assert_eq!(PublicKey::from_jwk(&Jwk { crv: "X25519".into(), ..good.clone() }), Err(KeyError::Kind));
        assert_eq!(PublicKey::from_jwk(&Jwk { x: format!("{}=", good.x), ..good.clone() }), Err(KeyError::Encoding));
        assert_eq!(PublicKey::from_jwk(&Jwk { x: good.x[..42].into(), ..good }), Err(KeyError::Encoding));
        assert!(PrivateKey::from_json(&PRIVATE.replace("11qY", "21qY")).is_err());
    }

    #[test]
    fn a_key_is_an_object() {
        let key = PrivateKey::from_json(PRIVATE).unwrap();
        let Jwk { x, .. } = key.public().to_jwk();
        let array = format!(r#"["OKP","Ed25519","{x}"]"#);
        assert!(serde_json::from_str::<Jwk>(&array).is_ok() && crate::field::parse::<Jwk>(array.as_bytes()).is_err());
        let d = BASE64URL.encode_to_string([7; 32]);
        let x = PrivateKey::from_seed([7; 32]).public().to_jwk().x;
        assert!(PrivateKey::from_json(&format!(r#"["OKP","Ed25519","{d}","{x}"]"#)).is_err());
        assert!(PrivateKey::from_json(&format!("\u{feff}{PRIVATE}")).is_err());
        assert!(PrivateKey::from_json(&format!("{PRIVATE}\n")).is_ok());
    }
}
