use super::*;

#[test]
fn an_accepted_objection_demands_a_revision_and_a_new_window() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Accepted));
    run.refuses(&centre(), answer("o-1", AnswerOutcome::Accepted), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(morning("2026-06-09")), ["tender.window_closed"]);
    assert_eq!(run.status(), "waiting");
    run.refuses(&centre(), announcement(), &problem::REVISION_REQUIRED);
    assert_eq!(run.tick(morning("2026-06-12")), [""; 0], "the service waits");
    let unlimited = |text: &mut Preannouncement| text.clauses = clauses_with("q-1", "不限资质等级");
    let refusal = run.refuses(&centre(), revision(unlimited), &problem::DATES_OUT_OF_ORDER);
    assert_eq!(pointer(&refusal), "/preannouncement/planned/announce");
    run.accepts(
        &centre(),
        revision(|text| {
            unlimited(text);
            text.planned = planned("2026-06-19", "2026-07-10");
        }),
    );
    assert_eq!((run.status(), run.window()), ("preannounced", midnight("2026-06-18")));
    assert_eq!(run.tick(morning("2026-06-18")), ["tender.cleared"]);
    assert_eq!(run.tender().text_version, 2);
    run.accepts(&centre(), Announcement { clauses: clauses_with("q-1", "不限资质等级"), ..announcement() });
    assert_eq!(run.status(), "announced");
}

#[test]
fn a_revision_that_changes_nothing_does_not_satisfy_an_upheld_objection() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Upheld));
    run.tick(morning("2026-06-09"));
    // Whether it is refused or does not count: the call still waits for a revision.
    let _ = run.act(&centre(), revision(|_| {}));
    run.tick(morning("2026-06-10"));
    run.refuses(&centre(), announcement(), &problem::REVISION_REQUIRED);
}

#[test]
fn what_an_upheld_objection_demanded_reopens_the_window_whatever_clause_it_is_in() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Upheld));
    run.tick(morning("2026-06-09"));
    run.accepts(
        &centre(),
        revision(|text| {
            text.clauses = clauses_with("s-1", "工期200日");
            text.planned = planned("2026-06-19", "2026-07-10");
        }),
    );
    assert_eq!((run.status(), run.tender().revision_required), ("preannounced", false));
}

#[test]
fn an_unanswered_objection_is_said_to_be_overdue_escalated_and_upheld() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.refuses(&enterprise_a(), escalation("o-1"), &problem::WINDOW_OPEN);
    assert_eq!(run.tick(midnight("2026-06-05")), ["tender.deadline_passed"]);
    assert_eq!(run.objection("o-1"), "overdue");
    assert_eq!(run.tick(morning("2026-06-05")), [""; 0], "it is said once");
    run.refuses(&enterprise_b(), escalation("o-1"), &problem::NOT_A_PARTY);
    run.accepts(&enterprise_a(), escalation("o-1"));
    run.refuses(&centre(), answer("o-1", AnswerOutcome::Rejected), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(morning("2026-06-09")), ["tender.window_closed"]);
    run.refuses(&centre(), announcement(), &problem::OBJECTION_OPEN);
    run.refuses(&centre(), ruling("o-1", RulingOutcome::Dismissed), &problem::ROLE_NOT_ENTITLED);
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Upheld));
    run.refuses(&supervisor(), ruling("o-1", RulingOutcome::Dismissed), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(morning("2026-06-10")), [""; 0]);
    run.refuses(&centre(), announcement(), &problem::REVISION_REQUIRED);
}

#[test]
fn a_late_answer_is_still_an_answer() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    assert_eq!(run.tick(morning("2026-06-10")), ["tender.deadline_passed", "tender.window_closed"]);
    run.accepts(&unit(), answer("o-1", AnswerOutcome::Rejected));
    assert_eq!(run.tick(run.now), ["tender.cleared"]);
}

#[test]
fn a_dismissed_objection_does_not_stop_the_call() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.accepts(&enterprise_a(), escalation("o-1"));
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Dismissed));
    assert_eq!(run.tick(morning("2026-06-10")), ["tender.cleared"]);
    run.accepts(&centre(), announcement());
}

#[test]
fn a_withdrawn_objection_does_not_stop_the_call() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.refuses(&enterprise_b(), withdrawal("o-1"), &problem::NOT_A_PARTY);
    run.refuses(&centre(), withdrawal("o-1"), &problem::NOT_A_PARTY);
    run.accepts(&enterprise_a(), withdrawal("o-1"));
    run.refuses(&enterprise_a(), withdrawal("o-1"), &problem::STATE_FORBIDS);
    run.refuses(&enterprise_a(), escalation("o-1"), &problem::STATE_FORBIDS);
    run.refuses(&supervisor(), ruling("o-1", RulingOutcome::Upheld), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(morning("2026-06-10")), ["tender.cleared"]);
}

#[test]
fn an_answer_can_be_escalated_for_ten_days() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.tick(midnight("2026-06-12").plus_millis(-1));
    assert_eq!(run.decide(&enterprise_a(), &escalation("o-1").into()), Ok(()));
    run.tick(midnight("2026-06-12"));
    run.refuses(&enterprise_a(), escalation("o-1"), &problem::WINDOW_CLOSED);
}

#[test]
fn what_an_objection_points_at_must_be_there_and_its_name_be_new() {
    let mut run = Run::preannounced();
    let vague = Objection { clauses: vec![read("q-1"), read("q-99")], ..objection("o-1") };
    assert_eq!(pointer(&run.refuses(&enterprise_a(), vague, &problem::UNKNOWN_REFERENCE)), "/clauses/1");
    run.accepts(&enterprise_a(), objection("o-1"));
    assert_eq!(pointer(&run.refuses(&enterprise_b(), objection("o-1"), &problem::DUPLICATE)), "/id");
    run.accepts(&enterprise_b(), Objection { clauses: Vec::new(), ..objection("o-2") });
    let unknown = run.refuses(&centre(), answer("o-9", AnswerOutcome::Rejected), &problem::UNKNOWN_REFERENCE);
    assert_eq!(pointer(&unknown), "/objection");
    run.refuses(&supervisor(), ruling("o-9", RulingOutcome::Upheld), &problem::UNKNOWN_REFERENCE);
    run.refuses(&centre(), objection("o-3"), &problem::ROLE_NOT_ENTITLED);
}

#[test]
fn enterprises_object_in_time_supervisors_until_the_call() {
    let mut run = Run::preannounced();
    run.now = midnight("2026-06-09");
    run.refuses(&enterprise_a(), objection("late"), &problem::WINDOW_CLOSED);
    assert_eq!(run.decide(&supervisor(), &objection("tip").into()), Ok(()));
    run.tick(morning("2026-06-10"));
    run.refuses(&enterprise_a(), objection("late"), &problem::WINDOW_CLOSED);
    run.accepts(&supervisor(), objection("tip"));
    run.refuses(&centre(), announcement(), &problem::OBJECTION_OPEN);
    run.accepts(&centre(), answer("tip", AnswerOutcome::Partly));
    run.refuses(&centre(), announcement(), &problem::REVISION_REQUIRED);
    let run = Run::announced();
    run.refuses(&supervisor(), objection("tip"), &problem::STATE_FORBIDS);
}

#[test]
fn an_escalation_takes_a_clearance_back_until_it_is_ruled_on() {
    let mut run = Run::preannounced();
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    assert_eq!(run.tick(morning("2026-06-09")), ["tender.cleared"]);
    run.accepts(&enterprise_a(), escalation("o-1"));
    assert_eq!(run.status(), "waiting");
    assert_eq!(run.tick(morning("2026-06-10")), [""; 0]);
    run.refuses(&centre(), announcement(), &problem::OBJECTION_OPEN);
    run.accepts(&supervisor(), ruling("o-1", RulingOutcome::Dismissed));
    assert_eq!(run.tick(run.now), ["tender.cleared"]);
    run.accepts(&centre(), announcement());
}

#[test]
fn nobody_takes_up_the_room_of_all_others() {
    let mut run = Run::preannounced();
    for n in 0..50 {
        run.accepts(&enterprise_a(), objection(&format!("o-{n}")));
    }
    let refusal = run.refuses(&enterprise_a(), objection("o-50"), &problem::STATE_FORBIDS);
    assert!(refusal.detail.zh.contains("50"), "{}", refusal.detail.zh);
    run.accepts(&enterprise_b(), objection("o-50"));
    // What it withdraws it has filed all the same.
    run.accepts(&enterprise_a(), withdrawal("o-0"));
    run.refuses(&enterprise_a(), objection("o-51"), &problem::STATE_FORBIDS);
    for n in 51..150 {
        run.accepts(&supervisor(), objection(&format!("o-{n}")));
    }
}

/// The service says which objections keep a tender waiting: a flood of them must not make that record too long for the log.
#[test]
fn a_window_closes_over_more_objections_than_an_entry_could_name() {
    let mut run = Run::preannounced();
    for n in 0..1200 {
        run.accepts(&supervisor(), objection(&format!("{n:0>64}")));
    }
    let Some(Act::WindowClosed(closure)) = run.tender().window_over(false) else { panic!("a closure") };
    assert_eq!((closure.open_objections.len(), closure.open_count), (100, 1200));
    assert!(serde_json::to_vec(&closure).unwrap().len() < 45_000);
    assert_eq!(run.tick(morning("2026-06-09")).last(), Some(&"tender.window_closed"));
    let refusal = run.refuses(&centre(), announcement(), &problem::OBJECTION_OPEN);
    assert!(refusal.detail.zh.contains("1200") && refusal.detail.zh.len() < 2000);
}

#[test]
fn challenges_to_a_result_are_bounded_alike() {
    let mut run = Run::with_candidates();
    for n in 0..50 {
        run.accepts(&enterprise_a(), challenge(&format!("c-{n}"), "1"));
    }
    run.refuses(&enterprise_a(), challenge("c-50", "1"), &problem::STATE_FORBIDS);
    run.accepts(&enterprise_b(), challenge("c-50", "1"));
}

#[test]
fn a_text_is_not_revised_for_ever() {
    let mut run = Run::preannounced();
    let reworded = |n: usize| revision(move |text| text.clauses = clauses_with("q-1", &format!("第{n}稿")));
    for n in 2..=100 {
        run.accepts(&centre(), reworded(n));
    }
    assert_eq!(run.tender().text_version, 100);
    run.refuses(&centre(), reworded(101), &problem::TOO_MANY);
}
