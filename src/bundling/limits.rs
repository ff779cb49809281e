//! How much of everything, and why.

use crate::bundle::BundleLimit;
use std::time::Duration;

/// What one may come to. A tender with hundreds of bidders has some thousand entries, of all their organisations; the documents of
/// one are mostly some tens of megabytes, and each is at an address of its own. Who needs more runs `gongshi export bundle`.
pub const LIMIT: BundleLimit = BundleLimit { entries: 20_000, bytes: 256 << 20 };

/// Those that wait to be made, with the one being made: who is last waits some minutes at worst.
pub const ORDERS_MAX: usize = 16;
/// Those of one peer, so that who asks for every tender leaves most of the queue to others.
pub const ORDERS_OF_PEER_MAX: usize = 2;

/// How long somebody is kept waiting for one; a request has 30 s in all.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// After how many seconds to come again for one that is not made yet.
pub const COME_AGAIN_SECONDS: u64 = 5;

/// Those that are kept: each is an open file.
pub const KEPT_MAX: usize = 64;
/// Bytes of all that are kept and of those still being read, with room for one more: what all this takes of the disk.
pub const KEPT_BYTES_MAX: u64 = 1 << 30;
/// How long one is kept, though its own stream says nothing new: what others say of its subject (evaluations, keys that were revoked)
/// is no later than this.
pub const KEPT_MILLIS: i64 = 3_600_000;

/// Bytes that are read of one at a time.
pub const CHUNK_BYTES: u64 = 256 << 10;
