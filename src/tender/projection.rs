//! Tenders, objections and lots as tables: for lists, filters and the scheduler.

use super::{LotState, Tender};
use crate::field::TenderCode;
use crate::sequencer::Rows;
use crate::store::{Column, Table, Value};
use crate::world::Stream;

/// One row a tender.
pub static TENDERS: Table = Table {
    name: "tenders",
    columns: &[
        Column::text("code"),
        Column::text("title"),
        Column::text("status"),
        Column::text("nature"),
        Column::text("region"),
        Column::text("centre"),
        Column::text("unit"),
        Column::text("unit_name"),
        Column::integer("estimate_minor"),
        Column::integer("window_until"),
        Column::integer("next_due"),
        Column::integer("first_time"),
        Column::integer("last_time"),
        Column::integer("version"),
    ],
    key: &["code"],
};

/// One row an objection.
pub static OBJECTIONS: Table = Table {
    name: "objections",
    columns: &[
        Column::text("tender"),
        Column::text("id"),
        Column::text("objector"),
        Column::text("status"),
        Column::integer("answer_due"),
    ],
    key: &["tender", "id"],
};

/// One row a lot.
pub static LOTS: Table = Table {
    name: "lots",
    columns: &[
        Column::text("tender"),
        Column::text("id"),
        Column::text("title"),
        Column::text("status"),
        Column::text("winner"),
        Column::text("winner_name"),
        Column::text("price"),
        Column::integer("candidates"),
        Column::integer("open_challenges"),
    ],
    key: &["tender", "id"],
};

pub static TABLES: &[&Table] = &[&TENDERS, &OBJECTIONS, &LOTS];

fn optional<T>(value: Option<T>, into: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, into)
}

/// The rows of one tender's state.
pub fn project(code: &TenderCode, tender: &Tender, rows: &mut Rows) {
    let template = tender.commitment_template.iter().cloned().map(Stream::Template);
    let reads = template.chain(tender.commitments.iter().cloned().map(Stream::Commitment));
    rows.reads(&Stream::Tender(code.clone()), reads);
    let window_until = match tender.phase {
        super::Phase::Preannounced { until, .. } => Some(until),
        _ => None,
    };
    rows.put(
        &TENDERS,
        vec![
            Value::from(code.as_str()),
            Value::from(&*tender.title),
            Value::from(tender.status()),
            Value::from(tender.nature.name()),
            Value::from(tender.region.as_str()),
            Value::from(tender.centre.as_str()),
            optional(tender.procuring_unit.id.as_ref(), |id| Value::from(id.as_str())),
            Value::from(tender.procuring_unit.name.as_str()),
            optional(tender.estimate, |money| Value::Integer(money.amount_minor)),
            optional(window_until, |until| Value::Integer(until.millis())),
            optional(tender.next_due(), |due| Value::Integer(due.millis())),
            Value::Integer(tender.first_time.millis()),
            Value::Integer(tender.last_time.millis()),
            Value::Integer(tender.version() as i64),
        ],
    );
    for objection in &tender.objections {
        let due = match objection.phase {
            super::ObjectionPhase::Filed { answer_due, .. } => Value::Integer(answer_due.millis()),
            _ => Value::Null,
        };
        rows.put(
            &OBJECTIONS,
            vec![
                Value::from(code.as_str()),
                Value::from(objection.id.as_str()),
                Value::from(objection.by.as_str()),
                Value::from(objection.phase.name()),
                due,
            ],
        );
    }
    // A lot that nothing has happened to yet is in the tender's own record.
    for lot in tender.lots.iter().filter(|lot| !matches!(lot.phase, super::LotPhase::Waiting { overdue: false })) {
        rows.put(&LOTS, lot_row(code, lot));
    }
}

fn lot_row(code: &TenderCode, lot: &LotState) -> Vec<Value> {
    let winner = lot.winner();
    vec![
        Value::from(code.as_str()),
        Value::from(lot.id.as_str()),
        Value::from(&*lot.title),
        Value::from(lot.phase.name()),
        optional(winner.and_then(|winner| winner.members.first()), |id| Value::from(id.as_str())),
        optional(winner, |winner| Value::from(&*winner.name)),
        optional(lot.price.as_ref(), |price| Value::from(serde_json::to_string(price).unwrap_or_default())),
        Value::Integer(lot.candidates.len() as i64),
        Value::Integer(lot.challenges.iter().filter(|c| c.answer.is_none()).count() as i64),
    ]
}
