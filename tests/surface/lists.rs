//! Lists show what is asked for, and nothing else.

use super::support::fixture::{self, act, money, stream};
use super::support::{App, Engine};
use gongshi::field::Party;
use gongshi::tender::Preannouncement;

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
        [("T-1", "机房UPS电源采购"), ("T-2", "机房ups维保"), ("T-3", "ＵＰＳ电池更换"), ("T-4", "100%国产_化改造")];
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
