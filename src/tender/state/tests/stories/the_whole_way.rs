use super::*;

#[test]
fn one_lot_is_accepted_the_other_fails_and_the_service_closes_the_tender() {
    let mut run = Run::preannounced();
    assert_eq!((run.status(), run.window()), ("preannounced", midnight("2026-06-09")));
    assert_eq!(run.tick(morning("2026-06-10")), ["tender.cleared"]);
    run.accepts(&centre(), announcement());
    run.accepts(&centre(), clarification());
    assert_eq!(run.tick(morning("2026-07-10")), [""; 0]);
    run.accepts(&centre(), opening("1"));
    run.accepts(&centre(), opening("2"));
    run.accepts(&centre(), candidates("1"));
    run.accepts(&centre(), failure("2"));
    run.refuses(&centre(), award("1", "a"), &problem::WINDOW_OPEN);
    assert_eq!(run.tick(midnight("2026-07-14")), [""; 0]);
    run.accepts(&unit(), award("1", "a"));
    assert_eq!(run.lot("1").winners().next().unwrap().members, [enterprise_a().id]);
    run.tick(morning("2026-07-20"));
    run.refuses(&unit(), contract("1", "2026-07-21"), &problem::DATES_OUT_OF_ORDER);
    run.accepts(&unit(), contract("1", "2026-07-20"));
    run.accepts(&unit(), contract_amendment("1", Some(yuan(9_500_000))));
    assert_eq!(run.lot("1").awards[0].price, yuan(9_500_000));
    run.accepts(&unit(), contract_amendment("1", None));
    assert_eq!(run.lot("1").awards[0].price, yuan(9_500_000));
    run.accepts(&unit(), acceptance("1", false, "2026-07-20"));
    assert_eq!(run.lot("1").phase, LotPhase::Contracted);
    run.accepts(&unit(), acceptance("1", true, "2026-07-20"));
    assert_eq!(
        run.tender().due(run.now, run.law()),
        Some(Closure { lots_accepted: 1, lots_failed: 1 }.into()),
        "due at once"
    );
    assert_eq!(run.tick(run.now), ["tender.closed"]);
    assert_eq!((run.status(), run.tender().version()), ("closed", run.version));
    run.refuses(&centre(), clarification(), &problem::STATE_FORBIDS);
    run.refuses(&supervisor(), termination(), &problem::STATE_FORBIDS);
}

#[test]
fn bids_wait_for_their_deadline_and_are_missed_after_the_day_of_opening() {
    let mut run = Run::announced();
    assert_eq!(run.tick(morning("2026-07-09")), [""; 0]);
    run.refuses(&centre(), opening("1"), &problem::WINDOW_OPEN);
    run.refuses(&centre(), candidates("1"), &problem::STATE_FORBIDS);
    run.tick(morning("2026-07-10"));
    run.accepts(&centre(), opening("1"));
    run.refuses(&centre(), opening("1"), &problem::STATE_FORBIDS);
    assert_eq!(run.tick(midnight("2026-07-11")), ["tender.deadline_passed"], "lot 2, once");
    assert_eq!(run.lot("2").phase, LotPhase::Waiting { overdue: true });
    assert_eq!(run.tick(morning("2026-08-01")), [""; 0]);
    run.accepts(&centre(), opening("2"));
    assert_eq!(run.lot("2").phase, LotPhase::Opened);
}

#[test]
fn a_contract_is_amended_and_accepted_only_once_there_is_one() {
    let mut run = Run::with_candidates();
    for act in [
        Act::from(contract("1", "2026-07-10")),
        contract_amendment("1", None).into(),
        acceptance("1", true, "2026-07-10").into(),
    ] {
        run.refuses(&centre(), act, &problem::STATE_FORBIDS);
    }
    run.tick(morning("2026-07-14"));
    run.accepts(&centre(), award("1", "a"));
    run.refuses(&centre(), award("1", "a"), &problem::STATE_FORBIDS);
    run.accepts(&centre(), contract("1", "2026-07-14"));
    run.refuses(&centre(), contract("1", "2026-07-14"), &problem::STATE_FORBIDS);
    run.refuses(&centre(), failure("1"), &problem::STATE_FORBIDS);
}

#[test]
fn an_adopted_tender_goes_on_from_the_opened_bids() {
    let mut run = Run::on_morning("2026-07-10");
    run.refuses(&centre(), adoption(), &problem::ROLE_NOT_ENTITLED);
    let hasty = Adoption { windows: Windows { candidates: days(2), ..windows() }, ..adoption() };
    assert_eq!(cites(&run.refuses(&supervisor(), hasty, &problem::WINDOW_TOO_SHORT)), "AW-WINDOW");
    run.accepts(&supervisor(), adoption());
    assert_eq!((run.status(), &run.lot("1").phase), ("announced", &LotPhase::Opened));
    assert_eq!(run.tender().text_version, 0);
    run.refuses(&supervisor(), adoption(), &problem::STATE_FORBIDS);
    run.refuses(&centre(), opening("1"), &problem::STATE_FORBIDS);
    run.refuses(&centre(), amendment(Vec::new(), Some("2026-08-01")), &problem::STATE_FORBIDS);
    run.accepts(&centre(), candidates("1"));
    run.tick(morning("2026-07-14"));
    run.accepts(&centre(), award("1", "a"));
}
