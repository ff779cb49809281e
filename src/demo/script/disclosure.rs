//! 招标前公示 and the objections to it.

use super::Script;
use crate::demo::cast::Who;
use crate::demo::papers::{Paper, cite};
use crate::demo::phrase::{at_nine, literal};
use crate::field::Citations;
use crate::tender::{
    AnswerOutcome, Ground, Objection, ObjectionAnswer, ObjectionEscalation, ObjectionRuling, ObjectionWithdrawal,
    PlannedDates, Preannouncement, Resumption, Revision, RulingOutcome, SuspensionOrder, Termination,
};
use chrono::Days as Count;

impl Script<'_> {
    /// The text for the first time, today.
    pub fn preannounced(&mut self) -> &mut Self {
        self.plan_dates();
        self.post(self.centre, self.text.clone())
    }

    /// The text with a change.
    pub fn revised(&mut self, reason: &str, change: impl FnOnce(&mut Preannouncement)) -> &mut Self {
        change(&mut self.text);
        self.plan_dates();
        let revision = Revision { reason: literal(reason), preannouncement: self.text.clone() };
        self.post(self.centre, revision)
    }

    /// The next steps are planned for after the window.
    fn plan_dates(&mut self) {
        let window = Count::new(self.text.windows.objection.count.into());
        let announce = self.days.working_day_from(self.today() + window);
        let deadline = at_nine(self.deadline_after(announce));
        self.text.planned = PlannedDates { announce: announce.into(), bid_deadline: deadline, open: deadline };
    }

    pub fn objected(
        &mut self,
        who: Who,
        id: &str,
        clauses: &[&str],
        ground: Ground,
        (facts, remedy): Plea,
    ) -> &mut Self {
        self.objected_with(who, id, clauses, ground, (facts, remedy), &[])
    }

    pub fn objected_with(
        &mut self,
        who: Who,
        id: &str,
        clauses: &[&str],
        ground: Ground,
        (facts, remedy): Plea,
        evidence: &[&Paper],
    ) -> &mut Self {
        let (id, clauses) = (literal(id), clauses.iter().map(|clause| literal(clause)).collect());
        let (facts, remedy) = (literal(facts), literal(remedy));
        let evidence = cite(evidence);
        self.post(
            who,
            Objection { numbers_confirmed: None, id, clauses, ground, facts, remedy, evidence, complainant: None },
        )
    }

    /// A supervisor brings what somebody told it, whose name stays sealed.
    pub fn tipped(&mut self, who: Who, id: &str, clauses: &[&str], ground: Ground, (facts, remedy): Plea) -> &mut Self {
        let complainant = Some(self.seal(who, "complainant", "实名举报人（演示）"));
        let (id, clauses) = (literal(id), clauses.iter().map(|clause| literal(clause)).collect());
        let (facts, remedy) = (literal(facts), literal(remedy));
        self.post(
            who,
            Objection {
                numbers_confirmed: None,
                id,
                clauses,
                ground,
                facts,
                remedy,
                evidence: Citations::default(),
                complainant,
            },
        )
    }

    pub fn answered(&mut self, objection: &str, outcome: AnswerOutcome, reasons: &str) -> &mut Self {
        let (objection, reasons) = (literal(objection), literal(reasons));
        self.post(
            self.centre,
            ObjectionAnswer { numbers_confirmed: None, objection, outcome, reasons, documents: Citations::default() },
        )
    }

    pub fn escalated(&mut self, who: Who, objection: &str, reasons: &str) -> &mut Self {
        let (objection, reasons) = (literal(objection), literal(reasons));
        self.post(
            who,
            ObjectionEscalation { numbers_confirmed: None, objection, reasons, evidence: Citations::default() },
        )
    }

    pub fn ruled(
        &mut self,
        who: Who,
        objection: &str,
        outcome: RulingOutcome,
        reasons: &str,
        documents: &[&Paper],
    ) -> &mut Self {
        let (objection, reasons) = (literal(objection), literal(reasons));
        let documents = cite(documents);
        self.post(who, ObjectionRuling { numbers_confirmed: None, objection, outcome, reasons, documents })
    }

    pub fn withdrawn(&mut self, who: Who, objection: &str, reason: &str) -> &mut Self {
        self.post(who, ObjectionWithdrawal { objection: literal(objection), reason: literal(reason) })
    }

    pub fn suspended(&mut self, who: Who, reason: &str) -> &mut Self {
        self.post(who, SuspensionOrder { reason: literal(reason) })
    }

    pub fn resumed(&mut self, who: Who, reason: &str) -> &mut Self {
        self.post(who, Resumption { reason: literal(reason) })
    }

    pub fn terminated(&mut self, who: Who, reason: &str) -> &mut Self {
        self.post(
            who,
            Termination { numbers_confirmed: None, reason: literal(reason), documents: Citations::default() },
        )
    }
}

/// Facts, and the remedy that is sought.
pub type Plea = (&'static str, &'static str);

/// Puts a clause of a text in other words.
pub fn reword(text: &mut Preannouncement, clause: &str, words: &str) {
    let same = text.clauses.iter_mut().filter(|known| known.id.as_str() == clause);
    same.for_each(|known| known.text = literal(words));
}

/// Strikes a clause out of a text.
pub fn strike(text: &mut Preannouncement, clause: &str) {
    text.clauses.retain(|kept| kept.id.as_str() != clause);
}
