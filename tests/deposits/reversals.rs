//! What was entered wrongly is undone, the last first, and own funds go back: over HTTP, as an audit and a replay have it too.

use super::stage::{Stage, paper, yuan};
use super::support::Engine;
use gongshi::log::Hash;
use serde_json::{Value, json};

impl Stage {
    async fn reverses(&self, payload: Value) -> super::support::Answer {
        self.post(&self.checker, "entry-reversals", "deposit.entry_reversed", payload).await
    }

    /// The voucher of a record has this beside this name, and why it was made.
    async fn voucher_says(&self, entry: &Value, name: &str, said: &str) {
        let page = self.app.get_as(&self.cast.centre, &self.path(&format!("vouchers/{entry}"))).await.body;
        let page = page.as_str().unwrap();
        let named = page.split(name).nth(1).and_then(|rest| rest.split("</dd>").next());
        assert!(named.is_some_and(|value| value.ends_with(said)) && page.contains("登记有误"), "{name}: {page}");
    }

    fn today(&self) -> String {
        self.day(0)
    }
}

fn reversal(of: Value) -> Value {
    let mut reversal = json!({"reason": "登记有误", "document": paper()});
    reversal.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
    reversal
}

/// An issuer's payment of 40,000 yuan that was another's, 100 yuan of own funds that go back, and a bond that was set aside and remitted though its
/// payer had come: every account stands where it stood, the bank's references are free, and nobody else's word is needed.
async fn what_was_entered_wrongly_is_undone(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (app, firm, rival) = (&stage.app, &stage.cast.enterprise, &stage.cast.rival);
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", firm).await;
    stage.paid_in("d-2", rival).await;
    a_payment(&stage).await;
    own_funds(&stage).await;
    let before = stage.balances("").await;
    let clock = json!({"deposit": "d-1", "event": "contract", "day": stage.today(), "document": paper()});
    stage.enters("refund-clocks", "deposit.refund_due", clock).await.accepted();
    app.days_pass(20).await;
    app.ledger.propose_due().await.unwrap();
    assert_eq!(stage.deposit("d-1").await["status"], "overdue");
    let noticed = json!({"deposit": "d-1", "published": stage.today(), "document": paper()});
    stage.enters("unclaimed-notices", "deposit.unclaimed_noticed", noticed).await.accepted();
    app.days_pass(61).await;
    let (what, kind) = ("unclaimed-settings-aside", "deposit.unclaimed_set_aside");
    let aside = stage.post(&stage.checker, what, kind, json!({"deposit": "d-1"})).await.accepted()["index"].clone();
    let remitted = json!({"deposit": "d-1", "reference": "GK-1", "value_date": stage.today()});
    stage.enters("unclaimed-remittances", "deposit.unclaimed_remitted", remitted.clone()).await.accepted();
    assert_eq!(stage.deposit("d-1").await["status"], "unclaimed");
    // The setting aside was signed by the checker, so by the clerk it goes; but the remittance first.
    let of_aside = reversal(json!({"deposit": "d-1", "entry": aside}));
    let (what, kind) = ("entry-reversals", "deposit.entry_reversed");
    let refused = stage.enters(what, kind, of_aside.clone()).await;
    assert_eq!((refused.status, refused.problem()), (409, "entry-in-use"));
    assert!(refused.body["detail"].to_string().contains("GK-1"), "{refused:?}");
    let back = stage.reverses(reversal(json!({"deposit": "d-1", "reference": "GK-1"}))).await.accepted();
    stage.voucher_says(&back["index"], "冲销流水号", "GK-1").await;
    assert_eq!(stage.reverses(of_aside.clone()).await.problem(), "same-signer");
    let back = stage.enters(what, kind, of_aside).await.accepted();
    stage.voucher_says(&back["index"], "冲销记录", &format!("/v1/records/{aside}")).await;
    let deposit = stage.deposit("d-1").await;
    assert_eq!(deposit["status"], "overdue", "{deposit}");
    let required = |balances: &Value| balances["M100.d-1.CNY"].clone();
    let after = stage.balances("").await;
    assert_eq!((required(&before), required(&after)), (10_000_000.into(), 0.into()));
    for account in ["1010.icbc.CNY", "2010.d-1.CNY", "2010.d-2.CNY", "3010.CNY"] {
        assert_eq!(before[account], after[account], "{account}");
    }
    assert_eq!((&after["2070.d-1.CNY"], &after["2990.CNY"]), (&0.into(), &0.into()));
    // The line was of another payer, whose it is now.
    let stray = json!({
        "bank": "icbc", "reference": "GK-1", "amount": yuan(5), "value_date": stage.today(), "account": {"sealed": "A".repeat(43)},
    });
    stage.enters("unallocated-receipts", "deposit.unallocated_received", stray).await.accepted();
    stage.holds().await;
}

async fn a_payment(stage: &Stage) {
    let lodged = json!({
        "deposit": "d-2", "id": "g-1", "form": "bank_guarantee", "issuer": {"name": "某银行"}, "issuer_kind": "bank",
        "licence": "B0001H141010001", "number": "BH-1", "amount": yuan(8_000_000), "valid_from": stage.today(),
        "valid_to": stage.day(200), "claim_by": stage.day(200), "document": paper(),
    });
    stage.enters("guarantees", "deposit.guarantee_lodged", lodged).await.accepted();
    let verified = json!({
        "deposit": "d-2", "guarantee": "g-1", "outcome": "genuine", "statement": "电话查验", "evidence": paper(),
    });
    stage.post(&stage.checker, "guarantee-verifications", "deposit.guarantee_verified", verified).await.accepted();
    let claimed = json!({
        "deposit": "d-2", "id": "f-1", "guarantee": "g-1", "amount": yuan(4_000_000), "ground": "bid-withdrawn",
        "reasons": "撤标", "document": paper(),
    });
    stage.enters("guarantee-claims", "deposit.guarantee_claimed", claimed).await.accepted();
    let before = stage.balances("").await;
    let paid = json!({"deposit": "d-2", "forfeiture": "f-1", "reference": "BH-P", "value_date": stage.today()});
    let (what, kind) = ("guarantee-payments", "deposit.guarantee_paid");
    stage.post(&stage.checker, what, kind, paid).await.accepted();
    assert_eq!(stage.balances("").await["M110.g-1.CNY"], 4_000_000);
    let wrong = reversal(json!({"deposit": "d-2", "reference": "BH-P"}));
    assert_eq!(stage.reverses(wrong.clone()).await.problem(), "same-signer");
    stage.enters("entry-reversals", "deposit.entry_reversed", wrong).await.accepted();
    let after = stage.balances("").await;
    for (account, balance) in before.as_object().unwrap() {
        assert_eq!(&after[account], balance, "{account}");
    }
}

async fn own_funds(stage: &Stage) {
    let own = json!({
        "bank": "icbc", "nature": "own_funds", "reference": "O-1", "amount": yuan(10_000), "value_date": stage.today(),
    });
    stage.enters("bank-entries", "deposit.bank_entered", own).await.accepted();
    let approved = |fen: i64| json!({"id": "z-1", "bank": "icbc", "amount": yuan(fen), "reason": "多余的自有资金"});
    let (what, kind) = ("own-funds-approvals", "deposit.own_funds_approved");
    let refused = stage.enters(what, kind, approved(10_001)).await;
    assert_eq!(
        (refused.problem(), &refused.body["errors"][0]["pointer"]),
        ("amount-out-of-range", &"/amount/amount_minor".into())
    );
    assert_eq!(stage.post(&stage.cast.rival, what, kind, approved(1)).await.problem(), "not-a-party");
    let before = stage.own_funds("").await;
    assert_eq!(
        (&before["free_minor"], &before["waiting"], &before["next"]),
        (&10_000.into(), &json!([]), &Value::Null)
    );
    let sums = ["own_left_minor", "bank_minor", "deposits_minor", "here_left_minor"].map(|name| before[name].clone());
    assert_eq!(sums, [10_000, 20_010_000, 20_000_000, 10_000].map(Value::from));
    let entry = stage.enters(what, kind, approved(10_000)).await.accepted()["index"].clone();
    waits(stage, &entry).await;
    let returned = json!({
        "bank": "icbc", "nature": "own_funds_returned", "reference": "O-2", "amount": yuan(10_000),
        "value_date": stage.today(), "approval": "z-1",
    });
    let (what, kind) = ("bank-entries", "deposit.bank_entered");
    assert_eq!(stage.enters(what, kind, returned.clone()).await.problem(), "same-signer");
    stage.post(&stage.checker, what, kind, returned).await.accepted();
    let after = stage.own_funds("").await;
    assert_eq!(
        (&after["waiting"], &after["own_minor"], &after["bank_minor"]),
        (&json!([]), &0.into(), &20_000_000.into())
    );
    let balances = stage.balances("").await;
    assert_eq!((&balances["1010.icbc.CNY"], &balances["2995.CNY"]), (&20_000_000.into(), &0.into()));
}

impl Stage {
    async fn own_funds(&self, more: &str) -> Value {
        let path = self.path(&format!("own-funds?bank=icbc{more}"));
        let answer = self.app.get_as(&self.cast.centre, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }
}

/// Who may see the book sees what waits: what of whom, and why nothing is free.
async fn waits(stage: &Stage, entry: &Value) {
    let (app, cast) = (&stage.app, &stage.cast);
    let now = stage.own_funds("").await;
    let waiting = &now["waiting"][0];
    assert_eq!((&waiting["approval"], &waiting["amount_minor"]), (&"z-1".into(), &10_000.into()));
    assert_eq!((&waiting["entry"], &waiting["approved"]), (entry, &stage.today().into()));
    let record = app.get(waiting["record"].as_str().unwrap()).await.body;
    assert_eq!(record["kid"], waiting["approved_by"]);
    assert_eq!((&now["free_minor"], &now["waiting_minor"], &now["own_minor"]), (&0.into(), &10_000.into(), &0.into()));
    assert_eq!(now["here_left_minor"], 0);
    let rest = stage.own_funds(&format!("&limit=1&after={entry}")).await;
    assert_eq!((&rest["waiting"], &rest["next"]), (&json!([]), &Value::Null));
    let path = stage.path("own-funds?bank=icbc");
    assert_eq!(app.get_as(&cast.supervisor, &path).await.body, now);
    assert_eq!(app.get_as(&cast.rival, &path).await.problem(), "not-a-party");
    assert_eq!(app.get(&path).await.status, 401);
    for unknown in ["own-funds?bank=abc", "own-funds?bank=icbc&currency=USD"] {
        assert_eq!(app.get_as(&cast.centre, &stage.path(unknown)).await.problem(), "deposit-unknown", "{unknown}");
    }
    assert_eq!(app.get_as(&cast.centre, &stage.path("own-funds?bank=icbc&after=x")).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_wrongly_is_undone_on_sqlite() {
    what_was_entered_wrongly_is_undone(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_wrongly_is_undone_on_postgres() {
    what_was_entered_wrongly_is_undone(Engine::Postgres).await;
}

/// Interest that was shared, capitalised and paid out with a refund, each of it wrongly; and what was said to be remitted of a forfeiture that a court
/// annulled: all of it goes back, the last first, and every account and row stands where it stood.
async fn what_was_counted_wrongly_is_undone(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (app, firm, rival) = (&stage.app, &stage.cast.enterprise, &stage.cast.rival);
    stage.scheme("bid-procurement", "政府采购法实施条例第三十三条").await;
    stage.paid_in("d-1", firm).await;
    stage.paid_in("d-2", rival).await;
    app.days_pass(10).await;
    let interest = json!({
        "bank": "icbc", "nature": "pooled_interest", "reference": "LX-1", "amount": yuan(1_001), "value_date": stage.today(),
    });
    stage.enters("bank-entries", "deposit.bank_entered", interest).await.accepted();
    let shared = stage.allocates().await;
    let clock = json!({"deposit": "d-1", "event": "award", "day": stage.today(), "document": paper()});
    stage.enters("refund-clocks", "deposit.refund_due", clock).await.accepted();
    let before = stage.balances("").await;
    let row = stage.deposit("d-1").await;
    let approval = json!({
        "deposit": "d-1", "id": "r-1", "amount": yuan(6_000_000), "value_date": stage.today(), "interest_minor": 501,
        "overdue_minor": 0,
    });
    let answer = stage.enters("refund-approvals", "deposit.refund_approved", approval).await;
    let approved = answer.accepted()["index"].clone();
    // Interest that was shared has gone into the refund.
    let of_shared = reversal(json!({"bank": "icbc", "entry": shared}));
    let refused = stage.reverses(of_shared.clone()).await;
    assert_eq!((refused.status, refused.problem()), (409, "entry-in-use"));
    assert!(refused.body["detail"].to_string().contains(&approved.to_string()), "{refused:?}");
    let of_approval = reversal(json!({"deposit": "d-1", "entry": approved}));
    let (what, kind) = ("entry-reversals", "deposit.entry_reversed");
    assert_eq!(stage.enters(what, kind, of_approval.clone()).await.problem(), "same-signer");
    stage.reverses(of_approval.clone()).await.accepted();
    assert_eq!(stage.reverses(of_approval).await.problem(), "unknown-reference");
    stage.stands_as(&before).await;
    let now = stage.deposit("d-1").await;
    assert_eq!((&row["status"], &row["refund_due"]), (&now["status"], &now["refund_due"]));
    let capital = json!({"deposit": "d-2", "amount": yuan(500)});
    let answer = stage.enters("interest-capitalisations", "deposit.interest_capitalised", capital).await;
    let of_capital = reversal(json!({"deposit": "d-2", "entry": answer.accepted()["index"]}));
    assert_eq!(stage.reverses(of_shared.clone()).await.problem(), "entry-in-use");
    stage.reverses(of_capital).await.accepted();
    stage.reverses(of_shared).await.accepted();
    let after = stage.balances("").await;
    assert_eq!((&after["2945.icbc.CNY"], &after["2040.d-1.CNY"]), (&(-1_001).into(), &0.into()));
    // Shared again, it is as much.
    let shared = stage.allocates().await;
    stage.stands_as(&before).await;
    what_was_paid_stands(&stage, &shared).await;
    a_remittance(&stage).await;
    stage.holds().await;
}

impl Stage {
    async fn stands_as(&self, before: &Value) {
        let after = self.balances("").await;
        for (account, balance) in before.as_object().unwrap() {
            assert_eq!(&after[account], balance, "{account}");
        }
    }

    /// 10.01 yuan by ten days of 100,000 yuan each; the entry that says so.
    async fn allocates(&self) -> Value {
        let table = Hash::of("d-1\t100000000\t501\nd-2\t100000000\t500\n").to_string();
        let allocation = json!({"bank": "icbc", "amount": yuan(1_001), "up_to": self.today(), "table": table});
        let answer = self.enters("interest-allocations", "deposit.interest_allocated", allocation).await;
        answer.accepted()["index"].clone()
    }
}

/// Once the bank is told of a refund, nothing that counted its interest is taken back, of nobody who shared.
async fn what_was_paid_stands(stage: &Stage, shared: &Value) {
    let approval = json!({
        "deposit": "d-1", "id": "r-2", "amount": yuan(6_000_000), "value_date": stage.today(), "interest_minor": 501,
        "overdue_minor": 0,
    });
    let answer = stage.enters("refund-approvals", "deposit.refund_approved", approval).await;
    let approved = answer.accepted()["index"].clone();
    let told = json!({"deposit": "d-1", "refund": "r-2"});
    stage.post(&stage.checker, "refund-instructions", "deposit.refund_instructed", told).await.accepted();
    for wrong in [json!({"bank": "icbc", "entry": shared}), json!({"deposit": "d-1", "entry": approved})] {
        let refused = stage.reverses(reversal(wrong)).await;
        assert_eq!((refused.status, refused.problem()), (409, "entry-stands"));
        assert!(refused.body["detail"].to_string().contains("12"), "{refused:?}");
    }
}

async fn a_remittance(stage: &Stage) {
    let app = &stage.app;
    let hold = json!({"deposit": "d-2", "id": "k", "amount": yuan(400), "reason": "查", "until": stage.day(60)});
    stage.enters("holds", "deposit.held", hold).await.accepted();
    let forfeited = json!({
        "deposit": "d-2", "id": "f-1", "hold": "k", "amount": yuan(400), "ground": "bid-withdrawn", "reasons": "撤标",
        "document": paper(),
    });
    stage.enters("forfeitures", "deposit.forfeited", forfeited).await.accepted();
    let of = json!({"deposit": "d-2", "forfeiture": "f-1"});
    let (what, kind) = ("forfeiture-confirmations", "deposit.forfeiture_confirmed");
    stage.post(&stage.checker, what, kind, of).await.accepted();
    app.days_pass(30).await;
    app.ledger.propose_due().await.unwrap();
    let before = stage.balances("").await;
    let remitted = json!({"deposit": "d-2", "forfeiture": "f-1", "reference": "JK-1", "value_date": stage.today()});
    stage.enters("forfeiture-remittances", "deposit.forfeiture_remitted", remitted).await.accepted();
    let annulled = json!({"deposit": "d-2", "forfeiture": "f-1", "reasons": "判决撤销", "document": paper()});
    let (what, kind) = ("forfeiture-annulments", "deposit.forfeiture_annulled");
    stage.post(&stage.cast.supervisor, what, kind, annulled).await.accepted();
    assert_eq!(stage.balances("").await["1070.CNY"], 400);
    stage.reverses(reversal(json!({"deposit": "d-2", "reference": "JK-1"}))).await.accepted();
    let after = stage.balances("").await;
    assert_eq!((&after["1070.CNY"], &after["2990.CNY"]), (&0.into(), &0.into()));
    assert_eq!(after["1010.icbc.CNY"], before["1010.icbc.CNY"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_wrongly_is_undone_on_sqlite() {
    what_was_counted_wrongly_is_undone(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_wrongly_is_undone_on_postgres() {
    what_was_counted_wrongly_is_undone(Engine::Postgres).await;
}
