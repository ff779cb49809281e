//! 重新招标: a tender that came to nothing is held again.

use super::*;
use crate::act::{Around, Author, Moment, Stream, View};
use crate::field::{Fault, TenderCode};
use crate::record::KeyId;
use std::any::Any;

/// What else there is in the log.
struct Beside<'a>(Vec<(Stream, &'a Tender)>);

impl Around for Beside<'_> {
    fn state(&self, stream: &Stream) -> Option<&dyn Any> {
        self.0.iter().find(|(known, _)| known == stream).map(|(_, tender)| *tender as &dyn Any)
    }

    /// Organisations are not here.
    fn is_whole(&self) -> bool {
        false
    }
}

fn tender(code: &str) -> Stream {
    Stream::of(&read::<TenderCode>(code))
}

/// `T-1` on 2026-07-10, lot 1 of which failed; lot 2 waits for its opening.
fn failed() -> Run {
    let mut run = Run::announced();
    run.tick(morning("2026-07-10"));
    run.accepts(&centre(), failure("1"));
    run
}

fn again(lots: &[&str], differences: Vec<Difference>) -> Preannouncement {
    let follows = EarlierRound { tender: read("T-1"), lots: lots.iter().map(|lot| read(lot)).collect(), differences };
    Preannouncement {
        follows: Some(follows),
        lots: lots.iter().map(|id| lot(id)).collect(),
        planned: planned("2026-07-20", "2026-08-20"),
        ..preannouncement()
    }
}

/// Decides the first record of `T-2` on 2026-07-10, beside these tenders.
fn decide(disclosed: Preannouncement, by: &Author, others: &[(&str, &Tender)]) -> Result<(), Refusal> {
    decide_on("T-2", None, disclosed.into(), by, others)
}

fn decide_on(
    code: &str,
    state: Option<&Tender>,
    act: Act,
    by: &Author,
    others: &[(&str, &Tender)],
) -> Result<(), Refusal> {
    let run = Run::on_morning("2026-07-10");
    let on = tender(code);
    let beside = Beside(others.iter().map(|(code, state)| (tender(code), *state)).collect());
    // As the world does: those that follow the same one are looked at as well.
    let ties: Vec<_> =
        Tender::ties(state, &act).into_iter().chain(others.iter().map(|(code, _)| tender(code))).collect();
    let signer = KeyId::from_bytes([0; 32]);
    let around = View::new(&beside, &ties);
    Tender::decide(
        state,
        &act,
        &Moment { on: &on, now: run.now, law: run.law(), signer: &signer, author: Some(by), around },
    )
}

fn refused(result: Result<(), Refusal>, problem: &'static problem::ProblemType) -> Refusal {
    let refusal = result.unwrap_err();
    assert_eq!(refusal.problem.code, problem.code, "{refusal}");
    refusal
}

/// What a first record makes.
fn begun(disclosed: Preannouncement) -> Run {
    let mut run = Run::on_morning("2026-07-10");
    let by = centre();
    run.state = run.applied(&by, &disclosed.into());
    run
}

#[test]
fn only_what_came_to_nothing_is_held_again() {
    let mut run = failed();
    decide(again(&["1"], Vec::new()), &centre(), &[("T-1", run.tender())]).unwrap();
    let refusal =
        refused(decide(again(&["1", "2"], Vec::new()), &centre(), &[("T-1", run.tender())]), &problem::STATE_FORBIDS);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("RD-FOLLOWS", "/follows/lots/1"));
    let refusal =
        refused(decide(again(&["3"], Vec::new()), &centre(), &[("T-1", run.tender())]), &problem::UNKNOWN_REFERENCE);
    assert_eq!(pointer(&refusal), "/follows/lots/0");
    run.accepts(&centre(), termination());
    decide(again(&["1", "2"], Vec::new()), &centre(), &[("T-1", run.tender())]).unwrap();
    // What has a contract stays with it, whatever becomes of the rest.
    let mut run = Run::with_candidates();
    run.tick(morning("2026-07-15"));
    run.accepts(&centre(), award("1", "a"));
    run.accepts(&centre(), contract("1", "2026-07-15"));
    run.accepts(&centre(), termination());
    let refusal =
        refused(decide(again(&["1"], Vec::new()), &centre(), &[("T-1", run.tender())]), &problem::STATE_FORBIDS);
    assert_eq!(pointer(&refusal), "/follows/lots/0");
    decide(again(&["2"], Vec::new()), &centre(), &[("T-1", run.tender())]).unwrap();
}

#[test]
fn it_is_held_again_for_the_same_unit_by_who_bought() {
    let run = failed();
    let others = [("T-1", run.tender())];
    // The unit may take another centre, and no other centre may take the unit's tender.
    let other_centre = other_centre();
    let taken = Preannouncement { centre: other_centre.id.clone(), ..again(&["1"], Vec::new()) };
    refused(decide(taken.clone(), &other_centre, &others), &problem::NOT_A_PARTY);
    let by = unit();
    decide(taken, &by, &others).unwrap();
    let other_unit = Preannouncement { procuring_unit: party("某市卫生局", None), ..again(&["1"], Vec::new()) };
    let refusal = refused(decide(other_unit, &centre(), &others), &problem::NOT_A_PARTY);
    assert_eq!(cites(&refusal), "RD-FOLLOWS");
}

#[test]
fn no_tender_follows_itself() {
    let run = failed();
    let refusal = refused(
        decide_on("T-1", None, again(&["1"], Vec::new()).into(), &centre(), &[("T-1", run.tender())]),
        &problem::INCONSISTENT,
    );
    assert_eq!(pointer(&refusal), "/follows/tender");
}

#[test]
fn a_lot_is_held_again_by_one_tender_until_that_comes_to_nothing_too() {
    let mut first = failed();
    first.accepts(&centre(), termination());
    let mut second = begun(again(&["1"], Vec::new()));
    let refusal = refused(
        decide_on(
            "T-3",
            None,
            again(&["2", "1"], Vec::new()).into(),
            &centre(),
            &[("T-1", first.tender()), ("T-2", second.tender())],
        ),
        &problem::STATE_FORBIDS,
    );
    assert_eq!((cites(&refusal), pointer(&refusal)), ("RD-ONE", "/follows/lots/1"));
    let third = |lots: &[&str], second: &Run| {
        let others = [("T-1", first.tender()), ("T-2", second.tender())];
        decide_on("T-3", None, again(lots, Vec::new()).into(), &centre(), &others)
    };
    third(&["2"], &second).unwrap();
    second.accepts(&centre(), termination());
    third(&["1"], &second).unwrap();
}

#[test]
fn the_text_is_taken_over_or_each_difference_is_declared() {
    let mut run = Run::announced();
    run.accepts(&centre(), amendment(clauses_with("s-1", "工期200日")[5..6].to_vec(), None));
    run.accepts(&centre(), termination());
    let others = [("T-1", run.tender())];
    // It is the last text that counts, with what was amended.
    let refusal = refused(decide(again(&["1"], Vec::new()), &centre(), &others), &problem::DIFFERENCE_UNDECLARED);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("RD-TEXT", "/follows/differences"));
    assert_eq!(refusal.fields[0].fault, Fault::UnknownReference { id: "s-1".into() });
    let declared = || vec![difference("s-1", Change::Changed)];
    decide(again(&["1"], declared()), &centre(), &others).unwrap();
    let invented = [declared(), vec![difference("q-1", Change::Changed)]].concat();
    let refusal = refused(decide(again(&["1"], invented), &centre(), &others), &problem::DIFFERENCE_UNDECLARED);
    assert_eq!(pointer(&refusal), "/follows/differences/1");
    // A revision says again how it differs, and follows the same one.
    let second = begun(again(&["1"], declared()));
    let revised = |change: &dyn Fn(&mut Preannouncement)| {
        let mut preannouncement = again(&["1"], declared());
        change(&mut preannouncement);
        let act = Revision { reason: read("修改"), preannouncement };
        decide_on("T-2", second.state.as_ref(), act.into(), &centre(), &others)
    };
    revised(&|_| {}).unwrap();
    let refusal = refused(revised(&|text| text.clauses.truncate(6)), &problem::DIFFERENCE_UNDECLARED);
    assert_eq!(pointer(&refusal), "/preannouncement/follows/differences");
    for change in [
        &(|text: &mut Preannouncement| text.follows = None) as &dyn Fn(&mut Preannouncement),
        &|text: &mut Preannouncement| text.follows.as_mut().unwrap().lots = vec![read("2")],
    ] {
        assert_eq!(pointer(&refused(revised(change), &problem::INCONSISTENT)), "/preannouncement/follows");
    }
    let refusal = refused(revised(&|text| text.procuring_unit = party("某市卫生局", None)), &problem::INCONSISTENT);
    assert_eq!(pointer(&refusal), "/preannouncement/procuring_unit");
}

#[test]
fn of_a_tender_that_was_adopted_nobody_knows_the_text() {
    let mut run = Run::on_morning("2026-07-10");
    run.accepts(&supervisor(), adoption());
    run.accepts(&centre(), failure("1"));
    let others = [("T-1", run.tender())];
    decide(again(&["1"], Vec::new()), &centre(), &others).unwrap();
    let refusal = refused(
        decide(again(&["1"], vec![difference("q-1", Change::Changed)]), &centre(), &others),
        &problem::INCONSISTENT,
    );
    assert_eq!(pointer(&refusal), "/follows/differences");
}
