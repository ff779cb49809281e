//! What became of what the source says: what was taken as a fact, what stayed in its words and why, what has no place, and what
//! was not imported at all. Nothing is left out of it in silence.

use super::{markup, price};
use crate::field::{Bilingual, Fault, Line, Price, Prose};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Places that a note names before it only counts.
const PLACES_MAX: usize = 8;
/// How a note is worded that is about the files rather than one tender.
const EVERYWHERE: &str = "";

/// What was imported, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub pairs_candidate_award: usize,
    pub pairs_preannouncement_call: usize,
    pub tenders: usize,
    pub steps: usize,
    /// Values of the source that an act says, or that place or time it.
    pub mapped: usize,
    /// How often what kind of fact stayed in the source's words.
    pub in_words: Vec<InWords>,
    /// What was not imported at all, and why.
    pub not_imported: Vec<NotImported>,
    /// Values that no act has a field for, by file and field; a list counts its members.
    pub unmapped: BTreeMap<String, usize>,
    /// Everything else that a reader must know, with how often and where.
    pub notes: Vec<Bilingual>,
    /// Each fact that stayed in words.
    pub words: Vec<Quoted>,
}

/// Why something is not signed as a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Uncertainty {
    PriceUnclear,
    TotalDiffers,
    PriceUnstated,
    PriceOfSeveral,
    TableShifted,
    SourcesDiffer,
    RowWithoutPrice,
    BidderTwice,
    ConsortiumUnclear,
    NatureUnclear,
    RegionUnknown,
    DeadlineUnsigned,
    PeriodUnclear,
    ValueUnclear,
}

/// A reason, what it means, and how often it stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InWords {
    pub reason: Uncertainty,
    pub count: usize,
    #[serde(flatten)]
    pub meaning: Bilingual,
}

/// A fact that stayed in the source's words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Quoted {
    pub reason: Uncertainty,
    /// A tender's code, as a rule.
    pub at: String,
    pub field: String,
    pub text: String,
}

/// A row, or what hangs together in several, of which nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotImported {
    pub at: String,
    #[serde(flatten)]
    pub why: Bilingual,
}

impl Uncertainty {
    fn meaning(self) -> Bilingual {
        let (zh, en) = match self {
            Self::PriceUnclear => ("报价不是一个含义明确的金额或费率", "the price is not plainly one amount or rate"),
            Self::TotalDiffers => ("总价与其分项之和不符", "a total is not the sum of its parts"),
            Self::PriceUnstated => {
                ("中标公告未载明中标价", "the award notice states no price: the published one is not put in its place")
            }
            Self::PriceOfSeveral => (
                "同一表中几个投标人的金额完全相同，无从核实是否错行",
                "several bidders of a table have the same amount, and nothing else confirms it",
            ),
            Self::TableShifted => (
                "候选人表错行、缺行或不含中标人，报价未对应到任何投标人",
                "the table of candidates is shifted, has gaps or lacks the winner: its prices are nobody's",
            ),
            Self::SourcesDiffer => ("同一事项在两处所载不同", "two places of the source say different things"),
            Self::RowWithoutPrice => {
                ("候选人表中无报价的行，不作候选人", "a row without a price in the table of candidates is no candidate")
            }
            Self::BidderTwice => {
                ("同一单位在候选人表中出现两次，仅取前者", "a bidder stands twice in the table; the first row is taken")
            }
            Self::ConsortiumUnclear => {
                ("联合体成员无法分清，整体作为一个名称", "the members of a consortium can't be told apart: one name")
            }
            Self::NatureUnclear => ("无法确定属工程、货物还是服务", "works, goods or services: the source doesn't say"),
            Self::RegionUnknown => {
                ("行政区划不在代码表内，只记到所属城市", "a region outside the code table: the city alone is entered")
            }
            Self::DeadlineUnsigned => (
                "截止、开标、获取文件的时间只作文字，不作为期限",
                "deadlines, openings and sales of documents stand as words and bind nobody",
            ),
            Self::PeriodUnclear => (
                "公示期未能读出或短于法定，按法定最短 3 日计",
                "the publicity's length can't be read or is below the law's: its 3 days are taken",
            ),
            Self::ValueUnclear => ("该值不合其字段的形式", "the value has not the form of its field"),
        };
        Bilingual::new(zh, en)
    }
}

/// A note in Chinese and in English.
pub(super) type Words = (&'static str, &'static str);

/// Counts, notes and words of a part of the source; that of a part which is given up is dropped with it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    mapped: usize,
    unmapped: BTreeMap<String, usize>,
    notes: BTreeMap<Words, Vec<String>>,
    words: Vec<Quoted>,
    not_imported: Vec<NotImported>,
}

impl Tally {
    pub fn mapped(&mut self, values: usize) {
        self.mapped += values;
    }

    pub fn unmapped(&mut self, field: impl Into<String>, values: usize) {
        if values > 0 {
            *self.unmapped.entry(field.into()).or_default() += values;
        }
    }

    /// Notes that `what` happened at `place`, a tender's code as a rule.
    pub fn note(&mut self, what: Words, place: &str) {
        self.notes.entry(what).or_default().push(place.to_owned());
    }

    /// Notes something about the import as a whole.
    pub fn remark(&mut self, what: Words) {
        self.notes.insert(what, vec![EVERYWHERE.to_owned()]);
    }

    /// A fact stays in the source's words.
    pub fn words(&mut self, reason: Uncertainty, at: &str, field: &str, text: &str) {
        self.words.push(Quoted { reason, at: at.to_owned(), field: field.to_owned(), text: text.to_owned() });
    }

    /// Nothing is imported of what stands there.
    pub fn refuse(&mut self, at: impl Into<String>, why: impl Into<Bilingual>) {
        self.not_imported.push(NotImported { at: at.into(), why: why.into() });
    }

    /// Takes over what a part of the source has come to.
    pub fn merge(&mut self, part: Self) {
        self.mapped += part.mapped;
        for (field, values) in part.unmapped {
            self.unmapped(field, values);
        }
        for (what, places) in part.notes {
            self.notes.entry(what).or_default().extend(places);
        }
        self.words.extend(part.words);
        self.not_imported.extend(part.not_imported);
    }

    /// One line of text. Markup and deceptive characters are taken out and line breaks made spaces, and both are noted.
    pub fn line<const MAX: usize>(&mut self, text: &str, place: &str) -> Result<Line<MAX>, Fault> {
        self.text(text, place, |text| Line::new(text))
    }

    /// Running text, as [`Self::line`].
    pub fn prose<const MAX: usize>(&mut self, text: &str, place: &str) -> Result<Prose<MAX>, Fault> {
        self.text(text, place, |text| Prose::new(text))
    }

    /// Reads a price, and tells where it stayed in words.
    pub fn price(&mut self, text: &str, field: &str, place: &str) -> Result<Price, Fault> {
        let reading = price::parse(self.prose::<2000>(text, place)?.as_str())?;
        if let Some(reason) = reading.unread {
            self.words(reason, place, field, text);
        }
        Ok(reading.price)
    }

    /// Text for a field that may stay empty: what does not fit is not cut but left out, and counted under `field`.
    pub fn optional_prose<const MAX: usize>(&mut self, text: &str, field: &str, place: &str) -> Option<Prose<MAX>> {
        match self.prose(text, place) {
            Ok(prose) => Some(prose),
            Err(_) => {
                self.unmapped(format!("{field} (too long)"), 1);
                None
            }
        }
    }

    fn text<T>(&mut self, text: &str, place: &str, make: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
        let plain = markup::plain(text);
        if plain != text {
            self.note(("文字中的标记已去除", "markup was taken out of a text"), place);
        }
        let mut text = plain.trim().to_owned();
        loop {
            match make(&text) {
                Err(Fault::ForbiddenCharacter { code_point }) => {
                    let Some(forbidden) = char::from_u32(code_point) else {
                        return Err(Fault::ForbiddenCharacter { code_point });
                    };
                    if matches!(forbidden, '\n' | '\r' | '\t') {
                        self.note(
                            ("单行文字中的换行已改为空格", "a line break in a one-line text became a space"),
                            place,
                        );
                        text = text.replace(forbidden, " ");
                    } else {
                        self.note(
                            (
                                "文字中的欺骗性字符或控制字符已去除",
                                "a deceptive or control character was taken out of a text",
                            ),
                            place,
                        );
                        text = text.replace(forbidden, "");
                    }
                }
                made => return made,
            }
        }
    }

    /// The report, but for what the steps say.
    pub fn finish(mut self) -> ImportReport {
        self.words.sort();
        let in_words = self.words.chunk_by(|one, other| one.reason == other.reason).map(|alike| InWords {
            reason: alike[0].reason,
            count: alike.len(),
            meaning: alike[0].reason.meaning(),
        });
        ImportReport {
            mapped: self.mapped,
            in_words: in_words.collect(),
            not_imported: self.not_imported,
            unmapped: self.unmapped,
            notes: self.notes.into_iter().map(|(what, places)| note_of(what, &places)).collect(),
            words: self.words,
            ..ImportReport::default()
        }
    }
}

fn note_of((zh, en): Words, places: &[String]) -> Bilingual {
    if places.iter().all(|place| place == EVERYWHERE) {
        return Bilingual::new(zh, en);
    }
    let (count, named) = (places.len(), places.iter().take(PLACES_MAX).map(String::as_str).collect::<Vec<_>>());
    let (more_zh, more_en) = if count > PLACES_MAX { ("等", ", …") } else { ("", "") };
    let (in_chinese, in_english) = (named.join("、"), named.join(", "));
    Bilingual::new(
        format!("{zh}：{count} 处（{in_chinese}{more_zh}）"),
        format!("{en}: {count} ({in_english}{more_en})"),
    )
}

/// How many values a JSON value holds: lists and objects count their members, what says nothing counts none.
pub(super) fn weight(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::String(text) => usize::from(!super::source::says_nothing(text)),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::Bool(_) | Value::Number(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed_in_silence() {
        let mut tally = Tally::default();
        assert_eq!(tally.line::<9>(" 甲\u{200B}乙\n丙 ", "T-1").unwrap().as_str(), "甲乙 丙");
        assert_eq!(tally.prose::<9>("甲\n乙", "T-1").unwrap().as_str(), "甲\n乙");
        assert_eq!(tally.optional_prose::<2>("甲乙丙", "f.text", "T-1"), None);
        let report = tally.finish();
        assert_eq!(report.unmapped["f.text (too long)"], 1);
        assert_eq!(report.notes.len(), 2, "{:?}", report.notes);
        assert!(report.notes.iter().all(|note| note.en.ends_with(": 1 (T-1)") && note.zh.ends_with("：1 处（T-1）")));
    }

    #[test]
    fn what_stays_in_words_is_counted_by_reason_and_listed() {
        let (mut tally, mut part) = (Tally::default(), Tally::default());
        part.words(Uncertainty::PriceUnclear, "T-2", "price", "57%");
        part.refuse("file:3", ("缺少", "missing"));
        tally.words(Uncertainty::NatureUnclear, "T-1", "title", "某项目");
        tally.words(Uncertainty::PriceUnclear, "T-1", "price", "-5%");
        tally.merge(part);
        let report = tally.finish();
        let counted: Vec<_> = report.in_words.iter().map(|counted| (counted.reason, counted.count)).collect();
        assert_eq!(counted, [(Uncertainty::PriceUnclear, 2), (Uncertainty::NatureUnclear, 1)]);
        assert_eq!((report.words.len(), report.not_imported.len()), (3, 1));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(
            (&json["in_words"][0]["reason"], &json["words"][0]["text"]),
            (&"price-unclear".into(), &"-5%".into())
        );
        assert!(json["not_imported"][0]["zh"].is_string());
    }
}
