//! All stories together, in the order of their days, on a real log.

use super::DemoError;
use super::cast::{Cast, Who};
use super::days::Days;
use super::papers;
use super::scenes::{self, access, entry, evaluation, promise};
use super::script::Script;
use crate::clock::Clock;
use crate::credit::{self, Credit, CreditId};
use crate::deposit::{self, DepositBook, DepositBookId};
use crate::field::Instant;
use crate::ledger::Ledger;
use crate::log::Hash;
use crate::record::{Disclosure, PrivateKey};
use crate::world::{Act, Stream};

/// What is done at an instant.
pub enum Cue {
    /// Somebody signs a record.
    Post(Box<Posting>),
    /// Somebody signs a record that cites another.
    Reply(Box<Reply>),
    /// Somebody signs a record about its own credit or another's, by what that has come to.
    Credit(Box<CreditCue>),
    /// Somebody signs a record on a book of deposits, by what that has come to.
    Book(Box<BookCue>),
    /// The service does what has become due.
    Due,
    /// The service grades.
    Night,
}

/// A record to be signed.
pub struct Posting {
    pub key: PrivateKey,
    pub stream: Stream,
    pub act: Act,
}

/// A record to be signed that cites the latest one of a stream: its hash is known only once it is in the log.
pub struct Reply {
    pub key: PrivateKey,
    pub stream: Stream,
    pub to: Stream,
    pub make: Box<dyn FnOnce(Hash) -> Act + Send>,
}

/// A record to be signed about somebody's credit: which entries count is known only once they are graded.
pub struct CreditCue {
    pub key: PrivateKey,
    pub of: CreditId,
    pub make: fn(&Credit) -> Option<credit::Act>,
}

/// A record to be signed on a book of deposits: which entries it names is known only once they are in the log.
pub struct BookCue {
    pub key: PrivateKey,
    pub of: DepositBookId,
    pub make: fn(&DepositBook, Instant) -> Option<deposit::Act>,
}

/// Everything that happens, by time.
pub struct Programme {
    cues: Vec<(Instant, Cue)>,
    disclosures: Vec<(Who, Disclosure)>,
}

impl Programme {
    /// Rehearses every story.
    ///
    /// # Errors
    /// A story that does not hold.
    pub fn of(days: &Days, start: Instant, cast: &Cast, ledger: &Ledger) -> Result<Self, DemoError> {
        let mut plan = Self { cues: entry::cues(days, start, cast, ledger), disclosures: Vec::new() };
        plan.cues.extend(promise::cues(days, cast));
        plan.cues.extend(evaluation::cues(days, cast));
        plan.cues.extend(scenes::credit::cues(days, cast));
        plan.cues.extend(access::cues(days, cast));
        plan.cues.extend(scenes::deposit::cues(days, cast, ledger));
        for scene in scenes::SCENES {
            plan.add(scene(days).rehearsed()?, cast);
        }
        // Stable: what a story does at one instant stays in its order.
        plan.cues.sort_by_key(|(at, _)| *at);
        Ok(plan)
    }

    fn add(&mut self, story: Script<'_>, cast: &Cast) {
        let stream = Stream::of(&story.code);
        let cue = |by: Option<Who>, act: crate::tender::Act| match by {
            Some(who) => {
                Cue::Post(Box::new(Posting { key: cast.key(who).clone(), stream: stream.clone(), act: act.into() }))
            }
            None => Cue::Due,
        };
        self.cues.extend(story.lines.into_iter().map(|line| (line.at, cue(line.by, line.act))));
        self.disclosures.extend(story.disclosures);
    }

    /// Walks the clock and posts.
    ///
    /// # Errors
    /// The log refuses a record, or fails.
    pub async fn play(self, ledger: &Ledger, clock: &Clock) -> Result<(), DemoError> {
        // Before anything cites them.
        papers::file(ledger, &self.disclosures).await?;
        for (at, cue) in self.cues {
            clock.set(at);
            match cue {
                Cue::Due => {
                    ledger.propose_due().await?;
                }
                Cue::Night => {
                    ledger.grade_due().await?;
                }
                Cue::Credit(cue) => {
                    let CreditCue { key, of, make } = *cue;
                    let stream = Stream::of(&of);
                    let world = ledger.states(std::slice::from_ref(&stream)).await?;
                    if let Some(act) = world.get::<Credit>(&of).and_then(make) {
                        post(ledger, at, Posting { key, stream, act: act.into() }).await?;
                    }
                }
                Cue::Book(cue) => {
                    let BookCue { key, of, make } = *cue;
                    let stream = Stream::of(&of);
                    let world = ledger.states(std::slice::from_ref(&stream)).await?;
                    if let Some(act) = world.get::<DepositBook>(&of).and_then(|book| make(book, at)) {
                        post(ledger, at, Posting { key, stream, act: act.into() }).await?;
                    }
                }
                Cue::Post(posting) => post(ledger, at, *posting).await?,
                Cue::Reply(reply) => {
                    let Reply { key, stream, to, make } = *reply;
                    let newest = ledger.version(&to).await?;
                    let entries = ledger.stream(&to, newest.saturating_sub(1), 1).await?;
                    let cited = entries.last().map_or(Hash::of([]), |entry| entry.place.hash);
                    post(ledger, at, Posting { key, stream, act: make(cited) }).await?;
                }
            }
        }
        Ok(())
    }
}

async fn post(ledger: &Ledger, at: Instant, Posting { key, stream, act }: Posting) -> Result<(), DemoError> {
    ledger.act_as(&key, &stream, &act).await.map(|_| ()).map_err(|reason| DemoError::Rejected {
        stream: stream.to_string(),
        kind: act.kind(),
        at,
        reason,
    })
}
