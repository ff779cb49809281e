//! What a tender's view says is to be done next is what stands in the parts of the view, for every tender of the demo: what is open,
//! late, answered and over are all among them.

use super::pages::demo_app;
use serde_json::Value;
use std::collections::BTreeSet;

/// Kind, what it is about, until or from when, whether it is late.
type Step = (String, String, String, bool);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn items(view: &Value, list: &str) -> Vec<Value> {
    view[list].as_array().cloned().unwrap_or_default()
}

/// As the parts of the view have it. Until when an answer may be escalated, no part says.
fn expected(view: &Value) -> BTreeSet<Step> {
    let (status, mut steps) = (text(&view["status"]), BTreeSet::new());
    let mut step = |kind: &str, about: String, time: String, late: bool| {
        steps.insert((kind.to_owned(), about, time, late));
    };
    if status == "preannounced" {
        step("tender.objected", String::new(), text(&view["window_until"]), false);
    }
    if ["terminated", "closed"].contains(&status.as_str()) {
        return steps;
    }
    for objection in items(view, "objections") {
        if objection["status"] == "filed" || objection["status"] == "overdue" {
            let late = objection["status"] == "overdue";
            step("tender.objection_answered", text(&objection["id"]), text(&objection["answer_due"]), late);
        }
    }
    for lot in items(view, "lots") {
        for challenge in items(&lot, "challenges").iter().filter(|challenge| challenge["answered"] == false) {
            step("tender.challenge_answered", text(&challenge["id"]), text(&challenge["answer_due"]), false);
        }
        if let Some(until) = lot["candidates_until"].as_str().filter(|_| status != "suspended") {
            step("tender.challenged", text(&lot["id"]), until.to_owned(), false);
            step("tender.awarded", text(&lot["id"]), until.to_owned(), false);
        }
    }
    steps
}

#[tokio::test(flavor = "multi_thread")]
async fn next_steps_are_those_of_the_parts() {
    let app = demo_app().await;
    let (mut kinds, mut escalations) = (BTreeSet::new(), 0);
    for tender in items(&app.get("/v1/tenders?limit=100").await.body, "items") {
        let view = app.get(&format!("/v1/tenders/{}", text(&tender["code"]))).await.body;
        let mut said = BTreeSet::new();
        for step in items(&view, "next") {
            assert!(!text(&step["law"]).is_empty() && !text(&step["rule_zh"]).is_empty(), "{step}");
            assert!(step["by_role"] == "enterprise" || !items(&step, "by").is_empty(), "{step}");
            if step["kind"] == "tender.objection_escalated" {
                let of = |objection: &&Value| objection["id"] == step["about"];
                let objections = items(&view, "objections");
                let objection = objections.iter().find(of).expect("an objection of this tender");
                assert_eq!((&objection["status"], &step["by"][0]), (&"answered".into(), &objection["by"]));
                escalations += 1;
                continue;
            }
            let time = if step["from"].is_string() { &step["from"] } else { &step["until"] };
            // The view's parts do not say which challenge is late; the log does.
            let late = step["kind"] == "tender.objection_answered" && step["overdue"] == true;
            kinds.insert((text(&step["kind"]), step["overdue"] == true));
            said.insert((text(&step["kind"]), text(&step["about"]), text(time), late));
        }
        assert_eq!(said, expected(&view), "{}", view["code"]);
    }
    let kind = |name: &str, late| kinds.contains(&(name.to_owned(), late));
    assert!(kind("tender.objected", false) && kind("tender.objection_answered", true), "{kinds:?}");
    assert!(kind("tender.objection_answered", false) && kind("tender.awarded", false), "{kinds:?}");
    assert!(escalations > 0);
}
