//! What is asked of whom for a lot rests on what the tender's own records say.

use super::refunds::{TENDER, lot};
use super::stage::{Stage, paper, yuan};
use super::support::{Actor, Answer, Engine};
use gongshi::organisation::EndingGround;
use serde_json::{Value, json};

impl Stage {
    /// A scheme of another kind.
    async fn scheme_of(&self, id: &str, kind: &str, article: &str, currency: &str, ratio_ppm: u32) {
        let scheme = json!({
            "id": id, "kind": kind, "name": kind, "article": article, "currency": currency, "ratio_ppm": ratio_ppm,
            "refund_days": 30, "day_count": "actual_360", "document": paper(),
            "forms": ["transfer", "bank_guarantee", "surety_guarantee", "insurance", "electronic_guarantee"],
        });
        self.enters("schemes", "deposit.scheme_published", scheme).await.accepted();
    }

    async fn asks(&self, id: &str, scheme: &str, payer: &Actor, (base, required): (Value, Value)) -> Answer {
        let notice = json!({
            "id": id, "scheme": scheme, "payer": payer.id, "base": base, "required": required, "bank": "icbc",
            "pay_by": self.day(5), "secures": lot(),
        });
        self.enters("notices", "deposit.announced", notice).await
    }
}

fn is_refused(answer: &Answer, problem: &str, pointer: &str, rule: &str) {
    let (body, said) = (&answer.body, (answer.status, answer.problem()));
    assert_eq!(said, (422, problem), "{answer:?}");
    assert_eq!((&body["errors"][0]["pointer"], &body["rule"]["id"]), (&pointer.into(), &rule.into()), "{answer:?}");
}

async fn only_who_takes_part_is_asked_and_no_more_than_its_price_bears(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.contracted().await;
    let (winner, loser, stranger) = (&stage.cast.enterprise, &stage.cast.rival, &stage.cast.supervisor);
    let bond = || (yuan(500_000_000), yuan(10_000_000));
    is_refused(&stage.asks("x-1", "s-1", stranger, bond()).await, "inconsistent", "/payer", "DP-ASKED");
    // What is here is not elsewhere, or nothing would hold its base to the estimate.
    let elsewhere = json!({
        "id": "x-0", "scheme": "s-1", "payer": loser.id, "base": yuan(900_000_000), "required": yuan(18_000_000),
        "bank": "icbc", "pay_by": stage.day(5),
        "procurement": {"code": TENDER, "opened": stage.day(0), "notice": paper()},
    });
    let elsewhere = stage.enters("notices", "deposit.announced", elsewhere).await;
    is_refused(&elsewhere, "inconsistent", "/procurement/code", "DP-PROCUREMENT");
    // It has one already.
    let more = stage.asks("x-2", "s-1", loser, bond()).await;
    is_refused(&more, "deposit-above-cap", "/required/amount_minor", "DP-ASKED");

    stage.scheme_of("s-2", "performance-tendering", "招标投标法实施条例第五十八条", "CNY", 100_000).await;
    stage.scheme_of("s-3", "performance-tendering", "招标投标法实施条例第五十八条", "USD", 100_000).await;
    stage.scheme_of("s-4", "quality-construction", "建质〔2017〕138号第七条", "CNY", 30_000).await;
    let of = |base: i64, required: i64| (yuan(base), yuan(required));
    is_refused(
        &stage.asks("x-3", "s-2", loser, of(400_000_000, 40_000_000)).await,
        "inconsistent",
        "/payer",
        "DP-ASKED",
    );
    let above = stage.asks("x-4", "s-2", winner, of(400_000_001, 40_000_000)).await;
    is_refused(&above, "deposit-above-cap", "/base/amount_minor", "DP-ASKED");
    let dollars = || json!({"currency": "USD", "amount_minor": 100});
    let foreign = stage.asks("x-5", "s-3", winner, (dollars(), dollars())).await;
    assert_eq!(foreign.problem(), "deposit-above-cap", "{foreign:?}");
    let cent = || json!({"currency": "USD", "amount_minor": 10});
    let foreign = stage.asks("x-5", "s-3", winner, (dollars(), cent())).await;
    is_refused(&foreign, "inconsistent", "/base/currency", "DP-ASKED");
    stage.asks("p-1", "s-2", winner, of(400_000_000, 40_000_000)).await.accepted();
    let twice = stage.asks("x-6", "s-2", winner, of(400_000_000, 1)).await;
    is_refused(&twice, "deposit-above-cap", "/required/amount_minor", "DP-ASKED");
    is_refused(&stage.asks("x-7", "s-4", winner, of(400_000_000, 1)).await, "inconsistent", "/scheme", "DP-ASKED");
    let raised = json!({
        "deposit": "p-1", "base": yuan(400_000_001), "required": yuan(40_000_000), "rule": "DP-ASSESSMENT",
    });
    let raised = stage.enters("assessments", "deposit.assessed", raised).await;
    is_refused(&raised, "deposit-above-cap", "/base/amount_minor", "DP-ASKED");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_takes_part_is_asked_and_no_more_than_its_price_bears_on_sqlite() {
    only_who_takes_part_is_asked_and_no_more_than_its_price_bears(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_takes_part_is_asked_and_no_more_than_its_price_bears_on_postgres() {
    only_who_takes_part_is_asked_and_no_more_than_its_price_bears(Engine::Postgres).await;
}

/// The winner has merged into another bidder: its performance bond is announced for it, and the successor has its place; nobody is asked for it twice.
async fn a_winners_successor_is_asked_in_its_place(engine: Engine) {
    let stage = Stage::on(engine).await;
    stage.contracted().await;
    let (supervisor, winner, heir) = (&stage.cast.supervisor, &stage.cast.enterprise, &stage.cast.rival);
    stage.scheme_of("s-2", "performance-tendering", "招标投标法实施条例第五十八条", "CNY", 100_000).await;
    stage.app.ends(supervisor, winner, EndingGround::Merged, &[heir]).await;
    let bond = || (yuan(400_000_000), yuan(40_000_000));
    let direct = stage.asks("x-1", "s-2", heir, bond()).await;
    is_refused(&direct, "inconsistent", "/payer", "DP-ASKED");
    assert!(direct.body["errors"][0].to_string().contains("succeeds"), "{direct:?}");
    stage.asks("p-1", "s-2", winner, bond()).await.accepted();
    let succeeded = json!({"deposit": "p-1", "successor": heir.id, "document": paper()});
    stage.enters("successions", "deposit.succeeded", succeeded).await.accepted();
    assert_eq!(stage.deposit("p-1").await["payer"], heir.id.to_string());
    let again = stage.asks("x-2", "s-2", winner, (yuan(400_000_000), yuan(1))).await;
    is_refused(&again, "deposit-above-cap", "/required/amount_minor", "DP-ASKED");
    let receipt = json!({
        "deposit": "p-1", "reference": "LY-1", "amount": yuan(40_000_000), "value_date": stage.day(0),
        "account_kind": "basic", "account": {"sealed": "A".repeat(43)},
    });
    stage.enters("receipts", "deposit.received", receipt).await.accepted();
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_winners_successor_is_asked_in_its_place_on_sqlite() {
    a_winners_successor_is_asked_in_its_place(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_winners_successor_is_asked_in_its_place_on_postgres() {
    a_winners_successor_is_asked_in_its_place(Engine::Postgres).await;
}

/// The clock of a bid bond counts from the contract, and only who won can have refused to sign it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_agreed_or_done_that_the_tender_says_otherwise() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.contracted().await;
    let agreed = json!({"deposit": "d-2", "event": "agreed", "day": "2020-01-01", "document": paper()});
    is_refused(
        &stage.enters("refund-clocks", "deposit.refund_due", agreed).await,
        "inconsistent",
        "/event",
        "DP-EVENT",
    );
    for (id, is_winner) in [("d-1", true), ("d-2", false)] {
        let hold =
            json!({"deposit": id, "id": "k", "amount": yuan(10_000_000), "reason": "拒签", "until": stage.day(30)});
        stage.enters("holds", "deposit.held", hold).await.accepted();
        let forfeiture = json!({
            "deposit": id, "id": "f", "hold": "k", "amount": yuan(10_000_000), "ground": "contract-refused",
            "reasons": "中标后不签合同", "document": paper(),
        });
        let answer = stage.enters("forfeitures", "deposit.forfeited", forfeiture).await;
        if is_winner {
            answer.accepted();
        } else {
            is_refused(&answer, "forfeiture-without-ground", "/ground", "contract-refused");
        }
    }
    stage.holds().await;
}
