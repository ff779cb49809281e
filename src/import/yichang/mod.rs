//! Candidate notice → award notice: an adopted tender, its candidates, its award.

mod award;
mod certificate;
mod claims;
mod listing;

use super::adopted::{self, PUBLICITY_DAYS_MAX, PUBLICITY_DAYS_MIN, SECOND, award_time, only_lot, step};
use super::consortium::{is_bidder, normalised, party, same_bidder};
use super::nature::{self, nature};
use super::rehearsal::Rehearsal;
use super::report::{Tally, Uncertainty, Words};
use super::source::{Keyed, Row, rows};
use super::{ImportError, Signatory, Step, Texts, region, when};
use crate::calendar::Calendar;
use crate::field::{Citations, Fault, Instant, Line, Nature, OrganisationId, Price, RegionCode, TenderCode};
use crate::tender::{Adoption, Award, CandidatePublication, Lot, are_well_ranked};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Between the two parts of a key, neither of which has it.
const KEY_MARK: char = '\n';

/// The files of the centre's notices.
struct Notices {
    candidates: Keyed,
    /// By notice and section: one notice may award several.
    awards: Keyed,
    full: Keyed,
}

/// Maps the pairs; the number of them. What is wrong with a pair stops no other one.
pub(super) fn map(
    texts: Texts<'_>,
    rehearsal: &Rehearsal,
    centre: &OrganisationId,
    tally: &mut Tally,
    steps: &mut Vec<Step>,
) -> Result<usize, ImportError> {
    let id = |row: &mut Row| row.text("infoid");
    let awarded = |row: &mut Row| {
        let section = row.peek("section_id").and_then(|section| section.as_str()).unwrap_or_default().to_owned();
        Ok(format!("{}{KEY_MARK}{section}", row.text("infoid")?))
    };
    let mut notices = Notices {
        candidates: Keyed::read(texts, "yichang_candidates.jsonl", "yichang_candidates", id, tally)?,
        awards: Keyed::read(texts, "yichang_awards.jsonl", "yichang_awards", awarded, tally)?,
        full: Keyed::read(texts, "yichang_candidates_full.jsonl", "yichang_candidates_full", id, tally)?,
    };
    let pairs = rows(texts, "yichang_candidate_award_pairs.jsonl", "yichang_candidate_award_pairs", tally)?;
    let mut codes = BTreeSet::new();
    let mut count = 0;
    for pair in pairs {
        let at = pair.at.clone();
        let mut part = Tally::default();
        let mapped = Pair::find(pair, &mut notices, &mut codes, &mut part)
            .and_then(|pair| pair.map(centre, rehearsal.calendar(), &mut part))
            .map_err(|error| error.said())
            .and_then(|steps| rehearsal.play(&steps).map(|_| steps));
        match mapped {
            Ok(mapped) => {
                count += 1;
                tally.merge(part);
                steps.extend(mapped);
            }
            Err(why) => tally.refuse(at, why),
        }
    }
    for (what, keyed) in [
        (
            ("有候选人公示不在已导入的公告组中", "a candidate notice is in no pair that was imported"),
            &notices.candidates,
        ),
        (("有中标公告不在已导入的公告组中", "an award notice is in no pair that was imported"), &notices.awards),
        (
            ("有完整候选人公示不在已导入的公告组中", "a full candidate notice is in no pair that was imported"),
            &notices.full,
        ),
    ] {
        keyed.unused().for_each(|id| tally.note(what, &id.replace(KEY_MARK, " ")));
    }
    tally.remark(REMARK_RANKS);
    tally.remark(REMARK_SEALS);
    tally.remark(REMARK_PRICES);
    tally.remark(REMARK_PERIODS);
    Ok(count)
}

const REMARK_PERIODS: Words = (
    "承接项目的各期限由本日志自承接起计：异议、答复、投诉依法定期限，候选人公示依公告所载",
    "the periods of an adopted tender are those that this log counts from then on; for objections, answers and escalations \
     the law's, for candidates the notice's",
);
const REMARK_RANKS: Words = (
    "候选人名单中的位次不是排名（公告称排序的总是第一名中标，称不排序的则任一名中标）：只有完整公示载明的才记为排名",
    "the place in a list of candidates is no rank (where notices say that they rank, the first always won; where they say \
     that they do not, any did): a rank stands only where the full notice says so",
);
const REMARK_SEALS: Words = (
    "人员按其化名派生的盐封存：同一化名得到同一摘要",
    "persons are sealed under salts that follow from their pseudonyms: the same pseudonym gives the same seal",
);

/// The tender's code is the section's; a second tender of the same section gets a suffix.
pub(super) fn code(wanted: &str, taken: &mut BTreeSet<String>, tally: &mut Tally) -> Result<TenderCode, Fault> {
    let mut text = wanted.trim().to_owned();
    let mut n = 1;
    while !taken.insert(text.clone()) {
        n += 1;
        text = format!("{}-{n}", wanted.trim());
    }
    if n > 1 {
        tally.note(
            ("同一编号用于多组公告，以后缀区分", "a code stands on more than one pair; a suffix tells them apart"),
            &text,
        );
    }
    text.parse()
}

const REMARK_PRICES: Words = (
    "价格各部分的名称与条件去除空格、统一括号宽度；不带单位且小于 1000 的数可能是百分数，只作文字",
    "names and terms of the parts of a price are kept without spaces and with brackets of one width; a bare number below \
     1000 may be a percentage and stays in words",
);

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

impl Pair {
    /// The notices of a pair. One whose award notice is about another section is none.
    fn find(
        mut pair: Row,
        notices: &mut Notices,
        codes: &mut BTreeSet<String>,
        tally: &mut Tally,
    ) -> Result<Self, ImportError> {
        let notice_id = pair.text("candidate_infoid")?;
        let award_id = pair.text("award_infoid")?;
        let section = pair.text("section_id")?;
        let notice = notices.candidates.find(&notice_id, &pair)?;
        let award = notices.awards.find(&format!("{award_id}{KEY_MARK}{section}"), &pair)?;
        let full = notices.full.get(&notice_id);
        let code = code(&section, codes, tally).map_err(pair.refused("section_id"))?;
        Ok(Self { code, section, pair, notice, award, full, said: Vec::new() })
    }

    fn map(
        mut self,
        centre: &OrganisationId,
        calendar: &Calendar,
        tally: &mut Tally,
    ) -> Result<Vec<Step>, ImportError> {
        let winner = self.pair.text("winner")?;
        let code = self.code.clone();
        let (published, publicity) = self.published(tally)?;
        let adopted = self.adoption(centre, &publicity, tally)?;
        let source = adopted.source.clone();
        let stated = self.award_price(tally)?;
        let publication = self.publication(&winner, stated.as_ref(), publicity, source, tally)?;
        let published_at = published.plus_millis(SECOND);
        let award_day = self.award.day("publish_date")?;
        let award_at = when::shanghai(award_day, when::noon());
        let award_at = award_time(award_at, published_at, adopted.windows, calendar, &code, tally);
        let award = self.awarded(&winner, stated, &publication.candidates, tally)?;
        let source = self.award_source(tally)?;
        let award = Award { source: Some(source), ..award };
        self.finish(&winner, published.shanghai_day(), award_day, tally);
        Ok(vec![
            step(published, Signatory::Supervisor, &code, adopted),
            step(published_at, Signatory::Centre, &code, publication),
            step(award_at, Signatory::Centre, &code, award),
        ])
    }

    /// When the candidates were published, and for how long.
    fn published(&mut self, tally: &mut Tally) -> Result<(Instant, Publicity), ImportError> {
        let day = self.notice.day("publish_date")?;
        let mut period = self.notice.object("publicity_period", "yichang_candidates.publicity_period")?;
        let start = period.text("startDate")?;
        let end = period.text("endDate")?;
        let text = period.text("text")?;
        let at = when::read(&start).filter(|stated| stated.day == day && stated.time.is_some());
        let at = at.map_or_else(
            || {
                let what = (
                    "公示并非自发布当日某一时刻起，按正午记入",
                    "the publicity does not begin at an hour of the day of publication; it is entered at noon",
                );
                tally.note(what, self.code.as_str());
                when::shanghai(day, when::noon())
            },
            |stated| stated.instant_or(when::noon()),
        );
        let length = when::read(&end).map(|end| (end.last_day() - day).num_days());
        let days = length.and_then(|days| u16::try_from(days).ok());
        let days = days.filter(|days| (PUBLICITY_DAYS_MIN..=PUBLICITY_DAYS_MAX).contains(days));
        if days.is_none() {
            tally.words(
                Uncertainty::PeriodUnclear,
                self.code.as_str(),
                "publicity_period",
                &format!("{start} – {end} | {text}"),
            );
        }
        period.finish(tally);
        Ok((at, Publicity { days, text }))
    }

    fn adoption(
        &mut self,
        centre: &OrganisationId,
        publicity: &Publicity,
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
        let reason = self.reason(publicity);
        let region = self.region(tally);
        let nature = self.nature(&title);
        if nature.is_none() {
            tally.words(Uncertainty::NatureUnclear, place, "project_name", &title);
        }
        let made = (|| {
            Ok(Adoption {
                numbers_confirmed: None,
                title: tally.line(&title, place)?,
                procuring_unit: party(&tenderee, place, tally)?,
                centre: centre.clone(),
                nature,
                region: region.ok_or(Fault::UnknownRegion)?,
                lots: vec![Lot {
                    id: only_lot()?,
                    title: tally.line(&lot_title, place)?,
                    description,
                    estimate: None,
                    ceiling: None,
                    winners: None,
                }],
                windows: adopted::windows(publicity.days.unwrap_or(PUBLICITY_DAYS_MIN)),
                source: tally.line(&source, place)?,
                reason: tally.prose(&reason, place)?,
            })
        })();
        made.map_err(self.notice.refused("project_name"))
    }

    /// Why the tender is adopted, and what the full notice says of its past.
    fn reason(&mut self, publicity: &Publicity) -> String {
        let mut reason = "招标公告与开标不在本日志内；自中标候选人公示起导入。".to_owned();
        if publicity.days.is_none() {
            reason.push_str("公示期长度未能自来源读出，按法定最短3日计。");
        }
        let past = [("tender_notice_date", "招标公告日期"), ("bid_opening", "开标时间"), ("regulator", "行政监督部门")];
        for (field, name) in past {
            if let Some(text) = self.full.as_mut().and_then(|full| full.optional(field)) {
                reason.push_str(&format!("{name}：{text}。"));
            }
        }
        reason
    }

    /// The code that the full notice states, else by the letters of the section's code.
    fn region(&mut self, tally: &mut Tally) -> Option<RegionCode> {
        let stated = self.full.as_mut().and_then(|full| {
            full.repeats("district", |_| true);
            full.optional("district_code")
        });
        let of_section = region::of_section(&self.section);
        let Some(stated) = stated else { return of_section };
        let known = region::stated(&stated);
        if known.is_none() {
            tally.words(Uncertainty::RegionUnknown, self.code.as_str(), "district_code", &stated);
        }
        known.or(of_section)
    }

    /// By the title, the winner's team and its certificate.
    fn nature(&self, title: &str) -> Option<Nature> {
        let team = self.award.peek("staff").and_then(|staff| staff.as_object());
        let certificates = self.award.peek("qualification_cert").and_then(|text| text.as_str()).unwrap_or_default();
        let roles = team.map(|team| team.keys().map(String::as_str).collect()).unwrap_or_default();
        nature(title, &nature::Winner { roles, certificates })
    }

    fn publication(
        &mut self,
        winner: &str,
        awarded: Option<&Price>,
        publicity: Publicity,
        source: Line<500>,
        tally: &mut Tally,
    ) -> Result<CandidatePublication, ImportError> {
        let place = self.code.as_str();
        let clause = self.full.as_mut().and_then(|full| full.optional("objection_clause"));
        if let Some(full) = &mut self.full {
            full.repeats("publicity", |text| when::chinese_days(text) == when::chinese_days(&publicity.text));
        }
        let channel = clause.as_deref().unwrap_or("来源数据未载明提出异议的渠道，见原公示。");
        let channel = format!("{channel}\n公示期：{}", publicity.text);
        let mut candidates = claims::candidates(&mut self.notice, self.full.as_mut(), (winner, awarded), place, tally)?;
        if !candidates.iter().any(|candidate| is_bidder(&candidate.bidder, winner)) {
            tally.note(
                (
                    "中标人不在读出的名单中，补为最后一名候选人",
                    "the winner is not in the list as it was read; it is added as a last candidate",
                ),
                place,
            );
            let price = awarded.cloned().unwrap_or_else(listing::unknown_price);
            let added = claims::plain(winner, price, candidates.len() + 1, place, tally);
            candidates.push(added.map_err(self.pair.refused("winner"))?);
        }
        if !are_well_ranked(&candidates) {
            tally.note(
                (
                    "完整公示的排名有空缺或未覆盖全部候选人，一概不取",
                    "the ranks of the full notice have gaps or are not of all candidates; none is taken",
                ),
                place,
            );
            candidates.iter_mut().for_each(|candidate| candidate.rank = None);
        }
        let made = (|| {
            Ok(CandidatePublication {
                numbers_confirmed: None,
                lot: only_lot()?,
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
    /// `None` where it can't be read, or is less than the law's.
    days: Option<u16>,
    text: String,
}
