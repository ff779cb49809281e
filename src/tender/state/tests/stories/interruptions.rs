use super::*;

#[test]
fn a_suspension_stops_everything_and_its_end_makes_up_for_the_time() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.tick(morning("2026-06-03"));
    run.refuses(&centre(), suspension(), &problem::ROLE_NOT_ENTITLED);
    run.refuses(&supervisor(), resumption(), &problem::STATE_FORBIDS);
    run.accepts(&supervisor(), suspension());
    assert_eq!(run.status(), "suspended");
    run.refuses(&supervisor(), suspension(), &problem::STATE_FORBIDS);
    run.refuses(&enterprise_b(), objection("o-2"), &problem::STATE_FORBIDS);
    run.refuses(&centre(), revision(|_| {}), &problem::STATE_FORBIDS);
    run.refuses(&centre(), announcement(), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(morning("2026-06-13")), [""; 0], "nothing is due");
    run.refuses(&centre(), resumption(), &problem::ROLE_NOT_ENTITLED);
    run.accepts(&supervisor(), resumption());
    assert_eq!((run.status(), run.window()), ("preannounced", midnight("2026-06-19")));
    // The answer was due on the 5th.
    run.refuses(&enterprise_a(), escalation("o-1"), &problem::WINDOW_OPEN);
    assert_eq!(run.tick(midnight("2026-06-15")), ["tender.deadline_passed"]);
    run.accepts(&enterprise_b(), objection("o-2"));
}

#[test]
fn a_suspension_lengthens_the_publicity_of_candidates_and_the_time_to_answer_challenges() {
    let mut run = Run::with_candidates();
    run.accepts(&enterprise_b(), challenge("x-1", "1"));
    run.accepts(&supervisor(), suspension());
    run.refuses(&enterprise_b(), challenge("x-2", "1"), &problem::STATE_FORBIDS);
    run.tick(morning("2026-07-20"));
    run.accepts(&supervisor(), resumption());
    assert_eq!(run.candidates_until("1"), midnight("2026-07-24"));
    assert_eq!(run.end(run.lot("1").challenges[0].period), midnight("2026-07-24"));
}

#[test]
fn a_suspension_moves_the_days_that_were_to_come() {
    let mut run = Run::announced();
    run.accepts(&supervisor(), suspension());
    run.tick(run.now.plus_millis(3 * 86_400_000));
    run.accepts(&supervisor(), resumption());
    assert_eq!(run.tender().bid_deadline, Some(read("2026-07-13")));
    assert_eq!(run.tender().open, Some(read("2026-07-13")));
}

#[test]
fn matters_that_are_open_can_be_settled_while_it_is_suspended() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&enterprise_b(), objection("o-2"));
    run.accepts(&supervisor(), suspension());
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.accepts(&enterprise_a(), escalation("o-1"));
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Dismissed));
    run.accepts(&enterprise_b(), withdrawal("o-2"));
    run.accepts(&supervisor(), resumption());
    let mut run = Run::with_candidates();
    run.accepts(&enterprise_b(), challenge("x-1", "1"));
    run.accepts(&supervisor(), suspension());
    run.accepts(&centre(), challenge_answer("1", "x-1"));
    run.accepts(&issuer(), verification("1", "a", "w-1"));
    run.accepts(&supervisor(), refutation("1", "a", "w-1"));
    run.accepts(&centre(), termination());
}

#[test]
fn time_to_escalate_that_began_in_a_suspension_grows_only_by_what_was_left_of_it() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&supervisor(), suspension());
    run.tick(morning("2026-06-03"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.tick(morning("2026-06-04"));
    run.accepts(&supervisor(), resumption());
    // Answered on the 3rd, so until the 15th (the 13th is a Saturday), and one day of it was suspended.
    let phase = run.tender().objections[0].phase;
    assert!(
        matches!(phase, ObjectionPhase::Answered { escalation, .. } if run.end(escalation) == midnight("2026-06-17")),
        "{phase:?}"
    );
}

#[test]
fn time_stands_still_for_those_who_escalate_in_a_suspension() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&enterprise_b(), objection("o-2"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.accepts(&supervisor(), suspension());
    run.tick(morning("2026-06-20"));
    // Neither have the ten days for this escalation passed, nor the three for this answer.
    assert_eq!(run.decide(&enterprise_a(), &escalation("o-1").into()), Ok(()));
    run.refuses(&enterprise_b(), escalation("o-2"), &problem::WINDOW_OPEN);
}

#[test]
fn a_termination_is_final() {
    for by in [centre(), unit(), supervisor()] {
        let mut run = Run::announced();
        run.accepts(&by, termination());
        assert_eq!((run.status(), run.tender().next_due(run.law())), ("terminated", None));
        assert_eq!(run.tick(morning("2026-09-01")), [""; 0]);
        run.refuses(&centre(), termination(), &problem::STATE_FORBIDS);
        run.refuses(&centre(), opening("1"), &problem::STATE_FORBIDS);
        run.refuses(&supervisor(), suspension(), &problem::STATE_FORBIDS);
    }
    let run = Run::announced();
    run.refuses(&other_centre(), termination(), &problem::NOT_A_PARTY);
    run.refuses(&enterprise_a(), termination(), &problem::ROLE_NOT_ENTITLED);
}

#[test]
fn a_suspended_tender_that_is_terminated_is_terminated() {
    let mut run = Run::preannounced();
    run.accepts(&supervisor(), suspension());
    run.accepts(&supervisor(), termination());
    assert_eq!((run.status(), run.tender().is_suspended()), ("terminated", false));
    run.refuses(&supervisor(), resumption(), &problem::STATE_FORBIDS);
}

#[test]
fn the_service_does_only_what_is_due() {
    let mut run = Run::preannounced();
    let clearance = Clearance { text_version: 1 };
    run.refuses(&service(), clearance.clone(), &problem::STATE_FORBIDS);
    run.refuses(&service(), Closure { lots_accepted: 2, lots_failed: 0 }, &problem::STATE_FORBIDS);
    run.now = midnight("2026-06-09");
    run.refuses(&centre(), clearance.clone(), &problem::ROLE_NOT_ENTITLED);
    run.refuses(&service(), Clearance { text_version: 2 }, &problem::STATE_FORBIDS);
    let closure = WindowClosure { open_objections: Vec::new(), open_count: 0, revision_required: false };
    run.refuses(&service(), closure, &problem::STATE_FORBIDS);
    run.refuses(&service(), announcement(), &problem::ROLE_NOT_ENTITLED);
    run.accepts(&service(), clearance.clone());
    run.refuses(&service(), clearance, &problem::STATE_FORBIDS);
}
