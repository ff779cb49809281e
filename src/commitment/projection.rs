//! Commitments and reported breaches as tables: for lists.

use super::{Act, Binding, Commitment};
use crate::act::{Place, Stream};
use crate::field::CommitmentId;
use crate::law::Law;
use crate::store::{Column, Projected, Rows, Table, Value};

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

impl Projected for Commitment {
    const TABLES: &'static [&'static Table] = &[&COMMITMENTS, &BREACHES];

    fn rows(&self, id: &CommitmentId, _law: Law<'_>, rows: &mut Rows) {
        let (tender, lot, year) = match &self.binding {
            Binding::Lot(lot) => (Value::from(lot.tender.as_str()), Value::from(lot.lot.as_str()), Value::Null),
            Binding::Year(year) => (Value::Null, Value::Null, Value::Integer(year.year.into())),
        };
        let open = self.breaches.iter().filter(|breach| breach.phase.finding().is_none()).count();
        rows.put(
            &COMMITMENTS,
            vec![
                Value::from(id.as_str()),
                Value::from(self.template.id.as_str()),
                Value::Integer(self.template.version.into()),
                Value::from(self.unit.as_str()),
                Value::from(self.enterprise.as_str()),
                tender,
                lot,
                year,
                Value::from(self.offered_by.name()),
                Value::from(self.phase.status().name()),
                Value::Integer(open as i64),
                Value::Integer(self.first_time.millis()),
                Value::Integer(self.last_time.millis()),
                Value::from(self.version),
            ],
        );
        for breach in &self.breaches {
            rows.put(
                &BREACHES,
                vec![
                    Value::from(id.as_str()),
                    Value::from(breach.id.as_str()),
                    Value::from(breach.against.name()),
                    Value::from(breach.phase.status().name()),
                    breach.phase.finding().map_or(Value::Null, |finding| Value::from(finding.name())),
                ],
            );
        }
    }

    fn history(state: Option<&Self>, id: &CommitmentId, act: &Act, place: &Place, rows: &mut Rows) {
        // Nothing is attached to an offer, with which there is no state yet.
        rows.attach(&Stream::of(id), act, place, state.and_then(|state| state.binding.tender()));
    }
}
