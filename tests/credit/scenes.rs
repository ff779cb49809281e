//! What happens before a grade.

use super::stage::Stage;
use super::support::fixture::{self, candidate, candidates};
use super::support::{Actor, App};
use gongshi::commitment::{Appeal, AppealRuling, Breach, BreachAnswer, BreachFinding, BreachRuling};
use gongshi::credit::{self, CreditId};
use gongshi::field::{Citations, OrganisationId};
use gongshi::template::Side;
use gongshi::tender::{ClaimRefutation, ClaimVerification, Opening};
use gongshi::world::{Act, Stream};
use serde_json::Value;

pub fn credit_stream(id: &OrganisationId) -> Stream {
    Stream::of(&CreditId(id.clone()))
}

pub async fn credit_of(app: &App, who: &Actor) -> Value {
    app.get(&format!("/v1/organisations/{}/credit", who.id)).await.body
}

/// A night goes by, and grades are made.
pub async fn night(app: &App) -> usize {
    app.days_pass(1).await;
    app.ledger.grade_due().await.unwrap()
}

/// An act about somebody's credit.
pub async fn on_credit(
    app: &App,
    by: &Actor,
    of: &OrganisationId,
    what: &str,
    act: impl Into<credit::Act>,
) -> super::support::Answer {
    let act: Act = Act::Credit(act.into());
    app.post(by, &format!("/v1/organisations/{of}/credit/{what}"), &credit_stream(of), &act).await
}

impl Stage {
    /// The commitment of the year is signed, and the enterprise is the first candidate, with one claim.
    pub async fn with_candidates(engine: super::support::Engine) -> Self {
        let stage = Self::on(engine).await;
        stage.effective("c-year", stage.offer_for_a_year(2026).await).await;
        stage.app.days_pass(15).await;
        let announced = fixture::announcement(&stage.disclosed(None));
        stage.on_tender(&stage.cast.centre, "announcements", announced).await.accepted();
        stage.app.days_pass(35).await;
        let bids = vec![
            fixture::bid("甲", &stage.cast.enterprise, 5_000_000),
            fixture::bid("乙", &stage.cast.rival, 5_000_000),
        ];
        let opening = Opening { lot: "1".parse().unwrap(), opened_at: stage.app.now(), bids };
        stage.on_tender(&stage.cast.centre, "openings", opening).await.accepted();
        let (one, other) = (&stage.cast.enterprise, &stage.cast.rival);
        let list = vec![candidate("a", 1, "甲", one, 5_000_000), candidate("b", 2, "乙", other, 5_000_000)];
        stage.on_tender(&stage.cast.centre, "candidates", candidates(list)).await.accepted();
        stage
    }

    /// The enterprise's claim is found to be false; the entry of that.
    pub async fn refutes(&self, by: &Actor) -> u64 {
        let refutation = ClaimRefutation {
            lot: "1".parse().unwrap(),
            candidate: "a".parse().unwrap(),
            claim: "y-1".parse().unwrap(),
            reasons: "合同相对方书面证明未签过该合同".parse().unwrap(),
            documents: Citations::default(),
            numbers_confirmed: None,
        };
        index(&self.on_tender(by, "claim-refutations", refutation).await.accepted())
    }

    /// It is found to be true after all.
    pub async fn verifies(&self, by: &Actor) -> u64 {
        let verification = ClaimVerification {
            lot: "1".parse().unwrap(),
            candidate: "a".parse().unwrap(),
            claim: "y-1".parse().unwrap(),
            reasons: "档案馆存有该合同原件".parse().unwrap(),
            documents: Citations::default(),
            numbers_confirmed: None,
        };
        index(&self.on_tender(by, "claim-verifications", verification).await.accepted())
    }

    /// A breach by the unit is reported, answered and ruled on.
    pub async fn rules_on_the_unit(&self, finding: BreachFinding) -> u64 {
        let (breach, facts) = ("b-1".parse().unwrap(), "验收合格后逾期四十日未付款".parse().unwrap());
        let (documents, clauses) = (Citations::default(), vec!["u-1".parse().unwrap()]);
        let report = Breach { id: breach, against: Side::Unit, clauses, facts, documents, numbers_confirmed: None };
        self.post(&self.cast.enterprise, "c-year", "breaches", report).await.accepted();
        let (breach, statement) = ("b-1".parse().unwrap(), "财政资金下达较晚".parse().unwrap());
        let answer = BreachAnswer { breach, statement, documents: Citations::default() };
        self.post(&self.cast.centre, "c-year", "breach-answers", answer).await.accepted();
        let (breach, reasons) = ("b-1".parse().unwrap(), "付款凭证与合同约定不符".parse().unwrap());
        let ruling = BreachRuling { breach, finding, reasons, documents: Citations::default() };
        index(&self.post(&self.cast.supervisor, "c-year", "breach-rulings", ruling).await.accepted())
    }

    pub async fn appeals(&self) {
        let (breach, grounds) = ("b-1".parse().unwrap(), "认定情节过重".parse().unwrap());
        let appeal = Appeal { breach, grounds, documents: Citations::default() };
        self.post(&self.cast.centre, "c-year", "breach-appeals", appeal).await.accepted();
    }

    pub async fn rules_on_appeal(&self, finding: BreachFinding) {
        let (breach, reasons) = ("b-1".parse().unwrap(), "情节轻微".parse().unwrap());
        let ruling = AppealRuling { breach, finding, reasons, documents: Citations::default() };
        self.post(&self.province, "c-year", "appeal-rulings", ruling).await.accepted();
    }
}

pub fn index(receipt: &Value) -> u64 {
    receipt["index"].as_u64().unwrap_or_else(|| panic!("{receipt}"))
}
