//! Pre-announcement → call of state enterprises: a tender that was announced elsewhere, in the words of both notices.
//!
//! They name no length of an objection window, no opening, and hardly ever a deadline. A disclosure or a call signed here
//! would need all of them, so it would be made up: the tender is adopted at the time of its call instead, and what the notices ask
//! for and when stands in its description, hours included.

use super::adopted::{self, PUBLICITY_DAYS_MIN, only_lot, step};
use super::consortium::party;
use super::nature::{Winner, nature};
use super::rehearsal::Rehearsal;
use super::report::{Tally, Uncertainty, Words};
use super::source::{Keyed, Row, rows};
use super::{ImportError, Signatory, Step, Texts, price, region, when, yichang};
use crate::field::{Fault, Instant, Money, OrganisationId, TenderCode};
use crate::tender::{Adoption, Lot};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What the notices state, by its field and as they call it.
const CLAUSES: [(&str, &str); 3] =
    [("purchaseContent", "采购内容"), ("qualification", "资格要求"), ("performance", "业绩要求")];
/// Times that are words here.
const TIMES: [(&str, &str); 2] = [("saleTime", "采购文件获取时间"), ("deadline", "投标（响应）截止时间")];
/// A heading that one of two equal texts has and the other has not.
const HEADING_CHARS_MAX: usize = 20;
/// The portals' kinds of notices: by name, and by the code of one portal or the other; the first two are pre-announcements.
const KINDS: [(&str, &str); 4] = [
    ("采购项目预公告", "49"),
    ("采购意见征求公告", "PURCHASE_OPINION"),
    ("采购公告", "PROCUREMENT 2"),
    ("直接采购公告", "ONE_SOURCE_PROCUREMENT"),
];

/// Maps the pairs; the number of them. Pre-announcements of one call are one tender.
pub(super) fn map(
    texts: Texts<'_>,
    rehearsal: &Rehearsal,
    centre: &OrganisationId,
    tally: &mut Tally,
    steps: &mut Vec<Step>,
) -> Result<usize, ImportError> {
    let mut notices = Keyed::read(texts, "soe_notices.jsonl", "soe_notices", |row| row.text("id"), tally)?;
    let (mut codes, mut calls, mut count) = (BTreeSet::new(), Vec::<(String, Vec<Row>)>::new(), 0);
    for mut pair in rows(texts, "soe_preannounce_call_pairs.jsonl", "soe_preannounce_call_pairs", tally)? {
        match pair.text("call_id") {
            Ok(id) => match calls.iter_mut().find(|(call, _)| *call == id) {
                Some((_, pairs)) => pairs.push(pair),
                None => calls.push((id, vec![pair])),
            },
            Err(error) => tally.refuse(pair.at, error.said()),
        }
    }
    for (id, pairs) in calls {
        let (at, pairs_count) = (pairs[0].at.clone(), pairs.len());
        let mut part = Tally::default();
        let mapped = Call::find(&id, pairs, &mut notices, &mut codes, &mut part)
            .and_then(|call| call.map(centre, &mut part))
            .map_err(|error| error.said())
            .and_then(|step| rehearsal.play(std::slice::from_ref(&step)).map(|_| step));
        match mapped {
            Ok(step) => {
                count += pairs_count;
                tally.merge(part);
                steps.push(step);
            }
            Err(why) => tally.refuse(at, why),
        }
    }
    tally.unmapped("soe_notices (in no pair)", notices.unused().count());
    tally.remark(REMARK);
    Ok(count)
}

const REMARK: Words = (
    "国有企业的招标公告以承接项目记入，照录公告文字：其中不载明异议期与开标时间，也很少载明截止时间",
    "calls of state enterprises are entered as adopted tenders, in the words of their notices: these name neither the \
     objection window nor the opening, and rarely a deadline",
);

/// A call and its pre-announcements.
struct Call {
    code: TenderCode,
    call: Row,
    pairs: Vec<(Row, Row)>,
}

impl Call {
    fn find(
        id: &str,
        pairs: Vec<Row>,
        notices: &mut Keyed,
        codes: &mut BTreeSet<String>,
        tally: &mut Tally,
    ) -> Result<Self, ImportError> {
        let call = notices.find(id, &pairs[0])?;
        let code = yichang::code(id, codes, tally).map_err(call.refused("id"))?;
        let joined = pairs.into_iter().map(|mut pair| {
            let disclosed = pair.text("pre_id").and_then(|id| notices.find(&id, &pair))?;
            Ok((pair, disclosed))
        });
        Ok(Self { code, call, pairs: joined.collect::<Result<_, ImportError>>()? })
    }

    fn map(mut self, centre: &OrganisationId, tally: &mut Tally) -> Result<Step, ImportError> {
        let code = self.code.clone();
        let place = code.as_str();
        let title = self.pairs[0].0.text("call_title")?;
        let day = self.pairs[0].0.day("call_date")?;
        let at = time(&mut self.call, day);
        let source = source(&mut self.call).ok_or_else(|| self.call.missing("url"))?;
        let (operator, office) = (self.call.text("operator")?, self.call.text("sourceName")?);
        let province = self.call.text("region")?;
        let nature = nature(subject(&title), &Winner::default());
        if nature.is_none() {
            tally.words(Uncertainty::NatureUnclear, place, "call_title", &title);
        }
        let region = region::province(&province).ok_or(Fault::UnknownRegion).map_err(self.call.refused("region"))?;
        let estimate = self.estimate(place, tally);
        let mut description = format!("发布平台：{office}");
        self.describe(&mut description, place, tally)?;
        let made = (|| {
            Ok(Adoption {
                numbers_confirmed: None,
                title: tally.line(&title, place)?,
                procuring_unit: party(unit(&title, &operator), place, tally)?,
                centre: centre.clone(),
                nature,
                region,
                lots: vec![Lot {
                    id: only_lot()?,
                    title: tally.line(&title, place)?,
                    description: tally.optional_prose(&description, "soe_notices.clauses", place),
                    estimate,
                    ceiling: None,
                    winners: None,
                }],
                windows: adopted::windows(PUBLICITY_DAYS_MIN),
                source: tally.line(&source, place)?,
                reason: tally
                    .prose("采购公告由来源平台发布，不在本日志内；所载要求与时间见标段说明中的原文。", place)?,
            })
        })();
        let adoption = made.map_err(self.call.refused("title"))?;
        self.finish(&title, &operator, &office, &province, tally);
        Ok(step(at, Signatory::Supervisor, &code, adoption))
    }

    /// What the call asks for, then what each pre-announcement said that the call does not say again.
    fn describe(&mut self, description: &mut String, place: &str, tally: &mut Tally) -> Result<(), ImportError> {
        let mut called = Vec::new();
        for (field, name) in CLAUSES {
            let Some(text) = self.call.optional(field) else { continue };
            description.push_str(&format!("\n{name}：{text}"));
            called.push((field, text));
        }
        for (field, name) in TIMES {
            let Some(text) = self.call.optional(field) else { continue };
            description.push_str(&format!("\n{name}：{text}"));
            tally.words(Uncertainty::DeadlineUnsigned, place, field, &text);
        }
        for (pair, disclosed) in &mut self.pairs {
            let title = pair.text("pre_title")?;
            let day = pair.day("pre_date")?;
            let at = source(disclosed).unwrap_or_default();
            description.push_str(&format!("\n预公告（{day}）：{title} {at}"));
            for (field, name) in CLAUSES.into_iter().chain(TIMES) {
                let Some(text) = disclosed.optional(field) else { continue };
                let again = called.iter().any(|(other, said)| *other == field && same_words(said, &text));
                description.push_str(&if again {
                    format!("\n{name}：与采购公告相同")
                } else {
                    format!("\n{name}：{text}")
                });
            }
            disclosed.repeats("title", |text| text == title);
            time(disclosed, day);
            repeats_kind(disclosed, false);
        }
        Ok(())
    }

    /// What it is estimated at, where all notices that state it agree.
    fn estimate(&mut self, place: &str, tally: &mut Tally) -> Option<Money> {
        let disclosed = self.pairs.iter_mut().filter_map(|(_, disclosed)| disclosed.optional("budget"));
        let mut texts: Vec<String> = disclosed.collect();
        texts.extend(self.call.optional("budget"));
        let read = |text: &String| price::parse(text).ok().and_then(|reading| reading.price.money());
        let amounts: Vec<Option<Money>> = texts.iter().map(read).collect();
        let reason = match amounts.as_slice() {
            [] => return None,
            [first, others @ ..] if first.is_some() && others.iter().all(|other| other == first) => return *first,
            amounts if amounts.iter().any(Option::is_none) => Uncertainty::ValueUnclear,
            _ => Uncertainty::SourcesDiffer,
        };
        tally.words(reason, place, "budget", &texts.join(" | "));
        None
    }

    fn finish(mut self, title: &str, operator: &str, office: &str, province: &str, tally: &mut Tally) {
        self.call.repeats("title", |text| text == title);
        repeats_kind(&mut self.call, true);
        for (mut pair, mut disclosed) in self.pairs {
            pair.value("kind");
            pair.repeats("call_title", |text| text == title);
            pair.value("call_date");
            disclosed.repeats("operator", |text| text == operator);
            disclosed.repeats("sourceName", |text| text == office);
            disclosed.repeats("region", |text| text == province);
            pair.finish(tally);
            disclosed.finish(tally);
        }
        self.call.finish(tally);
    }
}

/// The kind says again what the tender and its title say; one that says more stays unmapped.
fn repeats_kind(row: &mut Row, is_call: bool) {
    let (disclosed, called) = KINDS.split_at(2);
    for (kind, codes) in if is_call { called } else { disclosed } {
        row.repeats("category", |text| text == *kind);
        for field in ["publishOneType", "noticeType"] {
            row.repeats(field, |text| codes.split(' ').any(|code| code == text));
        }
    }
}

/// When it was published: to the second where it says so, else in the morning of the day.
fn time(row: &mut Row, day: NaiveDate) -> Instant {
    row.repeats("date", |text| text == day.to_string());
    let exact = row.optional("createDate").and_then(|text| when::read(&text)).filter(|at| at.day == day);
    exact.unwrap_or(when::Stated { day, time: None }).instant_or(when::morning())
}

/// Where it stands, and under which number of its portal.
fn source(row: &mut Row) -> Option<String> {
    let number = row.optional("projectNo").map(|number| format!("编号：{number}"));
    let source: Vec<String> = row.optional("url").into_iter().chain(number).collect();
    (!source.is_empty()).then(|| source.join(" "))
}

/// The title without the kind of its notice: `…采购项目_询比公告`.
fn subject(title: &str) -> &str {
    let title = title.strip_suffix("公告").unwrap_or(title);
    let kinds = [
        "直接采购信息",
        "直接采购",
        "询比（比选）",
        "询比（询价）",
        "询比",
        "询价",
        "比选",
        "招标",
        "谈判",
        "磋商",
        "采购",
    ];
    match title.rsplit_once(['_', '-']) {
        Some((subject, kind)) if kinds.contains(&kind) => subject,
        _ => kinds[..kinds.len() - 1].iter().find_map(|kind| title.strip_suffix(kind)).unwrap_or(title),
    }
}

/// The company that the title begins with, up to its first number, else the operator.
fn unit<'a>(title: &'a str, operator: &'a str) -> &'a str {
    let name = title.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default().trim();
    if name.starts_with(operator) && name.ends_with("公司") { name } else { operator }
}

/// Whether two texts say the same but for white space, punctuation and a heading before one of them.
fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // A heading is short and ends with a colon, so that a 不 before a text is none.
    let body = |text: &str| {
        let heading = text.split_once(['：', ':']).filter(|(heading, _)| heading.chars().count() <= HEADING_CHARS_MAX);
        heading.map(|(_, body)| words(body))
    };
    let (whole, whole_other) = (words(one), words(other));
    let same = whole == whole_other || body(one).is_some_and(|body| body == whole_other);
    !whole.is_empty() && !whole_other.is_empty() && (same || body(other).is_some_and(|body| body == whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_none() {
        assert!(same_words("采购 3 辆车，详见附件", "采购3辆车，详见附件。"));
        assert!(same_words("（2）采购需求概况及规模：采购3辆车。", "采购3辆车"));
        assert!(!same_words("采购3辆车", "采购4辆车"));
        assert!(!same_words("采购3辆车", ""));
        assert!(!same_words("不采购3辆车", "采购3辆车"));
    }

    #[test]
    fn a_title_has_a_subject_and_a_unit() {
        for (title, expected) in [
            ("某项目_询比公告", "某项目"),
            ("某项目-询比（比选）公告", "某项目"),
            ("某服务采购项目招标公告", "某服务采购项目"),
            ("某服务采购公告", "某服务采购"),
            ("某项目", "某项目"),
        ] {
            assert_eq!(subject(title), expected);
        }
        assert_eq!(unit("中国某某甲省公司2026年乙项目", "中国某某"), "中国某某甲省公司");
        assert_eq!(unit("丙市地铁12号线", "中国某某"), "中国某某");
    }
}
