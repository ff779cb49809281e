//! Commitments and reported breaches as tables: for lists and for the scheduler.

use super::{Binding, Commitment};
use crate::field::CommitmentId;
use crate::sequencer::Rows;
use crate::store::{Column, Table, Value};
use crate::world::Stream;

/// One row a commitment.
pub static COMMITMENTS: Table = Table {
    name: "commitments",
    columns: &[
        Column::text("id"),
        Column::text("template"),
        Column::integer("template_version"),
        Column::text("unit"),
        Column::text("enterprise"),
        Column::text("tender"),
        Column::text("lot"),
        Column::integer("year"),
        Column::text("offered_by"),
        Column::text("status"),
        Column::integer("open_breaches"),
        Column::integer("next_due"),
        Column::integer("first_time"),
        Column::integer("last_time"),
        Column::integer("version"),
    ],
    key: &["id"],
};

/// One row a reported breach.
pub static BREACHES: Table = Table {
    name: "breaches",
    columns: &[
        Column::text("commitment"),
        Column::text("id"),
        Column::text("against"),
        Column::text("status"),
        Column::text("finding"),
    ],
    key: &["commitment", "id"],
};

pub static TABLES: &[&Table] = &[&COMMITMENTS, &BREACHES];

/// The rows of one commitment's state.
pub fn project(id: &CommitmentId, commitment: &Commitment, rows: &mut Rows) {
    let (tender, lot, year) = match &commitment.binding {
        Binding::Lot(lot) => (Value::from(lot.tender.as_str()), Value::from(lot.lot.as_str()), Value::Null),
        Binding::Year(year) => (Value::Null, Value::Null, Value::Integer(year.year.into())),
    };
    let open = commitment.breaches.iter().filter(|breach| breach.phase.finding().is_none()).count();
    rows.put(
        &COMMITMENTS,
        vec![
            Value::from(id.as_str()),
            Value::from(commitment.template.id.as_str()),
            Value::Integer(commitment.template.version.into()),
            Value::from(commitment.unit.as_str()),
            Value::from(commitment.enterprise.as_str()),
            tender,
            lot,
            year,
            Value::from(commitment.offered_by.name()),
            Value::from(commitment.phase.name()),
            Value::Integer(open as i64),
            commitment.next_due().map_or(Value::Null, |due| Value::Integer(due.millis())),
            Value::Integer(commitment.first_time.millis()),
            Value::Integer(commitment.last_time.millis()),
            Value::from(commitment.version()),
        ],
    );
    let tender = commitment.binding.tender().cloned().map(Stream::Tender);
    let reads = [
        Stream::Template(commitment.template.id.clone()),
        Stream::Organisation(commitment.unit.clone()),
        Stream::Organisation(commitment.enterprise.clone()),
    ];
    rows.reads(&Stream::Commitment(id.clone()), reads.into_iter().chain(tender));
    for breach in &commitment.breaches {
        rows.put(
            &BREACHES,
            vec![
                Value::from(id.as_str()),
                Value::from(breach.id.as_str()),
                Value::from(breach.against.name()),
                Value::from(breach.phase.name()),
                breach.phase.finding().map_or(Value::Null, |finding| Value::from(finding.name())),
            ],
        );
    }
}
