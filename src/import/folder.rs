//! Notices in a folder.

use super::{ImportError, ImportReport, Step, map};
use crate::field::OrganisationId;
use std::path::Path;

/// Reads the notices of a folder and maps them.
///
/// # Errors
/// See [`ImportError`].
pub fn read(dir: &Path, centre: &OrganisationId) -> Result<(Vec<Step>, ImportReport), ImportError> {
    let text = |file| {
        let path = dir.join(file);
        std::fs::read_to_string(&path).map_err(|source| ImportError::Io { path, source })
    };
    map(&text, centre)
}
