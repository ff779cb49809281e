//! For search engines: what they may read (robots.txt, RFC 9309), and which pages there are (sitemap.xml, sitemaps.org 0.9).

use super::Section;
use super::refusal::Unshown;
use super::text::EveryWord;
use super::visit::Visit;
use crate::http::encoded;
use crate::tender::TenderSummary;
use maud::{Markup, PreEscaped, html};
use poem::Response;
use poem::http::header;
use std::sync::Arc;

/// Tenders that the map names, the newest: in both languages well below the 50,000 addresses that a map may have.
const TENDERS_MAPPED: usize = 5_000;
const TENDERS_AT_A_TIME: usize = 500;

/// Pages are for everybody; the API answers programs, and a search is not a page to keep.
pub(super) async fn robots(visit: Arc<Visit>) -> Result<Response, Unshown> {
    let map = visit.site.known().map(|place| format!("Sitemap: {place}/sitemap.xml\n")).unwrap_or_default();
    let text =
        format!("User-agent: *\nDisallow: /v1/\nDisallow: /zh/search\nDisallow: /en/search\nDisallow: /*?\n\n{map}");
    Ok(Response::builder().content_type("text/plain; charset=utf-8").body(text))
}

pub(super) async fn sitemap(visit: Arc<Visit>) -> Result<Response, Unshown> {
    let place = visit.site.known().ok_or_else(Unshown::not_found)?;
    let mut pages: Vec<String> = Section::EVERY.iter().map(|section| section.path().to_owned()).collect();
    pages.insert(0, "/".to_owned());
    let (mut after, mut mapped) = (String::new(), 0);
    loop {
        let path = format!("/v1/tenders?limit={TENDERS_AT_A_TIME}{after}");
        let found = visit.items::<TenderSummary>(&path).await?;
        mapped += found.items.len();
        pages.extend(found.items.iter().map(|tender| format!("/tenders/{}", encoded(&tender.code))));
        match found.next {
            Some(next) if mapped < TENDERS_MAPPED => after = format!("&after={}", encoded(&next)),
            _ => break,
        }
    }
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", map(place, &pages).into_string());
    let response = Response::builder().content_type("application/xml; charset=utf-8");
    Ok(response.header(header::CACHE_CONTROL, "public, max-age=3600").body(body))
}

/// Each page in both languages, and each naming both.
fn map(place: &str, pages: &[String]) -> Markup {
    let address = |language: &str, page: &str| format!("{place}/{language}{page}");
    html! {
        urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {
            @for page in pages { @for language in ["zh", "en"] { url { loc { (address(language, page)) } } } }
            (PreEscaped("\n"))
        }
    }
}
