//! How far the streams of a part reach, by the log's own word: so that a record that was taken out shows.
//!
//! Inclusion proofs say that what is here stands in the log, not that nothing is missing. So whoever runs the log states,
//! signed with its checkpoint keys, how many entries each stream has at the bundle's checkpoint. A statement that is not
//! true is itself evidence: the whole log contradicts it.

use super::manifest::Scope;
use crate::act::Stream;
use crate::log::{Checkpoint, Hash, NoteKey, NoteSigner, SignedNote};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The first line of a statement. No checkpoint reads like it: its second line is no number.
const HEADER: &str = "gongshi-streams/1";

/// How many entries each stream has.
pub(super) type Lengths = BTreeMap<Stream, u64>;

/// One stream of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    pub stream: String,
    /// Entries that are here.
    pub here: u64,
    /// Entries that the stream has at the checkpoint, as the log states; absent where it states nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<u64>,
}

impl Reach {
    /// Whether nothing of the stream is missing; `None` when that can't be judged.
    pub fn is_whole(&self) -> Option<bool> {
        self.stated.map(|stated| stated == self.here)
    }
}

/// The member with one line a stream: its name, a space, its length.
pub(super) fn encode(lengths: &Lengths) -> String {
    lengths.iter().map(|(stream, length)| format!("{stream} {length}\n")).collect()
}

fn decode(text: &str) -> Option<Lengths> {
    let mut lengths = Lengths::new();
    for line in text.lines() {
        let (stream, length) = line.split_once(' ')?;
        lengths.insert(stream.parse().ok()?, length.parse().ok()?);
    }
    // One way to write it, so that two readers read the same.
    (encode(&lengths) == text).then_some(lengths)
}

fn statement(checkpoint: &Checkpoint, scope: &Scope, streams: &str) -> String {
    let Checkpoint { origin, size, root } = checkpoint;
    let digest = Hash::from(Sha256::new_with_prefix(streams));
    format!("{HEADER}\n{origin}\n{size}\n{}\n{scope}\n{digest}\n", root.to_base64())
}

/// The note that states the lengths.
pub(super) fn sign(checkpoint: &Checkpoint, scope: &Scope, streams: &str, signers: &[NoteSigner]) -> String {
    let text = statement(checkpoint, scope, streams);
    let lines: String = signers.iter().map(|signer| signer.line(&text)).collect();
    format!("{text}\n{lines}")
}

/// The lengths that the log states.
///
/// # Errors
/// Why the statement is none about this bundle, for people.
pub(super) fn open(
    streams: &str,
    note: &str,
    checkpoint: &Checkpoint,
    scope: &Scope,
    keys: &[NoteKey],
) -> Result<Lengths, String> {
    let signed = SignedNote::parse(note).map_err(|error| error.to_string())?;
    let text = signed.open(keys).map_err(|error| error.to_string())?;
    if text != statement(checkpoint, scope, streams) {
        return Err("it states the streams of another checkpoint or scope, or other lengths".to_owned());
    }
    decode(streams).ok_or_else(|| "the list of streams is malformed".to_owned())
}

/// What is here beside what is stated, by the names of the streams.
pub(super) fn compare(here: &Lengths, stated: Option<&Lengths>) -> Vec<Reach> {
    let mut streams: Vec<&Stream> = here.keys().chain(stated.into_iter().flat_map(BTreeMap::keys)).collect();
    streams.sort_unstable();
    streams.dedup();
    let reach = |stream: &Stream| Reach {
        stream: stream.to_string(),
        here: here.get(stream).copied().unwrap_or_default(),
        stated: stated.and_then(|stated| stated.get(stream).copied()),
    };
    streams.into_iter().map(reach).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PrivateKey;

    #[test]
    fn a_statement_is_of_one_bundle_alone() {
        let signer = NoteSigner::new("log.example", PrivateKey::from_seed([1; 32])).unwrap();
        let (keys, signers) = ([signer.verifier().clone()], [signer]);
        let checkpoint = Checkpoint { origin: "log.example".into(), size: 7, root: Hash::of("x") };
        let scope = Scope::Tender("T-1".parse().unwrap());
        let lengths: Lengths = [("log".parse().unwrap(), 2), ("tender/T-1".parse().unwrap(), 5)].into();
        let streams = encode(&lengths);
        let note = sign(&checkpoint, &scope, &streams, &signers);
        assert!(Checkpoint::parse(SignedNote::parse(&note).unwrap().text()).is_err(), "it must pass for no checkpoint");
        let opened = |streams: &str, note: &str, checkpoint: &Checkpoint, scope: &Scope, keys: &[NoteKey]| {
            open(streams, note, checkpoint, scope, keys)
        };
        assert_eq!(opened(&streams, &note, &checkpoint, &scope, &keys), Ok(lengths));
        let stranger = [NoteSigner::new("log.example", PrivateKey::from_seed([2; 32])).unwrap().verifier().clone()];
        assert!(opened(&streams, &note, &checkpoint, &scope, &stranger).is_err());
        let other = Checkpoint { size: 8, ..checkpoint.clone() };
        assert!(opened(&streams, &note, &other, &scope, &keys).is_err());
        assert!(opened(&streams, &note, &checkpoint, &Scope::Tender("T-2".parse().unwrap()), &keys).is_err());
        assert!(opened(&streams.replace('5', "4"), &note, &checkpoint, &scope, &keys).is_err());
        for bad in ["log 2\nlog 2\n", "tender/T-1 5\nlog 2\n", "log 02\n", "log 2", "log\n", "nothing 2\n"] {
            let note = sign(&checkpoint, &scope, bad, &signers);
            assert!(opened(bad, &note, &checkpoint, &scope, &keys).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_missing_and_what_is_unstated_differ() {
        let stream = |text: &str| text.parse::<Stream>().unwrap();
        let here: Lengths = [(stream("log"), 2), (stream("tender/T-1"), 4)].into();
        let stated: Lengths = [(stream("log"), 2), (stream("tender/T-1"), 5), (stream("tender/T-2"), 1)].into();
        let whole = |stated| compare(&here, stated).iter().map(Reach::is_whole).collect::<Vec<_>>();
        assert_eq!(whole(Some(&stated)), [Some(true), Some(false), Some(false)]);
        assert_eq!(whole(None), [None, None]);
    }
}
