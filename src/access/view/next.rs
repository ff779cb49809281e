//! Who may do what about bars that stand, and until when.

use super::super::{AsOf, Bar, BarStatus};
use crate::field::{Instant, OrganisationId};
use crate::http::NextStep;
use crate::law::Law;

/// What may be posted now about bars of one organisation. `speakers` are itself, or its successors when it has ended.
pub fn next_steps(bars: &[Bar], speakers: &[OrganisationId], now: Instant, law: Law<'_>) -> Vec<NextStep> {
    // Everything that the log holds is known now.
    let stands = |bar: &&Bar| {
        let status = bar.status(AsOf::entry(u64::MAX, now));
        matches!(status, Some(BarStatus::ToCome | BarStatus::InForce))
    };
    bars.iter().filter(stands).flat_map(|bar| steps_of(bar, speakers, now, law)).collect()
}

fn steps_of(bar: &Bar, speakers: &[OrganisationId], now: Instant, law: Law<'_>) -> Vec<NextStep> {
    let (terms, ends) = (&law.edition().access, bar.ends());
    let clock = if bar.is_own_decision() { &terms.objection_own.rule } else { &terms.objection_source.rule };
    let objection = match bar.open_objection() {
        None => NextStep::by("access.objected", ("提出异议", "object to it"), speakers.to_vec(), clock)
            .about(&bar.id)
            .until(ends),
        Some(filed) => {
            let not_by = speakers.iter().cloned().chain([bar.entered.by.clone()]).collect();
            let words = ("处理异议", "rule on the objection");
            let step = NextStep::by_supervisor("access.objection_ruled", words, not_by, clock);
            step.about(&filed.id).due(law.end(filed.ruling_due).at, now)
        }
    };
    let repair = match bar.open_application() {
        // Where it would end before that, nobody need apply.
        None => terms.repair(bar.regime, now.shanghai_day().into()).and_then(|rule| {
            let words = ("申请信用修复", "apply for its repair");
            let step = NextStep::by("access.repair_applied", words, speakers.to_vec(), &rule.rule).about(&bar.id);
            let first = bar.repairable(rule);
            let from = first.map(|first| Instant::start_of_shanghai_day(first.date()));
            first.is_none_or(|first| first <= bar.to).then(|| match from {
                Some(from) => step.from(from, now).until(ends),
                None => step.until(ends),
            })
        }),
        Some(filed) => {
            let not_by = speakers.iter().cloned().chain([filed.filed.by.clone()]).collect();
            let words = ("决定信用修复", "decide on its repair");
            let step = NextStep::by_supervisor("access.repair_decided", words, not_by, &terms.repair_decision.rule);
            Some(step.about(&filed.id).due(law.end(filed.decision_due).at, now))
        }
    };
    let revocation = ("撤销禁入", "take it back, where its decision was revoked");
    let revocation = NextStep::by_supervisor("access.revoked", revocation, speakers.to_vec(), &terms.basis);
    [Some(objection), repair, Some(revocation.about(&bar.id).until(ends))].into_iter().flatten().collect()
}
