//! Notices in a folder, and tables in files.

use super::{ImportError, ImportReport, Signatories, Step, map, map_table};
use crate::spreadsheet;
use std::io::{self, Read};
use std::path::Path;

/// Reads the notices of a folder and maps them.
///
/// # Errors
/// See [`ImportError`].
pub fn read(dir: &Path, by: &Signatories) -> Result<(Vec<Step>, ImportReport), ImportError> {
    let text = |file| {
        let path = dir.join(file);
        std::fs::read_to_string(&path).map_err(|source| ImportError::Io { path, source })
    };
    map(&text, by)
}

/// Reads a centre's table, CSV or XLSX, and maps it.
///
/// # Errors
/// See [`ImportError`].
pub fn read_table(path: &Path, by: &Signatories) -> Result<(Vec<Step>, ImportReport), ImportError> {
    let bytes = bytes_of(path).map_err(|source| ImportError::Io { path: path.to_owned(), source })?;
    let sheet = spreadsheet::read(&bytes).map_err(|error| error.words());
    sheet.and_then(|sheet| map_table(sheet, by)).map_err(|why| ImportError::Table { path: path.to_owned(), why })
}

/// The bytes of a file, and one more than it may have where it has too many.
fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(spreadsheet::FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
