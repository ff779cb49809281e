//! Tenders, objections and lots as tables: for lists and filters.

use super::{
    Act, AnswerTiming, AwardState, AwardStatus, LotPhase, LotState, ObjectionPhase, Phase, Tender, TenderStatus,
};
use crate::act::{Capability, Place, Stream};
use crate::field::{LotId, Money, OrganisationId, Price, TenderCode, folded};
use crate::law::{Law, Running};
use crate::store::{Column, Projected, Reads, Rows, StoreError, Table, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One row a tender.
pub static TENDERS: Table = Table {
    name: "tenders",
    columns: &[
        Column::text("code"),
        Column::text("title"),
        Column::text("title_folded"),
        Column::text("status"),
        Column::text("nature"),
        Column::text("region"),
        Column::text("centre"),
        Column::text("unit"),
        Column::text("unit_name"),
        Column::integer("estimate_minor"),
        Column::integer("awarded_minor"),
        Column::integer("window_until"),
        Column::integer("first_time"),
        Column::integer("last_time"),
        Column::integer("version"),
        Column::text("follows"),
        Column::text("followed_lots"),
        Column::text("bid_deadline"),
        Column::text("opening"),
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
        Column::text("centre"),
        Column::text("region"),
        Column::integer("filed"),
        Column::integer("answer_due"),
        Column::text("unit"),
        Column::text("result"),
        Column::text("answered"),
        Column::integer("changed"),
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
        Column::text("title_folded"),
        Column::text("status"),
        Column::text("nature"),
        Column::text("region"),
        Column::text("centre"),
        Column::text("unit"),
        Column::integer("published"),
        Column::text("awards"),
        Column::integer("awarded_minor"),
        Column::integer("candidates"),
        Column::integer("open_challenges"),
        Column::text("bidding"),
        Column::text("opening"),
        Column::integer("challenges_in_time"),
        Column::integer("challenges_late"),
        Column::integer("challenges_running"),
        Column::integer("changed"),
    ],
    key: &["tender", "id"],
};

/// One row a lot and bidder, each member of a consortium being one.
pub static BIDS: Table = Table {
    name: "bids",
    columns: &[
        Column::text("tender"),
        Column::text("lot"),
        Column::text("bidder"),
        Column::integer("published"),
        Column::integer("leads"),
    ],
    key: &["tender", "lot", "bidder"],
};

/// One row a lot and winner, each member of a consortium being one; `stands` unless the award fell through.
pub static AWARDS: Table = Table {
    name: "awards",
    columns: &[
        Column::text("tender"),
        Column::text("lot"),
        Column::text("winner"),
        Column::integer("published"),
        Column::integer("stands"),
        Column::integer("leads"),
    ],
    key: &["tender", "lot", "winner"],
};

fn optional<T>(value: Option<T>, into: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, into)
}

impl Projected for Tender {
    const TABLES: &'static [&'static Table] = &[&TENDERS, &OBJECTIONS, &LOTS, &BIDS, &AWARDS];

    fn rows(&self, code: &TenderCode, law: Law<'_>, rows: &mut Rows) {
        // Nobody knows when a period ends that doesn't run.
        let runs = !self.is_suspended() && !self.phase.is_final();
        let end = |period: Option<Running>| {
            optional(period.filter(|_| runs), |period| Value::Integer(law.end(period).at.millis()))
        };
        let window = self.window.filter(|_| matches!(self.phase, Phase::Preannounced { .. }));
        rows.put(
            &TENDERS,
            vec![
                Value::from(code.as_str()),
                Value::from(&*self.title),
                Value::from(folded(&self.title)),
                Value::from(self.status().name()),
                optional(self.nature, |nature| Value::from(nature.name())),
                Value::from(self.region.as_str()),
                Value::from(self.centre.as_str()),
                optional(self.procuring_unit.id.as_ref(), |id| Value::from(id.as_str())),
                Value::from(self.procuring_unit.name.as_str()),
                optional(self.estimate, amount),
                optional(AwardState::sum(self.lots.iter().flat_map(|lot| &lot.awards)), amount),
                end(window),
                Value::Integer(self.first_time.millis()),
                Value::Integer(self.last_time.millis()),
                Value::Integer(self.version() as i64),
                optional(self.follows.as_ref(), |earlier| Value::from(earlier.tender.as_str())),
                optional(self.follows.as_ref(), |earlier| Value::from(lot_names(&earlier.lots))),
                optional(self.bid_deadline.filter(|_| !self.phase.is_final()), |due| Value::from(due.to_string())),
                optional(self.open.filter(|_| !self.phase.is_final()), |due| Value::from(due.to_string())),
            ],
        );
        for objection in &self.objections {
            let answer = match objection.phase {
                ObjectionPhase::Filed { answer, .. } => Some(answer),
                _ => None,
            };
            rows.put(
                &OBJECTIONS,
                vec![
                    Value::from(code.as_str()),
                    Value::from(objection.id.as_str()),
                    Value::from(objection.by.as_str()),
                    Value::from(objection.phase.status().name()),
                    Value::from(self.centre.as_str()),
                    Value::from(self.region.as_str()),
                    Value::Integer(objection.filed.millis()),
                    end(answer),
                    optional(self.procuring_unit.id.as_ref(), |id| Value::from(id.as_str())),
                    Value::from(objection.result().name()),
                    Value::from(objection.answered.name()),
                    Value::Integer(objection.changed.millis()),
                ],
            );
        }
        // A lot that nothing has happened to yet is in the tender's own record.
        for lot in self.lots.iter().filter(|lot| !matches!(lot.phase, LotPhase::Waiting { overdue: false })) {
            rows.put(&LOTS, self.lot_row(code, lot));
        }
        self.put_bids_and_awards(code, rows);
    }

    fn history(_state: Option<&Self>, code: &TenderCode, act: &Act, place: &Place, rows: &mut Rows) {
        rows.attach(&Stream::of(code), act, place, Some(code));
    }
}

/// `,1,2,`
fn lot_names(lots: &[LotId]) -> String {
    lots.iter().fold(String::from(","), |names, lot| names + lot.as_str() + ",")
}

/// A tender that holds this one again, in whole or in part (重新招标).
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct LaterRoundView {
    pub tender: String,
    pub status: TenderStatus,
    /// The lots of this one that it tenders again.
    pub lots: Vec<String>,
}

/// Later rounds that a view names: one lot has one at a time, but more of those that came to nothing.
const LATER_ROUNDS_MAX: u32 = 100;

/// The tenders that follow this one, in the order in which they were disclosed.
///
/// # Errors
/// The store can't be read.
pub async fn later_rounds(reads: &mut impl Reads, code: &TenderCode) -> Result<Vec<LaterRoundView>, StoreError> {
    let sql = format!(
        "SELECT code, status, followed_lots FROM tenders WHERE follows = $1 ORDER BY first_time, code \
         LIMIT {LATER_ROUNDS_MAX}"
    );
    let rows = reads.rows(&sql, &[Value::from(code.as_str())]).await?;
    let later = rows.iter().map(|row| {
        let lots = row.text(2)?.split(',').filter(|lot| !lot.is_empty()).map(str::to_owned).collect();
        let status = row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?;
        Ok(LaterRoundView { tender: row.text(0)?.to_owned(), status, lots })
    });
    later.collect()
}

fn flag(is_set: bool) -> Value {
    Value::Integer(i64::from(is_set))
}

fn amount(money: Money) -> Value {
    Value::Integer(money.amount_minor)
}

impl Tender {
    fn lot_row(&self, code: &TenderCode, lot: &LotState) -> Vec<Value> {
        let awards: Vec<_> = lot.awards.iter().filter_map(|award| AwardSummary::of(lot, award)).collect();
        let challenges = |timing| Value::Integer(lot.challenges.iter().filter(|c| c.timing() == timing).count() as i64);
        vec![
            Value::from(code.as_str()),
            Value::from(lot.id.as_str()),
            Value::from(&*lot.title),
            Value::from(folded(&lot.title)),
            Value::from(lot.phase.status().name()),
            optional(self.nature, |nature| Value::from(nature.name())),
            Value::from(self.region.as_str()),
            Value::from(self.centre.as_str()),
            optional(self.procuring_unit.id.as_ref(), |id| Value::from(id.as_str())),
            Value::Integer(self.first_time.millis()),
            Value::from(serde_json::to_string(&awards).unwrap_or_default()),
            optional(AwardState::sum(&lot.awards), amount),
            Value::Integer(lot.candidates.len() as i64),
            Value::Integer(lot.challenges.iter().filter(|c| c.answer.is_none()).count() as i64),
            Value::from(lot.bidding().name()),
            Value::from(lot.opening().name()),
            challenges(AnswerTiming::InTime),
            challenges(AnswerTiming::Late),
            challenges(AnswerTiming::Open),
            Value::Integer(lot.changed.unwrap_or(self.first_time).millis()),
        ]
    }

    /// `leads` is true of one lot a tender, so that a list of somebody's tenders has each of them once.
    fn put_bids_and_awards(&self, code: &TenderCode, rows: &mut Rows) {
        let published = Value::Integer(self.first_time.millis());
        let (mut bid, mut won) = (BTreeSet::new(), BTreeSet::new());
        for lot in &self.lots {
            let row = |of: &OrganisationId| {
                vec![
                    Value::from(code.as_str()),
                    Value::from(lot.id.as_str()),
                    Value::from(of.as_str()),
                    published.clone(),
                ]
            };
            for bidder in &lot.bidders {
                let leads = bid.insert(bidder);
                rows.put(&BIDS, [row(bidder), vec![flag(leads)]].concat());
            }
            let winners: BTreeSet<_> = lot.winners().flat_map(|winner| &winner.members).collect();
            for winner in &lot.ever_won {
                let stands = winners.contains(winner);
                let leads = stands && won.insert(winner);
                rows.put(&AWARDS, [row(winner), vec![flag(stands), flag(leads)]].concat());
            }
        }
    }
}

/// A winner of a lot.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct AwardSummary {
    /// Id of the candidate.
    pub candidate: String,
    pub name: String,
    /// Code of its leading member, where the notice knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<String>,
    /// As awarded, then as contracted.
    pub price: Price,
    pub status: AwardStatus,
}

impl AwardSummary {
    /// `None` for an award to nobody, which no decision allows.
    pub fn of(lot: &LotState, award: &AwardState) -> Option<Self> {
        let winner = lot.candidate(&award.candidate)?;
        Some(Self {
            candidate: award.candidate.to_string(),
            name: winner.name.to_string(),
            winner: winner.members.first().map(ToString::to_string),
            price: award.price.clone(),
            status: award.status(),
        })
    }
}
