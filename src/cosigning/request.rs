//! One `add-checkpoint` request, with what its answers mean.

use crate::clock::WITNESS_TOLERANCE;
use crate::field::Instant;
use crate::highwater::Divergence;
use crate::ledger::{Ledger, LedgerError};
use crate::log::{AddCheckpoint, Checkpoint, PolicyWitness, SignedNote, consistency_plan};
use reqwest::StatusCode;
use std::time::Duration;

/// A witness waits for its disk once.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// A few signature lines, or a size.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The size that a 409 names may be moved on by another replica; not for ever.
const TRIES_MAX: usize = 4;
/// A witness whose clock is further ahead than this says something about the future.
const CLOCK_AHEAD_MAX: Duration = WITNESS_TOLERANCE;

pub(super) struct Request<'a> {
    pub ledger: &'a Ledger,
    pub client: &'a reqwest::Client,
    pub witness: &'a PolicyWitness,
    pub url: &'a str,
    pub newest: &'a (String, Checkpoint),
}

pub(super) enum Answer {
    /// The signature line, without its line break, and the time in it.
    Cosigned { line: String, time: Instant },
    /// It has cosigned a newer checkpoint than this.
    Ahead { size: u64 },
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    Unreachable(reqwest::Error),
    #[error("HTTP status {0}")]
    Status(StatusCode),
    #[error("the answer is too long or not text")]
    Answer,
    #[error("the answer has no cosignature of this witness that holds")]
    NoCosignature,
    #[error("its clock is ahead")]
    Clock,
    #[error("the sizes it names do not settle")]
    Unsettled,
    #[error("it has cosigned {known} entries, here are {size}")]
    Beyond { known: u64, size: u64 },
    #[error("it has cosigned another tree of {size} entries")]
    Fork { size: u64 },
    #[error("it finds that the log has not only grown since it had {old} entries")]
    Inconsistent { old: u64 },
    #[error("{0}")]
    Ledger(Box<LedgerError>),
}

impl Failure {
    /// Not a mishap: either the witness or this log says what is not so.
    pub fn is_alarm(&self) -> bool {
        self.denial().is_some() || matches!(self, Self::NoCosignature)
    }

    /// How the log falls short of what the witness says that it cosigned.
    pub fn denial(&self) -> Option<Divergence> {
        match *self {
            Self::Beyond { known, size } => Some(Divergence::Behind { known, size }),
            Self::Fork { size: known } | Self::Inconsistent { old: known } => Some(Divergence::Forked { known }),
            _ => None,
        }
    }
}

impl Request<'_> {
    /// Sends the checkpoint to a witness that is thought to have cosigned `old` entries.
    pub async fn send(&self, mut old: u64) -> Result<Answer, Failure> {
        let (note, checkpoint) = self.newest;
        for _ in 0..TRIES_MAX {
            if old > checkpoint.size {
                // Another replica may have written it just now.
                let newest = self.ledger.checkpoint().await;
                let (_, Checkpoint { size, .. }) = newest.map_err(|error| Failure::Ledger(Box::new(error)))?;
                let (known, beyond) = (old, old > size);
                return if beyond { Err(Failure::Beyond { known, size }) } else { Ok(Answer::Ahead { size: old }) };
            }
            // From nothing, and between equal sizes, the proof is empty.
            let proof = match consistency_plan(old, checkpoint.size) {
                Ok(plan) => {
                    self.ledger.tree.resolve(&plan).await.map_err(|error| Failure::Ledger(Box::new(error.into())))?
                }
                Err(_) => Vec::new(),
            };
            let body = AddCheckpoint { old, proof, checkpoint: note.clone() }.encode();
            let url = format!("{}/add-checkpoint", self.url.trim_end_matches('/'));
            let mut response = self.client.post(url).body(body).send().await.map_err(Failure::Unreachable)?;
            let mut answer = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(Failure::Unreachable)? {
                answer.extend_from_slice(&chunk);
                if answer.len() > ANSWER_BYTES_MAX {
                    return Err(Failure::Answer);
                }
            }
            let answer = String::from_utf8(answer).map_err(|_| Failure::Answer)?;
            match response.status() {
                StatusCode::OK => return self.read(&answer),
                StatusCode::CONFLICT => {
                    let size = answer.trim_end().parse().map_err(|_| Failure::Answer)?;
                    // The size was right, so the tree was not: earlier editions of the specification had it so.
                    if size == old && size == checkpoint.size {
                        return Err(Failure::Fork { size });
                    }
                    old = size;
                }
                StatusCode::UNPROCESSABLE_ENTITY if old == checkpoint.size => return Err(Failure::Fork { size: old }),
                StatusCode::UNPROCESSABLE_ENTITY => return Err(Failure::Inconsistent { old }),
                status => return Err(Failure::Status(status)),
            }
        }
        Err(Failure::Unsettled)
    }

    fn read(&self, lines: &str) -> Result<Answer, Failure> {
        let note = format!("{}{lines}", self.newest.0);
        let parsed = SignedNote::parse(&note).map_err(|_| Failure::NoCosignature)?;
        let found = parsed.cosignatures(std::iter::once(&self.witness.key));
        let cosignature = found.first().ok_or(Failure::NoCosignature)?;
        let time = i64::try_from(cosignature.time).ok().and_then(|seconds| seconds.checked_mul(1000));
        let time = Instant::from_millis(time.ok_or(Failure::Clock)?);
        // Also when it is not taken: it may be our clock that is wrong.
        self.ledger.clock.hear(&self.witness.name, time);
        if time > self.ledger.clock.now().plus_millis(CLOCK_AHEAD_MAX.as_millis() as i64) {
            return Err(Failure::Clock);
        }
        Ok(Answer::Cosigned { line: cosignature.line.to_owned(), time })
    }
}
