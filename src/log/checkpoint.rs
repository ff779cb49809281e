//! C2SP tlog-checkpoint: the signed head of a tree.

use super::{Hash, NoteError, NoteKey, NoteSigner, SignedNote};

/// Origin, size and root of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// Why a checkpoint is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("{0}")]
    Note(#[from] NoteError),
    #[error("not origin, size and root, each on its line")]
    Malformed,
    #[error("the checkpoint is of {0}")]
    Origin(String),
}

impl Checkpoint {
    pub fn sign(&self, signer: &NoteSigner) -> String {
        signer.sign(&self.text())
    }

    /// As [`Self::sign`], by every key that signs for the log.
    pub fn sign_by<'s>(&self, signers: impl IntoIterator<Item = &'s NoteSigner>) -> String {
        let text = self.text();
        let lines: String = signers.into_iter().map(|signer| signer.line(&text)).collect();
        format!("{text}\n{lines}")
    }

    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.to_base64())
    }

    /// Reads the note's text. Extension lines are let pass, as the specification asks.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`]
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let read = || {
            let mut lines = text.strip_suffix('\n')?.split('\n');
            let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
            let number: u64 = size.parse().ok()?;
            let canonical = number.to_string() == size && !origin.is_empty() && lines.all(|line| !line.is_empty());
            canonical.then_some(Self { origin: origin.to_owned(), size: number, root: Hash::from_base64(root).ok()? })
        };
        read().ok_or(CheckpointError::Malformed)
    }

    /// What a note says, whoever signed it.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn of_note(note: &str) -> Result<Self, CheckpointError> {
        Self::parse(SignedNote::parse(note)?.text())
    }

    /// The checkpoint in a note that one of the keys signed, whose name is its origin: for logs that went by several.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn open_any(note: &str, keys: &[NoteKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(note)?;
        let checkpoint = Self::parse(note.text())?;
        let own: Vec<NoteKey> = keys.iter().filter(|key| key.name() == checkpoint.origin).cloned().collect();
        note.open(&own)?;
        Ok(checkpoint)
    }

    /// The checkpoint of `origin` in a note that one of the keys signed.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn open(note: &str, keys: &[NoteKey], origin: &str) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(SignedNote::parse(note)?.open(keys)?)?;
        if checkpoint.origin == origin { Ok(checkpoint) } else { Err(CheckpointError::Origin(checkpoint.origin)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PrivateKey;

    #[test]
    fn signs_opens_and_refuses() {
        let signer = NoteSigner::new("log.example/zz", PrivateKey::from_seed([5; 32])).unwrap();
        let checkpoint = Checkpoint { origin: "log.example/zz".into(), size: 20_852_163, root: Hash::of("x") };
        let note = checkpoint.sign(&signer);
        let keys = [signer.verifier().clone()];
        assert_eq!(Checkpoint::open(&note, &keys, "log.example/zz"), Ok(checkpoint));
        assert_eq!(Checkpoint::open(&note, &keys, "other"), Err(CheckpointError::Origin("log.example/zz".into())));
        let root = Hash::of("x").to_base64();
        for bad in [
            format!("o\n01\n{root}\n"),
            format!("o\n-1\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("o\n1\n{}\n", &root[1..]),
            "o\n1\n".to_owned(),
            format!("o\n1\n{root}"),
            format!("o\n1\n{root}\n\nx\n"),
        ] {
            assert_eq!(Checkpoint::parse(&bad), Err(CheckpointError::Malformed), "{bad:?}");
        }
        assert!(Checkpoint::parse(&format!("o\n1\n{root}\nextension\n")).is_ok());
    }
}
