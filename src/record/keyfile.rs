//! Private keys on disk: a JWK file that only its owner can read.

use super::{KeyError, PrivateKey};
use crate::access::{self, SecretFileError};
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
    let json = access::read_secret(path)?;
    PrivateKey::from_json(&json).map_err(|source| KeyFileError::Key { path: path.to_owned(), source })
}

/// The key in a file; a new one is made when there is none.
///
/// # Errors
/// As [`load_key`] and [`save_key`].
pub fn load_or_make_key(path: &Path) -> Result<PrivateKey, KeyFileError> {
    if !path.exists() {
        save_key(path, &PrivateKey::generate())?;
    }
    load_key(path)
}

/// Writes a new file with mode 0600; an existing one is never overwritten.
///
/// # Errors
/// The file exists or can't be written.
pub fn save_key(path: &Path, key: &PrivateKey) -> Result<(), KeyFileError> {
    let write = || {
        let mut file = access::private_file(path, true)?;
        writeln!(file, "{}", key.to_json())?;
        file.sync_all()
    };
    Ok(write().map_err(|source| SecretFileError::Io { path: path.to_owned(), source })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

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
}
