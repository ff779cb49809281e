//! Who may do what about somebody's credit, and until when.

use super::super::{Credit, CreditObjectionPhase};
use crate::field::Instant;
use crate::http::NextStep;
use crate::law::Law;

/// What may be posted now.
pub fn next_steps(credit: &Credit, now: Instant, law: Law<'_>) -> impl Iterator<Item = NextStep> {
    let terms = &law.edition().credit;
    let words = ("对计入的记录提出异议", "object to an entry that counts");
    let object = (!credit.counted.is_empty())
        .then(|| NextStep::by("credit.objected", words, vec![credit.organisation.clone()], &terms.objection.rule));
    let rulings = credit.objections.iter().filter_map(move |objection| {
        let CreditObjectionPhase::Open(running) = objection.phase else { return None };
        let conduct = credit.counted.get(&objection.entry).and_then(|counted| terms.conduct(counted.conduct));
        let is_found = conduct.is_some_and(|conduct| conduct.found_by_others);
        let rule = if is_found { &terms.objection_to_findings.rule } else { &terms.objection.rule };
        let not_by = vec![credit.organisation.clone(), objection.by.clone()];
        let step =
            NextStep::by_supervisor("credit.objection_ruled", ("处理异议", "rule on the objection"), not_by, rule);
        Some(step.about(&objection.id).due(law.end(running).at, now))
    });
    object.into_iter().chain(rulings)
}
