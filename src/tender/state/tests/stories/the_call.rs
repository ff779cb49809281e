use super::*;

#[test]
fn a_difference_that_is_not_declared_is_refused() {
    let run = Run::cleared();
    let silent = Announcement { clauses: clauses_with("q-1", "特级资质"), ..announcement() };
    let refusal = run.refuses(&centre(), silent.clone(), &problem::DIFFERENCE_UNDECLARED);
    assert_eq!(pointer(&refusal), "/differences");
    // Even of a clause that does not matter, or under another name.
    let trivial = Announcement { clauses: clauses_with("k-1", "联系电话0371-1111111"), ..announcement() };
    run.refuses(&centre(), trivial, &problem::DIFFERENCE_UNDECLARED);
    let wrong = Announcement { differences: vec![difference("q-1", Change::Removed)], ..silent };
    run.refuses(&centre(), wrong, &problem::DIFFERENCE_UNDECLARED);
    let mut shorter = announcement();
    shorter.clauses.remove(0);
    run.refuses(&centre(), shorter, &problem::DIFFERENCE_UNDECLARED);
}

#[test]
fn a_score_table_does_not_change_unseen() {
    let rows = |points| {
        vec![ScoreRow { item: read("业绩"), max_points: points, criteria: read("每项2分"), clause: None }]
    };
    let mut run = Run::on_morning("2026-06-01");
    run.accepts(&centre(), Preannouncement { score_table: rows(600), ..preannouncement() });
    run.accepts(&enterprise_a(), Objection { clauses: vec![score_table_id()], ..objection("o-1") });
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    run.tick(midnight("2026-06-09"));
    run.refuses(&centre(), announcement(), &problem::DIFFERENCE_UNDECLARED);
    let call = Announcement { score_table: rows(3000), ..announcement() };
    run.refuses(&centre(), call.clone(), &problem::DIFFERENCE_UNDECLARED);
    run.accepts(&centre(), Announcement { score_table: rows(600), ..announcement() });
    let mut run = Run::cleared();
    let differences = vec![difference(score_table_id().as_str(), Change::Added)];
    run.accepts(&centre(), Announcement { differences, ..call });
    assert_eq!(run.status(), "preannounced");
}

#[test]
fn bids_are_opened_between_the_deadline_and_now() {
    let mut run = Run::announced();
    run.tick(morning("2026-07-11"));
    for at in [morning("2026-07-09"), run.now.plus_millis(1)] {
        let refusal = run.refuses(&centre(), Opening { opened_at: at, ..opening("1") }, &problem::DATES_OUT_OF_ORDER);
        assert_eq!(pointer(&refusal), "/opened_at");
    }
    run.accepts(&centre(), Opening { opened_at: morning("2026-07-10"), ..opening("1") });
}

#[test]
fn an_invented_difference_is_refused() {
    let run = Run::cleared();
    for invented in [difference("q-1", Change::Changed), difference("q-99", Change::Added)] {
        let call = Announcement { differences: vec![invented], ..announcement() };
        let refusal = run.refuses(&centre(), call, &problem::DIFFERENCE_UNDECLARED);
        assert_eq!(pointer(&refusal), "/differences/0");
    }
}

#[test]
fn a_declared_difference_that_matters_reopens_the_window() {
    let mut run = Run::cleared();
    let call = Announcement {
        clauses: clauses_with("q-1", "不限资质等级"),
        differences: vec![difference("q-1", Change::Changed)],
        ..announcement()
    };
    run.accepts(&centre(), call.clone());
    assert_eq!((run.status(), run.window()), ("preannounced", midnight("2026-06-16")));
    assert_eq!(run.tender().text_version, 2);
    run.accepts(&enterprise_a(), objection("o-1"));
    run.accepts(&centre(), answer("o-1", AnswerOutcome::Rejected));
    assert_eq!(run.tick(morning("2026-06-16")), ["tender.cleared"]);
    // Now it is the disclosed text, so the difference is none any more.
    run.refuses(&centre(), call.clone(), &problem::DIFFERENCE_UNDECLARED);
    run.accepts(&centre(), Announcement { differences: Vec::new(), ..call });
    assert_eq!((run.status(), run.tender().text_version), ("announced", 2));
}

#[test]
fn a_declared_difference_of_the_schedule_is_announced_at_once() {
    let mut run = Run::cleared();
    let call = Announcement {
        clauses: clauses_with("s-1", "工期200日"),
        differences: vec![difference("s-1", Change::Changed)],
        ..announcement()
    };
    run.accepts(&centre(), call);
    assert_eq!((run.status(), run.tender().text_version), ("announced", 2));
}

#[test]
fn bidders_of_an_open_tender_have_20_days_from_the_call() {
    let run = Run::cleared();
    let mut call = announcement();
    call.bid_deadline = read("2026-06-29");
    let refusal = run.refuses(&centre(), call.clone(), &problem::WINDOW_TOO_SHORT);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("NT-BIDDING", "/bid_deadline"));
    call.bid_deadline = read("2026-06-30");
    assert_eq!(run.decide(&centre(), &call.clone().into()), Ok(()));
    call.bid_deadline = read("2026-06-09");
    run.refuses(&centre(), call, &problem::DATES_OUT_OF_ORDER);
    run.refuses(&other_centre(), announcement(), &problem::NOT_A_PARTY);
    run.refuses(&supervisor(), announcement(), &problem::ROLE_NOT_ENTITLED);
}

#[test]
fn an_amendment_that_matters_leaves_15_days() {
    let mut run = Run::announced();
    run.tick(morning("2026-06-26"));
    let changed = || vec![clause("t-1", ClauseKind::Technical, "混凝土强度等级不低于C35")];
    let refusal = run.refuses(&centre(), amendment(changed(), None), &problem::WINDOW_TOO_SHORT);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("NT-AMENDMENT", "/bid_deadline"));
    run.accepts(&centre(), amendment(changed(), Some("2026-07-11")));
    assert_eq!(run.tender().bid_deadline, Some(read("2026-07-11")));
    assert_eq!(run.tender().open, Some(read("2026-07-11")));
    let sooner = amendment(Vec::new(), Some("2026-07-10"));
    assert_eq!(pointer(&run.refuses(&centre(), sooner, &problem::DATES_OUT_OF_ORDER)), "/bid_deadline");
    let added = amendment(vec![clause("t-2", ClauseKind::Technical, "新增")], None);
    assert_eq!(pointer(&run.refuses(&centre(), added, &problem::UNKNOWN_REFERENCE)), "/clauses/0/id");
    run.accepts(&centre(), amendment(vec![clause("k-1", ClauseKind::Contact, "电话变更")], None));
    run.refuses(&enterprise_a(), amendment(Vec::new(), None), &problem::ROLE_NOT_ENTITLED);
}

#[test]
fn relabelling_a_clause_does_not_make_its_amendment_immaterial() {
    let mut run = Run::announced();
    run.tick(morning("2026-07-09"));
    let disguised = clause("q-1", ClauseKind::Contact, "特级资质");
    run.refuses(&centre(), amendment(vec![disguised], None), &problem::WINDOW_TOO_SHORT);
}

#[test]
fn a_deadline_is_not_moved_into_the_past() {
    let mut run = Run::announced();
    run.tick(morning("2026-07-20"));
    run.refuses(&centre(), amendment(Vec::new(), Some("2026-07-15")), &problem::DATES_OUT_OF_ORDER);
}

/// Bids until half past nine on 2026-07-10, opened at ten.
fn by_the_hour() -> Run {
    let mut run = Run::cleared();
    let (bid_deadline, open) = (read("2026-07-10T09:30:00+08:00"), read("2026-07-10T10:00:00+08:00"));
    run.accepts(&centre(), Announcement { bid_deadline, open, ..announcement() });
    run
}

fn at(time: &str) -> crate::field::Instant {
    read(&format!("2026-07-10T{time}.000Z"))
}

#[test]
fn nothing_is_opened_before_the_hour() {
    let mut run = by_the_hour();
    let opened = |time| Opening { opened_at: at(time), ..opening("1") };
    run.tick(at("01:29:59"));
    run.refuses(&centre(), opened("01:29:59"), &problem::WINDOW_OPEN);
    run.tick(at("01:45:00"));
    // The time for bids is over, but the bidders are asked to come at ten.
    run.refuses(&centre(), opened("01:45:00"), &problem::WINDOW_OPEN);
    run.tick(at("02:05:00"));
    for early in ["01:00:00", "01:45:00"] {
        let refusal = run.refuses(&centre(), opened(early), &problem::DATES_OUT_OF_ORDER);
        assert_eq!(pointer(&refusal), "/opened_at");
    }
    run.refuses(&centre(), opened("02:06:00"), &problem::DATES_OUT_OF_ORDER);
    run.accepts(&centre(), opened("02:00:00"));
    // What was not opened on the day is late after it.
    assert_eq!(run.tick(midnight("2026-07-11")), ["tender.deadline_passed"]);
}

#[test]
fn a_deadline_moves_by_the_hour_and_never_back() {
    let mut run = by_the_hour();
    let earlier = amendment(Vec::new(), Some("2026-07-10T09:00:00+08:00"));
    assert_eq!(pointer(&run.refuses(&centre(), earlier, &problem::DATES_OUT_OF_ORDER)), "/bid_deadline");
    run.accepts(&centre(), amendment(Vec::new(), Some("2026-07-10T11:00:00+08:00")));
    // Bids are opened when the time for them is over.
    assert_eq!(run.tender().open, Some(read("2026-07-10T11:00:00+08:00")));
    run.accepts(&supervisor(), suspension());
    run.tick(run.now.plus_millis(3 * 86_400_000));
    run.accepts(&supervisor(), resumption());
    assert_eq!(run.tender().bid_deadline, Some(read("2026-07-13T11:00:00+08:00")));
    run.tick(at("03:00:00").plus_millis(3 * 86_400_000));
    let over = amendment(Vec::new(), Some("2026-07-13T11:00:00+08:00"));
    run.refuses(&centre(), over, &problem::DATES_OUT_OF_ORDER);
}

#[test]
fn documents_can_be_had_before_the_deadline() {
    use crate::act::Payload;
    let faults = |from, until| {
        let document_sale = Some(DocumentSale { from: read(from), until: read(until) });
        let mut faults = crate::field::Faults::default();
        Announcement { document_sale, ..announcement() }.check(&mut faults);
        faults.into_result().err().into_iter().flatten().map(|fault| fault.pointer).collect::<Vec<_>>()
    };
    assert_eq!(faults("2026-06-10T09:00:00+08:00", "2026-06-16T17:00:00+08:00"), [""; 0]);
    assert_eq!(faults("2026-06-10", "2026-07-10"), [""; 0]);
    assert_eq!(faults("2026-06-10T09:00:00+08:00", "2026-06-10T08:59:00+08:00"), ["/document_sale/until"]);
    assert_eq!(faults("2026-06-10", "2026-07-11"), ["/bid_deadline"]);
}
