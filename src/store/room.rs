//! Whether a folder still takes files: asked of the file system, by doing it.

use super::Obstacle;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::io::Errno;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Room that there must be: what some dozens of records with their tiles need. With less, the next batch may fail, and
/// whoever watches should hear of it before that.
pub(super) const ROOM_BYTES: usize = 1 << 20;

/// Reserves [`ROOM_BYTES`] in the folder for a moment. Reserved and not only counted, because a quota, a read-only file
/// system and missing rights show only then.
pub(super) async fn look(folder: PathBuf) -> Result<(), Obstacle> {
    let looked = tokio::task::spawn_blocking(move || reserve(&folder)).await;
    match looked {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Obstacle::of_io(&error).unwrap_or(Obstacle::Failing)),
        Err(_) => Err(Obstacle::Failing),
    }
}

fn reserve(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".room-{}", uuid::Uuid::new_v4()));
    let mut options = OpenOptions::new();
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.write(true).create_new(true).open(&path)?;
    // Without a name it is gone with this process, however that ends.
    fs::remove_file(&path)?;
    match fallocate(&file, FallocateFlags::empty(), 0, ROOM_BYTES as u64) {
        Ok(()) => Ok(()),
        // Not every file system can reserve.
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
            let free = statvfs(folder)?;
            let enough = free.f_bavail.saturating_mul(free.f_frsize) >= ROOM_BYTES as u64;
            if enough { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_with_room_keeps_nothing_of_the_look() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(look(folder.path().to_owned()).await, Ok(()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(look(folder.path().join("gone")).await, Err(Obstacle::Failing));
        // Everywhere on Linux, and for root too: a file system on which nobody can make a file.
        assert!(look(PathBuf::from("/proc")).await.is_err());
    }
}
