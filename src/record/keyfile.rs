//! Private keys on disk: a JWK file that only its owner can read.

use super::{KeyError, PrivateKey};
use crate::private::{self, SecretFileError};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error(transparent)]
    File(#[from] SecretFileError),
    #[error("{}: {source}", path.display())]
    Key { path: PathBuf, source: KeyError },
}

/// # Errors
/// The file can't be read, others may read it, or it holds no private Ed25519 JWK.
pub fn load_key(path: &Path) -> Result<PrivateKey, KeyFileError> {
    let json = private::read_secret(path)?;
    PrivateKey::from_json(&json).map_err(|source| KeyFileError::Key { path: path.to_owned(), source })
}

/// The key in a file; a new one is made when there is none.
///
/// # Errors
/// As [`load_key`] and [`save_key`].
pub fn load_or_make_key(path: &Path) -> Result<PrivateKey, KeyFileError> {
    if !path.exists() {
        make_key(path)?;
    }
    load_key(path)
}

/// Under another name until it is whole: a process that is killed here must not leave half a key for the next one.
fn make_key(path: &Path) -> Result<(), KeyFileError> {
    let unfinished = path.with_extension(format!("{}.new", std::process::id()));
    save_key(&unfinished, &PrivateKey::generate())?;
    // Another process may have been faster; its key is as good.
    let linked = fs::hard_link(&unfinished, path).or_else(|error| if path.exists() { Ok(()) } else { Err(error) });
    let done = fs::remove_file(&unfinished).and(linked);
    Ok(done.map_err(|source| SecretFileError::Io { path: path.to_owned(), source })?)
}

/// Writes a new file with mode 0600; an existing one is never overwritten.
///
/// # Errors
/// The file exists or can't be written.
pub fn save_key(path: &Path, key: &PrivateKey) -> Result<(), KeyFileError> {
    let write = || {
        let mut file = private::file(path, true)?;
        writeln!(file, "{}", key.to_json())?;
        file.sync_all()
    };
    Ok(write().map_err(|source| SecretFileError::Io { path: path.to_owned(), source })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn only_the_owner_reads_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.jwk");
        let key = PrivateKey::from_seed([9; 32]);
        save_key(&path, &key).unwrap();
        assert_eq!(load_key(&path).unwrap().key_id(), key.key_id());
        assert!(matches!(save_key(&path, &key), Err(KeyFileError::File(SecretFileError::Io { .. }))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_key(&path), Err(KeyFileError::File(SecretFileError::TooOpen { .. }))));
    }

    #[test]
    fn a_key_is_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = |n: usize| folder.path().join(format!("key-{n}.jwk"));
        let begun = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let maker = scope.spawn(|| {
                for n in 0..300 {
                    begun.store(n, Ordering::SeqCst);
                    load_or_make_key(&path(n)).unwrap();
                }
            });
            // Whatever stands there at any moment is what a killed process would have left.
            while !maker.is_finished() {
                if let Ok(json) = fs::read_to_string(path(begun.load(Ordering::SeqCst))) {
                    assert!(PrivateKey::from_json(&json).is_ok(), "half a key: {json:?}");
                }
            }
            maker.join().unwrap();
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 300, "nothing else is left");
    }
}
