use super::*;

#[test]
fn nothing_happens_to_a_tender_that_is_not_there() {
    let mut run = Run::on_morning("2026-06-01");
    run.refuses(&centre(), announcement(), &problem::TENDER_UNKNOWN);
    run.refuses(&supervisor(), termination(), &problem::TENDER_UNKNOWN);
    run.accepts(&centre(), preannouncement());
    run.refuses(&centre(), preannouncement(), &problem::STATE_FORBIDS);
}

#[test]
fn its_centre_or_its_procuring_unit_discloses_a_tender_and_nobody_else() {
    let run = Run::on_morning("2026-06-01");
    assert_eq!(run.decide(&centre(), &preannouncement().into()), Ok(()));
    assert_eq!(run.decide(&unit(), &preannouncement().into()), Ok(()));
    run.refuses(&other_centre(), preannouncement(), &problem::NOT_A_PARTY);
    run.refuses(&issuer(), preannouncement(), &problem::NOT_A_PARTY);
    for author in [enterprise_a(), supervisor(), service()] {
        run.refuses(&author, preannouncement(), &problem::ROLE_NOT_ENTITLED);
    }
    // A code alone does not make a centre.
    let enterprise = crate::act::Author { roles: enterprise_a().roles, ..centre() };
    run.refuses(&enterprise, preannouncement(), &problem::ROLE_NOT_ENTITLED);
}

#[test]
fn windows_are_not_shorter_than_the_law_allows() {
    let run = Run::on_morning("2026-06-01");
    for (window, verdict) in [(days(2), false), (working_days(2), false), (days(3), true), (working_days(3), true)] {
        let mut disclosed = preannouncement();
        disclosed.windows.candidates = window;
        if verdict {
            assert_eq!(run.decide(&centre(), &disclosed.into()), Ok(()));
        } else {
            let refusal = run.refuses(&centre(), disclosed, &problem::WINDOW_TOO_SHORT);
            assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-WINDOW", "/windows/candidates/count"));
        }
    }
}

#[test]
fn bidders_of_an_open_tender_are_to_have_20_days() {
    let run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    disclosed.planned = planned("2026-06-10", "2026-06-29");
    let refusal = run.refuses(&centre(), disclosed.clone(), &problem::WINDOW_TOO_SHORT);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("NT-BIDDING", "/planned/bid_deadline"));
    disclosed.planned = planned("2026-06-10", "2026-06-30");
    assert_eq!(run.decide(&centre(), &disclosed.clone().into()), Ok(()));
    disclosed.planned = planned("2026-06-10", "2026-06-15");
    disclosed.method = Method::Inquiry;
    assert_eq!(run.decide(&centre(), &disclosed.into()), Ok(()));
}

#[test]
fn a_call_is_not_planned_for_yesterday() {
    let run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    disclosed.planned = planned("2026-05-31", "2026-07-10");
    let refusal = run.refuses(&centre(), disclosed, &problem::DATES_OUT_OF_ORDER);
    assert_eq!(pointer(&refusal), "/planned/announce");
}

#[test]
fn working_days_of_a_year_without_holiday_arrangement_are_counted_provisionally() {
    let mut run = Run::on_morning("2026-12-28");
    let mut disclosed = preannouncement();
    disclosed.planned = planned("2027-01-10", "2027-02-10");
    disclosed.windows.objection = working_days(5);
    run.accepts(&centre(), disclosed);
    // 29, 30, 31 December; 4, 5 January.
    assert_eq!(run.window(), midnight("2027-01-06"));
    assert!(run.law().end(run.tender().window.unwrap()).provisional);
    assert_eq!(run.tick(midnight("2027-01-06")), ["tender.cleared"]);
}

#[test]
fn an_early_announcement_is_refused() {
    let mut run = Run::preannounced();
    run.refuses(&centre(), announcement(), &problem::WINDOW_OPEN);
    run.accepts(&enterprise_a(), objection("o-1"));
    run.refuses(&centre(), announcement(), &problem::OBJECTION_OPEN);
    run.accepts(&enterprise_a(), withdrawal("o-1"));
    // The window is over, but the service has not cleared the tender yet.
    run.now = midnight("2026-06-09");
    run.refuses(&centre(), announcement(), &problem::NOT_CLEARED);
    assert_eq!(run.tick(run.now), ["tender.cleared"]);
    run.accepts(&centre(), announcement());
    run.refuses(&centre(), announcement(), &problem::STATE_FORBIDS);
}

#[test]
fn an_immaterial_revision_keeps_the_window() {
    let mut run = Run::preannounced();
    run.tick(morning("2026-06-05"));
    run.accepts(&centre(), revision(|text| text.clauses = clauses_with("k-1", "联系电话0371-1111111")));
    assert_eq!((run.window(), run.tender().disclosure), (midnight("2026-06-09"), 2));
    assert_eq!(run.tick(morning("2026-06-10")), ["tender.cleared"]);
    run.accepts(&centre(), revision(|text| text.title = "某中学教学楼及连廊工程".parse().unwrap()));
    assert_eq!((run.status(), run.tender().disclosure), ("cleared", 3));
    run.accepts(&centre(), announcement());
    run.refuses(&centre(), revision(|_| {}), &problem::STATE_FORBIDS);
}

#[test]
fn a_revision_that_matters_opens_a_new_window() {
    let revisions: [(&str, Revision); 5] = [
        ("another wording", revision(|text| text.clauses = clauses_with("q-1", "不限资质等级"))),
        ("a clause less", revision(|text| drop(text.clauses.remove(0)))),
        ("a clause relabelled as contact", revision(|text| text.clauses[0].kind = ClauseKind::Contact)),
        ("another window", revision(|text| text.windows.objection = days(6))),
        ("another lot", revision(|text| text.lots.push(lot("3")))),
    ];
    for (what, revision) in revisions {
        let mut run = Run::cleared();
        run.accepts(&centre(), revision);
        // 5 days after the 10th is Monday the 15th.
        let over = if what == "another window" { "2026-06-17" } else { "2026-06-16" };
        assert_eq!((run.status(), run.window()), ("preannounced", midnight(over)), "{what}");
        run.refuses(&centre(), announcement(), &problem::WINDOW_OPEN);
    }
}

#[test]
fn a_revision_obeys_the_same_minimums_and_keeps_the_centre() {
    let run = Run::preannounced();
    let refused = |change: fn(&mut Preannouncement), problem| run.refuses(&centre(), revision(change), problem);
    let refusal = refused(|text| text.windows.candidates = days(1), &problem::WINDOW_TOO_SHORT);
    assert_eq!(pointer(&refusal), "/preannouncement/windows/candidates/count");
    let refusal = refused(|text| text.planned = planned("2026-06-10", "2026-06-11"), &problem::WINDOW_TOO_SHORT);
    assert_eq!(pointer(&refusal), "/preannouncement/planned/bid_deadline");
    let refusal = refused(|text| text.centre = other_centre().id, &problem::INCONSISTENT);
    assert_eq!(pointer(&refusal), "/preannouncement/centre");
    run.refuses(&other_centre(), revision(|_| {}), &problem::NOT_A_PARTY);
    run.refuses(&enterprise_a(), revision(|_| {}), &problem::ROLE_NOT_ENTITLED);
}
