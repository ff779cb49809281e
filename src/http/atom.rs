//! Feeds (Atom, RFC 4287): the newest of a list, each with its address.

use crate::field::Instant;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// The media type of a feed.
pub const ATOM: &str = "application/atom+xml; charset=utf-8";

/// Entries of a feed.
pub const FEED_ENTRIES_MAX: usize = 50;

/// A feed of some list.
pub struct Feed<'a> {
    /// The log's name: the feed's author, and what makes its names unique.
    pub origin: &'a str,
    /// What is listed, within the log: `search?q=…`.
    pub of: String,
    pub title: String,
    /// A tag of RFC 5646.
    pub language: &'a str,
    /// Its own address.
    pub address: String,
    pub entries: Vec<FeedEntry>,
}

/// Something that is listed.
pub struct FeedEntry {
    /// What it is called, within the log, whatever list it is in.
    pub id: String,
    pub title: String,
    /// When it came up.
    pub time: Instant,
    /// When it last changed.
    pub updated: Instant,
    /// The address of its page.
    pub link: String,
    /// The kind of thing, where a list has several.
    pub category: Option<&'static str>,
    pub summary: String,
}

type Xml = Writer<Vec<u8>>;

/// Two characters that a record may hold are none in XML 1.0 (§2.2), and one of them would make the whole feed unreadable.
fn is_in_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A text of a record as a document of XML can hold it.
pub(crate) fn in_xml(text: &str) -> String {
    text.replace(|c| !is_in_xml(c), "\u{FFFD}")
}

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&in_xml(text)))?;
    Ok(())
}

impl Feed<'_> {
    /// `tag:<host>,2026:<rest of the origin>/…` (RFC 4151): the log's name in it makes it unique, whatever address it is read at.
    fn tag(&self, of: &str) -> String {
        let (host, rest) = self.origin.split_once('/').unwrap_or((self.origin, ""));
        format!("tag:{host},2026:{rest}/{of}")
    }

    fn put(&self, xml: &mut Xml, entry: &FeedEntry) -> io::Result<()> {
        xml.write_event(Event::Start(BytesStart::new("entry")))?;
        text(xml, "id", &self.tag(&entry.id))?;
        text(xml, "title", &entry.title)?;
        text(xml, "updated", &entry.updated.to_string())?;
        text(xml, "published", &entry.time.to_string())?;
        xml.create_element("link").with_attribute(("href", in_xml(&entry.link).as_str())).write_empty()?;
        if let Some(category) = entry.category {
            xml.create_element("category").with_attribute(("term", category)).write_empty()?;
        }
        text(xml, "summary", &entry.summary)?;
        xml.write_event(Event::End(BytesEnd::new("entry")))
    }

    fn written(&self) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new(Vec::new());
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let root = BytesStart::new("feed")
            .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", self.language)]);
        xml.write_event(Event::Start(root))?;
        text(&mut xml, "id", &self.tag(&self.of))?;
        text(&mut xml, "title", &self.title)?;
        let updated = self.entries.iter().map(|entry| entry.updated.millis()).max().unwrap_or_default();
        text(&mut xml, "updated", &Instant::from_millis(updated).to_string())?;
        xml.create_element("author").write_inner_content(|xml| text(xml, "name", self.origin))?;
        let address = in_xml(&self.address);
        let address = address.as_str();
        xml.create_element("link").with_attributes([("rel", "self"), ("href", address)]).write_empty()?;
        for entry in &self.entries {
            self.put(&mut xml, entry)?;
        }
        xml.write_event(Event::End(BytesEnd::new("feed")))?;
        Ok(xml.into_inner())
    }

    /// The feed as a file.
    pub fn xml(&self) -> String {
        // Writing to memory does not fail, and what is written are texts.
        String::from_utf8(self.written().unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No title of one thing may take the feed from who follows all the others.
    #[test]
    fn what_xml_does_not_have_is_left_out() {
        let time = Instant::from_millis(0);
        let title = "a\u{FFFF}b\u{FFFE}<&\u{1F4A9}".to_owned();
        let link = "https://x/\u{FFFF}?a&b=\"".to_owned();
        let entry =
            FeedEntry { id: title.clone(), title, time, updated: time, link, category: None, summary: "\u{1}".into() };
        let (of, address) = ("search".to_owned(), "https://x".to_owned());
        let feed = Feed { origin: "x/log", of, title: "t".into(), language: "zh-CN", address, entries: vec![entry] };
        let xml = feed.xml();
        assert!(xml.contains("a\u{FFFD}b\u{FFFD}&lt;&amp;\u{1F4A9}"), "{xml}");
        assert!(xml.chars().all(is_in_xml), "{xml}");
    }
}
