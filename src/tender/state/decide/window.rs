//! The lengths of windows against the rulebook.

use super::super::super::{Method, Preannouncement, Window, WindowUnit};
use super::super::window_end;
use crate::calendar::{Calendar, UnknownYear, spans_at_least};
use crate::field::{Day, Fault, Instant};
use crate::problem::{self, Refusal};
use crate::rulebook::{self, MinimumWindow};

pub(super) fn check_windows(
    disclosed: &Preannouncement,
    at: &str,
    now: Instant,
    calendar: &Calendar,
) -> Result<(), Refusal> {
    let pointer = format!("{at}/windows/candidates");
    minimum(disclosed.windows.candidates, &rulebook::windows().candidates, &pointer)?;
    if disclosed.method == Method::Open {
        let planned = disclosed.planned;
        let pointer = format!("{at}/planned/bid_deadline");
        span(planned.announce, planned.bid_deadline, &rulebook::windows().bidding, &pointer)?;
    }
    countable(disclosed.windows.objection, now, calendar)
}

/// Working days convert to no number of days, but n working days are never fewer than n days.
pub(super) fn minimum(window: Window, rule: &MinimumWindow, pointer: &str) -> Result<(), Refusal> {
    match window.unit {
        WindowUnit::Day | WindowUnit::WorkingDay if window.count >= rule.days => Ok(()),
        WindowUnit::Day | WindowUnit::WorkingDay => Err(too_short(rule, &format!("{pointer}/count"))),
    }
}

pub(super) fn span(from: Day, to: Day, rule: &MinimumWindow, pointer: &str) -> Result<(), Refusal> {
    if spans_at_least(from.date(), to.date(), rule.days) { Ok(()) } else { Err(too_short(rule, pointer)) }
}

pub(super) fn too_short(rule: &MinimumWindow, pointer: &str) -> Refusal {
    let fault = Fault::WindowTooShort { min_days: rule.days, rule: rule.id.clone() };
    Refusal::new(&problem::WINDOW_TOO_SHORT, rule.zh.clone(), rule.en.clone())
        .citing(&rule.id, &rule.law)
        .at(pointer, fault)
}

pub(super) fn countable(window: Window, now: Instant, calendar: &Calendar) -> Result<(), Refusal> {
    window_end(window, now, calendar).map(|_| ()).map_err(|UnknownYear(year)| {
        let zh = format!("{year}年的节假日安排尚未公布，无法计算工作日");
        Refusal::new(&problem::CALENDAR_UNKNOWN, zh, format!("the working days of {year} can't be counted yet"))
    })
}
