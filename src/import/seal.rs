//! Persons, sealed so that the same pseudonym gives the same seal in every run.

use crate::record::{Disclosure, DisclosureError, Sealed};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use sha2::{Digest, Sha256};

/// 128 bits, as of any disclosure.
const SALT_BYTES: usize = 16;

/// The disclosure of a pseudonym's seal. Its salt follows from the pseudonym, so whoever knows the pseudonym can find
/// the seal: it keeps nothing secret that the public source does not say, and one leader on several awards shows.
///
/// # Errors
/// [`DisclosureError::TooLong`] for what is no pseudonym.
pub fn disclosure(pseudonym: &str) -> Result<Disclosure, DisclosureError> {
    let digest = Sha256::digest(format!("gongshi import\n{pseudonym}"));
    let salt = BASE64URL.encode_to_string(&digest[..SALT_BYTES]);
    let json = serde_json::json!([salt, "name", pseudonym]).to_string();
    Disclosure::parse(&BASE64URL.encode_to_string(json))
}

/// The seal itself; none for what is no pseudonym.
pub(super) fn seal(pseudonym: &str) -> Option<Sealed> {
    disclosure(pseudonym).ok().map(|disclosure| disclosure.sealed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_follows_from_the_pseudonym_alone() {
        let opened = disclosure("P-0123456789ab").unwrap();
        assert_eq!((opened.name(), opened.value()), ("name", &serde_json::Value::from("P-0123456789ab")));
        assert_eq!(seal("P-0123456789ab"), Some(opened.sealed()));
        assert_ne!(seal("P-0123456789ab"), seal("P-0123456789ac"));
        assert_eq!(opened.sealed().sealed.len(), 43);
    }
}
