//! Lists show what is asked for, and nothing else.

use super::support::fixture::{self, act, money, stream};
use super::support::{App, Cast, Engine};
use gongshi::field::{Citations, Party};
use gongshi::tender::{Challenge, Failure, Opening, PeriodReopening, Preannouncement, TenderPeriod};

#[tokio::test(flavor = "multi_thread")]
async fn tenders_are_found_by_buyer_day_and_estimate() {
    let app = App::start().await;
    let cast = app.cast().await;
    let unit = app.admit("12410100990001028P", gongshi::organisation::Role::ProcuringUnit, &cast.supervisor).await;
    let post = async |code: &str, yuan: i64, unit: Option<&super::Actor>| {
        let disclosed = Preannouncement {
            procuring_unit: Party {
                name: "郑州市第九中学".parse().unwrap(), id: unit.map(|unit| unit.id.clone())
            },
            estimate: Some(money(yuan)),
            ..fixture::preannouncement(&cast.centre)
        };
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed)).await.accepted();
    };
    post("T-1", 5_200_000, None).await;
    // 23:59 in Shanghai is still that day.
    app.clock.advance_millis((14 * 60 + 59) * 60_000);
    post("T-2", 5_400_000, Some(&unit)).await;
    app.clock.advance_millis(60_000);
    post("T-3", 5_600_000, Some(&unit)).await;
    let found = async |query: &str| {
        let page = app.get(&format!("/v1/tenders?{query}")).await.body;
        let codes: Vec<String> =
            page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect();
        codes.join(" ")
    };
    for (query, codes) in [
        ("", "T-3 T-2 T-1"),
        ("published_from=2026-08-04", "T-3"),
        ("published_to=2026-08-03", "T-2 T-1"),
        ("published_from=2026-08-03&published_to=2026-08-03", "T-2 T-1"),
        ("estimate_min=540000000", "T-3 T-2"),
        ("estimate_max=540000000", "T-2 T-1"),
        ("estimate_min=540000000&estimate_max=540000000", "T-2"),
        ("unit=12410100990001028P", "T-3 T-2"),
        ("unit=12410100990001028P&published_to=2026-08-03&status=preannounced", "T-2"),
        ("published_from=2026-08-05", ""),
    ] {
        assert_eq!(found(query).await, codes, "{query}");
    }
    for wrong in ["published_from=2026-02-30", "published_to=yesterday", "estimate_min=-1", "estimate_max=1.5"] {
        assert_eq!(app.get(&format!("/v1/tenders?{wrong}")).await.problem(), "bad-parameter", "{wrong}");
    }
}

/// The same search on both engines, whose LIKE is not the same.
async fn words_are_found_whatever_their_case_and_width(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let titles =
        [("T-1", "机房UPS电源采购"), ("T-2", "机房ups维保"), ("T-3", "ＵpＳ电池更换"), ("T-4", "100%国产_化改造")];
    for (code, title) in titles {
        let disclosed = Preannouncement { title: title.parse().unwrap(), ..fixture::preannouncement(&cast.centre) };
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed)).await.accepted();
    }
    for (asked, wanted) in [
        ("UPS", &["T-1", "T-2", "T-3"][..]),
        ("ups", &["T-1", "T-2", "T-3"]),
        ("ＵＰＳ", &["T-1", "T-2", "T-3"]),
        ("ｕｐｓ电", &["T-1", "T-3"]),
        ("Ups维保", &["T-2"]),
        ("１００%", &["T-4"]),
        ("0_国", &[]),
        ("_化", &["T-4"]),
        ("U%S", &[]),
        ("机房", &["T-1", "T-2"]),
    ] {
        let request = app.client.get(format!("{}/v1/tenders", app.base)).query(&[("q", asked)]);
        let page = app.send(request).await.body;
        let mut codes: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect();
        codes.sort_unstable();
        assert_eq!(codes, wanted, "{engine:?}: {asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_whatever_their_case_and_width_on_sqlite() {
    words_are_found_whatever_their_case_and_width(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_whatever_their_case_and_width_on_postgres() {
    words_are_found_whatever_their_case_and_width(Engine::Postgres).await;
}

/// A tender for which two bid; `yuan` says for how much, and the first of them is the first candidate.
async fn bids(app: &App, cast: &Cast, codes: &[(&str, [i64; 2])]) {
    let post = async |code: &str, what: &str, payload| {
        let path = format!("/v1/tenders/{code}/{what}");
        app.post(&cast.centre, &path, &stream(code), &payload).await.accepted();
    };
    let disclosed = fixture::preannouncement(&cast.centre);
    for (code, _) in codes {
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed.clone())).await.accepted();
        app.clock.advance_millis(60_000);
    }
    app.days_pass(9).await;
    for (code, _) in codes {
        post(code, "announcements", act(fixture::announcement(&disclosed))).await;
    }
    app.days_pass(42).await;
    for (code, [first, second]) in codes {
        let opening = Opening {
            bids: vec![
                fixture::bid("甲建设有限公司", &cast.enterprise, *first),
                fixture::bid("乙建工有限公司", &cast.rival, *second),
            ],
            ..fixture::opening(app.now(), &[])
        };
        post(code, "openings", act(opening)).await;
        let list = vec![
            fixture::candidate("c-1", 1, "甲建设有限公司", &cast.enterprise, *first),
            fixture::candidate("c-2", 2, "乙建工有限公司", &cast.rival, *second),
        ];
        post(code, "candidates", act(fixture::candidates(list))).await;
    }
    app.days_pass(8).await;
}

/// What a list has on all of its pages, each with two items.
async fn walked(app: &App, list: &str, name: &str) -> String {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{list}&limit=2{next}")).await.body;
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{list}: {page}"));
        found.extend(items.iter().map(|item| item[name].as_str().unwrap().to_owned()));
        let Some(after) = page["next"].as_str() else { return found.join(" ") };
        next = format!("&after={after}");
    }
}

/// Tenders and lots by who bids and who won; an award that fell through is none.
async fn results_are_found_by_bidder_winner_and_amount(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let codes = [("R-1", [5_000_000, 5_100_000]), ("R-2", [4_900_000, 5_050_000]), ("R-3", [5_200_000, 5_300_000])];
    bids(&app, &cast, &codes).await;
    let award = async |code: &str, candidate: &str, yuan: i64| {
        let mut award = fixture::award(candidate, yuan);
        award.reasons = Some("第一候选人放弃中标".parse().unwrap());
        app.post(&cast.centre, &format!("/v1/tenders/{code}/awards"), &stream(code), &act(award)).await.accepted();
    };
    award("R-1", "c-1", 5_000_000).await;
    award("R-2", "c-1", 4_900_000).await;
    award("R-3", "c-2", 5_300_000).await;
    let failure =
        Failure { lot: "1".parse().unwrap(), candidate: None, reason: "中标人拒签合同".parse().unwrap() };
    app.post(&cast.centre, "/v1/tenders/R-2/failures", &stream("R-2"), &act(failure)).await.accepted();

    let (first, second, centre) = (&cast.enterprise.id, &cast.rival.id, &cast.centre.id);
    for (query, codes) in [
        (String::new(), "R-3 R-2 R-1"),
        ("order=oldest".to_owned(), "R-1 R-2 R-3"),
        (format!("bidder={first}"), "R-3 R-2 R-1"),
        (format!("bidder={first}&order=oldest"), "R-1 R-2 R-3"),
        (format!("bidder={centre}"), ""),
        (format!("winner={first}"), "R-1"),
        (format!("winner={second}"), "R-3"),
        (format!("winner={second}&bidder={first}"), "R-3"),
        (format!("winner={second}&bidder={centre}"), ""),
        (format!("winner={second}&centre={centre}"), "R-3"),
        (format!("bidder={second}&centre={first}"), ""),
        ("awarded_min=500000000".to_owned(), "R-3 R-1"),
        ("awarded_min=500000001".to_owned(), "R-3"),
        ("awarded_max=500000000".to_owned(), "R-1"),
        (format!("bidder={first}&awarded_max=510000000"), "R-1"),
        (format!("centre={centre}&nature=works"), "R-3 R-2 R-1"),
    ] {
        assert_eq!(walked(&app, &format!("/v1/tenders?{query}"), "code").await, codes, "{engine:?}: {query}");
        assert_eq!(walked(&app, &format!("/v1/lots?{query}"), "tender").await, codes, "{engine:?} lots: {query}");
    }
    for (query, codes) in [
        ("status=failed".to_owned(), "R-2"),
        ("tender=R-2".to_owned(), "R-2"),
        (format!("status=awarded&bidder={second}"), "R-3 R-1"),
        ("published_from=2026-08-04".to_owned(), ""),
        ("published_to=2026-08-03&nature=works&region=41".to_owned(), "R-3 R-2 R-1"),
        ("region=42".to_owned(), ""),
    ] {
        assert_eq!(walked(&app, &format!("/v1/lots?{query}"), "tender").await, codes, "{engine:?} lots: {query}");
    }
    let lot = app.get("/v1/lots?tender=R-3").await.body["items"][0].clone();
    assert_eq!((&lot["awarded_minor"], &lot["awards"][0]["name"]), (&530_000_000.into(), &"乙建工有限公司".into()));
    for wrong in ["order=random", "bidder=甲公司", "awarded_min=-1", "after=R-1", "after=1~R-1"] {
        assert_eq!(app.get(&format!("/v1/lots?{wrong}")).await.problem(), "bad-parameter", "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_found_by_bidder_winner_and_amount_on_sqlite() {
    results_are_found_by_bidder_winner_and_amount(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_found_by_bidder_winner_and_amount_on_postgres() {
    results_are_found_by_bidder_winner_and_amount(Engine::Postgres).await;
}

/// What is said of a lot moves also when a supervisor gives back a period of it, and what is said of others does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_lot_whose_period_is_reopened_has_changed() {
    let app = App::start().await;
    let cast = app.cast().await;
    bids(&app, &cast, &[("R-1", [5_000_000, 5_100_000]), ("R-2", [4_900_000, 5_050_000])]).await;
    let last = async |code: &str| {
        let lots = app.get(&format!("/v1/lots?tender={code}")).await.body;
        lots["items"][0]["last_time"].as_str().unwrap().to_owned()
    };
    let updated = async || {
        let feed = app.get("/zh/lots.atom?tender=R-1").await.body.as_str().unwrap().to_owned();
        let entry = feed.split("<entry>").nth(1).unwrap();
        entry.split("<updated>").nth(1).unwrap().split('<').next().unwrap().to_owned()
    };
    let (before, other) = (last("R-1").await, last("R-2").await);
    let post = async |by: &super::Actor, what: &str, payload| {
        app.clock.advance_millis(60_000);
        app.post(by, &format!("/v1/tenders/R-1/{what}"), &stream("R-1"), &payload).await.accepted();
        app.now().to_string()
    };
    let reopening = |period, item: &str| PeriodReopening {
        period,
        item: Some(item.parse().unwrap()),
        reasons: "服务时钟快了，公示提前结束".parse().unwrap(),
        documents: Citations::default(),
    };
    let reopened = post(&cast.supervisor, "period-reopenings", act(reopening(TenderPeriod::Candidates, "1"))).await;
    assert_eq!((last("R-1").await, updated().await), (reopened.clone(), reopened.clone()));
    assert!(before < reopened, "{before} {reopened}");
    let challenge = Challenge {
        id: "z-1".parse().unwrap(),
        lot: "1".parse().unwrap(),
        candidate: None,
        claim: None,
        reasons: "报价低于成本".parse().unwrap(),
        evidence: Citations::default(),
        numbers_confirmed: None,
    };
    let challenged = post(&cast.rival, "challenges", act(challenge)).await;
    assert_eq!(last("R-1").await, challenged);
    app.days_pass(8).await;
    let late = last("R-1").await;
    let reopened =
        post(&cast.supervisor, "period-reopenings", act(reopening(TenderPeriod::ChallengeAnswer, "z-1"))).await;
    assert_eq!((last("R-1").await, updated().await), (reopened.clone(), reopened.clone()));
    assert!(late < reopened, "{late} {reopened}");
    assert_eq!(last("R-2").await, other);
}

#[tokio::test(flavor = "multi_thread")]
async fn objections_come_newest_first_and_those_of_one_tender_as_they_were_filed() {
    let app = App::start().await;
    let cast = app.cast().await;
    for code in ["O-1", "O-2"] {
        let disclosed = act(fixture::preannouncement(&cast.centre));
        app.post(&cast.centre, "/v1/tenders", &stream(code), &disclosed).await.accepted();
    }
    // The second day in Shanghai begins between the first two and the others.
    for (n, code) in ["O-2", "O-1", "O-1", "O-2"].into_iter().enumerate() {
        let objection = act(fixture::objection(&format!("o-{n}")));
        let path = format!("/v1/tenders/{code}/objections");
        app.post(&cast.enterprise, &path, &stream(code), &objection).await.accepted();
        app.clock.advance_millis(8 * 3_600_000);
    }
    for (query, ids) in [
        ("", "o-3 o-2 o-1 o-0"),
        ("order=oldest", "o-0 o-1 o-2 o-3"),
        ("tender=O-1", "o-1 o-2"),
        ("tender=O-2&order=newest", "o-3 o-0"),
        ("filed_from=2026-08-04", "o-3 o-2"),
        ("filed_to=2026-08-03", "o-1 o-0"),
        ("region=42", ""),
        ("status=filed&region=41", "o-3 o-2 o-1 o-0"),
    ] {
        assert_eq!(walked(&app, &format!("/v1/objections?{query}"), "id").await, ids, "{query}");
    }
    let of = async |query: String| walked(&app, &format!("/v1/objections?{query}"), "id").await;
    assert_eq!(of(format!("centre={}", cast.centre.id)).await, "o-3 o-2 o-1 o-0");
    assert_eq!(of(format!("objector={}&tender=O-1", cast.enterprise.id)).await, "o-1 o-2");
    assert_eq!(of(format!("objector={}", cast.rival.id)).await, "");
}
