//! What the commitments of bidders come to, and the evaluations that follow.

use super::*;
use crate::field::Milestone;
use crate::log::Hash;

/// Whatever the decision says, which looks at commitments that are not there.
fn does(run: &mut Run, act: impl Into<Act>) {
    run.state = run.applied(&centre(), &act.into());
    run.version += 1;
}

/// Both bid under a commitment for the lot, of which so many may win.
fn opened(winners: &str) -> Run {
    let mut run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    disclosed.lots[0].winners = Some(read(winners));
    run.accepts(&centre(), disclosed);
    let mut opening = opening("1");
    for (bid, commitment) in opening.bids.iter_mut().zip(["c-a", "c-b"]) {
        bid.commitment = Some(read(commitment));
    }
    does(&mut run, opening);
    does(&mut run, candidates("1"));
    run
}

fn awarded(run: &mut Run, candidate: &str, commitment: &str) {
    does(run, Award { commitment: Some(read(commitment)), ..award("1", candidate) });
}

/// Commitment, milestone, whether it lost, and the version that brought it.
fn reached(run: &Run) -> Vec<(String, Milestone, bool, u64)> {
    let version = |hash| (1..=run.version).find(|version| Hash::of(version.to_be_bytes()) == hash).unwrap();
    let milestones = &run.state.as_ref().unwrap().milestones;
    milestones.iter().map(|one| (one.commitment.to_string(), one.milestone, one.lost, version(one.entry))).collect()
}

#[test]
fn the_winner_is_evaluated_three_times_and_who_lost_once() {
    let mut run = opened("1");
    assert_eq!(reached(&run), []);
    awarded(&mut run, "a", "c-a");
    let award = run.version;
    does(&mut run, contract("1", "2026-07-20"));
    does(&mut run, acceptance("1", false, "2026-07-21"));
    does(&mut run, acceptance("1", true, "2026-07-22"));
    let expected = [
        ("c-a".to_owned(), Milestone::Award, false, award),
        ("c-b".to_owned(), Milestone::Award, true, award),
        ("c-a".to_owned(), Milestone::Contract, false, award + 1),
        ("c-a".to_owned(), Milestone::Acceptance, false, award + 3),
    ];
    assert_eq!(reached(&run), expected);
}

#[test]
fn while_another_may_win_nobody_has_lost() {
    let mut run = opened("2");
    awarded(&mut run, "a", "c-a");
    assert_eq!(reached(&run).len(), 1);
    let mut both = opened("2");
    awarded(&mut both, "a", "c-a");
    awarded(&mut both, "b", "c-b");
    assert!(reached(&both).iter().all(|(_, milestone, lost, _)| *milestone == Milestone::Award && !lost));
    // Once all who have won are under contract, nobody else wins any more.
    does(&mut run, contract("1", "2026-07-20"));
    assert_eq!(reached(&run)[2], ("c-b".to_owned(), Milestone::Award, true, run.version));
}
