//! The private keys of a log, in a folder.

use super::LedgerError;
use crate::private;
use crate::record::{PrivateKey, load_or_make_key};
use std::path::Path;

/// The private keys of a log.
#[derive(Clone, Debug)]
pub struct LogKeys {
    /// Sign checkpoints: all those that the log names sign each of them. The first one begins a new log.
    pub checkpoint: Vec<PrivateKey>,
    /// Signs what follows from state and time.
    pub service: PrivateKey,
    /// Signs `log.opened` and the operator's own acts.
    pub operator: PrivateKey,
    /// Signs nothing that is shown: the links of subscriptions are made with it.
    pub links: PrivateKey,
}

impl LogKeys {
    /// Loads the keys of a data folder, creating those that are missing. Checkpoint keys are all files `log*.jwk`, in the
    /// order of their names.
    ///
    /// # Errors
    /// A key file can't be read or written.
    pub fn in_folder(folder: &Path) -> Result<Self, LedgerError> {
        let io = |source| LedgerError::Io { path: folder.to_owned(), source };
        private::folder(folder).map_err(io)?;
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            names.extend(entry.map_err(io)?.file_name().into_string());
        }
        names.retain(|name| name.starts_with("log") && name.ends_with(".jwk"));
        names.sort();
        if names.is_empty() {
            names.push("log.jwk".to_owned());
        }
        let key = |name: &str| load_or_make_key(&folder.join(name));
        let checkpoint = names.iter().map(|name| key(name)).collect::<Result<_, _>>()?;
        let (service, operator) = (key("service.jwk")?, key("operator.jwk")?);
        Ok(Self { checkpoint, service, operator, links: key("links.jwk")? })
    }

    /// The key that begins a log.
    pub(super) fn first(&self) -> &PrivateKey {
        &self.checkpoint[0]
    }
}
