//! The candidates of one notice: names and prices from every notice, claims from those that were read in full.

use super::super::consortium::{bidder, is_same_name, members, party, same_bidder};
use super::super::report::{Tally, Uncertainty};
use super::super::seal::seal;
use super::super::source::{Row, says_nothing};
use super::super::{ImportError, price};
use super::listing::{Known, Listed};
use crate::field::{Citations, Day, Fault, ItemId, Line, Price, Prose};
use crate::tender::{Candidate, Claim, ClaimKind};

/// The candidates in the order of the notice; their ids are `c1`, `c2`… in that order.
pub(super) fn candidates(
    notice: &mut Row,
    full: Option<&mut Row>,
    (winner, awarded): (&str, Option<&Price>),
    code: &str,
    tally: &mut Tally,
) -> Result<Vec<Candidate>, ImportError> {
    let mut full = match full {
        Some(full) => Some(Full::take(full)?),
        None => None,
    };
    let in_full = |name: &str| full.as_ref().and_then(|full| full.price_of(name));
    let listed = Known { winner, awarded, in_full: &in_full }.listed(notice, code, tally)?;
    let mut candidates = Vec::new();
    for Listed { name, price } in listed {
        let made = plain(&name, price, candidates.len() + 1, code, tally);
        let mut candidate = made.map_err(notice.refused("candidates"))?;
        let stands = |known: &Candidate| {
            known.bidder.members.iter().any(|one| candidate.bidder.members.iter().any(|other| one.is_same(other)))
        };
        if candidates.iter().any(stands) {
            tally.words(Uncertainty::BidderTwice, code, "candidates.name", &name);
            continue;
        }
        if let Some(full) = &mut full {
            full.complete(&mut candidate, &name, code, tally)?;
        }
        candidates.push(candidate);
    }
    if let Some(full) = full {
        full.finish(code, tally);
    }
    Ok(candidates)
}

/// A candidate with nothing but its name and price.
pub(super) fn plain(name: &str, price: Price, n: usize, code: &str, tally: &mut Tally) -> Result<Candidate, Fault> {
    Ok(Candidate {
        id: format!("c{n}").parse()?,
        rank: None,
        tied: false,
        bidder: bidder(name, code, tally)?,
        price,
        price_difference: None,
        confirmed: None,
        score: None,
        quality: None,
        duration: None,
        leader: None,
        persons: Vec::new(),
        claims: Vec::new(),
    })
}

/// A notice that was read in full.
struct Full {
    ranked: bool,
    candidates: Vec<(String, Row)>,
    achievements: Vec<(String, Row)>,
    prizes: Vec<(String, Row)>,
}

fn keyed(rows: Vec<Row>, key: &'static str) -> Result<Vec<(String, Row)>, ImportError> {
    rows.into_iter().map(|mut row| Ok((row.text(key)?, row))).collect()
}

fn take_of(rows: &mut Vec<(String, Row)>, mine: impl Fn(&str) -> bool) -> Vec<(String, Row)> {
    let (taken, left) = std::mem::take(rows).into_iter().partition(|(company, _)| mine(company));
    *rows = left;
    taken
}

impl Full {
    fn take(row: &mut Row) -> Result<Self, ImportError> {
        Ok(Self {
            ranked: row.value("ranked").and_then(|ranked| ranked.as_bool()).unwrap_or(false),
            candidates: keyed(row.objects("candidates", "yichang_candidates_full.candidates")?, "name")?,
            achievements: keyed(row.objects("achievements", "yichang_candidates_full.achievements")?, "company")?,
            prizes: keyed(row.objects("prizes", "yichang_candidates_full.prizes")?, "company")?,
        })
    }

    /// Adds what the full notice says of a candidate, and what it claims.
    fn complete(
        &mut self,
        candidate: &mut Candidate,
        name: &str,
        code: &str,
        tally: &mut Tally,
    ) -> Result<(), ImportError> {
        for (_, mut row) in take_of(&mut self.candidates, |listed| same_bidder(listed, name)) {
            self.describe(candidate, &mut row, code, tally)?;
            row.finish(tally);
        }
        let names = members(name);
        let mine =
            |company: &str| names.iter().any(|member| is_same_name(member, company)) || same_bidder(company, name);
        for (company, mut row) in take_of(&mut self.achievements, mine) {
            let n = candidate.claims.len() + 1;
            let holder = holder(candidate, &company, code, tally);
            let refused = row.refused("project");
            let claim = achievement(&mut row, n, holder, code, tally)?.map_err(refused)?;
            candidate.claims.push(claim);
            row.finish(tally);
        }
        for (company, mut row) in take_of(&mut self.prizes, mine) {
            let n = candidate.claims.len() + 1;
            let holder = holder(candidate, &company, code, tally);
            let refused = row.refused("award");
            let claim = prize(&mut row, n, holder, code, tally)?.map_err(refused)?;
            candidate.claims.push(claim);
            row.finish(tally);
        }
        Ok(())
    }

    fn describe(
        &self,
        candidate: &mut Candidate,
        row: &mut Row,
        code: &str,
        tally: &mut Tally,
    ) -> Result<(), ImportError> {
        // It was read with the table.
        row.optional("price_text");
        let rank = row.value("rank").and_then(|rank| rank.as_u64()).and_then(|rank| u16::try_from(rank).ok());
        candidate.rank = rank.filter(|_| self.ranked);
        let field = "yichang_candidates_full.candidates";
        let quality = row.optional("quality");
        candidate.quality = quality.and_then(|text| tally.optional_prose(&text, &format!("{field}.quality"), code));
        let duration = row.optional("term");
        candidate.duration = duration.and_then(|text| tally.optional_prose(&text, &format!("{field}.term"), code));
        for certificate in ["qualification_cert", "safety_permit"] {
            let Some(text) = row.optional(certificate) else { continue };
            let Some(title) = tally.optional_prose(&text, &format!("{field}.{certificate}"), code) else { continue };
            let id = claim_id(candidate.claims.len() + 1).map_err(row.refused("claims"))?;
            let number = certificate_number(&text).and_then(|number| Line::new(number).ok());
            candidate.claims.push(Claim { number, ..claim(id, ClaimKind::Qualification, title) });
        }
        Ok(())
    }

    /// The price that the full notice has beside a name.
    fn price_of(&self, name: &str) -> Option<String> {
        let (_, row) = self.candidates.iter().find(|(listed, _)| same_bidder(listed, name))?;
        let text = row.peek("price_text")?.as_str()?;
        (!says_nothing(text)).then(|| text.to_owned())
    }

    /// What belongs to no candidate has no place.
    fn finish(self, code: &str, tally: &mut Tally) {
        for (field, rows) in
            [("candidates", self.candidates), ("achievements", self.achievements), ("prizes", self.prizes)]
        {
            for _ in rows {
                tally.note(
                    ("完整公示中有声明或行未指明候选人", "a claim or row of the full notice names no candidate"),
                    code,
                );
                tally.unmapped(format!("yichang_candidates_full.{field} (of no candidate)"), 1);
            }
        }
    }
}

fn claim_id(n: usize) -> Result<ItemId, Fault> {
    format!("k{n}").parse()
}

fn claim(id: ItemId, kind: ClaimKind, title: Prose<1000>) -> Claim {
    Claim {
        id,
        kind,
        title,
        holder: None,
        issuer: None,
        number: None,
        amount: None,
        dated: None,
        accepted: None,
        person: None,
        source: None,
        documents: Citations::default(),
    }
}

/// Which member claims it; not said of a single enterprise.
fn holder(candidate: &Candidate, company: &str, code: &str, tally: &mut Tally) -> Option<Line<200>> {
    (candidate.bidder.members.len() > 1).then(|| tally.line(company, code).ok()).flatten()
}

type Claimed = Result<Result<Claim, Fault>, ImportError>;

/// 业绩: the project, its contract amount and its leader.
fn achievement(row: &mut Row, n: usize, holder: Option<Line<200>>, code: &str, tally: &mut Tally) -> Claimed {
    let title = row.text("project")?;
    let wan = row.optional("contract_amount_wan");
    let amount = wan.as_deref().and_then(price::wan).map(Price::Money);
    if wan.is_some() && amount.is_none() {
        tally.unmapped("yichang_candidates_full.achievements.contract_amount_wan (not exact)", 1);
    }
    let person = row.optional("leader").and_then(|pseudonym| seal(&pseudonym));
    let made = claim_id(n).and_then(|id| Ok(claim(id, ClaimKind::Achievement, tally.prose(&title, code)?)));
    Ok(made.map(|claim| Claim { holder, amount, person, ..claim }))
}

/// 奖项: the prize, who gave it and when.
fn prize(row: &mut Row, n: usize, holder: Option<Line<200>>, code: &str, tally: &mut Tally) -> Claimed {
    let title = row.text("award")?;
    let issuer = row.optional("authority").and_then(|name| party(&name, code, tally).ok());
    let date = row.optional("date");
    let dated: Option<Day> = date.as_deref().and_then(|date| date.parse().ok());
    if date.is_some() && dated.is_none() {
        tally.unmapped("yichang_candidates_full.prizes.date (not a day)", 1);
    }
    let made = claim_id(n).and_then(|id| Ok(claim(id, ClaimKind::Prize, tally.prose(&title, code)?)));
    Ok(made.map(|claim| Claim { holder, issuer, dated, ..claim }))
}

/// The number at the end of `专业甲级:A142000000`, when it plainly is one.
fn certificate_number(text: &str) -> Option<&str> {
    let (_, number) = text.trim().rsplit_once([':', '：'])?;
    let number = number.trim();
    let plain = number.len() >= 6 && number.chars().all(|c| c.is_ascii_alphanumeric() || "-/".contains(c));
    (plain && number.bytes().any(|byte| byte.is_ascii_digit())).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_the_end_of_certificates() {
        assert_eq!(certificate_number("市政专业乙级：A142000000"), Some("A142000000"));
        assert_eq!(certificate_number("许可证：（鄂）JZ安许证字[2017]0001"), None);
        assert_eq!(certificate_number("市政专业乙级"), None);
    }
}
