//! Who on this machine may read what is written: decided here for every file and folder, whatever the umask.
//!
//! | what | who may read it |
//! |---|---|
//! | data folder; keys; database with `-wal` and `-shm`; documents and disclosures; `clock.json`, `high-water`; backups | its owner |
//! | keys of a demo and of imports | its owner |
//! | a witness's folder: its key, and what it remembers | its owner |
//! | secrets that somebody else put there: keys, settings of a bucket or of a server of mail | its owner, or they are refused |
//! | mirror, export, published folder, bundles, receipts, reports, a monitor's folder | as the umask says: it is public |

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A file with a secret can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    /// What others could read may have been read.
    #[error(
        "{0} 可被他人读取，请执行：chmod 600 {1} · others may read {0}; run: chmod 600 {1}",
        path.display(),
        quoted(path)
    )]
    TooOpen { path: PathBuf },
}

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// Of a mode: what it grants to the group and to all others.
const OTHERS: u32 = 0o077;

/// A folder that only its owner enters, made when absent; one that is there is closed to others.
///
/// # Errors
/// It can't be made.
pub fn folder(path: &Path) -> io::Result<()> {
    if made(path)? {
        return Ok(());
    }
    close(path)
}

/// As [`folder`], but what is there already is closed only when it is empty, or ours because it has `mark` in it:
/// `--data /tmp` must not shut everybody else out of `/tmp`.
///
/// # Errors
/// It can't be made or read.
pub fn data_folder(path: &Path, mark: &str) -> io::Result<()> {
    if made(path)? {
        return Ok(());
    }
    let shared = fs::metadata(path)?.permissions().mode() & STICKY != 0;
    let ours = path.join(mark).exists() || fs::read_dir(path)?.next().is_none();
    if ours && !shared {
        return close(path);
    }
    if fs::metadata(path)?.permissions().mode() & OTHERS != 0 {
        let command = format!("chmod 700 {}", quoted(path));
        tracing::warn!("数据目录可被他人进入，请执行：{command} · others may enter the data folder; run: {command}");
    }
    Ok(())
}

/// Set on folders that everybody writes to.
const STICKY: u32 = 0o1000;

/// Whether the folder was not there before. Folders above it are made as the umask says.
fn made(path: &Path) -> io::Result<bool> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(FOLDER).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes from the group and from all others what the mode grants them.
///
/// # Errors
/// There is no such file or folder.
pub fn close(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    if let Err(error) = fs::set_permissions(path, Permissions::from_mode(mode & 0o7777 & !OTHERS)) {
        // It may be mounted so, and belong to another: what counts is checked where it is read.
        tracing::warn!(%error, path = %path.display(), "others may read it, and that can't be changed");
    }
    Ok(())
}

/// A file that only its owner reads, empty; `new` refuses one that is there.
///
/// # Errors
/// It can't be made.
pub fn file(path: &Path, new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(true).mode(FILE);
    let file = if new { options.create_new(true).open(path)? } else { options.create(true).open(path)? };
    // It may have been there before.
    file.set_permissions(Permissions::from_mode(FILE))?;
    Ok(file)
}

/// The text of a file with a secret that somebody else may have put there.
///
/// # Errors
/// It can't be read, or others can read it, too.
pub fn read_secret(path: &Path) -> Result<String, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    // Of the very file that is open: a name may be given to another one in between.
    if file.metadata().map_err(io)?.permissions().mode() & OTHERS != 0 {
        return Err(SecretFileError::TooOpen { path: path.to_owned() });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    Ok(text)
}

/// As a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+@:,".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn open_to_all(path: &Path, to: u32) {
        fs::set_permissions(path, Permissions::from_mode(to)).unwrap();
    }

    #[test]
    fn what_is_private_is_closed_even_if_it_was_open() {
        let place = tempfile::tempdir().unwrap();
        let (dir, path) = (place.path().join("a/b"), place.path().join("a/b/c"));
        folder(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
        open_to_all(&dir, 0o777);
        folder(&dir).unwrap();
        assert_eq!(mode(&dir), 0o700);
        fs::write(&path, "old").unwrap();
        open_to_all(&path, 0o666);
        drop(file(&path, false).unwrap());
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o600, vec![]));
        assert_eq!(file(&path, true).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(folder(&path).is_err());
    }

    #[test]
    fn a_folder_that_others_use_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let after = |name: &str, prepare: &dyn Fn(&Path), before: u32| {
            let dir = folder.path().join(name);
            fs::create_dir(&dir).unwrap();
            prepare(&dir);
            open_to_all(&dir, before);
            data_folder(&dir, "keys").unwrap();
            mode(&dir)
        };
        assert_eq!(after("empty", &|_| {}, 0o755), 0o700);
        assert_eq!(after("ours", &|dir| fs::create_dir(dir.join("keys")).unwrap(), 0o775), 0o700);
        assert_eq!(after("home", &|dir| fs::write(dir.join(".profile"), "").unwrap(), 0o755), 0o755);
        assert_eq!(after("tmp", &|_| {}, 0o1777), 0o1777);
    }

    #[test]
    fn a_secret_that_others_may_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it's mine.jwk");
        fs::write(&file, "secret").unwrap();
        for open in [0o640, 0o604, 0o620, 0o601] {
            open_to_all(&file, open);
            let refused = read_secret(&file).unwrap_err();
            assert!(matches!(refused, SecretFileError::TooOpen { .. }), "{open:o}");
            let text = refused.to_string();
            let command = text.rsplit_once("run: ").unwrap().1;
            assert!(text.contains("请执行：chmod 600 "), "{text}");
            assert!(std::process::Command::new("sh").args(["-c", command]).status().unwrap().success(), "{command}");
            assert_eq!(read_secret(&file).unwrap(), "secret");
        }
    }
}
