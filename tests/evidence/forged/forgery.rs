//! Values written over others, a column of a row at a time.

use super::{Filled, UNREPAIRED, UNSAID};
use gongshi::derived::{Mismatch, tables};
use gongshi::store::{Kind, Table, Value};

/// Another value that the column can hold.
pub fn forged(kind: Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Integer, Value::Integer(number)) => Value::Integer(number + 1000),
        (Kind::Integer, _) => Value::Integer(7),
        (Kind::Text, _) => Value::from("forged"),
        (Kind::Blob, Value::Blob(bytes)) if bytes.len() > 32 => Value::Blob(bytes[32..].to_vec()),
        (Kind::Blob, _) => Value::Blob(vec![7; 32]),
    }
}

/// Tables whose columns are forged one at a time: others are read by way of them, or their rows belong together.
const ALONE: &[&str] =
    &["entries", "log_head", "tiles", "law", "cosigned", "documents", "uploads", "disclosures", "erasures"];

/// A value written over that of one column of one row.
pub struct Forgery {
    pub table: &'static Table,
    pub row: Vec<Value>,
    pub at: usize,
    pub value: Value,
}

impl Forgery {
    pub fn column(&self) -> &'static str {
        self.table.columns[self.at].name
    }

    pub fn what(&self) -> String {
        format!("{}.{}", self.table.name, self.column())
    }

    pub fn is_unsaid(&self) -> bool {
        UNSAID.iter().any(|(table, column, _)| self.what() == format!("{table}.{column}"))
    }

    pub fn is_repaired(&self) -> bool {
        !UNREPAIRED.contains(&self.table.name)
    }

    pub fn is_named_by(&self, mismatch: &Mismatch) -> bool {
        let is_key = self.table.key.contains(&self.column()) && self.table.name != "entries";
        mismatch.table.name == self.table.name && (is_key || mismatch.columns().contains(&self.column()))
    }

    pub async fn commit(&self, filled: &Filled) {
        filled.change(self.table, &self.table.key_of(&self.row), self.column(), self.value.clone()).await;
    }

    pub async fn put_back(&self, filled: &Filled) {
        let mut write = filled.database.begin_write().await.unwrap();
        let mut key = self.table.key_of(&self.row);
        if let Some(place) = self.table.key.iter().position(|column| *column == self.column()) {
            key[place] = self.value.clone();
        }
        write.delete(self.table, &key).await.unwrap();
        write.put(self.table, vec![self.row.clone()]).await.unwrap();
        write.commit().await.unwrap();
    }
}

/// An organisation to which nothing belongs, so that whatever is made its own is forged.
async fn who_owns_nothing(filled: &Filled) -> Value {
    let mut owners = Vec::new();
    for table in tables() {
        if let Some(at) = table.columns.iter().position(|column| column.name == "owner") {
            owners.extend(filled.rows(table).await.iter().map(|row| row[at].clone()));
        }
    }
    let known = tables().find(|table| table.name == "organisations").unwrap();
    let known = filled.rows(known).await;
    known.iter().map(|row| &row[0]).find(|id| !owners.contains(id)).expect("one that uploaded nothing").clone()
}

/// A forgery of each column of each table, in rounds: a comparison takes a while, so tables that have nothing to do with each
/// other are forged together; all columns of a row at once, for each is to be named, but those of its key one at a time: a row
/// under another key is another row.
pub async fn rounds(filled: &Filled) -> Vec<Vec<Forgery>> {
    let another = who_owns_nothing(filled).await;
    let (mut alone, mut values, mut keys) = (Vec::new(), Vec::new(), Vec::<Vec<Forgery>>::new());
    for table in tables() {
        let rows = filled.rows(table).await;
        let named = table.columns.iter().enumerate();
        for (at, column) in named.filter(|(_, column)| (table.name, column.name) != ("log_head", "id")) {
            // The last row: an entry that is moved away from between two others is a hole, which is no comparison's finding.
            let row = rows.iter().rfind(|row| row[at] != Value::Null).or(rows.last());
            let row = row.unwrap_or_else(|| panic!("{}: the log has no such row", table.name)).clone();
            let value = if column.name == "owner" { another.clone() } else { forged(column.kind, &row[at]) };
            let forgery = Forgery { table, row, at, value };
            if ALONE.contains(&table.name) || table.name == "search_head" {
                alone.push(vec![forgery]);
                continue;
            }
            match table.key.iter().position(|key| *key == column.name) {
                None => values.push(forgery),
                Some(place) if place < keys.len() => keys[place].push(forgery),
                Some(_) => keys.push(vec![forgery]),
            }
        }
    }
    std::iter::once(values).chain(keys).chain(alone).collect()
}
