//! Which of the keys at hand sign the checkpoints.

use super::LoadError;
use crate::identity::LogState;
use crate::log::NoteSigner;
use crate::record::PrivateKey;

/// The log's checkpoint keys that are at hand, under its present origin.
///
/// # Errors
/// [`LoadError::NoKey`]: none of them is.
pub fn signers(log: &LogState, at_hand: &[PrivateKey]) -> Result<Vec<NoteSigner>, LoadError> {
    let held = |key: &&PrivateKey| log.checkpoint_keys.iter().any(|named| *named.public() == key.public());
    let signers = at_hand.iter().filter(held).map(|key| NoteSigner::new(&log.origin, key.clone()));
    let signers: Vec<NoteSigner> = signers.collect::<Result<_, _>>().unwrap_or_default();
    if signers.is_empty() { Err(LoadError::NoKey { origin: log.origin.clone() }) } else { Ok(signers) }
}
