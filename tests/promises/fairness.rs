//! What ratings look like together, as a supervisor reads it: each indicator in a scene made for it, with what it rests on, and not
//! in the scene beside it; who may read it; and an auditor finds the same in the entries.

use super::stage::{Stage, TENDER};
use super::support::fixture::{self, act};
use super::support::{Actor, Engine};
use gongshi::commitment::Breach;
use gongshi::evaluation::{
    Evaluation, Rating, RatingCorrection, RatingReply, RatingVerification, Scored, SettledRating,
};
use gongshi::fairness::{Dispute, Material, indicators};
use gongshi::field::{Citations, EvaluationId, Instant};
use gongshi::law::Editions;
use gongshi::organisation::Role;
use gongshi::template::Side;
use gongshi::world::{ReadEntry, World};
use serde_json::Value;
use std::collections::BTreeSet;

/// A rating that waits for the end of the time for sealing.
struct Pending {
    by: Actor,
    id: String,
    rating: Rating,
}

impl Stage {
    /// A commitment for the year that is over is evaluated: who gives points seals them, and where both have, both reveal.
    async fn exchanged(
        &self,
        id: &str,
        (unit, enterprise): (&Actor, &Actor),
        points: [Option<u8>; 2],
    ) -> (String, Vec<Pending>) {
        let id = self.year_over_between(id, unit, enterprise).await;
        let mut sealed = Vec::new();
        for ((by, side), points) in [(unit, Side::Unit), (enterprise, Side::Enterprise)].into_iter().zip(points) {
            let Some(points) = points else { continue };
            let rating = self.rating(&id, side, points).await;
            self.seals(by, &id, side, &rating).await;
            sealed.push(Pending { by: by.clone(), id: id.clone(), rating });
        }
        if points.iter().all(Option::is_some) {
            self.reveal(std::mem::take(&mut sealed)).await;
        }
        (id, sealed)
    }

    async fn both(&self, id: &str, parties: (&Actor, &Actor), points: [u8; 2]) -> String {
        self.exchanged(id, parties, points.map(Some)).await.0
    }

    async fn reveal(&self, sealed: Vec<Pending>) {
        for Pending { by, id, rating } in sealed {
            self.evaluate(&by, &id, "ratings", rating).await.accepted();
        }
    }

    /// What a supervisor sees of an organisation, after it was compared with what an auditor finds.
    async fn indicators(&self, about: &Actor) -> Vec<Value> {
        let answer =
            self.app.get_as(&self.cast.supervisor, &format!("/v1/organisations/{}/indicators", about.id)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let view = answer.body;
        assert!(view["notice"]["zh"].as_str().unwrap().contains("自动") && view["notice"]["en"].is_string());
        assert_eq!((&view["limits_reached"], &view["next"]), (&Value::Array(vec![]), &Value::Null));
        let served = view["indicators"].as_array().unwrap();
        assert_eq!(self.audited(about).await, served.iter().map(in_short).collect::<Vec<_>>());
        served.clone()
    }

    async fn kinds(&self, about: &Actor) -> BTreeSet<(String, String)> {
        let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.indicators(about).await.iter().map(|found| (name(&found["kind"]), name(&found["counterpart"]))).collect()
    }

    /// As whoever has nothing but the entries finds it.
    async fn audited(&self, about: &Actor) -> Vec<(String, String, Vec<u64>, Vec<i64>)> {
        let size = self.app.ledger.size_now().await.unwrap();
        let mut world = World::new(Editions::built_in());
        let (mut streams, mut disputes, mut last) = (BTreeSet::new(), Vec::new(), Instant::from_millis(0));
        for bytes in self.app.ledger.database.entries(0, size).await.unwrap() {
            let entry = ReadEntry::parse(&bytes).unwrap();
            let (kid, brought) = (entry.header.kid, entry.act.signs_in().map(|(_, owner)| owner.clone()));
            let author = brought.or_else(|| world.owner(&kid)).unwrap();
            let place = entry.place(author, world.version(&entry.stream) + 1);
            last = place.time;
            for against in world.disputes(&entry.stream, &entry.act, &place.author) {
                let (kind, by) = (entry.act.kind().to_owned(), place.author.clone());
                disputes.push(Dispute { at: (&place).into(), kind, by, against });
            }
            world.accept(&entry.stream, &entry.act, &place);
            streams.extend(entry.stream.id::<EvaluationId>());
        }
        let settled = streams.iter().flat_map(|id| world.get::<Evaluation>(id).unwrap().settled(id));
        let mut settled: Vec<SettledRating> = settled.collect();
        settled.reverse();
        let material = Material::of_log(&about.id, &settled, &disputes);
        let found = indicators(&material, &Editions::newest().fairness, last);
        let short = found.into_iter().map(|found| {
            let counterpart = found.counterpart.map(|id| id.to_string()).unwrap_or_default();
            let ratings = found.ratings.iter().map(|rating| rating.settled.entry).collect();
            let figures = found.figures.iter().map(|figure| figure.value).collect();
            (found.kind.name().to_owned(), counterpart, ratings, figures)
        });
        short.collect()
    }

    /// Each record that an indicator names is there, and is what it is said to be.
    async fn holds_water(&self, found: &Value) {
        assert!(found["rule"].as_str().unwrap().starts_with("FI-"), "{found}");
        assert!(found["law"].as_str().unwrap().starts_with("本平台规则"), "{found}");
        for words in ["title", "seen", "innocent"] {
            assert!(found[words]["zh"].is_string() && found[words]["en"].is_string(), "{words}: {found}");
        }
        for figure in found["figures"].as_array().unwrap() {
            assert!(figure["unit"].is_string() && figure["value"].is_i64(), "{figure}");
        }
        let ratings = found["ratings"].as_array().unwrap();
        assert!(!ratings.is_empty());
        for rating in ratings {
            let record = self.app.get(&format!("/v1/records/{}", rating["index"])).await.body;
            assert_eq!(record["stream"], format!("evaluation/{}", rating["evaluation"].as_str().unwrap()));
            if rating["points"].is_null() {
                assert_eq!(record["kind"], "evaluation.deadline_passed");
                continue;
            }
            assert_eq!((&record["kind"], &record["author"]), (&"evaluation.revealed".into(), &rating["rater"]));
            let given: Vec<_> = rating["scores"].as_array().unwrap().iter().map(|score| &score["score"]).collect();
            let signed = record["payload"]["scores"].as_array().unwrap();
            assert_eq!(given, signed.iter().map(|score| &score["score"]).collect::<Vec<_>>());
            assert!(rating["reply"].is_object() != rating["may_reply"].is_string(), "a right of reply: {rating}");
        }
        for dispute in found["disputes"].as_array().unwrap() {
            let record = self.app.get(&format!("/v1/records/{}", dispute["index"])).await.body;
            assert_eq!((&record["kind"], &record["author"]), (&dispute["kind"], &dispute["by"]));
        }
    }
}

fn in_short(found: &Value) -> (String, String, Vec<u64>, Vec<i64>) {
    let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| found[name].as_array().unwrap().iter();
    let ratings = list("ratings").map(|rating| rating["index"].as_u64().unwrap()).collect();
    (
        text("kind"),
        text("counterpart"),
        ratings,
        list("figures").map(|figure| figure["value"].as_i64().unwrap()).collect(),
    )
}

fn set<'a>(found: impl IntoIterator<Item = (&'a str, &'a Actor)>) -> BTreeSet<(String, String)> {
    found.into_iter().map(|(kind, other)| (kind.to_owned(), other.id.to_string())).collect()
}

fn alone<const N: usize>(kinds: [&str; N]) -> BTreeSet<(String, String)> {
    kinds.into_iter().map(|kind| (kind.to_owned(), String::new())).collect()
}

async fn pairs_that_look_alike(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (centre, enterprise, rival) = (&stage.cast.centre, &stage.cast.enterprise, &stage.cast.rival);
    let third = stage.app.admit("91410100MA9F00007Y", Role::Enterprise, &stage.cast.supervisor).await;
    for n in 0..2 {
        stage.both(&format!("p-{n}"), (centre, enterprise), [92 + n, 94]).await;
        stage.both(&format!("q-{n}"), (centre, rival), [91 + n, 87]).await;
    }
    assert_eq!(stage.kinds(centre).await, set([]), "two evaluations show nothing");
    let replied = stage.both("p-2", (centre, enterprise), [92, 94]).await;
    stage.both("q-2", (centre, rival), [92, 87]).await;
    for (n, score) in [71, 82, 64].into_iter().enumerate() {
        stage.both(&format!("r-{n}"), (centre, &third), [score, score]).await;
    }
    assert_eq!(stage.kinds(centre).await, set([("mutual_praise", enterprise)]));
    stage.both("r-3", (centre, &third), [77, 77]).await;
    assert_eq!(stage.kinds(centre).await, set([("mutual_praise", enterprise), ("sides_alike", &third)]));
    assert_eq!(stage.kinds(enterprise).await, set([("mutual_praise", centre)]));
    assert_eq!(stage.kinds(rival).await, set([]));

    let (statement, documents) = ("承蒙肯定".parse().unwrap(), Citations::default());
    let reply = RatingReply { rater: Side::Enterprise, statement, documents, numbers_confirmed: None };
    stage.evaluate(centre, &replied, "replies", reply).await.accepted();
    let found = stage.indicators(centre).await;
    for found in &found {
        stage.holds_water(found).await;
    }
    let praise = &found[0];
    assert_eq!((&praise["rating_count"], &praise["figures"][0]["bound"]), (&6.into(), &3.into()));
    assert!(praise["seen"]["zh"].as_str().unwrap().ends_with("看起来一致"), "{praise}");
    let replies = praise["ratings"].as_array().unwrap().iter().filter(|rating| rating["reply"].is_object());
    let replies: Vec<_> = replies.map(|rating| (&rating["evaluation"], &rating["reply"]["statement"])).collect();
    assert_eq!(replies, [(&Value::from(replied), &"承蒙肯定".into())]);
    who_may_read(&stage).await;
    stage.holds().await;
}

/// Supervisors, auditors, and whom it is about.
async fn who_may_read(stage: &Stage) {
    let (centre, enterprise) = (&stage.cast.centre, &stage.cast.enterprise);
    let auditor = stage.app.admit("91350500798359476R", Role::Auditor, &stage.cast.supervisor).await;
    let (about, all) = (format!("/v1/organisations/{}/indicators", centre.id), "/v1/indicators");
    for path in [&*about, all] {
        assert_eq!(stage.app.get(path).await.status, 401, "{path}");
        for reader in [&stage.cast.supervisor, &stage.province, &auditor] {
            assert_eq!(stage.app.get_as(reader, path).await.status, 200, "{path}");
        }
    }
    assert_eq!(stage.app.get_as(centre, &about).await.status, 200);
    for stranger in [enterprise, &stage.cast.rival, &stage.app.operator()] {
        assert_eq!(stage.app.get_as(stranger, &about).await.problem(), "not-a-party");
        let refused = stage.app.get_as(stranger, all).await;
        assert_eq!((refused.status, refused.problem()), (403, "role-not-entitled"));
    }
    let nobody = "/v1/organisations/91350200776049653A/indicators";
    assert_eq!(stage.app.get_as(&auditor, nobody).await.problem(), "organisation-unknown");
    assert_eq!(stage.app.get_as(centre, nobody).await.problem(), "not-a-party");
    let bad = format!("{about}?kind=collusion");
    assert_eq!(stage.app.get_as(&auditor, &bad).await.problem(), "bad-parameter");

    let listed = stage.app.get_as(&auditor, all).await.body;
    let kinds: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kinds, ["mutual_praise", "sides_alike", "sides_alike", "mutual_praise"], "by organisation");
    let of = |kind: &str| format!("{all}?kind={kind}");
    let praise = stage.app.get_as(&auditor, &of("mutual_praise")).await.body;
    assert_eq!((praise["items"].as_array().unwrap().len(), &praise["looked_at"]), (2, &4.into()));
    let explained = stage.app.get_as(&auditor, praise["items"][0]["explained_at"].as_str().unwrap()).await.body;
    assert_eq!(explained["indicators"][0]["kind"], "mutual_praise");
    assert_eq!(stage.app.get_as(&auditor, &of("ends")).await.body["items"], Value::Array(vec![]));
    // One organisation after the other.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = stage.app.get_as(&auditor, &format!("{all}?limit=1{after}")).await.body;
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(Value::from(seen), listed["items"]);
}

async fn low_ratings_after_something(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (centre, enterprise, rival) = (&stage.cast.centre, &stage.cast.enterprise, &stage.cast.rival);
    let third = stage.app.admit("91410100MA9F00007Y", Role::Enterprise, &stage.cast.supervisor).await;
    let fourth = stage.app.admit("91410105MA0000023E", Role::Enterprise, &stage.cast.supervisor).await;
    for (n, by_centre) in [92, 93, 94, 92, 93, 94, 92, 94].into_iter().enumerate() {
        stage.both(&format!("g-{n}"), (centre, &third), [by_centre, 70 + 2 * n as u8]).await;
    }
    // The enterprise objects, the fourth reports a breach; the rival does neither. All three are rated low.
    let path = format!("/v1/tenders/{TENDER}/objections");
    let objected = stage.app.post(enterprise, &path, &fixture::stream(TENDER), &act(fixture::objection("o-1"))).await;
    objected.accepted();
    let reported = stage.both("f-1", (centre, &fourth), [90, 80]).await;
    let breach = Breach {
        numbers_confirmed: None,
        id: "b-1".parse().unwrap(),
        against: Side::Unit,
        clauses: vec!["u-10".parse().unwrap()],
        facts: "验收合格后逾期四十日未付款".parse().unwrap(),
        documents: Citations::default(),
    };
    let id = reported.strip_suffix(":year_end").unwrap();
    stage.post(&fourth, id, "breaches", breach).await.accepted();
    let alike = stage.kinds(centre).await;
    assert_eq!(alike, set([]), "nobody was rated low yet");
    for (id, who, back) in [("e-1", enterprise, 80), ("v-1", rival, 81), ("f-2", &fourth, 82)] {
        stage.both(id, (centre, who), [62, back]).await;
    }
    let found = [("low_after_dispute", enterprise), ("low_after_dispute", &fourth)];
    assert_eq!(stage.kinds(centre).await, set(found));
    let after = stage.indicators(centre).await;
    for found in &after {
        stage.holds_water(found).await;
    }
    let kinds: BTreeSet<_> = after.iter().map(|found| found["disputes"][0]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["commitment.breach_reported", "tender.objected"]));
    // The third rates the centre low, and is rated low in turn; a quarter later nobody would ask why.
    stage.both("g-8", (centre, &third), [93, 61]).await;
    stage.app.days_pass(10).await;
    stage.both("g-9", (centre, &third), [60, 79]).await;
    let now = stage.kinds(centre).await;
    assert!(!now.contains(&("low_after_low".to_owned(), third.id.to_string())), "what others got is low, too: {now:?}");
    stage.both("v-2", (centre, rival), [95, 64]).await;
    for n in 0..4 {
        stage.both(&format!("w-{n}"), (centre, &fourth), [95, 83]).await;
    }
    let now = stage.kinds(centre).await;
    assert!(now.contains(&("low_after_low".to_owned(), third.id.to_string())), "{now:?}");
    assert!(!now.contains(&("low_after_low".to_owned(), rival.id.to_string())), "{now:?}");
    let low = stage.indicators(centre).await.into_iter().find(|found| found["kind"] == "low_after_low").unwrap();
    stage.holds_water(&low).await;
    let raters: Vec<_> = low["ratings"].as_array().unwrap().iter().map(|rating| rating["rater"].clone()).collect();
    assert_eq!(raters, [third.id.as_str(), centre.id.as_str()]);
    stage.holds().await;
}

async fn who_does_not_answer(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (centre, enterprise, rival) = (&stage.cast.centre, &stage.cast.enterprise, &stage.cast.rival);
    let unit = stage.app.admit("12410100990001028P", Role::ProcuringUnit, &stage.cast.supervisor).await;
    let mut low = Vec::new();
    for n in 0..3 {
        // The centre is silent; the enterprise seals, and does not reveal.
        stage.exchanged(&format!("s-{n}"), (centre, enterprise), [None, Some(80)]).await;
        // The unit answers twice of three times; what it gets is low.
        let by_unit = (n < 2).then_some(77 + n);
        let (_, sealed) = stage.exchanged(&format!("t-{n}"), (&unit, rival), [by_unit, Some(66 + 2 * n)]).await;
        low.extend(sealed);
    }
    for n in 0..2 {
        let (_, sealed) = stage.exchanged(&format!("u-{n}"), (&unit, enterprise), [Some(80 + n), None]).await;
        low.extend(sealed);
    }
    assert_eq!(stage.kinds(centre).await, alone([]), "while there is time nobody is silent");
    stage.app.days_pass(16).await;
    stage.reveal(low).await;
    stage.app.days_pass(9).await;
    assert_eq!(stage.kinds(centre).await, alone(["silence"]));
    // Silent twice, withholding three times.
    assert_eq!(stage.kinds(enterprise).await, alone(["withholding"]));
    assert_eq!(stage.kinds(&unit).await, alone([]), "the ratings are not a month old yet");
    stage.app.days_pass(25).await;
    // Time alone is no entry: what is computed is computed from the log.
    assert_eq!(stage.kinds(&unit).await, alone([]));
    stage.both("late", (centre, rival), [75, 85]).await;
    assert_eq!(stage.kinds(&unit).await, alone(["no_reply"]));
    for about in [centre, enterprise, &unit] {
        for found in stage.indicators(about).await {
            stage.holds_water(&found).await;
        }
    }
    let (statement, documents) = ("已整改".parse().unwrap(), Citations::default());
    let reply = RatingReply { rater: Side::Enterprise, statement, documents, numbers_confirmed: None };
    stage.evaluate(&unit, "t-0:year_end", "replies", reply).await.accepted();
    assert_eq!(stage.kinds(&unit).await, alone([]));
    stage.holds().await;
}

async fn how_somebody_rates(engine: Engine) {
    let stage = Stage::on(engine).await;
    let (centre, enterprise, rival) = (&stage.cast.centre, &stage.cast.enterprise, &stage.cast.rival);
    let supervisor = &stage.cast.supervisor;
    let third = stage.app.admit("91410100MA9F00007Y", Role::Enterprise, supervisor).await;
    let fourth = stage.app.admit("91410105MA0000023E", Role::Enterprise, supervisor).await;
    let units = [
        stage.app.admit("12410100990001028P", Role::ProcuringUnit, supervisor).await,
        stage.app.admit("91350200776049653A", Role::ProcuringUnit, supervisor).await,
        centre.clone(),
    ];
    // In one year enterprise and rival rate the same three alike; third and fourth don't.
    for (n, unit) in units.iter().enumerate() {
        let (score, back) = (86 + 2 * n as u8, 70 + n as u8);
        stage.both(&format!("e-{n}"), (unit, enterprise), [back, score]).await;
        stage.both(&format!("v-{n}"), (unit, rival), [back + 4, score]).await;
        stage.both(&format!("y-{n}"), (unit, &third), [back + 1, if n == 2 { 62 } else { score - 8 }]).await;
    }
    stage.both("z-2", (centre, &fourth), [79, 91]).await;
    assert_eq!(stage.kinds(enterprise).await, set([("raters_alike", rival)]));
    assert_eq!(stage.kinds(rival).await, set([("raters_alike", enterprise)]));
    assert_eq!(stage.kinds(&third).await, set([]), "one rating is an opinion");
    stage.both("y-3", (centre, &third), [75, 61]).await;
    assert_eq!(stage.kinds(&third).await, set([("outlier", centre)]));
    // The best score that needs no evidence, again and again: nine of ten.
    for n in 0..9 {
        assert_eq!(stage.kinds(&fourth).await, set([]), "{n}");
        stage.both(&format!("x-{n}"), (&units[n % 2], &fourth), [83, 95]).await;
    }
    assert_eq!(stage.kinds(&fourth).await, alone(["ends"]));
    // A supervisor corrects two of three.
    for (n, id) in ["y-0", "y-1", "y-2"].iter().enumerate() {
        assert_eq!(stage.kinds(&third).await, set([("outlier", centre)]), "{n}");
        stage.decides(&format!("{id}:year_end"), n < 2).await;
    }
    let mut expected = set([("outlier", centre)]);
    expected.extend(alone(["corrected"]));
    assert_eq!(stage.kinds(&third).await, expected);
    for about in [enterprise, &third, &fourth] {
        for found in stage.indicators(about).await {
            stage.holds_water(&found).await;
        }
    }
    let fifth = stage.app.admit("91350500798359476R", Role::Enterprise, supervisor).await;
    for n in 0..4 {
        assert_eq!(stage.kinds(&fifth).await, set([]), "{n}");
        stage.both(&format!("k-{n}"), (&units[n % 3], &fifth), [84, 80]).await;
    }
    assert_eq!(stage.kinds(&fifth).await, alone(["one_score"]));
    stage.holds().await;
}

impl Stage {
    /// On the rating by the enterprise.
    async fn decides(&self, id: &str, corrects: bool) {
        let (rater, documents) = (Side::Enterprise, Citations::default());
        let reasons = "按公告与支付凭证核实".parse().unwrap();
        if !corrects {
            let verification = RatingVerification { rater, reasons, documents, numbers_confirmed: None };
            self.evaluate(&self.province, id, "verifications", verification).await.accepted();
            return;
        }
        let dimension = gongshi::field::Dimension::Openness;
        let scores = vec![Scored { dimension, score: 99 }];
        let correction = RatingCorrection { rater, scores, reasons, documents, numbers_confirmed: None };
        self.evaluate(&self.province, id, "corrections", correction).await.accepted();
    }
}

on_both! {
    pairs_that_look_alike: pairs_that_look_alike_on_sqlite pairs_that_look_alike_on_postgres;
    low_ratings_after_something: low_ratings_after_something_on_sqlite low_ratings_after_something_on_postgres;
    who_does_not_answer: who_does_not_answer_on_sqlite who_does_not_answer_on_postgres;
    how_somebody_rates: how_somebody_rates_on_sqlite how_somebody_rates_on_postgres;
}
