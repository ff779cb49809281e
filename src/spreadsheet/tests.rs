//! Workbooks as spreadsheets write them, broken, and hostile.

use super::*;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="甲" sheetId="1" r:id="rId1"/><sheet name="乙" sheetId="2" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const PACKAGE: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
/// Style 1 is a date, style 2 a date with an hour.
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot; h:mm"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;

fn strings(count: &str, texts: &[&str]) -> String {
    let texts: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    format!(
        r#"<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="{count}">{texts}</sst>"#
    )
}

fn sheet(rows: &str, behind: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>{behind}</worksheet>"#
    )
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    zipped(&[
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn rows(sheet: &str) -> Vec<SheetRow> {
    read(&workbook(sheet, &strings("1", &["甲公司"]))).unwrap().rows
}

#[test]
fn cells_are_what_the_workbook_says_that_they_are() {
    let cells = concat!(
        r#"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>1799255.53</v></c><c r="C3" t="inlineStr"><is><t>１２３</t></is></c>"#,
        r#"<c r="D3" s="1"><v>46083</v></c><c r="E3" s="2"><v>46083.39583333334</v></c><c r="F3"><v>46083</v></c>"#,
        r#"<c r="G3"><f>B3*2</f><v>3598511.06</v></c><c r="H3" t="e"><v>#REF!</v></c><c r="I3" s="1"><v>0.5</v></c>"#,
        r#"<c r="J3" s="1"><v>99999999</v></c><c r="K3" t="s"><v>0</v></c><c r="L3"/></row>"#,
    );
    let merged = r#"<mergeCells count="1"><mergeCell ref="K3:K4"/></mergeCells>"#;
    let read = rows(&sheet(cells, merged));
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
    let unusable = |why| Cell::Unusable(why);
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].number, 3);
    assert_eq!(
        read[0].cells,
        [
            Cell::Text("甲公司".into()),
            Cell::Number(1_799_255.53),
            Cell::Text("１２３".into()),
            Cell::Day(day),
            Cell::Hour(day.and_hms_opt(9, 30, 0).unwrap()),
            // Without a format of dates a serial number is a number.
            Cell::Number(46083.0),
            unusable(Unusable::Formula),
            unusable(Unusable::Error),
            unusable(Unusable::Time),
            unusable(Unusable::Time),
            unusable(Unusable::Merged),
        ]
    );
}

#[test]
fn a_hostile_workbook_is_an_error_and_takes_no_memory() {
    let plain = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#, "");
    let far = sheet(r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>2</v></c></row>"#, "");
    let wide = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>"#, "长".repeat(40_000));
    let merged = format!("<mergeCells>{}</mergeCells>", r#"<mergeCell ref="A1:XFD1048576"/>"#.repeat(1001));
    let (few, many) = (strings("1", &[]), strings("99999999999999999", &[]));
    for (bytes, expected) in [
        (workbook(&plain, &many), SpreadsheetError::TooLarge),
        (workbook(&far, &few), SpreadsheetError::TooManyColumns),
        (workbook(&sheet(&wide, ""), &few), SpreadsheetError::TextTooLong { row: 1 }),
        (workbook(&sheet("", &merged), &few), SpreadsheetError::TooLarge),
    ] {
        assert_eq!(read(&bytes).unwrap_err(), expected);
    }
    // A formula that says it is one of a billion.
    let shared = r#"<row r="1"><c r="A1"><f t="shared" ref="A1:B2" si="99999999999">B1</f><v>1</v></c></row>"#;
    assert_eq!(rows(&sheet(shared, ""))[0].cells, [Cell::Unusable(Unusable::Formula)]);
    // One text of many cells counts for each of them.
    let text = "长".repeat(30_000);
    let cells: String =
        (1..=1000).map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#)).collect();
    let error = read(&workbook(&sheet(&cells, ""), &strings("1", &[&text]))).unwrap_err();
    assert!(matches!(error, SpreadsheetError::TextTooLong { row } if row > 700), "{error:?}");
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b' '; 100 << 20];
    let bomb = zipped(&[("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert_eq!(read(&bomb).unwrap_err(), SpreadsheetError::TooLarge);
    let parts: Vec<(String, Vec<u8>)> = (0..1001).map(|n| (format!("{n}"), Vec::new())).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert_eq!(read(&zipped(&parts)).unwrap_err(), SpreadsheetError::TooLarge);
}

#[test]
fn a_broken_workbook_is_an_error() {
    let cells = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="2"><v>46083.4</v></c></row>"#;
    let whole = sheet(cells, r#"<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#);
    let strings = strings("1", &["甲"]);
    assert!(read(&workbook(&whole, &strings)).is_ok());
    for cut in 0..whole.len() {
        if whole.is_char_boundary(cut) {
            // Either an error or what there is; never a panic.
            let _: Result<_, SpreadsheetError> = read(&workbook(&whole[..cut], &strings));
        }
    }
    for broken in [
        sheet(r#"<row r="1"><c r="AAAAAAAAAAAAAAAA1"><v>1</v></c></row>"#, ""),
        sheet(r#"<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>"#, ""),
        sheet(r#"<row r="1"><c r="A1" t="s"><v>7</v></c></row>"#, ""),
        sheet(r#"<row r="1"><c r="A1" s="99"><v>x</v></c></row>"#, ""),
    ] {
        let _: Result<_, SpreadsheetError> = read(&workbook(&broken, &strings));
    }
    let utf16: Vec<u8> = STYLES.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(read(&zipped(&[("xl/sharedStrings.xml", &utf16)])), Err(SpreadsheetError::Broken { .. })));
    assert!(matches!(read(b"PK\x03\x04"), Err(SpreadsheetError::Broken { .. })));
    let mut bytes = workbook(&whole, &strings);
    for at in (0..bytes.len()).step_by(7) {
        bytes[at] ^= 0x55;
        let _: Result<_, SpreadsheetError> = read(&bytes);
        bytes[at] ^= 0x55;
    }
}
