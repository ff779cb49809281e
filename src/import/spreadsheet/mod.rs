//! Files of spreadsheets into sheets: CSV in the encodings that Excel and WPS write, and XLSX. A file may be hostile or broken: each
//! limit here is one of what is held in memory, and what passes it is an error that says so.

mod csv;
#[cfg(test)]
mod tests;
mod xlsx;

use super::table::Sheet;
use crate::field::Bilingual;
use std::io::{self, Read};
use std::path::Path;

/// A year's bids of a large centre are some ten thousand rows and two megabytes.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Rows that are read: ten times as many.
const ROWS_MAX: usize = 100_000;
/// The format has thirty columns; a table of a centre has some of its own beside them.
const COLUMNS_MAX: usize = 128;
/// What Excel itself lets a cell hold.
const CELL_CHARS_MAX: usize = 32_767;
/// All texts together: a short text that is shared by many cells is counted for each of them.
const TEXT_BYTES_MAX: usize = 64 << 20;

/// Why a file is no table that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SpreadsheetError {
    /// More than [`FILE_BYTES_MAX`], or what its parts unpack to is more than they may.
    TooLarge,
    TooManyRows,
    /// The cell that lies beside the last column that is read.
    TooManyColumns,
    TextTooLong {
        row: u32,
    },
    /// An old or an encrypted workbook.
    OldFormat,
    UnknownEncoding,
    Broken {
        what: String,
    },
}

impl SpreadsheetError {
    pub fn words(&self) -> Bilingual {
        match self {
            Self::TooLarge => Bilingual::new(
                "文件过大，或解压后过大",
                format!("the file has more than {FILE_BYTES_MAX} bytes, or unpacks to too many"),
            ),
            Self::TooManyRows => Bilingual::new(
                format!("超过 {ROWS_MAX} 行，请分成几个文件"),
                format!("more than {ROWS_MAX} rows: make several files of it"),
            ),
            Self::TooManyColumns => {
                Bilingual::new(format!("超过 {COLUMNS_MAX} 列"), format!("more than {COLUMNS_MAX} columns"))
            }
            Self::TextTooLong { row } => Bilingual::new(
                format!("第 {row} 行的文字过长，或引号未闭合"),
                format!("row {row}: the text is too long, or a quotation mark isn't closed"),
            ),
            Self::OldFormat => Bilingual::new(
                "旧版 .xls 或加密的工作簿，请另存为不加密的 .xlsx 或 CSV",
                "an old .xls or an encrypted workbook: save it as .xlsx, not encrypted, or as CSV",
            ),
            Self::UnknownEncoding => {
                Bilingual::new("文字编码既不是 UTF-8 也不是 GBK", "the text is neither UTF-8 nor GBK")
            }
            Self::Broken { what } => Bilingual::new(format!("文件损坏：{what}"), format!("the file is broken: {what}")),
        }
    }
}

/// The bytes of a file, and one more than it may have where it has too many.
pub(super) fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a table; by what the file is, not by its name.
///
/// # Errors
/// See [`SpreadsheetError`].
pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    const ZIP: &[u8] = b"PK\x03\x04";
    /// OLE2: .xls, and an encrypted .xlsx.
    const OLE2: &[u8] = b"\xD0\xCF\x11\xE0";
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    if bytes.starts_with(OLE2) {
        return Err(SpreadsheetError::OldFormat);
    }
    if bytes.starts_with(ZIP) { xlsx::read(bytes) } else { csv::read(bytes) }
}

/// What texts there may still be.
struct Room {
    bytes: usize,
}

impl Room {
    fn new() -> Self {
        Self { bytes: TEXT_BYTES_MAX }
    }

    /// Takes a text in, if it is no longer than a cell's and there is room.
    fn take(&mut self, text: &str, row: u32) -> Result<String, SpreadsheetError> {
        let is_long = text.len() > CELL_CHARS_MAX && text.chars().count() > CELL_CHARS_MAX;
        match self.bytes.checked_sub(text.len()).filter(|_| !is_long) {
            Some(left) => {
                self.bytes = left;
                Ok(text.to_owned())
            }
            None => Err(SpreadsheetError::TextTooLong { row }),
        }
    }
}
