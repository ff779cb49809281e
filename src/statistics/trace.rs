//! What a log shows of a rule having applied: for each place of an edition, what that leaves behind. A rule that came with a new field
//! finds its place here, or this does not compile.

use crate::law::{
    AccessTerms, CommitmentTerms, CreditTerms, DepositGuards, DepositTerms, Edition, EvaluationTerms, LaterRounds,
    MinimumWindows, PriceRules, PublishedPersons, Rule,
};

/// What can be counted in the log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// A record of this kind.
    Kind(String),
    /// A record names this rule: `credit.graded` for an entry that it counts, a published name as its basis.
    Rule(String),
    /// A bar of this kind (`access.barred`).
    Bar(String),
    /// A deposit scheme of this kind (`deposit.scheme_published`).
    Scheme(String),
    /// A tender that holds lots of another one again.
    Round,
    /// A side that let the time for its seal pass, or the time for revealing it.
    Silent,
    Withheld,
}

/// How often a rule applied, as far as the log says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// Each of these falls under it.
    Each(Said),
    /// Some of these do, and nothing says which.
    AtMost(Said),
    /// It says what is shown to whoever asks, and leaves no record.
    Unrecorded,
}

/// A rule of an edition, and what it leaves behind.
#[derive(Debug, Clone)]
pub struct TracedRule<'e> {
    pub rule: &'e Rule,
    pub trace: Trace,
    /// What says that the time that it sets has passed.
    pub overdue: Option<Said>,
    /// As what a refusal cites it; nothing where it refuses nobody.
    pub cited: Option<&'e str>,
}

impl<'e> TracedRule<'e> {
    fn new(rule: &'e Rule, trace: Trace) -> Self {
        Self { rule, trace, overdue: None, cited: None }
    }

    /// Each record of its anchor's kind.
    fn each(rule: &'e Rule) -> Self {
        Self::new(rule, Trace::Each(Said::Kind(rule.anchor.clone())))
    }

    /// Some records of its anchor's kind.
    fn at_most(rule: &'e Rule) -> Self {
        Self::new(rule, Trace::AtMost(Said::Kind(rule.anchor.clone())))
    }

    fn named(rule: &'e Rule) -> Self {
        Self::new(rule, Trace::Each(Said::Rule(rule.id.clone())))
    }

    fn unrecorded(rule: &'e Rule) -> Self {
        Self::new(rule, Trace::Unrecorded)
    }

    /// Refusals cite it.
    fn refuses(self) -> Self {
        Self { cited: Some(&self.rule.id), ..self }
    }

    fn overdue(self, said: Said) -> Self {
        Self { overdue: Some(said), ..self }
    }

    fn overdue_by(self, kind: &str) -> Self {
        self.overdue(Said::Kind(kind.to_owned()))
    }
}

/// Every rule of an edition, in no order that means anything; those of which it is silent among them.
pub fn traced(edition: &Edition) -> Vec<TracedRule<'_>> {
    let mut traced = of_tenders(edition);
    traced.extend(of_commitments(&edition.commitments));
    traced.extend(of_evaluation(&edition.evaluation));
    traced.extend(of_credit(&edition.credit));
    traced.extend(of_access(&edition.access));
    // Indicators are computed when somebody asks, and nothing follows from them.
    traced.extend(edition.fairness.rules().map(|(rule, _)| TracedRule::unrecorded(rule)));
    traced.extend(of_deposits(&edition.deposits));
    traced
}

fn of_tenders(edition: &Edition) -> Vec<TracedRule<'_>> {
    let MinimumWindows { candidates, bidding, amendment } = &edition.windows;
    let LaterRounds { follows, one, inherits: _, inheritance } = &edition.rounds;
    let PublishedPersons { leader } = &edition.persons;
    let PriceRules { candidate, award, contract, slip } = &edition.prices;
    let traced = [
        TracedRule::each(&candidates.rule),
        // Of open tenders only; the method is the tender's.
        TracedRule::at_most(&bidding.rule),
        // Where a clause of substance changes.
        TracedRule::at_most(&amendment.rule),
        TracedRule::new(follows, Trace::Each(Said::Round)),
        TracedRule::new(one, Trace::Each(Said::Round)),
        // Of a tender that was adopted nobody knows the text.
        TracedRule::new(inheritance, Trace::AtMost(Said::Round)),
        TracedRule::named(leader),
        // Where the bid was opened in this log.
        TracedRule::at_most(candidate),
        TracedRule::each(award),
        TracedRule::each(contract),
        // Where there is something to compare an amount with.
        TracedRule::at_most(&slip.rule),
    ];
    traced.map(TracedRule::refuses).into()
}

fn of_commitments(terms: &CommitmentTerms) -> Vec<TracedRule<'_>> {
    let CommitmentTerms { required, offer, breach_answer, appeal } = terms;
    let traced = [
        // Where the tender asks for one.
        TracedRule::at_most(required),
        TracedRule::each(&offer.rule).overdue_by("commitment.lapsed"),
        TracedRule::each(&breach_answer.rule).overdue_by("commitment.deadline_passed"),
        TracedRule::each(&appeal.rule),
    ];
    traced.map(TracedRule::refuses).into()
}

fn of_evaluation(terms: &EvaluationTerms) -> Vec<TracedRule<'_>> {
    let EvaluationTerms { sealing, revealing, appeal, evidence, raters, sample, conduct } = terms;
    vec![
        TracedRule::each(&sealing.rule).overdue(Said::Silent).refuses(),
        TracedRule::each(&revealing.rule).overdue(Said::Withheld).refuses(),
        TracedRule::each(&appeal.rule).refuses(),
        // Where a score is that low or that high.
        TracedRule::at_most(&evidence.rule).refuses(),
        TracedRule::unrecorded(&raters.rule),
        TracedRule::unrecorded(&sample.rule),
        TracedRule::each(&conduct.rule),
    ]
}

fn of_credit(terms: &CreditTerms) -> Vec<TracedRule<'_>> {
    let CreditTerms { base, grades, ratings, objection, objection_to_findings, succession, conduct } = terms;
    let traced = [
        TracedRule::each(&base.rule),
        TracedRule::each(&grades.rule),
        // A rating between the borders counts for nothing, and no record says so.
        TracedRule::at_most(&ratings.rule),
        // Which of the two it is depends on the entry that is objected to.
        TracedRule::at_most(&objection.rule),
        TracedRule::at_most(&objection_to_findings.rule),
        TracedRule::named(&succession.rule),
    ];
    traced.into_iter().chain(conduct.values().map(|conduct| TracedRule::named(&conduct.rule))).collect()
}

fn of_access(terms: &AccessTerms) -> Vec<TracedRule<'_>> {
    let AccessTerms {
        basis,
        objection_own,
        objection_source,
        repair_decision,
        effects: _,
        succession,
        kinds,
        unlawful: _,
        regimes,
    } = terms;
    let kinds = kinds.iter().map(|kind| {
        let traced = TracedRule::new(&kind.rule, Trace::Each(Said::Bar(kind.id.to_string())));
        // Whoever is kept off is told the kind of the bar.
        TracedRule { cited: Some(kind.id.as_str()), ..traced }
    });
    // Which one it is depends on the bar and on the day.
    let regimes = regimes.iter().map(|regime| TracedRule::at_most(&regime.rule).refuses());
    let traced = [
        TracedRule::each(basis).refuses(),
        // Which of the two it is depends on whose decision the bar rests on.
        TracedRule::at_most(&objection_own.rule),
        TracedRule::at_most(&objection_source.rule),
        TracedRule::each(&repair_decision.rule),
        // Where who ended was barred, and somebody succeeds it.
        TracedRule::at_most(&succession.rule),
    ];
    traced.into_iter().chain(kinds).chain(regimes).collect()
}

fn of_guards(guards: &DepositGuards) -> Vec<TracedRule<'_>> {
    let DepositGuards {
        held,
        payment_days,
        reversal,
        asked,
        event,
        cover,
        rates,
        reserved,
        references,
        second,
        procurement,
        entries,
        allocation,
        corrections,
        standing,
    } = guards;
    vec![
        TracedRule::each(held),
        TracedRule::each(&payment_days.rule).refuses(),
        TracedRule::each(reversal),
        // Where it stands for a lot.
        TracedRule::at_most(&asked.rule).refuses(),
        // Where the law says from what it counts.
        TracedRule::at_most(event).refuses(),
        TracedRule::each(cover).refuses(),
        // Where interest goes back.
        TracedRule::at_most(rates).refuses(),
        // Of kinds that it names.
        TracedRule::at_most(&reserved.rule).refuses(),
        TracedRule::at_most(references).refuses(),
        TracedRule::each(&second.rule).refuses(),
        // Of kinds that it names.
        TracedRule::at_most(&procurement.rule).refuses(),
        // Of what could not be reversed before.
        TracedRule::at_most(entries).refuses(),
        TracedRule::each(&allocation.rule).refuses(),
        // Of what could not be reversed before, either.
        TracedRule::at_most(corrections).refuses(),
        // Of what stands for good.
        TracedRule::at_most(&standing.rule).refuses(),
    ]
}

fn of_deposits(terms: &DepositTerms) -> Vec<TracedRule<'_>> {
    let DepositTerms {
        basis,
        reduction,
        appeal,
        loan_rate: _,
        kinds,
        unlawful: _,
        own_costs,
        topup,
        surplus,
        assessment,
        guarantees,
        unclaimed,
        own_clock,
        secrecy,
        failed_lot,
        division,
        own_funds,
        guards,
    } = terms;
    let traced = [
        TracedRule::each(basis).refuses(),
        // Where results of risk control reduce what is asked.
        TracedRule::at_most(&reduction.rule).refuses(),
        TracedRule::each(&appeal.rule),
        // Of what the bank took, what the payee has to bear.
        TracedRule::at_most(&own_costs.rule).overdue_by("deposit.own_costs_overdue"),
        TracedRule::each(&topup.rule).overdue_by("deposit.topup_overdue"),
        // Where less is asked than there is.
        TracedRule::at_most(&surplus.rule).overdue_by("deposit.surplus_overdue"),
        TracedRule::each(&assessment.rule).refuses(),
        TracedRule::each(&guarantees.rule).refuses(),
        TracedRule::each(&unclaimed.rule),
        // Payees and payers start clocks as well.
        TracedRule::at_most(own_clock),
        // Of bid bonds.
        TracedRule::at_most(&secrecy.rule).refuses(),
        // Where a bid bond lies for the lot.
        TracedRule::at_most(failed_lot),
        TracedRule::each(division).refuses(),
        TracedRule::each(own_funds).refuses(),
    ];
    let kinds = kinds.iter().flat_map(|kind| {
        let scheme = TracedRule::new(&kind.rule, Trace::Each(Said::Scheme(kind.id.to_string()))).refuses();
        // Where it comes late.
        let charge = kind.overdue.as_ref().map(|overdue| TracedRule::at_most(&overdue.rule));
        std::iter::once(scheme).chain(charge)
    });
    traced.into_iter().chain(of_guards(guards)).chain(kinds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Editions;
    use crate::world::Act;
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_of_every_edition_has_its_place_once() {
        for edition in &Editions::shipped() {
            let listed: BTreeSet<_> = edition.rules().map(|(rule, _)| std::ptr::from_ref(rule)).collect();
            let traced = traced(edition);
            let places: Vec<_> = traced
                .iter()
                .filter(|traced| !traced.rule.is_silent())
                .map(|traced| std::ptr::from_ref(traced.rule))
                .collect();
            assert_eq!(places.len(), listed.len(), "{}", edition.name);
            assert_eq!(places.into_iter().collect::<BTreeSet<_>>(), listed, "{}", edition.name);
        }
    }

    #[test]
    fn what_is_counted_are_kinds_that_there_are() {
        let kinds: BTreeSet<&str> = Act::kinds().collect();
        for edition in &Editions::shipped() {
            for TracedRule { rule, trace, overdue, .. } in traced(edition).into_iter().filter(|it| !it.rule.is_silent())
            {
                // Who counts kinds doesn't look at days.
                assert!(rule.valid_to.is_none() || matches!(trace, Trace::AtMost(_)), "{}", rule.id);
                let said = match trace {
                    Trace::Each(said) | Trace::AtMost(said) => Some(said),
                    Trace::Unrecorded => None,
                };
                for said in said.into_iter().chain(overdue) {
                    let Said::Kind(kind) = said else { continue };
                    assert!(kinds.contains(&*kind), "{}: {kind}", rule.id);
                }
            }
        }
    }
}
