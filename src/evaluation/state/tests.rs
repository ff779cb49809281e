//! Whatever is tried, in whatever order: nobody reads early, nobody spoils the other's rating, and what is final stays so.

use super::super::{
    Act, EvaluationOpening, EvaluationPeriod, EvaluationReopening, Rating, RatingAppeal, RatingCorrection, RatingReply,
    RatingRuling, RatingSeal, RatingVerification, Salt, Score, Scored, sealed,
};
use super::{Evaluation, EvaluationStatus, Judgement, RatingPhase, RatingStatus, SIDES, Stamp};
use crate::act::{Acts, Around, Author, Capability, Moment, Place, Role, Roles, Stream, View, fold};
use crate::commitment::{Call, LotBinding};
use crate::field::{Citations, Dimension, DocumentRef, EvaluationId, Instant, MediaType, Milestone};
use crate::law::{InForce, Law};
use crate::log::Hash;
use crate::problem::Refusal;
use crate::record::{KeyId, PrivateKey};
use crate::template::{Side, TemplateRef};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::any::{Any, TypeId};
use std::collections::BTreeSet;

const UNIT: &str = "1241010041580000XR";
const ENTERPRISE: &str = "91410105MA9ABCDE2Y";
const SUPERVISOR: &str = "11410100005260004Y";
const OTHER_SUPERVISOR: &str = "91410100MA0000015B";
const STRANGER: &str = "91410100MA000004XQ";
const HOUR: i64 = 3_600_000;
const DIMENSIONS: [Dimension; 4] =
    [Dimension::FairDocuments, Dimension::NoSolicitation, Dimension::Truth, Dimension::Cooperation];

fn author(at: usize) -> Author {
    let (id, role) = [
        (UNIT, Role::ProcuringUnit),
        (ENTERPRISE, Role::Enterprise),
        (SUPERVISOR, Role::Supervisor),
        (OTHER_SUPERVISOR, Role::Supervisor),
        (STRANGER, Role::Enterprise),
        (UNIT, Role::Service),
    ][at];
    Author { id: id.parse().unwrap(), roles: Roles::NONE.with(role) }
}

fn on() -> Stream {
    Stream::of(&"c-1:T-1:1:award".parse::<EvaluationId>().unwrap())
}

fn opening() -> EvaluationOpening {
    EvaluationOpening {
        commitment: "c-1".parse().unwrap(),
        milestone: Milestone::Award,
        lot: Some(LotBinding { tender: "T-1".parse().unwrap(), lot: "1".parse().unwrap() }),
        lost: false,
        cause: Hash::of("award"),
        unit: UNIT.parse().unwrap(),
        enterprise: ENTERPRISE.parse().unwrap(),
        template: TemplateRef { id: "construction".parse().unwrap(), version: 1, entry: Hash::of("text") },
        dimensions: DIMENSIONS.to_vec(),
    }
}

fn document() -> DocumentRef {
    let title = "照片".parse().unwrap();
    DocumentRef { sha256: Hash::of("photo").into(), size: 5, media_type: MediaType::Pdf, title }
}

/// What a side thinks of the other.
fn rating(rater: Side, score: u8) -> Rating {
    let salt: Salt = rater.name().chars().cycle().take(42).chain(['A']).collect::<String>().parse().unwrap();
    let documents = |score: u8| if (60..=95).contains(&score) { vec![] } else { vec![document()] };
    let dimensions = DIMENSIONS.into_iter().filter(|dimension| dimension.side() != rater);
    let scores = dimensions.map(|dimension| Score {
        dimension,
        score,
        reasons: None,
        documents: Citations::try_from(documents(score)).unwrap(),
    });
    Rating { salt, scores: scores.collect(), statement: Some("如约".parse().unwrap()), numbers_confirmed: None }
}

/// An evaluation under way.
struct Run {
    state: Option<Evaluation>,
    adopted: InForce,
    now: Instant,
    index: u64,
    kinds: BTreeSet<&'static str>,
}

impl Around for Run {
    fn face(&self, _stream: &Stream, wanted: TypeId) -> Option<Box<dyn Any>> {
        let call = Call {
            buyers: vec![UNIT.parse().unwrap()],
            is_over: false,
            lots: vec![],
            reach: crate::access::GateReach::Everything,
        };
        (wanted == TypeId::of::<Call>()).then(|| Box::new(call) as Box<dyn Any>)
    }
}

impl Run {
    /// Opened, which the tests of the whole log decide on.
    fn new() -> Self {
        let now = "2026-08-03T01:00:00.000Z".parse().unwrap();
        let mut run = Self { state: None, adopted: InForce::newest(), now, index: 0, kinds: BTreeSet::new() };
        run.fold(&author(5), &opening().into());
        run
    }

    fn law(&self) -> Law<'_> {
        Law::of(&self.adopted)
    }

    fn evaluation(&self) -> &Evaluation {
        self.state.as_ref().unwrap()
    }

    fn decide(&self, by: &Author, act: &Act) -> Result<(), Refusal> {
        let (ties, signer) = (Evaluation::ties(self.state.as_ref(), act), KeyId::from_bytes([0; 32]));
        let (on, around) = (on(), View::new(self, &ties));
        let at = Moment { on: &on, now: self.now, law: self.law(), signer: &signer, author: Some(by), around };
        Evaluation::decide(self.state.as_ref(), act, &at)
    }

    fn fold(&mut self, by: &Author, act: &Act) {
        let kid = PrivateKey::from_seed([1; 32]).key_id();
        let (hash, version) = (Hash::of(self.index.to_be_bytes()), self.state.as_ref().map_or(0, |e| e.version) + 1);
        let place = Place { index: self.index, time: self.now, hash, author: by.id.clone(), kid, version };
        let mut state = self.state.take();
        fold(&mut state, act, &place, Law::of(&self.adopted));
        self.state = state;
        self.index += 1;
        self.kinds.insert(act.kind());
    }

    fn tries(&mut self, by: &Author, act: impl Into<Act>) -> bool {
        let act = act.into();
        if self.decide(by, &act).is_err() {
            return false;
        }
        let before = self.state.clone().unwrap();
        self.fold(by, &act);
        self.check(&before, &act, by);
        true
    }

    #[track_caller]
    fn does(&mut self, by: usize, act: impl Into<Act>) {
        let act = act.into();
        assert_eq!(self.decide(&author(by), &act).err().map(|refusal| refusal.to_string()), None, "{}", act.kind());
        self.fold(&author(by), &act);
    }

    #[track_caller]
    fn refuses(&self, by: usize, act: impl Into<Act>, code: &str) {
        let act = act.into();
        assert_eq!(self.decide(&author(by), &act).unwrap_err().problem.code, code, "{}", act.kind());
    }

    fn seal(&self, side: Side, score: u8) -> RatingSeal {
        RatingSeal { seal: sealed(&on(), side, &rating(side, score)) }
    }

    fn check(&self, before: &Evaluation, act: &Act, by: &Author) {
        let (after, law) = (self.evaluation(), self.law());
        assert_eq!(after.version, before.version + 1);
        for side in SIDES {
            let (old, new) = (before.rating(side), after.rating(side));
            if let (RatingPhase::Sealed { .. }, RatingPhase::Scored(_)) = (old, new) {
                assert_eq!(&by.id, before.party(side), "everybody opens its own");
                assert!(
                    !matches!(before.rating(side.other()), RatingPhase::Awaited)
                        || law.is_over(before.sealing, self.now)
                );
            }
            let is_reopened = matches!(act, Act::PeriodReopened(_));
            if matches!(old, RatingPhase::Silent { .. } | RatingPhase::Withheld { .. }) && !is_reopened {
                assert_eq!(old, new);
            }
            let is_final = |phase: &RatingPhase| phase.status() == RatingStatus::Final;
            if let (true, RatingPhase::Scored(old), RatingPhase::Scored(new)) = (is_final(old), old, new) {
                assert_eq!((&old.scores, &old.judgement), (&new.scores, &new.judgement));
            }
            if old != new && matches!(act, Act::Sealed(_) | Act::Revealed(_)) {
                assert_eq!(&by.id, before.party(side), "nobody touches the other's");
            }
        }
        match after.next_due(law) {
            None => assert!(after.concluded.is_some()),
            Some(due) => {
                assert_eq!(after.due(due.plus_millis(-1), law), None);
                assert!(after.due(due, law).is_some());
            }
        }
    }

    fn act(&self, which: usize, side: Side, score: u8) -> Option<Act> {
        let (rater, documents) = (side, Citations::default());
        let (reasons, numbers_confirmed) = ("说明", None);
        let scores = vec![Scored {
            dimension: if side == Side::Unit { Dimension::Truth } else { Dimension::FairDocuments },
            score,
        }];
        Some(match which {
            0 => self.seal(side, score).into(),
            1 => rating(side, score).into(),
            2 => RatingReply { rater, statement: reasons.parse().unwrap(), documents, numbers_confirmed }.into(),
            3 => RatingVerification { rater, reasons: reasons.parse().unwrap(), documents, numbers_confirmed }.into(),
            4 => RatingCorrection { rater, scores, reasons: reasons.parse().unwrap(), documents, numbers_confirmed }
                .into(),
            5 => RatingAppeal { rater, grounds: reasons.parse().unwrap(), documents, numbers_confirmed }.into(),
            6 => RatingRuling { rater, scores, reasons: reasons.parse().unwrap(), documents, numbers_confirmed }.into(),
            7 => opening().into(),
            9 => {
                let period = [EvaluationPeriod::Sealing, EvaluationPeriod::Revealing, EvaluationPeriod::Appeal]
                    [usize::from(score) % 3];
                let rater = (period == EvaluationPeriod::Appeal).then_some(side);
                EvaluationReopening { period, rater, reasons: reasons.parse().unwrap(), documents }.into()
            }
            _ => return self.evaluation().due(self.now, self.law()),
        })
    }
}

#[test]
fn both_seal_then_both_read() {
    let mut run = Run::new();
    run.does(0, run.seal(Side::Unit, 80));
    run.refuses(0, rating(Side::Unit, 80), "window-open");
    run.refuses(4, run.seal(Side::Unit, 80), "not-a-party");
    run.refuses(0, run.seal(Side::Unit, 90), "state-forbids");
    run.does(1, run.seal(Side::Enterprise, 59));
    assert_eq!(run.evaluation().status(), EvaluationStatus::Revealing);
    run.refuses(0, rating(Side::Unit, 81), "seal-mismatch");
    run.refuses(0, rating(Side::Enterprise, 80), "seal-mismatch");
    run.does(0, rating(Side::Unit, 80));
    assert_eq!(run.evaluation().result(Side::Enterprise), Some(8_000));
    assert_eq!(run.evaluation().result(Side::Unit), None);
    run.does(1, rating(Side::Enterprise, 59));
    assert_eq!(run.evaluation().status(), EvaluationStatus::Concluded);
    assert_eq!(run.evaluation().due(run.now.plus_millis(1000 * 24 * HOUR), run.law()), None);
    run.refuses(0, RatingReply { rater: Side::Unit, ..reply() }, "not-a-party");
    run.does(0, reply());
    run.refuses(0, reply(), "state-forbids");
}

fn reply() -> RatingReply {
    let documents = Citations::default();
    RatingReply { rater: Side::Enterprise, statement: "已整改".parse().unwrap(), documents, numbers_confirmed: None }
}

/// Truth weighs 20, cooperation 10: 2,210 thirtieths.
#[test]
fn the_result_is_whole_numbers_by_weight() {
    let mut run = Run::new();
    let mut uneven = rating(Side::Unit, 80);
    uneven.scores[1].score = 61;
    run.does(0, RatingSeal { seal: sealed(&on(), Side::Unit, &uneven) });
    run.now = run.now.plus_millis(20 * 24 * HOUR);
    run.does(0, uneven);
    assert_eq!(run.evaluation().result(Side::Enterprise), Some(7_366));
}

#[test]
fn what_is_extreme_needs_evidence_and_every_dimension_is_scored_once() {
    let faulty = |change: fn(&mut Rating)| {
        let mut run = Run::new();
        let mut bad = rating(Side::Unit, 80);
        change(&mut bad);
        run.does(0, RatingSeal { seal: sealed(&on(), Side::Unit, &bad) });
        run.now = run.now.plus_millis(20 * 24 * HOUR);
        let refusal = run.decide(&author(0), &bad.into()).unwrap_err();
        (refusal.problem.code, refusal.fields[0].pointer.clone())
    };
    assert_eq!(faulty(|bad| bad.scores[1].score = 59), ("missing-field", "/scores/1/documents".to_owned()));
    assert_eq!(faulty(|bad| bad.scores[0].score = 96), ("missing-field", "/scores/0/documents".to_owned()));
    assert_eq!(faulty(|bad| drop(bad.scores.pop())), ("too-few", "/scores".to_owned()));
    let of_itself = faulty(|bad| bad.scores[0].dimension = Dimension::FairDocuments);
    assert_eq!(of_itself, ("unknown-reference", "/scores/0/dimension".to_owned()));
}

#[test]
fn who_is_silent_or_withholds_spoils_nothing() {
    let mut run = Run::new();
    run.does(0, run.seal(Side::Unit, 80));
    run.now = run.now.plus_millis(20 * 24 * HOUR);
    run.refuses(1, run.seal(Side::Enterprise, 80), "window-closed");
    let silence = run.act(8, Side::Unit, 0).unwrap();
    run.does(5, silence);
    assert!(matches!(run.evaluation().by_enterprise, RatingPhase::Silent { .. }));
    run.does(0, rating(Side::Unit, 80));
    assert_eq!(run.evaluation().status(), EvaluationStatus::Concluded);

    let mut run = Run::new();
    run.does(0, run.seal(Side::Unit, 80));
    run.does(1, run.seal(Side::Enterprise, 80));
    run.does(0, rating(Side::Unit, 80));
    run.now = run.now.plus_millis(20 * 24 * HOUR);
    run.refuses(1, rating(Side::Enterprise, 80), "window-closed");
    let withheld = run.act(8, Side::Unit, 0).unwrap();
    run.refuses(0, withheld.clone(), "role-not-entitled");
    run.does(5, withheld);
    assert_eq!(run.evaluation().by_enterprise.status(), RatingStatus::Withheld);
    assert_eq!((run.evaluation().result(Side::Enterprise), run.evaluation().result(Side::Unit)), (Some(8_000), None));
}

#[test]
fn a_term_that_ended_too_early_runs_again_as_long_as_nobody_has_read() {
    let reopening = |period| EvaluationReopening {
        period,
        rater: None,
        reasons: "时钟有误".parse().unwrap(),
        documents: Citations::default(),
    };
    let mut run = Run::new();
    run.does(0, run.seal(Side::Unit, 80));
    run.refuses(2, reopening(EvaluationPeriod::Sealing), "window-open");
    run.now = run.now.plus_millis(20 * 24 * HOUR);
    let silence = run.act(8, Side::Unit, 0).unwrap();
    run.does(5, silence);
    run.refuses(0, reopening(EvaluationPeriod::Sealing), "role-not-entitled");
    run.does(2, reopening(EvaluationPeriod::Sealing));
    assert_eq!(run.evaluation().status(), EvaluationStatus::Sealing);
    run.does(1, run.seal(Side::Enterprise, 80));
    run.now = run.now.plus_millis(20 * 24 * HOUR);
    let withheld = run.act(8, Side::Unit, 0).unwrap();
    run.does(5, withheld);
    assert_eq!(run.evaluation().status(), EvaluationStatus::Concluded);
    run.does(3, reopening(EvaluationPeriod::Revealing));
    run.does(0, rating(Side::Unit, 80));
    run.refuses(2, reopening(EvaluationPeriod::Sealing), "state-forbids");
    run.does(1, rating(Side::Enterprise, 80));
    assert_eq!(run.evaluation().result(Side::Unit), Some(8_000));
}

#[test]
fn a_correction_is_appealed_to_another_supervisor() {
    let mut run = Run::new();
    for side in SIDES {
        run.does(side as usize, run.seal(side, 80));
    }
    for side in SIDES {
        run.does(side as usize, rating(side, 80));
    }
    let act = |which, score| Run::new().act(which, Side::Enterprise, score).unwrap();
    run.refuses(0, act(4, 70), "role-not-entitled");
    run.does(2, act(4, 70));
    assert_eq!(run.evaluation().result(Side::Unit), Some(7_500));
    run.refuses(3, act(3, 0), "state-forbids");
    run.refuses(3, act(6, 80), "state-forbids");
    run.does(1, act(5, 0));
    assert_eq!(run.evaluation().result(Side::Unit), None, "nothing counts while it is undecided");
    run.refuses(1, act(5, 0), "state-forbids");
    run.refuses(2, act(6, 80), "not-impartial");
    run.does(3, act(6, 60));
    assert_eq!(run.evaluation().result(Side::Unit), Some(7_000));
    run.refuses(1, act(5, 0), "state-forbids");
    let RatingPhase::Scored(scored) = &run.evaluation().by_enterprise else { panic!("scored") };
    assert_eq!((&*scored.given, &scored.judgement), (&[80, 80][..], &Judgement::Final));
}

type Step = (usize, usize, usize, i64, u8);

fn step() -> impl Strategy<Value = Step> {
    let hours = prop_oneof![6 => Just(0i64), 2 => 1..48i64, 1 => Just(8 * 24), 1 => Just(16 * 24)];
    (0..6usize, 0..10usize, 0..2usize, hours, prop_oneof![8 => Just(80u8), 1 => Just(30u8), 1 => Just(31u8)])
}

fn played(steps: Vec<Step>) -> Run {
    let mut run = Run::new();
    for (by, which, side, hours, score) in steps {
        run.now = run.now.plus_millis(hours * HOUR);
        let Some(act) = run.act(which, SIDES[side], score) else { continue };
        run.tries(&author(by), act);
    }
    run
}

proptest! {
    #[test]
    fn invariants_hold_whatever_is_tried(steps in prop::collection::vec(step(), 0..150)) {
        played(steps);
    }

    /// Who seals first, and who reveals first, changes nothing of what comes of it.
    #[test]
    fn the_order_of_the_sides_does_not_matter(seals in any::<bool>(), reveals in any::<bool>(), a in 60u8..=95, b in 0u8..=100) {
        let outcome = |first_seal: bool, first_reveal: bool| {
            let mut run = Run::new();
            let mut order = |first: bool, make: &dyn Fn(&Run, Side) -> Act| {
                for at in if first { [0, 1] } else { [1, 0] } {
                    let act = make(&run, SIDES[at]);
                    run.does(at, act);
                }
            };
            let score = |side| if side == Side::Unit { a } else { b };
            order(first_seal, &|run, side| run.seal(side, score(side)).into());
            order(first_reveal, &|_, side| rating(side, score(side)).into());
            let mut state = run.state.unwrap();
            for scored in [&mut state.by_unit, &mut state.by_enterprise] {
                // Which entry it was does depend on the order.
                if let RatingPhase::Scored(scored) = scored {
                    scored.entry = None;
                    scored.sealed = Stamp { entry: 0, time: run.now };
                    scored.revealed = scored.sealed;
                }
            }
            state
        };
        prop_assert_eq!(outcome(seals, reveals), outcome(true, true));
    }
}

/// Else the property would hold because nothing is ever accepted.
#[test]
fn random_acts_reach_every_kind() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (all, mut kinds) = (Act::KINDS.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::new());
    for _ in 0..400 {
        let steps = prop::collection::vec(step(), 300).new_tree(&mut runner).unwrap().current();
        kinds.extend(played(steps).kinds);
        if kinds == all {
            return;
        }
    }
    panic!("never accepted: {:?}", all.difference(&kinds));
}
