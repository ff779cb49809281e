//! What the log shows to different readers, and whether it is one log.

use super::event::Event;
use crate::log::{Checkpoint, Hash};
use crate::mirror::{FetchError, LogClient, ReadError, SignedTree, Trust};
use futures::future::join_all;

/// The log itself, or a mirror of it.
pub(super) struct LogSource {
    url: String,
    /// Absent until somebody answered.
    client: Option<LogClient>,
}

/// Somewhere a checkpoint of the log can be had.
pub(super) enum Source {
    Mirror(LogSource),
    /// It has only the checkpoint that it cosigned last.
    Witness {
        url: String,
    },
}

/// A checkpoint that the log signed, and who showed it.
pub(super) struct View {
    pub source: String,
    pub note: String,
    pub checkpoint: Checkpoint,
    /// Who has the tiles of it, if anybody.
    pub client: Option<LogClient>,
}

impl LogSource {
    pub fn new(url: String) -> Self {
        Self { url, client: None }
    }

    async fn client(&mut self) -> Result<LogClient, FetchError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => LogClient::locate(&self.url).await?,
        };
        Ok(self.client.insert(client).clone())
    }

    /// What it shows, and who has the tiles of that.
    pub async fn view(&mut self, trust: &Trust) -> Result<(View, LogClient), Event> {
        let client = self.client().await.map_err(|error| unfetched(&self.url, &error))?;
        let note = client.checkpoint().await.map_err(|error| unfetched(&self.url, &error))?;
        Ok((view(&self.url, note, Some(client.clone()), trust)?, client))
    }
}

impl Source {
    /// What it shows; `None` of a witness that has seen nothing of the log.
    async fn view(&mut self, trust: &Trust) -> Result<Option<View>, Event> {
        match self {
            Self::Mirror(mirror) => Ok(Some(mirror.view(trust).await?.0)),
            Self::Witness { url } => {
                let path = format!("{}/checkpoint", Hash::of(trust.origin()));
                let fetched = async { LogClient::new(url)?.note(&path).await };
                match fetched.await {
                    Ok(note) => Ok(Some(view(url, note, None, trust)?)),
                    // Others' witnesses need not have such a path.
                    Err(FetchError::Missing { .. } | FetchError::Refused { .. }) => Ok(None),
                    Err(error) => Err(unfetched(url, &error)),
                }
            }
        }
    }
}

fn view(source: &str, note: String, client: Option<LogClient>, trust: &Trust) -> Result<View, Event> {
    let source = source.to_owned();
    match trust.open(&note) {
        Ok(checkpoint) => Ok(View { source, note, checkpoint, client }),
        Err(error) => Err(Event::BadSignature { source, detail: error.to_string() }),
    }
}

fn unfetched(source: &str, error: &FetchError) -> Event {
    let (source, detail) = (source.to_owned(), error.to_string());
    match error {
        FetchError::Malformed { .. } => Event::BadSignature { source, detail },
        FetchError::Missing { .. } | FetchError::Refused { .. } | FetchError::Unreachable { .. } => {
            Event::Unreachable { source, detail }
        }
    }
}

/// What all sources show, at about the same time.
pub(super) async fn views(sources: &mut [Source], trust: &Trust) -> (Vec<View>, Vec<Event>) {
    let (mut views, mut events) = (Vec::new(), Vec::new());
    for view in join_all(sources.iter_mut().map(|source| source.view(trust))).await {
        match view {
            Ok(view) => views.extend(view),
            Err(event) => events.push(event),
        }
    }
    (views, events)
}

/// Whether two views are of one log: the smaller tree is the beginning of the larger one.
pub(super) enum Relation {
    OneLog,
    TwoLogs,
    /// Nobody has the tiles of the larger one.
    Unknown,
}

/// Compares two views; `tree` is that of `one`, when it can be had.
///
/// # Errors
/// The tree of `one` can't be read on.
pub(super) async fn relation(one: &View, tree: Option<&SignedTree>, other: &View) -> Result<Relation, ReadError> {
    let (one_head, other_head) = (&one.checkpoint, &other.checkpoint);
    let is_one = if other_head.size == one_head.size {
        other_head.root == one_head.root
    } else if other_head.size < one_head.size {
        let Some(tree) = tree else { return Ok(Relation::Unknown) };
        tree.root_at(other_head.size).await? == other_head.root
    } else {
        // Who shows a witness more than us may let us have the tiles nevertheless.
        let Some(client) = other.client.as_ref().or(one.client.as_ref()) else { return Ok(Relation::Unknown) };
        let Ok(larger) = SignedTree::open(client, other_head).await else { return Ok(Relation::Unknown) };
        let Ok(root) = larger.root_at(one_head.size).await else { return Ok(Relation::Unknown) };
        root == one_head.root
    };
    Ok(if is_one { Relation::OneLog } else { Relation::TwoLogs })
}

/// A tree that can't be read, as an event.
pub(super) fn unreadable(source: &str, size: u64, error: &ReadError) -> Event {
    let (source, detail) = (source.to_owned(), error.to_string());
    match error {
        ReadError::Fetch(_) => Event::Unreachable { source, detail },
        ReadError::Missing { .. } => Event::MissingEntries { source, size, detail },
        ReadError::Entry { index } => Event::TamperedEntry { source, index: Some(*index), detail },
        ReadError::Malformed { .. } | ReadError::Root { .. } | ReadError::Tile { .. } => {
            Event::TamperedEntry { source, index: None, detail }
        }
    }
}
