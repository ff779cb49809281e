//! Nobody rules in a matter of its own, nor objects to, or wins, what it buys itself.

use super::*;
use crate::act::{Author, Role};
use crate::field::Citations;

/// The same organisation, had it become a supervisor since.
fn supervising(party: &Author) -> Author {
    Author { id: party.id.clone(), roles: [Role::Supervisor].into_iter().collect() }
}

fn reopening(period: TenderPeriod, item: Option<&str>) -> PeriodReopening {
    PeriodReopening { period, item: item.map(read), reasons: read("时钟有误"), documents: Citations::default() }
}

#[track_caller]
fn only_others_rule(run: &Run, act: impl Into<Act>, interested: &[Author]) {
    let act = act.into();
    assert!(run.decide(&supervisor(), &act).is_ok(), "{:?}", run.decide(&supervisor(), &act));
    for party in interested {
        run.refuses(&supervising(party), act.clone(), &problem::NOT_IMPARTIAL);
    }
}

#[test]
fn who_buys_or_objected_does_not_rule_on_the_objection() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    let parties = [centre(), unit(), enterprise_a()];
    only_others_rule(&run, ruling("o-1", RulingOutcome::Dismissed), &parties);
    only_others_rule(&run, termination(), &parties);
    // Whoever brought a tip may have the tender stopped, until another one has ruled.
    only_others_rule(&run, suspension(), &parties[..2]);
    run.accepts(&supervising(&enterprise_a()), suspension());
    only_others_rule(&run, resumption(), &parties[..2]);
}

#[test]
fn a_period_is_reopened_by_others_than_whose_it_is() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.tick(morning("2026-06-09"));
    only_others_rule(&run, reopening(TenderPeriod::Objections, None), &[centre(), unit()]);
    let parties = [centre(), unit(), enterprise_a()];
    only_others_rule(&run, reopening(TenderPeriod::ObjectionAnswer, Some("o-1")), &parties);
    let mut run = Run::with_candidates();
    run.accepts(&enterprise_b(), challenge("x-1", "1"));
    run.tick(run.now.plus_millis(9 * 86_400_000));
    let parties = [centre(), unit(), enterprise_a(), enterprise_b()];
    only_others_rule(&run, reopening(TenderPeriod::Candidates, Some("1")), &parties);
    only_others_rule(&run, reopening(TenderPeriod::ChallengeAnswer, Some("x-1")), &parties);
}

#[test]
fn a_finding_is_nobodys_who_buys_bids_or_disputed_the_claim() {
    let mut run = Run::with_candidates();
    let challenger = supervising(&other_centre());
    run.accepts(&challenger, challenge("x-1", "1"));
    let parties = [centre(), unit(), enterprise_a(), enterprise_b(), challenger];
    only_others_rule(&run, verification("1", "a", "w-1"), &parties);
    only_others_rule(&run, refutation("1", "a", "w-1"), &parties);
    // It disputed the other one's.
    run.accepts(&supervising(&other_centre()), refutation("1", "b", "w-2"));
    only_others_rule(&run, termination(), &parties);
}

#[test]
fn who_buys_vouches_for_no_candidate_of_its_own() {
    let mut run = Run::with_candidates();
    let mut published = candidates("1");
    published.candidates[0].claims[0].issuer = Some(party("业主", Some(unit().id)));
    run.accepts(&centre(), published);
    run.refuses(&unit(), verification("1", "a", "w-1"), &problem::NOT_IMPARTIAL);
}

#[test]
fn nobody_adopts_a_tender_of_its_own() {
    let run = Run::on_morning("2026-06-01");
    let parties = [adoption().centre, adoption().procuring_unit.id.unwrap()];
    let parties = parties.map(|id| Author { id, ..supervisor() });
    only_others_rule(&run, adoption(), &parties);
}

#[test]
fn who_buys_objects_to_nothing_of_its_own() {
    let enterprise = |party: &Author| Author { roles: party.roles.with(Role::Enterprise), ..party.clone() };
    let run = Run::preannounced();
    for buyer in [centre(), unit()].iter().flat_map(|buyer| [enterprise(buyer), supervising(buyer)]) {
        run.refuses(&buyer, objection("o-1"), &problem::OWN_MATTER);
    }
    let run = Run::with_candidates();
    run.refuses(&enterprise(&centre()), challenge("x-1", "1"), &problem::OWN_MATTER);
}

#[test]
fn who_buys_is_no_candidate() {
    let run = Run::with_candidates();
    let named = run.tender().procuring_unit.name.to_string();
    for buyer in [party("某公司", Some(centre().id)), party("某公司", Some(unit().id)), party(&named, None)] {
        let mut published = candidates("1");
        // Also as a member of a consortium.
        published.candidates[1].bidder.members.push(buyer);
        let refusal = run.refuses(&centre(), published, &problem::OWN_MATTER);
        assert_eq!(pointer(&refusal), "/candidates/1/bidder/members/1");
        assert_eq!(cites(&refusal), "AW-OWN");
    }
}
