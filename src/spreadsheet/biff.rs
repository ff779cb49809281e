//! The records of an .xls file, walked before its reader sees them. That makes room by what a file says of itself, for every sheet
//! and as a rectangle, and copies a shared text for each cell that shows it: a hostile file of a megabyte would take all memory.
//! What goes on to it is a file made anew of one stream, in which the first sheet alone is left and what was walked is all there is.

use super::xlsx::broken;
use super::{COLUMNS_MAX, SpreadsheetError, TEXT_BYTES_MAX};
use cfb::{CompoundFile, Version};
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};

/// Cells of the rectangle around a sheet: the 65,536 rows of the format by thirty columns.
const CELLS_MAX: u64 = 2_000_000;
/// What the format's own readers ignore.
const NOTHING: [u8; 2] = [0xFF, 0xFF];

const BOUND_SHEET: u16 = 0x0085;
const BOF: u16 = 0x0809;
const CONTINUE: u16 = 0x003C;
const DIMENSIONS: u16 = 0x0200;
const END: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const FORMULA: u16 = 0x0006;
const LABEL_SHARED: u16 = 0x00FD;
const MUL_RK: u16 = 0x00BD;
const SHARED_TEXTS: u16 = 0x00FC;
/// Number, Label, RString, BoolErr, RK; the text of a formula has no place of its own.
const SINGLE: [u16; 5] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E];

/// What the walk found.
pub(super) struct Walked {
    /// A compound file with the first sheet.
    pub file: Vec<u8>,
    /// Names of the others.
    pub others: Vec<String>,
    /// Rows and columns of cells that hold a formula, from 0.
    pub formulas: BTreeSet<(u32, u32)>,
}

/// A record: where it begins, its kind, its bytes.
struct Record<'a> {
    at: usize,
    kind: u16,
    data: &'a [u8],
}

fn word(bytes: &[u8], at: usize) -> Result<u16, SpreadsheetError> {
    let bytes = bytes.get(at..at + 2).ok_or_else(|| broken("BIFF"))?;
    Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn double_word(bytes: &[u8], at: usize) -> Result<u32, SpreadsheetError> {
    Ok(u32::from(word(bytes, at)?) | u32::from(word(bytes, at + 2)?) << 16)
}

/// The records from a place on.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = Result<Record<'_>, SpreadsheetError>> {
    std::iter::from_fn(move || {
        (at + 4 <= stream.len()).then(|| {
            let (kind, length) = (word(stream, at)?, usize::from(word(stream, at + 2)?));
            let data = stream.get(at + 4..at + 4 + length).ok_or_else(|| broken("BIFF"))?;
            let record = Record { at, kind, data };
            at += 4 + length;
            Ok(record)
        })
    })
}

/// Walks a file.
///
/// # Errors
/// It is none, is encrypted, or has more than may be held.
pub(super) fn walk(bytes: &[u8]) -> Result<Walked, SpreadsheetError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    if file.exists("/EncryptedPackage") {
        return Err(SpreadsheetError::Encrypted);
    }
    let name = if file.exists("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    // A stream is no longer than the file.
    file.open_stream(name).map_err(broken)?.take(bytes.len() as u64).read_to_end(&mut stream).map_err(broken)?;
    let globals = globals(&stream)?;
    let sheet = globals.sheet.ok_or_else(|| broken("no sheet"))?;
    let Walk { formulas, dimensions } = cells(&stream, sheet, &globals.text_lengths)?;
    for at in dimensions.into_iter().chain(globals.others.iter().map(|(at, _)| *at)) {
        stream[at..at + 2].copy_from_slice(&NOTHING);
    }
    let mut made = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).map_err(broken)?;
    made.create_stream(name).and_then(|mut made| made.write_all(&stream)).map_err(broken)?;
    made.flush().map_err(broken)?;
    let others = globals.others.into_iter().map(|(_, name)| name).collect();
    Ok(Walked { file: made.into_inner().into_inner(), others, formulas })
}

#[derive(Default)]
struct Globals {
    /// Where the first sheet begins.
    sheet: Option<usize>,
    /// Where the others are told, and their names.
    others: Vec<(usize, String)>,
    /// Characters of each shared text.
    text_lengths: Vec<usize>,
}

/// What stands before the first sheet.
fn globals(stream: &[u8]) -> Result<Globals, SpreadsheetError> {
    let (mut globals, mut shared): (Globals, Vec<&[u8]>) = Default::default();
    let mut continues = false;
    for record in records(stream, 0) {
        let Record { at, kind, data } = record?;
        match kind {
            FILE_PASS if word(data, 0)? != 0 => return Err(SpreadsheetError::Encrypted),
            BOUND_SHEET if globals.sheet.is_none() => globals.sheet = Some(double_word(data, 0)? as usize),
            BOUND_SHEET => globals.others.push((at, sheet_name(data))),
            SHARED_TEXTS => shared.push(data),
            CONTINUE if continues => shared.push(data),
            END => break,
            _ => {}
        }
        continues = kind == SHARED_TEXTS || continues && kind == CONTINUE;
    }
    if !shared.is_empty() {
        globals.text_lengths = text_lengths(&shared)?;
    }
    Ok(globals)
}

/// The name behind a sheet's place, state and kind.
fn sheet_name(data: &[u8]) -> String {
    let length = usize::from(data.get(6).copied().unwrap_or_default());
    let wide = data.get(7).is_some_and(|flags| flags & 1 == 1);
    let text = data.get(8..).unwrap_or_default();
    if !wide {
        return text.iter().take(length).map(|byte| char::from(*byte)).collect();
    }
    let units: Vec<u16> =
        text.chunks_exact(2).take(length).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// How long each shared text is. One may go on in the next record, which then says again how wide its characters are.
fn text_lengths(parts: &[&[u8]]) -> Result<Vec<usize>, SpreadsheetError> {
    let mut reader = Parts { parts, part: 0, at: 8 };
    // Each takes three bytes at least: the number is no reason to make room.
    let count = double_word(parts[0], 4)?;
    let mut lengths = Vec::new();
    for _ in 0..count {
        let length = usize::from(reader.word()?);
        let flags = reader.byte()?;
        let runs = if flags & 0x08 == 0 { 0 } else { usize::from(reader.word()?) };
        let phonetic =
            if flags & 0x04 == 0 { 0 } else { usize::from(reader.word()?) | usize::from(reader.word()?) << 16 };
        reader.skip_text(length, flags & 1 == 1)?;
        reader.skip(runs * 4 + phonetic)?;
        lengths.push(length);
    }
    Ok(lengths)
}

/// Bytes that are parted over several records.
struct Parts<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Parts<'_> {
    /// What is left of the part that is read now.
    fn left(&mut self) -> Result<usize, SpreadsheetError> {
        while self.parts.get(self.part).ok_or_else(|| broken("BIFF"))?.len() <= self.at {
            (self.part, self.at) = (self.part + 1, 0);
        }
        Ok(self.parts[self.part].len() - self.at)
    }

    fn byte(&mut self) -> Result<u8, SpreadsheetError> {
        self.left()?;
        self.at += 1;
        Ok(self.parts[self.part][self.at - 1])
    }

    fn word(&mut self) -> Result<u16, SpreadsheetError> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), SpreadsheetError> {
        while bytes > 0 {
            let step = self.left()?.min(bytes);
            self.at += step;
            bytes -= step;
        }
        Ok(())
    }

    fn skip_text(&mut self, mut chars: usize, mut wide: bool) -> Result<(), SpreadsheetError> {
        while chars > 0 {
            let part = self.part;
            let left = self.left()?;
            if self.part != part {
                wide = self.byte()? & 1 == 1;
                continue;
            }
            let width = 1 + usize::from(wide);
            let step = (left / width).min(chars);
            if step == 0 {
                return Err(broken("BIFF"));
            }
            self.at += step * width;
            chars -= step;
        }
        Ok(())
    }
}

/// What a sheet's records say.
struct Walk {
    formulas: BTreeSet<(u32, u32)>,
    /// Where it says how large it is.
    dimensions: Vec<usize>,
}

fn cells(stream: &[u8], sheet: usize, text_lengths: &[usize]) -> Result<Walk, SpreadsheetError> {
    let (mut formulas, mut dimensions, mut text, mut depth) = (BTreeSet::new(), Vec::new(), 0usize, 0usize);
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    for record in records(stream, sheet) {
        let Record { at, kind, data } = record?;
        match kind {
            BOF => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            // A chart within the sheet has cells of its own.
            _ if depth > 1 => {}
            DIMENSIONS => dimensions.push(at),
            FORMULA | LABEL_SHARED | MUL_RK => {
                let (row, column) = (word(data, 0)?, word(data, 2)?);
                let last = if kind == MUL_RK { word(data, data.len().saturating_sub(2))? } else { column };
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(column).max(last));
                if kind == FORMULA {
                    formulas.insert((row.into(), column.into()));
                } else if kind == LABEL_SHARED {
                    text += text_lengths.get(double_word(data, 6)? as usize).copied().unwrap_or_default();
                }
            }
            kind if SINGLE.contains(&kind) => {
                let (row, column) = (word(data, 0)?, word(data, 2)?);
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(column));
            }
            _ => {}
        }
    }
    if usize::from(columns.1) >= COLUMNS_MAX {
        return Err(SpreadsheetError::TooManyColumns);
    }
    let span = |(from, to): (u16, u16)| u64::from(to.saturating_sub(from)) + 1;
    if span(rows) * span(columns) > CELLS_MAX || text > TEXT_BYTES_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    Ok(Walk { formulas, dimensions })
}
