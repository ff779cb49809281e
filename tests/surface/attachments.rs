//! The list of documents: what records of tenders and commitments name, and nothing that other rules keep back.

use super::documents::{name, put};
use super::support::fixture::{self, act, stream};
use super::support::{Actor, App, Engine};
use super::{header, within};
use gongshi::derived::replay;
use gongshi::field::{Citations, DocumentRef};
use gongshi::store::Pools;
use gongshi::tender::{Objection, Preannouncement};
use sqlx::raw_sql;

/// A document of somebody's, uploaded and ready to be cited.
async fn paper(app: &App, by: &Actor, title: &str, media_type: &str) -> DocumentRef {
    let bytes = format!("%PDF-1.7 {title}");
    let bytes = if media_type == "text/plain" { title.to_owned() } else { bytes };
    let answer = within(app.send(put(app, by, &name(bytes.as_bytes()), media_type).body(bytes.clone()))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    DocumentRef {
        sha256: name(bytes.as_bytes()).parse().unwrap(),
        size: bytes.len() as u64,
        media_type: media_type.parse().unwrap(),
        title: title.parse().unwrap(),
    }
}

fn cited(documents: &[&DocumentRef]) -> Citations {
    Citations::try_from(documents.iter().copied().cloned().collect::<Vec<_>>()).unwrap()
}

/// What a list has on all of its pages, each with two items.
async fn titles(app: &App, query: &str) -> String {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("/v1/documents?limit=2&{query}{next}")).await;
        let items = page.body["items"].as_array().unwrap_or_else(|| panic!("{query}: {page:?}"));
        found.extend(items.iter().map(|item| item["title"].as_str().unwrap().to_owned()));
        let Some(after) = page.body["next"].as_str() else { return found.join(" ") };
        next = format!("&after={}", after.replace('/', "%2F"));
    }
}

async fn documents_are_listed_by_the_records_that_name_them(engine: Engine) {
    let app = App::start_on(engine).await;
    let cast = app.cast().await;
    let draft = paper(&app, &cast.centre, "招标文件草稿", "application/pdf").await;
    let quantities = paper(&app, &cast.centre, "工程量清单Ｖ2", "text/plain").await;
    let evidence = paper(&app, &cast.enterprise, "证明材料", "application/pdf").await;
    let secret = paper(&app, &cast.enterprise, "无人引用", "text/plain").await;
    let disclosed =
        Preannouncement { documents: cited(&[&draft, &quantities]), ..fixture::preannouncement(&cast.centre) };
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act(disclosed.clone())).await.accepted();
    app.clock.advance_millis(super::support::DAY);
    let objection = Objection { evidence: cited(&[&evidence, &draft]), ..fixture::objection("o-1") };
    let receipt = app.post(&cast.enterprise, "/v1/tenders/T-1/objections", &stream("T-1"), &act(objection)).await;
    let index = receipt.accepted()["index"].as_u64().unwrap();
    // The registry's paper on somebody.
    app.is_renamed(&cast.supervisor, &cast.rival, "乙城市服务有限公司").await;

    let all = titles(&app, "").await;
    assert_eq!(all.split(' ').count(), 4, "{engine:?}: {all}");
    assert!(!all.contains("无人引用"), "what no record names is in no list");
    assert!(!all.contains("登记通知书"), "nor is what the registry wrote about somebody");
    let of = async |query: &str| {
        let mut found: Vec<_> = titles(&app, query).await.split(' ').map(str::to_owned).collect();
        found.sort_unstable();
        found.join(" ")
    };
    let author = format!("author={}", cast.enterprise.id);
    for (query, expected) in [
        ("tender=T-1", "工程量清单Ｖ2 招标文件草稿 招标文件草稿 证明材料"),
        ("tender=T-2", ""),
        ("source=commitment", ""),
        ("media_type=text/plain", "工程量清单Ｖ2"),
        ("q=清单v2", "工程量清单Ｖ2"),
        ("kind=tender.objected", "招标文件草稿 证明材料"),
        (&author, "招标文件草稿 证明材料"),
        ("cited_from=2026-08-04", "招标文件草稿 证明材料"),
        ("cited_to=2026-08-03&media_type=application/pdf", "招标文件草稿"),
        (&format!("sha256={}", draft.sha256), "招标文件草稿 招标文件草稿"),
        (&format!("sha256={}", secret.sha256), ""),
    ] {
        assert_eq!(of(query).await, expected, "{engine:?}: {query}");
    }
    assert!(titles(&app, "order=oldest").await.ends_with(&titles(&app, "cited_from=2026-08-04&order=oldest").await));
    let item = &app.get(&format!("/v1/documents?sha256={}", evidence.sha256)).await.body["items"][0];
    assert_eq!(
        (&item["record"], &item["kind"], &item["stream"], &item["tender"], &item["size"]),
        (&index.into(), &"tender.objected".into(), &"tender/T-1".into(), &"T-1".into(), &evidence.size.into()),
    );
    for wrong in ["media_type=text/html", "source=deposit", "after=1~x/y", "sha256=00", "cited_to=soon"] {
        assert_eq!(app.get(&format!("/v1/documents?{wrong}")).await.problem(), "bad-parameter", "{wrong}");
    }

    // The same on a page, and as a file with whole hashes.
    let page = app.get("/zh/documents?media_type=text/plain").await;
    let html = page.body.as_str().unwrap();
    assert!(html.contains("工程量清单") && html.contains(&format!("/v1/documents/{}", quantities.sha256)), "{html}");
    assert!(!html.contains("证明材料"), "{html}");
    let file = app.get("/en/documents.csv").await;
    assert_eq!(header(&file, "content-type"), "text/csv; charset=utf-8");
    assert!(file.body.as_str().unwrap().contains(&draft.sha256.to_string()));
    assert_eq!(file.body.as_str().unwrap().lines().count(), 5);

    // The table is what the entries say.
    let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    assert!(replayed.changed_nothing(), "{replayed:?}");
    let forget = "DELETE FROM attachments WHERE kind = 'tender.objected'";
    match &app.ledger.database.pools {
        Pools::Sqlite { writer, .. } => drop(raw_sql(forget).execute(writer).await.unwrap()),
        Pools::Postgres(pool) => drop(raw_sql(forget).execute(pool).await.unwrap()),
    }
    assert_eq!(titles(&app, "").await.split(' ').count(), 2);
    let replayed = replay(&app.ledger.database, &app.ledger.editions).await.unwrap();
    assert_eq!(replayed.repaired["attachments"].missing, 2, "{replayed:?}");
    assert_eq!(titles(&app, "").await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_by_the_records_that_name_them_on_sqlite() {
    documents_are_listed_by_the_records_that_name_them(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_listed_by_the_records_that_name_them_on_postgres() {
    documents_are_listed_by_the_records_that_name_them(Engine::Postgres).await;
}
