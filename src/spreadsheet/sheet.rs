//! A sheet as it was read from a file: rows of cells, before anybody knows what they mean.

use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

/// The rows of one sheet, and what else is in its file.
#[derive(Debug, Default)]
pub struct Sheet {
    pub rows: Vec<SheetRow>,
    /// Sheets beside it, which nobody reads.
    pub others: Vec<String>,
    /// What stands in merged cells, by row and column: in a table it can't be used, in a title it can.
    pub merged: BTreeMap<(u32, usize), Cell>,
}

/// A row, with its number as a spreadsheet shows it, from 1.
#[derive(Debug)]
pub struct SheetRow {
    pub number: u32,
    pub cells: Vec<Cell>,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Day(NaiveDate),
    Hour(NaiveDateTime),
    /// Its value can't be told.
    Unusable(Unusable),
}

/// Why the value of a cell can't be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// What a formula showed last may be out of date.
    Formula,
    /// Of merged cells the first alone has a value: whether it is meant for the others is not said.
    Merged,
    /// `#REF!`, `#N/A`
    Error,
    /// A time without a day, or a day that there is not.
    Time,
}

impl SheetRow {
    /// Those of its cells are marked that are merged with others, and what stood in them is kept aside.
    #[cfg(feature = "shell")]
    pub(super) fn mark_merged(
        &mut self,
        columns: std::ops::RangeInclusive<usize>,
        kept: &mut BTreeMap<(u32, usize), Cell>,
    ) {
        for column in columns {
            let Some(cell) =
                self.cells.get_mut(column).filter(|cell| !matches!(cell, Cell::Unusable(Unusable::Merged)))
            else {
                continue;
            };
            let cell = std::mem::replace(cell, Cell::Unusable(Unusable::Merged));
            if !cell.is_empty() {
                kept.insert((self.number, column), cell);
            }
        }
    }
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// What stands there, as a text. A number in its shortest form: 1799255.53 and not 1799255.5300000001.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Empty | Self::Unusable(_) => None,
            Self::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Self::Number(number) => Some(format!("{number}")),
            Self::Day(day) => Some(day.to_string()),
            Self::Hour(hour) => Some(hour.format("%Y-%m-%d %H:%M:%S").to_string()),
        }
    }
}

impl Unusable {
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Formula => ("单元格是公式，请粘贴为数值", "the cell has a formula: paste its value"),
            Self::Merged => ("合并单元格，请拆分后逐行填写", "merged cells: split them and fill each row"),
            Self::Error => ("单元格为错误值", "the cell has an error value"),
            Self::Time => ("单元格不是有效的日期", "the cell is no valid date"),
        }
    }
}

/// `C5`, as a spreadsheet names a cell; the column counts from 0.
pub fn cell_name(column: usize, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        // Below 26.
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or_default()));
        rest /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_names_and_texts() {
        let names: Vec<_> = [0, 2, 25, 26, 701, 702].into_iter().map(|column| cell_name(column, 5)).collect();
        assert_eq!(names, ["A5", "C5", "Z5", "AA5", "ZZ5", "AAA5"]);
        for (cell, text) in [
            (Cell::Number(1799255.53), Some("1799255.53")),
            (Cell::Number(420525.0), Some("420525")),
            (Cell::Text(" 甲 ".into()), Some("甲")),
            (Cell::Text("  ".into()), None),
            (Cell::Unusable(Unusable::Formula), None),
        ] {
            assert_eq!(cell.text().as_deref(), text, "{cell:?}");
        }
    }
}
