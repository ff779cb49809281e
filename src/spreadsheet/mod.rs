//! Files of spreadsheets into sheets: CSV in the encodings that Excel and WPS write, XLSX, and the older XLS. A file may be hostile or
//! broken: each limit here is one of what is held in memory, and what passes it is an error that says so. What the cells mean,
//! others say.

#[cfg(feature = "shell")]
mod biff;
#[cfg(feature = "shell")]
mod csv;
mod sheet;
#[cfg(all(test, feature = "shell"))]
mod tests;
#[cfg(all(test, feature = "shell"))]
mod tests_xls;
#[cfg(feature = "shell")]
mod xls;
#[cfg(feature = "shell")]
mod xlsx;

pub use sheet::{Cell, Sheet, SheetRow, Unusable, cell_name};

use crate::field::Bilingual;
#[cfg(feature = "shell")]
use std::borrow::Cow;

/// A year's bids of a large centre are some ten thousand rows and two megabytes.
pub const FILE_BYTES_MAX: usize = 32 << 20;
/// Rows that are read: ten times as many.
const ROWS_MAX: usize = 100_000;
/// A table of a centre has thirty columns, and some of its own beside them.
const COLUMNS_MAX: usize = 128;
/// What Excel itself lets a cell hold.
#[cfg(feature = "shell")]
const CELL_CHARS_MAX: usize = 32_767;
/// All texts together: a short text that is shared by many cells is counted for each of them.
#[cfg(feature = "shell")]
const TEXT_BYTES_MAX: usize = 64 << 20;

/// Why a file is no table that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpreadsheetError {
    /// More than [`FILE_BYTES_MAX`], or what its parts unpack to is more than they may.
    TooLarge,
    TooManyRows,
    /// The cell that lies beside the last column that is read.
    TooManyColumns,
    TextTooLong {
        row: u32,
    },
    Encrypted,
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
            Self::Encrypted => Bilingual::new(
                "加密的工作簿，请另存为不加密的 .xlsx 或 CSV",
                "an encrypted workbook: save it as .xlsx, not encrypted, or as CSV",
            ),
            Self::UnknownEncoding => {
                Bilingual::new("文字编码既不是 UTF-8 也不是 GBK", "the text is neither UTF-8 nor GBK")
            }
            Self::Broken { what } => Bilingual::new(format!("文件损坏：{what}"), format!("the file is broken: {what}")),
        }
    }
}

/// What kind of a spreadsheet's file bytes are; by what they are, not by a name.
#[cfg(feature = "shell")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetFormat {
    Csv,
    Xls,
    Xlsx,
}

#[cfg(feature = "shell")]
impl SheetFormat {
    pub fn of(bytes: &[u8]) -> Self {
        const ZIP: &[u8] = b"PK\x03\x04";
        /// OLE2: .xls, and an encrypted .xlsx.
        const OLE2: &[u8] = b"\xD0\xCF\x11\xE0";
        match bytes {
            bytes if bytes.starts_with(ZIP) => Self::Xlsx,
            bytes if bytes.starts_with(OLE2) => Self::Xls,
            _ => Self::Csv,
        }
    }
}

/// Reads a table.
///
/// # Errors
/// See [`SpreadsheetError`].
#[cfg(feature = "shell")]
pub fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    match SheetFormat::of(bytes) {
        SheetFormat::Csv => csv::read(bytes),
        SheetFormat::Xls => xls::read(bytes),
        SheetFormat::Xlsx => xlsx::read(bytes),
    }
}

/// A text in whichever encoding a spreadsheet writes: by its byte order mark, else UTF-8, else GBK.
///
/// # Errors
/// [`SpreadsheetError::UnknownEncoding`]
#[cfg(feature = "shell")]
pub fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SpreadsheetError> {
    csv::decoded(bytes)
}

/// What texts there may still be.
#[cfg(feature = "shell")]
struct Room {
    bytes: usize,
}

#[cfg(feature = "shell")]
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
