//! What readers see of a stream, kept between requests: whoever asks next folds only what is new. So an entry is read once for
//! its readers, not once for each of them.

use super::{Ledger, LedgerError};
use crate::act::Place;
use crate::law::Law;
use crate::world::{Act, Stream};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What the entries of a stream are folded into for a view.
pub trait Folding: Send + 'static {
    fn take(&mut self, act: Act, place: &Place, law: Law<'_>);

    /// How many bytes it takes, about.
    fn bytes(&self) -> usize;
}

/// The streams of one kind that were read lately. One that is dropped is folded again from its first entry.
pub struct Folded<F>(Cache<Stream, Kept<F>, ByBytes>);

/// What is kept of a stream, and how many bytes that took when it was put there: the cache counts on that.
struct Kept<F> {
    progress: Arc<Mutex<Progress<F>>>,
    bytes: u64,
}

impl<F> Clone for Kept<F> {
    fn clone(&self) -> Self {
        Self { progress: Arc::clone(&self.progress), bytes: self.bytes }
    }
}

struct Progress<F> {
    folded: F,
    version: u64,
}

#[derive(Clone)]
struct ByBytes;

impl<F> Weighter<Stream, Kept<F>> for ByBytes {
    fn weight(&self, _stream: &Stream, kept: &Kept<F>) -> u64 {
        kept.bytes
    }
}

/// Of each kind: thousands of usual tenders, or dozens with as many objections as there can be.
const BYTES_KEPT: u64 = 64 << 20;
/// Of a usual stream.
const BYTES_USUAL: u64 = 8 << 10;
/// What a place in the cache takes by itself.
const BYTES_PER_PLACE: u64 = 256;

/// Entries that are read at a time: the longest ones make four megabytes of them.
const ENTRIES_AT_A_TIME: u32 = 64;

impl<F> Default for Folded<F> {
    fn default() -> Self {
        let streams = usize::try_from(BYTES_KEPT / BYTES_USUAL).unwrap_or(usize::MAX);
        let options = OptionsBuilder::new()
            .estimated_items_capacity(streams)
            .weight_capacity(BYTES_KEPT)
            // Of several, none would keep a stream that is longer than its own part of the room.
            .shards(1)
            .build();
        let options = options.expect("its capacities are given");
        Self(Cache::with_options(options, ByBytes, DefaultHashBuilder::default(), DefaultLifecycle::default()))
    }
}

impl<F: Folding> Folded<F> {
    /// Shows a stream at the present end of the log. `begin` makes what its first entry is folded into. `None` when the law of
    /// the log can't be interpreted.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn show<T>(
        &self,
        ledger: &Ledger,
        stream: &Stream,
        begin: impl FnOnce() -> F,
        show: impl FnOnce(&F, Law<'_>) -> T,
    ) -> Result<Option<T>, LedgerError> {
        let begin = || {
            let progress = Arc::new(Mutex::new(Progress { folded: begin(), version: 0 }));
            Ok::<_, Infallible>(Kept { progress, bytes: BYTES_PER_PLACE })
        };
        // Whoever asks at the same moment waits for the one who folds.
        let Ok(Kept { progress: kept, .. }) = self.0.get_or_insert_with(stream, begin);
        let mut progress = kept.lock().await;
        let before = progress.version;
        let adopted = loop {
            let entries = ledger.stream(stream, progress.version, ENTRIES_AT_A_TIME).await?;
            let is_last = entries.len() < ENTRIES_AT_A_TIME as usize;
            // After the entries, and at least as new as they are: what is folded once is not folded again.
            let adopted = ledger.law_before(entries.last().map_or(0, |entry| entry.place.index)).await?;
            let Some(law) = Law::new(&adopted) else { return Ok(None) };
            for entry in entries {
                progress.folded.take(entry.act, &entry.place, law);
                progress.version = entry.place.version;
            }
            if is_last {
                break adopted;
            }
        };
        // Whoever asks for what there is not leaves nothing here.
        if progress.version == 0 {
            self.0.remove(stream);
        }
        if progress.version > before {
            let bytes = BYTES_PER_PLACE + progress.folded.bytes() as u64;
            self.0.insert(stream.clone(), Kept { progress: Arc::clone(&kept), bytes });
        }
        Ok(Law::new(&adopted).map(|law| show(&progress.folded, law)))
    }
}
