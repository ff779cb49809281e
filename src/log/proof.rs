//! C2SP tlog-proof: that an entry is in a log, as one text that is checked offline.

use super::{Checkpoint, CheckpointError, Hash, NoteKey, ProofError, leaf_hash, verify_inclusion};

/// An inclusion proof with the checkpoint it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    pub index: u64,
    pub hashes: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

/// Why a proof is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofTextError {
    #[error("not a c2sp.org/tlog-proof@v1 text")]
    Malformed,
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("{0}")]
    Inclusion(#[from] ProofError),
}

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 2^63 leaves has proofs of 63 hashes.
const HASHES_MAX: usize = 63;

impl TlogProof {
    pub fn encode(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.index);
        for hash in &self.hashes {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// # Errors
    /// [`ProofTextError::Malformed`]
    pub fn parse(text: &str) -> Result<Self, ProofTextError> {
        let read = || {
            let (head, checkpoint) = text.split_once("\n\n")?;
            let mut lines = head.split('\n');
            if lines.next()? != FIRST_LINE {
                return None;
            }
            let mut line = lines.next()?;
            if let Some(extra) = line.strip_prefix("extra ") {
                // Unauthenticated by the specification; gongshi writes none and trusts none.
                base64_simd::STANDARD.check(extra.as_bytes()).ok()?;
                line = lines.next()?;
            }
            let digits = line.strip_prefix("index ")?;
            let index: u64 = digits.parse().ok()?;
            let hashes: Vec<Hash> = lines.map(|line| Hash::from_base64(line).ok()).collect::<Option<_>>()?;
            let canonical = index.to_string() == digits && hashes.len() <= HASHES_MAX;
            canonical.then(|| Self { index, hashes, checkpoint: checkpoint.to_owned() })
        };
        read().ok_or(ProofTextError::Malformed)
    }

    /// That these entry bytes stand at the index in a tree that one of the keys signed.
    ///
    /// # Errors
    /// See [`ProofTextError`].
    pub fn verify(&self, entry: &[u8], keys: &[NoteKey], origin: &str) -> Result<Checkpoint, ProofTextError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, keys, origin)?;
        verify_inclusion(&leaf_hash(entry), self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, NoteSigner};
    use super::*;
    use crate::record::PrivateKey;

    #[test]
    fn proves_offline_and_refuses_other_bytes() {
        let signer = NoteSigner::new("log.example", PrivateKey::from_seed([5; 32])).unwrap();
        let entries: Vec<Vec<u8>> = (0..300u32).map(|n| n.to_string().into_bytes()).collect();
        let mut edge = Edge::new();
        entries.iter().for_each(|entry| edge.append(leaf_hash(entry)));
        let checkpoint = Checkpoint { origin: "log.example".into(), size: 300, root: edge.root() }.sign(&signer);
        let proof = TlogProof { index: 257, hashes: edge.inclusion_proof(257).unwrap(), checkpoint };
        let text = proof.encode();
        let read = TlogProof::parse(&text).unwrap();
        assert_eq!(read, proof);
        let keys = [signer.verifier().clone()];
        assert_eq!(read.verify(&entries[257], &keys, "log.example").unwrap().size, 300);
        assert_eq!(read.verify(&entries[256], &keys, "log.example"), Err(ProofError::Root.into()));
        assert!(TlogProof { index: 256, ..read.clone() }.verify(&entries[257], &keys, "log.example").is_err());
        assert!(TlogProof::parse(&text.replace("index 257\n", "extra AAAA\nindex 257\n")).is_ok());
        for (from, to) in
            [("index 257", "index 0257"), ("@v1", "@v2"), ("index", "Index"), ("\n\n", "\n"), ("=\n", "\n")]
        {
            assert!(TlogProof::parse(&text.replacen(from, to, 1)).is_err(), "{from}");
        }
    }
}
