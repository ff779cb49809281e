//! Private keys on disk: a JWK file that only its owner can read.

use super::{KeyError, PrivateKey};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Why a key file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path} can be read by others; run chmod 600")]
    TooOpen { path: String },
    #[error("{path}: {source}")]
    Key { path: String, source: KeyError },
}

/// # Errors
/// The file can't be read, others may read it, or it holds no private Ed25519 JWK.
pub fn load_key(path: &Path) -> Result<PrivateKey, KeyFileError> {
    let name = || path.display().to_string();
    let io = |source| KeyFileError::Io { path: name(), source };
    if fs::metadata(path).map_err(io)?.permissions().mode() & 0o077 != 0 {
        return Err(KeyFileError::TooOpen { path: name() });
    }
    let json = fs::read_to_string(path).map_err(io)?;
    PrivateKey::from_json(&json).map_err(|source| KeyFileError::Key { path: name(), source })
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
    let io = |source| KeyFileError::Io { path: path.display().to_string(), source };
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
    writeln!(file, "{}", key.to_json()).and_then(|()| file.sync_all()).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_reads_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.jwk");
        let key = PrivateKey::from_seed([9; 32]);
        save_key(&path, &key).unwrap();
        assert_eq!(load_key(&path).unwrap().key_id(), key.key_id());
        assert!(matches!(save_key(&path, &key), Err(KeyFileError::Io { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(load_key(&path), Err(KeyFileError::TooOpen { .. })));
    }
}
