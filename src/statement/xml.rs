//! XML behind a guard: nothing that declares, nothing that is fetched, nothing deep and nothing without end. What passes is a small
//! tree of names, texts and attributes, which is all that goes on to any other reader.

use super::{StatementError, StatementFault};
use crate::field::Bilingual;
use encoding_rs::{Encoding, GB18030, UTF_8};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::fmt::Write;

/// camt.053 nests some fifteen deep.
pub(super) const DEPTH_MAX: usize = 64;
/// Some forty elements an entry, so six thousand entries of the most talkative bank; a tree of them takes some forty megabytes.
pub(super) const ELEMENTS_MAX: usize = 250_000;
/// Each is compared with those before it; a statement's root has three or four.
const ATTRIBUTES_MAX: usize = 64;
/// The one attribute of camt.053 that says anything.
const CURRENCY: &str = "Ccy";

/// An element, its name without a prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub name: String,
    /// The name as it is written.
    written: String,
    attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn named<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// What stands in the element that this way leads to, where it says anything.
    pub fn text_at(&self, way: &[&str]) -> Option<&str> {
        let end = way.iter().try_fold(self, |element, name| element.child(name))?;
        Some(end.text.trim()).filter(|text| !text.is_empty())
    }

    /// The namespace that it says it is of.
    pub fn namespace(&self) -> Option<&str> {
        let name = match self.written.split_once(':') {
            Some((prefix, _)) => format!("xmlns:{prefix}"),
            None => "xmlns".to_owned(),
        };
        self.attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| value.trim())
    }

    /// As XML again, of one namespace and without prefixes; children of this name are left out.
    pub fn write(&self, namespace: &str, but: &str) -> String {
        let mut xml = String::new();
        self.write_to(&mut xml, Some(namespace), but);
        xml
    }

    fn write_to(&self, xml: &mut String, namespace: Option<&str>, but: &str) {
        let name = &self.name;
        // To write into a string can't fail.
        let _ = write!(xml, "<{name}");
        if let Some(namespace) = namespace {
            let _ = write!(xml, " xmlns=\"{namespace}\"");
        }
        for (key, value) in self.attributes.iter().filter(|(key, _)| !key.contains(':') && key != "xmlns") {
            let _ = write!(xml, " {key}=\"{}\"", quick_xml::escape::escape(value.as_str()));
        }
        let _ = write!(xml, ">{}", quick_xml::escape::escape(self.text.trim()));
        for child in self.children.iter().filter(|child| child.name != but) {
            child.write_to(xml, None, but);
        }
        let _ = write!(xml, "</{name}>");
    }
}

/// Reads a document.
///
/// # Errors
/// It is not well-formed, or has what the guard lets nobody have.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, StatementError> {
    let text = decoded(bytes).map_err(StatementFault::of_file)?;
    tree(&text).map_err(StatementFault::of_file)
}

fn not_xml(why: impl std::fmt::Display) -> StatementFault {
    StatementFault::NotXml { why: why.to_string() }
}

/// By its byte order mark, else in the encoding that it declares, else UTF-8.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, StatementFault> {
    let unknown = || StatementFault::Unreadable {
        why: Bilingual::new(
            "文字编码与所声明的不符，或不是 UTF-8、GBK",
            "the text is not in the encoding that it declares, or neither UTF-8 nor GBK",
        ),
    };
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None => (declared(bytes).ok_or_else(unknown)?, bytes),
    };
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(unknown)
}

/// The encoding of the declaration; none where it is one that no bank uses.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    /// The declaration is the very first thing.
    const DECLARATION_BYTES_MAX: usize = 200;
    let start = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let end = start.iter().position(|byte| *byte == b'>').unwrap_or_default();
    let declaration = std::str::from_utf8(&start[..end]).unwrap_or_default();
    let Some((_, behind)) = declaration.split_once("encoding") else { return Some(UTF_8) };
    let label = behind.split(['"', '\'']).nth(1)?;
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    // GB2312 and GBK are parts of it.
    match encoding.name() {
        "UTF-8" | "windows-1252" | "ISO-8859-1" => Some(encoding),
        "GBK" | "gb18030" => Some(GB18030),
        _ => None,
    }
}

fn tree(text: &str) -> Result<Element, StatementFault> {
    let mut reader = Reader::from_str(text);
    let (mut open, mut root, mut elements): (Vec<Element>, Option<Element>, usize) = (Vec::new(), None, 0);
    loop {
        match reader.read_event().map_err(not_xml)? {
            Event::DocType(_) => return Err(StatementFault::DocumentType),
            Event::Start(start) => {
                elements += 1;
                let element = must_fit(&start, open.len(), elements)?;
                open.push(element);
            }
            Event::Empty(start) => {
                elements += 1;
                let element = must_fit(&start, open.len(), elements)?;
                close(element, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| not_xml("an end without a start"))?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => {
                let text = text.decode().map_err(not_xml)?;
                add_text(&text, &mut open)?;
            }
            Event::CData(text) => {
                let text = text.decode().map_err(not_xml)?;
                add_text(&text, &mut open)?;
            }
            Event::GeneralRef(reference) => {
                let character = character(&reference)?;
                add_text(character.encode_utf8(&mut [0; 4]), &mut open)?;
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if open.is_empty() => return root.ok_or_else(|| not_xml("no element")),
            Event::Eof => return Err(not_xml("it ends within an element")),
        }
    }
}

fn must_fit(start: &BytesStart<'_>, depth: usize, elements: usize) -> Result<Element, StatementFault> {
    if depth >= DEPTH_MAX {
        return Err(StatementFault::TooDeep { depth_max: DEPTH_MAX });
    }
    if elements > ELEMENTS_MAX {
        return Err(StatementFault::TooManyElements { elements_max: ELEMENTS_MAX });
    }
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(not_xml);
    let mut element = Element {
        name: text(start.local_name().as_ref())?,
        written: text(start.name().as_ref())?,
        ..Element::default()
    };
    for (number, attribute) in start.attributes().enumerate() {
        if number == ATTRIBUTES_MAX {
            return Err(not_xml(format_args!("more than {ATTRIBUTES_MAX} attributes")));
        }
        let attribute = attribute.map_err(not_xml)?;
        let value =
            attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|error| entity_or(&error))?;
        let key = text(attribute.key.as_ref())?;
        // Of all others nobody wants to know.
        if key == CURRENCY || depth == 0 {
            element.attributes.push((key, value.into_owned()));
        }
    }
    Ok(element)
}

fn entity_or(error: &quick_xml::Error) -> StatementFault {
    match error {
        quick_xml::Error::Escape(quick_xml::escape::EscapeError::UnrecognizedEntity(_, name)) => {
            StatementFault::Entity { name: name.clone() }
        }
        error => not_xml(error),
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), StatementFault> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(not_xml("more than one root")),
    }
    Ok(())
}

fn add_text(text: &str, open: &mut [Element]) -> Result<(), StatementFault> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(not_xml("text outside of any element")),
    }
    Ok(())
}

/// A character by its number or one of the five names; every other name would need a declaration.
fn character(reference: &BytesRef<'_>) -> Result<char, StatementFault> {
    if let Some(character) = reference.resolve_char_ref().map_err(not_xml)? {
        return Ok(character);
    }
    let name = reference.decode().map_err(not_xml)?;
    match &*name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => Err(StatementFault::Entity { name: name.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(xml: &str) -> StatementFault {
        parse(xml.as_bytes()).unwrap_err().fault
    }

    #[test]
    fn a_tree_has_names_texts_and_attributes() {
        let root = parse("<?xml version=\"1.0\" encoding = \"UTF-8\"?><a:R xmlns:a=\" urn:x \"><B Ccy=\"1 &amp; 2\" k=\"v\"> 甲&lt;&#x4e59;<![CDATA[<丙>]]></B><C/></a:R>".as_bytes());
        let root = root.unwrap();
        assert_eq!((root.name.as_str(), root.namespace()), ("R", Some("urn:x")));
        assert_eq!(root.text_at(&["B"]), Some("甲<乙<丙>"));
        assert_eq!(root.text_at(&["C"]), None);
        let written = root.write("urn:y", "C");
        assert_eq!(written, "<R xmlns=\"urn:y\"><B Ccy=\"1 &amp; 2\">甲&lt;乙&lt;丙&gt;</B></R>");
        assert_eq!(parse(written.as_bytes()).unwrap().text_at(&["B"]), Some("甲<乙<丙>"));
    }

    #[test]
    fn gbk_is_read_where_it_is_declared() {
        let (gbk, ..) = GB18030.encode("<?xml version='1.0' encoding='GBK'?><R><B>招商银行</B></R>");
        assert_eq!(parse(&gbk).unwrap().text_at(&["B"]), Some("招商银行"));
        assert!(matches!(
            parse(b"<?xml version='1.0' encoding='EBCDIC-XX'?><R/>").unwrap_err().fault,
            StatementFault::Unreadable { .. }
        ));
        assert!(matches!(parse(b"<R>\xFF</R>").unwrap_err().fault, StatementFault::Unreadable { .. }));
    }

    #[test]
    fn what_declares_is_refused() {
        for xml in [
            "<!DOCTYPE R SYSTEM \"file:///etc/passwd\"><R/>",
            "<!DOCTYPE R [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><R>&x;</R>",
            "<!DOCTYPE R [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><R>&b;</R>",
        ] {
            assert_eq!(fault(xml), StatementFault::DocumentType, "{xml}");
        }
        assert_eq!(fault("<R>&x;</R>"), StatementFault::Entity { name: "x".into() });
        assert_eq!(fault("<R k=\"&x;\"/>"), StatementFault::Entity { name: "x".into() });
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let deep = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(parse(deep(DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(fault(&deep(DEPTH_MAX + 1)), StatementFault::TooDeep { depth_max: DEPTH_MAX });
        assert_eq!(fault(&"<a>".repeat(1_000_000)), StatementFault::TooDeep { depth_max: DEPTH_MAX });
        let many = format!("<r>{}</r>", "<a/>".repeat(ELEMENTS_MAX));
        assert_eq!(fault(&many), StatementFault::TooManyElements { elements_max: ELEMENTS_MAX });
        for broken in ["", "x", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>x", "<a k=1/>", "<a", "<a>&#xZZ;</a>"] {
            assert!(matches!(fault(broken), StatementFault::NotXml { .. }), "{broken}");
        }
    }
}
