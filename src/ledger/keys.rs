//! The private keys of a log, in a folder.

use super::LedgerError;
use crate::record::{PrivateKey, load_or_make_key};
use std::path::Path;

/// The private keys of a log.
#[derive(Clone, Debug)]
pub struct LogKeys {
    /// Signs checkpoints.
    pub log: PrivateKey,
    /// Signs what follows from state and time.
    pub service: PrivateKey,
    /// Signs `log.opened` and the operator's own acts.
    pub operator: PrivateKey,
}

impl LogKeys {
    /// Loads the keys of a data folder, creating those that are missing.
    ///
    /// # Errors
    /// A key file can't be read or written.
    pub fn in_folder(folder: &Path) -> Result<Self, LedgerError> {
        std::fs::create_dir_all(folder).map_err(|source| LedgerError::Io { path: folder.to_owned(), source })?;
        let key = |name: &str| load_or_make_key(&folder.join(name));
        Ok(Self { log: key("log.jwk")?, service: key("service.jwk")?, operator: key("operator.jwk")? })
    }
}
