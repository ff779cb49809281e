//! A bundle that was made, in a file without a name.

use super::limits::CHUNK_BYTES;
use crate::field::Instant;
use crate::log::Hash;
use bytes::Bytes;
use futures::{Stream, stream};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of files that somebody holds open.
#[derive(Default)]
pub(super) struct Taken(AtomicU64);

impl Taken {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A bundle that was made.
pub(super) struct MadeBundle {
    file: File,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the file.
    pub digest: Hash,
    /// When it was begun.
    pub created: Instant,
    /// Entries that the stream of its subject had then, at least.
    pub version: u64,
    taken: Arc<Taken>,
}

impl MadeBundle {
    pub(super) fn new(
        file: File,
        digest: Hash,
        (created, version): (Instant, u64),
        taken: &Arc<Taken>,
    ) -> io::Result<Self> {
        let length = file.metadata()?.len();
        taken.0.fetch_add(length, Ordering::Relaxed);
        Ok(Self { file, length, digest, created, version, taken: Arc::clone(taken) })
    }

    fn read(&self, part: &Range<u64>) -> io::Result<Bytes> {
        let length = (part.end - part.start).min(CHUNK_BYTES);
        let mut bytes = vec![0; length as usize];
        self.file.read_exact_at(&mut bytes, part.start)?;
        Ok(bytes.into())
    }

    /// A part of its bytes, as fast as they are taken.
    pub(super) fn chunks(self: Arc<Self>, part: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> {
        stream::try_unfold(part, move |part| {
            let made = Arc::clone(&self);
            async move {
                if part.is_empty() {
                    return Ok(None);
                }
                let (next, end) = (part.start, part.end);
                let bytes = tokio::task::spawn_blocking(move || made.read(&part)).await.map_err(io::Error::other)??;
                let rest = next + bytes.len() as u64..end;
                Ok(Some((bytes, rest)))
            }
        })
    }
}

impl Drop for MadeBundle {
    fn drop(&mut self) {
        self.taken.0.fetch_sub(self.length, Ordering::Relaxed);
    }
}
