//! 网页: what a browser is given.

use super::support::{App, Engine, unlimited};
use super::{act, fixture, header, stream};
use gongshi::clock::Clock;
use gongshi::demo;
use std::collections::{BTreeMap, BTreeSet};

/// The present of the demo.
const PRESENT: &str = "2026-11-23T02:00:00.000Z";

/// What a page on an old phone may weigh, compressed.
const PAGE_BYTES_MAX: usize = 60 * 1024;

/// How addresses of files of a list end.
pub const FILES: [&str; 4] = [".csv", ".json", ".atom", ".ics"];

/// The addresses of this place that a page links, without what they point at within a page.
fn links(html: &str) -> BTreeSet<String> {
    let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let here = links.filter(|link| link.starts_with('/')).map(|link| link.replace("&amp;", "&"));
    here.map(|link| link.split('#').next().unwrap().to_owned()).collect()
}

/// The ids of a page's own anchors, and what it links within itself.
fn anchors(html: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let of = |begin: &'static str| html.split(begin).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    (of(" id=\""), of("href=\"#"))
}

/// Pages of the demo, by their addresses; each is asked for what all pages keep to.
pub async fn crawl(app: &App, first: &str) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let (mut pages, mut elsewhere) = (BTreeMap::new(), BTreeSet::new());
    let mut waiting = vec![first.to_owned()];
    while let Some(address) = waiting.pop() {
        if pages.contains_key(&address) {
            continue;
        }
        let page = app.get(&address).await;
        assert_eq!(page.status, 200, "{address}");
        let html = page.body.as_str().unwrap().to_owned();
        let policy = header(&page, "content-security-policy");
        assert!(policy.contains("style-src 'self'") && !policy.contains("unsafe"), "{address}: {policy}");
        assert!(!html.contains(" style=") && !html.contains(" onclick="), "{address}");
        assert_eq!(html.matches("<h1").count(), 1, "{address}");
        assert!(html.len() < 10 * PAGE_BYTES_MAX, "{address}: {}", html.len());
        let (ids, linked) = anchors(&html);
        let lost: Vec<_> = linked.iter().filter(|link| !ids.contains(percent_decoded(link).as_str())).collect();
        assert!(lost.is_empty(), "{address}: {lost:?}");
        for link in links(&html) {
            let is_file = FILES.iter().any(|ending| link.split('?').next().is_some_and(|path| path.ends_with(ending)));
            let is_page = |prefix| link.starts_with(prefix) && !is_file;
            // The other language is crawled by itself; from here it is looked at once.
            if is_page(&first[..4]) {
                waiting.push(link)
            } else {
                elsewhere.insert(link);
            }
        }
        pages.insert(address, html);
    }
    (pages, elsewhere)
}

/// Words in Chinese that a page in English does not mark as such.
fn unmarked(html: &str) -> Vec<&str> {
    const VOID: [&str; 6] = ["br", "hr", "input", "link", "meta", "rect"];
    // A script is no text; a title has its own language.
    const WHOLE: [&str; 2] = ["script", "title"];
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let (mut open, mut found): (Vec<(&str, bool)>, _) = (Vec::new(), Vec::new());
    for piece in html.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else { continue };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            open.truncate(open.iter().rposition(|(known, _)| *known == name).unwrap_or(open.len()));
        } else if !VOID.contains(&name) && !tag.starts_with('!') {
            open.push((name, tag.contains(" lang=\"zh") || WHOLE.contains(&name)));
        }
        let is_said = open.iter().any(|(_, is_said)| *is_said);
        if text.contains(is_han) && !is_said {
            found.push(text);
        }
        // What an attribute says is of the element's language, and can't be marked in parts.
        for label in ["aria-label", "alt", "title", "placeholder"].iter().filter_map(|name| attribute(tag, name)) {
            let is_language = label.chars().any(char::is_alphabetic) && !label.chars().all(|c| c.is_ascii_hexdigit());
            if is_language && label.contains(is_han) != is_said {
                found.push(label);
            }
        }
    }
    found
}

/// What an attribute of a tag says.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// A service with the demo in it.
pub async fn demo_app() -> App {
    demo_on(Engine::Sqlite).await
}

async fn demo_on(engine: Engine) -> App {
    let present: gongshi::field::Instant = PRESENT.parse().unwrap();
    let clock = Clock::manual(present.plus_millis(-demo::DAYS_BACK * 86_400_000));
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = App::start_by(clock.clone(), folder, engine, unlimited(), None).await;
    demo::fill(&app.ledger, &clock, present, keys.path()).await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_demo_stands_in_both_languages_and_links_what_is_there() {
    let app = demo_app().await;
    let (mut kept, mut said) = (Vec::new(), Vec::new());
    for (first, tongue) in [("/zh/", "<html lang=\"zh-CN\">"), ("/en/", "<html lang=\"en\">")] {
        let (pages, elsewhere) = crawl(&app, first).await;
        assert!(pages.values().all(|html| html.contains(tongue)));
        if first == "/en/" {
            for (address, html) in &pages {
                assert_eq!(unmarked(html), Vec::<&str>::new(), "{address}");
            }
        }
        let is_other = |link: &&String| link.starts_with("/en/") || link.starts_with("/zh/");
        let is_file = |link: &&String| {
            FILES.iter().any(|ending| link.split('?').next().is_some_and(|path| path.ends_with(ending)))
        };
        let (bundles, others): (Vec<_>, Vec<_>) = elsewhere
            .iter()
            .filter(|link| !is_other(link) || is_file(link))
            .partition(|link| link.ends_with("/bundle"));
        // Each takes seconds to make.
        for link in others.into_iter().chain(bundles.into_iter().step_by(20)) {
            assert_eq!(app.get(link).await.status, 200, "{link}");
        }
        kept.push(pages.keys().map(|address| address[3..].to_owned()).collect::<BTreeSet<_>>());
        said.push(pages);
    }
    assert_eq!(kept[0], kept[1], "both languages have the same pages");
    assert!(kept[0].len() > 60, "{:?}", kept[0]);
    // A refuted claim, an objection and what became of it can be read.
    let has = |text: &str| said[0].values().any(|html| html.contains(text));
    assert!(
        ["不实", "逾期未答复", "采纳", "合同变更", "验收", "限制准入", "由监督部门裁定"].iter().all(|text| has(text))
    );
    let home = app.client.get(format!("{}/zh/", app.base)).header("accept-encoding", "br").send().await.unwrap();
    let bytes = home.bytes().await.unwrap().len();
    assert!((1000..PAGE_BYTES_MAX).contains(&bytes), "{bytes}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_was_asked_wrongly_is_said_on_a_page() {
    let app = App::start().await;
    let cast = app.cast().await;
    let mut disclosed = fixture::preannouncement(&cast.centre);
    disclosed.title = "<script>采购</script>".parse().unwrap();
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &act(disclosed)).await.accepted();
    for prefix in ["zh", "en"] {
        for path in ["", "tenders", "tenders/T-1", "lots", "search?q=%E9%87%87%E8%B4%AD"] {
            let page = app.get(&format!("/{prefix}/{path}")).await;
            let html = page.body.as_str().unwrap();
            assert!(page.status == 200 && !html.contains("<script"), "{path}: {html}");
            assert!(matches!(path, "lots") || path.starts_with("search") || html.contains("&lt;script&gt;"), "{path}");
        }
        for path in ["tenders/T-2", "tenders/%20!", "nowhere", "organisations/none", "a/b/c"] {
            let page = app.get(&format!("/{prefix}/{path}")).await;
            assert_eq!((page.status, header(&page, "content-type")), (404, "text/html; charset=utf-8"), "{path}");
        }
        let nothing = app.get(&format!("/{prefix}/tenders?q=zzz&nature=works")).await;
        let html = nothing.body.as_str().unwrap();
        assert!(html.contains("<strong>zzz</strong>") && !html.contains("tenders/T-1"), "says what was asked for");
        for wrong in ["region=zz", "estimate_min=1e3", "status=none", "after=none", "published_from=soon"] {
            let page = app.get(&format!("/{prefix}/tenders?{wrong}")).await;
            assert_eq!((page.status, page.body.as_str().unwrap().contains("<form")), (400, true), "{wrong}");
        }
        let file = app.get(&format!("/{prefix}/tenders.csv?q=%E9%87%87%E8%B4%AD")).await;
        assert_eq!((file.status, header(&file, "content-type")), (200, "text/csv; charset=utf-8"));
        assert_eq!(file.body.as_str().unwrap().lines().count(), 2, "the head, and one tender");
        for (form, media_type) in [
            ("json", "application/json; charset=utf-8"),
            ("atom", "application/atom+xml; charset=utf-8"),
            ("ics", "text/calendar; charset=utf-8"),
        ] {
            let file = app.get(&format!("/{prefix}/tenders.{form}?q=%E9%87%87%E8%B4%AD")).await;
            assert_eq!((file.status, header(&file, "content-type")), (200, media_type), "{form}");
            assert!(file.body.to_string().contains("T-1"), "{form}: {}", file.body);
            let none = app.get(&format!("/{prefix}/tenders.{form}?q=zzz")).await;
            assert!(none.status == 200 && !none.body.to_string().contains("T-1"), "{form}: {}", none.body);
            assert_eq!(app.get(&format!("/{prefix}/tenders.{form}?status=none")).await.status, 400, "{form}");
        }
        // A list on which nothing is due has no calendar.
        for form in ["lots.ics", "commitments.ics"] {
            assert_eq!(app.get(&format!("/{prefix}/{form}")).await.status, 404, "{form}");
        }
    }
}

/// The lists, and what says when an item came into each.
pub const LISTS: [(&str, &str); 8] = [
    ("tenders", "first_time"),
    ("lots", "published"),
    ("objections", "filed"),
    ("organisations", "since"),
    ("commitments", "first_time"),
    ("evaluations", "first_time"),
    ("deposits", "announced"),
    ("documents", "cited"),
];

/// What stands in all elements of a feed that are called so.
fn elements<'a>(feed: &'a str, name: &str) -> Vec<&'a str> {
    let end = format!("</{name}>");
    feed.split(&format!("<{name}>")).skip(1).filter_map(|rest| rest.split(&end).next()).collect()
}

async fn every_list_begins_with_the_newest_and_is_a_feed(engine: Engine) {
    let app = demo_on(engine).await;
    for (list, time) in LISTS {
        let all = app.get(&format!("/v1/{list}?limit=500")).await.body["items"].as_array().unwrap().clone();
        assert!(all.len() > 2, "{list}");
        let times: Vec<_> = all.iter().map(|item| item[time].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|one, next| one >= next), "{list}: {times:?}");
        let (mut walked, mut next) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/v1/{list}?limit=3{next}")).await.body;
            walked.extend(page["items"].as_array().unwrap().clone());
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        assert_eq!(walked, all, "{engine:?} {list}");
        assert_eq!(app.get(&format!("/v1/{list}?after=none")).await.problem(), "bad-parameter", "{list}");
        for prefix in ["zh", "en"] {
            let address = format!("/{prefix}/{list}.atom");
            let feed = app.get(&address).await;
            let feed = feed.body.as_str().unwrap();
            let newest = &times[..times.len().min(50)];
            assert_eq!(elements(feed, "published"), newest, "{address}");
            let updated = elements(feed, "updated");
            assert_eq!(updated.len(), newest.len() + 1, "{address}");
            assert_eq!(updated.iter().skip(1).max(), updated.first(), "{address}");
            assert!(updated.iter().skip(1).zip(newest).all(|(updated, came)| updated >= came), "{address}");
            let ids: BTreeSet<_> = elements(feed, "id").into_iter().collect();
            assert_eq!(ids.len(), newest.len() + 1, "{address}");
            let page = app.get(&format!("/{prefix}/{list}")).await;
            let linked = page.body.as_str().unwrap().matches(&format!("href=\"{address}\"")).count();
            assert_eq!(linked, 2, "{address} stands in the head and is seen");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_begins_with_the_newest_and_is_a_feed_on_sqlite() {
    every_list_begins_with_the_newest_and_is_a_feed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_begins_with_the_newest_and_is_a_feed_on_postgres() {
    every_list_begins_with_the_newest_and_is_a_feed(Engine::Postgres).await;
}

/// The cells of a line of a CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

/// By each row of a CSV a program finds the thing again: its code, its newest record and its page.
#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_csv_says_what_it_is_of() {
    let app = demo_app().await;
    for (list, _) in LISTS {
        let items = app.get(&format!("/v1/{list}?limit=500")).await.body["items"].as_array().unwrap().clone();
        for (tongue, head) in [("zh", ["编号", "最新记录序号", "网址"]), ("en", ["Code", "Newest record", "Address"])]
        {
            let file = app.get(&format!("/{tongue}/{list}.csv")).await.body.as_str().unwrap().to_owned();
            let lines: Vec<_> = file.trim_start_matches('\u{feff}').split_terminator("\r\n").map(cells).collect();
            let (first, rows) = lines.split_first().unwrap();
            assert!(first.ends_with(&head.map(str::to_owned)), "{list}: {first:?}");
            assert_eq!(rows.len(), items.len(), "{list}");
            for (row, item) in rows.iter().zip(&items) {
                let [code, record, address] = row.last_chunk().unwrap();
                let name = ["code", "id", "sha256"].into_iter().find_map(|name| item[name].as_str()).unwrap();
                assert_eq!((row.len(), code.as_str()), (first.len(), name), "{list}: {row:?}");
                let newest = item.get("last_entry").unwrap_or(&item["record"]).as_u64();
                assert_eq!(record.parse().ok(), newest, "{list}: {item}");
                assert!(address.starts_with(&app.base), "{list}: {address}");
            }
            // The newest record is of the thing, and nothing behind it is.
            for row in rows.iter().step_by(7) {
                let [_, record, address] = row.last_chunk().unwrap();
                assert_eq!(app.get(&address[app.base.len()..]).await.status, 200, "{address}");
                let said = app.get(&format!("/v1/records/{record}")).await.body;
                let (stream, version) = (said["stream"].as_str().unwrap(), said["version"].as_u64().unwrap());
                if !matches!(list, "documents" | "deposits") {
                    let encoded = percent_encoding::utf8_percent_encode(stream, percent_encoding::NON_ALPHANUMERIC);
                    let all = app.get(&format!("/v1/records?stream={encoded}&after={record}")).await.body;
                    assert_eq!(all["items"].as_array().unwrap().len(), 0, "{list}: {stream} {version}");
                }
            }
        }
    }
}

/// A name that a spreadsheet would compute is a text in every cell, and so is a code.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_csv_of_a_list_is_computed() {
    let app = App::start().await;
    let cast = app.cast().await;
    for (code, title) in [("-1-2", "=HYPERLINK(\"https://x\")"), ("T-2", "@SUM(1)"), ("T-3", "+1,2")] {
        let mut disclosed = fixture::preannouncement(&cast.centre);
        disclosed.title = title.parse().unwrap();
        app.post(&cast.centre, "/v1/tenders", &stream(code), &act(disclosed)).await.accepted();
    }
    let file = app.get("/zh/tenders.csv").await.body.as_str().unwrap().to_owned();
    let lines: Vec<_> = file.trim_start_matches('\u{feff}').split_terminator("\r\n").skip(1).map(cells).collect();
    assert_eq!(lines.len(), 3, "{file}");
    assert!(lines.iter().any(|line| line.iter().any(|cell| cell == "'-1-2")), "{file}");
    for cell in lines.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
}

/// The first page shows those that close first, however many are open, and not those that were disclosed last.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_shows_the_windows_that_close_soonest_of_more_than_a_hundred() {
    let app = App::start().await;
    let cast = app.cast().await;
    for n in 0..110 {
        let mut disclosed = fixture::preannouncement(&cast.centre);
        disclosed.title = format!("第{n}号项目").parse().unwrap();
        // The window of the very first one ends last.
        disclosed.windows.objection.count = if n == 0 { 20 } else { 5 };
        let code = format!("T-{n:03}");
        app.post(&cast.centre, "/v1/tenders", &stream(&code), &act(disclosed)).await.accepted();
        app.clock.advance_millis(3_600_000);
    }
    for (tongue, heading) in [("zh", "正在公示，可提出异议"), ("en", "Disclosed now: open to objections")] {
        let home = app.get(&format!("/{tongue}/")).await;
        let html = home.body.as_str().unwrap();
        let table = html.split(&format!("<h2>{heading}</h2>")).nth(1).unwrap().split("</table>").next().unwrap();
        let codes: Vec<_> = table.split("/tenders/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(codes, ["T-001", "T-002", "T-003", "T-004", "T-005", "T-006"], "{tongue}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn crawlers_are_told_what_there_is() {
    let app = App::start().await;
    let cast = app.cast().await;
    let disclosed = act(fixture::preannouncement(&cast.centre));
    app.post(&cast.centre, "/v1/tenders", &stream("T-1"), &disclosed).await.accepted();
    let robots = app.get("/robots.txt").await;
    let robots = robots.body.as_str().unwrap();
    let map = robots.lines().find_map(|line| line.strip_prefix("Sitemap: ")).unwrap();
    assert!(map.starts_with(&app.base) && robots.contains("Disallow: /v1/"), "{robots}");
    let map = app.get(&map[app.base.len()..]).await;
    assert_eq!(header(&map, "content-type"), "application/xml; charset=utf-8");
    let pages: Vec<_> =
        map.body.as_str().unwrap().split("<loc>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert!(pages.contains(&format!("{}/zh/tenders/T-1", app.base).as_str()), "{pages:?}");
    for page in pages {
        assert_eq!(app.get(&page[app.base.len()..]).await.status, 200, "{page}");
    }
    // A name that is none is not put into a page.
    let lied = app.send(app.client.get(format!("{}/robots.txt", app.base)).header("host", "a/b")).await;
    assert!(!lied.body.as_str().unwrap_or_default().contains("Sitemap"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_leads_to_the_language_that_a_browser_asks_for() {
    let app = App::start().await;
    for (wished, tongue) in [("en", "\"en\""), ("zh-CN,en;q=0.5", "\"zh-CN\""), ("fr", "\"zh-CN\"")] {
        let answer = app.send(app.client.get(format!("{}/", app.base)).header("accept-language", wished)).await;
        assert!(answer.body.as_str().is_some_and(|html| html.contains(&format!("<html lang={tongue}>"))), "{wished}");
    }
}
