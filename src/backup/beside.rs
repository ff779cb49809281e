//! What a database says beside the log, as lines of JSON: one object a row, its columns by name, bytes in base64url.

use crate::store::{Column, DISCLOSURES, DOCUMENTS, ERASURES, Kind, Table, UPLOADS, Value};
use base64_simd::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json};

/// The tables that the log does not say. What was erased comes before what is kept.
pub(super) const TABLES: [&Table; 4] = [&DOCUMENTS, &UPLOADS, &ERASURES, &DISCLOSURES];

/// The file of a table.
pub(super) fn file_of(table: &Table) -> String {
    format!("{}.jsonl", table.name)
}

pub(super) fn line(table: &Table, row: &[Value]) -> String {
    let columns = table.columns.iter().map(|column| column.name.to_owned());
    let object: Map<String, Json> = columns.zip(row.iter().map(to_json)).collect();
    format!("{}\n", Json::Object(object))
}

/// `None` when the line is not a row of this table.
pub(super) fn row(table: &Table, line: &str) -> Option<Vec<Value>> {
    let mut object: Map<String, Json> = serde_json::from_str(line).ok()?;
    let row = table.columns.iter().map(|column| from_json(column, object.remove(column.name)?)).collect();
    if object.is_empty() { row } else { None }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Blob(bytes) => URL_SAFE_NO_PAD.encode_to_string(bytes).into(),
    }
}

fn from_json(column: &Column, value: Json) -> Option<Value> {
    match (column.kind, value) {
        (_, Json::Null) => Some(Value::Null),
        (Kind::Integer, Json::Number(number)) => number.as_i64().map(Value::Integer),
        (Kind::Text, Json::String(text)) => Some(Value::Text(text)),
        (Kind::Blob, Json::String(text)) => URL_SAFE_NO_PAD.decode_to_vec(text).ok().map(Value::Blob),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_back_and_nothing_else_is_one() {
        for table in TABLES {
            let of = |column: &Column| match column.kind {
                Kind::Integer => Value::Integer(i64::MAX),
                Kind::Text => Value::from("文\"\n件"),
                Kind::Blob => Value::Blob(vec![0, 255, 10]),
            };
            let full: Vec<Value> = table.columns.iter().map(of).collect();
            let mut empty = vec![Value::Null; full.len()];
            empty[0] = full[0].clone();
            for values in [full, empty] {
                let text = line(table, &values);
                assert_eq!(text.matches('\n').count(), 1);
                assert_eq!(row(table, &text), Some(values));
            }
        }
        let mut text: Map<String, Json> =
            DOCUMENTS.columns.iter().map(|column| (column.name.to_owned(), Json::Null)).collect();
        assert!(row(&DOCUMENTS, &Json::Object(text.clone()).to_string()).is_some());
        assert_eq!(row(&DISCLOSURES, &Json::Object(text.clone()).to_string()), None);
        text.insert("more".into(), Json::Null);
        assert_eq!(row(&DOCUMENTS, &Json::Object(text.clone()).to_string()), None);
        text.remove("more");
        text.insert("size".into(), "7".into());
        assert_eq!(row(&DOCUMENTS, &Json::Object(text).to_string()), None);
        assert_eq!(row(&DOCUMENTS, ""), None);
    }
}
