//! C2SP tlog-witness: what a log sends to a witness.

use super::Hash;

/// The body of `POST <prefix>/add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the tree that the witness is thought to know.
    pub old: u64,
    /// Consistency proof (RFC 6962 §2.1.2) from that size to the checkpoint's.
    pub proof: Vec<Hash>,
    /// The signed note, verbatim.
    pub checkpoint: String,
}

/// The body is not `old <size>`, proof lines, an empty line, a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an add-checkpoint request")]
pub struct AddCheckpointError;

const HASHES_MAX: usize = 63;

impl AddCheckpoint {
    pub fn encode(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// # Errors
    /// [`AddCheckpointError`]
    pub fn parse(text: &str) -> Result<Self, AddCheckpointError> {
        let read = || {
            let (head, checkpoint) = text.split_once("\n\n")?;
            let mut lines = head.split('\n');
            let old = lines.next()?.strip_prefix("old ")?;
            let size: u64 = old.parse().ok()?;
            let proof: Vec<Hash> = lines.map(|line| Hash::from_base64(line).ok()).collect::<Option<_>>()?;
            let canonical = size.to_string() == old && proof.len() <= HASHES_MAX;
            canonical.then(|| Self { old: size, proof, checkpoint: checkpoint.to_owned() })
        };
        read().ok_or(AddCheckpointError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_not_canonical() {
        let hash = Hash::of("x").to_base64();
        for bad in [
            "".to_owned(),
            "old 1\n".into(),
            "old 01\n\nx".into(),
            "old +1\n\nx".into(),
            "old  1\n\nx".into(),
            "size 1\n\nx".into(),
            format!("old 1\n{}\n\nx", &hash[1..]),
            format!("old 1\n{}\n\nx", vec![hash.as_str(); 64].join("\n")),
        ] {
            assert_eq!(AddCheckpoint::parse(&bad), Err(AddCheckpointError), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(old: u64, proof in prop::collection::vec(any::<[u8; 32]>(), 0..64), checkpoint in "\\PC*") {
            let request = AddCheckpoint { old, proof: proof.into_iter().map(Hash::from_bytes).collect(), checkpoint };
            prop_assert_eq!(AddCheckpoint::parse(&request.encode()), Ok(request));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,60}") {
            let _ = AddCheckpoint::parse(&text);
        }
    }
}
