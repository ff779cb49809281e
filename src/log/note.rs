//! C2SP signed-note: a text, a blank line, signatures.

use crate::record::{PrivateKey, PublicKey};
use base64_simd::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// What a key signs (signed-note §Signature types).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SignatureType {
    /// The note's text.
    Ed25519 = 0x01,
}

/// The first four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ key)`.
pub fn key_id(name: &str, kind: SignatureType, key: &PublicKey) -> u32 {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([0x0A, kind as u8]);
    hasher.update(key.as_bytes());
    let digest: [u8; 32] = hasher.finalize().into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// A verifier key (vkey): `<name>+<hex key id>+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    id: u32,
    key: PublicKey,
}

/// A name and a private key that sign notes.
#[derive(Debug, Clone)]
pub struct NoteSigner {
    name: String,
    key: PrivateKey,
}

/// A note whose signatures nobody has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote<'a> {
    /// Ends with a newline.
    text: &'a str,
    signatures: Vec<NoteSignature<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature<'a> {
    name: &'a str,
    id: u32,
    bytes: Vec<u8>,
}

/// Why a note or a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("not a signed note")]
    Malformed,
    #[error("not a verifier key <name>+<key id>+<base64>")]
    Key,
    #[error("no signature by a known key")]
    Unsigned,
    #[error("the signature of {0} does not hold")]
    Signature(String),
}

/// A checkpoint with sixteen post-quantum cosignatures still fits.
const NOTE_BYTES_MAX: usize = 100_000;
const SIGNATURES_MAX: usize = 100;

fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl NoteKey {
    /// # Errors
    /// [`NoteError::Key`]: empty, or with spaces or plus signs.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, SignatureType::Ed25519, &key), key })
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![SignatureType::Ed25519 as u8];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode_to_string(bytes))
    }
}

impl FromStr for NoteKey {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let read = || {
            let mut parts = vkey.splitn(3, '+');
            let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
            let bytes = STANDARD.decode_to_vec(key).ok()?;
            let (kind, key) = bytes.split_first()?;
            let key = PublicKey::from_bytes(key.try_into().ok()?).ok()?;
            let read = Self::new(name, key).ok()?;
            (*kind == SignatureType::Ed25519 as u8 && id == format!("{:08x}", read.id)).then_some(read)
        };
        read().ok_or(NoteError::Key)
    }
}

impl NoteSigner {
    /// # Errors
    /// [`NoteError::Key`]
    pub fn new(name: &str, key: PrivateKey) -> Result<Self, NoteError> {
        NoteKey::new(name, key.public())?;
        Ok(Self { name: name.to_owned(), key })
    }

    pub fn verifier(&self) -> NoteKey {
        let key = self.key.public();
        NoteKey { name: self.name.clone(), id: key_id(&self.name, SignatureType::Ed25519, &key), key }
    }

    /// Appends the blank line and the signature to a text that ends with a newline.
    pub fn sign(&self, text: &str) -> String {
        let mut bytes = self.verifier().id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()));
        format!("{text}\n— {} {}\n", self.name, STANDARD.encode_to_string(bytes))
    }
}

impl<'a> SignedNote<'a> {
    /// # Errors
    /// [`NoteError::Malformed`]
    pub fn parse(note: &'a str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX || note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed);
        }
        // The text ends at the last blank line.
        let split = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = (&note[..=split], &note[split + 2..]);
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<_> =
            lines.split('\n').map(NoteSignature::parse).collect::<Option<_>>().ok_or(NoteError::Malformed)?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed);
        }
        Ok(Self { text, signatures })
    }

    /// The text, once at least one known key signed it and no known key's signature fails.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] or [`NoteError::Signature`].
    pub fn open(&self, keys: &[NoteKey]) -> Result<&'a str, NoteError> {
        let mut verified = false;
        for signature in &self.signatures {
            // Name and id together name a key; either alone may be a coincidence.
            let Some(known) = keys.iter().find(|key| key.name == signature.name && key.id == signature.id) else {
                continue;
            };
            let holds = <&[u8; 64]>::try_from(signature.bytes.as_slice())
                .is_ok_and(|bytes| known.key.verifies(self.text.as_bytes(), bytes));
            if !holds {
                return Err(NoteError::Signature(known.name.clone()));
            }
            verified = true;
        }
        if verified { Ok(self.text) } else { Err(NoteError::Unsigned) }
    }
}

impl<'a> NoteSignature<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode_to_vec(signature).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        (is_key_name(name) && !bytes.is_empty()).then(|| Self {
            name,
            id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's golang.org/x/mod/sumdb/note.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn reads_gos_example() {
        let key: NoteKey = VKEY.parse().unwrap();
        assert_eq!(key.to_string(), VKEY);
        let note = SignedNote::parse(NOTE).unwrap();
        assert!(note.open(std::slice::from_ref(&key)).unwrap().ends_with("problem is.\n"));
        let forged = NOTE.replace("answer", "ansver");
        assert_eq!(SignedNote::parse(&forged).unwrap().open(&[key]), Err(NoteError::Signature("PeterNeumann".into())));
        assert_eq!(SignedNote::parse(NOTE).unwrap().open(&[]), Err(NoteError::Unsigned));
    }

    #[test]
    fn signs_and_refuses() {
        let signer = NoteSigner::new("log.example/zz", PrivateKey::from_seed([5; 32])).unwrap();
        let note = signer.sign("a\n\nb\n");
        assert_eq!(SignedNote::parse(&note).unwrap().open(&[signer.verifier()]), Ok("a\n\nb\n"));
        // An unknown signature beside it is ignored.
        let other = NoteSigner::new("w.example", PrivateKey::from_seed([6; 32])).unwrap();
        let line = other.sign("x\n").lines().last().unwrap().to_owned();
        let both = format!("{note}{line}\n");
        assert!(SignedNote::parse(&both).unwrap().open(&[signer.verifier()]).is_ok());
        assert!(SignedNote::parse(&both).unwrap().open(&[signer.verifier(), other.verifier()]).is_err());
        for bad in
            ["", "a\n", "a\n\n", "a\n\n— x\n", "a\n\n- x AAAAAAA=\n", "a\n\n— x AAAAAAA=", "a\u{1}\n\n— x AAAAAAA=\n"]
        {
            assert_eq!(SignedNote::parse(bad), Err(NoteError::Malformed), "{bad:?}");
        }
        assert!(NoteSigner::new("a b", PrivateKey::from_seed([5; 32])).is_err());
        assert!(VKEY.replace("c74f20a3", "c74f20a4").parse::<NoteKey>().is_err());
    }
}
