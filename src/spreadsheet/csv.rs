//! CSV: in UTF-8 or GBK, with a byte order mark or without, or in UTF-16 as Excel saves Unicode text; parted by commas, tabs or
//! semicolons.

use super::{COLUMNS_MAX, Cell, ROWS_MAX, Room, Sheet, SheetRow, SpreadsheetError};
use encoding_rs::{Encoding, GB18030, UTF_8};
use std::borrow::Cow;

const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

pub(super) fn read(bytes: &[u8]) -> Result<Sheet, SpreadsheetError> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator(&text))
        .from_reader(text.as_bytes());
    let (mut sheet, mut room, mut record) = (Sheet::default(), Room::new(), csv::StringRecord::new());
    loop {
        let broken = |error: csv::Error| SpreadsheetError::Broken { what: error.to_string() };
        if !reader.read_record(&mut record).map_err(broken)? {
            return Ok(sheet);
        }
        if sheet.rows.len() == ROWS_MAX {
            return Err(SpreadsheetError::TooManyRows);
        }
        if record.len() > COLUMNS_MAX {
            return Err(SpreadsheetError::TooManyColumns);
        }
        // The line on which it begins: a quoted cell may have several.
        let line = record.position().map_or(0, csv::Position::line);
        let number = u32::try_from(line).unwrap_or(u32::MAX);
        let cells = record.iter().map(|text| Ok(Cell::Text(room.take(text, number)?)));
        sheet.rows.push(SheetRow { number, cells: cells.collect::<Result<_, SpreadsheetError>>()? });
    }
}

/// By its byte order mark, else as UTF-8, else as GBK; never with a character in place of one that could not be read.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, SpreadsheetError> {
    let whole =
        |encoding: &'static Encoding, bytes| encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => whole(encoding, &bytes[length..]),
        None => whole(UTF_8, bytes).or_else(|| whole(GB18030, bytes)),
    };
    text.filter(|text| !text.contains('\0')).ok_or(SpreadsheetError::UnknownEncoding)
}

/// What stands most often in the first line that has any.
fn separator(text: &str) -> u8 {
    let count = |line: &str, separator: u8| line.bytes().filter(|byte| *byte == separator).count();
    let line = text.lines().find(|line| SEPARATORS.iter().any(|separator| count(line, *separator) > 3));
    let line = line.unwrap_or_default();
    SEPARATORS.into_iter().rev().max_by_key(|separator| count(line, *separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<Vec<String>> {
        let rows = read(bytes).unwrap().rows.into_iter();
        rows.map(|row| row.cells.iter().map(|cell| cell.text().unwrap_or_default()).collect()).collect()
    }

    #[test]
    fn every_encoding_of_a_spreadsheet_is_read() {
        let text = "编号,名称,甲,乙,丙\r\n\"A-1\",\"一,\n二\",1,,３\r\n";
        let expected = vec![vec!["编号", "名称", "甲", "乙", "丙"], vec!["A-1", "一,\n二", "1", "", "３"]];
        let (gbk, ..) = GB18030.encode(text);
        let utf16 = |big: bool| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] }.into_iter().chain(units).collect()
        };
        let marked = format!("\u{FEFF}{text}");
        let gbk_marked = {
            // GB18030 has a byte order mark of its own, which some editors write.
            let (marked, ..) = GB18030.encode(&marked);
            marked.into_owned()
        };
        for bytes in [text.as_bytes(), marked.as_bytes(), &gbk, &utf16(true), &utf16(false)] {
            assert_eq!(texts(bytes), expected);
        }
        assert_eq!(texts(&gbk_marked)[1], expected[1]);
        assert_eq!(texts(text.replace(',', "\t").as_bytes())[1][0], "A-1");
        assert_eq!(read("甲,乙\n丙,丁".as_bytes()).unwrap().rows[1].number, 2);
    }

    #[test]
    fn what_is_no_table_is_an_error() {
        assert_eq!(read(b"\x81").unwrap_err(), SpreadsheetError::UnknownEncoding);
        assert_eq!(read(b"a,b\0c").unwrap_err(), SpreadsheetError::UnknownEncoding);
        let open = format!("a,b,c,d,e\n\"{}", "x\n".repeat(40_000));
        assert_eq!(read(open.as_bytes()).unwrap_err(), SpreadsheetError::TextTooLong { row: 2 });
        assert_eq!(read(",".repeat(COLUMNS_MAX).as_bytes()).unwrap_err(), SpreadsheetError::TooManyColumns);
        assert_eq!(read("a\n".repeat(ROWS_MAX + 1).as_bytes()).unwrap_err(), SpreadsheetError::TooManyRows);
        assert!(read(b"").unwrap().rows.is_empty());
    }
}
