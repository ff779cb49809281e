//! Old workbooks, made by hand.

use super::*;
use std::io::{Cursor, Write};

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

fn begin(kind: u16) -> Vec<u8> {
    record(0x0809, &[&0x0600u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
}

fn end() -> Vec<u8> {
    record(0x000A, &[])
}

fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    let place = [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat();
    record(0x0203, &[&place[..], &value.to_le_bytes()].concat())
}

fn shared_text(row: u16, column: u16, which: u32) -> Vec<u8> {
    let place = [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat();
    record(0x00FD, &[&place[..], &which.to_le_bytes()].concat())
}

fn formula(row: u16, column: u16) -> Vec<u8> {
    let place = [row.to_le_bytes(), column.to_le_bytes(), [0; 2]].concat();
    // 1 + 1, and what it came to.
    let tokens = [7, 0, 0x1E, 1, 0, 0x1E, 1, 0, 0x03];
    record(0x0006, &[&place[..], &2f64.to_le_bytes(), &[0; 6], &tokens].concat())
}

fn of_streams(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        file.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A workbook of these records before its sheets, and in its first one; the second is far and wide.
fn workbook(globals: &[u8], sheet: &[u8]) -> Vec<u8> {
    let bound = |at: usize, name: u8| {
        record(0x0085, &[&u32::try_from(at).unwrap().to_le_bytes()[..], &[0, 0, 1, 0, name]].concat())
    };
    let length = begin(5).len() + 2 * bound(0, b'A').len() + globals.len() + end().len();
    let sheet = [begin(0x10), sheet.to_vec(), end()].concat();
    let second = [begin(0x10), number(0, 0, 1.0), number(u16::MAX, 255, 1.0), end()].concat();
    let bounds = [bound(length, b'A'), bound(length + sheet.len(), b'B')].concat();
    let stream = [begin(5), bounds, globals.to_vec(), end(), sheet, second].concat();
    of_streams(&[("/Workbook", &stream)])
}

#[test]
fn the_first_sheet_of_an_old_workbook_is_read() {
    let sheet = read(&workbook(&[], &[number(2, 1, 12.5), formula(3, 0)].concat())).unwrap();
    assert_eq!(sheet.others, ["B"]);
    let rows: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.cells.as_slice())).collect();
    let unusable = [Cell::Unusable(Unusable::Formula)];
    assert_eq!(rows, [(3, &[Cell::Empty, Cell::Number(12.5)][..]), (4, &unusable[..])]);
}

#[test]
fn a_hostile_old_workbook_takes_no_memory() {
    let error = |globals: &[u8], sheet: &[u8]| read(&workbook(globals, sheet)).unwrap_err();
    // Two cells, and all that lies between them.
    let far = [number(0, 0, 1.0), number(u16::MAX, 100, 1.0)].concat();
    assert_eq!(error(&[], &far), SpreadsheetError::TooLarge);
    assert_eq!(error(&[], &number(0, 255, 1.0)), SpreadsheetError::TooManyColumns);
    // A sheet that says it has four thousand million rows.
    let says = record(0x0200, &[&[0; 4][..], &[0xFF; 4], &[0, 0, 0xFF, 0, 0, 0]].concat());
    let sheet = [says, number(0, 0, 1.0)].concat();
    assert_eq!(read(&workbook(&[], &sheet)).unwrap().rows.len(), 1);
    // One text of eight thousand characters in sixty thousand cells each of which has it as its own.
    let text = [&8000u16.to_le_bytes()[..], &[0], &[b'x'; 8000]].concat();
    let texts = record(0x00FC, &[&[1, 0, 0, 0, 1, 0, 0, 0][..], &text].concat());
    let cells: Vec<u8> = (0..60_000).flat_map(|row| shared_text(row, 0, 0)).collect();
    assert_eq!(error(&texts, &cells), SpreadsheetError::TooLarge);
    assert_eq!(read(&workbook(&texts, &shared_text(0, 0, 0))).unwrap().rows.len(), 1);
    // More texts than there are.
    let lie = record(0x00FC, &[0xFF; 8]);
    assert!(matches!(error(&lie, &shared_text(0, 0, 0)), SpreadsheetError::Broken { .. }));
}

#[test]
fn what_is_encrypted_or_no_workbook_is_told() {
    assert_eq!(read(&of_streams(&[("/EncryptedPackage", b"x")])).unwrap_err(), SpreadsheetError::Encrypted);
    let locked = record(0x002F, &[1, 0, 0, 0]);
    assert_eq!(read(&workbook(&locked, &[])).unwrap_err(), SpreadsheetError::Encrypted);
    assert!(matches!(read(&of_streams(&[("/Letter", b"x")])).unwrap_err(), SpreadsheetError::Broken { .. }));
    assert!(matches!(read(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap_err(), SpreadsheetError::Broken { .. }));
    let whole = workbook(&[], &number(0, 0, 1.0));
    for cut in (0..whole.len()).step_by(97) {
        let _: Result<_, _> = read(&whole[..cut]);
    }
    let mut bytes = whole;
    for at in (0..bytes.len()).step_by(3) {
        bytes[at] ^= 0x55;
        let _: Result<_, _> = read(&bytes);
        bytes[at] ^= 0x55;
    }
}
