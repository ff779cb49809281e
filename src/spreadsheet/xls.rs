//! XLS, the workbook of Excel 97 to 2003 in which many banks still give statements; the first sheet.

use super::biff::{self, Walked};
use super::xlsx::{MERGED_MAX, broken, date};
use super::{Cell, ROWS_MAX, Room, Sheet, SheetRow, SpreadsheetError, Unusable};
use calamine::{Data, Reader, Xls, XlsError, XlsOptions};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    // What a broken workbook's reader did not think of must not end the program.
    let read = catch_unwind(AssertUnwindSafe(|| sheet(biff::walk(bytes)?)));
    read.unwrap_or_else(|_| Err(broken("XLS")))
}

fn sheet(walked: Walked) -> Result<Sheet, SpreadsheetError> {
    let opened = Xls::new_with_options(Cursor::new(walked.file), XlsOptions::default());
    let mut workbook = opened.map_err(|error: XlsError| match error {
        XlsError::Password => SpreadsheetError::Encrypted,
        error => broken(error),
    })?;
    let name = workbook.sheet_names().into_iter().next().ok_or_else(|| broken("no sheet"))?;
    let range = workbook.worksheet_range(&name).map_err(broken)?;
    let merged = workbook.merge_cells_by_sheet_name(&name).map_err(broken)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    if merged.len() > MERGED_MAX {
        return Err(SpreadsheetError::TooLarge);
    }
    let (mut sheet, mut room) = (Sheet { others: walked.others, ..Sheet::default() }, Room::new());
    for (number, values) in (first_row..).zip(range.rows()) {
        let mut cells = vec![Cell::Empty; first_column as usize];
        for (column, value) in (first_column..).zip(values) {
            let is_formula = walked.formulas.contains(&(number, column));
            cells.push(if is_formula {
                Cell::Unusable(Unusable::Formula)
            } else {
                cell(value, &mut room, number + 1)?
            });
        }
        while cells.pop_if(|cell| *cell == Cell::Empty).is_some() {}
        if cells.is_empty() {
            continue;
        }
        let mut row = SheetRow { number: number + 1, cells };
        for area in merged.iter().filter(|area| (area.start.0..=area.end.0).contains(&number)) {
            row.mark_merged(area.start.1 as usize..=area.end.1 as usize, &mut sheet.merged);
        }
        if sheet.rows.len() == ROWS_MAX {
            return Err(SpreadsheetError::TooManyRows);
        }
        sheet.rows.push(row);
    }
    Ok(sheet)
}

fn cell(value: &Data, room: &mut Room, row: u32) -> Result<Cell, SpreadsheetError> {
    Ok(match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Text(number.to_string()),
        Data::Float(number) if number.is_finite() => Cell::Number(*number),
        Data::String(text) | Data::DateTimeIso(text) if text.trim().is_empty() => Cell::Empty,
        Data::String(text) | Data::DateTimeIso(text) => Cell::Text(room.take(text, row)?),
        Data::Bool(value) => Cell::Text(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        Data::DateTime(time) => date(time),
        Data::Float(_) | Data::Error(_) => Cell::Unusable(Unusable::Error),
        Data::DurationIso(_) => Cell::Unusable(Unusable::Time),
    })
}
