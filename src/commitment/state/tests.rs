//! Whatever is tried, in whatever order: nobody is bound alone, nothing final changes, and the service knows when it is due.

use super::super::{
    Acceptance, Act, Appeal, AppealRuling, Binding, Breach, BreachAnswer, BreachFinding, BreachRuling,
    CommitmentPeriod, Decline, LotBinding, Offer, TermReopening, YearBinding,
};
use super::{BreachPhase, Call, Commitment, Phase};
use crate::access::GateReach;
use crate::act::{Acts, Around, Author, Capability, Moment, Place, Role, Roles, Stream, View, fold};
use crate::field::{Citations, CommitmentId, Instant};
use crate::law::{InForce, Law};
use crate::log::Hash;
use crate::organisation::{Organisation, Registry, Status};
use crate::record::{KeyId, PrivateKey};
use crate::template::{self, Side, Template, TemplateRef, models};
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

fn organisation(id: &str, role: Role) -> Organisation {
    Organisation {
        id: id.parse().unwrap(),
        name: "单位".into(),
        status: Status::Confirmed,
        roles: Roles::NONE.with(role),
        keys: vec![],
        pending: vec![],
        awaited: None,
        registry: Registry::default(),
        admissions: vec![],
        since: Instant::from_millis(0),
        version: 2,
    }
}

/// A commitment under way, with everything around it.
struct Run {
    state: Option<Commitment>,
    template: Template,
    unit: Organisation,
    enterprise: Organisation,
    /// What is seen of the tender, when it is bound to one.
    call: Option<Call>,
    adopted: InForce,
    now: Instant,
    index: u64,
    kinds: BTreeSet<&'static str>,
}

impl Around for Run {
    fn state(&self, stream: &Stream) -> Option<&dyn Any> {
        match stream.prefix() {
            "template" => Some(&self.template),
            _ if *stream == Stream::of(&self.unit.id) => Some(&self.unit),
            _ if *stream == Stream::of(&self.enterprise.id) => Some(&self.enterprise),
            _ => None,
        }
    }

    fn face(&self, _stream: &Stream, wanted: TypeId) -> Option<Box<dyn Any>> {
        let call = self.call.clone().filter(|_| wanted == TypeId::of::<Call>())?;
        Some(Box::new(call))
    }
}

impl Run {
    fn new() -> Self {
        let mut run = Self {
            state: None,
            template: Template { title: "".into(), scope: template::PurchaseKind::Construction, versions: vec![] },
            unit: organisation(UNIT, Role::ProcuringUnit),
            enterprise: organisation(ENTERPRISE, Role::Enterprise),
            call: None,
            adopted: InForce::newest(),
            now: "2026-08-03T01:00:00.000Z".parse().unwrap(),
            index: 0,
            kinds: BTreeSet::new(),
        };
        let published = template::Act::from(models()[0].publication());
        run.template = Template::begin(&published, &run.place(&author(2)), run.law()).unwrap();
        run
    }

    fn place(&self, by: &Author) -> Place {
        let kid = PrivateKey::from_seed([1; 32]).key_id();
        let (hash, version) = (Hash::of(self.index.to_be_bytes()), self.state.as_ref().map_or(0, |c| c.version) + 1);
        Place { index: self.index, time: self.now, hash, author: by.id.clone(), kid, version }
    }

    fn law(&self) -> Law<'_> {
        Law::of(&self.adopted)
    }

    fn decide(&self, act: &Act, by: &Author) -> bool {
        let (ties, signer) = (Commitment::ties(self.state.as_ref(), act), KeyId::from_bytes([0; 32]));
        let on = Stream::of(&"c-1".parse::<CommitmentId>().unwrap());
        let around = View::new(self, &ties);
        let at = Moment { on: &on, now: self.now, law: self.law(), signer: &signer, author: Some(by), around };
        Commitment::decide(self.state.as_ref(), act, &at).is_ok()
    }

    fn offer(&self) -> Offer {
        let entry = self.template.versions[0].entry;
        Offer {
            numbers_confirmed: None,
            template: TemplateRef { id: "construction".parse().unwrap(), version: 1, entry },
            unit: UNIT.parse().unwrap(),
            enterprise: ENTERPRISE.parse().unwrap(),
            binding: Binding::Year(YearBinding { year: 2026 }),
        }
    }

    /// One of all acts, on one of two breaches.
    fn act(&self, which: usize, breach: usize, finding: BreachFinding) -> Option<Act> {
        let offer = self.state.as_ref().map_or(Hash::of([]), |commitment| commitment.offer);
        let id = || ["b-1", "b-2"][breach].parse().unwrap();
        let text = || "说明";
        let against = [Side::Unit, Side::Enterprise][breach];
        let clause = || self.template.versions[0].clauses(against)[0].clone();
        let documents = Citations::default();
        Some(match which {
            0 => self.offer().into(),
            1 => Acceptance { offer }.into(),
            2 => Decline { offer, reasons: text().parse().unwrap() }.into(),
            3 => Breach {
                numbers_confirmed: None,
                id: id(),
                against,
                clauses: vec![clause()],
                facts: text().parse().unwrap(),
                documents,
            }
            .into(),
            4 => BreachAnswer { breach: id(), statement: text().parse().unwrap(), documents }.into(),
            5 => BreachRuling { breach: id(), finding, reasons: text().parse().unwrap(), documents }.into(),
            6 => Appeal { breach: id(), grounds: text().parse().unwrap(), documents }.into(),
            7 => AppealRuling { breach: id(), finding, reasons: text().parse().unwrap(), documents }.into(),
            8 => TermReopening {
                period: [CommitmentPeriod::Offer, CommitmentPeriod::BreachAnswer, CommitmentPeriod::Appeal]
                    [breach + usize::from(finding > BreachFinding::Minor)],
                breach: (breach + usize::from(finding > BreachFinding::Minor) > 0).then(id),
                reasons: text().parse().unwrap(),
                documents,
            }
            .into(),
            _ => return self.state.as_ref().and_then(|commitment| commitment.due(self.now, self.law())),
        })
    }

    /// Tries an act; applies it and looks at what came of it when it is allowed.
    fn tries(&mut self, by: &Author, act: &Act) -> bool {
        if !self.decide(act, by) {
            return false;
        }
        self.index += 1;
        let (before, place) = (self.state.clone(), self.place(by));
        let mut state = self.state.take();
        fold(&mut state, act, &place, self.law());
        self.state = state;
        self.kinds.insert(act.kind());
        self.check(before.as_ref(), act, by);
        true
    }

    fn check(&self, before: Option<&Commitment>, act: &Act, by: &Author) {
        let after = self.state.as_ref().expect("an allowed act leaves a commitment");
        assert_eq!(after.version, before.map_or(0, |before| before.version) + 1);
        let ended = |phase: Phase| !matches!(phase, Phase::Offered { .. });
        if let Some(before) = before {
            let reopened = matches!(act, Act::PeriodReopened(_)) && before.phase == Phase::Lapsed;
            assert!(!ended(before.phase) || before.phase == after.phase || reopened, "what is signed or over stays so");
            if matches!(act, Act::Accepted(_)) {
                assert_eq!(after.party(before.offered_by.other()), &by.id, "both sides signed");
            }
            for old in &before.breaches {
                let new = after.breach(&old.id).expect("nothing disappears");
                if let BreachPhase::Final { .. } = old.phase {
                    assert_eq!(old, new);
                }
                if old.phase != new.phase && matches!(act, Act::BreachRuled(_) | Act::AppealRuled(_)) {
                    assert!(by.roles.has(Role::Supervisor) && old.reported_by != by.id);
                }
            }
        }
        let law = self.law();
        match after.next_due(law) {
            None => assert_eq!(after.due(self.now.plus_millis(1000 * 24 * HOUR), law), None),
            Some(due) => {
                assert_eq!(after.due(due.plus_millis(-1), law), None);
                assert!(after.due(due, law).is_some());
            }
        }
    }
}

type Step = (usize, usize, usize, i64, usize);

fn step() -> impl Strategy<Value = Step> {
    let hours = prop_oneof![3 => Just(0i64), 2 => 1..48i64, 1 => Just(16 * 24)];
    (0..6usize, 0..10usize, 0..2usize, hours, 0..4usize)
}

fn played(steps: Vec<Step>) -> Run {
    let mut run = Run::new();
    for (by, which, breach, hours, finding) in steps {
        run.now = run.now.plus_millis(hours * HOUR);
        let finding =
            [BreachFinding::Dismissed, BreachFinding::Minor, BreachFinding::Serious, BreachFinding::Grave][finding];
        let Some(act) = run.act(which, breach, finding) else { continue };
        run.tries(&author(by), &act);
    }
    run
}

proptest! {
    #[test]
    fn invariants_hold_whatever_is_tried(steps in prop::collection::vec(step(), 0..150)) {
        played(steps);
    }
}

/// Else the property would hold because nothing is ever accepted.
#[test]
fn random_acts_reach_every_kind() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (all, mut kinds) = (Act::KINDS.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::new());
    for _ in 0..400 {
        let steps = prop::collection::vec(step(), 400).new_tree(&mut runner).unwrap().current();
        kinds.extend(played(steps).kinds);
        if kinds == all {
            return;
        }
    }
    panic!("never accepted: {:?}", all.difference(&kinds));
}

/// A supervisor buys something, with the help of a centre, which signs the commitment in its place.
#[test]
fn who_buys_in_the_tender_rules_on_no_breach() {
    let buyers = [UNIT, SUPERVISOR].map(|id| id.parse().unwrap()).to_vec();
    let lot = LotBinding { tender: "T-1".parse().unwrap(), lot: "1".parse().unwrap() };
    let call = Call { buyers, is_over: false, lots: vec![(lot.lot.clone(), true)], reach: GateReach::Everything };
    let mut run = Run { call: Some(call), ..Run::new() };
    let offer = Offer { binding: Binding::Lot(lot), ..run.offer() };
    assert!(run.tries(&author(0), &offer.into()));
    for (by, which) in [(1, 1), (0, 3), (1, 4)] {
        let act = run.act(which, 1, BreachFinding::Minor).unwrap();
        assert!(run.tries(&author(by), &act), "{}", act.kind());
    }
    let ruling = run.act(5, 1, BreachFinding::Minor).unwrap();
    assert!(!run.tries(&author(2), &ruling));
    assert!(run.tries(&author(3), &ruling));
}

#[test]
fn a_party_leaves_room_for_a_supervisor() {
    let mut run = Run::new();
    assert!(run.tries(&author(0), &run.act(0, 0, BreachFinding::Minor).unwrap()));
    assert!(run.tries(&author(1), &run.act(1, 0, BreachFinding::Minor).unwrap()));
    let report = |run: &Run, n: usize| {
        let Some(Act::BreachReported(mut breach)) = run.act(3, 1, BreachFinding::Minor) else { panic!("a report") };
        breach.id = format!("b-{n}").parse().unwrap();
        Act::from(*breach)
    };
    for n in 0..50 {
        let breach = report(&run, n);
        assert!(run.tries(&author(0), &breach), "{n}");
    }
    let breach = report(&run, 50);
    assert!(!run.decide(&breach, &author(0)));
    assert!(run.tries(&author(2), &breach));
}
