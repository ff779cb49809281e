//! HTML that was left in a text: tags and entities, which are no part of what it says.

/// Entities that stand in notices, and what they mean.
const ENTITIES: [(&str, &str); 9] = [
    ("&nbsp;", " "),
    ("&ensp;", " "),
    ("&emsp;", " "),
    ("&#160;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    // The last one, so that `&amp;lt;` is `&lt;`.
    ("&amp;", "&"),
];
/// Tags of what editors and word processors leave behind; anything else in such brackets is meant.
const TAGS: &str = "a b br div em font h1 h2 h3 i img li o p s span strong sub sup table tbody td th tr u ul ol";
/// Tags that end a line.
const LINES: &str = "br div li p tr";
/// A tag is short; a `<` that no `>` follows soon is a sign.
const TAG_BYTES_MAX: usize = 200;

/// The text without markup. A tag that ends a line is a line break.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some((name, after)) => {
                if is_one_of(LINES, name) {
                    plain.push('\n');
                }
                rest = after;
            }
            None => {
                plain.push('<');
                rest = &rest[1..];
            }
        }
    }
    plain.push_str(rest);
    ENTITIES.iter().fold(plain, |text, (entity, meaning)| text.replace(entity, meaning))
}

/// The name of the tag that a text begins with, and what follows it.
fn tag(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take(TAG_BYTES_MAX).position(|byte| byte == b'>')?;
    let inner = text[1..end].trim_start_matches('/');
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|name| !name.is_empty())?;
    is_one_of(TAGS, name).then_some((name, &text[end + 1..]))
}

fn is_one_of(tags: &str, name: &str) -> bool {
    tags.split(' ').any(|tag| tag.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_no_part_of_a_text() {
        for (text, expected) in [
            ("甲&nbsp;乙", "甲 乙"),
            ("甲<br/>乙<BR>丙", "甲\n乙\n丙"),
            ("<span style='x'>甲</span>", "甲"),
            ("5 < 6，7 > 6", "5 < 6，7 > 6"),
            ("<甲>", "<甲>"),
            ("<Q235>钢", "<Q235>钢"),
            ("甲&amp;lt;乙<", "甲&lt;乙<"),
            ("<p", "<p"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }
}
