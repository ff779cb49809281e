//! Pre-announcement → call of state enterprises: a disclosed tender and its announcement.
//!
//! The notices rarely disclose in advance what the call then asks for. Such a call declares the differences; the log
//! reopens the window, and the same call is announced again at its end.

use super::parties::{method, nature, party, province, unit};
use super::source::{Row, chinese_days, rows, rows_by};
use super::tally::Tally;
use super::{ImportError, Signatory, Step, Texts, notice, price, yichang};
use crate::calendar::{Calendar, Roll, spans_at_least};
use crate::field::{Citations, ClauseId, Day, Fault, Instant, LotId, Money, OrganisationId, Prose, RegionCode};
use crate::law::Editions;
use crate::tender::{
    Announcement, Change, Clause, ClauseKind, Contact, Difference, Lot, Method, PlannedDates, Preannouncement, Window,
    WindowUnit, Windows,
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The files don't say how long opinions were taken.
const OBJECTION: Window = Window { count: 1, unit: WindowUnit::Day };
/// 招标投标法实施条例 art. 22, 54 and 60, where no notice says otherwise.
const ANSWER: Window = Window { count: 3, unit: WindowUnit::Day };
const ESCALATION: Window = Window { count: 10, unit: WindowUnit::Day };
const CANDIDATES: Window = Window { count: 3, unit: WindowUnit::Day };
const MINUTE: i64 = 60_000;
/// A heading that one of two equal texts has and the other has not.
const HEADING_CHARS_MAX: usize = 20;
const NOTICES: &str = "soe_notices";

/// Maps the pairs; the number of them.
pub(super) fn map(
    texts: Texts<'_>,
    centre: &OrganisationId,
    calendar: &Calendar,
    tally: &mut Tally,
    steps: &mut Vec<Step>,
) -> Result<usize, ImportError> {
    let notices = rows_by(texts, "soe_notices.jsonl", NOTICES, "id")?;
    let pairs = rows(texts, "soe_preannounce_call_pairs.jsonl", "soe_preannounce_call_pairs")?;
    let (mut codes, mut used) = (BTreeSet::new(), BTreeSet::new());
    let count = pairs.len();
    for mut pair in pairs {
        let disclosed_id = pair.text("pre_id")?;
        let call_id = pair.text("call_id")?;
        let disclosed = find(&notices, &pair, &disclosed_id)?;
        let call = find(&notices, &pair, &call_id)?;
        let code = yichang::code(&call_id, &mut codes, tally).map_err(pair.refused("call_id"))?;
        if !used.insert(disclosed_id.clone()) {
            tally.note("one pre-announcement stands for several calls; it is entered with each", code.as_str());
        }
        used.insert(call_id);
        let place = code.to_string();
        let acts = Pair { place: &place, pair, disclosed, call, tally }.map(centre, calendar)?;
        steps.extend(acts.into_iter().map(|(at, act)| Step { at, who: Signatory::Centre, tender: code.clone(), act }));
    }
    tally.unmapped("soe_notices (in no pair)", notices.len().saturating_sub(used.len()));
    for remark in [REMARK_WINDOW, REMARK_DEADLINE, REMARK_OPENING] {
        tally.remark(remark);
    }
    Ok(count)
}

const REMARK_WINDOW: &str = "pre-announcements of state enterprises name no length of the objection window: 1 day is \
    assumed, answers 3 days, escalation 10 days, candidates 3 days";
const REMARK_DEADLINE: &str = "a call's bid deadline and opening are hardly ever in the data: where they are not, the \
    end of the sale of documents stands for both, else the day of the call";
const REMARK_OPENING: &str = "the openings of these calls are not in the data, so the service may say that a day of \
    opening passed";

fn find(notices: &BTreeMap<String, Row>, pair: &Row, id: &str) -> Result<Row, ImportError> {
    let unjoined = || ImportError::Unjoined { at: pair.at.clone(), file: "soe_notices.jsonl", id: id.to_owned() };
    notices.get(id).cloned().ok_or_else(unjoined)
}

type Acts = Vec<(Instant, crate::tender::Act)>;

struct Pair<'a> {
    place: &'a str,
    pair: Row,
    disclosed: Row,
    call: Row,
    tally: &'a mut Tally,
}

/// When a window that opens at an instant is over.
fn over(at: Instant, calendar: &Calendar) -> Instant {
    calendar.end_of(at.shanghai_day(), OBJECTION.period(), Roll::default()).over_at()
}

impl Pair<'_> {
    fn map(mut self, centre: &OrganisationId, calendar: &Calendar) -> Result<Acts, ImportError> {
        let (disclosed_at, called_at) = self.times()?;
        let title = self.pair.text("pre_title")?;
        let call_title = self.pair.text("call_title")?;
        let first_end = over(disclosed_at, calendar);
        if called_at < disclosed_at {
            self.note("the call came before its pre-announcement (solicited again); it is entered after the window");
        } else if called_at < first_end {
            self.note("the call came before the window as the log counts it was over; it is entered right after");
        }
        let announced_at = called_at.max(first_end.plus_millis(MINUTE));
        let clauses = self.disclosed_clauses(&title)?;
        let (called, differences) = self.called_clauses(&clauses)?;
        // A new window, when the call asks for what was not disclosed.
        let material = differences.iter().any(|difference| {
            let clause = called.iter().find(|clause| clause.id == difference.clause);
            clause.is_some_and(|clause| clause.kind.is_material())
        });
        let again_at = if material { Some(over(announced_at, calendar).plus_millis(MINUTE)) } else { None };
        let last_day = again_at.unwrap_or(announced_at).shanghai_day();
        let deadline = self.deadline(called_at.shanghai_day(), &called);
        let bid_deadline = deadline.unwrap_or(last_day).max(last_day);
        let announce = announced_at.shanghai_day();
        let planned =
            PlannedDates { announce: announce.into(), bid_deadline: bid_deadline.into(), open: bid_deadline.into() };
        let preannouncement = self.preannouncement(centre, (&title, &call_title), clauses, planned, last_day)?;
        let source = notice::source(&mut self.call, self.place, self.tally).map_err(self.pair.refused("url"))?;
        let announcement = |differences| Announcement {
            clauses: called.clone(),
            score_table: Vec::new(),
            differences,
            bid_deadline: bid_deadline.into(),
            open: bid_deadline.into(),
            document_sale: None,
            source: source.clone(),
            documents: Citations::default(),
        };
        let mut acts: Acts =
            vec![(disclosed_at, preannouncement.into()), (announced_at, announcement(differences).into())];
        if let Some(again_at) = again_at {
            self.note(
                "the call differs materially from what was disclosed: the window opens again, the call is repeated",
            );
            acts.push((again_at, announcement(Vec::new()).into()));
        }
        self.finish(&title, &call_title);
        Ok(acts)
    }

    fn note(&mut self, what: &'static str) {
        self.tally.note(what, self.place);
    }

    /// The times of the two notices.
    fn times(&mut self) -> Result<(Instant, Instant), ImportError> {
        let disclosed = notice::time(&mut self.disclosed, self.pair.day("pre_date")?);
        let called = notice::time(&mut self.call, self.pair.day("call_date")?);
        Ok((disclosed, called))
    }

    fn clause(&mut self, id: &str, kind: ClauseKind, text: &str) -> Result<Clause, ImportError> {
        let made =
            id.parse::<ClauseId>().and_then(|id| Ok(Clause { id, kind, text: self.tally.prose(text, self.place)? }));
        made.map_err(self.pair.refused("clauses"))
    }

    /// The clauses that a notice states.
    fn stated(&mut self, is_call: bool) -> Result<Vec<Clause>, ImportError> {
        const FIELDS: [(&str, &str, ClauseKind); 4] = [
            ("qualification", "q-1", ClauseKind::Qualification),
            ("performance", "q-2", ClauseKind::Qualification),
            ("purchaseContent", "t-1", ClauseKind::Technical),
            ("saleTime", "s-1", ClauseKind::Schedule),
        ];
        let mut clauses = Vec::new();
        for (field, id, kind) in FIELDS {
            let row = if is_call { &mut self.call } else { &mut self.disclosed };
            let Some(text) = row.optional(field) else { continue };
            let text = if field == "saleTime" { format!("采购文件获取时间：{text}") } else { text };
            clauses.push(self.clause(id, kind, &text)?);
        }
        Ok(clauses)
    }

    /// At least what is bought: a notice whose clauses are all in its attachments is known by its title.
    fn disclosed_clauses(&mut self, title: &str) -> Result<Vec<Clause>, ImportError> {
        let mut clauses = self.stated(false)?;
        if clauses.is_empty() {
            self.note(
                "the pre-announcement's clauses are in attachments that the data lacks; its title stands for them",
            );
            clauses.push(self.clause("subject", ClauseKind::Technical, title)?);
        }
        Ok(clauses)
    }

    /// The call's clauses, and how they differ: what the call's data does not repeat is taken to stand.
    fn called_clauses(&mut self, disclosed: &[Clause]) -> Result<(Vec<Clause>, Vec<Difference>), ImportError> {
        let stated = self.stated(true)?;
        let (mut clauses, mut differences) = (disclosed.to_vec(), Vec::new());
        for clause in stated {
            let (change, reason) = match clauses.iter_mut().find(|before| before.id == clause.id) {
                Some(before) if same_words(before.text.as_str(), clause.text.as_str()) => {
                    if before.text != clause.text {
                        let what =
                            "the call words a clause the same but for marks or a heading; the disclosed text is kept";
                        self.tally.note(what, self.place);
                    }
                    continue;
                }
                Some(before) => {
                    *before = clause.clone();
                    (Change::Changed, "采购公告的文字与预公告不同。")
                }
                None => {
                    clauses.push(clause.clone());
                    (Change::Added, "采购公告载明，预公告未列示。")
                }
            };
            let reason = Prose::new(reason).map_err(self.pair.refused("clauses"))?;
            differences.push(Difference { clause: clause.id, change, reason });
        }
        Ok((clauses, differences))
    }

    /// The last day for bids: stated, or at least the end of the sale of documents.
    fn deadline(&mut self, called: NaiveDate, clauses: &[Clause]) -> Option<NaiveDate> {
        let last = |text: &str| chinese_days(text).last().copied().filter(|day| *day >= called);
        if let Some(text) = self.call.optional("deadline") {
            if let Some(day) = last(&text) {
                return Some(day);
            }
            self.note("the call's deadline lies before the call or is no day; it is left out");
            self.tally.unmapped("soe_notices.deadline (not plausible)", 1);
        }
        clauses.iter().find(|clause| clause.kind == ClauseKind::Schedule).and_then(|clause| last(clause.text.as_str()))
    }

    fn preannouncement(
        &mut self,
        centre: &OrganisationId,
        (title, call_title): (&str, &str),
        clauses: Vec<Clause>,
        planned: PlannedDates,
        last_announced: NaiveDate,
    ) -> Result<Preannouncement, ImportError> {
        let (method, reason) = self.method(call_title, planned.bid_deadline.day(), last_announced)?;
        let estimate = self.estimate();
        let region = self.region()?;
        let operator = self.disclosed.text("operator")?;
        self.call.repeats("operator", |text| text == operator);
        let office = self.disclosed.text("sourceName")?;
        self.call.repeats("sourceName", |text| text == office);
        let source = notice::source(&mut self.disclosed, self.place, self.tally).map_err(self.pair.refused("url"))?;
        let (tally, place) = (&mut *self.tally, self.place);
        let made = (|| {
            Ok(Preannouncement {
                title: tally.line(title, place)?,
                procuring_unit: party(unit(call_title, &operator), place, tally)?,
                centre: centre.clone(),
                nature: nature(call_title),
                method,
                method_reason: reason,
                region,
                category: None,
                lots: vec![Lot {
                    id: lot_id()?,
                    title: tally.line(call_title, place)?,
                    description: None,
                    estimate,
                    ceiling: None,
                    winners: None,
                }],
                estimate,
                funding: None,
                clauses,
                score_table: Vec::new(),
                commitment_template: None,
                planned,
                windows: Windows {
                    objection: OBJECTION,
                    answer: ANSWER,
                    escalation: ESCALATION,
                    candidates: CANDIDATES,
                },
                contact: Contact {
                    office: tally.line::<200>(&office, place)?,
                    person: None,
                    phone: None,
                    address: None,
                },
                source,
                documents: Citations::default(),
            })
        })();
        made.map_err(self.pair.refused("pre_title"))
    }

    /// By the words of the call's title. An open tender without a known deadline can't be entered as one: its planned
    /// span must be 20 days at least (招标投标法 art. 24), and a deadline is not made up to fit.
    fn method(
        &mut self,
        title: &str,
        deadline: Day,
        announced: NaiveDate,
    ) -> Result<(Method, Option<Prose<2000>>), ImportError> {
        let (method, word) = method(title).unwrap_or_else(|| {
            self.tally.note("the call's title names no method; inquiry is taken", self.place);
            (Method::Inquiry, "采购")
        });
        let edition = Editions::newest();
        let span = &edition.windows.bidding;
        let method = match method {
            Method::Open if !spans_at_least(announced, deadline.date(), span.days) => {
                self.note("a 招标公告 without a known deadline 20 days off is entered as an inquiry, and says so");
                Method::Inquiry
            }
            method => method,
        };
        let reason = match (method, word) {
            (Method::Inquiry, "招标") => "采购公告为招标公告，来源数据无投标截止时间，故不记作公开招标。".to_owned(),
            _ => format!("采购公告标题载明“{word}”，来源数据未载明理由。"),
        };
        let reason = Prose::new(reason).map_err(self.pair.refused("call_title"))?;
        Ok((method, Some(reason)))
    }

    /// What it is estimated at: by the pre-announcement, else by the call.
    fn estimate(&mut self) -> Option<Money> {
        let read = |text: String| price::parse(&text).ok().and_then(|price| price.money());
        let disclosed = self.disclosed.optional("budget").map(read);
        let called = self.call.optional("budget").map(read);
        for unread in [disclosed, called].into_iter().flatten().filter(Option::is_none) {
            let _: Option<Money> = unread;
            self.tally.unmapped("soe_notices.budget (not an amount)", 1);
        }
        let (disclosed, called) = (disclosed.flatten(), called.flatten());
        match (disclosed, called) {
            (Some(before), Some(after)) if before != after => {
                self.note("the call's budget differs from the pre-announcement's; an announcement has no field for it");
                self.tally.unmapped("soe_notices.budget (of the call)", 1);
            }
            (None, Some(_)) => self.note("only the call states a budget; it stands in the pre-announcement"),
            _ => {}
        }
        disclosed.or(called)
    }

    fn region(&mut self) -> Result<RegionCode, ImportError> {
        let name = self.disclosed.text("region")?;
        self.call.repeats("region", |text| text == name);
        province(&name).ok_or_else(|| self.disclosed.refused("region")(Fault::UnknownRegion))
    }

    fn finish(mut self, title: &str, call_title: &str) {
        self.pair.value("kind");
        self.disclosed.repeats("title", |text| text == title);
        self.call.repeats("title", |text| text == call_title);
        notice::repeats_kind(&mut self.disclosed, false, title);
        notice::repeats_kind(&mut self.call, true, call_title);
        for row in [self.pair, self.disclosed, self.call] {
            row.finish(self.tally);
        }
    }
}

fn lot_id() -> Result<LotId, Fault> {
    "1".parse()
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
}
