//! A bank's file by what it is.

use super::{BankFile, StatementError, StatementFault, StatementRequest, camt, cmb, of_table, xml};
use crate::spreadsheet::{self, FILE_BYTES_MAX, SpreadsheetError};

/// Reads a file: XML by its root, anything else as a table.
///
/// # Errors
/// Everything that is wrong with it. Nothing of a file is read of which one entry can't be.
pub fn read(bytes: &[u8], request: &StatementRequest) -> Result<BankFile, Vec<StatementError>> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(vec![StatementFault::TooLarge { bytes_max: FILE_BYTES_MAX }.of_file()]);
    }
    if is_xml(bytes) {
        let root = xml::parse(bytes).map_err(|error| vec![error])?;
        let file = match () {
            () if camt::is_camt(&root) => camt::read(&root)?,
            () if cmb::is_cmb(&root) => cmb::read(&root, request)?,
            () => {
                let found =
                    root.namespace().map_or_else(|| root.name.clone(), |space| format!("{} {space}", root.name));
                return Err(vec![StatementFault::WrongMessage { found }.of_file()]);
            }
        };
        return request.narrow(file);
    }
    let sheet = spreadsheet::read(bytes).map_err(|error| {
        let fault = match error {
            SpreadsheetError::TooLarge => StatementFault::TooLarge { bytes_max: FILE_BYTES_MAX },
            error => StatementFault::Unreadable { why: error.words() },
        };
        vec![fault.of_file()]
    })?;
    of_table(&sheet, request)
}

/// Whether the first character is the one that XML begins with.
fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let utf16 = [&b"\xFF\xFE<\0"[..], b"\xFE\xFF\0<"].iter().any(|start| bytes.starts_with(start));
    utf16 || bytes.trim_ascii_start().starts_with(b"<")
}
