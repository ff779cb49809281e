//! What is published after the opening agrees with the opening: who bid, for how much, in which order, on which day.

use super::*;
use crate::field::{Bidder, Currency, Fault, Money, ParseFailure, parse};

/// What the payload says wrongly by itself, as its pointer.
pub(super) fn faults<P: crate::act::Payload>(payload: &P) -> Vec<String> {
    let bytes = serde_json::to_vec(payload).unwrap();
    let read: Result<P, ParseFailure> = parse(&bytes);
    let mut faults = crate::field::Faults::default();
    read.unwrap().check(&mut faults);
    faults.into_result().err().into_iter().flatten().map(|fault| fault.pointer).collect()
}

fn opening_of(bids: Vec<Bid>) -> Opening {
    Opening { bids, ..opening("1") }
}

/// The day of the opening; nothing is opened yet.
pub(super) fn on_the_day() -> Run {
    let mut run = Run::announced();
    run.tick(morning("2026-07-10"));
    run
}

fn ranked(ranks: &[(Option<u16>, bool)]) -> CandidatePublication {
    let mut publication = candidates("1");
    let one = publication.candidates.remove(0);
    publication.candidates = ranks
        .iter()
        .enumerate()
        .map(|(n, (rank, tied))| Candidate {
            id: read(&format!("c-{n}")),
            rank: *rank,
            tied: *tied,
            bidder: Bidder { members: vec![party(&format!("公司{n}"), None)] },
            ..one.clone()
        })
        .collect();
    publication
}

#[test]
fn nobody_bids_twice() {
    let (a, b) = (&enterprise_a(), &enterprise_b());
    assert_eq!(faults(&opening_of(vec![bid(&[a], 1), bid(&[a], 2)])), ["/bids/1/bidder/members/0"]);
    assert_eq!(faults(&opening_of(vec![bid(&[a], 1), bid(&[b, a], 2)])), ["/bids/1/bidder/members/1"]);
    assert_eq!(faults(&opening_of(vec![bid(&[a, a], 1)])), ["/bids/0/bidder/members/1"]);
    assert_eq!(faults(&opening_of(vec![bid(&[a], 1), bid(&[b], 2)])), [""; 0]);
    // By name where a code is not known; two codes of one name are two.
    let named = |name: &str, id| Bid { bidder: Bidder { members: vec![party(name, id)] }, ..bid(&[a], 1) };
    let twice = [named("甲", None), named("甲", Some(a.id.clone()))];
    assert_eq!(faults(&opening_of(twice.to_vec())), ["/bids/1/bidder/members/0"]);
    assert_eq!(faults(&opening_of(twice.into_iter().rev().collect())), ["/bids/1/bidder/members/0"]);
    let namesakes = vec![named("甲", Some(b.id.clone())), named("甲", Some(a.id.clone()))];
    assert_eq!(faults(&opening_of(namesakes)), [""; 0]);
    // Neither as a candidate and as one that was rejected.
    let rejected = vec![RejectedBid { bidder: bidder(&[a]), reason: read("未响应") }];
    let publication = CandidatePublication { rejected, ..candidates("1") };
    assert_eq!(faults(&publication), ["/rejected/0/bidder/members/0"]);
}

#[test]
fn who_buys_does_not_bid() {
    let run = on_the_day();
    for (buyer, row) in [(centre(), 0), (unit(), 1)] {
        let mut bids = vec![bid(&[&enterprise_a()], 100), bid(&[&enterprise_b()], 100)];
        bids[row] = bid(&[&buyer], 100);
        let refusal = run.refuses(&centre(), opening_of(bids), &problem::OWN_MATTER);
        assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-OWN", &*format!("/bids/{row}/bidder/members/0")));
    }
}

#[test]
fn candidates_and_those_who_were_rejected_were_opened() {
    let mut run = on_the_day();
    run.accepts(&centre(), opening_of(vec![bid(&[&enterprise_a()], 9_000_000), bid(&[&issuer()], 9_500_000)]));
    let refusal = run.refuses(&centre(), candidates("1"), &problem::NOT_A_BIDDER);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-BIDDER", "/candidates/1/bidder"));
    let mut alone = candidates("1");
    alone.candidates.truncate(1);
    alone.rejected = vec![RejectedBid { bidder: bidder(&[&enterprise_b()]), reason: read("未响应") }];
    assert_eq!(pointer(&run.refuses(&centre(), alone.clone(), &problem::NOT_A_BIDDER)), "/rejected/0/bidder");
    // A consortium is another bidder than its leader.
    alone.rejected.clear();
    let mut joined = alone.clone();
    joined.candidates[0].bidder = bidder(&[&enterprise_a(), &enterprise_b()]);
    run.refuses(&centre(), joined, &problem::NOT_A_BIDDER);
    alone.rejected = vec![RejectedBid { bidder: bidder(&[&issuer()]), reason: read("未响应") }];
    run.accepts(&centre(), alone);
}

#[test]
fn prices_are_what_was_said_before_or_the_difference_is_declared() {
    let mut run = on_the_day();
    run.accepts(&centre(), opening("1"));
    let declared = || {
        Some(PriceDifference {
            law: read("评标委员会和评标方法暂行规定 第十九条"), reason: read("算术修正")
        })
    };
    let mut other = candidates("1");
    other.candidates[0].price = yuan(8_999_000);
    let refusal = run.refuses(&centre(), other.clone(), &problem::PRICE_DIFFERS);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-OFFER", "/candidates/0/price"));
    let mut needless = candidates("1");
    needless.candidates[1].price_difference = declared();
    let refusal = run.refuses(&centre(), needless, &problem::INCONSISTENT);
    assert_eq!(pointer(&refusal), "/candidates/1/price_difference");
    other.candidates[0].price_difference = declared();
    run.accepts(&centre(), other);
    run.tick(morning("2026-07-14"));

    let refusal = run.refuses(&centre(), award("1", "a"), &problem::PRICE_DIFFERS);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-PRICE", "/price"));
    run.accepts(&centre(), Award { price: yuan(8_999_000), ..award("1", "a") });
    let refusal = run.refuses(&centre(), contract("1", "2026-07-14"), &problem::PRICE_DIFFERS);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("CT-PRICE", "/price"));
    run.accepts(&centre(), Contract { price_difference: declared(), ..contract("1", "2026-07-14") });
    assert_eq!(run.lot("1").awards[0].price, yuan(9_000_000));
}

#[test]
fn a_slip_of_unit_is_confirmed_or_refused() {
    let money = |yuan: i64| Some(Money::new(Currency::CNY, yuan * 100).unwrap());
    let mut run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    disclosed.lots[0].estimate = money(10_000_000);
    disclosed.lots[0].ceiling = money(9_800_000);
    run.accepts(&centre(), disclosed);
    run.tick(morning("2026-06-10"));
    run.accepts(&centre(), announcement());
    run.tick(morning("2026-07-10"));
    let meant = || Some(AmountConfirmation { reason: read("投标函如此，已核对") });
    for slip in [90_000, 900_000_000, 900, 0] {
        let bids = || vec![bid(&[&enterprise_a()], 9_000_000), bid(&[&enterprise_b()], slip)];
        let refusal = run.refuses(&centre(), opening_of(bids()), &problem::AMOUNT_UNCONFIRMED);
        assert_eq!(pointer(&refusal), "/bids/1/price");
        let mut confirmed = bids();
        confirmed[1].confirmed = meant();
        run.decide(&centre(), &opening_of(confirmed.clone()).into()).unwrap();
        // What nobody doubts is not confirmed.
        confirmed[0].confirmed = meant();
        let refusal = run.refuses(&centre(), opening_of(confirmed), &problem::INCONSISTENT);
        assert_eq!(pointer(&refusal), "/bids/0/confirmed");
    }
    run.accepts(&centre(), opening_of(vec![bid(&[&enterprise_a()], 9_000_000), bid(&[&enterprise_b()], 9_900_000)]));
    let mut above = candidates("1");
    above.candidates[1].price = yuan(9_900_000);
    let refusal = run.refuses(&centre(), above, &problem::INCONSISTENT);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-CEILING", "/candidates/1/price"));
}

#[test]
fn amounts_of_one_notice_are_compared() {
    let money = |yuan: i64| Some(Money::new(Currency::CNY, yuan * 100).unwrap());
    let run = Run::on_morning("2026-06-01");
    let own = |pointer: &str| vec![pointer.to_owned()];
    let slips = |disclosed: &Preannouncement| -> Vec<String> {
        match run.decide(&centre(), &disclosed.clone().into()) {
            Ok(()) => Vec::new(),
            Err(refusal) => {
                assert_eq!(cites(&refusal), "AM-SLIP");
                refusal.fields.into_iter().map(|field| field.pointer).collect()
            }
        }
    };
    let mut disclosed = preannouncement();
    disclosed.estimate = money(5_000_000);
    disclosed.lots.iter_mut().for_each(|lot| lot.estimate = money(2_500_000));
    assert!(faults(&disclosed).is_empty() && slips(&disclosed).is_empty());
    disclosed.lots[1].ceiling = money(25_000);
    assert_eq!(slips(&disclosed), ["/lots/1/ceiling"]);
    disclosed.lots[1].ceiling = None;
    // A slip of unit in either direction, and a sum that is a fen too much.
    disclosed.estimate = money(500_000_000);
    assert_eq!(slips(&disclosed), ["/estimate"]);
    disclosed.estimate = money(50_000);
    assert_eq!((faults(&disclosed), slips(&disclosed)), (own("/estimate"), own("/estimate")));
    disclosed.estimate = Money::new(Currency::CNY, 499_999_999).ok();
    assert_eq!((faults(&disclosed), slips(&disclosed)), (own("/estimate"), Vec::new()));
    // A lot without an estimate: there is no sum, but one lot alone does not cost more than all of them.
    disclosed.lots[0].estimate = None;
    disclosed.estimate = money(50_000_000);
    assert!(faults(&disclosed).is_empty() && slips(&disclosed).is_empty());
    disclosed.estimate = money(2_499_999);
    assert_eq!(faults(&disclosed), ["/estimate"]);
    // A revision and an adoption are looked at alike.
    disclosed.lots[1].ceiling = money(25_000);
    let revised = Revision { reason: read("修改"), preannouncement: disclosed };
    let refusal = Run::preannounced().refuses(&centre(), revised, &problem::INCONSISTENT);
    assert_eq!(pointer(&refusal), "/preannouncement/lots/1/ceiling");
    let mut adopted = adoption();
    (adopted.lots[0].estimate, adopted.lots[0].ceiling) = (money(1_000_000), money(10_000));
    assert_eq!(pointer(&run.refuses(&supervisor(), adopted, &problem::INCONSISTENT)), "/lots/0/ceiling");
}

#[test]
fn ranks_are_one_to_n() {
    let (some, none) = (|rank| (Some(rank), false), (None, false));
    for good in [
        vec![some(1), some(2), some(3)],
        vec![some(3), some(1), some(2)],
        vec![none, none],
        vec![(Some(1), true), (Some(1), true), some(2)],
        vec![(Some(1), true), (Some(1), true), some(3), some(4)],
    ] {
        assert_eq!(faults(&ranked(&good)), [""; 0], "{good:?}");
        assert!(are_well_ranked(&ranked(&good).candidates));
    }
    for (bad, rows) in [
        (vec![some(0), some(1)], vec![0]),
        (vec![some(1), some(1)], vec![0, 1]),
        (vec![some(1), some(5)], vec![1]),
        (vec![some(2)], vec![0]),
        (vec![some(1), none], vec![1]),
        (vec![(Some(1), true), some(2)], vec![0]),
        (vec![(Some(1), true), some(1)], vec![1]),
        (vec![(None, true), none], vec![0]),
        (vec![some(u16::MAX)], vec![0]),
    ] {
        let rows: Vec<_> = rows.iter().map(|row| format!("/candidates/{row}/rank")).collect();
        assert_eq!(faults(&ranked(&bad)), rows, "{bad:?}");
    }
}

#[test]
fn one_without_a_rank_wins_only_with_a_word_of_why() {
    let mut run = on_the_day();
    run.accepts(&centre(), opening("1"));
    let mut unranked = candidates("1");
    unranked.candidates.iter_mut().for_each(|candidate| candidate.rank = None);
    run.accepts(&centre(), unranked);
    run.tick(morning("2026-07-14"));
    assert_eq!(cites(&run.refuses(&centre(), award("1", "a"), &problem::MISSING_FIELD)), "AW-FIRST");
    run.accepts(&centre(), Award { reasons: Some(read("评定分离，定标委员会票决")), ..award("1", "a") });
}

#[test]
fn a_contract_is_signed_after_the_award_and_inspected_after_that() {
    let mut run = Run::with_candidates();
    run.tick(morning("2026-07-14"));
    run.accepts(&centre(), award("1", "a"));
    run.tick(morning("2026-07-20"));
    for day in ["2026-07-13", "1970-01-01", "2026-07-21", "2099-01-01"] {
        let refusal = run.refuses(&centre(), contract("1", day), &problem::DATES_OUT_OF_ORDER);
        assert_eq!(pointer(&refusal), "/signed", "{day}");
    }
    run.accepts(&centre(), contract("1", "2026-07-16"));
    for day in ["2026-07-15", "1970-01-01", "2026-07-21", "2099-01-01"] {
        let refusal = run.refuses(&centre(), acceptance("1", true, day), &problem::DATES_OUT_OF_ORDER);
        assert_eq!(pointer(&refusal), "/inspected", "{day}");
    }
    let slip = contract_amendment("1", Some(yuan(900_000_000)));
    assert_eq!(pointer(&run.refuses(&centre(), slip, &problem::AMOUNT_UNCONFIRMED)), "/price");
    run.accepts(&centre(), acceptance("1", true, "2026-07-16"));
}

#[test]
fn a_claim_is_about_what_has_happened() {
    let mut run = on_the_day();
    run.accepts(&centre(), opening("1"));
    let mut ahead = candidates("1");
    ahead.candidates[1].claims[0].dated = Some(read("2026-07-11"));
    let refusal = run.refuses(&centre(), ahead, &problem::DATES_OUT_OF_ORDER);
    assert_eq!(pointer(&refusal), "/candidates/1/claims/0/dated");
}

/// Candidates of a framework agreement, or of a lot of which the text says how many may win; the publicity is over.
fn with_several(change: impl FnOnce(&mut Preannouncement)) -> Run {
    let mut run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    change(&mut disclosed);
    run.accepts(&centre(), disclosed);
    run.tick(morning("2026-06-10"));
    run.accepts(&centre(), announcement());
    run.tick(morning("2026-07-10"));
    run.accepts(&centre(), opening("1"));
    run.accepts(&centre(), candidates("1"));
    run.accepts(&centre(), failure("2"));
    run.tick(morning("2026-07-14"));
    run
}

fn framework() -> Run {
    with_several(|disclosed| {
        (disclosed.method, disclosed.method_reason) = (Method::Framework, Some(read("小额零星采购")));
    })
}

#[test]
fn a_framework_has_several_winners_and_is_as_far_as_the_last_of_them() {
    let mut run = framework();
    assert_eq!(cites(&run.refuses(&centre(), award("1", "b"), &problem::MISSING_FIELD)), "AW-FIRST");
    run.accepts(&centre(), award("1", "a"));
    run.refuses(&centre(), award("1", "a"), &problem::DUPLICATE);
    // The first one has won already.
    run.accepts(&centre(), award("1", "b"));
    assert_eq!(run.lot("1").winners().count(), 2);
    let of = |candidate: &str| Some(read(candidate));
    let nobody = run.refuses(&unit(), contract("1", "2026-07-14"), &problem::MISSING_FIELD);
    assert_eq!(pointer(&nobody), "/candidate");
    run.refuses(&unit(), Contract { candidate: of("z"), ..contract("1", "2026-07-14") }, &problem::UNKNOWN_REFERENCE);
    run.accepts(&unit(), Contract { candidate: of("a"), ..contract("1", "2026-07-14") });
    assert_eq!(run.lot("1").phase, LotPhase::Awarded);
    run.refuses(&unit(), Contract { candidate: of("a"), ..contract("1", "2026-07-14") }, &problem::STATE_FORBIDS);
    run.refuses(&unit(), failure("1"), &problem::STATE_FORBIDS);
    let accepted = |candidate| ContractAcceptance { candidate: of(candidate), ..acceptance("1", true, "2026-07-14") };
    run.refuses(&unit(), accepted("b"), &problem::STATE_FORBIDS);
    run.accepts(&unit(), accepted("a"));
    run.refuses(&unit(), accepted("a"), &problem::STATE_FORBIDS);
    run.accepts(&unit(), Contract { candidate: of("b"), ..contract("1", "2026-07-14") });
    assert_eq!(run.lot("1").phase, LotPhase::Contracted);
    run.accepts(&unit(), accepted("b"));
    assert_eq!(run.lot("1").phase, LotPhase::Accepted);
    assert_eq!(run.tick(run.now), ["tender.closed"]);
}

#[test]
fn a_winner_of_several_that_signs_nothing_keeps_nobody_waiting() {
    let mut run = framework();
    run.accepts(&centre(), award("1", "a"));
    run.accepts(&centre(), award("1", "b"));
    run.accepts(&unit(), Contract { candidate: Some(read("a")), ..contract("1", "2026-07-14") });
    run.refuses(&centre(), Failure { candidate: Some(read("a")), ..failure("1") }, &problem::STATE_FORBIDS);
    run.refuses(&centre(), Failure { candidate: Some(read("z")), ..failure("1") }, &problem::UNKNOWN_REFERENCE);
    run.accepts(&centre(), Failure { candidate: Some(read("b")), ..failure("1") });
    assert_eq!(run.lot("1").phase, LotPhase::Contracted);
    run.accepts(&unit(), acceptance("1", true, "2026-07-14"));
    assert_eq!(run.lot("1").phase, LotPhase::Accepted);
}

#[test]
fn the_text_says_how_many_win() {
    let mut run = with_several(|disclosed| disclosed.lots[0].winners = Some(read("2")));
    run.accepts(&centre(), award("1", "a"));
    run.accepts(&centre(), award("1", "b"));
    let mut alone = Run::with_candidates();
    alone.tick(morning("2026-07-14"));
    alone.accepts(&centre(), award("1", "a"));
    alone.refuses(&centre(), award("1", "b"), &problem::STATE_FORBIDS);
    assert!(
        matches!(parse::<Lot>(br#"{"id":"1","title":"x","winners":0}"#), Err(ParseFailure::Field(f)) if matches!(f.fault, Fault::WrongType { .. }))
    );
}
