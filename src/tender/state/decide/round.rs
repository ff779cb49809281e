//! 重新招标: what may be tendered again, by whom, and what differs from the round before.

use super::super::super::{Act, Difference, EarlierRound, Preannouncement};
use super::super::{ClauseChange, ClauseState, LotPhase, LotState, Phase, RoundState, Tender, clause_changes};
use crate::act::{Author, Moment, Stream};
use crate::field::{Fault, FieldFault};
use crate::law::{Inheritance, Rule};
use crate::problem::{self, Refusal};

/// # Errors
/// The round before is none that this author may hold again, or the text differs from it in what is not declared.
pub(super) fn decide_first(disclosed: &Preannouncement, by: &Author, at: &Moment<'_>) -> Result<(), Refusal> {
    let Some(follows) = &disclosed.follows else { return Ok(()) };
    if Stream::of(&follows.tender) == *at.on {
        let fault = Fault::inconsistent(("项目不得接续自己", "no tender follows itself"));
        return Err(Refusal::of_field("/follows/tender", fault));
    }
    let Some(earlier) = earlier(follows, "/follows", at)? else { return Ok(()) };
    let rules = &at.law.edition().rounds;
    if rules.follows.is_silent() {
        return Err(Refusal::law_silent(&at.law.edition().name));
    }
    if !earlier.is_bought_by(&by.id) || !earlier.procuring_unit.is_same(&disclosed.procuring_unit) {
        return Err(refused(&problem::NOT_A_PARTY, &rules.follows));
    }
    for (row, id) in follows.lots.iter().enumerate() {
        let pointer = format!("/follows/lots/{row}");
        let lot = super::guard::lot(earlier, id, &pointer)?;
        if !earlier.came_to_nothing_in(lot) {
            let (zh, en) = (&*rules.follows.zh, &*rules.follows.en);
            return Err(refused(&problem::STATE_FORBIDS, &rules.follows).at(pointer, Fault::inconsistent((zh, en))));
        }
    }
    must_be_alone(follows, at)?;
    must_declare(earlier, disclosed, "", at)
}

/// # Errors
/// A revision names another round than before, or doesn't declare what differs from it.
pub(super) fn decide_revision(tender: &Tender, revised: &Preannouncement, at: &Moment<'_>) -> Result<(), Refusal> {
    if revised.follows.as_ref().map(RoundState::of) != tender.follows {
        let fault = Fault::inconsistent(("所接续的项目、标段不得变更", "the round that it follows does not change"));
        return Err(Refusal::of_field("/preannouncement/follows", fault));
    }
    let Some(follows) = &revised.follows else { return Ok(()) };
    let Some(earlier) = earlier(follows, "/preannouncement/follows", at)? else { return Ok(()) };
    if !earlier.procuring_unit.is_same(&revised.procuring_unit) {
        let rule = &at.law.edition().rounds.follows;
        let fault = Fault::inconsistent((&*rule.zh, &*rule.en));
        return Err(refused(&problem::INCONSISTENT, rule).at("/preannouncement/procuring_unit", fault));
    }
    must_declare(earlier, revised, "/preannouncement", at)
}

/// The round before; `None` where nobody here could know it.
fn earlier<'a>(follows: &EarlierRound, at_field: &str, at: &Moment<'a>) -> Result<Option<&'a Tender>, Refusal> {
    let earlier = at.around.get::<Tender>(&follows.tender);
    if earlier.is_none() && at.around.lacks::<Tender>(&follows.tender) {
        let fault = Fault::UnknownReference { id: follows.tender.to_string() };
        return Err(Refusal::of_field(format!("{at_field}/tender"), fault));
    }
    Ok(earlier)
}

/// # Errors
/// Another tender holds one of the lots again, and has not come to nothing itself.
fn must_be_alone(follows: &EarlierRound, at: &Moment<'_>) -> Result<(), Refusal> {
    let rounds = at.around.named::<Tender>().filter(|other| !other.came_to_nothing());
    let taken: Vec<_> = rounds
        .filter_map(|other| other.follows.as_ref().filter(|known| known.tender == follows.tender))
        .flat_map(|known| &known.lots)
        .collect();
    let taken = follows.lots.iter().enumerate().filter(|(_, lot)| taken.contains(lot));
    let rule = &at.law.edition().rounds.one;
    let faults: Vec<_> = taken
        .map(|(row, _)| FieldFault {
            pointer: format!("/follows/lots/{row}"),
            fault: Fault::inconsistent((&*rule.zh, &*rule.en)),
        })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Refusal { fields: faults, ..refused(&problem::STATE_FORBIDS, rule) })
}

/// # Errors
/// A clause differs from the text of the round before, and that is not said; or it is said of one that does not.
fn must_declare(earlier: &Tender, disclosed: &Preannouncement, prefix: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    let Some(follows) = &disclosed.follows else { return Ok(()) };
    let rules = &at.law.edition().rounds;
    let pointer = format!("{prefix}/follows/differences");
    if earlier.clauses.is_empty() && !follows.differences.is_empty() {
        // It was adopted: nobody here knows its text.
        let fault = Fault::inconsistent(("本日志中没有上一次的文本", "this log does not have the text of that round"));
        return Err(Refusal::of_field(pointer, fault));
    }
    let is_taken_over = rules.inherits.contains(&Inheritance::Text) && rules.inheritance.holds_on(at.today());
    if earlier.clauses.is_empty() || !is_taken_over {
        return Ok(());
    }
    let text = ClauseState::of(&disclosed.clauses, &disclosed.score_table);
    declared(&clause_changes(&earlier.clauses, &text), &follows.differences, &pointer)
        .map_err(|refusal| refusal.citing(&rules.inheritance.id, &rules.inheritance.law))
}

/// # Errors
/// The differences that are declared are not exactly those that there are.
pub(super) fn declared(changes: &[ClauseChange], differences: &[Difference], pointer: &str) -> Result<(), Refusal> {
    let undeclared = changes
        .iter()
        .filter(|actual| !differences.iter().any(|d| d.clause == actual.clause && d.change == actual.change))
        .map(|actual| FieldFault {
            pointer: pointer.to_owned(),
            fault: Fault::UnknownReference { id: actual.clause.to_string() },
        });
    let invented = differences.iter().enumerate().filter(|(_, declared)| {
        !changes.iter().any(|actual| actual.clause == declared.clause && actual.change == declared.change)
    });
    let invented = invented.map(|(row, declared)| FieldFault {
        pointer: format!("{pointer}/{row}"),
        fault: Fault::UnknownReference { id: declared.clause.to_string() },
    });
    let faults: Vec<_> = undeclared.chain(invented).collect();
    if faults.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = faults
        .iter()
        .filter_map(|at| match &at.fault {
            Fault::UnknownReference { id } => Some(id.as_str()),
            _ => None,
        })
        .collect();
    let (zh, en) = (
        format!("差异须逐条如实列明：{}", ids.join("、")),
        format!("every difference must be declared: {}", ids.join(", ")),
    );
    Err(Refusal { fields: faults, ..Refusal::new(&problem::DIFFERENCE_UNDECLARED, zh, en) })
}

fn refused(problem: &'static problem::ProblemType, rule: &Rule) -> Refusal {
    Refusal::new(problem, rule.zh.clone(), rule.en.clone()).citing(&rule.id, &rule.law)
}

impl Tender {
    /// Whether a lot may be tendered again: it failed, or its tender ended before it had a contract.
    fn came_to_nothing_in(&self, lot: &LotState) -> bool {
        match lot.phase {
            LotPhase::Failed => true,
            LotPhase::Contracted | LotPhase::Accepted => false,
            LotPhase::Waiting { .. } | LotPhase::Opened | LotPhase::Candidates { .. } | LotPhase::Awarded => {
                self.phase == Phase::Terminated && lot.awards.iter().all(|award| award.contract.is_none())
            }
        }
    }

    /// Whether all of its lots may be.
    fn came_to_nothing(&self) -> bool {
        self.lots.iter().all(|lot| self.came_to_nothing_in(lot))
    }
}

/// The streams that a disclosure of a later round looks at.
pub(in super::super) fn looked_at(act: &Act) -> Option<Stream> {
    act.earlier_round().map(|earlier| Stream::of(&earlier.tender))
}
