//! Phrases in another language than the page's: a page in English marks what records say in Chinese, so that it is read aloud, and
//! drawn, as Chinese (WCAG 2.2, 3.1.2). It is done to the whole page at once, so no page can forget a phrase.

use super::language::Language;
use crate::search::is_han;
use maud::{Markup, PreEscaped, html};

/// Elements that have no others in their text: nothing is marked in them.
const PLAIN: [&str; 5] = ["option", "script", "style", "svg", "textarea"];

/// What stands on a page in a language, with the words that are in the other one marked. Our pages in Chinese say names of formats
/// in Latin letters, and no phrases.
pub(super) fn marked(language: Language, page: Markup) -> Markup {
    match language {
        Language::Chinese => page,
        Language::English => PreEscaped(chinese_marked(&page.0)),
    }
}

/// The language of a text that can't be marked in parts, where it is not the page's.
pub(super) fn tag(language: Language, text: &str) -> Option<&'static str> {
    (language == Language::English && text.contains(is_han)).then_some(Language::Chinese.tag())
}

/// Of HTML as `maud` writes it: `<` and `>` stand at the ends of tags alone.
fn chinese_marked(page: &str) -> String {
    let mut marked = String::with_capacity(page.len() * 5 / 4);
    let (mut plain, mut is_said) = (None, false);
    for piece in page.split_inclusive('>') {
        let (text, tag) = piece.split_at(piece.find('<').unwrap_or(piece.len()));
        if plain.is_some() || is_said {
            marked.push_str(text)
        } else {
            mark(text, &mut marked)
        }
        marked.push_str(tag);
        let name = tag.trim_start_matches(['<', '/']).split([' ', '/', '>']).next();
        if plain.is_none() {
            plain = name.filter(|name| PLAIN.contains(name) && !tag.starts_with("</"));
        } else if tag.starts_with("</") && name == plain {
            plain = None;
        }
        is_said = tag.contains(" lang=\"zh");
    }
    marked
}

/// Puts each run of words with Chinese characters into an element that says so.
fn mark(text: &str, marked: &mut String) {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    for run in words.chunk_by(|one, other| one.contains(is_han) == other.contains(is_han)) {
        let run = run.concat();
        if run.contains(is_han) {
            let words = run.trim_end();
            let behind = &run[words.len()..];
            marked.push_str(&html! { span lang=(Language::Chinese.tag()) { (PreEscaped(words)) } }.0);
            marked.push_str(behind);
        } else {
            marked.push_str(&run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_chinese_are_marked_once_and_nothing_is_lost() {
        let cases = [
            ("<p>Signed</p>", "<p>Signed</p>"),
            ("<h1>道路监理</h1>", r#"<h1><span lang="zh-CN">道路监理</span></h1>"#),
            (
                "<p>Asked by 甲建设有限公司; 乙公司 on 2026-08-03</p>",
                r#"<p>Asked by <span lang="zh-CN">甲建设有限公司; 乙公司</span> on 2026-08-03</p>"#,
            ),
            ("<p>a &lt;b&gt; 强度C30\n</p>", "<p>a &lt;b&gt; <span lang=\"zh-CN\">强度C30</span>\n</p>"),
            (r#"<a lang="zh-CN" title="甲">中文</a>"#, r#"<a lang="zh-CN" title="甲">中文</a>"#),
            ("<option>工程</option>工程", r#"<option>工程</option><span lang="zh-CN">工程</span>"#),
            ("<svg><text>郑州</text></svg>", "<svg><text>郑州</text></svg>"),
        ];
        for (page, wanted) in cases {
            assert_eq!(marked(Language::English, PreEscaped(page.to_owned())).0, wanted);
            assert_eq!(marked(Language::Chinese, PreEscaped(page.to_owned())).0, page);
        }
    }
}
