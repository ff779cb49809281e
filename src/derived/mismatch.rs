//! A stored row that is not what the log says, in words.

use crate::store::{SearchedWords, Table, Value};
use base64_simd::URL_SAFE_NO_PAD;
use std::fmt;

/// A row that differs from what the entries make of it. Values are never told: they may be personal, or secret.
#[derive(Debug, Clone)]
pub struct Mismatch {
    pub table: &'static Table,
    /// In the order of the table's key.
    pub key: Vec<Value>,
    pub what: Discrepancy,
    pub(super) cure: Cure,
}

/// How it differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discrepancy {
    /// The log makes it, and it is not there.
    Missing,
    /// No record made it.
    Surplus,
    /// These columns say something else.
    Changed(Vec<&'static str>),
}

/// What makes it right again.
#[derive(Debug, Clone)]
pub(super) enum Cure {
    /// This row takes its place.
    Put(Vec<Value>),
    /// This thing takes its place, with its words.
    Thing(Vec<Value>, SearchedWords),
    /// It goes.
    Delete,
    /// The index of texts is forgotten, and made anew as the service follows the log.
    ForgetSearched,
    /// An entry's columns are written anew from its bytes.
    Entry(Vec<Value>),
    /// Nothing that is at hand: the log does not say what was there.
    None,
}

impl Mismatch {
    /// The entry that it is about, for rows of the log itself.
    pub fn index(&self) -> Option<u64> {
        match self.key.first() {
            Some(Value::Integer(index)) if self.table.name == "entries" => (*index).try_into().ok(),
            _ => None,
        }
    }

    /// Whether the log alone says what the row must be; of uploads it knows only a part.
    pub fn is_of_the_log(&self) -> bool {
        !matches!(self.table.name, "documents" | "uploads" | "disclosures" | "erasures")
    }

    /// The key as `column=value, …`.
    pub fn key_text(&self) -> String {
        let text = |value: &Value| match value {
            Value::Null => "null".to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            // As key ids are written.
            Value::Blob(bytes) => URL_SAFE_NO_PAD.encode_to_string(bytes),
        };
        let parts = self.table.key.iter().zip(&self.key).map(|(column, value)| format!("{column}={}", text(value)));
        parts.collect::<Vec<_>>().join(", ")
    }

    /// The columns that differ; none when the whole row does.
    pub fn columns(&self) -> &[&'static str] {
        match &self.what {
            Discrepancy::Changed(columns) => columns,
            Discrepancy::Missing | Discrepancy::Surplus => &[],
        }
    }

    pub fn zh(&self) -> String {
        let (table, key) = (self.table.name, self.key_text());
        match &self.what {
            Discrepancy::Missing => format!("表 {table} 缺少日志所生成的行（{key}）"),
            Discrepancy::Surplus => format!("表 {table} 的行（{key}）并非出自日志"),
            Discrepancy::Changed(columns) => format!("表 {table} 的行（{key}）：{} 与日志不符", columns.join("、")),
        }
    }

    pub fn en(&self) -> String {
        let (table, key) = (self.table.name, self.key_text());
        match &self.what {
            Discrepancy::Missing => format!("table {table} lacks a row that the log makes ({key})"),
            Discrepancy::Surplus => format!("table {table} has a row that no record made ({key})"),
            Discrepancy::Changed(columns) => {
                format!("table {table} ({key}): {} not as the log says", columns.join(", "))
            }
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}
