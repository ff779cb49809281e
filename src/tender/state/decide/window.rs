//! The lengths of windows against the law.

use super::super::super::{Method, Preannouncement, Window};
use crate::act::Moment;
use crate::calendar::spans_at_least;
use crate::field::{Day, Fault};
use crate::law::DayRule;
use crate::problem::{self, Refusal};

pub(super) fn check_windows(disclosed: &Preannouncement, prefix: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    let rules = &at.law.edition().windows;
    let pointer = format!("{prefix}/windows/candidates");
    minimum(disclosed.windows.candidates, &rules.candidates, &pointer, at)?;
    if disclosed.method == Method::Open {
        let planned = disclosed.planned;
        let pointer = format!("{prefix}/planned/bid_deadline");
        span(planned.announce, planned.bid_deadline.day(), &rules.bidding, &pointer, at)?;
    }
    Ok(())
}

/// Working days convert to no number of days, but n working days are never fewer than n days.
pub(super) fn minimum(window: Window, rule: &DayRule, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    if window.count >= rule.days || !rule.rule.holds_on(at.today()) {
        return Ok(());
    }
    Err(too_short(rule, &format!("{pointer}/count")))
}

pub(super) fn span(from: Day, to: Day, rule: &DayRule, pointer: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    if spans_at_least(from.date(), to.date(), rule.days) || !rule.rule.holds_on(at.today()) {
        return Ok(());
    }
    Err(too_short(rule, pointer))
}

fn too_short(DayRule { days, rule }: &DayRule, pointer: &str) -> Refusal {
    let fault = Fault::WindowTooShort { min_days: *days, rule: rule.id.clone() };
    Refusal::new(&problem::WINDOW_TOO_SHORT, rule.zh.clone(), rule.en.clone())
        .citing(&rule.id, &rule.law)
        .at(pointer, fault)
}
