//! Lists show what is asked for, and nothing else.

use super::support::App;
use super::support::fixture::{self, act, money, stream};
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
