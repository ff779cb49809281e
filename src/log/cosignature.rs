//! C2SP tlog-cosignature (Ed25519): a witness says that it saw a log grow up to a checkpoint, and when.

use super::{NoteError, SignedNote, note::VerifierKey};
use crate::record::PrivateKey;

/// A witness's key: its Ed25519 signatures are over a time and the note's text.
pub type CosignerKey = VerifierKey<0x04>;

/// A name and a private key that cosign checkpoints.
#[derive(Debug, Clone)]
pub struct Cosigner {
    verifier: CosignerKey,
    key: PrivateKey,
}

/// A cosignature that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosignature<'k, 'n> {
    pub by: &'k CosignerKey,
    /// Seconds since 1970, by the witness's clock.
    pub time: u64,
    /// The signature line without its line break.
    pub line: &'n str,
}

/// What a cosigner signs.
fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// `timestamped_signature`: the time, big-endian, and the signature.
const TIME_BYTES: usize = 8;

impl Cosigner {
    /// # Errors
    /// [`NoteError::Key`]
    pub fn new(name: &str, key: PrivateKey) -> Result<Self, NoteError> {
        Ok(Self { verifier: CosignerKey::new(name, key.public())?, key })
    }

    pub fn verifier(&self) -> &CosignerKey {
        &self.verifier
    }

    /// The signature line, with its line break, for the text of a checkpoint at `time`, seconds since 1970.
    pub fn cosign(&self, text: &str, time: u64) -> String {
        let mut bytes = time.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(message(time, text).as_bytes()));
        self.verifier.line(&bytes)
    }
}

impl<'n> SignedNote<'n> {
    /// The cosignatures of known witnesses. Others are passed over, as the specification asks; one of a known witness
    /// that does not hold is passed over too, for it takes nothing away from what the others say.
    pub fn cosignatures<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k CosignerKey> + Clone,
    ) -> Vec<Cosignature<'k, 'n>> {
        let read = |(by, line, bytes): (&'k CosignerKey, &'n str, &[u8])| {
            let (time, signature) = bytes.split_first_chunk::<TIME_BYTES>()?;
            let time = u64::from_be_bytes(*time);
            let signature: &[u8; 64] = signature.try_into().ok()?;
            let holds =
                i64::try_from(time).is_ok() && by.public().verifies(message(time, self.text()).as_bytes(), signature);
            holds.then_some(Cosignature { by, time, line })
        };
        self.signatures_by(keys).filter_map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Checkpoint, Hash, NoteSigner};

    /// The example in C2SP tlog-cosignature, whose keys are not given: its lines must at least be read.
    const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    #[test]
    fn cosigns_and_opens() {
        assert!(SignedNote::parse(EXAMPLE).is_ok());
        let log = NoteSigner::new("log.example/zz", PrivateKey::from_seed([5; 32])).unwrap();
        let witness = Cosigner::new("w.example/1", PrivateKey::from_seed([6; 32])).unwrap();
        let vkey = witness.verifier().to_string();
        assert_eq!(vkey.parse::<CosignerKey>().as_ref(), Ok(witness.verifier()));
        assert!(vkey.parse::<super::super::NoteKey>().is_err(), "a witness's key is not a log's");

        let checkpoint = Checkpoint { origin: "log.example/zz".into(), size: 7, root: Hash::of("x") };
        let signed = checkpoint.sign(&log);
        let note = format!("{signed}{}", witness.cosign(SignedNote::parse(&signed).unwrap().text(), 1_795_000_000));
        let parsed = SignedNote::parse(&note).unwrap();
        let other = Cosigner::new("w.example/2", PrivateKey::from_seed([7; 32])).unwrap();
        let found = parsed.cosignatures([other.verifier(), witness.verifier()]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].by, found[0].time), (witness.verifier(), 1_795_000_000));
        assert!(note.ends_with(&format!("{}\n", found[0].line)));
        // The log's signature still holds beside it.
        assert_eq!(Checkpoint::open(&note, std::slice::from_ref(log.verifier()), "log.example/zz"), Ok(checkpoint));
        // Another time, another text, a plain signature with the same key: none of them is a cosignature.
        assert!(
            SignedNote::parse(&note.replace("\n7\n", "\n8\n")).unwrap().cosignatures([witness.verifier()]).is_empty()
        );
        let plain = witness.verifier().line(&PrivateKey::from_seed([6; 32]).sign(b"x"));
        assert!(SignedNote::parse(&format!("{signed}{plain}")).unwrap().cosignatures([witness.verifier()]).is_empty());
    }
}
