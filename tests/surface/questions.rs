//! What a page is asked by: what it does not know, what stands twice and what is wrong it says, as a page to readers and as a problem to
//! programs. A filter that is ignored shows everything, and looks like an answer.

use super::pages::{FILES, LISTS, crawl, demo_app};
use super::support::{Answer, App};
use super::{header, refused};
use std::collections::BTreeSet;

const TONGUES: [&str; 2] = ["zh", "en"];

/// A page that refuses a question with words in which all of these are.
#[track_caller]
fn says(page: &Answer, words: &[&str], at: &str) {
    assert_eq!((page.status, header(page, "content-type")), (400, "text/html; charset=utf-8"), "{at}");
    let html = page.body.as_str().unwrap();
    let said = html.split("<section class=\"notice\">").nth(1).and_then(|rest| rest.split("</section>").next());
    let said = said.unwrap_or_else(|| panic!("{at}: nothing is said"));
    let title = if at.starts_with("/zh") { "参数无效" } else { "Invalid parameter" };
    assert!(said.contains(title), "{at}: {said}");
    for word in words {
        assert!(said.contains(word), "{at}: {word} is not in {said}");
    }
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"), "{at}");
}

/// The fields of the forms in a page's own part.
fn fields(html: &str) -> BTreeSet<String> {
    let main = html.split("<main").nth(1).unwrap_or_default();
    let named = |tag: &str| {
        let tag = tag.split('>').next()?;
        let is_field = tag.starts_with("input ") || tag.starts_with("select ");
        let name = tag.split(" name=\"").nth(1)?.split('"').next()?;
        is_field.then(|| name.to_owned())
    };
    main.split('<').filter_map(named).collect()
}

/// Whether a page is asked by more than its path.
fn is_asked(path: &str) -> bool {
    let kind = path.splitn(3, '/').nth(2).unwrap_or_default();
    ["search", "statistics", "subscriptions"].contains(&kind) || LISTS.iter().any(|(list, _)| *list == kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_that_is_asked_refuses_what_it_does_not_know_and_what_stands_twice() {
    let app = demo_app().await;
    let (mut pages, mut others, mut doubled) = (0, 0, BTreeSet::new());
    for tongue in TONGUES {
        let (found, _) = crawl(&app, &format!("/{tongue}/")).await;
        let mut asked = BTreeSet::new();
        for (address, html) in &found {
            let path = address.split('?').next().unwrap();
            if asked.insert(path) {
                let unknown = format!("{path}?regoin=41");
                // As WeChat adds to what is shared, twice where it is shared again.
                let shared = format!("{path}?from=singlemessage&isappinstalled=0&from=timeline");
                assert_eq!(app.get(&shared).await.status, 200, "{shared}");
                if !is_asked(path) {
                    others += 1;
                    continue;
                }
                says(&app.get(&unknown).await, &["regoin"], &unknown);
                pages += 1;
            }
            if !is_asked(path) {
                continue;
            }
            // A form that is posted asks at its own address.
            for field in fields(html).into_iter().filter(|field| field != "address") {
                let kind = path.split('/').nth(2).unwrap_or_default();
                if doubled.insert((tongue, kind.to_owned(), field.clone())) {
                    let twice = format!("{path}?{field}=1&{field}=2");
                    says(&app.get(&twice).await, &[&field], &twice);
                    // What a form sends of fields that were left empty is no question, but stands once all the same.
                    assert_eq!(app.get(&format!("{path}?{field}=")).await.status, 200, "{path} {field}");
                    let twice = format!("{path}?{field}=&{field}=");
                    says(&app.get(&twice).await, &[&field], &twice);
                }
            }
        }
    }
    assert!(pages >= 18 && others > 100 && doubled.len() > 80, "{pages}, {others} pages, {} fields", doubled.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_without_links_refuse_what_they_do_not_know_too() {
    let app = App::start().await;
    for tongue in TONGUES {
        for path in ["subscriptions", "subscription", "subscription/confirm", "subscription/stop"] {
            let unknown = format!("/{tongue}/{path}?tokn=x");
            says(&app.get(&unknown).await, &["tokn"], &unknown);
        }
        for path in ["subscription", "subscription/confirm", "subscription/stop"] {
            let twice = format!("/{tongue}/{path}?token=x&token=y");
            says(&app.get(&twice).await, &["token"], &twice);
        }
        // The fields of a form that is posted count like parameters, and with them.
        for (path, form, word) in [
            ("subscriptions", "q=a&q=b&address=a@example.cn", "q"),
            ("subscriptions", "adress=a@example.cn", "address"),
            ("subscription/stop?token=x", "token=y", "token"),
            ("subscription/confirm?token=x", "tokn=y", "tokn"),
        ] {
            let request = app.client.post(format!("{}/{tongue}/{path}", app.base));
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
            says(&app.send(request).await, &[word], &format!("/{tongue}/{path} {form}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_filter_on_a_page_says_which_and_why() {
    let app = App::start().await;
    for (path, query, zh, en) in [
        ("tenders", "regoin=41", "没有这个参数，是否应为 region", "is not known, perhaps region was meant"),
        ("tenders", "region=zz", "参数 region：应为行政区划代码的前几位", "parameter region has one to six digits"),
        ("tenders", "region=41&region=42", "参数 region：只能出现一次", "parameter region stands once only"),
        (
            "tenders",
            "estimate_min=1e3",
            "参数 estimate_min：应为以元计的金额",
            "parameter estimate_min is an amount in yuan",
        ),
        ("tenders", "status=none", "参数 status：应为 preannounced", "parameter status one of the words preannounced"),
        ("tenders", "after=none", "参数 after", "parameter after"),
        ("lots", "published_from=soon", "参数 published_from", "parameter published_from"),
        ("objections", "result=x", "参数 result：应为", "parameter result one of the words "),
        ("organisations", "role=x", "参数 role：应为", "parameter role one of the words "),
        ("commitments", "year=x", "参数 year：应为", "parameter year"),
        ("evaluations", "milestone=x", "参数 milestone：应为 award", "parameter milestone one of the words award"),
        ("deposits", "payee=x", "参数 payee", "parameter payee"),
        ("documents", "sha256=x", "参数 sha256", "parameter sha256"),
        ("statistics", "by=x", "参数 by：应为", "parameter by one of the words "),
        ("statistics", "from=x", "参数 from", "parameter from"),
        ("search", "kind=x", "参数 kind：应为 tender", "parameter kind one of the words tender"),
        ("search", "year=x", "参数 year：应为", "parameter year"),
    ] {
        for (tongue, words) in [("zh", zh), ("en", en)] {
            let at = format!("/{tongue}/{path}?{query}");
            let page = app.get(&at).await;
            says(&page, &[words], &at);
            // It can be asked again at once.
            let main = page.body.as_str().unwrap().split("<main").nth(1).unwrap();
            assert!(main.contains("<form") && main.contains("type=\"submit\""), "{at}");
            assert!(page.body.as_str().unwrap().contains("href=\"/problems/bad-parameter\""), "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_answers_as_programs_are_answered() {
    let app = App::start().await;
    for tongue in TONGUES {
        for (list, _) in LISTS {
            for ending in FILES {
                let file = format!("/{tongue}/{list}{ending}");
                let unknown = app.get(&format!("{file}?regoin=41")).await;
                let has_calendar = ["tenders", "objections", "deposits"].contains(&list);
                if ending == ".ics" && !has_calendar {
                    refused(&unknown, "not-found", 404);
                    continue;
                }
                refused(&unknown, "bad-parameter", 400);
                for query in ["tender=1&tender=2", "q=1&q=2", "status=1&status=2"] {
                    refused(&app.get(&format!("{file}?{query}")).await, "bad-parameter", 400);
                }
                let (name, wrong) = match list {
                    "documents" => ("source", "source=none"),
                    _ => ("status", "status=none"),
                };
                let answer = app.get(&format!("{file}?{wrong}")).await;
                refused(&answer, "bad-parameter", 400);
                let said = answer.body["detail"].as_str().unwrap();
                assert!(said.contains(&format!("参数 {name}：应为")), "{file}: {said}");
                assert_eq!(app.get(&file).await.status, 200, "{file}");
            }
            refused(&app.get(&format!("/{tongue}/{list}.json?after=none")).await, "bad-parameter", 400);
        }
        refused(&app.get(&format!("/{tongue}/tenders.json?limit=0")).await, "bad-parameter", 400);
        refused(&app.get(&format!("/{tongue}/tenders.csv?estimate_min=1e3")).await, "bad-parameter", 400);
        refused(&app.get(&format!("/{tongue}/nowhere.json")).await, "not-found", 404);
    }
}

/// A number has one spelling, so that nothing has two addresses.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_an_address_has_one_spelling() {
    let app = App::start().await;
    app.cast().await;
    let others =
        |number: &str| [format!("0{number}"), format!("00{number}"), format!("+{number}"), format!("%3{number}")];
    for tongue in TONGUES {
        assert_eq!(app.get(&format!("/{tongue}/records/1")).await.status, 200);
        for other in others("1") {
            let page = app.get(&format!("/{tongue}/records/{other}")).await;
            assert_eq!((page.status, header(&page, "content-type")), (404, "text/html; charset=utf-8"), "{other}");
        }
    }
    let document = app.get("/openapi.json").await.body;
    let mut paths = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if let Some(operation) = methods.get("get") {
            let of_path = operation["parameters"].as_array().into_iter().flatten().filter(|it| it["in"] == "path");
            let numbers = of_path.filter(|it| it["schema"]["type"] == "integer");
            paths.extend(numbers.map(|it| (path.clone(), format!("{{{}}}", it["name"].as_str().unwrap()))));
        }
    }
    assert!(paths.len() > 6, "{paths:?}");
    for (path, number) in paths {
        let fill = |path: String| {
            let path = path.replace("{tile}", "000").replace("{payee}", "91410100MA0000015B").replace("{id}", "t-1");
            ["{index}", "{version}", "{entry}", "{level}", "{width}"]
                .iter()
                .fold(path, |path, name| path.replace(name, "1"))
        };
        for other in others("1") {
            let address = fill(path.replace(&number, &other));
            refused(&app.get(&address).await, "not-found", 404);
            if !path.starts_with("/log/") {
                let said = app.get(&address).await.body["detail_en"].as_str().unwrap().to_owned();
                assert!(said.contains("one spelling, here 1"), "{address}: {said}");
            }
        }
    }
    assert_eq!(app.get("/log/tile/0/000.p/1").await.status, 200);
    refused(&app.get("/log/tile/00/000.p/1").await, "not-found", 404);
    refused(&app.get("/log/tile/0/000.p/01").await, "not-found", 404);
}
