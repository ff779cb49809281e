//! The signed record: what an author signs, and how anybody checks it.
//!
//! A record is a JWS (RFC 7515) signed with Ed25519 (RFC 8037). Its three parts are kept as the text that was received;
//! nothing is serialised again, so no canonical JSON is needed and any JOSE library can verify a record. Nothing here
//! knows what a record means, and only `keyfile` touches the file system.

mod batch;
mod bearer;
mod header;
pub mod jws;
mod key;
#[cfg(feature = "shell")]
mod keyfile;
mod sealed;

pub use batch::BatchVerifier;
pub use bearer::{Bearer, BearerError};
pub use header::{Alg, HEADER_BYTES_MAX, Header, HeaderError};
pub use jws::{JwsError, Record};
pub use key::{Jwk, KeyError, KeyId, PrivateKey, PublicKey};
#[cfg(feature = "shell")]
pub use keyfile::{KeyFileError, load_key, load_or_make_key, save_key};
pub use sealed::{DISCLOSURE_BYTES_MAX, Disclosure, DisclosureError, Sealed};

/// Base64url without padding, the alphabet of JOSE; a text that decodes has exactly one spelling.
const BASE64URL: base64_simd::Base64 = base64_simd::URL_SAFE_NO_PAD;
