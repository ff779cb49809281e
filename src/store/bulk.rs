//! Statements of either engine: parameters bound, rows read, many rows written at once.

use super::layout::{Layouts, RowArray};
use super::{Row, StoreError, Table, Value};
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};
use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Either, Executor, Type, TypeInfo, ValueRef};
use std::fmt::Write as _;

fn bind_sqlite(query: Query<'_, Sqlite, SqliteArguments>, value: Value) -> Query<'_, Sqlite, SqliteArguments> {
    match value {
        Value::Null => query.bind(Option::<i64>::None),
        Value::Integer(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Blob(bytes) => query.bind(bytes),
    }
}

/// Rows that come. In a box, as whatever many wait for: the compiler would look through all of it for each of them.
pub(super) type Rows<'c> = BoxFuture<'c, Result<Vec<Row>, StoreError>>;

pub(super) fn sqlite_rows<'c>(
    executor: impl Executor<'c, Database = Sqlite> + 'c,
    sql: String,
    parameters: &[Value],
) -> Rows<'c> {
    let query = parameters.iter().cloned().fold(sqlx::query(AssertSqlSafe(sql)), bind_sqlite);
    async move {
        let rows = query.fetch_all(executor).await?;
        rows.iter().map(|row| read_row(row, &SQLITE_TYPES)).collect()
    }
    .boxed()
}

pub(super) fn postgres_rows<'c>(
    executor: impl Executor<'c, Database = Postgres> + 'c,
    sql: String,
    parameters: &[Value],
) -> Rows<'c> {
    let bind = |query: Query<'static, Postgres, PgArguments>, value: Value| match value {
        Value::Null => query.bind(Option::<i64>::None),
        Value::Integer(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Blob(bytes) => query.bind(bytes),
    };
    let query = parameters.iter().cloned().fold(sqlx::query(AssertSqlSafe(sql)), bind);
    async move {
        let rows = query.fetch_all(executor).await?;
        rows.iter().map(|row| read_row(row, &POSTGRES_TYPES)).collect()
    }
    .boxed()
}

/// What each of several statements in one message finds, without parameters.
pub(super) async fn postgres_rows_of_each(
    connection: &mut PgConnection,
    sql: &str,
) -> Result<Vec<Vec<Row>>, StoreError> {
    let mut steps = connection.fetch_many(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())));
    let (mut found, mut rows) = (Vec::new(), Vec::new());
    while let Some(step) = steps.try_next().await? {
        match step {
            Either::Right(row) => rows.push(read_row(&row, &POSTGRES_TYPES)?),
            Either::Left(_) => found.push(std::mem::take(&mut rows)),
        }
    }
    Ok(found)
}

/// What an engine calls the three types that we use.
struct TypeNames {
    integer: &'static str,
    text: &'static str,
    blob: &'static str,
}

const SQLITE_TYPES: TypeNames = TypeNames { integer: "INTEGER", text: "TEXT", blob: "BLOB" };
const POSTGRES_TYPES: TypeNames = TypeNames { integer: "INT8", text: "TEXT", blob: "BYTEA" };

fn read_row<R: sqlx::Row>(row: &R, types: &TypeNames) -> Result<Row, StoreError>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |at| {
        let raw = row.try_get_raw(at)?;
        let kind = raw.type_info();
        Ok(match kind.name() {
            _ if raw.is_null() => Value::Null,
            name if name == types.integer => Value::Integer(row.try_get(at)?),
            name if name == types.text => Value::Text(row.try_get(at)?),
            name if name == types.blob => Value::Blob(row.try_get(at)?),
            _ => return Err(StoreError::Unexpected(at)),
        })
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(Row)
}

/// What becomes of a row whose key is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Present {
    /// It is replaced.
    Replaced,
    /// There can be none, of what this program writes: PostgreSQL, which would have to look and to confirm each row, takes them as they
    /// are.
    New,
    /// Nothing is written: there can be none.
    Refused,
}

/// Rows for one table.
pub struct TableRows {
    table: &'static Table,
    rows: Vec<Vec<Value>>,
    present: Present,
}

impl TableRows {
    /// To insert, or to replace those that have the same key. No key may stand twice.
    pub fn put(table: &'static Table, rows: Vec<Vec<Value>>) -> Self {
        Self { table, rows, present: Present::Replaced }
    }

    /// To insert, with the entries that they are of.
    pub(super) fn add(table: &'static Table, rows: Vec<Vec<Value>>) -> Self {
        Self { table, rows, present: Present::New }
    }

    /// To insert, where none is there yet.
    pub fn append(table: &'static Table, rows: Vec<Vec<Value>>) -> Self {
        Self { table, rows, present: Present::Refused }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().flatten().map(Value::bytes).sum()
    }

    /// Whether each key stands once.
    pub(super) fn are_told_apart(&self) -> bool {
        self.table.tells_apart(&self.rows)
    }

    pub(super) fn table_name(&self) -> &'static str {
        self.table.name
    }
}

/// ` ON CONFLICT (key) DO UPDATE SET …`; nothing where a row with the same key is an error.
fn on_conflict(table: &Table, present: Present) -> String {
    if present != Present::Replaced {
        return String::new();
    }
    let others = table.columns.iter().filter(|column| !table.key.contains(&column.name));
    let set = others.map(|column| format!("{0} = excluded.{0}", column.name)).collect::<Vec<_>>().join(", ");
    let action = if set.is_empty() { "NOTHING".to_owned() } else { format!("UPDATE SET {set}") };
    format!(" ON CONFLICT ({}) DO {action}", table.key.join(", "))
}

/// Rows in one SQLite statement. A handful of sizes, so that all of them stay prepared; but so many that any number of rows
/// takes few statements, each of which goes to the engine's thread and back. One statement of 64 rows is several times
/// faster than 64 of one row, and larger ones gain nothing.
const SQLITE_ROWS: [usize; 12] = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/// The last row again, until one statement more takes all that is left: to put a row twice costs less than another way to
/// the engine's thread and back, and changes nothing.
fn filled_up(mut rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let rest = rows.len() % SQLITE_ROWS[0];
    let size = SQLITE_ROWS.into_iter().rev().find(|size| *size >= rest);
    if let (Some(size), Some(last)) = (size.filter(|_| rest > 0), rows.last().cloned()) {
        rows.resize(rows.len() - rest + size, last);
    }
    rows
}

pub(super) async fn sqlite_put(connection: &mut SqliteConnection, all: Vec<TableRows>) -> Result<(), StoreError> {
    for of in all {
        sqlite_put_into(connection, of).await?;
    }
    Ok(())
}

async fn sqlite_put_into(
    connection: &mut SqliteConnection,
    TableRows { table, rows, present }: TableRows,
) -> Result<(), StoreError> {
    // To put a row twice is cheaper there than to write them in two statements.
    let present = if present == Present::New { Present::Replaced } else { present };
    let conflict = on_conflict(table, present);
    let mut rows = if present == Present::Replaced { filled_up(rows) } else { rows }.into_iter();
    while rows.len() > 0 {
        let count = SQLITE_ROWS.into_iter().find(|size| *size <= rows.len()).unwrap_or(1);
        // FAIL spares the statement journal: when a row can't be written, the whole transaction is dropped anyway.
        let mut sql = format!("INSERT OR FAIL INTO {} ({}) VALUES ", table.name, table.column_names());
        let marks = vec!["?"; table.columns.len()].join(",");
        for row in 0..count {
            let _ = write!(sql, "{}({marks})", if row == 0 { "" } else { "," });
        }
        sql += &conflict;
        let query = rows.by_ref().take(count).flatten().fold(sqlx::query(AssertSqlSafe(sql)), bind_sqlite);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// `INSERT INTO …` with one array of rows, so that the statement is the same for any number of them.
fn postgres_insert(table: &Table, present: Present, parameter: usize) -> String {
    let (name, columns, conflict) = (table.name, table.column_names(), on_conflict(table, present));
    format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM UNNEST(${parameter}::{name}[]){conflict}")
}

/// All of them in one statement: one way to the server and back, where each table would have its own. The last one is what the
/// statement does, those before are its `WITH`, and all are done whole.
pub(super) async fn postgres_put(
    connection: &mut PgConnection,
    layouts: &Layouts,
    all: Vec<TableRows>,
) -> Result<(), StoreError> {
    let tables = layouts.get(connection).await?;
    let insert = |(at, of): (usize, &TableRows)| postgres_insert(of.table, of.present, at);
    let mut inserts: Vec<_> = (1..).zip(&all).map(insert).collect();
    let Some(last) = inserts.pop() else { return Ok(()) };
    let with: Vec<_> = (1..).zip(inserts).map(|(at, insert)| format!("put_{at} AS ({insert})")).collect();
    let sql = if with.is_empty() { last } else { format!("WITH {} {last}", with.join(", ")) };
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for TableRows { table, rows, .. } in all {
        query = query.bind(RowArray::new(table, rows, &tables)?);
    }
    let done = query.execute(&mut *connection).await;
    if done.is_err() {
        layouts.forget();
    }
    Ok(done.map(drop)?)
}
