//! The newest things that a query finds, as a feed (RFC 4287).

use crate::field::Instant;
use crate::http::Problem;
use crate::ledger::Ledger;
use crate::search::projection::{FoundThing, Search};
use poem_openapi::ApiResponse;
use poem_openapi::payload::PlainText;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// Entries of a feed.
const ENTRIES_MAX: usize = 50;

/// A feed.
#[derive(ApiResponse)]
pub enum AtomFeed {
    /// The newest things, each with its address.
    #[oai(status = 200, content_type = "application/atom+xml; charset=utf-8")]
    Newest(PlainText<String>),
}

type Xml = Writer<Vec<u8>>;

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}

/// `tag:<host>,2026:<rest of the origin>/…` (RFC 4151): the log's name in it makes it unique, whatever address it is read at.
fn tag(origin: &str, of: &str) -> String {
    let (host, rest) = origin.split_once('/').unwrap_or((origin, ""));
    format!("tag:{host},2026:{rest}/{of}")
}

fn entry(xml: &mut Xml, origin: &str, thing: &FoundThing) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new("entry")))?;
    text(xml, "id", &tag(origin, &format!("{}/{}", thing.kind.name(), crate::http::encoded(&thing.key))))?;
    text(xml, "title", &thing.title)?;
    text(xml, "updated", &thing.time.to_string())?;
    text(xml, "published", &thing.time.to_string())?;
    let path = thing.path();
    xml.create_element("link").with_attribute(("href", path.as_str())).write_empty()?;
    xml.create_element("category").with_attribute(("term", thing.kind.name())).write_empty()?;
    let snippet = thing.snippet.as_ref().map(|snippet| snippet.text.as_str());
    text(
        xml,
        "summary",
        &[Some(thing.key.as_str()), Some(thing.status.as_str()), snippet]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
    )?;
    xml.write_event(Event::End(BytesEnd::new("entry")))
}

fn feed(origin: &str, asked: &str, things: &[FoundThing]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root =
        BytesStart::new("feed").with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "zh-CN")]);
    xml.write_event(Event::Start(root))?;
    text(&mut xml, "id", &tag(origin, &format!("search?{asked}")))?;
    text(&mut xml, "title", &format!("公示检索 · {origin}"))?;
    let updated = things.iter().map(|thing| thing.time.millis()).max().unwrap_or_default();
    text(&mut xml, "updated", &Instant::from_millis(updated).to_string())?;
    xml.create_element("author").write_inner_content(|xml| text(xml, "name", origin))?;
    let path = format!("/v1/search.atom?{asked}");
    xml.create_element("link").with_attributes([("rel", "self"), ("href", path.as_str())]).write_empty()?;
    for thing in things {
        entry(&mut xml, origin, thing)?;
    }
    xml.write_event(Event::End(BytesEnd::new("feed")))?;
    Ok(xml.into_inner())
}

impl AtomFeed {
    /// `asked` is the query as it stands in an address.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn of(ledger: &Ledger, search: &Search, asked: &str) -> Result<Self, Problem> {
        let things = search.newest(ledger, ENTRIES_MAX).await?;
        let xml = feed(&ledger.identity().origin, asked, &things).unwrap_or_default();
        Ok(Self::Newest(PlainText(String::from_utf8(xml).unwrap_or_default())))
    }
}
