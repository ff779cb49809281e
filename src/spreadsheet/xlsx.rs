//! XLSX, read cell by cell: never as a rectangle, which two cells far apart make as large as memory.

use super::{COLUMNS_MAX, Cell, ROWS_MAX, Room, Sheet, SheetRow, SpreadsheetError, Unusable};
use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use zip::ZipArchive;

/// What all parts of a workbook unpack to together: a hundred thousand rows of ten cells. The largest of them is in memory at once,
/// and its texts once more.
const UNPACKED_BYTES_MAX: u64 = 96 << 20;
/// Parts of a workbook; one of a centre has some twenty.
const PARTS_MAX: usize = 1000;
/// Shared texts: the reader makes room for as many as the workbook says that it has, before it has seen one.
const SHARED_TEXTS_MAX: u64 = 1_000_000;
/// Merged areas, each of which is looked at for every row.
pub(super) const MERGED_MAX: usize = 1000;

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    must_unpack(bytes)?;
    // A broken workbook is an error of its reader, as far as that thought of it; where it did not, it must not end the program.
    let read = catch_unwind(AssertUnwindSafe(|| sheet(bytes)));
    read.unwrap_or_else(|_| Err(SpreadsheetError::Broken { what: "XLSX".to_owned() }))
}

pub(super) fn broken(error: impl std::fmt::Display) -> SpreadsheetError {
    SpreadsheetError::Broken { what: error.to_string() }
}

/// Unpacks every part once, as far as it may be, and looks for what would make the reader take memory by a mere number.
fn must_unpack(bytes: &[u8]) -> Result<(), SpreadsheetError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    let mut left = UNPACKED_BYTES_MAX;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase();
        let mut unpacked = Vec::new();
        // What is declared may be a lie; what comes out is counted.
        part.take(left + 1).read_to_end(&mut unpacked).map_err(broken)?;
        left = left.checked_sub(unpacked.len() as u64).ok_or(SpreadsheetError::TooLarge)?;
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        // An XML file in UTF-16 would hide the number from what follows.
        if memchr::memchr(0, &unpacked).is_some() {
            return Err(broken("UTF-16"));
        }
        if counts(&unpacked).any(|count| count > SHARED_TEXTS_MAX) {
            return Err(SpreadsheetError::TooLarge);
        }
    }
    Ok(())
}

/// Each `uniqueCount="…"` of a part.
fn counts(xml: &[u8]) -> impl Iterator<Item = u64> + '_ {
    const COUNT: &[u8] = b"uniqueCount";
    memchr::memmem::find_iter(xml, COUNT).map(|at| {
        let behind = xml[at + COUNT.len()..].iter();
        let digits = behind.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\'' | b'+'));
        digits
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

/// The first sheet.
fn sheet(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error: XlsxError| match error {
        XlsxError::Password => SpreadsheetError::Encrypted,
        error => broken(error),
    })?;
    let mut names = workbook.sheet_names().into_iter();
    let name = names.next().ok_or_else(|| broken("no sheet"))?;
    let others = names.collect();
    let merged = workbook.merge_cells_by_sheet_name(&name).map_err(broken)?;
    if merged.len() > MERGED_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    let mut rows: BTreeMap<u32, BTreeMap<usize, Cell>> = BTreeMap::new();
    let mut room = Room::new();
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(broken)?;
    while let Some(read) = reader.next_cell_with_formula_metadata().map_err(broken)? {
        let (row, column) = (read.pos.0, read.pos.1 as usize);
        let number = row.saturating_add(1);
        let cell = if read.formula.is_some() {
            Cell::Unusable(Unusable::Formula)
        } else {
            cell(read.value, &mut room, number)?
        };
        if cell == Cell::Empty {
            continue;
        }
        if column >= COLUMNS_MAX {
            return Err(SpreadsheetError::TooManyColumns);
        }
        if rows.len() == ROWS_MAX && !rows.contains_key(&number) {
            return Err(SpreadsheetError::TooManyRows);
        }
        rows.entry(number).or_default().insert(column, cell);
    }
    let mut sheet = Sheet { others, ..Sheet::default() };
    for (number, cells) in rows {
        let mut row = SheetRow { number, cells: in_places(cells) };
        for area in merged.iter().filter(|area| (area.start.0..=area.end.0).contains(&number.saturating_sub(1))) {
            row.mark_merged(area.start.1 as usize..=area.end.1.min(COLUMNS_MAX as u32) as usize, &mut sheet.merged);
        }
        sheet.rows.push(row);
    }
    Ok(sheet)
}

fn cell(value: DataRef<'_>, room: &mut Room, row: u32) -> Result<Cell, SpreadsheetError> {
    Ok(match value {
        DataRef::Empty => Cell::Empty,
        // Exact: a cell's number has 15 digits.
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) if number.is_finite() => Cell::Number(number),
        DataRef::String(text) | DataRef::DateTimeIso(text) => text_cell(&text, room, row)?,
        DataRef::SharedString(text) => text_cell(text, room, row)?,
        DataRef::Bool(value) => Cell::Text(if value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(time) => date(&time),
        DataRef::Float(_) | DataRef::Error(_) => Cell::Unusable(Unusable::Error),
        DataRef::DurationIso(_) => Cell::Unusable(Unusable::Time),
    })
}

fn text_cell(text: &str, room: &mut Room, row: u32) -> Result<Cell, SpreadsheetError> {
    Ok(if text.trim().is_empty() { Cell::Empty } else { Cell::Text(room.take(text, row)?) })
}

/// A serial number under a format of dates: a day, or the hour of one.
pub(super) fn date(time: &ExcelDateTime) -> Cell {
    let unusable = Cell::Unusable(Unusable::Time);
    // From 1900-03-01, where Excel's calendar is a calendar, to 9999-12-31.
    if time.is_duration() || !(61.0..2_958_466.0).contains(&time.as_f64()) {
        return unusable;
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let Some(day) = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()) else { return unusable };
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return Cell::Day(day);
    }
    // A time of day is a binary fraction: half a second beside a whole one is that one.
    let time = day.and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into());
    let rounded = time.and_then(|time| time.checked_add_signed(chrono::Duration::milliseconds(500)));
    rounded
        .and_then(|time| {
            time.date().and_hms_opt(
                chrono::Timelike::hour(&time),
                chrono::Timelike::minute(&time),
                chrono::Timelike::second(&time),
            )
        })
        .map_or(unusable, Cell::Hour)
}

/// The cells of a row in their places.
fn in_places(cells: BTreeMap<usize, Cell>) -> Vec<Cell> {
    let width = cells.last_key_value().map_or(0, |(column, _)| column + 1);
    let mut placed = vec![Cell::Empty; width];
    for (column, cell) in cells {
        placed[column] = cell;
    }
    placed
}
