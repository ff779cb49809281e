//! What the registry changes about an organisation: its name, and that it is no more.

use super::documents;
use super::support::fixture::{self, act, stream};
use super::support::{Actor, App, Engine, audit, mirror};
use gongshi::field::{DocumentRef, OrganisationId, Party};
use gongshi::organisation::{Act, Confirmation, Ending, EndingGround, Registration, Reinstatement, Renaming, Role};
use gongshi::record::PrivateKey;
use gongshi::tender::{Adoption, Preannouncement};
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

/// Whoever is confirmed comes into the list then, whenever it was registered; claims that nobody confirmed are in the way of nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_organisations_begins_with_whom_was_confirmed_last() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = App::start_on(engine).await;
        let cast = app.cast().await;
        let firm = |id: &str| Actor { id: id.parse().unwrap(), key: PrivateKey::generate() };
        let firms = ["91410100MA00002180", "91410100MA0000226T", "91410100MA0000234M"].map(firm);
        let mut registered = Vec::new();
        for firm in &firms {
            app.clock.advance_millis(60_000);
            registered.push(app.now().to_string());
            app.register(firm, Role::Enterprise).await.accepted();
        }
        let listed = async |query: &str| {
            let page = app.get(&format!("/v1/organisations?limit=500&{query}")).await.body;
            let of = |item: &serde_json::Value| {
                (item["id"].as_str().unwrap().to_owned(), item["since"].as_str().unwrap().to_owned())
            };
            page["items"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
        };
        let before = listed("").await;
        let named = |firm: &Actor, since: &String| (firm.id.to_string(), since.clone());
        let claims: Vec<_> = firms.iter().zip(&registered).map(|(firm, since)| named(firm, since)).rev().collect();
        assert_eq!(listed("status=pending").await, claims, "{engine:?}");
        for firm in [&firms[2], &firms[0]] {
            app.clock.advance_millis(60_000);
            app.confirm(firm, Role::Enterprise, &cast.supervisor).await.accepted();
        }
        let now = app.now();
        let last = [named(&firms[0], &now.to_string()), named(&firms[2], &now.plus_millis(-60_000).to_string())];
        assert_eq!(listed("").await, [&last[..], &before].concat(), "{engine:?}");
        assert_eq!(listed("status=confirmed").await, listed("").await, "{engine:?}");
        assert_eq!(listed("status=pending").await, claims[1..2], "{engine:?}");
        assert_eq!(listed("role=enterprise").await[..2], last, "{engine:?}");
    }
}

/// A real code whose check character is not the computed one, `9`.
const IRREGULAR: &str = "91350203M0001QAY9B";

/// A tender that was announced elsewhere, for whoever has the code.
fn adopted(centre: &Actor, unit: &str) -> Adoption {
    let Preannouncement { title, nature, region, lots, windows, .. } = fixture::preannouncement(centre);
    Adoption {
        title,
        procuring_unit: Party { name: "厦门某单位".parse().unwrap(), id: Some(unit.parse().unwrap()) },
        centre: centre.id.clone(),
        nature: Some(nature),
        region,
        lots,
        windows,
        source: "https://example.com/notice/1".parse().unwrap(),
        reason: "此前在其他平台公告".parse().unwrap(),
        numbers_confirmed: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_whose_check_character_fails_is_good_once_a_supervisor_has_seen_it_in_the_registry() {
    let app = App::start().await;
    let cast = app.cast().await;
    let document = cited(&app, &cast.supervisor).await;
    let firm = Actor { id: IRREGULAR.parse().unwrap(), key: PrivateKey::from_seed([77; 32]) };
    let on = Stream::of(&firm.id);
    let register = async |id: &Actor, code_as_issued: bool| {
        let registration = Registration {
            id: id.id.clone(),
            name: "厦门某公司".parse().unwrap(),
            key: firm.key.public().to_jwk(),
            roles: vec![Role::Enterprise],
            region: None,
            code_as_issued,
        };
        let signer = Actor { key: firm.key.clone(), ..id.clone() };
        app.post(&signer, "/v1/organisations", &Stream::of(&id.id), &Act::from(registration).into()).await
    };
    let confirm = async |by: &Actor, document: Option<&DocumentRef>| {
        let kid = firm.key.key_id();
        let confirmation = Confirmation { kid, roles: vec![Role::Enterprise], code_document: document.cloned() };
        let path = format!("/v1/organisations/{}/confirmations", firm.id);
        app.post(by, &path, &on, &Act::from(confirmation).into()).await
    };
    let adopt = async |code: &str| {
        let adoption = act(adopted(&cast.centre, IRREGULAR));
        app.post(&cast.supervisor, &format!("/v1/tenders/{code}/adoptions"), &stream(code), &adoption).await
    };

    // A slip as long as nobody says otherwise; and who says so of a right code is wrong.
    let slip = register(&firm, false).await;
    assert_eq!((slip.problem(), &slip.body["errors"][0]["pointer"]), ("check-character", &"/id".into()));
    let right = register(&Actor { id: "91410105MA0000023E".parse().unwrap(), ..cast.rival.clone() }, true).await;
    assert_eq!((right.problem(), &right.body["errors"][0]["pointer"]), ("inconsistent", &"/code_as_issued".into()));
    let unknown = adopt("A-1").await;
    let named = &unknown.body["errors"][0]["pointer"];
    assert_eq!((unknown.problem(), named), ("check-character", &"/procuring_unit/id".into()));

    // It waits, and is named by nobody, until a supervisor has seen the registry's document.
    register(&firm, true).await.accepted();
    assert_eq!(adopt("A-1").await.problem(), "check-character");
    assert_eq!(confirm(&cast.supervisor, None).await.problem(), "missing-field");
    assert_eq!(confirm(&cast.centre, Some(&document)).await.problem(), "role-not-entitled");
    confirm(&cast.supervisor, Some(&document)).await.accepted();
    adopt("A-1").await.accepted();
    let view = app.get(&format!("/v1/tenders?unit={IRREGULAR}")).await.body;
    assert_eq!(view["items"][0]["code"], "A-1");

    let copy = tempfile::tempdir().unwrap();
    mirror(&app, copy.path()).await;
    let report = audit(copy.path());
    assert!(report.holds(), "{:?}", report.findings);
}

/// Nobody has registered under the unit's code; the page says first for whom it waits, as the records call it.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_calls_whom_it_waits_for_by_name() {
    let app = App::start().await;
    let cast = app.cast().await;
    let unit = "91410105MA0000023E";
    let adoption = act(adopted(&cast.centre, unit));
    app.post(&cast.supervisor, "/v1/tenders/A-1/adoptions", &stream("A-1"), &adoption).await.accepted();
    let published = act(fixture::candidates(vec![fixture::candidate("c-1", 1, "甲", &cast.enterprise, 5_000_000)]));
    app.post(&cast.centre, "/v1/tenders/A-1/candidates", &stream("A-1"), &published).await.accepted();
    let awaited = app.get("/v1/tenders/A-1").await.body["next"].to_string();
    assert!(awaited.contains(unit), "{awaited}");
    let page = app.get("/zh/tenders/A-1").await.body;
    let html = page.as_str().unwrap();
    let first =
        html.split("<section class=\"notice\">").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
    assert!(first.contains("厦门某单位") && !first.contains(&format!("<code>{unit}</code>")), "{first}");
}
