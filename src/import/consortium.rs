//! Bidders' names: one enterprise, or a consortium in one string, with the marks that notices put on leaders and members.

use super::markup;
use super::report::{Tally, Uncertainty};
use crate::field::{Bidder, Fault, Party};

/// Words at the end of an organisation's name.
const ORGANISATIONS: [&str; 16] =
    ["公司", "院", "所", "中心", "厂", "集团", "社", "队", "局", "站", "大学", "室", "部", "行", "委员会", "合伙）"];
/// What no name begins with: the rest of one that was parted by a space.
const REMAINDERS: [&str; 3] = ["有限", "股份", "责任"];
/// What leaders and members are called in a name.
const LEADERS: [&str; 8] =
    ["联合体牵头人", "联合体牵头单位", "联合体牵头方", "牵头人", "牵头单位", "牵头方", "主办方", "主"];
const MEMBERS: [&str; 7] = ["联合体成员单位", "联合体成员", "成员单位", "成员方", "联合体成员方", "成员", "成"];
const CONSORTIUM: &str = "联合体";
/// Marks between names that are in no name.
const SEPARATORS: [char; 12] = ['、', '，', ',', '；', ';', '/', '／', '+', '＋', '&', '\n', '|'];
/// Words between names that may be in a name as well: only where it is said that they are several.
const CONJUNCTIONS: [char; 3] = ['与', '和', '及'];
/// What a name had before stands behind it in brackets, and begins so.
const FORMERLY: [&str; 4] = ["原名", "原", "曾用名", "更名前"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Leader,
    Unsaid,
    Member,
}

/// A part of a name, and what the notice calls it.
struct Part {
    name: String,
    standing: Standing,
}

/// Members, and whether the name says that they are several.
struct Names {
    members: Vec<String>,
    are_several: bool,
}

/// The members of `A、B联合体`, each once, the leader first; a single enterprise is its own only member, and so is a
/// consortium whose members can't be told apart.
pub(super) fn members(name: &str) -> Vec<String> {
    names(name).members
}

/// A bidder from its one-string name.
pub(super) fn bidder(name: &str, place: &str, tally: &mut Tally) -> Result<Bidder, Fault> {
    let names = names(name);
    if names.are_several && names.members.len() < 2 {
        tally.words(Uncertainty::ConsortiumUnclear, place, "bidder", name);
    }
    if names.members.len() > 1 && name.matches('、').count() + 1 > names.members.len() {
        tally.note(
            (
                "联合体名称中同一成员出现两次，只列一次",
                "a member stands twice in a consortium's name; it is listed once",
            ),
            place,
        );
    }
    let members = names.members.into_iter().map(|member| party(&member, place, tally)).collect::<Result<_, _>>()?;
    Ok(Bidder { members })
}

/// A party known by its name alone.
pub(super) fn party(name: &str, place: &str, tally: &mut Tally) -> Result<Party, Fault> {
    let closed = close_up(&markup::plain(name));
    if closed.trim() != name.trim() {
        tally
            .note(("中文名称中的空白或标记已去除", "white space or markup within a Chinese name was taken out"), place);
    }
    Ok(Party { name: tally.line(&closed, place)?, id: None })
}

/// Without the white space that stands beside a Chinese sign: it is no part of a name.
fn close_up(name: &str) -> String {
    let signs: Vec<char> = name.trim().chars().collect();
    let is_latin = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(char::is_ascii);
    let keeps = |(at, c): (usize, &char)| {
        !c.is_whitespace() || (*c == ' ' && is_latin(at.checked_sub(1)) && is_latin(Some(at + 1)))
    };
    signs.iter().enumerate().filter(|(at, c)| keeps((*at, c))).map(|(_, c)| *c).collect()
}

fn names(name: &str) -> Names {
    let whole = markup::plain(name);
    let whole = whole.trim();
    let (mut parts, mut are_several) = parts(whole);
    if let Some(last) = parts.last_mut()
        && let Some(name) = last.name.strip_suffix(CONSORTIUM)
    {
        last.name = name.trim_end().trim_end_matches("组成的").trim().to_owned();
        are_several = true;
    }
    parts.retain(|part| !part.name.is_empty());
    let parts = parts.into_iter().flat_map(|part| part.split(are_several)).collect::<Vec<_>>();
    if parts.len() < 2 || !parts.iter().all(|part| is_organisation(&part.name)) {
        // Its marks are no part of the name of one enterprise.
        let single = match parts.as_slice() {
            [part] if is_organisation(&part.name) => part.name.clone(),
            _ => whole.to_owned(),
        };
        return Names { members: vec![single], are_several };
    }
    let mut parts = parts;
    // Stable: members stay in their order.
    parts.sort_by_key(|part| if part.standing == Standing::Leader { Standing::Leader } else { Standing::Unsaid });
    let mut members: Vec<String> = Vec::new();
    for part in parts {
        if !members.iter().any(|member| is_same_name(member, &part.name)) {
            members.push(part.name);
        }
    }
    Names { members, are_several: true }
}

/// Whether a text reads like the name of an organisation.
fn is_organisation(name: &str) -> bool {
    let bare = without_brackets_behind(name);
    ORGANISATIONS.iter().any(|word| bare.ends_with(word) || name.ends_with(word))
        && !REMAINDERS.iter().any(|rest| name.starts_with(rest))
}

fn without_brackets_behind(name: &str) -> &str {
    match name.trim_end().strip_suffix([')', '）']).and_then(|inner| inner.rfind(['(', '（'])) {
        Some(at) if at > 0 => name[..at].trim_end(),
        _ => name.trim_end(),
    }
}

impl Part {
    /// Splits at what may stand in a name as well, where all parts are names then.
    fn split(self, are_several: bool) -> Vec<Self> {
        let split = |by: &dyn Fn(char) -> bool| {
            let parts: Vec<&str> = self.name.split(by).map(str::trim).filter(|part| !part.is_empty()).collect();
            (parts.len() > 1 && parts.iter().all(|part| is_organisation(part))).then(|| {
                parts.into_iter().map(|name| Self { name: name.to_owned(), standing: self.standing }).collect()
            })
        };
        let by_space = split(&char::is_whitespace);
        let by_word = || are_several.then(|| split(&|c| CONJUNCTIONS.contains(&c))).flatten();
        by_space.or_else(by_word).unwrap_or_else(|| vec![self])
    }
}

/// The parts between separators and marks of standing; and whether a mark says that they are several.
fn parts(text: &str) -> (Vec<Part>, bool) {
    let (mut parts, mut are_several) = (Vec::new(), false);
    let (mut name, mut standing) = (String::new(), None);
    let mut flush = |name: &mut String, standing: &mut Option<Standing>| {
        let (text, called) = called_before(name.trim());
        let standing = standing.take().or(called).unwrap_or(Standing::Unsaid);
        if !text.is_empty() {
            parts.push(Part { name: text.to_owned(), standing });
        }
        name.clear();
        called.is_some()
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let group = if matches!(c, '(' | '（') { bracketed(rest) } else { None };
        if let Some((inner, after)) = group {
            let whole = &rest[..rest.len() - after.len()];
            rest = after;
            match mark(inner) {
                Some(Mark::Standing(called)) => {
                    are_several = true;
                    // 甲（牵头人） stands behind, （主）甲 before its name.
                    let is_behind = !name.trim().is_empty() && standing.is_none();
                    if is_behind {
                        standing = Some(called);
                        flush(&mut name, &mut standing);
                    } else {
                        flush(&mut name, &mut standing);
                        standing = Some(called);
                    }
                }
                Some(Mark::Others(others)) => {
                    are_several = true;
                    flush(&mut name, &mut standing);
                    standing = Some(Standing::Member);
                    rest_of(others, &mut name, &mut standing, &mut flush);
                }
                Some(Mark::Consortium) => are_several = true,
                None => name.push_str(whole),
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        if SEPARATORS.contains(&c) {
            are_several |= flush(&mut name, &mut standing);
        } else {
            name.push(c);
        }
    }
    are_several |= flush(&mut name, &mut standing);
    (parts, are_several)
}

/// The members that brackets behind a leader's name list.
fn rest_of(
    others: &str,
    name: &mut String,
    standing: &mut Option<Standing>,
    flush: &mut impl FnMut(&mut String, &mut Option<Standing>) -> bool,
) {
    for other in others.split(SEPARATORS) {
        *standing = Some(Standing::Member);
        name.push_str(other);
        flush(name, standing);
    }
}

/// What brackets around `inner` say of a name.
enum Mark<'a> {
    Standing(Standing),
    /// The other members: （联合体成员：乙）.
    Others(&'a str),
    Consortium,
}

fn mark(inner: &str) -> Option<Mark<'_>> {
    let word = inner.trim().trim_end_matches(|c: char| c.is_numeric() || "一二三四五".contains(c));
    if LEADERS.contains(&word) {
        return Some(Mark::Standing(Standing::Leader));
    }
    if MEMBERS.contains(&word) {
        return Some(Mark::Standing(Standing::Member));
    }
    if word == CONSORTIUM {
        return Some(Mark::Consortium);
    }
    let (called, others) = inner.split_once([':', '：'])?;
    MEMBERS.contains(&called.trim()).then_some(Mark::Others(others))
}

/// `牵头人：甲`: the name, and what stands before it.
fn called_before(text: &str) -> (&str, Option<Standing>) {
    let Some((called, name)) = text.split_once([':', '：']) else { return (text, None) };
    let called = called.trim();
    let standing = if LEADERS.contains(&called) {
        Standing::Leader
    } else if MEMBERS.contains(&called) {
        Standing::Member
    } else {
        return (text, None);
    };
    (name.trim(), Some(standing))
}

/// What stands in the brackets that a text begins with, and what follows them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let opening = text.chars().next()?.len_utf8();
            return Some((&text[opening..at], &text[at + c.len_utf8()..]));
        }
    }
    None
}

/// A name as it is compared: without white space and markup, brackets of one width.
pub(super) fn normalised(name: &str) -> String {
    let narrow = |c| match c {
        '（' => '(',
        '）' => ')',
        c => c,
    };
    markup::plain(name).chars().filter(|c| !c.is_whitespace()).map(narrow).collect()
}

/// A name, and the one that it had before: `甲集团（原甲公司）`.
fn now_and_before(name: &str) -> (String, Option<String>) {
    let name = normalised(name);
    let Some((now, inner)) = name.strip_suffix(')').and_then(|name| name.rsplit_once('(')) else { return (name, None) };
    let former = FORMERLY.iter().find_map(|word| inner.strip_prefix(word));
    let former = former.map(|former| former.trim_start_matches([':', '：']));
    match former.filter(|former| is_organisation(former)) {
        Some(former) => (now.to_owned(), Some(former.to_owned())),
        None => (name, None),
    }
}

/// Whether two names are those of one enterprise: equal, or one is what the other was called before.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    let ((one, one_before), (other, other_before)) = (now_and_before(one), now_and_before(other));
    one == other || one_before.as_ref() == Some(&other) || other_before.as_ref() == Some(&one)
}

fn are_same(ours: &[String], theirs: &[String]) -> bool {
    ours.len() == theirs.len() && ours.iter().all(|one| theirs.iter().any(|other| is_same_name(one, other)))
}

/// Whether two names mean the same bidder: the same members in any order.
pub(super) fn same_bidder(one: &str, other: &str) -> bool {
    normalised(one) == normalised(other) || are_same(&members(one), &members(other))
}

/// Whether a bidder is the one of a one-string name.
pub(super) fn is_bidder(bidder: &Bidder, name: &str) -> bool {
    let ours: Vec<String> = bidder.members.iter().map(|member| member.name.to_string()).collect();
    are_same(&ours, &members(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consortia_are_one_string() {
        assert_eq!(members("甲公司、乙（湖北）公司联合体"), ["甲公司", "乙（湖北）公司"]);
        assert_eq!(members("甲公司、乙院（省A、B中心）联合体"), ["甲公司", "乙院（省A、B中心）"]);
        assert_eq!(members("甲公司、乙院、甲公司联合体"), ["甲公司", "乙院"]);
        assert_eq!(members("甲公司、乙院组成的联合体"), ["甲公司", "乙院"]);
        assert_eq!(members("甲公司"), ["甲公司"]);
        assert_eq!(members("供水、排水站"), ["供水、排水站"]);
        assert!(same_bidder("甲（某）公司、乙公司联合体", "乙公司、甲(某)公司 联合体"));
        assert!(same_bidder("甲公司、乙公司联合体", "甲公司、乙公司、甲公司联合体"));
        assert!(!same_bidder("甲公司", "甲公司、乙公司联合体"));
    }

    #[test]
    fn marks_of_standing_are_no_part_of_a_name() {
        for text in [
            "甲公司（牵头人）、乙院（成员）",
            "甲公司与乙院联合体",
            "甲公司和乙院联合体",
            "甲公司/乙院",
            "甲公司＋乙院",
            "联合体牵头人：甲公司，联合体成员：乙院",
            "牵头人:甲公司;成员:乙院",
            "成员:乙院;牵头人:甲公司",
            "甲公司(联合体成员：乙院)",
            "（主）甲公司（成）乙院",
            "甲公司 乙院",
            "（联合体）甲公司、乙院",
            "甲公司<br/>乙院",
            "甲公司（联合体牵头人）、乙院（联合体成员）联合体",
        ] {
            assert_eq!(members(text), ["甲公司", "乙院"], "{text}");
        }
        assert_eq!(members("甲公司（联合体成员：乙院、丙公司）"), ["甲公司", "乙院", "丙公司"]);
    }

    #[test]
    fn what_may_be_one_name_is_one() {
        for text in [
            "中国石油和化工设计公司",
            "甲（东城、西城）建设公司",
            "甲与乙设计（北京）公司",
            "10万吨/年甲项目",
            "甲 公司",
            "国家粮食和物资储备局设计院",
            "",
        ] {
            assert_eq!(members(text), [text], "{text}");
        }
        let mut tally = Tally::default();
        let unclear = "甲、乙二者联合体";
        assert_eq!(bidder(unclear, "T-1", &mut tally).unwrap().members[0].name.as_str(), unclear);
        assert_eq!(
            party(" 甲 建设&nbsp;有限公司 (A B) ", "T-1", &mut tally).unwrap().name.as_str(),
            "甲建设有限公司(A B)"
        );
        assert_eq!(tally.finish().words[0].reason, Uncertainty::ConsortiumUnclear);
    }

    #[test]
    fn a_new_name_is_the_same_enterprise() {
        let renamed = "甲集团公司（原甲公司）";
        assert!(
            is_same_name(renamed, "甲集团公司") && is_same_name("甲公司", renamed) && is_same_name(renamed, renamed)
        );
        assert!(!is_same_name("甲集团公司（湖北）", "甲集团公司") && !is_same_name(renamed, "乙公司"));
    }
}
