//! Rows as PostgreSQL takes them many at a time: an array of the type that it makes of each table.
//!
//! An array a column would do as well, and did, but the server takes some ten times as long to take those apart, and our tables have up
//! to thirty-five. A row of a table's type has its columns in the order in which migrations have added them, which the server is asked
//! for.

use super::{Kind, StoreError, Table, Value};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgBindIterExt, PgConnection, PgTypeInfo, Postgres};
use sqlx::{Row as _, Type};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A column of the server's: its type, and where its value stands in a row of ours. Those that nothing is written to have none.
#[derive(Debug, Clone, Copy)]
struct Place {
    kind: u32,
    at: Option<usize>,
}

/// The columns of each table, in the server's order.
type Tables = HashMap<String, Vec<(String, u32)>>;

/// How the tables are laid out, as far as anybody has asked.
#[derive(Debug, Default)]
pub(super) struct Layouts(Mutex<Option<Arc<Tables>>>);

const COLUMNS: &str = "SELECT pg_class.relname::text, pg_attribute.attname::text, pg_attribute.atttypid::bigint \
     FROM pg_attribute JOIN pg_class ON pg_class.oid = pg_attribute.attrelid \
     WHERE pg_class.relnamespace = current_schema()::regnamespace AND pg_class.relkind IN ('r', 'p') \
     AND pg_attribute.attnum > 0 AND NOT pg_attribute.attisdropped ORDER BY pg_class.relname, pg_attribute.attnum";

impl Layouts {
    fn known(&self) -> Option<Arc<Tables>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, tables: Option<Arc<Tables>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = tables;
    }

    /// Asks the server, the first time.
    pub async fn get(&self, connection: &mut PgConnection) -> Result<Arc<Tables>, StoreError> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let mut tables = Tables::new();
        for row in sqlx::query(COLUMNS).fetch_all(connection).await? {
            let (table, column, kind): (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            tables.entry(table).or_default().push((column, kind as u32));
        }
        let tables = Arc::new(tables);
        self.keep(Some(Arc::clone(&tables)));
        Ok(tables)
    }

    /// Something was not written: another program may have changed the tables meanwhile.
    pub fn forget(&self) {
        self.keep(None);
    }
}

/// Rows of one table.
pub(super) struct RowArray {
    table: &'static Table,
    places: Vec<Place>,
    rows: Vec<Vec<Value>>,
}

impl RowArray {
    pub fn new(table: &'static Table, rows: Vec<Vec<Value>>, tables: &Tables) -> Result<Self, StoreError> {
        let columns = tables.get(table.name).ok_or_else(|| StoreError::Damaged(format!("no table {}", table.name)))?;
        let place = |(column, kind): &(String, u32)| Place { kind: *kind, at: table.place_of(column) };
        let of_kind = |row: &Vec<Value>| table.columns.iter().zip(row).all(|(column, value)| value.is_of(column.kind));
        if !rows.iter().all(of_kind) {
            return Err(StoreError::WrongKind);
        }
        Ok(Self { table, places: columns.iter().map(place).collect(), rows })
    }
}

impl Type<Postgres> for RowArray {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::array_of("record")
    }
}

impl Encode<'_, Postgres> for RowArray {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.rows.iter().map(|row| RowOf { of: self, row }).bind_iter().encode(buffer)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::array_of(self.table.name))
    }
}

struct RowOf<'a> {
    of: &'a RowArray,
    row: &'a [Value],
}

impl Type<Postgres> for RowOf<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("record")
    }
}

impl Encode<'_, Postgres> for RowOf<'_> {
    /// As PostgreSQL's `record_recv` reads it: how many columns, and of each its type, its length (−1 for NULL) and its bytes.
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let part = |buffer: &mut PgArgumentBuffer, bytes: &[u8]| -> Result<(), BoxDynError> {
            buffer.extend_from_slice(&i32::try_from(bytes.len())?.to_be_bytes());
            buffer.extend_from_slice(bytes);
            Ok(())
        };
        buffer.extend_from_slice(&i32::try_from(self.of.places.len())?.to_be_bytes());
        for Place { kind, at } in &self.of.places {
            buffer.extend_from_slice(&kind.to_be_bytes());
            match at.and_then(|at| self.row.get(at)) {
                None | Some(Value::Null) => buffer.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(Value::Integer(number)) => part(buffer, &number.to_be_bytes())?,
                Some(Value::Text(text)) => part(buffer, text.as_bytes())?,
                Some(Value::Blob(bytes)) => part(buffer, bytes)?,
            }
        }
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_name(self.of.table.name))
    }
}

impl Value {
    fn is_of(&self, kind: Kind) -> bool {
        match self {
            Self::Null => true,
            Self::Integer(_) => kind == Kind::Integer,
            Self::Text(_) => kind == Kind::Text,
            Self::Blob(_) => kind == Kind::Blob,
        }
    }
}
