//! Reading the entries that are new, in order.

use super::event::Event;
use super::{Monitor, MonitorError, Round, views};
use crate::log::{EntryView, Hash, TILE_WIDTH, first_previous, leaf_hash};
use crate::mirror::{ReadError, SignedTree};
use bytes::Bytes;
use futures::{StreamExt, stream};

/// Bundles that are fetched ahead.
const AHEAD: usize = 8;
/// The state is kept after so many bundles: what a kill can make a monitor tell twice.
const BUNDLES_BETWEEN: u64 = 64;

impl Monitor {
    /// Reads on to the end of the tree; whether it came there.
    pub(super) async fn read(
        &mut self,
        source: &str,
        tree: &SignedTree,
        round: &mut Round<'_>,
    ) -> Result<bool, MonitorError> {
        let size = tree.checkpoint().size;
        if self.state.read == size {
            return Ok(true);
        }
        let (first, mut late_told) = (self.state.read / TILE_WIDTH, false);
        let fetch = async |index| tree.bundle(&tree.expected(index).await?).await;
        let mut bundles = stream::iter(first..size.div_ceil(TILE_WIDTH)).map(fetch).buffered(AHEAD).enumerate();
        while let Some((at, bundle)) = bundles.next().await {
            let bundle = match bundle {
                Ok(bundle) => bundle,
                // The log has grown on and dropped its partial tiles: the next round reads further.
                Err(ReadError::Missing { resource, .. })
                    if !resource.tile().is_full() && self.has_grown(size).await =>
                {
                    return Ok(false);
                }
                Err(error) => {
                    round.alert(views::unreadable(source, size, &error))?;
                    return Ok(false);
                }
            };
            let start = (first + at as u64) * TILE_WIDTH;
            let known = self.state.read.saturating_sub(start) as usize;
            for (index, entry) in (start..).zip(&bundle.entries).skip(known) {
                // The first that is late says it for all.
                if let Some(late) = self.entry(source, index, entry, round)?.filter(|_| !late_told) {
                    round.alert(late)?;
                    late_told = true;
                }
            }
            if (at as u64 + 1).is_multiple_of(BUNDLES_BETWEEN) {
                self.memory.remember(&self.state)?;
            }
        }
        Ok(true)
    }

    async fn has_grown(&mut self, size: u64) -> bool {
        let newer = self.log.view(&self.trust).await;
        newer.is_ok_and(|(view, _)| view.checkpoint.size > size)
    }

    /// Looks at one entry and remembers that it was read; says so when it was late.
    fn entry(
        &mut self,
        source: &str,
        index: u64,
        bytes: &Bytes,
        round: &mut Round<'_>,
    ) -> Result<Option<Event>, MonitorError> {
        let previous = if index == 0 { Some(first_previous(self.trust.origin())) } else { self.state.last_hash() };
        let mut late = None;
        match read_entry(index, bytes, previous) {
            Ok(view) => {
                late = self.late(source, &view);
                if let Some(found) = self.state.query.matches(&view, &mut self.state.sought) {
                    round.tell(Event::Match(found))?;
                }
            }
            Err(detail) => {
                let detail = format!("entry {index}: {detail}");
                round.alert(Event::TamperedEntry { source: source.to_owned(), index: Some(index), detail })?;
            }
        }
        self.state.read = index + 1;
        self.state.last_hash = Some(leaf_hash(bytes).to_string());
        Ok(late)
    }

    /// An entry that says it was accepted well before a checkpoint was shown that did not have it: it was held back, or it
    /// is dated back.
    fn late(&self, source: &str, entry: &EntryView<'_>) -> Option<Event> {
        let settled = self.state.settled.filter(|settled| entry.index >= settled.size)?;
        let millis = settled.at.millis() - entry.time.millis();
        let (source, known_from) = (source.to_owned(), format!("entry {}", entry.index));
        let late = Event::LateCheckpoint { source, size: settled.size, known_from, seconds: millis / 1000 };
        (millis > self.late_millis).then_some(late)
    }
}

/// An entry at its place in the chain.
fn read_entry(index: u64, bytes: &[u8], previous: Option<Hash>) -> Result<EntryView<'_>, String> {
    let view = EntryView::parse(bytes).map_err(|error| error.to_string())?;
    if view.index != index {
        return Err(format!("it says it is entry {}", view.index));
    }
    if previous.is_some_and(|previous| previous != view.previous) {
        return Err("it does not follow the entry before".to_owned());
    }
    Ok(view)
}
