//! Threads that parse entries and check signatures, while one thread walks the chain.

use super::finding::Reason;
use crate::field::Instant;
use crate::log::{EntryView, Hash, leaf_hash};
use crate::record::{BatchVerifier, Header, PublicKey};
use crate::world::{Act, ReadEntry, Stream};
use bytes::Bytes;
use std::collections::{HashMap, VecDeque};
use std::num::NonZero;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// One entry, as far as it can be read by itself.
pub(super) struct Parsed {
    pub bytes: Bytes,
    pub hash: Hash,
    /// Absent when the bytes are not an entry.
    pub link: Option<Link>,
    pub content: Result<ParsedEntry, (Reason, String)>,
}

/// What ties an entry to its place.
pub(super) struct Link {
    pub index: u64,
    pub time: Instant,
    pub previous: Hash,
}

/// The record in an entry.
pub(super) struct ParsedEntry {
    pub header: Header,
    pub stream: Stream,
    pub act: Act,
    pub time: Instant,
    pub previous: Hash,
    pub signature: [u8; 64],
    /// Where the parts stand in the entry's bytes.
    pub protected: Range<usize>,
    pub payload: Range<usize>,
}

/// Signatures to be checked together: the more there are, the less each takes. So a batch is larger than a bundle, because what
/// was parsed takes much memory.
#[derive(Default)]
pub(super) struct Batch {
    items: Vec<Item>,
}

/// Signatures of a batch.
const BATCH: usize = 4096;

/// Signatures of a batch at the end of the log, where a large one would keep one thread busy while the others have nothing to do.
const LAST_BATCH: usize = 512;

struct Item {
    index: u64,
    entry: Bytes,
    protected: Range<usize>,
    payload: Range<usize>,
    signature: [u8; 64],
    key: PublicKey,
}

impl Batch {
    pub fn is_full(&self) -> bool {
        self.items.len() >= BATCH
    }

    /// The signature of an entry, with its bytes.
    pub fn push(&mut self, index: u64, bytes: Bytes, entry: &ParsedEntry, key: PublicKey) {
        let (protected, payload) = (entry.protected.clone(), entry.payload.clone());
        self.items.push(Item { index, entry: bytes, protected, payload, signature: entry.signature, key });
    }

    /// The same signatures in smaller batches.
    fn into_last(mut self) -> impl Iterator<Item = Self> {
        std::iter::from_fn(move || {
            let rest = self.items.split_off(self.items.len().min(LAST_BATCH));
            let items = std::mem::replace(&mut self.items, rest);
            (!items.is_empty()).then_some(Self { items })
        })
    }

    fn failures(&self) -> Vec<u64> {
        let mut verifier = BatchVerifier::default();
        for item in &self.items {
            let part = |range: &Range<usize>| &item.entry[range.clone()];
            verifier.push(part(&item.protected), part(&item.payload), item.signature, &item.key);
        }
        verifier.failures().into_iter().map(|at| self.items[at].index).collect()
    }
}

enum Job {
    Parse(u64, Vec<Bytes>),
    Verify(Batch),
}

#[derive(Default)]
struct Board {
    jobs: VecDeque<Job>,
    parsed: HashMap<u64, Vec<Parsed>>,
    failures: Vec<u64>,
    /// Batches that are queued or being checked.
    verifying: usize,
    closed: bool,
}

/// The threads' common board.
pub(super) struct Workers {
    board: Mutex<Board>,
    changed: Condvar,
    threads: usize,
}

impl Workers {
    /// Runs `walk` beside the worker threads, one a core.
    pub fn with(walk: impl FnOnce(&Self)) {
        let threads = thread::available_parallelism().map_or(2, NonZero::get);
        let workers = Self { board: Mutex::default(), changed: Condvar::new(), threads };
        thread::scope(|scope| {
            for _ in 0..threads {
                let thread = thread::Builder::new().name("audit".to_owned());
                thread.spawn_scoped(scope, || workers.work()).expect("the system has threads");
            }
            walk(&workers);
            workers.lock().closed = true;
            workers.changed.notify_all();
        });
    }

    /// A panic in one thread ends the scope anyway; the board itself stays whole.
    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, board: MutexGuard<'a, Board>) -> MutexGuard<'a, Board> {
        self.changed.wait(board).unwrap_or_else(PoisonError::into_inner)
    }

    /// Bundles that may be read ahead: enough to keep all threads busy, and no more, for what is parsed of each takes some megabytes.
    pub fn bundles_in_flight(&self) -> usize {
        self.threads + 2
    }

    pub fn parse(&self, first: u64, entries: Vec<Bytes>) {
        self.lock().jobs.push_back(Job::Parse(first, entries));
        self.changed.notify_all();
    }

    /// Waits for a bundle that was given to [`Self::parse`].
    pub fn parsed(&self, first: u64) -> Vec<Parsed> {
        let mut board = self.lock();
        loop {
            if let Some(bundle) = board.parsed.remove(&first) {
                return bundle;
            }
            board = self.wait(board);
        }
    }

    /// Queues a batch, waiting while too many are under way.
    pub fn verify(&self, batch: Batch) {
        let mut board = self.lock();
        while board.verifying >= self.threads {
            board = self.wait(board);
        }
        board.verifying += 1;
        // Batches go first: they hold memory that nobody else needs any more.
        board.jobs.push_front(Job::Verify(batch));
        drop(board);
        self.changed.notify_all();
    }

    /// Entries found wrong since the last call.
    pub fn failures(&self) -> Vec<u64> {
        std::mem::take(&mut self.lock().failures)
    }

    /// Queues what is left and waits for every batch.
    pub fn finish(&self, rest: Batch) -> Vec<u64> {
        let mut board = self.lock();
        for batch in rest.into_last() {
            board.verifying += 1;
            board.jobs.push_back(Job::Verify(batch));
        }
        self.changed.notify_all();
        while board.verifying > 0 {
            board = self.wait(board);
        }
        std::mem::take(&mut board.failures)
    }

    fn work(&self) {
        loop {
            let mut board = self.lock();
            let job = loop {
                match board.jobs.pop_front() {
                    Some(job) => break job,
                    None if board.closed => return,
                    None => board = self.wait(board),
                }
            };
            drop(board);
            match job {
                Job::Parse(first, bytes) => {
                    let entries = bytes.into_iter().map(parse).collect();
                    self.lock().parsed.insert(first, entries);
                }
                Job::Verify(batch) => {
                    let failures = batch.failures();
                    let mut board = self.lock();
                    board.failures.extend(failures);
                    board.verifying -= 1;
                }
            }
            self.changed.notify_all();
        }
    }
}

fn parse(bytes: Bytes) -> Parsed {
    let hash = leaf_hash(&bytes);
    match EntryView::parse(&bytes) {
        Err(error) => {
            let content = Err((Reason::EntryMalformed, error.to_string()));
            Parsed { bytes, hash, link: None, content }
        }
        Ok(view) => {
            let link = Link { index: view.index, time: view.time, previous: view.previous };
            let content = parse_record(view).map_err(|detail| (Reason::RecordMalformed, detail));
            Parsed { bytes, hash, link: Some(link), content }
        }
    }
}

fn parse_record(view: EntryView<'_>) -> Result<ParsedEntry, String> {
    let entry = ReadEntry::of_view(view).map_err(|error| error.to_string())?;
    Ok(ParsedEntry {
        header: entry.header,
        stream: entry.stream,
        act: entry.act,
        time: view.time,
        previous: view.previous,
        signature: entry.signature,
        protected: within(view.bytes, view.protected),
        payload: within(view.bytes, view.payload),
    })
}

/// Where a part of the entry stands in it.
fn within(whole: &[u8], part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PrivateKey;

    #[test]
    fn the_last_batches_have_every_signature_once() {
        let key = PrivateKey::from_seed([1; 32]).public();
        let item = |index| Item { index, entry: Bytes::new(), protected: 0..0, payload: 0..0, signature: [0; 64], key };
        let batch = Batch { items: (0..1200).map(item).collect() };
        let last: Vec<Vec<u64>> =
            batch.into_last().map(|batch| batch.items.iter().map(|item| item.index).collect()).collect();
        assert_eq!(last.iter().map(Vec::len).collect::<Vec<_>>(), [LAST_BATCH, LAST_BATCH, 1200 - 2 * LAST_BATCH]);
        assert!(last.into_iter().flatten().eq(0..1200));
        assert_eq!(Batch::default().into_last().count(), 0);
    }
}
