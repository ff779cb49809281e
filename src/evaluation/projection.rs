//! Evaluations as tables: for lists, for the score of an organisation, and for the sample of a day.

use super::{Evaluation, RatingOutcome, RatingStatus, RevealedRating, SettledRating, Stamp};
use crate::field::{Dimension, EvaluationId, Instant, OrganisationId};
use crate::http::word;
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

/// One row a rating, by the side that gives it.
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
        Column::text("status"),
        Column::text("scores"),
        Column::integer("given"),
        Column::integer("sealed_in"),
        Column::integer("sealed"),
        Column::integer("settled_in"),
        Column::integer("settled"),
        Column::integer("replied_in"),
        Column::integer("replied"),
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
        for side in [Side::Unit, Side::Enterprise] {
            rows.put(&RATINGS, self.rating_row(id, side));
        }
    }
}

impl Evaluation {
    /// What can be read of a rating only once it is settled: while others can't read it, a row has no more than its status.
    fn rating_row(&self, id: &EvaluationId, side: Side) -> Vec<Value> {
        let settled = self.settled(id).find(|rating| rating.side == side);
        let revealed = settled.as_ref().and_then(SettledRating::revealed);
        let scores = |revealed: &RevealedRating| {
            let scores = revealed.scores.iter().map(|(dimension, score)| format!("{}={score}", dimension.name()));
            Value::from(scores.collect::<Vec<_>>().join(","))
        };
        let [sealed_in, sealed] = stamp(revealed.map(|revealed| revealed.sealed));
        let [settled_in, settled_at] = stamp(settled.as_ref().map(|rating| rating.settled));
        let [replied_in, replied] = stamp(revealed.and_then(|revealed| revealed.reply));
        vec![
            Value::from(id.to_string()),
            Value::from(side.name()),
            Value::from(self.party(side).as_str()),
            Value::from(self.party(side.other()).as_str()),
            Value::Integer(self.lost.into()),
            revealed.and_then(|revealed| revealed.counted).map_or(Value::Null, |points| Value::Integer(points.into())),
            Value::Integer(self.first_time.millis()),
            Value::from(self.rating(side).status().name()),
            revealed.map_or(Value::Null, scores),
            revealed.map_or(Value::Null, |revealed| Value::Integer(revealed.given.into())),
            sealed_in,
            sealed,
            settled_in,
            settled_at,
            replied_in,
            replied,
        ]
    }
}

fn stamp(stamp: Option<Stamp>) -> [Value; 2] {
    stamp.map_or([Value::Null, Value::Null], |Stamp { entry, time }| [entry.into(), Value::Integer(time.millis())])
}

/// The columns that [`settled_rating`] reads.
pub const SETTLED_COLUMNS: &str = "evaluation, rater_side, rater, rated, lost, points, since, status, scores, given, sealed_in, \
     sealed, settled_in, settled, replied_in, replied";

/// A settled rating, as a row has it.
///
/// # Errors
/// The row can't be read: somebody else wrote it.
pub fn settled_rating(row: &Row) -> Result<SettledRating, StoreError> {
    let status: RatingStatus = word(row, 7)?;
    let outcome = match status {
        RatingStatus::Silent => RatingOutcome::Silent,
        RatingStatus::Withheld => RatingOutcome::Withheld,
        status => RatingOutcome::Revealed(RevealedRating {
            scores: scores(row.text(8)?)?,
            given: points(row.integer(9)?)?,
            counted: row.optional_integer(5)?.map(points).transpose()?,
            status,
            sealed: stamp_of(row, 10)?.ok_or_else(damaged)?,
            reply: stamp_of(row, 14)?,
        }),
    };
    Ok(SettledRating {
        evaluation: word(row, 0)?,
        side: match row.text(1)? {
            unit if unit == Side::Unit.name() => Side::Unit,
            _ => Side::Enterprise,
        },
        rater: word(row, 2)?,
        rated: word(row, 3)?,
        lost: row.integer(4)? != 0,
        opened: Instant::from_millis(row.integer(6)?),
        settled: stamp_of(row, 12)?.ok_or_else(damaged)?,
        outcome,
    })
}

fn damaged() -> StoreError {
    StoreError::Damaged("a row of ratings".to_owned())
}

fn points(number: i64) -> Result<u16, StoreError> {
    u16::try_from(number).map_err(|_| damaged())
}

fn stamp_of(row: &Row, column: usize) -> Result<Option<Stamp>, StoreError> {
    let Some(time) = row.optional_integer(column + 1)? else { return Ok(None) };
    Ok(Some(Stamp { entry: row.unsigned(column)?, time: Instant::from_millis(time) }))
}

fn scores(text: &str) -> Result<Vec<(Dimension, u8)>, StoreError> {
    let score = |pair: &str| {
        let (dimension, score) = pair.split_once('=')?;
        Some((dimension.parse().ok()?, score.parse().ok()?))
    };
    text.split(',').map(score).collect::<Option<_>>().ok_or_else(damaged)
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
