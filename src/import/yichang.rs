//! Candidate notice → award notice: an adopted tender, its candidates, its award.

use super::parties::{is_bidder, nature, normalised, party, same_bidder, yichang_region};
use super::source::{Row, chinese_days, instant, rows, rows_by, shanghai};
use super::tally::Tally;
use super::{ImportError, Signatory, Step, Texts, award, claims, price};
use crate::calendar::{Calendar, Roll};
use crate::field::{Citations, Fault, Instant, Line, LotId, OrganisationId, Price, Prose, RegionCode, TenderCode};
use crate::tender::{
    Adoption, AmountConfirmation, Award, Candidate, CandidatePublication, Lot, PriceDifference, Window, WindowUnit,
    Windows, are_far_apart, are_well_ranked,
};
use chrono::{NaiveDate, NaiveTime};
use std::collections::BTreeSet;

/// 招标投标法实施条例 art. 54: no candidate is published for less.
const PUBLICITY_DAYS_MIN: u16 = 3;
/// What the notices' own objection clauses say: answered within 3 days, escalated within 10.
const ANSWER_DAYS: u16 = 3;
const ESCALATION_DAYS: u16 = 10;
const SECOND: i64 = 1000;

/// Maps the pairs; the number of them.
pub(super) fn map(
    texts: Texts<'_>,
    centre: &OrganisationId,
    calendar: &Calendar,
    tally: &mut Tally,
    steps: &mut Vec<Step>,
) -> Result<usize, ImportError> {
    let mut candidates = rows_by(texts, "yichang_candidates.jsonl", "yichang_candidates", "infoid")?;
    let mut awards = rows_by(texts, "yichang_awards.jsonl", "yichang_awards", "infoid")?;
    let mut full = rows_by(texts, "yichang_candidates_full.jsonl", "yichang_candidates_full", "infoid")?;
    let pairs = rows(texts, "yichang_candidate_award_pairs.jsonl", "yichang_candidate_award_pairs")?;
    let mut codes = BTreeSet::new();
    let count = pairs.len();
    for mut pair in pairs {
        let notice_id = pair.text("candidate_infoid")?;
        let award_id = pair.text("award_infoid")?;
        let unjoined = |file, id: &str| ImportError::Unjoined { at: pair.at.clone(), file, id: id.to_owned() };
        let notice = candidates.remove(&notice_id).ok_or_else(|| unjoined("yichang_candidates.jsonl", &notice_id))?;
        let award = awards.remove(&award_id).ok_or_else(|| unjoined("yichang_awards.jsonl", &award_id))?;
        let full = full.remove(&notice_id);
        let section = pair.text("section_id")?;
        let code = code(&section, &mut codes, tally).map_err(pair.refused("section_id"))?;
        Pair { code, section, pair, notice, award, full, said: Vec::new() }.map(centre, calendar, tally, steps)?;
    }
    for (what, left) in [
        ("a candidate notice is in no pair", candidates.into_keys().collect::<Vec<_>>()),
        ("an award notice is in no pair", awards.into_keys().collect()),
        ("a full candidate notice is in no pair", full.into_keys().collect()),
    ] {
        for id in left {
            tally.note(what, &id);
        }
    }
    tally.remark(REMARK_RANKS);
    tally.remark(REMARK_SEALS);
    tally.remark(REMARK_PRICES);
    Ok(count)
}

const REMARK_RANKS: &str = "the place in a list of candidates is no rank (where notices say that they rank, the first \
    always won; where they say that they do not, any did): a rank stands only where the full notice says so";
const REMARK_SEALS: &str = "persons are sealed under salts that follow from their pseudonyms: the same pseudonym gives \
    the same seal";

/// The tender's code is the section's; a second tender of the same section gets a suffix.
pub(super) fn code(wanted: &str, taken: &mut BTreeSet<String>, tally: &mut Tally) -> Result<TenderCode, Fault> {
    let mut text = wanted.trim().to_owned();
    let mut n = 1;
    while !taken.insert(text.clone()) {
        n += 1;
        text = format!("{}-{n}", wanted.trim());
    }
    if n > 1 {
        tally.note("a code stands on more than one pair; a suffix tells them apart", &text);
    }
    text.parse()
}

const REMARK_PRICES: &str = "names and terms of the parts of a price are kept without spaces and with brackets of one \
    width; a bare number below 1000 may be a percentage and stays in words";

struct Pair {
    code: TenderCode,
    section: String,
    pair: Row,
    notice: Row,
    award: Row,
    full: Option<Row>,
    /// Texts that an act says, to know repetitions by.
    said: Vec<String>,
}

fn days(count: u16) -> Window {
    Window { count, unit: WindowUnit::Day }
}

/// Of an award at another price than the publication's.
fn unexplained() -> Result<PriceDifference, Fault> {
    let reason = "中标公告所载价格与候选人公示不同，或表述不同；来源数据未载明理由。";
    Ok(PriceDifference { law: Line::new("来源数据未载明")?, reason: Prose::new(reason)? })
}

fn as_in_the_source() -> Result<AmountConfirmation, Fault> {
    Ok(AmountConfirmation { reason: Prose::new("按来源数据原样导入，未经核对。")? })
}

fn lot_id() -> Result<LotId, Fault> {
    "1".parse()
}

impl Pair {
    fn map(
        mut self,
        centre: &OrganisationId,
        calendar: &Calendar,
        tally: &mut Tally,
        steps: &mut Vec<Step>,
    ) -> Result<(), ImportError> {
        let winner = self.pair.text("winner")?;
        let code = self.code.clone();
        let place = code.as_str();
        let (published, publicity) = self.published(tally)?;
        let adopted = self.adoption(centre, publicity.days, tally)?;
        let source = adopted.source.clone();
        let publication = self.publication(&winner, publicity, source, tally)?;
        let published_at = published.plus_millis(SECOND);
        let window = days(adopted.windows.candidates.count).period();
        let over = calendar.end_of(published_at.shanghai_day(), window, Roll::default()).over_at();
        let award_day = self.award.day("publish_date")?;
        let award_at = shanghai(award_day, noon());
        if award_at <= over {
            tally.note(
                "the award came before the window as the log counts it was over; it is entered right after",
                place,
            );
        }
        let award = self.awarded(&winner, &publication.candidates, tally)?;
        let source = self.award_source(tally)?;
        let award = Award { source: Some(source), ..award };
        self.finish(&winner, published.shanghai_day(), award_day, tally);
        let step = |at, who, act| Step { at, who, tender: code.clone(), act };
        steps.push(step(published, Signatory::Supervisor, adopted.into()));
        steps.push(step(published_at, Signatory::Centre, publication.into()));
        steps.push(step(award_at.max(over.plus_millis(SECOND)), Signatory::Centre, award.into()));
        Ok(())
    }

    /// When the candidates were published, and for how long.
    fn published(&mut self, tally: &mut Tally) -> Result<(Instant, Publicity), ImportError> {
        let day = self.notice.day("publish_date")?;
        let mut period = self.notice.object("publicity_period", "yichang_candidates.publicity_period")?;
        let start = period.text("startDate")?;
        let end = period.text("endDate")?;
        let text = period.text("text")?;
        let at = instant(&start).filter(|at| at.shanghai_day() == day).unwrap_or_else(|| {
            tally.note(
                "the publicity does not begin on the day of publication; noon of that day is taken",
                self.code.as_str(),
            );
            shanghai(day, noon())
        });
        let length = instant(&end).map(|end| (end.shanghai_day() - at.shanghai_day()).num_days());
        let days =
            length.and_then(|days| u16::try_from(days).ok()).filter(|days| (PUBLICITY_DAYS_MIN..=60).contains(days));
        if days.is_none() {
            tally.note(
                "the publicity is shorter than 3 days or of unknown length; 3 days are taken",
                self.code.as_str(),
            );
        }
        period.finish(tally);
        Ok((at, Publicity { days: days.unwrap_or(PUBLICITY_DAYS_MIN), text }))
    }

    fn adoption(
        &mut self,
        centre: &OrganisationId,
        candidates: u16,
        tally: &mut Tally,
    ) -> Result<Adoption, ImportError> {
        let code = self.code.clone();
        let place = code.as_str();
        let title = self.notice.text("project_name")?;
        let lot_title = self.award.text("section_name")?;
        let tenderee = self.award.text("tenderee")?;
        let site = self.award.optional("place");
        let agency = self.award.optional("agency");
        let source = self.notice.text("source_url")?;
        self.said
            .extend([&title, &lot_title, &tenderee, &source].into_iter().chain(&agency).map(|text| normalised(text)));
        let lines = [("建设地点", &site), ("招标代理机构", &agency)];
        let about: Vec<String> =
            lines.into_iter().filter_map(|(name, text)| text.as_ref().map(|text| format!("{name}：{text}"))).collect();
        let about = (!about.is_empty()).then(|| about.join("\n"));
        let description = about.and_then(|text| tally.optional_prose(&text, "yichang_awards.place and agency", place));
        let reason = self.reason();
        let region = self.region(&[&title, &tenderee, site.as_deref().unwrap_or_default()]);
        let made = (|| {
            Ok(Adoption {
                title: tally.line(&title, place)?,
                procuring_unit: party(&tenderee, place, tally)?,
                centre: centre.clone(),
                nature: nature(&title),
                region: region.ok_or(Fault::UnknownRegion)?,
                lots: vec![Lot {
                    id: lot_id()?,
                    title: tally.line(&lot_title, place)?,
                    description,
                    estimate: None,
                    ceiling: None,
                    winners: None,
                }],
                windows: Windows {
                    objection: days(ANSWER_DAYS),
                    answer: days(ANSWER_DAYS),
                    escalation: days(ESCALATION_DAYS),
                    candidates: days(candidates),
                },
                source: tally.line(&source, place)?,
                reason: tally.prose(&reason, place)?,
            })
        })();
        made.map_err(self.notice.refused("project_name"))
    }

    /// Why the tender is adopted, and what the full notice says of its past.
    fn reason(&mut self) -> String {
        let mut reason = "招标公告与开标不在本日志内；自中标候选人公示起导入。".to_owned();
        let past = [("tender_notice_date", "招标公告日期"), ("bid_opening", "开标时间"), ("regulator", "行政监督部门")];
        for (field, name) in past {
            if let Some(text) = self.full.as_mut().and_then(|full| full.optional(field)) {
                reason.push_str(&format!("{name}：{text}。"));
            }
        }
        reason
    }

    fn region(&mut self, texts: &[&str]) -> Option<RegionCode> {
        let stated = self.full.as_mut().and_then(|full| {
            full.repeats("district", |_| true);
            full.optional("district_code")
        });
        stated.and_then(|code| code.parse().ok()).or_else(|| yichang_region(&self.section, texts))
    }

    fn publication(
        &mut self,
        winner: &str,
        publicity: Publicity,
        source: Line<500>,
        tally: &mut Tally,
    ) -> Result<CandidatePublication, ImportError> {
        let place = self.code.as_str();
        let clause = self.full.as_mut().and_then(|full| full.optional("objection_clause"));
        if let Some(full) = &mut self.full {
            full.repeats("publicity", |text| chinese_days(text) == chinese_days(&publicity.text));
        }
        let channel = clause.as_deref().unwrap_or("来源数据未载明提出异议的渠道，见原公示。");
        let channel = format!("{channel}\n公示期：{}", publicity.text);
        let mut candidates = claims::candidates(&mut self.notice, self.full.as_mut(), winner, place, tally)?;
        if !candidates.iter().any(|candidate| is_bidder(&candidate.bidder, winner)) {
            tally.note("the winner is not in the list as it was read; it is added as a last candidate", place);
            let price = self.award_price(tally)?.map_or_else(claims::unknown_price, Ok);
            let added = price.and_then(|price| claims::plain(winner, price, candidates.len() + 1, place, tally));
            candidates.push(added.map_err(self.pair.refused("winner"))?);
        }
        if !are_well_ranked(&candidates) {
            tally.note("the ranks of the full notice have gaps or are not of all candidates; none is taken", place);
            candidates.iter_mut().for_each(|candidate| candidate.rank = None);
        }
        let made = (|| {
            Ok(CandidatePublication {
                lot: lot_id()?,
                candidates,
                rejected: Vec::new(),
                committee: Vec::new(),
                channel: tally.prose(&channel, place)?,
                source: Some(source),
                documents: Citations::default(),
            })
        })();
        made.map_err(self.notice.refused("publicity_period"))
    }

    /// The price that the award notice states, if it states one.
    fn award_price(&self, tally: &mut Tally) -> Result<Option<Price>, ImportError> {
        let mut award = self.award.clone();
        if let Some(text) = award.optional("price_cny") {
            if let Some(money) = price::yuan(&text) {
                return Ok(Some(Price::Money(money)));
            }
            tally.unmapped("yichang_awards.price_cny (not exact)", 1);
        }
        let Some(text) = award.optional("price_promise") else { return Ok(None) };
        let text = tally.prose::<2000>(&text, self.code.as_str());
        text.and_then(|text| price::parse(text.as_str())).map(Some).map_err(self.award.refused("price_promise"))
    }

    fn awarded(&mut self, winner: &str, candidates: &[Candidate], tally: &mut Tally) -> Result<Award, ImportError> {
        let place = self.code.as_str();
        let mut matching = candidates.iter().filter(|candidate| is_bidder(&candidate.bidder, winner));
        let candidate = matching.next().ok_or_else(|| self.pair.missing("winner"))?;
        if matching.next().is_some() {
            tally.note("the winner stands twice in the list; the first is taken", place);
        }
        let stated = self.award_price(tally)?;
        // Their text is read; what they say is in the price.
        self.award.optional("price_cny");
        self.award.optional("price_promise");
        let price = match stated {
            Some(price) => {
                if price != candidate.price {
                    tally.note("the award states another price than the publication, or words it differently", place);
                }
                price
            }
            None => {
                tally.note("the award states no price; the publication's is taken", place);
                candidate.price.clone()
            }
        };
        let differs = price != candidate.price;
        let amounts = price.money().zip(candidate.price.money());
        let far = amounts.is_some_and(|(price, published)| are_far_apart(price, published));
        if far {
            tally.note("the award's amount is far from the publication's; it is entered as the source has it", place);
        }
        let reasons = match candidate.rank {
            Some(1) => None,
            Some(_) => {
                tally.note("a lower-ranked candidate won and the source says no reason", place);
                Some("来源数据未载明未选第一名的理由。")
            }
            None => (candidates.len() > 1).then_some("候选人不排序或来源数据未载明排序；来源数据未载明定标理由。"),
        };
        let scope = self.award.optional("scope");
        let scope = scope.and_then(|text| tally.optional_prose(&text, "yichang_awards.scope", place));
        let award::Winner { persons, quality, duration, certificates, remark } =
            award::winner(&mut self.award, place, tally)?;
        let made = (|| {
            Ok(Award {
                lot: lot_id()?,
                candidate: candidate.id.clone(),
                commitment: None,
                price_difference: differs.then(unexplained).transpose()?,
                confirmed: far.then(as_in_the_source).transpose()?,
                price,
                reasons: reasons.map(Prose::new).transpose()?,
                scope,
                duration,
                quality,
                persons,
                certificates,
                remark,
                source: None,
                documents: Citations::default(),
            })
        })();
        made.map_err(self.award.refused("winner"))
    }

    fn award_source(&mut self, tally: &mut Tally) -> Result<Line<500>, ImportError> {
        let source = self.award.text("source_url")?;
        tally.line(&source, self.code.as_str()).map_err(self.award.refused("source_url"))
    }

    /// Counts what is left; what only repeats is mapped.
    fn finish(mut self, winner: &str, published: NaiveDate, awarded: NaiveDate, tally: &mut Tally) {
        let said = std::mem::take(&mut self.said);
        // A notice's title is the project's name and the kind of notice.
        let repeated = |text: &str| said.iter().any(|said| normalised(text).starts_with(said.as_str()));
        for row in [Some(&mut self.notice), Some(&mut self.award), self.full.as_mut()].into_iter().flatten() {
            for field in ["title", "tenderee", "agency"] {
                row.repeats(field, repeated);
            }
            row.repeats("section_id", |text| text == self.section);
            row.repeats("published", |text| text.starts_with(&published.to_string()));
            row.repeats("notice_date", |text| text == awarded.to_string());
            row.repeats("winner", |text| same_bidder(text, winner));
        }
        self.pair.repeats("key", repeated);
        self.pair.repeats("candidate_publish", |text| text == published.to_string());
        self.pair.repeats("award_publish", |text| text == awarded.to_string());
        self.pair.value("winner_rank_as_listed");
        for row in [Some(self.pair), Some(self.notice), Some(self.award), self.full].into_iter().flatten() {
            row.finish(tally);
        }
    }
}

/// For how long, and in which words.
struct Publicity {
    days: u16,
    text: String,
}

fn noon() -> NaiveTime {
    NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()
}
