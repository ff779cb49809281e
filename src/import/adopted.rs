//! What all sources become: a tender that was announced outside this log and is adopted by a supervisor, its candidates and its
//! award, each at its time.

use super::report::Tally;
use super::{Signatory, Step};
use crate::calendar::{Calendar, Roll};
use crate::field::{Fault, Instant, Line, LotId, Price, Prose, TenderCode};
use crate::law::Editions;
use crate::tender::{Act, AmountConfirmation, PriceDifference, Window, WindowUnit, Windows};

/// 招标投标法实施条例 art. 54: no candidate is published for less.
pub(super) const PUBLICITY_DAYS_MIN: u16 = 3;
/// No publicity of candidates lasts longer; a year's difference is a slip.
pub(super) const PUBLICITY_DAYS_MAX: u16 = 60;
/// 招标投标法实施条例 art. 54 and 60: what the log counts from the adoption on, answered within 3 days, escalated within 10.
const ANSWER_DAYS: u16 = 3;
const ESCALATION_DAYS: u16 = 10;
/// One record of a tender stands strictly after the other.
pub(super) const SECOND: i64 = 1000;

/// The periods that run in this log once a tender is adopted.
pub(super) fn windows(candidates: u16) -> Windows {
    Windows {
        objection: days(ANSWER_DAYS),
        answer: days(ANSWER_DAYS),
        escalation: days(ESCALATION_DAYS),
        candidates: days(candidates),
    }
}

fn days(count: u16) -> Window {
    Window { count, unit: WindowUnit::Day }
}

/// The lot of a tender that has one.
pub(super) fn only_lot() -> Result<LotId, Fault> {
    "1".parse()
}

/// Of an award at another price than the publication's.
pub(super) fn unexplained() -> Result<PriceDifference, Fault> {
    let reason = "中标公告所载价格与候选人公示不同，或表述不同；来源数据未载明理由。";
    Ok(PriceDifference { law: Line::new("来源数据未载明")?, reason: Prose::new(reason)? })
}

/// Whether an amount of a price is so far from what it is compared with that it must be confirmed.
pub(super) fn is_far(price: &Price, from: &Price) -> bool {
    let edition = Editions::newest();
    price.comparable_with(from).into_iter().any(|(one, other)| edition.prices.slip.are_far_apart(one, other))
}

pub(super) fn as_in_the_source() -> Result<AmountConfirmation, Fault> {
    Ok(AmountConfirmation { reason: Prose::new("按来源数据原样导入，未经核对。")? })
}

/// When an award is entered: at its time, or right after the publicity as the log counts it.
pub(super) fn award_time(
    award: Instant,
    published: Instant,
    windows: Windows,
    calendar: &Calendar,
    code: &TenderCode,
    tally: &mut Tally,
) -> Instant {
    let over = calendar.end_of(published.shanghai_day(), windows.candidates.period(), Roll::default()).over_at();
    if award <= over {
        let what = (
            "中标早于本日志所计公示期届满，记在届满之后",
            "the award came before the window as the log counts it was over; it is entered right after",
        );
        tally.note(what, code.as_str());
    }
    award.max(over.plus_millis(SECOND))
}

/// A step of a supervisor or a centre.
pub(super) fn step(at: Instant, who: Signatory, tender: &TenderCode, act: impl Into<Act>) -> Step {
    Step { at, who, tender: tender.clone(), act: act.into() }
}
