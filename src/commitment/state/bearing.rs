//! What an act says of either side of a commitment.

use super::super::{Act, BreachFinding};
use super::{BreachPhase, Commitment};
use crate::act::{Bearing, Fact, Severity};
use crate::field::ItemId;
use crate::template::Side;

impl Commitment {
    /// What a promise came to concerns both sides; what was found, the one that it is about.
    pub(super) fn bearings(&self, act: &Act) -> Vec<Bearing> {
        match act {
            Act::Accepted(_) => {
                let bound = |side| Bearing::new(self.party(side), Fact::CommitmentEffective);
                vec![bound(Side::Unit), bound(Side::Enterprise)]
            }
            Act::BreachReported(breach) => self.said_of(breach.against, Fact::Concerned, None),
            Act::DeadlinePassed(deadline) => self.found_of(&deadline.breach, Fact::DeadlinePassed, None),
            Act::BreachRuled(ruling) => self.found_of(&ruling.breach, found(ruling.finding), None),
            // Nothing counts while an appeal is undecided.
            Act::BreachAppealed(appeal) => {
                let phase = self.breach(&appeal.breach).map(|breach| &breach.phase);
                let undone = match phase {
                    Some(BreachPhase::Ruled { finding, entry, .. }) if *finding != BreachFinding::Dismissed => {
                        Some(*entry)
                    }
                    _ => None,
                };
                self.found_of(&appeal.breach, Fact::Concerned, undone)
            }
            Act::AppealRuled(ruling) => self.found_of(&ruling.breach, found(ruling.finding), None),
            Act::Offered(_)
            | Act::Declined(_)
            | Act::Lapsed(_)
            | Act::BreachAnswered(_)
            | Act::PeriodReopened(_)
            | Act::YearEnded(_) => Vec::new(),
        }
    }

    fn found_of(&self, breach: &ItemId, fact: Fact, undoes: Option<u64>) -> Vec<Bearing> {
        let against = self.breach(breach).map(|breach| breach.against);
        against.map(|against| self.said_of(against, fact, undoes)).unwrap_or_default()
    }

    /// A fact about one side; the other one is concerned.
    fn said_of(&self, side: Side, fact: Fact, undoes: Option<u64>) -> Vec<Bearing> {
        let other = Bearing::concerned(self.party(side.other()));
        vec![Bearing::new(self.party(side), fact).undoing(undoes), other]
    }
}

fn found(finding: BreachFinding) -> Fact {
    let severity = match finding {
        BreachFinding::Dismissed => return Fact::Concerned,
        BreachFinding::Minor => Severity::Minor,
        BreachFinding::Serious => Severity::Serious,
        BreachFinding::Grave => Severity::Grave,
    };
    Fact::BreachFound { severity }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Acceptance, Appeal, AppealRuling, Binding, BreachRuling, YearBinding};
    use super::super::{BreachState, Phase};
    use super::*;
    use crate::act::Stream;
    use crate::field::{Citations, Instant, OrganisationId};
    use crate::law::Running;
    use crate::log::Hash;
    use crate::template::TemplateRef;

    const UNIT: &str = "1241010041580000XR";
    const ENTERPRISE: &str = "91410105MA9ABCDE2Y";

    fn at(phase: BreachPhase) -> Commitment {
        let (now, code) = (Instant::from_millis(0), |text: &str| text.parse::<OrganisationId>().unwrap());
        let id = "b-1".parse().unwrap();
        Commitment {
            version: 3,
            template: TemplateRef { id: "construction".parse().unwrap(), version: 1, entry: Hash::of("t") },
            unit: code(UNIT),
            enterprise: code(ENTERPRISE),
            binding: Binding::Year(YearBinding { year: 2026 }),
            offered_by: Side::Unit,
            offer: Hash::of("o"),
            phase: Phase::Effective { since: now },
            breaches: vec![BreachState { id, against: Side::Unit, reported_by: code(ENTERPRISE), phase }],
            year_ended: None,
            first_time: now,
            last_time: now,
        }
    }

    fn said(commitment: &Commitment, act: impl Into<Act>) -> Vec<(Stream, Fact, Option<u64>)> {
        let said = commitment.bearings(&act.into());
        said.into_iter().map(|bearing| (bearing.subject, bearing.fact, bearing.undoes)).collect()
    }

    #[test]
    fn a_finding_is_said_of_whom_it_is_about_and_taken_back_while_it_is_appealed() {
        let [unit, enterprise] = [UNIT, ENTERPRISE].map(|id| Stream::of(&id.parse::<OrganisationId>().unwrap()));
        let breach = || "b-1".parse::<ItemId>().unwrap();
        let ruling = |finding| BreachRuling {
            breach: breach(),
            finding,
            reasons: "理由".parse().unwrap(),
            documents: Citations::default(),
        };
        let of = |stream: &Stream, fact, undoes| (stream.clone(), fact, undoes);
        let concerned = of(&enterprise, Fact::Concerned, None);
        let found = |severity| vec![of(&unit, Fact::BreachFound { severity }, None), concerned.clone()];
        let answered = at(BreachPhase::Answered);
        assert_eq!(said(&answered, ruling(BreachFinding::Grave)), found(Severity::Grave));
        assert_eq!(said(&answered, ruling(BreachFinding::Dismissed))[0], of(&unit, Fact::Concerned, None));
        let appeal = |finding| {
            let by = "11410100005260004Y".parse().unwrap();
            let running = Running::new(Instant::from_millis(0), crate::calendar::Period::Days(15));
            let ruled = at(BreachPhase::Ruled { finding, by, entry: 41, appeal: running });
            let grounds = "理由".parse().unwrap();
            said(&ruled, Appeal { breach: breach(), grounds, documents: Citations::default() })
        };
        assert_eq!(appeal(BreachFinding::Serious), [of(&unit, Fact::Concerned, Some(41)), concerned.clone()]);
        // A dismissal said nothing that could be taken back.
        assert_eq!(appeal(BreachFinding::Dismissed)[0].2, None);
        let BreachRuling { breach: id, reasons, documents, .. } = ruling(BreachFinding::Minor);
        let last = AppealRuling { breach: id, finding: BreachFinding::Minor, reasons, documents };
        assert_eq!(said(&answered, last), found(Severity::Minor));
        let bound = said(&answered, Acceptance { offer: Hash::of("o") });
        assert_eq!(bound.iter().map(|(_, fact, _)| fact).collect::<Vec<_>>(), [&Fact::CommitmentEffective; 2]);
    }
}
