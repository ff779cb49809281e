//! The award, and what its notice says of the winner: the price, the team, the terms, the certificates.

use super::super::adopted::{as_in_the_source, is_far, only_lot, unexplained};
use super::super::consortium::is_bidder;
use super::super::report::{Tally, Uncertainty, Words};
use super::super::seal::seal;
use super::super::source::{Row, says_nothing};
use super::super::{ImportError, price};
use super::Pair;
use super::certificate::without_names;
use crate::field::{Citations, Fault, Line, Price, Prose, StatedPrice};
use crate::tender::{Award, Candidate, KeyPerson};
use serde_json::Value;

const STAFF: &str = "yichang_awards.staff";
/// Where this stands for a role, the price was read for a person: its pseudonym is nobody's.
const PRICE_HEADING: &str = "中标价";
/// What stands for the price of an award whose notice states none.
const AWARD_PRICE_UNKNOWN: &str = "中标公告未载明中标价，公示的报价见中标候选人公示";
/// What stands for a role that the source does not say.
const ROLE_UNKNOWN: &str = "来源数据未载明职务";

/// The winner's promise and proof, and what the notice adds.
struct Winner {
    persons: Vec<KeyPerson>,
    quality: Option<Prose<2000>>,
    duration: Option<Prose<2000>>,
    certificates: Vec<Prose<1000>>,
    remark: Option<Prose<2000>>,
}

const TWICE: Words = ("中标人在名单中出现两次，取前者", "the winner stands twice in the list; the first is taken");
const OTHER_PRICE: Words = (
    "中标公告的价格与公示不同，或表述不同",
    "the award states another price than the publication, or words it differently",
);
const FAR_AMOUNT: Words = (
    "中标金额与公示金额相差悬殊，按来源原样记入",
    "the award's amount is far from the publication's; it is entered as the source has it",
);
const LOWER_RANK: Words =
    ("排名在后的候选人中标，来源未说明理由", "a lower-ranked candidate won and the source says no reason");

impl Pair {
    /// The price that the award notice states, if it states one.
    pub(super) fn award_price(&self, tally: &mut Tally) -> Result<Option<Price>, ImportError> {
        let mut award = self.award.clone();
        if let Some(text) = award.optional("price_cny") {
            if let Some(money) = price::yuan(&text) {
                return Ok(Some(Price::Money(money)));
            }
            tally.unmapped("yichang_awards.price_cny (not exact)", 1);
        }
        let Some(text) = award.optional("price_promise") else { return Ok(None) };
        let read = tally.price(&text, "price_promise", self.code.as_str());
        read.map(Some).map_err(self.award.refused("price_promise"))
    }

    pub(super) fn awarded(
        &mut self,
        winner: &str,
        stated: Option<Price>,
        candidates: &[Candidate],
        tally: &mut Tally,
    ) -> Result<Award, ImportError> {
        let place = self.code.as_str();
        let mut matching = candidates.iter().filter(|candidate| is_bidder(&candidate.bidder, winner));
        let candidate = matching.next().ok_or_else(|| self.pair.missing("winner"))?;
        if matching.next().is_some() {
            tally.note(TWICE, place);
        }
        // Their text is read; what they say is in the price.
        self.award.optional("price_cny");
        self.award.optional("price_promise");
        let price = match stated {
            Some(price) => {
                if !price.is_same(&candidate.price) {
                    tally.note(OTHER_PRICE, place);
                }
                price
            }
            None => {
                tally.words(Uncertainty::PriceUnstated, place, "price_cny", AWARD_PRICE_UNKNOWN);
                Price::Stated(StatedPrice {
                    text: Prose::new(AWARD_PRICE_UNKNOWN).map_err(self.award.refused("price_cny"))?,
                })
            }
        };
        let differs = !price.is_same(&candidate.price);
        let far = is_far(&price, &candidate.price);
        if far {
            tally.note(FAR_AMOUNT, place);
        }
        let reasons = match candidate.rank {
            Some(1) => None,
            Some(_) => {
                tally.note(LOWER_RANK, place);
                Some("来源数据未载明未选第一名的理由。")
            }
            None => (candidates.len() > 1).then_some("候选人不排序或来源数据未载明排序；来源数据未载明定标理由。"),
        };
        let scope = self.award.optional("scope");
        let scope = scope.and_then(|text| tally.optional_prose(&text, "yichang_awards.scope", place));
        let Winner { persons, quality, duration, certificates, remark } = winner_of(&mut self.award, place, tally)?;
        let made = (|| {
            Ok(Award {
                lot: only_lot()?,
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
}

/// Reads the fields of an award notice that are about the winner.
fn winner_of(row: &mut Row, code: &str, tally: &mut Tally) -> Result<Winner, ImportError> {
    let quality = prose(row, "quality", code, tally);
    let duration = prose(row, "term_days", code, tally);
    let remark = prose(row, "remark", code, tally);
    let certificates = ["qualification_cert", "safety_permit"];
    let certificates = certificates.into_iter().filter_map(|field| prose(row, field, code, tally)).collect();
    Ok(Winner { persons: persons(row, code, tally)?, quality, duration, certificates, remark })
}

fn prose<const MAX: usize>(row: &mut Row, field: &str, code: &str, tally: &mut Tally) -> Option<Prose<MAX>> {
    let text = row.optional(field)?;
    tally.optional_prose(&text, &format!("yichang_awards.{field}"), code)
}

/// 项目班子: by role, each with a pseudonym and certificates; the name stands sealed.
fn persons(row: &mut Row, code: &str, tally: &mut Tally) -> Result<Vec<KeyPerson>, ImportError> {
    let mut persons = Vec::new();
    for (role, mut member) in row.members("staff", STAFF)? {
        if role.contains(PRICE_HEADING) {
            tally.unmapped(format!("{STAFF} (a price read as a person)"), 1);
            continue;
        }
        persons.push(person(&role, &mut member, code, tally).map_err(member.refused("role"))?);
        member.finish(tally);
    }
    Ok(persons)
}

fn person(role: &str, row: &mut Row, code: &str, tally: &mut Tally) -> Result<KeyPerson, Fault> {
    let unknown = says_nothing(role);
    if unknown {
        tally.note(("中标团队中有人未注明职务", "a person of the winner's team stands under no role"), code);
    }
    let role = tally.line(if unknown { ROLE_UNKNOWN } else { role }, code)?;
    let name = row.optional("person").and_then(|pseudonym| {
        let sealed = seal(&pseudonym);
        tally.unmapped(format!("{STAFF}.person (no pseudonym)"), usize::from(sealed.is_none()));
        sealed
    });
    let listed = match row.value("certificate_types") {
        Some(Value::Array(listed)) => listed,
        _ => Vec::new(),
    };
    let mut certificates: Vec<Line<300>> = Vec::new();
    for text in listed.iter().filter_map(Value::as_str) {
        let (text, names) = without_names(text);
        tally.unmapped(format!("{STAFF}.certificate_types (may be a name)"), names);
        if says_nothing(&text) {
            continue;
        }
        match tally.line(&text, code) {
            Ok(line) => certificates.push(line),
            Err(_) => tally.unmapped(format!("{STAFF}.certificate_types (too long)"), 1),
        }
    }
    Ok(KeyPerson { role, name, certificates })
}
