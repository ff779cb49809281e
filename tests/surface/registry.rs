//! What the registry changes about an organisation: its name, and that it is no more.

use super::documents;
use super::support::fixture::{self, act, stream};
use super::support::{Actor, App};
use gongshi::field::{DocumentRef, OrganisationId};
use gongshi::organisation::{Act, Ending, EndingGround, Reinstatement, Renaming};
use gongshi::world::Stream;
use serde_json::json;

const NOTICE: &[u8] = "登记通知书".as_bytes();

async fn cited(app: &App, by: &Actor) -> DocumentRef {
    let path = format!("{}/v1/documents/{}", app.base, documents::name(NOTICE));
    let request = app.client.put(path).header("content-type", "text/plain").body(NOTICE);
    let answer = request.bearer_auth(app.token(by)).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    serde_json::from_value(json!({
        "sha256": documents::name(NOTICE), "size": NOTICE.len(), "media_type": "text/plain", "title": "登记通知书",
    }))
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_is_renamed_goes_up_in_another_and_bids_no_more() {
    let app = App::start().await;
    let cast = app.cast().await;
    let document = cited(&app, &cast.supervisor).await;
    let (firm, heir): (OrganisationId, OrganisationId) = (cast.rival.id.clone(), cast.enterprise.id.clone());
    let post = |what: &'static str, act: Act| {
        let (path, on) = (format!("/v1/organisations/{firm}/{what}"), Stream::of(&firm));
        let (app, by) = (&app, &cast.supervisor);
        async move { app.post(by, &path, &on, &act.into()).await }
    };
    let before = app.get(&format!("/v1/organisations/{firm}")).await.body;
    let today = || app.now().shanghai_day().into();
    let renaming =
        |name: &str| Renaming { name: name.parse().unwrap(), document: document.clone(), effective: today() };
    post("renamings", renaming("乙城市服务有限公司").into()).await.accepted();
    let view = app.get(&format!("/v1/organisations/{firm}")).await.body;
    assert_eq!((&view["name"], &view["former_names"][0]["name"]), (&"乙城市服务有限公司".into(), &before["name"]));

    let (ground, successors) = (EndingGround::Merged, vec![heir.clone()]);
    let ending = Ending { ground, successors, document: document.clone(), effective: today() };
    post("endings", ending.into()).await.accepted();
    let view = app.get(&format!("/v1/organisations/{firm}")).await.body;
    assert_eq!((&view["status"], &view["ended"]["successors"]), (&"ended".into(), &json!([heir])));
    assert_eq!(app.get(&format!("/v1/organisations/{heir}")).await.body["succeeds"], json!([firm]));
    assert_eq!(app.get("/v1/organisations?status=ended").await.body["items"][0]["id"], firm.as_str());
    let confirmed = app.get("/v1/organisations?status=confirmed&limit=500").await.body;
    assert!(confirmed["items"].as_array().unwrap().iter().all(|found| found["id"] != firm.as_str()));

    // It signs nothing, and nobody names it as a bidder.
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &stream("R-1"), &disclosed).await.accepted();
    let objection = act(fixture::objection("o-1"));
    let refused = app.post(&cast.rival, "/v1/tenders/R-1/objections", &stream("R-1"), &objection).await;
    assert_eq!(refused.problem(), "organisation-ended");

    let reason = "登记有误，已由登记机关更正".parse().unwrap();
    post("reinstatements", Reinstatement { reason }.into()).await.accepted();
    app.post(&cast.rival, "/v1/tenders/R-1/objections", &stream("R-1"), &objection).await.accepted();
    assert_eq!(app.get(&format!("/v1/organisations/{heir}")).await.body["succeeds"], json!([]));
}
