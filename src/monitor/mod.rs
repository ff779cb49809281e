//! 监察：watches a log and everybody who shows it, and says what is wrong or what was asked for, one event a line.
//!
//! It needs checkpoints, tiles and entry bundles alone, so that it can watch a mirror as well. It checks that the log only
//! grows, that everybody is shown one log, that everything it signed is there, and the chain of entries. It does not judge
//! whether an act was allowed: that is `gongshi verify`, on a mirror.

mod event;
mod query;
mod round;
mod scan;
mod state;
mod views;

pub use event::{Event, EventLine, Gravity, Match};
pub use query::{Query, Sought};
pub use round::Tell;
pub use state::StateError;

use crate::clock::Clock;
use crate::field::Instant;
use crate::mirror::{LogClient, ReadError, SignedTree, Trust, keep_evidence};
use round::Round;
use state::{Memory, Settled, State};
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;
use views::{LogSource, Relation, Source, View};

/// What to watch.
#[derive(Debug, Clone)]
pub struct Watch {
    /// URL of the log: a service, or a mirror.
    pub log: String,
    /// Others that show the log.
    pub mirrors: Vec<String>,
    /// Witnesses of the log beside those that the policy names; they serve `<hex SHA-256 of the origin>/checkpoint`.
    pub witnesses: Vec<String>,
    pub trust: Trust,
    /// How long a checkpoint may lag behind what is known.
    pub late: Duration,
    pub query: Query,
}

/// A monitor of one log.
pub struct Monitor {
    log: LogSource,
    others: Vec<Source>,
    trust: Trust,
    late_millis: i64,
    memory: Memory,
    state: State,
    clock: Clock,
    /// Alerts of the last round: a state of affairs is told once, until it changes.
    standing: HashSet<String>,
}

/// A monitor can't go on.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Evidence(#[from] crate::mirror::CopyError),
    #[error("events can't be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Monitor {
    /// Takes up the state in a folder, which may be new.
    ///
    /// # Errors
    /// [`StateError`]
    pub fn open(watch: Watch, folder: &Path, clock: Clock) -> Result<Self, StateError> {
        let Watch { log, mirrors, mut witnesses, trust, late, query } = watch;
        witnesses.extend(trust.witnesses().iter().filter_map(|witness| witness.url.clone()));
        witnesses.sort();
        witnesses.dedup();
        let witnesses = witnesses.into_iter().map(|url| Source::Witness { url });
        let mirrors = mirrors.into_iter().map(|url| Source::Mirror(LogSource::new(url)));
        let memory = Memory::open(folder)?;
        let state = memory.recall(&query)?;
        if let Some(note) = &state.checkpoint {
            trust.recall(note).map_err(StateError::Foreign)?;
        }
        Ok(Self {
            log: LogSource::new(log),
            others: mirrors.chain(witnesses).collect(),
            trust,
            late_millis: i64::try_from(late.as_millis()).unwrap_or(i64::MAX),
            memory,
            state,
            clock,
            standing: HashSet::new(),
        })
    }

    /// Looks once at everything, and says how bad the worst is that it saw. What is told is remembered after that: a
    /// monitor that is killed in between tells some again, and drops nothing.
    ///
    /// # Errors
    /// See [`MonitorError`].
    pub async fn round(&mut self, tell: Tell<'_>) -> Result<Gravity, MonitorError> {
        let mut round = Round::new(tell, self.clock.clone(), std::mem::take(&mut self.standing));
        self.look(&mut round).await?;
        let (standing, worst) = round.end();
        self.standing = standing;
        self.memory.remember(&self.state)?;
        Ok(worst)
    }

    async fn look(&mut self, round: &mut Round<'_>) -> Result<(), MonitorError> {
        // The log last: whoever saw less than it has seen an older checkpoint, not another.
        let (mut others, events) = views::views(&mut self.others, &self.trust).await;
        for event in events {
            round.alert(event)?;
        }
        others.extend(self.remembered());
        let now = self.clock.now();
        match self.log.view(&self.trust).await {
            Ok((log, client)) => self.look_at_log(log, client, &others, now, round).await,
            Err(event) => {
                round.alert(event)?;
                self.look_at_others(others, round).await
            }
        }
    }

    async fn look_at_log(
        &mut self,
        log: View,
        client: LogClient,
        others: &[View],
        now: Instant,
        round: &mut Round<'_>,
    ) -> Result<(), MonitorError> {
        let known = self.remembered().map_or(0, |view| view.checkpoint.size);
        let is_rolled_back = log.checkpoint.size < known;
        if is_rolled_back {
            let notes = [self.state.checkpoint.as_deref().unwrap_or_default(), &log.note];
            let evidence = keep_evidence(self.memory.folder(), "roll-back", notes)?;
            let (source, size) = (log.source.clone(), log.checkpoint.size);
            round.alert(Event::RollBack { source, known, size, evidence })?;
        }
        let (log, tree) = self.open_tree(log, client, round).await?;
        let (source, size) = (log.source.clone(), log.checkpoint.size);
        if !self.trust.is_witnessed(&log.note) {
            round.alert(Event::Unwitnessed { source: source.clone(), size })?;
        }
        self.say_when_behind(&log, others, now, round)?;
        let continues = self.compare(&log, tree.as_ref(), others, round).await?;
        if let Some(tree) = tree.filter(|_| continues && !is_rolled_back) {
            self.state.checkpoint = Some(log.note);
            // From here on a roll-back behind this checkpoint will be seen.
            self.memory.remember(&self.state)?;
            if self.read(&source, &tree, round).await? {
                self.state.settled = Some(Settled { size, at: now });
            }
        }
        Ok(())
    }

    /// While the log is away, its mirrors and witnesses can still be compared.
    async fn look_at_others(&self, mut others: Vec<View>, round: &mut Round<'_>) -> Result<(), MonitorError> {
        let Some(at) = others.iter().position(|view| view.client.is_some()) else { return Ok(()) };
        let mirror = others.swap_remove(at);
        let Some(client) = &mirror.client else { return Ok(()) };
        let tree = match SignedTree::open(client, &mirror.checkpoint).await {
            Ok(tree) => Some(tree),
            Err(error) => {
                round.alert(views::unreadable(&mirror.source, mirror.checkpoint.size, &error))?;
                None
            }
        };
        self.compare(&mirror, tree.as_ref(), &others, round).await.map(|_| ())
    }

    /// The tree of what the log shows. When tiles are gone because it has grown since, of what it shows then.
    async fn open_tree(
        &mut self,
        mut log: View,
        mut client: LogClient,
        round: &mut Round<'_>,
    ) -> Result<(View, Option<SignedTree>), MonitorError> {
        loop {
            let size = log.checkpoint.size;
            let error = match SignedTree::open(&client, &log.checkpoint).await {
                Ok(tree) => return Ok((log, Some(tree))),
                Err(error) => error,
            };
            if matches!(error, ReadError::Missing { .. })
                && let Ok((newer, now_at)) = self.log.view(&self.trust).await
                && newer.checkpoint.size > size
            {
                (log, client) = (newer, now_at);
                continue;
            }
            round.alert(views::unreadable(&log.source, size, &error))?;
            return Ok((log, None));
        }
    }

    /// What the log showed before.
    fn remembered(&self) -> Option<View> {
        let note = self.state.checkpoint.clone()?;
        let checkpoint = self.trust.recall(&note).ok()?;
        Some(View { source: self.memory.folder().display().to_string(), note, checkpoint, client: None })
    }

    /// Compares what one shows with what others show; whether it continues what the log showed before.
    async fn compare(
        &self,
        one: &View,
        tree: Option<&SignedTree>,
        others: &[View],
        round: &mut Round<'_>,
    ) -> Result<bool, MonitorError> {
        let mut continues = true;
        for other in others {
            match views::relation(one, tree, other).await {
                Ok(Relation::OneLog | Relation::Unknown) => {}
                Ok(Relation::TwoLogs) => {
                    continues &= Some(&other.note) != self.state.checkpoint.as_ref();
                    round.alert(self.split_view(one, other)?)?;
                }
                Err(error) => {
                    round.alert(views::unreadable(&one.source, one.checkpoint.size, &error))?;
                    continues = false;
                }
            }
        }
        Ok(continues)
    }

    fn split_view(&self, one: &View, other: &View) -> Result<Event, MonitorError> {
        let evidence = keep_evidence(self.memory.folder(), "split-view", [&other.note, &one.note])?;
        Ok(Event::SplitView {
            source: one.source.clone(),
            size: one.checkpoint.size,
            other_source: other.source.clone(),
            other_size: other.checkpoint.size,
            evidence,
        })
    }

    fn say_when_behind(
        &mut self,
        log: &View,
        others: &[View],
        now: Instant,
        round: &mut Round<'_>,
    ) -> Result<(), MonitorError> {
        let size = log.checkpoint.size;
        let ahead = others.iter().filter(|other| other.checkpoint.size > size);
        let Some(ahead) = ahead.max_by_key(|other| other.checkpoint.size) else {
            self.state.behind_since = None;
            return Ok(());
        };
        let since = *self.state.behind_since.get_or_insert(now);
        let millis = now.millis() - since.millis();
        if millis < self.late_millis {
            return Ok(());
        }
        let (source, known_from) = (log.source.clone(), ahead.source.clone());
        round.alert(Event::LateCheckpoint { source, size, known_from, seconds: millis / 1000 })
    }
}
