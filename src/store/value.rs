//! The few types that both engines share.

use super::StoreError;
use std::collections::BTreeSet;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    /// How much it takes, about.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::Integer(_) => size_of::<i64>(),
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<u64> for Value {
    /// Indexes and sizes: far below 2^63.
    fn from(number: u64) -> Self {
        Self::Integer(number as i64)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    Blob,
}

/// A column of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

impl Column {
    pub const fn integer(name: &'static str) -> Self {
        Self { name, kind: Kind::Integer }
    }

    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    pub const fn blob(name: &'static str) -> Self {
        Self { name, kind: Kind::Blob }
    }
}

/// A table as bulk statements need to know it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// The columns of its primary key.
    pub key: &'static [&'static str],
}

impl Table {
    /// Whether no two rows have the same key.
    pub(super) fn tells_apart(&self, rows: &[Vec<Value>]) -> bool {
        rows.iter().map(|row| self.key_of(row)).collect::<BTreeSet<_>>().len() == rows.len()
    }

    /// The key of a row, in the order of [`Self::key`].
    pub fn key_of(&self, row: &[Value]) -> Vec<Value> {
        let value = |name: &&str| self.place_of(name).and_then(|at| row.get(at)).cloned().unwrap_or(Value::Null);
        self.key.iter().map(value).collect()
    }

    pub(super) fn place_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The names of its columns, as they stand in a statement.
    pub fn column_names(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }
}

/// `$1, $2, …`, the last value repeated up to a power of two: few different statements, all of them prepared.
pub fn padded_list(mut values: Vec<Value>) -> (String, Vec<Value>) {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    let marks = (1..=values.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    (marks, values)
}

/// A row that was read, by position of the column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// As if it had been read.
    #[cfg(test)]
    pub fn of(values: Vec<Value>) -> Self {
        Self(values)
    }

    fn at(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        match self.at(column) {
            Value::Integer(number) => Ok(*number),
            _ => Err(StoreError::Unexpected(column)),
        }
    }

    /// An index or a size.
    ///
    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn unsigned(&self, column: usize) -> Result<u64, StoreError> {
        self.integer(column)?.try_into().map_err(|_| StoreError::Unexpected(column))
    }

    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        if *self.at(column) == Value::Null { Ok(None) } else { self.integer(column).map(Some) }
    }

    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.at(column) {
            Value::Text(text) => Ok(text),
            _ => Err(StoreError::Unexpected(column)),
        }
    }

    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        if *self.at(column) == Value::Null { Ok(None) } else { self.text(column).map(Some) }
    }

    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.at(column) {
            Value::Blob(bytes) => Ok(bytes),
            _ => Err(StoreError::Unexpected(column)),
        }
    }

    /// All its values, in the order of the columns that were asked for.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// Takes the bytes out of the row.
    ///
    /// # Errors
    /// [`StoreError::Unexpected`]
    pub fn take_blob(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.0.get_mut(column) {
            Some(Value::Blob(bytes)) => Ok(std::mem::take(bytes)),
            _ => Err(StoreError::Unexpected(column)),
        }
    }
}
