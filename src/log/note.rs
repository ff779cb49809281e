//! C2SP signed-note: a text, a blank line, signatures.

use crate::record::{PrivateKey, PublicKey};
use base64_simd::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A verifier key (vkey): `<name>+<hex key id>+base64(type ‖ key)`, for one type of signatures (signed-note
/// §Signature types).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey<const TYPE: u8> {
    name: String,
    id: u32,
    key: PublicKey,
}

/// A key whose Ed25519 signatures are over the note's text: a log's.
pub type NoteKey = VerifierKey<0x01>;

/// A name and a private key that sign notes.
#[derive(Debug, Clone)]
pub struct NoteSigner {
    verifier: NoteKey,
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
    /// As it was read, without the line break.
    line: &'a str,
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

/// The first four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ key)`.
fn key_id(name: &str, kind: u8, key: &[u8]) -> u32 {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([0x0A, kind]);
    hasher.update(key);
    let digest: [u8; 32] = hasher.finalize().into();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

impl<const TYPE: u8> VerifierKey<TYPE> {
    /// # Errors
    /// [`NoteError::Key`]: empty, or with spaces or plus signs.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key);
        }
        Ok(Self { name: name.to_owned(), id: key_id(name, TYPE, key.as_bytes()), key })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// See [`key_id`].
    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn public(&self) -> &PublicKey {
        &self.key
    }

    /// The signature line of a note that these bytes make.
    pub(super) fn line(&self, signature: &[u8]) -> String {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(signature);
        format!("— {} {}\n", self.name, STANDARD.encode_to_string(bytes))
    }
}

impl<const TYPE: u8> fmt::Display for VerifierKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![TYPE];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode_to_string(bytes))
    }
}

/// The name, the key id as it is written, and type and key together.
fn parts_of(vkey: &str) -> Option<(&str, &str, Vec<u8>)> {
    let mut parts = vkey.splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    Some((name, id, STANDARD.decode_to_vec(key).ok()?))
}

impl<const TYPE: u8> FromStr for VerifierKey<TYPE> {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, id, bytes) = parts_of(vkey)?;
            let (kind, key) = bytes.split_first()?;
            let key = PublicKey::from_bytes(key.try_into().ok()?).ok()?;
            let read = Self::new(name, key).ok()?;
            (*kind == TYPE && id == format!("{:08x}", read.id)).then_some(read)
        };
        read().ok_or(NoteError::Key)
    }
}

/// A well-formed vkey of a type that this program has no algorithm for: whose it is, and that it can't be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherKey {
    /// What follows in the vkey: the type, and the key.
    bytes: Vec<u8>,
}

/// Timestamped ML-DSA-44 (sub)tree cosignatures (C2SP tlog-cosignature), and the bytes of such a public key (FIPS 204).
const ML_DSA_44: (u8, usize) = (0x06, 1312);
/// Twice the longest post-quantum key of FIPS 204.
const OTHER_KEY_BYTES_MAX: usize = 5184;

impl FromStr for OtherKey {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let read = || {
            let (name, id, bytes) = parts_of(vkey)?;
            let (kind, key) = bytes.split_first()?;
            let is_ours = matches!(*kind, 0x01 | 0x04);
            // Types that are not registered may say otherwise what their id is.
            let has_id = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let holds =
                *kind != ML_DSA_44.0 || (key.len() == ML_DSA_44.1 && id == format!("{:08x}", key_id(name, *kind, key)));
            let is_key = is_key_name(name) && has_id && holds && !is_ours && bytes.len() <= OTHER_KEY_BYTES_MAX;
            is_key.then_some(Self { bytes })
        };
        read().ok_or(NoteError::Key)
    }
}

impl NoteSigner {
    /// # Errors
    /// [`NoteError::Key`]
    pub fn new(name: &str, key: PrivateKey) -> Result<Self, NoteError> {
        Ok(Self { verifier: NoteKey::new(name, key.public())?, key })
    }

    pub fn verifier(&self) -> &NoteKey {
        &self.verifier
    }

    /// Appends the blank line and the signature to a text that ends with a newline.
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.line(text))
    }

    /// The signature line, with its line break, for a text that others sign too.
    pub fn line(&self, text: &str) -> String {
        self.verifier.line(&self.key.sign(text.as_bytes()))
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

    /// What is signed, whoever signed it.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// Name and id of every key that signed, known or not.
    pub fn signers(&self) -> impl Iterator<Item = (&'a str, u32)> {
        self.signatures.iter().map(|signature| (signature.name, signature.id))
    }

    /// The signature lines of these keys, each with its line break; whether they hold is not asked.
    pub fn lines_by<const TYPE: u8>(&self, keys: &[VerifierKey<TYPE>]) -> String {
        self.signatures_by(keys).map(|(_, line, _)| format!("{line}\n")).collect()
    }

    /// The signatures under known keys: the key, the line as it was read, and the signature's bytes.
    pub(super) fn signatures_by<'k, const TYPE: u8>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifierKey<TYPE>> + Clone,
    ) -> impl Iterator<Item = (&'k VerifierKey<TYPE>, &'a str, &[u8])> {
        self.signatures.iter().filter_map(move |signature| {
            // Name and id together name a key; either alone may be a coincidence.
            let known = |key: &&VerifierKey<TYPE>| key.name == signature.name && key.id == signature.id;
            let key = keys.clone().into_iter().find(known)?;
            Some((key, signature.line, signature.bytes.as_slice()))
        })
    }

    /// The text, once at least one known key signed it and no known key's signature fails.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] or [`NoteError::Signature`].
    pub fn open(&self, keys: &[NoteKey]) -> Result<&'a str, NoteError> {
        let mut verified = false;
        for (key, _, signature) in self.signatures_by(keys) {
            let holds =
                <&[u8; 64]>::try_from(signature).is_ok_and(|bytes| key.key.verifies(self.text.as_bytes(), bytes));
            if !holds {
                return Err(NoteError::Signature(key.name.clone()));
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
            line,
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
        assert_eq!(SignedNote::parse(&note).unwrap().open(std::slice::from_ref(signer.verifier())), Ok("a\n\nb\n"));
        // An unknown signature beside it is ignored.
        let other = NoteSigner::new("w.example", PrivateKey::from_seed([6; 32])).unwrap();
        let line = other.sign("x\n").lines().last().unwrap().to_owned();
        let both = format!("{note}{line}\n");
        assert!(SignedNote::parse(&both).unwrap().open(std::slice::from_ref(signer.verifier())).is_ok());
        assert!(
            SignedNote::parse(&both).unwrap().open(&[signer.verifier().clone(), other.verifier().clone()]).is_err()
        );
        for bad in
            ["", "a\n", "a\n\n", "a\n\n— x\n", "a\n\n- x AAAAAAA=\n", "a\n\n— x AAAAAAA=", "a\u{1}\n\n— x AAAAAAA=\n"]
        {
            assert_eq!(SignedNote::parse(bad), Err(NoteError::Malformed), "{bad:?}");
        }
        assert!(NoteSigner::new("a b", PrivateKey::from_seed([5; 32])).is_err());
        assert!(VKEY.replace("c74f20a3", "c74f20a4").parse::<NoteKey>().is_err());
    }
}
