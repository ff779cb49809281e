//! 沙盒 · A throw-away log for whoever writes a client: everybody is admitted already, all keys are at hand, and the clock is
//! moved on by whoever started it, so that a tender of two months is played in a minute.
//!
//! The rules are those of any log. Only the clock is another one, and only here: `serve` has no such endpoint, and a sandbox
//! listens to its own machine alone, since it gives its keys to everybody who asks.

mod cast;
mod console;

pub use cast::Actor;

use crate::clock::Clock;
use crate::field::Instant;
use crate::ledger::{Ledger, LedgerError};
use crate::organisation::{Confirmation, Registration, Role};
use crate::record::{KeyFileError, PrivateKey, save_key};
use crate::sequencer::Rejected;
use crate::world::{Act, Stream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The name of every sandbox's log: what is signed for it is good nowhere else.
pub const ORIGIN: &str = "sandbox.gongshi.example/log";

/// Header of every answer of a sandbox: the time by its clock, at which clients sign.
pub const CLOCK_HEADER: &str = "x-sandbox-clock";

/// How far the clock may be moved on at once: longer than any tender, and shorter than what dates can hold.
pub const FORWARD_MAX: Duration = Duration::from_secs(10 * 366 * 86_400);

/// Why a sandbox can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error("{name}: {reason}")]
    Rejected { name: &'static str, reason: Rejected },
}

/// A log, its movable clock, and everybody in it.
pub struct Sandbox {
    ledger: Arc<Ledger>,
    actors: Vec<Actor>,
}

impl Sandbox {
    /// Admits everybody to a new log whose clock is [`Clock::ahead`], and leaves the keys in a folder, one file for each.
    ///
    /// # Errors
    /// See [`SandboxError`].
    pub async fn furnish(ledger: Arc<Ledger>, keys_folder: &Path) -> Result<Self, SandboxError> {
        crate::private::folder(keys_folder)
            .map_err(|source| SandboxError::Folder { path: keys_folder.to_owned(), source })?;
        let operator = Actor::operator(ledger.operator_key().clone());
        let mut actors = vec![operator];
        for player in &cast::PLAYERS {
            let actor = player.with(PrivateKey::generate());
            // Supervisors come first, and confirm the others.
            let by = actors.iter().find(|by| by.role == Role::Supervisor).unwrap_or(&actors[0]);
            let by = if player.role == Role::Supervisor { &actors[0] } else { by };
            admit(&ledger, &actor, &by.key)
                .await
                .map_err(|reason| SandboxError::Rejected { name: actor.name, reason })?;
            actors.push(actor);
        }
        for actor in &actors {
            save_key(&keys_folder.join(format!("{}.jwk", actor.file)), &actor.key)?;
        }
        Ok(Self { ledger, actors })
    }

    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    fn clock(&self) -> &Clock {
        &self.ledger.clock
    }

    /// Moves the clock on, never back, and has the service do what falls due by then; says how many acts that were.
    async fn move_to(&self, time: Instant) -> Result<usize, LedgerError> {
        self.clock().set(time.max(self.clock().now()));
        let ledger = &self.ledger;
        Ok(ledger.propose_due().await? + ledger.grade_due().await? + ledger.assess_due().await?)
    }
}

async fn admit(ledger: &Ledger, actor: &Actor, by: &PrivateKey) -> Result<(), Rejected> {
    let stream = Stream::of(&actor.id);
    let key = actor.key.public().to_jwk();
    let name = actor.name.parse().map_err(|fault| crate::problem::Refusal::of_field("/name", fault))?;
    let registration =
        Registration { id: actor.id.clone(), name, key, roles: vec![actor.role], region: None, code_as_issued: false };
    let registered: Act = crate::organisation::Act::from(registration).into();
    ledger.act_as(&actor.key, &stream, &registered).await?;
    let confirmation = Confirmation { kid: actor.key.key_id(), roles: vec![actor.role], code_document: None };
    let confirmed: Act = crate::organisation::Act::from(confirmation).into();
    ledger.act_as(by, &stream, &confirmed).await.map(drop)
}
