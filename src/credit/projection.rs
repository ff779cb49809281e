//! Grades as a table: for lists, and to find those that are looked at again.

use super::{Act, Credit, CreditId, CreditObjectionPhase, GradeChange, Graded};
use crate::act::{Capability, Payload, Stream};
use crate::field::{Instant, OrganisationId};
use crate::law::{Grade, Law};
use crate::store::{Column, Database, Projected, Rows, StoreError, Table, Value};
use crate::world::{self, ReadEntry};

/// One row an organisation that has a grade.
pub static CREDITS: Table = Table {
    name: "credits",
    columns: &[
        Column::text("organisation"),
        Column::text("grade"),
        Column::integer("points"),
        Column::text("day"),
        Column::integer("graded_in"),
        Column::text("again"),
        Column::integer("open_objections"),
        Column::integer("version"),
    ],
    key: &["organisation"],
};

/// One row for each time that a grade became another one.
pub static GRADE_CHANGES: Table = Table {
    name: "grade_changes",
    columns: &[
        Column::text("organisation"),
        Column::integer("entry"),
        Column::integer("time"),
        Column::text("day"),
        Column::text("was"),
        Column::text("grade"),
        Column::integer("points"),
    ],
    key: &["organisation", "entry"],
};

fn change_row(organisation: &OrganisationId, change: &GradeChange) -> Vec<Value> {
    vec![
        Value::from(organisation.as_str()),
        Value::from(change.entry),
        Value::Integer(change.time.millis()),
        Value::from(change.day.to_string()),
        change.was.map_or(Value::Null, |was| Value::from(was.name())),
        Value::from(change.grade.name()),
        Value::from(u64::from(change.points)),
    ]
}

impl Projected for Credit {
    const TABLES: &'static [&'static Table] = &[&CREDITS, &GRADE_CHANGES];

    fn rows(&self, id: &CreditId, _law: Law<'_>, rows: &mut Rows) {
        let open = self.objections.iter().filter(|o| matches!(o.phase, CreditObjectionPhase::Open(_))).count();
        rows.put(
            &CREDITS,
            vec![
                Value::from(id.0.as_str()),
                Value::from(self.last.grade.name()),
                Value::from(u64::from(self.last.points)),
                Value::from(self.last.day.to_string()),
                Value::from(self.graded_in),
                Value::from(self.looked_at_again().to_string()),
                Value::from(open as u64),
                Value::from(self.version()),
            ],
        );
        for change in &self.changes {
            rows.put(&GRADE_CHANGES, change_row(&id.0, change));
        }
    }
}

/// The next organisations, by their codes behind one, whose grade is looked at again by a day; at most so many.
///
/// # Errors
/// The store can't be read.
pub async fn looked_at_again(
    database: &Database,
    day: &str,
    after: &str,
    count: u32,
) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT organisation FROM credits WHERE organisation > $1 AND again <= $2 ORDER BY organisation LIMIT {count}"
    );
    let rows = database.read_built(sql, &[Value::from(after), Value::from(day)]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// The grade of an organisation as of an entry, or of a time; nothing when it had none.
///
/// # Errors
/// The store can't be read.
pub async fn grade_as_of(
    database: &Database,
    organisation: &OrganisationId,
    last: Option<u64>,
    time: Instant,
) -> Result<Option<Grade>, StoreError> {
    // Along the stream, not along all grades of the log: an expression has no index.
    let sql = "SELECT bytes FROM entries WHERE stream = $1 AND kind || '' = $2 AND idx <= $3 AND time <= $4 \
               ORDER BY version DESC LIMIT 1";
    let stream = Stream::of(&CreditId(organisation.clone()));
    let kind = <Graded as Payload>::KIND;
    let (last, time) = (last.unwrap_or(i64::MAX.unsigned_abs()), Value::Integer(time.millis()));
    let rows = database.read(sql, &[Value::from(stream.as_str()), Value::from(kind), Value::from(last), time]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let entry = ReadEntry::parse(row.blob(0)?).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(match entry.act {
        world::Act::Credit(Act::Graded(graded)) => Some(graded.grade),
        _ => None,
    })
}
