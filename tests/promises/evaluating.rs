//! Both sides of a commitment rate each other: sealed first, then in words, and what supervisors make of it.

use super::stage::{Stage, TEMPLATE, TENDER, entry};
use super::support::fixture::{self, bidder, candidate, candidates, money};
use super::support::{Actor, Answer, App, DAY, Engine, audit, mirror};
use gongshi::audit::Reason;
use gongshi::commitment::{Acceptance, Offer};
use gongshi::evaluation::{
    self, Rating, RatingAppeal, RatingCorrection, RatingReply, RatingRuling, RatingSeal, RatingVerification, Salt,
    Score, Scored, sealed,
};
use gongshi::field::{Citations, Dimension, EvaluationId, Price};
use gongshi::organisation::Role;
use gongshi::record::PrivateKey;
use gongshi::template::{Side, models};
use gongshi::tender::{Award, Bid, Opening};
use gongshi::world::Stream;
use serde_json::Value;
use std::path::Path;

pub const WON: &str = "c-a:HNZB-2026-0042:1:award";
const LOST: &str = "c-b:HNZB-2026-0042:1:award";
const SAID: &str = "本季度的异议都在期限内得到答复";

pub fn stream(id: &str) -> Stream {
    Stream::of(&id.parse::<EvaluationId>().unwrap())
}

impl Stage {
    pub async fn evaluate(&self, by: &Actor, id: &str, what: &str, act: impl Into<evaluation::Act>) -> Answer {
        let path = format!("/v1/evaluations/{id}/{what}");
        self.app.post(by, &path, &stream(id), &gongshi::world::Act::Evaluation(act.into())).await
    }

    pub async fn evaluation(&self, id: &str) -> Value {
        let answer = self.app.get(&format!("/v1/evaluations/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// A rating of everything that the other side is judged by.
    pub async fn rating(&self, id: &str, rater: Side, score: u8) -> Rating {
        let view = self.evaluation(id).await;
        let lines = view[if rater == Side::Unit { "by_unit" } else { "by_enterprise" }]["lines"].as_array().unwrap();
        let dimension = |line: &Value| serde_json::from_value::<Dimension>(line["dimension"].clone()).unwrap();
        let scores = lines.iter().map(|line| Score {
            dimension: dimension(line),
            score,
            reasons: None,
            documents: Citations::default(),
        });
        // Any 32 bytes that nobody knows.
        let salt: Salt = PrivateKey::generate().key_id().to_string().parse().unwrap();
        Rating { salt, scores: scores.collect(), statement: Some(SAID.parse().unwrap()), numbers_confirmed: None }
    }

    pub async fn seals(&self, by: &Actor, id: &str, rater: Side, rating: &Rating) {
        let seal = RatingSeal { seal: sealed(&stream(id), rater, rating) };
        self.evaluate(by, id, "seals", seal).await.accepted();
    }

    /// The enterprise wins the only lot, its rival loses; both have committed themselves for it.
    pub async fn awarded(engine: Engine) -> Self {
        Self::awarded_in(App::start_on(engine).await).await
    }

    /// The same, in a service that was started before.
    pub async fn awarded_in(app: App) -> Self {
        let stage = Self::asking_in(app, Some(TEMPLATE)).await;
        stage.effective("c-a", stage.offer().await).await;
        let (enterprise, rival) = (stage.cast.enterprise.clone(), stage.cast.rival.clone());
        let offer = Offer { enterprise: rival.id.clone(), ..stage.offer().await };
        let offered = stage.post(&rival, "c-b", "", offer).await.accepted();
        stage.post(&stage.cast.centre, "c-b", "acceptances", Acceptance { offer: entry(&offered) }).await.accepted();
        stage.app.days_pass(15).await;
        let centre = stage.cast.centre.clone();
        let announced = fixture::announcement(&stage.disclosed(Some(TEMPLATE)));
        stage.on_tender(&centre, "announcements", announced).await.accepted();
        stage.app.days_pass(35).await;
        let bid = |name: &str, by: &Actor, commitment: &str| Bid {
            bidder: bidder(name, Some(by)),
            price: Price::Money(money(5_000_000)),
            duration: None,
            confirmed: None,
            commitment: Some(commitment.parse().unwrap()),
        };
        let bids = vec![bid("甲", &enterprise, "c-a"), bid("乙", &rival, "c-b")];
        let opening = Opening { lot: "1".parse().unwrap(), opened_at: stage.app.now(), bids };
        stage.on_tender(&centre, "openings", opening).await.accepted();
        let list = vec![candidate("a", 1, "甲", &enterprise, 5_000_000), candidate("b", 2, "乙", &rival, 5_000_000)];
        stage.on_tender(&centre, "candidates", candidates(list)).await.accepted();
        stage.app.days_pass(10).await;
        let award = Award { commitment: Some("c-a".parse().unwrap()), ..fixture::award("a", 5_000_000) };
        stage.on_tender(&centre, "awards", award).await.accepted();
        stage
    }

    /// A commitment for the year that is over, and its evaluation.
    pub async fn year_over(&self, id: &str, enterprise: &Actor) -> String {
        self.year_over_between(id, &self.cast.centre, enterprise).await
    }

    pub async fn year_over_between(&self, id: &str, unit: &Actor, enterprise: &Actor) -> String {
        let parties = Offer { unit: unit.id.clone(), enterprise: enterprise.id.clone(), ..self.offer().await };
        let offer = Offer { binding: self.offer_for_a_year(2025).await.binding, ..parties };
        let offered = self.post(unit, id, "", offer).await.accepted();
        self.post(enterprise, id, "acceptances", Acceptance { offer: entry(&offered) }).await.accepted();
        self.app.ledger.propose_due().await.unwrap();
        format!("{id}:year_end")
    }
}

/// Whether any file below a folder holds these bytes.
fn is_found(folder: &Path, wanted: &[u8]) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.into_iter().any(|path| {
        if path.is_dir() {
            return is_found(&path, wanted);
        }
        match std::fs::read(&path) {
            Ok(bytes) => memchr::memmem::find(&bytes, wanted).is_some(),
            // PostgreSQL recycles files of its log under other names.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) => panic!("{}: {error}", path.display()),
        }
    })
}

/// Whether a text stands in any file below a folder, as it is or in base64, which has three spellings by where it begins.
pub fn is_written(folder: &Path, text: &str) -> bool {
    let encoded = |shift: usize| {
        let shifted = [&b"..."[..shift], text.as_bytes()].concat();
        let encoded = base64_simd::URL_SAFE_NO_PAD.encode_to_string(shifted);
        encoded[4..encoded.len() - 4].to_owned()
    };
    is_found(folder, text.as_bytes()) || (0..3).any(|shift| is_found(folder, encoded(shift).as_bytes()))
}

async fn both_rate_each_other(engine: Engine) {
    let stage = Stage::awarded(engine).await;
    let (centre, enterprise) = (stage.cast.centre.clone(), stage.cast.enterprise.clone());
    assert_eq!(stage.app.get(&format!("/v1/evaluations/{WON}")).await.problem(), "evaluation-unknown");
    assert_eq!(stage.app.ledger.propose_due().await.unwrap(), 2);
    assert_eq!(stage.app.ledger.propose_due().await.unwrap(), 0);
    let listed = stage.app.get(&format!("/v1/evaluations?tender={TENDER}&status=sealing")).await.body;
    let listed: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|one| (one["id"].clone(), one["lost"].clone())).collect();
    assert_eq!(listed, [(LOST.into(), true.into()), (WON.into(), false.into())]);

    let by_unit = stage.rating(WON, Side::Unit, 80).await;
    let by_enterprise = stage.rating(WON, Side::Enterprise, 90).await;
    stage.seals(&enterprise, WON, Side::Enterprise, &by_enterprise).await;
    assert_eq!(stage.evaluate(&enterprise, WON, "ratings", by_enterprise.clone()).await.problem(), "window-open");
    // The operator has the database, its write-ahead log, the documents, and a copy of the log as anybody has.
    let salt = serde_json::to_value(&by_enterprise.salt).unwrap();
    let secrets = [SAID, salt.as_str().unwrap()];
    assert!(secrets.into_iter().all(|secret| !is_written(stage.app.folder.path(), secret)));
    let copy = tempfile::tempdir().unwrap();
    mirror(&stage.app, copy.path()).await;
    assert!(secrets.into_iter().all(|secret| !is_written(copy.path(), secret)));
    // Nor can scores be tried: whoever knows every word but the salt is as far as anybody.
    let seal = stage.evaluation(WON).await["by_enterprise"]["seal"].as_str().unwrap().to_owned();
    for score in 0..=100 {
        let mut tried = by_enterprise.clone();
        tried.salt = "A".repeat(43).parse().unwrap();
        tried.scores.iter_mut().for_each(|line| line.score = score);
        assert_ne!(sealed(&stream(WON), Side::Enterprise, &tried).to_string(), seal);
    }

    stage.seals(&centre, WON, Side::Unit, &by_unit).await;
    let another = Rating { statement: None, ..by_unit.clone() };
    assert_eq!(stage.evaluate(&centre, WON, "ratings", another).await.problem(), "seal-mismatch");
    stage.evaluate(&centre, WON, "ratings", by_unit).await.accepted();
    stage.evaluate(&enterprise, WON, "ratings", by_enterprise).await.accepted();
    // So it would have been found.
    mirror(&stage.app, copy.path()).await;
    assert!(secrets.into_iter().all(|secret| is_written(copy.path(), secret)));
    let documents = Citations::default();
    let statement = "感谢肯定".parse().unwrap();
    let reply = RatingReply { rater: Side::Enterprise, statement, documents, numbers_confirmed: None };
    stage.evaluate(&centre, WON, "replies", reply).await.accepted();
    let view = stage.evaluation(WON).await;
    assert_eq!((&view["status"], &view["milestone"]), (&"concluded".into(), &"award".into()));
    assert_eq!((&view["by_unit"]["points"], &view["by_enterprise"]["points"]), (&8000.into(), &9000.into()));
    assert_eq!(
        (&view["by_enterprise"]["statement"], &view["by_enterprise"]["reply"]),
        (&SAID.into(), &"感谢肯定".into())
    );
    let open: Vec<_> = view["open"].as_array().unwrap().iter().map(|act| act["kind"].as_str().unwrap()).collect();
    assert!(open.contains(&"evaluation.verified") && open.contains(&"evaluation.appealed"), "{open:?}");
    stage.holds().await;
}

async fn silence_and_withholding(engine: Engine) {
    let stage = Stage::awarded(engine).await;
    let (centre, rival) = (stage.cast.centre.clone(), stage.cast.rival.clone());
    stage.app.ledger.propose_due().await.unwrap();
    // Nobody says anything of the winner's; of the loser's both seal, and the unit does not reveal.
    let (by_unit, by_loser) =
        (stage.rating(LOST, Side::Unit, 80).await, stage.rating(LOST, Side::Enterprise, 70).await);
    stage.seals(&centre, LOST, Side::Unit, &by_unit).await;
    stage.seals(&rival, LOST, Side::Enterprise, &by_loser).await;
    stage.evaluate(&rival, LOST, "ratings", by_loser).await.accepted();
    stage.app.days_pass(25).await;
    let (won, lost) = (stage.evaluation(WON).await, stage.evaluation(LOST).await);
    assert_eq!((&won["by_unit"]["status"], &won["by_enterprise"]["status"]), (&"silent".into(), &"silent".into()));
    assert_eq!((&lost["by_unit"]["status"], &lost["by_enterprise"]["points"]), (&"withheld".into(), &7000.into()));
    assert_eq!((&won["status"], &lost["status"]), (&"concluded".into(), &"concluded".into()));
    assert_eq!(stage.evaluate(&centre, LOST, "ratings", by_unit).await.problem(), "state-forbids");
    // A day later anybody can draw who is asked.
    stage.app.days_pass(2).await;
    let day = won["concluded"].as_str().unwrap().parse::<gongshi::field::Instant>().unwrap().shanghai_day();
    let sample = stage.app.get(&format!("/v1/evaluations/samples?day={day}")).await.body;
    let drawn: Vec<_> = sample["items"].as_array().unwrap().iter().map(|item| item["is_drawn"].clone()).collect();
    assert_eq!(drawn, [Value::Bool(true), Value::Bool(false)], "{sample}");
    stage.holds().await;
}

async fn a_supervisor_corrects_and_another_rules(engine: Engine) {
    let stage = Stage::awarded(engine).await;
    let (centre, enterprise) = (stage.cast.centre.clone(), stage.cast.enterprise.clone());
    let (supervisor, province) = (stage.cast.supervisor.clone(), stage.province.clone());
    stage.app.ledger.propose_due().await.unwrap();
    for (by, side) in [(&centre, Side::Unit), (&enterprise, Side::Enterprise)] {
        let rating = stage.rating(WON, side, 80).await;
        stage.seals(by, WON, side, &rating).await;
        if side == Side::Enterprise {
            stage.evaluate(by, WON, "ratings", rating).await.accepted();
        }
    }
    let (rater, documents) = (Side::Enterprise, Citations::default());
    let scores = |score| vec![Scored { dimension: Dimension::Openness, score }];
    let reasons = || "公告全部按期发布".parse().unwrap();
    let correction = RatingCorrection {
        rater,
        scores: scores(100),
        reasons: reasons(),
        documents: documents.clone(),
        numbers_confirmed: None,
    };
    assert_eq!(stage.evaluate(&centre, WON, "corrections", correction.clone()).await.problem(), "role-not-entitled");
    stage.evaluate(&supervisor, WON, "corrections", correction).await.accepted();
    let line = |view: &Value| {
        let lines = view["by_enterprise"]["lines"].as_array().unwrap();
        lines.iter().find(|line| line["dimension"] == "openness").unwrap().clone()
    };
    let corrected = stage.evaluation(WON).await;
    assert_eq!((&line(&corrected)["score"], &line(&corrected)["given"]), (&100.into(), &80.into()));
    let verification =
        RatingVerification { rater, reasons: reasons(), documents: documents.clone(), numbers_confirmed: None };
    assert_eq!(stage.evaluate(&province, WON, "verifications", verification).await.problem(), "state-forbids");
    let grounds = "评分系我方亲身经历".parse().unwrap();
    let appeal = RatingAppeal { rater, grounds, documents: documents.clone(), numbers_confirmed: None };
    stage.evaluate(&enterprise, WON, "appeals", appeal.clone()).await.accepted();
    assert_eq!(
        stage.evaluation(WON).await["by_enterprise"]["points"],
        Value::Null,
        "nothing counts until it is ruled on"
    );
    let ruling = RatingRuling { rater, scores: scores(90), reasons: reasons(), documents, numbers_confirmed: None };
    assert_eq!(stage.evaluate(&supervisor, WON, "appeal-rulings", ruling.clone()).await.problem(), "not-impartial");
    stage.evaluate(&province, WON, "appeal-rulings", ruling).await.accepted();
    let ruled = stage.evaluation(WON).await;
    assert_eq!((&line(&ruled)["score"], &ruled["by_enterprise"]["status"]), (&90.into(), &"final".into()));
    assert_eq!(stage.evaluate(&enterprise, WON, "appeals", appeal).await.problem(), "state-forbids");
    stage.holds().await;
}

on_both! {
    both_rate_each_other: both_rate_each_other_on_sqlite both_rate_each_other_on_postgres;
    silence_and_withholding: silence_and_withholding_on_sqlite silence_and_withholding_on_postgres;
    a_supervisor_corrects_and_another_rules: a_correction_is_appealed_on_sqlite a_correction_is_appealed_on_postgres;
    two_raters_are_hidden: two_raters_are_hidden_on_sqlite two_raters_are_hidden_on_postgres;
    a_new_text_is_the_one_that_is_judged: a_new_text_is_judged_on_sqlite a_new_text_is_judged_on_postgres;
}

async fn two_raters_are_hidden(engine: Engine) {
    let stage = Stage::on(engine).await;
    let third = stage.app.admit("91410100MA9F00007Y", Role::Enterprise, &stage.cast.supervisor).await;
    let raters = [stage.cast.enterprise.clone(), stage.cast.rival.clone(), third];
    let standing = async || stage.app.get(&format!("/v1/evaluations/standings/{}", stage.cast.centre.id)).await.body;
    let mut ratings = Vec::new();
    for (at, rater) in raters.iter().enumerate() {
        let id = stage.year_over(&format!("c-{at}"), rater).await;
        let rating = stage.rating(&id, Side::Enterprise, 70 + 10 * at as u8).await;
        stage.seals(rater, &id, Side::Enterprise, &rating).await;
        ratings.push((id, rating));
    }
    stage.app.days_pass(20).await;
    for (at, (id, rating)) in ratings.into_iter().enumerate() {
        stage.evaluate(&raters[at], &id, "ratings", rating).await.accepted();
        let unit = &standing().await["as_unit"];
        assert_eq!(unit["raters"], at as u64 + 1);
        assert_eq!(unit["points"], if at == 2 { Value::from(8000) } else { Value::Null }, "{unit}");
    }
    assert_eq!(standing().await["as_unit_by_losers"]["raters"], 0);
    stage.holds().await;
}

async fn a_new_text_is_the_one_that_is_judged(engine: Engine) {
    let stage = Stage::on(engine).await;
    let stale = stage.offer_for_a_year(2025).await;
    let offered = stage.post(&stage.cast.centre, "c-old", "", stale).await.accepted();
    let mut text = models()[0].publication();
    text.unit_clauses.truncate(1);
    stage.publish(&text).await.accepted();
    let acceptance = Acceptance { offer: entry(&offered) };
    let refused = stage.post(&stage.cast.enterprise, "c-old", "acceptances", acceptance).await;
    assert_eq!(refused.problem(), "template-superseded");
    let id = stage.year_over("c-new", &stage.cast.enterprise).await;
    let view = stage.evaluation(&id).await;
    assert_eq!(view["template"]["version"], 2);
    assert_eq!(view["by_enterprise"]["lines"].as_array().unwrap().len(), 1, "what the second version promises");
    assert_eq!(stage.app.get("/v1/evaluations/c-old:year_end").await.problem(), "evaluation-unknown");
    stage.holds().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_can_neither_spare_anybody_an_evaluation_nor_open_another() {
    let stage = Stage::awarded(Engine::Sqlite).await;
    let stream = stream(WON);
    let states = stage
        .app
        .ledger
        .states(&["tender/HNZB-2026-0042", "template/construction", "commitment/c-a"].map(|s| s.parse().unwrap()))
        .await;
    let (owed, _) = states.unwrap().owed(&stream);
    let Some(gongshi::world::Act::Evaluation(evaluation::Act::Opened(owed))) = owed else { panic!("{owed:?}") };
    let mut other = *owed;
    other.lost = true;
    let refused = stage.app.ledger.act_as_service(&stream, &evaluation::Act::from(other).into()).await;
    assert!(refused.is_err());
    let acceptance = gongshi::world::Act::from(evaluation::Act::from(RatingSeal { seal: gongshi::log::Hash::of("x") }));
    assert!(stage.app.ledger.act_as(&stage.cast.enterprise.key, &stream, &acceptance).await.is_err());
    // The service says nothing for two days, and somebody else goes on.
    stage.app.clock.advance_millis(2 * DAY);
    let offer = stage.offer_for_a_year(2026).await;
    stage.post(&stage.cast.centre, "c-later", "", offer).await.accepted();
    let folder = tempfile::tempdir().unwrap();
    mirror(&stage.app, folder.path()).await;
    let findings: Vec<_> = audit(folder.path()).findings.into_iter().map(|finding| finding.reason).collect();
    assert_eq!(findings, [Reason::ActOwed, Reason::ActOwed]);
    stage.app.ledger.propose_due().await.unwrap();
    stage.holds().await;
}
