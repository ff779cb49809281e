//! Grades as a table: for lists, and to find those that are looked at again.

use super::{Credit, CreditId, CreditObjectionPhase};
use crate::act::Capability;
use crate::law::Law;
use crate::store::{Column, Database, Projected, Rows, StoreError, Table, Value};

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

impl Projected for Credit {
    const TABLES: &'static [&'static Table] = &[&CREDITS];

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
