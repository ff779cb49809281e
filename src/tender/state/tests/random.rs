//! Random acts by random authors: whatever is accepted, some things are always so.

use super::fixture::*;
use crate::act::{Acts, Author, Capability};
use crate::field::{Citations, Day, Instant};
use crate::law::Law;
use crate::tender::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const HOUR: i64 = 3_600_000;

/// One move of the game. The bytes choose from small pools, so that ids meet and the trace stays short when it shrinks.
#[derive(Debug, Clone)]
enum Step {
    /// Time passes and the service sleeps.
    Wait { hours: u8 },
    /// Time passes and the service does its work.
    Tick { hours: u8 },
    /// Mostly by somebody who may do it.
    Act { what: u8, who: u8, which: u8, how: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0u8..60).prop_map(|hours| Step::Wait { hours }),
        3 => any::<u8>().prop_map(|hours| Step::Tick { hours }),
        16 => (0..WHATS, any::<u8>(), any::<u8>(), any::<u8>())
            .prop_map(|(what, who, which, how)| Step::Act { what, who, which, how }),
    ]
}

/// Where a story begins.
fn beginning(scene: u8) -> Run {
    match scene {
        0 => Run::on_morning("2026-06-01"),
        1 => Run::preannounced(),
        2 => Run::announced(),
        3 => Run::with_candidates(),
        _ => {
            let mut run = Run::on_morning("2026-06-01");
            run.accepts(&supervisor(), adoption());
            run
        }
    }
}

fn one_of<T: Copy>(pool: &[T], at: u8) -> T {
    pool[usize::from(at) % pool.len()]
}

fn in_days(now: Instant, days: u8) -> Day {
    Day::from(now.plus_millis(i64::from(days) * 24 * HOUR).shanghai_day())
}

/// How many kinds of acts [`choose`] knows.
const WHATS: u8 = 31;

/// Of anything that has a period.
fn reopening(run: &Run, which: u8, how: u8) -> PeriodReopening {
    let periods = [
        (TenderPeriod::Objections, None),
        (TenderPeriod::ObjectionAnswer, Some("o-1")),
        (TenderPeriod::Escalation, Some("o-1")),
        (TenderPeriod::Candidates, Some("1")),
        (TenderPeriod::ChallengeAnswer, Some(one_of(&["x-1", "x-2"], how))),
    ];
    let (period, item) = periods[usize::from(which) % 5];
    let first = run.state.as_ref().and_then(|tender| tender.objections.first()).map(|objection| objection.id.clone());
    let item = item.map(|item| first.filter(|_| item == "o-1").unwrap_or_else(|| read(item)));
    PeriodReopening { period, item, reasons: read("时钟错误"), documents: Citations::default() }
}

/// The act, and somebody who could do it.
fn choose(run: &Run, what: u8, which: u8, how: u8) -> (Author, Act) {
    let lot = one_of(&["1", "1", "2", "9"], which);
    let candidate = one_of(&["a", "a", "b", "z"], how);
    let claim = one_of(&["w-1", "w-2"], how >> 1);
    let objection_id = one_of(&["o-1", "o-2", "o-3"], which);
    let challenge_id = one_of(&["x-1", "x-2", "x-3"], how);
    let objector = one_of(&[enterprise_a, enterprise_b, supervisor], how);
    let answered = one_of(&[AnswerOutcome::Rejected, AnswerOutcome::Partly, AnswerOutcome::Accepted], how);
    let today = in_days(run.now, 0);
    let (mut text, mut call) = (preannouncement(), announcement());
    (text.planned.announce, text.planned.bid_deadline, text.planned.open) =
        (today, in_days(run.now, 20 + how % 8).into(), in_days(run.now, 30).into());
    (call.bid_deadline, call.open) = (in_days(run.now, 19 + how % 8).into(), in_days(run.now, 30).into());
    match which % 5 {
        0 => call.clauses = clauses_with("q-1", "不限资质等级"),
        1 => call.clauses = clauses_with("s-1", "工期200日"),
        _ => {}
    }
    let declared = !how.is_multiple_of(4);
    let known = run
        .state
        .iter()
        .flat_map(|tender| clause_changes(&tender.clauses, &ClauseState::of(&call.clauses, &call.score_table)));
    call.differences =
        known.filter(|_| declared).map(|change| difference(change.clause.as_str(), change.change)).collect();
    match which % 6 {
        0 => text.clauses = clauses_with("q-1", "不限资质等级"),
        1 => text.clauses = clauses_with("k-1", "联系电话0371-1111111"),
        2 => text.windows.objection = working_days(5),
        3 => text.lots.truncate(1),
        4 => text.windows.candidates = days(u16::from(how % 5)),
        _ => {}
    }
    match what {
        0 => (centre(), text.into()),
        1 => (supervisor(), adoption().into()),
        2 => (centre(), Revision { reason: read("修改"), preannouncement: text }.into()),
        3 | 4 => (objector(), objection(objection_id).into()),
        5 => (centre(), answer(objection_id, answered).into()),
        6 => (objector(), escalation(objection_id).into()),
        7 => {
            let outcome = if how.is_multiple_of(2) { RulingOutcome::Upheld } else { RulingOutcome::Dismissed };
            (supervisor(), ruling(objection_id, outcome).into())
        }
        8 => (objector(), withdrawal(objection_id).into()),
        9 | 10 => (centre(), call.into()),
        11 => (centre(), clarification().into()),
        12 => {
            let deadline = in_days(run.now, how % 32).to_string();
            (centre(), amendment(clauses_with("t-1", "C35"), (how.is_multiple_of(2)).then_some(&*deadline)).into())
        }
        13 | 14 => (centre(), opening(lot).into()),
        15 => (supervisor(), suspension().into()),
        16 => (supervisor(), resumption().into()),
        // Ends are rare, or nothing would ever get far.
        17 if how < 32 => (supervisor(), termination().into()),
        18 if how < 64 => (centre(), failure(lot).into()),
        17..=20 => (centre(), candidates(lot).into()),
        21 => (objector(), challenge(challenge_id, lot).into()),
        22 => (centre(), challenge_answer(lot, challenge_id).into()),
        23 => (one_of(&[supervisor, issuer], which)(), verification(lot, candidate, claim).into()),
        24 => (one_of(&[supervisor, issuer], which)(), refutation(lot, candidate, claim).into()),
        25 => {
            let reasons = (which % 8 > 3).then(|| read("第一名放弃中标"));
            (centre(), Award { reasons, ..award(lot, candidate) }.into())
        }
        26 => (unit(), contract(lot, &today.to_string()).into()),
        27 => (unit(), contract_amendment(lot, Some(yuan(i64::from(how) * 100_000))).into()),
        28 => (unit(), acceptance(lot, how.is_multiple_of(2), &today.to_string()).into()),
        29 => (supervisor(), reopening(run, which, how).into()),
        _ => (service(), service_act(run, which, how)),
    }
}

/// What is due, or something like it.
fn service_act(run: &Run, which: u8, how: u8) -> Act {
    let due = run.state.as_ref().and_then(|tender| tender.due(run.now, run.law()));
    match (which % 4, due) {
        (0, Some(Act::Closed(closure))) => Closure { lots_failed: closure.lots_failed + 1, ..*closure }.into(),
        (0, Some(Act::DeadlinePassed(deadline))) => Deadline { due: deadline.due.plus_millis(1), ..*deadline }.into(),
        (1, _) => Clearance { text_version: u32::from(how % 4) }.into(),
        (2, _) => {
            let (open_objections, revision_required) = (vec![read("o-1")], how.is_multiple_of(2));
            WindowClosure { open_objections, open_count: 1, revision_required }.into()
        }
        (_, Some(due)) => due,
        (_, None) => Closure { lots_accepted: 0, lots_failed: 2 }.into(),
    }
}

fn may_follow(before: &LotPhase, after: &LotPhase) -> bool {
    use LotPhase::{Accepted, Awarded, Candidates, Contracted, Failed, Opened, Waiting};
    match (before, after) {
        (Waiting { overdue: false }, Waiting { .. })
        | (Waiting { overdue: true }, Waiting { overdue: true })
        | (Waiting { .. }, Opened)
        | (Opened | Candidates { .. }, Candidates { .. })
        | (Candidates { .. }, Awarded)
        | (Awarded, Contracted)
        | (Contracted, Accepted)
        | (Waiting { .. } | Opened | Candidates { .. } | Awarded, Failed) => true,
        _ => before == after,
    }
}

/// What one accepted act may have done.
fn check_act(
    before: Option<&Tender>,
    after: &Tender,
    act: &Act,
    now: Instant,
    law: Law<'_>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(after.version(), before.map_or(0, Tender::version) + 1);
    prop_assert_eq!(after.last_time, now);
    let Some(before) = before else {
        prop_assert!(matches!(act, Act::Preannounced(_) | Act::Adopted(_)));
        prop_assert_eq!(after.phase == Phase::Announced, matches!(act, Act::Adopted(_)));
        return Ok(());
    };
    prop_assert!(!before.phase.is_final(), "{} after the end", act.kind());
    prop_assert_eq!(before.first_time, after.first_time);
    prop_assert_eq!(&before.centre, &after.centre);
    if after.phase == Phase::Announced && before.phase != Phase::Announced {
        prop_assert_eq!(&before.phase, &Phase::Cleared);
        prop_assert!(matches!(act, Act::Announced(_)));
        prop_assert!(!before.revision_required && before.objections.iter().all(|o| o.phase.is_dealt_with()));
    }
    if before.phase == Phase::Announced {
        prop_assert!(matches!(after.phase, Phase::Announced | Phase::Terminated | Phase::Closed));
        prop_assert_eq!(before.lots.len(), after.lots.len());
    } else {
        let untouched = after.lots.iter().all(|lot| lot.phase == LotPhase::Waiting { overdue: false });
        prop_assert!(untouched, "lots run only once the tender is announced");
    }
    if after.phase == Phase::Closed {
        prop_assert!(after.lots.iter().all(|lot| lot.phase.is_final()));
    }
    for lot in &after.lots {
        let Some(earlier) = before.lot(&lot.id) else { continue };
        prop_assert!(may_follow(&earlier.phase, &lot.phase), "{:?} → {:?}", earlier.phase, lot.phase);
        if lot.phase == LotPhase::Awarded && earlier.phase != LotPhase::Awarded {
            let refuted = lot.winners().find(|winner| winner.claims_found(Verdict::Refuted).next().is_some());
            prop_assert!(lot.winners().count() == 1 && refuted.is_none(), "{:?}", refuted);
            prop_assert!(lot.challenges.iter().all(|challenge| challenge.answer.is_some()));
            let over = matches!(earlier.phase, LotPhase::Candidates { window } if law.is_over(window, now));
            prop_assert!(over, "awarded from {:?}", earlier.phase);
        }
        if matches!(lot.phase, LotPhase::Awarded | LotPhase::Contracted | LotPhase::Accepted) {
            prop_assert_eq!(lot.winners().count(), 1);
        }
        // A refutation is lifted by nothing but a verification.
        if !matches!(act, Act::ClaimVerified(_)) {
            for candidate in &lot.candidates {
                let known = earlier.candidate(&candidate.id).into_iter();
                for refuted in known.flat_map(|known| known.claims_found(Verdict::Refuted)) {
                    prop_assert!(candidate.claims_found(Verdict::Refuted).any(|claim| claim == refuted));
                }
            }
        }
    }
    prop_assert!(before.objections.iter().all(|old| after.objection(&old.id).is_some_and(|new| new.by == old.by)));
    Ok(())
}

/// The scheduler sleeps until `next_due`: nothing may be due before it, something must be due at it.
fn check_schedule(tender: &Tender, now: Instant, law: Law<'_>) -> Result<(), TestCaseError> {
    match tender.next_due(law) {
        Some(next) => {
            let sleep = next.millis() - now.millis();
            for early in [0, sleep / 2, sleep - 1].into_iter().filter(|early| (0..sleep).contains(early)) {
                prop_assert_eq!(tender.due(now.plus_millis(early), law), None, "before {}", next);
            }
            prop_assert!(tender.due(next.max(now), law).is_some(), "at {next}");
        }
        None => {
            for days in [0, 1, 30, 4000] {
                prop_assert_eq!(tender.due(now.plus_millis(days * 24 * HOUR), law), None);
            }
        }
    }
    Ok(())
}

fn check_step(run: &mut Run, by: &Author, act: Act) -> Result<bool, TestCaseError> {
    let before = run.state.clone();
    let due = before.as_ref().and_then(|tender| tender.due(run.now, run.law()));
    let verdict = run.decide(by, &act);
    if matches!(act, Act::WindowClosed(_) | Act::Cleared(_) | Act::DeadlinePassed(_) | Act::Closed(_)) {
        let rightful = *by == service() && due.as_ref() == Some(&act);
        prop_assert_eq!(verdict.is_ok(), rightful, "{:?} while {:?} is due", act, due);
    }
    // The auditor folds whatever stands in the log, so this may not panic even when the act is refused.
    let applied = run.applied(by, &act);
    prop_assert_eq!(&applied, &run.applied(by, &act));
    if verdict.is_err() {
        return Ok(false);
    }
    let after = applied.expect("an accepted act leaves a tender");
    check_act(before.as_ref(), &after, &act, run.now, run.law())?;
    prop_assert!(run.act(by, act).is_ok());
    prop_assert_eq!(run.state.as_ref(), Some(&after));
    Ok(true)
}

fn play(run: &mut Run, step: &Step) -> Result<(), TestCaseError> {
    match *step {
        Step::Wait { hours } => run.now = run.now.plus_millis(i64::from(hours) * HOUR),
        Step::Tick { hours } => {
            let to = run.now.plus_millis(i64::from(hours) * HOUR);
            while let Some(next) =
                run.state.as_ref().and_then(|tender| tender.next_due(run.law())).filter(|next| *next <= to)
            {
                run.now = run.now.max(next);
                let due = run.tender().due(run.now, run.law());
                prop_assert!(due.is_some(), "nothing is due at {}", next);
                let accepted = check_step(run, &service(), due.expect("asserted"))?;
                prop_assert!(accepted, "the service may do what is due");
            }
            run.now = run.now.max(to);
            prop_assert_eq!(run.state.as_ref().and_then(|tender| tender.due(run.now, run.law())), None);
        }
        Step::Act { what, who, which, how } => {
            let (able, act) = choose(run, what, which, how);
            let by = if who % 6 == 0 { one_of(&everybody().each_ref(), who / 6).clone() } else { able };
            check_step(run, &by, act)?;
        }
    }
    match &run.state {
        Some(tender) => check_schedule(tender, run.now, run.law()),
        None => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn invariants_hold_whatever_is_tried(scene in 0u8..5, steps in prop::collection::vec(step(), 1..120)) {
        let mut run = beginning(scene);
        for step in &steps {
            play(&mut run, step)?;
        }
    }
}

/// In which a lot may be.
const PHASES: usize = 7;

/// The random acts are worth something only if they get everywhere.
#[test]
fn random_acts_reach_every_kind_and_every_phase() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let story = (0u8..5, prop::collection::vec(step(), 120));
    let mut accepted = BTreeSet::new();
    let mut phases = BTreeSet::new();
    for _ in 0..1000 {
        let (scene, steps) = story.new_tree(&mut runner).unwrap().current();
        let mut run = beginning(scene);
        for step in steps {
            match step {
                Step::Wait { .. } => play(&mut run, &step).unwrap(),
                Step::Tick { hours } => accepted.extend(run.tick(run.now.plus_millis(i64::from(hours) * HOUR))),
                Step::Act { what, which, how, .. } => {
                    let (by, act) = choose(&run, what, which, how);
                    let kind = act.kind();
                    if run.act(&by, act).is_ok() {
                        accepted.insert(kind);
                    }
                }
            }
            phases.extend(run.state.iter().flat_map(|tender| &tender.lots).map(|lot| lot.phase.status().name()));
        }
        if accepted.len() == Act::KINDS.len() && phases.len() == PHASES {
            return;
        }
    }
    let missed: Vec<_> = Act::KINDS.iter().filter(|kind| !accepted.contains(**kind)).collect();
    assert!(missed.is_empty(), "never accepted: {missed:?}");
    panic!("never in others than {phases:?}");
}
