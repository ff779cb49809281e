//! How many connections the process can hold: each is an open file, and opens one more when it moves a document.

use super::seats::Room;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections at a time, however many files may be open: each costs some tens of kilobytes.
const CONNECTIONS_MAX: usize = 4096;
/// What one connection may have open: itself, and a document.
const FILES_PER_CONNECTION: usize = 2;
/// Open files that are never a caller's: databases, keys, the published place, connections to witnesses and buckets.
const FILES_KEPT_BACK: usize = 256;
/// So few are served even where the arithmetic leaves none.
const CONNECTIONS_MIN: usize = 16;
/// The part of all connections that one peer may have.
const PER_PEER: usize = 4;

/// Raises the limit on open files as far as it is of use and allowed, and says how many connections fit below it. A hard
/// limit that is too small is told in the log of the service.
pub fn make_room() -> Room {
    let wanted = (CONNECTIONS_MAX * FILES_PER_CONNECTION + FILES_KEPT_BACK) as u64;
    let limit = getrlimit(Resource::Nofile);
    // `None` is no limit.
    let maximum = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let mut files = limit.current.unwrap_or(wanted);
    if files < maximum {
        match setrlimit(Resource::Nofile, Rlimit { current: Some(maximum), maximum: limit.maximum }) {
            Ok(()) => files = maximum,
            Err(error) => tracing::warn!(%error, files, "the limit on open files can't be raised"),
        }
    }
    let room = room_of(usize::try_from(files).unwrap_or(usize::MAX));
    if files < wanted {
        let connections = room.total;
        tracing::warn!(files, wanted, connections, "few files may be open (ulimit -n): fewer connections are served");
    }
    room
}

fn room_of(files: usize) -> Room {
    let fits = files.saturating_sub(FILES_KEPT_BACK) / FILES_PER_CONNECTION;
    let total = fits.clamp(CONNECTIONS_MIN, CONNECTIONS_MAX);
    Room { total, per_peer: total / PER_PEER }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        for (files, connections) in [(0, 16), (256, 16), (1024, 384), (8448, 4096), (1 << 20, 4096)] {
            assert_eq!(room_of(files).total, connections, "{files}");
        }
        let room = make_room();
        assert!(room.per_peer > 0 && room.per_peer < room.total);
        let files = getrlimit(Resource::Nofile).current.map_or(usize::MAX, |files| files as usize);
        assert!(room.total <= CONNECTIONS_MIN || room.total * FILES_PER_CONNECTION + FILES_KEPT_BACK <= files);
    }
}
