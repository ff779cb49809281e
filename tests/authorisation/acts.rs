//! One good act of each kind, as it would be next in the state that it meets.

use super::cast::Who;
use super::stage::{
    DAY, HOUR, ORIGIN, Stage, about, another_edition, checkpoint_key, opening, possession, predecessor, registration,
};
use gongshi::act::Around;
use gongshi::credit::{Credit, CreditId, Graded};
use gongshi::evaluation::{Evaluation, Rating, sealed};
use gongshi::law::Conduct;
use gongshi::log::Hash;
use gongshi::record::PrivateKey;
use gongshi::template::{Side, models};
use gongshi::world::{Act, Stream};
use serde_json::{Value, json};

pub const TENDER: &str = "tender/M-1";
pub const COMMITMENT: &str = "commitment/C-1";
/// Of the commitment for a year.
pub const EVALUATION: &str = "evaluation/C-1:year_end";
const TEMPLATE: &str = "template/construction";

/// The book of the centre.
pub fn deposits() -> String {
    format!("deposit/{}", Who::Centre.id())
}

/// The kind, without what it is about.
pub fn base(kind: &str) -> &str {
    kind.split('#').next().unwrap()
}

pub fn variant(kind: &str) -> &str {
    kind.split_once('#').map_or("", |(_, variant)| variant)
}

pub fn is_allowed(stage: &Stage, kind: &str, who: Who) -> bool {
    let name = base(kind);
    let (stream, payload) = good(stage, kind, who);
    let stream = stream.parse().unwrap();
    // What only time brings is tried when it is due.
    let (at, act) = stage.due(&stream, name).unwrap_or_else(|| {
        let parsed = Act::parse(name, payload.to_string().as_bytes());
        (stage.now, parsed.unwrap_or_else(|refusal| panic!("{kind}: {refusal}")))
    });
    stage.decide(&who.key(), &stream, &act, at).is_ok()
}

/// Adds a good act, which must be accepted.
#[track_caller]
pub fn done(stage: &mut Stage, who: Who, kind: &str) {
    let (stream, payload) = good(stage, kind, who);
    stage.act(who, base(kind), &stream, &payload);
}

#[track_caller]
pub fn objected(stage: &mut Stage, who: Who, id: &str) {
    stage.act(who, "tender.objected", TENDER, &objection(id));
}

#[track_caller]
pub fn answered(stage: &mut Stage, who: Who, variant: &str) {
    done(stage, who, &format!("tender.objection_answered{variant}"));
}

/// Its subject's key is revoked, from now on.
#[track_caller]
pub fn revoked(stage: &mut Stage, by: Who, key: &PrivateKey) {
    let revocation = json!({"kid": key.key_id(), "reason": "compromised", "effective": stage.now.to_string()});
    let subject = about(stage.subject);
    stage.act(by, "key.revoked", &subject, &revocation);
}

/// With another key than its first, which is lost.
#[track_caller]
pub fn registered_again(stage: &mut Stage, who: Who) {
    stage.act_by(&who.another_key(), "organisation.registered", &about(who), &registration(who, &who.another_key()));
}

fn objection(id: &str) -> Value {
    json!({"id": id, "ground": "biased", "facts": "条款偏向", "remedy": "请删除"})
}

/// Stream and payload.
fn good(stage: &Stage, kind: &str, who: Who) -> (String, Value) {
    match base(kind).split('.').next().unwrap() {
        "log" => ("log".to_owned(), of_log(stage, kind)),
        "organisation" | "key" => (about(stage.subject), of_organisation(stage, kind, who)),
        "template" => (TEMPLATE.to_owned(), serde_json::from_str(models()[0].json()).unwrap()),
        "evaluation" => (EVALUATION.to_owned(), of_evaluation(stage, kind, who)),
        "commitment" => (COMMITMENT.to_owned(), of_commitment(stage, kind)),
        "credit" => (format!("credit/{}", Who::Bidder.id()), of_credit(stage, kind)),
        "access" => (format!("access/{}", Who::Bidder.id()), of_access(stage, kind)),
        "deposit" => (deposits(), super::deposit_acts::of_deposit(stage, kind)),
        _ => (TENDER.to_owned(), of_tender(stage, kind)),
    }
}

fn of_log(stage: &Stage, kind: &str) -> Value {
    let checkpoint = |seed| checkpoint_key(seed, ORIGIN).verifier().to_string();
    let has = |seed| {
        stage.world.log().is_some_and(|log| log.checkpoint_keys.iter().any(|key| key.to_string() == checkpoint(seed)))
    };
    let service = |seed: u8| PrivateKey::from_seed([150 + seed; 32]);
    let known = stage.world.log().is_some_and(|log| log.service_keys.len() > 1);
    match kind {
        "log.opened" => opening(),
        "log.checkpoint_key_added" => json!({"log_key": checkpoint(if has(1) { 2 } else { 1 })}),
        "log.checkpoint_key_retired" => json!({"log_key": checkpoint(0), "reason": "superseded"}),
        "log.service_key_added" => {
            let key = service(if known { 1 } else { 0 });
            json!({"key": key.public().to_jwk(), "possession": possession(&key, "log", stage.now)})
        }
        "log.service_key_revoked" => {
            json!({"kid": service(0).key_id(), "reason": "lost", "effective": stage.now.to_string()})
        }
        "log.continued" => {
            let (origin, name) = ("matrix.example/log-2", checkpoint_key(3, "matrix.example/log-2"));
            let log_key = name.verifier().to_string();
            json!({"origin": origin, "log_key": log_key, "predecessor": predecessor(), "reason": "私钥可能泄露"})
        }
        "log.law_adopted" => json!({"edition": another_edition().document(), "reason": "新一年节假日安排已公布"}),
        other => panic!("no payload for {other}"),
    }
}

fn registry_document() -> Value {
    json!({"sha256": Hash::of("登记通知书").to_string(), "size": 100, "media_type": "application/pdf", "title": "登记通知书"})
}

fn of_organisation(stage: &Stage, kind: &str, who: Who) -> Value {
    let subject = stage.subject;
    match base(kind) {
        "organisation.registered" => registration(subject, &who.key()),
        "organisation.confirmed" => {
            let pending = stage.world.get::<gongshi::organisation::Organisation>(&subject.id());
            let kid = pending.and_then(|found| found.pending.first()).map_or(subject.key().key_id(), |first| first.kid);
            json!({"kid": kid, "roles": variant(kind).split('+').collect::<Vec<_>>()})
        }
        "organisation.claims_cleared" => {
            json!({"keeps": PrivateKey::from_seed([253; 32]).public().key_id(), "reason": "柜台核验"})
        }
        "organisation.role_granted" => json!({"role": variant(kind)}),
        "organisation.suspended" => json!({"reason": "调查期间", "until": stage.day(9)}),
        "organisation.renamed" => {
            json!({"name": "更名后的单位", "document": registry_document(), "effective": stage.day(0)})
        }
        "organisation.representative_changed" => json!({
            "representative": {"sealed": Hash::of("某人").to_base64().trim_end_matches('=').replace('+', "-").replace('/', "_")},
            "document": registry_document(),
            "effective": stage.day(0),
        }),
        "organisation.ended" => {
            let successors: Vec<_> = if variant(kind) == "merged" { vec![Who::Bidder.id()] } else { vec![] };
            json!({
                "ground": variant(kind), "successors": successors, "document": registry_document(),
                "effective": stage.day(0),
            })
        }
        "organisation.reinstated" => json!({"reason": "调查结束"}),
        "key.added" => {
            let taken = stage.world.owner(&subject.another_key().key_id()).is_some();
            let key = if taken { PrivateKey::from_seed([254; 32]) } else { subject.another_key() };
            json!({"key": key.public().to_jwk(), "possession": possession(&key, &about(subject), stage.now)})
        }
        "key.revoked" => {
            let second = stage.world.owner(&subject.another_key().key_id()).is_some();
            let key = if second { subject.another_key() } else { subject.key() };
            let effective = stage.now.plus_millis(match variant(kind) {
                "earlier" => -2 * HOUR,
                "ahead" => DAY,
                "before" => -100 * DAY,
                _ => 0,
            });
            json!({"kid": key.key_id(), "reason": "compromised", "effective": effective.to_string()})
        }
        other => panic!("no payload for {other}"),
    }
}

fn notice(stage: &Stage, centre: Who, unit: Who) -> Value {
    let days = json!({"count": 3, "unit": "day"});
    json!({
        "title": "某学校实验楼工程", "procuring_unit": {"name": unit.name(), "id": unit.id()}, "centre": centre.id(),
        "nature": "works", "method": "inquiry", "method_reason": "限额以下", "region": "410105",
        "lots": [{"id": "1", "title": "施工"}], "clauses": clauses(),
        "planned": {"announce": stage.day(10), "bid_deadline": stage.day(14), "open": stage.day(14)},
        "windows": {"objection": {"count": 5, "unit": "day"}, "answer": days, "escalation": days, "candidates": days},
        "contact": {"office": "采购一科"},
    })
}

fn clauses() -> Value {
    json!([{"id": "q-1", "kind": "qualification", "text": "具有建筑工程施工总承包资质"}])
}

fn adoption(centre: Who) -> Value {
    let days = json!({"count": 3, "unit": "day"});
    json!({
        "title": "某项目", "procuring_unit": {"name": "某局"}, "centre": centre.id(), "nature": "works",
        "region": "410105", "lots": [{"id": "1", "title": "施工"}], "source": "https://example.org/notice",
        "windows": {"objection": days, "answer": days, "escalation": days, "candidates": days}, "reason": "试验",
    })
}

fn bid(who: Who) -> Value {
    json!({"bidder": {"members": [{"name": who.name(), "id": who.id()}]}, "price": money()})
}

fn candidate(id: &str, rank: u16, who: Who) -> Value {
    let party = |who: Who| json!({"name": who.name(), "id": who.id()});
    let claim = json!({"id": "k-1", "kind": "achievement", "title": "某工程", "issuer": party(Who::Issuer)});
    json!({"id": id, "rank": rank, "bidder": {"members": [party(who)]}, "price": money(), "claims": [claim]})
}

fn money() -> Value {
    json!({"kind": "money", "currency": "CNY", "amount_minor": 100_000})
}

fn of_tender(stage: &Stage, kind: &str) -> Value {
    let about = if variant(kind) == "tip" { "o-tip" } else { "o-1" };
    let claim = json!({"lot": "1", "candidate": "c-1", "claim": "k-1", "reasons": "查档"});
    match kind {
        "tender.preannounced" => notice(stage, Who::Centre, Who::Unit),
        "tender.preannounced#other" => notice(stage, Who::OtherCentre, Who::OtherUnit),
        "tender.adopted" => adoption(Who::Centre),
        "tender.adopted#own" => adoption(Who::Supervisor),
        "tender.preannouncement_revised" => {
            json!({"reason": "更正", "preannouncement": notice(stage, Who::Centre, Who::Unit)})
        }
        "tender.objected" => objection("o-9"),
        "tender.window_closed" => json!({"open_objections": [], "open_count": 0, "revision_required": false}),
        "tender.cleared" => json!({"disclosure": 1}),
        "tender.closed" => json!({"lots_accepted": 1, "lots_failed": 0}),
        "tender.deadline_passed" => json!({"kind": "bid_opening", "item": "1", "due": stage.now.to_string()}),
        "tender.announced" => {
            json!({"clauses": clauses(), "bid_deadline": stage.day(2), "open": stage.day(2)})
        }
        "tender.clarified" => json!({"text": "澄清"}),
        "tender.amended" => json!({"reason": "更正", "bid_deadline": stage.day(9)}),
        "tender.bids_opened" => {
            json!({"lot": "1", "opened_at": stage.now.to_string(), "bids": [bid(Who::Bidder), bid(Who::Rival)]})
        }
        "tender.suspended" | "tender.resumed" | "tender.terminated" => json!({"reason": "调查"}),
        "tender.failed" => json!({"lot": "1", "reason": "有效投标不足三家"}),
        "tender.period_reopened" => json!({"period": "objections", "reasons": "时钟有误"}),
        "tender.period_reopened#candidates" => json!({"period": "candidates", "item": "1", "reasons": "时钟有误"}),
        "tender.candidates_published" => {
            let list = [candidate("c-1", 1, Who::Bidder), candidate("c-2", 2, Who::Rival)];
            json!({"lot": "1", "channel": "书面提出", "candidates": list})
        }
        "tender.candidates_published#own" => {
            json!({"lot": "1", "channel": "书面提出", "candidates": [candidate("c-1", 1, Who::Centre)]})
        }
        "award.challenged" => {
            let known = stage.world.get::<gongshi::tender::Tender>(&"M-1".parse().unwrap());
            let taken = known.is_some_and(|tender| tender.lots.iter().any(|lot| !lot.challenges.is_empty()));
            json!({"id": if taken { "h-9" } else { "h-1" }, "lot": "1", "reasons": "请核实"})
        }
        "award.challenge_answered" => {
            json!({"lot": "1", "challenge": "h-1", "outcome": "rejected", "reasons": "已核实"})
        }
        "award.claim_verified" | "award.claim_refuted" => claim,
        "tender.awarded" => json!({"lot": "1", "candidate": "c-1", "price": money()}),
        "contract.published" => json!({"lot": "1", "number": "HT-1", "signed": stage.day(0), "price": money()}),
        "contract.amended" => json!({"lot": "1", "reason": "变更", "changes": "工期顺延"}),
        "contract.accepted" => json!({"lot": "1", "passed": true, "inspected": stage.day(0), "opinion": "合格"}),
        _ => match base(kind) {
            "tender.objection_answered" => json!({"objection": about, "outcome": "rejected", "reasons": "理由"}),
            "tender.objection_escalated" => json!({"objection": about, "reasons": "不服"}),
            "tender.objection_ruled" => json!({"objection": about, "outcome": "dismissed", "reasons": "理由"}),
            "tender.objection_withdrawn" => json!({"objection": about, "reason": "已了解"}),
            other => panic!("no payload for {other}"),
        },
    }
}

/// What a side says of the other; who is none says what the unit would.
fn rating(stage: &Stage, rater: Side) -> Rating {
    let found = stage.world.get::<Evaluation>(&"C-1:year_end".parse().unwrap());
    let asked = found.map(|found| found.criteria_of(rater.other()).map(|criterion| criterion.dimension.name()));
    let asked: Vec<&str> = asked.map_or_else(|| vec!["truth"], Iterator::collect);
    let scores: Vec<Value> = asked.iter().map(|dimension| json!({"dimension": dimension, "score": 80})).collect();
    gongshi::field::parse(json!({"salt": "A".repeat(43), "scores": scores}).to_string().as_bytes()).unwrap()
}

fn of_evaluation(stage: &Stage, kind: &str, who: Who) -> Value {
    let stream = EVALUATION.parse().unwrap();
    let rater = if who == Who::Bidder { Side::Enterprise } else { Side::Unit };
    match kind {
        "evaluation.opened" => {
            let none = "0".repeat(64);
            stage.world.owed(&stream).0.map_or_else(
                || {
                    json!({
                        "commitment": "C-1", "milestone": "year_end", "lost": false, "cause": none,
                        "unit": Who::Unit.id(), "enterprise": Who::Bidder.id(), "dimensions": ["truth"],
                        "template": {"id": "construction", "version": 1, "entry": none},
                    })
                },
                |act| act.to_value(),
            )
        }
        "evaluation.sealed" => json!({"seal": sealed(&stream, rater, &rating(stage, rater)).to_string()}),
        "evaluation.revealed" => serde_json::to_value(rating(stage, rater)).unwrap(),
        "evaluation.deadline_passed" => {
            json!({"stage": "sealing", "due": stage.now.to_string(), "missed": ["unit"]})
        }
        "evaluation.replied" => json!({"rater": "enterprise", "statement": "说明"}),
        "evaluation.verified" => json!({"rater": "enterprise", "reasons": "理由"}),
        "evaluation.corrected" | "evaluation.appeal_ruled" => {
            json!({"rater": "enterprise", "scores": [{"dimension": "openness", "score": 70}], "reasons": "理由"})
        }
        "evaluation.period_reopened" => json!({"period": "sealing", "reasons": "时钟有误"}),
        "evaluation.period_reopened#revealing" => json!({"period": "revealing", "reasons": "时钟有误"}),
        "evaluation.period_reopened#appeal" => {
            json!({"period": "appeal", "rater": "enterprise", "reasons": "时钟有误"})
        }
        "evaluation.appealed" => json!({"rater": "enterprise", "grounds": "不服"}),
        other => panic!("no payload for {other}"),
    }
}

fn of_commitment(stage: &Stage, kind: &str) -> Value {
    // Nothing refers to an offer that is not there.
    let known = stage.world.get::<gongshi::commitment::Commitment>(&"C-1".parse().unwrap());
    let offer = known.map_or_else(|| "0".repeat(64), |known| known.offer.to_string());
    match kind {
        "commitment.offered#year" => json!({
            "template": {"id": "construction", "version": 1, "entry": stage.hash(TEMPLATE)},
            "unit": Who::Unit.id(), "enterprise": Who::Bidder.id(), "binding": {"kind": "year", "year": 2025},
        }),
        "commitment.year_ended" => json!({"year": 2025}),
        "commitment.offered" => json!({
            "template": {"id": "construction", "version": 1, "entry": stage.hash(TEMPLATE)},
            "unit": Who::Unit.id(), "enterprise": Who::Bidder.id(),
            "binding": {"kind": "lot", "tender": "M-1", "lot": "1"},
        }),
        "commitment.accepted" | "commitment.lapsed" => json!({"offer": offer}),
        "commitment.declined" => json!({"offer": offer, "reasons": "不同意"}),
        "commitment.breach_reported" => {
            let clause = models()[0].publication().enterprise_clauses[0].id.clone();
            let id = if known.is_some_and(|known| known.breaches.is_empty()) { "b-1" } else { "b-9" };
            json!({"id": id, "against": "enterprise", "clauses": [clause], "facts": "有人举报"})
        }
        "commitment.breach_answered" => json!({"breach": "b-1", "statement": "说明"}),
        "commitment.deadline_passed" => json!({"breach": "b-1", "due": stage.now.to_string()}),
        "commitment.breach_ruled" | "commitment.appeal_ruled" => {
            json!({"breach": "b-1", "finding": "minor", "reasons": "理由"})
        }
        "commitment.breach_appealed" => json!({"breach": "b-1", "grounds": "不服"}),
        "commitment.period_reopened" => json!({"period": "offer", "reasons": "时钟有误"}),
        "commitment.period_reopened#appeal" => {
            json!({"period": "appeal", "breach": "b-1", "reasons": "时钟有误"})
        }
        other => panic!("no payload for {other}"),
    }
}

fn of_credit(stage: &Stage, kind: &str) -> Value {
    let who = Who::Bidder.id();
    let known = stage.world.get::<Credit>(&CreditId(who.clone()));
    let found =
        known.and_then(|known| known.counted.iter().find(|(_, counted)| counted.conduct == Conduct::BreachMinor));
    match kind {
        "credit.graded" => {
            let borne = stage.world.bearings(&Stream::of(&who)).unwrap_or_default();
            let yesterday = stage.day(-1).parse().unwrap();
            let terms = &stage.world.law().expect("the log is open").edition().credit;
            let due = Credit::due_grade(known, &who, borne, &|_| None, yesterday, terms);
            // Where none is due, the last one once more.
            let last = || known.map(|known| Graded { day: yesterday, ..known.last.clone() });
            json!(due.or_else(last).expect("one is due or there was one"))
        }
        "credit.objected" => json!({"id": "o-1", "entry": found.map_or(0, |(entry, _)| *entry), "statement": "有误"}),
        "credit.objection_ruled" => json!({"objection": "o-1", "fate": "struck", "reasons": "经核实有误"}),
        other => panic!("no payload for {other}"),
    }
}

pub fn paper(title: &str) -> Value {
    json!({"sha256": Hash::of(title).to_string(), "size": 100, "media_type": "application/pdf", "title": title})
}

fn of_access(stage: &Stage, kind: &str) -> Value {
    let known = stage.world.get::<gongshi::access::Access>(&gongshi::access::AccessId(Who::Bidder.id()));
    let next = |prefix: &str, count: usize| format!("{prefix}-{}", count + 1);
    let bars = known.map_or(0, |access| access.bars.len());
    let filed = |of: fn(&gongshi::access::Bar) -> usize| known.map_or(0, |access| access.bars.iter().map(of).sum());
    let mut payload = match base(kind) {
        "access.barred" => json!({
            "id": next("b", bars), "organisation": Who::Bidder.id(), "kind": "tender-ban-fraud", "name": "某公司",
            "authority": {"name": "某局"}, "decision": "某罚〔2026〕1号", "article": "招标投标法第五十四条", "scope": {},
            "from": stage.day(-400), "to": stage.day(300), "document": paper("决定书"),
        }),
        "access.revoked" => json!({"bar": "b-1", "reason": "决定已撤销", "document": paper("撤销决定")}),
        "access.objected" => {
            json!({"id": next("o", filed(|bar| bar.objections.len())), "bar": "b-1", "grounds": "对象有误"})
        }
        "access.objection_ruled" => json!({"objection": "o-1", "outcome": "dismissed", "reasons": "已核实"}),
        "access.repair_applied" => json!({
            "id": next("r", filed(|bar| bar.applications.len())), "bar": "b-1", "regime": "ndrc", "path": "ordinary",
            "corrected": "已纠正", "obligations": "已履行", "commitment": paper("信用承诺书"),
        }),
        "access.repair_decided" => json!({"application": "r-1", "outcome": "approved", "reasons": "符合条件"}),
        other => panic!("no payload for {other}"),
    };
    if variant(kind) == "paper" {
        payload["paper"] = paper("申请书");
    }
    payload
}
