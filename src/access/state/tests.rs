//! A bar needs a basis, reaches as far as its law, ends by itself at midnight in Shanghai, and drops at once when it is lifted.

use super::super::{
    Act, BarObjection, BarObjectionRuling, BarRevocation, BarRulingOutcome, BarScope, Barring, RepairApplication,
    RepairDecision, RepairOutcome, RepairPath,
};
use super::*;
use crate::act::{Author, Role, Stream, decide_alone, fold};
use crate::field::{Citations, DocumentRef};
use crate::law::InForce;
use crate::log::Hash;
use crate::record::KeyId;
use proptest::prelude::*;

const FIRM: &str = "91410105MA9ABCDE2Y";
const FINANCE: &str = "11410100005260004Y";
const PROVINCE: &str = "12100000400000456B";

fn author(id: &str, role: Role) -> Author {
    Author { id: id.parse().unwrap(), roles: [role].into_iter().collect() }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(super) fn paper(title: &str) -> DocumentRef {
    let (sha256, size) = (Hash::of(title).into(), title.len() as u64);
    DocumentRef { sha256, size, media_type: "text/plain".parse().unwrap(), title: title.parse().unwrap() }
}

/// By the finance bureau, which is a supervisor here: its own decision.
pub(super) fn ban(id: &str, from: &str, to: &str) -> Barring {
    Barring {
        id: id.parse().unwrap(),
        organisation: FIRM.parse().unwrap(),
        kind: "procurement-ban".parse().unwrap(),
        name: "某公司".parse().unwrap(),
        authority: Some(crate::field::Party {
            name: "某市财政局".parse().unwrap(),
            id: Some(FINANCE.parse().unwrap()),
        }),
        decision: Some("某财购罚〔2026〕3号".parse().unwrap()),
        article: Some("《中华人民共和国政府采购法》第七十七条第一款第（一）项".parse().unwrap()),
        scope: Some(BarScope::default()),
        from: Some(day(from)),
        to: Some(day(to)),
        document: Some(paper("处罚决定书")),
        regime: None,
        numbers_confirmed: None,
    }
}

pub(super) fn application(id: &str, bar: &str) -> RepairApplication {
    RepairApplication {
        id: id.parse().unwrap(),
        bar: bar.parse().unwrap(),
        regime: RepairRegime::Ndrc,
        path: RepairPath::Ordinary,
        corrected: Some("已整改".parse().unwrap()),
        obligations: Some("罚款已缴清".parse().unwrap()),
        commitment: Some(paper("信用承诺书")),
        court_decision: None,
        paper: None,
        documents: Citations::default(),
        numbers_confirmed: None,
    }
}

/// One stream, with its clock.
pub(super) struct Run {
    law: InForce,
    pub(super) state: Option<Access>,
    pub(super) now: Instant,
    entry: u64,
}

impl Run {
    pub(super) fn at(now: &str) -> Self {
        Self { law: InForce::newest(), state: None, now: instant(now), entry: 0 }
    }

    pub(super) fn tries(&mut self, by: &Author, act: impl Into<Act>) -> Result<(), Refusal> {
        let (act, law) = (act.into(), Law::of(&self.law));
        let stream = Stream::of(&AccessId(FIRM.parse().unwrap()));
        decide_alone(&stream, self.state.as_ref(), &act, by, self.now, law)?;
        self.entry += 1;
        let version = self.state.as_ref().map_or(0, Access::version) + 1;
        let (hash, kid) = (Hash::of(self.entry.to_be_bytes()), KeyId::from_bytes([0; 32]));
        let place = Place { index: self.entry, time: self.now, hash, author: by.id.clone(), kid, version };
        fold(&mut self.state, &act, &place, law);
        Ok(())
    }

    #[track_caller]
    fn does(&mut self, by: &Author, act: impl Into<Act>) {
        self.tries(by, act).unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    #[track_caller]
    fn refused(&mut self, by: &Author, act: impl Into<Act>) -> Refusal {
        self.tries(by, act).expect_err("it is refused")
    }

    fn bars(&self) -> &[Bar] {
        self.state.as_ref().map(|access| &*access.bars).unwrap_or_default()
    }

    fn state_at(&self, time: &str) -> AccessState {
        standing(self.bars(), None, AsOf::time(instant(time)))
    }
}

pub(super) fn finance() -> Author {
    author(FINANCE, Role::Supervisor)
}

pub(super) fn province() -> Author {
    author(PROVINCE, Role::Supervisor)
}

pub(super) fn firm() -> Author {
    author(FIRM, Role::Enterprise)
}

fn pointers(refusal: &Refusal) -> Vec<&str> {
    refusal.fields.iter().map(|field| &*field.pointer).collect()
}

#[test]
fn a_bar_needs_all_of_its_basis_and_no_other_ground() {
    let mut run = Run::at("2026-08-03T01:00:00.000Z");
    let good = ban("b-1", "2026-06-01", "2027-05-31");
    let bare = Barring {
        authority: None,
        decision: None,
        article: None,
        scope: None,
        from: None,
        to: None,
        document: None,
        ..good.clone()
    };
    let refusal = run.refused(&finance(), bare);
    assert_eq!(refusal.problem.code, "barred-requires-legal-basis");
    assert_eq!(pointers(&refusal), ["/authority", "/decision", "/article", "/scope", "/from", "/to", "/document"]);
    assert_eq!(refusal.citation.unwrap().rule, "CR-18");
    for ground in ["own-score", "own-list", "region", "ownership", "unpaid-deposit", "whatever"] {
        let refusal = run.refused(&finance(), Barring { kind: ground.parse().unwrap(), ..good.clone() });
        assert_eq!(
            (refusal.problem.code, pointers(&refusal)),
            ("barred-requires-legal-basis", vec!["/kind"]),
            "{ground}"
        );
    }
    let elsewhere = BarScope { fields: vec![BarField::Tendering], ..BarScope::default() };
    let refunds = BarScope { measures: vec![BarMeasure::Award, BarMeasure::Refund], ..BarScope::default() };
    for (bad, pointer) in [
        (Barring { article: Some("《招标投标法》第五十四条".parse().unwrap()), ..good.clone() }, "/article"),
        (Barring { to: Some(day("2029-06-02")), ..good.clone() }, "/to"),
        (Barring { scope: Some(elsewhere), ..good.clone() }, "/scope/fields/0"),
        (Barring { scope: Some(refunds), ..good.clone() }, "/scope/measures/1"),
        (Barring { regime: Some(RepairRegime::Samr), ..good.clone() }, "/regime"),
    ] {
        let refusal = run.refused(&finance(), bad);
        assert_eq!((refusal.problem.code, pointers(&refusal)), ("barred-requires-legal-basis", vec![pointer]));
    }
    // Over already, or before it begins; another's stream; by somebody who may not, or for itself.
    assert_eq!(run.refused(&finance(), ban("b-1", "2026-06-01", "2026-08-02")).problem.code, "dates-out-of-order");
    assert_eq!(run.refused(&finance(), ban("b-1", "2026-09-02", "2026-09-01")).problem.code, "dates-out-of-order");
    let other = Barring { organisation: PROVINCE.parse().unwrap(), ..good.clone() };
    assert_eq!(run.refused(&finance(), other).problem.code, "stream-mismatch");
    assert_eq!(run.refused(&firm(), good.clone()).problem.code, "role-not-entitled");
    assert_eq!(run.refused(&author(FIRM, Role::Supervisor), good.clone()).problem.code, "not-impartial");
    run.does(&finance(), good.clone());
    assert_eq!(run.refused(&finance(), good).problem.code, "duplicate");
    // Three years to the day.
    run.does(&finance(), ban("b-2", "2026-06-01", "2029-06-01"));
}

#[test]
fn a_bar_ends_by_itself_at_midnight_in_shanghai() {
    let mut run = Run::at("2026-05-20T01:00:00.000Z");
    run.does(&finance(), ban("b-1", "2026-06-01", "2027-05-31"));
    for (time, state) in [
        ("2026-05-20T00:59:59.999Z", AccessState::Full),
        ("2026-05-31T15:59:59.999Z", AccessState::Full),
        ("2026-05-31T16:00:00.000Z", AccessState::Barred),
        ("2027-05-31T15:59:59.999Z", AccessState::Barred),
        ("2027-05-31T16:00:00.000Z", AccessState::Full),
    ] {
        assert_eq!(run.state_at(time), state, "{time}");
    }
    assert_eq!(run.bars()[0].ends(), instant("2027-05-31T16:00:00.000Z"));
    // Nobody lifts what is over.
    run.now = instant("2027-05-31T16:00:00.000Z");
    let revocation = revoked("b-1");
    assert_eq!(run.refused(&province(), revocation).problem.code, "state-forbids");
}

fn revoked(bar: &str) -> BarRevocation {
    let (reason, document) = ("行政复议决定撤销".parse().unwrap(), paper("行政复议决定书"));
    BarRevocation { bar: bar.parse().unwrap(), reason, document, documents: Citations::default() }
}

#[test]
fn what_was_revoked_drops_at_once_and_was_there_before() {
    let mut run = Run::at("2026-08-03T01:00:00.000Z");
    run.does(&finance(), ban("b-1", "2026-06-01", "2027-05-31"));
    run.now = instant("2026-08-05T01:00:00.000Z");
    assert_eq!(run.refused(&firm(), revoked("b-1")).problem.code, "role-not-entitled");
    assert_eq!(run.refused(&province(), revoked("b-9")).problem.code, "unknown-reference");
    run.does(&province(), revoked("b-1"));
    assert_eq!(run.state_at("2026-08-05T00:59:59.999Z"), AccessState::Barred);
    assert_eq!(run.state_at("2026-08-05T01:00:00.000Z"), AccessState::Full);
    // By index: the first entry says barred, the second one not, whatever the time.
    let by_entry = |entry| standing(run.bars(), None, AsOf::entry(entry, run.now));
    assert_eq!((by_entry(1), by_entry(2)), (AccessState::Barred, AccessState::Full));
    assert_eq!(run.refused(&province(), revoked("b-1")).problem.code, "state-forbids");
}

fn objection(id: &str) -> BarObjection {
    BarObjection {
        id: id.parse().unwrap(),
        bar: "b-1".parse().unwrap(),
        grounds: "处罚对象有误".parse().unwrap(),
        paper: None,
        documents: Citations::default(),
        numbers_confirmed: None,
    }
}

fn ruling(id: &str, outcome: BarRulingOutcome) -> BarObjectionRuling {
    let reasons = "已核实".parse().unwrap();
    BarObjectionRuling { objection: id.parse().unwrap(), outcome, reasons, documents: Citations::default() }
}

#[test]
fn an_objection_is_marked_at_once_and_due_by_whose_data_it_is() {
    // Monday; three working days later is Thursday, seven are the Wednesday after: 2026-04-23 and 2026-04-29.
    for (own, due) in [(true, "2026-04-23T16:00:00.000Z"), (false, "2026-04-29T16:00:00.000Z")] {
        let mut run = Run::at("2026-04-20T02:00:00.000Z");
        let by = if own { finance() } else { province() };
        run.does(&by, ban("b-1", "2026-04-01", "2027-03-31"));
        run.does(&firm(), objection("o-1"));
        let bar = &run.bars()[0];
        assert!(bar.is_disputed(AsOf::time(run.now)) && bar.is_in_force(AsOf::time(run.now)));
        assert_eq!(Law::of(&run.law).end(bar.objections[0].ruling_due).at, instant(due));
    }
}

#[test]
fn who_entered_the_bar_does_not_rule_and_an_upheld_objection_ends_it() {
    let mut run = Run::at("2026-04-20T02:00:00.000Z");
    run.does(&finance(), ban("b-1", "2026-04-01", "2027-03-31"));
    // For who has no key here, a supervisor enters what it handed in.
    assert_eq!(pointers(&run.refused(&province(), objection("o-1"))), ["/paper"]);
    let with_paper = BarObjection { paper: Some(paper("异议书")), ..objection("o-1") };
    assert_eq!(pointers(&run.refused(&firm(), with_paper.clone())), ["/paper"]);
    run.does(&province(), with_paper);
    assert_eq!(run.refused(&firm(), objection("o-2")).problem.code, "state-forbids");
    let refusal = run.refused(&finance(), ruling("o-1", BarRulingOutcome::Upheld));
    assert_eq!(refusal.problem.code, "not-impartial");
    // The other one of two can, although it took the paper in.
    run.does(&province(), ruling("o-1", BarRulingOutcome::Dismissed));
    assert!(!run.bars()[0].is_disputed(AsOf::time(run.now)));
    assert_eq!(run.refused(&province(), ruling("o-1", BarRulingOutcome::Upheld)).problem.code, "state-forbids");
    run.does(&firm(), objection("o-2"));
    run.does(&province(), ruling("o-2", BarRulingOutcome::Upheld));
    assert_eq!(run.bars()[0].status(AsOf::time(run.now)), Some(BarStatus::Annulled));
}

fn decided(id: &str, outcome: RepairOutcome) -> RepairDecision {
    let reasons = "符合条件".parse().unwrap();
    RepairDecision { application: id.parse().unwrap(), outcome, reasons, documents: Citations::default() }
}

#[test]
fn repair_asks_for_time_and_conditions_under_the_one_regime() {
    let mut run = Run::at("2026-08-03T01:00:00.000Z");
    run.does(&finance(), ban("b-1", "2026-06-01", "2028-05-31"));
    let good = application("r-1", "b-1");
    let other = RepairApplication { regime: RepairRegime::Samr, ..good.clone() };
    let refusal = run.refused(&firm(), other);
    assert_eq!(refusal.problem.code, "repair-regime");
    assert!(refusal.detail.zh.contains("ndrc") && refusal.detail.en.contains("NDRC"), "{refusal}");
    let bare = RepairApplication { corrected: None, obligations: None, commitment: None, ..good.clone() };
    assert_eq!(pointers(&run.refused(&firm(), bare)), ["/corrected", "/obligations", "/commitment"]);
    // A year of display, to the day.
    let early = run.refused(&firm(), good.clone());
    assert_eq!((early.problem.code, &*early.citation.unwrap().rule), ("window-open", "CR-07"));
    run.now = instant("2027-05-31T15:59:59.999Z");
    assert_eq!(run.refused(&firm(), good.clone()).problem.code, "window-open");
    run.now = instant("2027-05-31T16:00:00.000Z");
    run.does(&firm(), good.clone());
    assert_eq!(run.refused(&firm(), application("r-2", "b-1")).problem.code, "state-forbids");
    run.does(&finance(), decided("r-1", RepairOutcome::Refused));
    assert_eq!(run.state_at("2027-06-01T00:00:00.000Z"), AccessState::Barred);
    let for_it = RepairApplication { paper: Some(paper("修复申请书")), ..application("r-2", "b-1") };
    run.does(&province(), for_it);
    assert_eq!(run.refused(&province(), decided("r-2", RepairOutcome::Approved)).problem.code, "not-impartial");
    run.now = instant("2027-06-10T01:00:00.000Z");
    run.does(&finance(), decided("r-2", RepairOutcome::Approved));
    assert_eq!(run.bars()[0].status(AsOf::time(run.now)), Some(BarStatus::Repaired));
}

#[test]
fn the_rule_is_that_of_the_day_of_the_application() {
    let court_decision = Some(paper("重整裁定书"));
    let reorganised = |id: &str| RepairApplication {
        path: RepairPath::Reorganisation,
        court_decision: court_decision.clone(),
        corrected: None,
        obligations: None,
        commitment: None,
        ..application(id, "b-1")
    };
    // The trial measures know no reorganisation; Order 36 does, without a shortest time.
    let mut run = Run::at("2026-03-31T15:59:59.999Z");
    run.does(&finance(), ban("b-1", "2026-02-01", "2028-01-31"));
    let refusal = run.refused(&firm(), reorganised("r-1"));
    assert_eq!(pointers(&refusal), ["/path"]);
    assert_eq!(refusal.citation.unwrap().rule, "CR-07-2023");
    run.now = instant("2026-03-31T16:00:00.000Z");
    let without = RepairApplication { court_decision: None, ..reorganised("r-1") };
    assert_eq!(pointers(&run.refused(&firm(), without)), ["/court_decision"]);
    run.does(&firm(), reorganised("r-1"));

    // What a market regulator issued: its rule asks for less, and exists since the end of 2025.
    let mut run = Run::at("2026-08-03T01:00:00.000Z");
    let market = Barring {
        kind: "market-list".parse().unwrap(),
        article: Some("政府采购法第二十二条第一款第五项".parse().unwrap()),
        ..ban("b-1", "2026-06-01", "2028-05-31")
    };
    run.does(&finance(), market);
    assert_eq!(run.refused(&firm(), application("r-1", "b-1")).problem.code, "repair-regime");
    let samr = RepairApplication { regime: RepairRegime::Samr, commitment: None, ..application("r-1", "b-1") };
    run.does(&firm(), samr);
}

#[test]
fn a_bar_reaches_where_it_says_and_credit_never_bars() {
    let mut run = Run::at("2026-08-03T01:00:00.000Z");
    let scope = BarScope { regions: vec!["410000".parse().unwrap()], ..BarScope::default() };
    run.does(&finance(), Barring { scope: Some(scope), ..ban("b-1", "2026-06-01", "2027-05-31") });
    let bar = &run.bars()[0];
    let step = |measure, fields: &[BarField], region: Option<&str>, on: &[&str]| GatedStep {
        measure,
        reach: GateReach::Purchase { fields: fields.to_vec(), region: region.map(|text| text.parse().unwrap()) },
        days: on.iter().map(|text| day(text)).collect(),
    };
    let (bidding, procurement) = (BarMeasure::Bidding, [BarField::GovernmentProcurement]);
    for (stops, step) in [
        (true, step(bidding, &procurement, Some("410105"), &["2026-08-03"])),
        (true, step(bidding, &procurement, None, &["2026-08-03"])),
        (true, step(bidding, &procurement, Some("410105"), &["2026-05-31", "2026-06-01"])),
        (false, step(bidding, &procurement, Some("420100"), &["2026-08-03"])),
        (false, step(bidding, &[BarField::Tendering], Some("410105"), &["2026-08-03"])),
        (false, step(bidding, &procurement, Some("410105"), &["2027-06-01"])),
        (false, step(BarMeasure::Contract, &procurement, Some("410105"), &["2026-08-03"])),
        (false, GatedStep { reach: GateReach::Everything, ..step(bidding, &[], None, &["2026-08-03"]) }),
    ] {
        assert_eq!(bar.stops(&step), stops, "{step:?}");
    }
    let (none, later) = (Vec::<Bar>::new(), AsOf::time(run.now));
    assert_eq!(standing(&none, None, later), AccessState::Full);
    assert_eq!(standing(&none, Some(CreditEffect::ExtraChecks), later), AccessState::Conditional);
    assert_eq!(standing(&none, Some(CreditEffect::NoIncentives), later), AccessState::Restricted);
    assert_eq!(standing(run.bars(), Some(CreditEffect::NoIncentives), later), AccessState::Barred);
}

/// Some bars with their first and last days, as days from the beginning of 2026.
fn spans() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0i64..700, 0i64..700), 1..6)
}

fn played(spans: &[(usize, (i64, i64))]) -> Run {
    let mut run = Run::at("2026-01-01T01:00:00.000Z");
    let first = day("2026-01-01").date();
    for (number, (from, length)) in spans {
        let from = first + chrono::Days::new(*from as u64);
        let to = from + chrono::Days::new(*length as u64);
        run.does(&finance(), ban(&format!("b-{number}"), &from.to_string(), &to.to_string()));
    }
    run
}

proptest! {
    #[test]
    fn no_bar_outlives_its_last_day_and_their_order_is_nothing(spans in spans(), rotate in 0usize..6, asked in 0i64..1500) {
        let numbered: Vec<_> = spans.iter().copied().enumerate().collect();
        let mut others = numbered.clone();
        others.rotate_left(rotate % numbered.len());
        let (run, other) = (played(&numbered), played(&others));
        // Noon of a day.
        let at = AsOf::time(instant("2026-01-01T04:00:00.000Z").plus_millis(asked * 86_400_000));
        let state = standing(run.bars(), None, at);
        prop_assert_eq!(state, standing(other.bars(), None, at));
        let covered = spans.iter().any(|(from, length)| (*from..=from + length).contains(&asked));
        prop_assert_eq!(state == AccessState::Barred, covered);
        for bar in run.bars() {
            prop_assert!(!bar.is_in_force(AsOf::time(bar.ends())));
            prop_assert!(bar.is_in_force(AsOf::time(bar.ends().plus_millis(-1))));
        }
    }
}
