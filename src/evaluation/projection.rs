//! Evaluations as tables: for lists, for the score of an organisation, and for the sample of a day.

use super::{Evaluation, RatingPhase};
use crate::field::{EvaluationId, Instant, OrganisationId};
use crate::law::Law;
use crate::store::{Column, Database, Projected, Row, Rows, StoreError, Table, Value};
use crate::template::Side;

/// One row an evaluation.
pub static EVALUATIONS: Table = Table {
    name: "evaluations",
    columns: &[
        Column::text("id"),
        Column::text("commitment"),
        Column::text("milestone"),
        Column::text("tender"),
        Column::text("lot"),
        Column::integer("lost"),
        Column::text("unit"),
        Column::text("enterprise"),
        Column::text("status"),
        Column::text("by_unit"),
        Column::text("by_enterprise"),
        Column::integer("concluded"),
        Column::integer("first_time"),
        Column::integer("last_time"),
        Column::integer("version"),
    ],
    key: &["id"],
};

/// One row a rating that can be read.
pub static RATINGS: Table = Table {
    name: "ratings",
    columns: &[
        Column::text("evaluation"),
        Column::text("rater_side"),
        Column::text("rater"),
        Column::text("rated"),
        Column::integer("lost"),
        Column::integer("points"),
        Column::integer("since"),
    ],
    key: &["evaluation", "rater_side"],
};

impl Projected for Evaluation {
    const TABLES: &'static [&'static Table] = &[&EVALUATIONS, &RATINGS];

    fn rows(&self, id: &EvaluationId, _law: Law<'_>, rows: &mut Rows) {
        let text = id.to_string();
        let (tender, lot) = match &self.lot {
            Some(lot) => (Value::from(lot.tender.as_str()), Value::from(lot.lot.as_str())),
            None => (Value::Null, Value::Null),
        };
        rows.put(
            &EVALUATIONS,
            vec![
                Value::from(text.as_str()),
                Value::from(self.commitment.as_str()),
                Value::from(self.milestone.name()),
                tender,
                lot,
                Value::Integer(self.lost.into()),
                Value::from(self.unit.as_str()),
                Value::from(self.enterprise.as_str()),
                Value::from(self.status().name()),
                Value::from(self.by_unit.status().name()),
                Value::from(self.by_enterprise.status().name()),
                self.concluded.map_or(Value::Null, |at| Value::Integer(at.millis())),
                Value::Integer(self.first_time.millis()),
                Value::Integer(self.last_time.millis()),
                Value::from(self.version),
            ],
        );
        for rater in [Side::Unit, Side::Enterprise] {
            if !matches!(self.rating(rater), RatingPhase::Scored(_)) {
                continue;
            }
            let points = self.result(rater.other());
            rows.put(
                &RATINGS,
                vec![
                    Value::from(text.as_str()),
                    Value::from(rater.name()),
                    Value::from(self.party(rater).as_str()),
                    Value::from(self.party(rater.other()).as_str()),
                    Value::Integer(self.lost.into()),
                    points.map_or(Value::Null, |points| Value::Integer(points.into())),
                    Value::Integer(self.first_time.millis()),
                ],
            );
        }
    }
}

/// The newest ratings of one organisation that are counted; older ones say little of how it acts now.
pub(super) const RATINGS_COUNTED_MAX: usize = 2000;

/// The ratings of an organisation that count, the newest first, one more than are counted: rater's side, whether the enterprise
/// lost, rater, points.
pub(super) async fn ratings_of(database: &Database, rated: &OrganisationId) -> Result<Vec<Row>, StoreError> {
    let sql = format!(
        "SELECT rater_side, lost, rater, points FROM ratings WHERE rated = $1 AND points IS NOT NULL \
         ORDER BY since DESC, evaluation DESC LIMIT {}",
        RATINGS_COUNTED_MAX + 1
    );
    database.read_built(sql, &[Value::from(rated.as_str())]).await
}

/// Evaluations of one day that a sample is drawn from.
const CONCLUDED_MAX: usize = 10_000;

/// The evaluations that were concluded from one moment on and before another.
pub(super) async fn concluded(database: &Database, from: Instant, to: Instant) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT id FROM evaluations WHERE concluded >= $1 AND concluded < $2 ORDER BY concluded, id LIMIT {CONCLUDED_MAX}"
    );
    let rows = database.read_built(sql, &[Value::Integer(from.millis()), Value::Integer(to.millis())]).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}
