use super::*;

/// The publicity of candidates is over.
fn decided() -> Run {
    let mut run = Run::with_candidates();
    run.tick(morning("2026-07-14"));
    run
}

#[test]
fn an_open_challenge_blocks_the_award() {
    let mut run = Run::with_candidates();
    run.accepts(&enterprise_b(), challenge("x-1", "1"));
    assert_eq!(run.tick(morning("2026-07-14")), ["tender.deadline_passed"]);
    assert!(run.lot("1").challenges[0].overdue);
    run.refuses(&centre(), award("1", "a"), &problem::CHALLENGE_OPEN);
    run.refuses(&enterprise_b(), challenge_answer("1", "x-1"), &problem::ROLE_NOT_ENTITLED);
    run.accepts(&centre(), challenge_answer("1", "x-1"));
    run.refuses(&centre(), challenge_answer("1", "x-1"), &problem::STATE_FORBIDS);
    run.accepts(&centre(), award("1", "a"));
    run.refuses(&supervisor(), challenge("x-2", "1"), &problem::STATE_FORBIDS);
}

#[test]
fn a_challenge_comes_in_time_and_points_at_something() {
    let mut run = Run::with_candidates();
    run.refuses(&centre(), challenge("x-1", "1"), &problem::ROLE_NOT_ENTITLED);
    for (act, at) in [
        (challenge("x-1", "9"), "/lot"),
        (Challenge { candidate: Some(read("z")), ..challenge("x-1", "1") }, "/candidate"),
        (Challenge { claim: Some(read("w-2")), ..challenge("x-1", "1") }, "/claim"),
    ] {
        assert_eq!(pointer(&run.refuses(&enterprise_b(), act, &problem::UNKNOWN_REFERENCE)), at);
    }
    run.refuses(&enterprise_b(), challenge("x-1", "2"), &problem::STATE_FORBIDS);
    run.accepts(&enterprise_b(), challenge("x-1", "1"));
    run.refuses(&enterprise_b(), challenge("x-1", "1"), &problem::DUPLICATE);
    run.accepts(&enterprise_b(), Challenge { candidate: None, claim: None, ..challenge("x-2", "1") });
    let unknown = run.refuses(&centre(), challenge_answer("1", "x-9"), &problem::UNKNOWN_REFERENCE);
    assert_eq!(pointer(&unknown), "/challenge");
    run.tick(morning("2026-07-14"));
    run.refuses(&enterprise_b(), challenge("x-3", "1"), &problem::WINDOW_CLOSED);
    run.accepts(&supervisor(), challenge("x-3", "1"));
}

#[test]
fn a_refuted_claim_blocks_the_award() {
    let mut run = decided();
    run.accepts(&supervisor(), refutation("1", "a", "w-1"));
    assert_eq!(cites(&run.refuses(&centre(), award("1", "a"), &problem::CLAIM_REFUTED)), "AW-FRAUD");
    run.refuses(&supervisor(), refutation("1", "a", "w-1"), &problem::STATE_FORBIDS);
    // It turns out to be true after all.
    run.accepts(&supervisor(), verification("1", "a", "w-1"));
    run.accepts(&centre(), award("1", "a"));
}

#[test]
fn publishing_the_candidates_again_does_not_make_a_refuted_claim_true() {
    let mut run = Run::with_candidates();
    run.accepts(&supervisor(), refutation("1", "a", "w-1"));
    run.accepts(&centre(), candidates("1"));
    run.tick(morning("2026-07-14"));
    run.refuses(&centre(), award("1", "a"), &problem::CLAIM_REFUTED);
    // Neither under another id, nor in other words, nor by claiming it no more.
    for change in [
        (|claims: &mut Vec<Claim>| claims[0].id = read("w-9")) as fn(&mut Vec<Claim>),
        |claims| claims[0].title = read("某医院门诊楼新建工程"),
        Vec::clear,
    ] {
        let mut again = candidates("1");
        again.candidates[0].id = read("a-2");
        change(&mut again.candidates[0].claims);
        run.accepts(&centre(), again);
        run.tick(run.now.plus_millis(5 * 86_400_000));
        run.refuses(&centre(), award("1", "a-2"), &problem::CLAIM_REFUTED);
    }
    run.accepts(&centre(), Award { reasons: Some(read("第一名业绩造假")), ..award("1", "b") });
}

#[test]
fn the_issuer_of_a_claimed_fact_may_say_whether_it_is_true_but_not_about_itself() {
    let mut run = Run::with_candidates();
    run.accepts(&issuer(), verification("1", "a", "w-1"));
    run.accepts(&issuer(), refutation("1", "a", "w-1"));
    run.refuses(&issuer(), refutation("1", "b", "w-2"), &problem::ROLE_NOT_ENTITLED);
    run.refuses(&enterprise_b(), verification("1", "b", "w-2"), &problem::NOT_IMPARTIAL);
    run.refuses(&enterprise_b(), refutation("1", "a", "w-1"), &problem::ROLE_NOT_ENTITLED);
    run.refuses(&centre(), verification("1", "a", "w-1"), &problem::ROLE_NOT_ENTITLED);
    for (act, at) in [
        (refutation("9", "a", "w-1"), "/lot"),
        (refutation("1", "z", "w-1"), "/candidate"),
        (refutation("1", "a", "w-2"), "/claim"),
    ] {
        assert_eq!(pointer(&run.refuses(&supervisor(), act, &problem::UNKNOWN_REFERENCE)), at);
    }
}

/// The issuer is whoever the candidate names.
#[test]
fn an_issuer_does_not_overrule_a_supervisor() {
    let mut run = decided();
    run.accepts(&supervisor(), refutation("1", "a", "w-1"));
    let _ = run.act(&issuer(), verification("1", "a", "w-1"));
    run.refuses(&centre(), award("1", "a"), &problem::CLAIM_REFUTED);
}

#[test]
fn only_a_candidate_wins() {
    let mut run = decided();
    let refusal = run.refuses(&centre(), award("1", "z"), &problem::NOT_A_CANDIDATE);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-CANDIDATE", "/candidate"));
    run.refuses(&centre(), award("2", "a"), &problem::STATE_FORBIDS);
    run.refuses(&centre(), award("9", "a"), &problem::UNKNOWN_REFERENCE);
    run.refuses(&other_centre(), award("1", "a"), &problem::NOT_A_PARTY);
    run.refuses(&supervisor(), award("1", "a"), &problem::ROLE_NOT_ENTITLED);
    run.accepts(&centre(), award("1", "a"));
}

#[test]
fn passing_over_the_first_ranked_candidate_needs_reasons() {
    let mut run = decided();
    let refusal = run.refuses(&centre(), award("1", "b"), &problem::MISSING_FIELD);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-FIRST", "/reasons"));
    run.accepts(&centre(), Award { reasons: Some(read("第一名放弃中标")), ..award("1", "b") });
    assert_eq!(run.lot("1").winners().next().unwrap().members, [enterprise_b().id]);
}

#[test]
fn candidates_may_be_published_again_until_the_award() {
    let mut run = decided();
    run.accepts(&centre(), candidates("1"));
    // 3 days after the 14th.
    assert_eq!(run.candidates_until("1"), midnight("2026-07-18"));
    run.refuses(&centre(), award("1", "a"), &problem::WINDOW_OPEN);
    run.tick(morning("2026-07-18"));
    run.accepts(&centre(), award("1", "a"));
    run.refuses(&centre(), candidates("1"), &problem::STATE_FORBIDS);
}

#[test]
fn an_award_that_fell_through_fails_the_lot() {
    let mut run = decided();
    run.accepts(&centre(), award("1", "a"));
    run.accepts(&centre(), failure("1"));
    run.refuses(&centre(), failure("1"), &problem::STATE_FORBIDS);
    run.refuses(&centre(), contract("1", "2026-07-14"), &problem::STATE_FORBIDS);
    run.accepts(&centre(), failure("2"));
    assert_eq!(run.tick(run.now), ["tender.closed"]);
}
