//! Stories of refunds: the clock is the law's, interest is counted to the day, lateness shows.

use super::stage::{Stage, paper, yuan};
use super::support::fixture::{self, act, stream};
use super::support::{DAY, Engine};
use gongshi::field::Day;
use serde_json::{Value, json};

pub const TENDER: &str = "HNZB-2026-0042";

/// The lot that bonds are for.
pub fn lot() -> Value {
    json!({"tender": TENDER, "lot": "1"})
}

impl Stage {
    /// A tender whose bids may be handed in.
    pub async fn called(&self) {
        let (app, centre) = (&self.app, &self.cast.centre);
        let disclosed = fixture::preannouncement(centre);
        app.post(centre, "/v1/tenders", &stream(TENDER), &act(disclosed.clone())).await.accepted();
        app.days_pass(15).await;
        let announced = act(fixture::announcement(&disclosed));
        app.post(centre, &format!("/v1/tenders/{TENDER}/announcements"), &stream(TENDER), &announced).await.accepted();
    }

    /// Its bids are opened 35 days later.
    pub async fn opened(&self) {
        let (app, centre) = (&self.app, &self.cast.centre);
        app.days_pass(35).await;
        let bids =
            vec![fixture::bid("甲", &self.cast.enterprise, 4_000_000), fixture::bid("乙", &self.cast.rival, 4_100_000)];
        let opening = act(gongshi::tender::Opening { bids, ..fixture::opening(app.now(), &[]) });
        app.post(centre, &format!("/v1/tenders/{TENDER}/openings"), &stream(TENDER), &opening).await.accepted();
    }

    /// A tender that the enterprise won, and whose contract was signed on this day.
    pub async fn contracted(&self) -> Day {
        let (app, centre) = (&self.app, &self.cast.centre);
        let on = async |what: &str, payload: gongshi::tender::Act| {
            app.post(centre, &format!("/v1/tenders/{TENDER}/{what}"), &stream(TENDER), &act(payload)).await.accepted();
        };
        self.called().await;
        self.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
        self.arrives("d-1").await;
        self.arrives("d-2").await;
        self.opened().await;
        for (id, payer) in [("d-1", &self.cast.enterprise), ("d-2", &self.cast.rival)] {
            self.announces(id, payer, lot()).await.accepted();
            self.claims(id).await;
        }
        let list = vec![
            fixture::candidate("c-1", 1, "甲", &self.cast.enterprise, 4_000_000),
            fixture::candidate("c-2", 2, "乙", &self.cast.rival, 4_100_000),
        ];
        on("candidates", fixture::candidates(list).into()).await;
        app.days_pass(8).await;
        on("awards", fixture::award("c-1", 4_000_000).into()).await;
        app.days_pass(3).await;
        let signed = Day::from(app.now().shanghai_day());
        on("contracts", fixture::contract(signed, 4_000_000).into()).await;
        signed
    }

    fn settled(&self, refund: &str, reference: &str) -> Value {
        json!({
            "deposit": "d-2", "refund": refund, "outcome": "confirmed", "reference": reference, "value_date": self.day(0),
        })
    }
}

/// The loser starts the clock itself: day and event are the tender's, whoever says them.
async fn a_loser_has_its_bond_back_late_and_with_interest(engine: Engine) {
    let stage = Stage::on(engine).await;
    let paid = stage.app.now();
    let signed = stage.contracted().await;
    let clock = |event: &str, day: String| json!({"deposit": "d-2", "event": event, "day": day});
    let rival = &stage.cast.rival;
    let wrong = stage.post(rival, "refund-clocks", "deposit.refund_due", clock("award", signed.to_string())).await;
    assert_eq!((wrong.status, wrong.problem()), (422, "inconsistent"), "{wrong:?}");
    let right = clock("contract", signed.to_string());
    stage.post(rival, "refund-clocks", "deposit.refund_due", right.clone()).await.accepted();
    assert_eq!(stage.post(rival, "refund-clocks", "deposit.refund_due", right).await.problem(), "state-forbids");
    let view = stage.deposit("d-2").await;
    assert_eq!((&view["status"], &view["clock_event"]), (&"refund_due".into(), &"contract".into()));
    let due: gongshi::field::Instant = view["next_due"].as_str().unwrap().parse().unwrap();
    assert!(due > stage.app.now() && due <= stage.app.now().plus_millis(9 * DAY), "{view}");

    stage.app.clock.set(due.plus_millis(-1));
    stage.app.ledger.propose_due().await.unwrap();
    let view = stage.deposit("d-2").await;
    assert_eq!((&view["status"], &view["days_late"]), (&"refund_due".into(), &serde_json::Value::Null));
    stage.app.clock.set(due.plus_millis(2 * DAY - 1));
    stage.app.ledger.propose_due().await.unwrap();
    let view = stage.deposit("d-2").await;
    assert_eq!(view["status"], "overdue");
    // The winner's, whose clock the service started, is as late.
    let listed = stage.app.get("/v1/deposits?status=overdue").await.body;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (2, &"d-2".into()));
    // Anybody is told how late: the second day runs.
    assert_eq!((&view["days_late"], &listed["items"][0]["days_late"]), (&2.into(), &2.into()));
    let record = stage.app.get(&format!("/v1/records/{}", view["overdue"])).await.body;
    assert_eq!(record["kind"], "deposit.refund_overdue", "{record}");

    let since = stage.app.get_as(&stage.cast.supervisor, &stage.path("postings?account=2910.CNY")).await.body;
    let from: Day = since["items"][0]["day"].as_str().unwrap().parse().unwrap();
    let today = Day::from(stage.app.now().shanghai_day());
    let days = (today.date() - from.date()).num_days();
    assert!(days > 40 && stage.app.now() > paid);
    let interest = 10_000_000 * days * 500 / 360_000_000;
    let approval = |interest: i64| {
        json!({
            "deposit": "d-2", "id": "r-1", "amount": yuan(10_000_000), "value_date": stage.day(0),
            "interest_minor": interest, "overdue_minor": 0,
        })
    };
    let (what, kind) = ("refund-approvals", "deposit.refund_approved");
    let refused = stage.enters(what, kind, approval(interest - 1)).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &"/interest_minor".into()));
    stage.enters(what, kind, approval(interest)).await.accepted();
    let instruction = json!({"deposit": "d-2", "refund": "r-1"});
    let (what, kind) = ("refund-instructions", "deposit.refund_instructed");
    assert_eq!(stage.enters(what, kind, instruction.clone()).await.problem(), "same-signer");
    stage.post(&stage.checker, what, kind, instruction).await.accepted();
    let line = json!({
        "bank": "icbc", "nature": "interest", "reference": "LX-1", "amount": yuan(interest), "value_date": stage.day(0),
    });
    stage.enters("bank-entries", "deposit.bank_entered", line).await.accepted();
    let paid = stage.settled("r-1", "HD-9");
    let last = stage.enters("refund-settlements", "deposit.refund_settled", paid).await.accepted();
    assert_eq!(stage.deposit("d-2").await["status"], "closed");
    let money = stage.money("d-2").await;
    assert_eq!((&money["refunded_minor"], &money["interest_paid_minor"]), (&10_000_000.into(), &interest.into()));
    let balances = stage.balances("").await;
    assert_eq!((&balances["1010.icbc.CNY"], &balances["2010.d-1.CNY"]), (&10_000_000.into(), &(-10_000_000).into()));
    let book = stage.app.get(&format!("/v1/deposits/{}", stage.cast.centre.id)).await.body;
    assert_eq!((&book["refunds_late"], &book["overdue"], &book["deposits"]), (&1.into(), &1.into(), &2.into()));
    // As it was before the money went out.
    let before = stage.balances(&format!("&at={}", last["index"].as_u64().unwrap() - 1)).await;
    assert_eq!(before["1010.icbc.CNY"], 20_000_000 + interest);
    let long_ago = stage.balances(&format!("&at={from}")).await;
    assert_eq!((&long_ago["1010.icbc.CNY"], &long_ago["2030.d-2.CNY"]), (&20_000_000.into(), &0.into()));
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loser_has_its_bond_back_late_and_with_interest_on_sqlite() {
    a_loser_has_its_bond_back_late_and_with_interest(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loser_has_its_bond_back_late_and_with_interest_on_postgres() {
    a_loser_has_its_bond_back_late_and_with_interest(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_basis_is_refused_and_nothing_changes() {
    let stage = Stage::on(Engine::Sqlite).await;
    let before = stage.app.size();
    let scheme = |kind: &str, ratio: u32| {
        json!({
            "id": "s-1", "kind": kind, "name": "保证金", "article": "招标投标法实施条例第二十六条", "currency": "CNY",
            "ratio_ppm": ratio, "forms": ["transfer", "bank_guarantee", "insurance", "electronic_guarantee"],
            "day_count": "actual_360", "rates": [{"from": "2020-01-01", "rate_ppm": 500}], "document": paper(),
        })
    };
    for (kind, ratio, pointer) in
        [("integrity-construction", 1, "/kind"), ("low-price", 1, "/kind"), ("bid-tendering", 20_001, "/ratio_ppm")]
    {
        let refused = stage.enters("schemes", "deposit.scheme_published", scheme(kind, ratio)).await;
        assert_eq!((refused.status, refused.problem()), (422, "deposit-kind-without-legal-basis"), "{refused:?}");
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
        assert!(refused.body["rule"]["law"].as_str().unwrap().contains("条例"), "{refused:?}");
    }
    assert_eq!(stage.app.size(), before);
    let unknown = stage.app.get(&format!("/v1/deposits/{}", stage.cast.centre.id)).await;
    assert_eq!((unknown.status, unknown.problem()), (404, "deposit-unknown"));
}
