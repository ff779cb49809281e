//! 招标公告, 修改 and 开标.

use super::super::super::{Act, Amendment, Announcement, Method, Opening};
use super::super::{ClauseState, LotPhase, Phase, Tender, clause_changes};
use super::guard::{forbids, lot, lot_forbids, must_be_announced, must_run};
use super::round::declared;
use super::window::span;
use super::{bidding, price};
use crate::act::{Author, Moment, must_be_past};
use crate::field::{DueTime, Fault, ItemId};
use crate::problem::{self, Refusal};

/// Open objections that a refusal names.
const OPEN_NAMED_MAX: usize = 20;

pub(super) fn decide_announcement(
    tender: &Tender,
    act: &Act,
    announcement: &Announcement,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    let open = tender.open_objections();
    if !open.is_empty() && matches!(tender.phase, Phase::Preannounced { .. } | Phase::Cleared) {
        let ids = open.iter().take(OPEN_NAMED_MAX).map(ItemId::as_str).collect::<Vec<_>>().join(", ");
        let (zh, en) =
            (format!("异议尚未处理（{} 件）：{ids}", open.len()), format!("{} open objections: {ids}", open.len()));
        return Err(Refusal::new(&problem::OBJECTION_OPEN, zh, en));
    }
    match tender.phase {
        Phase::Preannounced { .. } if tender.window.is_some_and(|window| !at.law.is_over(window, at.now)) => {
            return Err(Refusal::window_open(tender.window.map_or(at.now, |window| at.law.end(window).at)));
        }
        Phase::Preannounced { .. } | Phase::Cleared if tender.revision_required => {
            let (zh, en) = ("异议成立，须先修改公示文本", "an upheld objection demands a revision first");
            return Err(Refusal::new(&problem::REVISION_REQUIRED, zh, en));
        }
        Phase::Preannounced { .. } => {
            return Err(Refusal::new(&problem::NOT_CLEARED, "公示尚未通过", "the disclosure is not cleared yet"));
        }
        Phase::Cleared => {}
        Phase::Announced | Phase::Terminated | Phase::Closed => return Err(forbids(tender, act)),
    }
    let changes = clause_changes(&tender.clauses, &ClauseState::of(&announcement.clauses, &announcement.score_table));
    declared(&changes, &announcement.differences, "/differences")?;
    if announcement.bid_deadline.is_over(at.now) {
        return Err(Refusal::of_field("/bid_deadline", Fault::DatesOutOfOrder { earlier: "today".into() }));
    }
    if tender.method == Some(Method::Open) {
        span(at.today(), announcement.bid_deadline.day(), &at.law.edition().windows.bidding, "/bid_deadline", at)?;
    }
    Ok(())
}

pub(super) fn decide_amendment(
    tender: &Tender,
    act: &Act,
    amendment: &Amendment,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_announced(tender, act)?;
    if !tender.lots.iter().any(|lot| matches!(lot.phase, LotPhase::Waiting { .. })) {
        return Err(forbids(tender, act));
    }
    let mut material = false;
    for (at, clause) in amendment.clauses.iter().enumerate() {
        let Some(known) = tender.clauses.iter().find(|known| known.id == clause.id) else {
            let fault = Fault::UnknownReference { id: clause.id.to_string() };
            return Err(Refusal::of_field(format!("/clauses/{at}/id"), fault));
        };
        // Another label does not make a change of substance a trifle.
        material |= clause.kind.is_material() || known.kind.is_material();
    }
    if let Some(deadline) = amendment.bid_deadline {
        let earlier = if deadline.is_over(at.now) {
            Some("today")
        } else if tender.bid_deadline.is_some_and(|present| deadline.is_before(present)) {
            Some("the present bid_deadline")
        } else {
            None
        };
        if let Some(earlier) = earlier {
            return Err(Refusal::of_field("/bid_deadline", Fault::DatesOutOfOrder { earlier: earlier.into() }));
        }
    }
    let deadline = amendment.bid_deadline.or(tender.bid_deadline);
    match deadline.filter(|_| material && tender.method == Some(Method::Open)) {
        Some(deadline) => span(at.today(), deadline.day(), &at.law.edition().windows.amendment, "/bid_deadline", at),
        None => Ok(()),
    }
}

pub(super) fn decide_opening(
    tender: &Tender,
    act: &Act,
    opening: &Opening,
    by: &Author,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    must_run(tender, by)?;
    must_be_announced(tender, act)?;
    let lot = lot(tender, &opening.lot, "/lot")?;
    let LotPhase::Waiting { .. } = lot.phase else { return Err(lot_forbids(lot, act)) };
    // A day alone for the opening is a plan; an hour is when the bidders come.
    let open = tender.open.filter(|open| matches!(open, DueTime::Hour(_)));
    for (due, name) in [(tender.bid_deadline, "bid_deadline"), (open, "open")] {
        let Some(comes) = due.map(DueTime::comes) else { continue };
        if at.now < comes {
            return Err(Refusal::window_open(comes));
        }
        if opening.opened_at < comes {
            return Err(Refusal::of_field("/opened_at", Fault::DatesOutOfOrder { earlier: name.into() }));
        }
    }
    must_be_past(opening.opened_at <= at.now, "/opened_at")?;
    bidding::must_be_others(tender, bidding::bids(opening))?;
    bidding::must_be_active(bidding::bids(opening), at)?;
    price::of_bids(tender, lot, opening, at)
}
