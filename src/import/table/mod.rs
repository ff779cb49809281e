//! A procurement centre's own table: a row a bid, a head that names each column (IMPORT.md). The one form of import in which
//! nothing has to be read out of words: a value stands under the name of what it is, or its tender is not imported.

mod columns;
mod row;
#[cfg(test)]
mod tests;

use super::adopted::{
    PUBLICITY_DAYS_MAX, PUBLICITY_DAYS_MIN, SECOND, as_in_the_source, award_time, is_far, step, unexplained, windows,
};
use super::rehearsal::Rehearsal;
use super::report::{Tally, Uncertainty};
use super::{Signatory, Step, when};
use crate::field::{Bilingual, Citations, Fault, OrganisationId, Price, Prose, TenderCode};
use crate::spreadsheet::{Cell, Sheet, SheetRow};
use crate::tender::{Adoption, Award, Candidate, CandidatePublication, Lot};
use columns::Head;
use row::{BidRow, LotCells, Won};
use std::num::NonZeroU16;

/// Maps a table. What is wrong with a row leaves out its tender, and no other.
///
/// # Errors
/// It has no head, or not the columns that it must have.
pub(super) fn map(
    mut sheet: Sheet,
    rehearsal: &Rehearsal,
    centre: &OrganisationId,
    tally: &mut Tally,
    steps: &mut Vec<Step>,
) -> Result<(), Bilingual> {
    let head = Head::take(&mut sheet)?;
    for (place, name) in &head.unknown {
        let filled = sheet.rows.iter().filter(|row| row.cells.get(*place).is_some_and(|cell| !cell.is_empty()));
        tally.unmapped(format!("table.{name}"), filled.count());
    }
    for name in &sheet.others {
        tally.note(("第一张以外的工作表未读取", "a sheet beside the first one is not read"), name);
    }
    for (code, rows) in by_tender(&head, &sheet, tally) {
        let mut part = Tally::default();
        let read = Table::read(&head, &code, &rows, &mut part)
            .and_then(|table| table.map(centre, rehearsal, &mut part))
            .and_then(|steps| rehearsal.play(&steps).map(|_| steps).map_err(|why| vec![why]));
        match read {
            Ok(mapped) => {
                let cells = rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.is_empty());
                part.mapped(cells.count());
                tally.merge(part);
                steps.extend(mapped);
            }
            Err(faults) => faults.into_iter().for_each(|why| tally.refuse(code.as_str(), why)),
        }
    }
    Ok(())
}

/// The rows of each tender, in the order of the table.
fn by_tender<'a>(head: &Head, sheet: &'a Sheet, tally: &mut Tally) -> Vec<(TenderCode, Vec<&'a SheetRow>)> {
    let mut tenders: Vec<(TenderCode, Vec<&SheetRow>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for row in sheet.rows.iter().filter(|row| !row.cells.iter().all(Cell::is_empty)) {
        match row::code(head, row) {
            Ok(code) => {
                let place = *places.entry(code.to_string()).or_insert(tenders.len());
                match tenders.get_mut(place) {
                    Some((_, rows)) => rows.push(row),
                    None => tenders.push((code, vec![row])),
                }
            }
            Err(why) => tally.refuse(row.number.to_string(), why),
        }
    }
    tenders
}

/// The rows of one tender.
struct Table {
    code: TenderCode,
    /// By lot, in the order of the table; none is empty.
    lots: Vec<Vec<BidRow>>,
}

impl Table {
    fn read(head: &Head, code: &TenderCode, rows: &[&SheetRow], tally: &mut Tally) -> Result<Self, Vec<Bilingual>> {
        let (mut read, mut faults) = (Vec::new(), Vec::new());
        for row in rows {
            match row::read(head, row, code.as_str(), tally) {
                Ok(row) => read.push(row),
                Err(wrong) => faults.extend(wrong),
            }
        }
        let mut lots: Vec<Vec<BidRow>> = Vec::new();
        for row in read {
            if let Some(first) = lots.first().map(|lot| &lot[0])
                && first.tender != row.tender
            {
                faults.push(disagree(first.number, row.number, ("项目", "tender")));
            }
            match lots.iter_mut().find(|lot| lot[0].lot.id == row.lot.id) {
                Some(lot) => {
                    if lot[0].lot != row.lot {
                        faults.push(disagree(lot[0].number, row.number, ("标段", "lot")));
                    }
                    lot.push(row);
                }
                None => lots.push(vec![row]),
            }
        }
        let days = lots.first().map_or(PUBLICITY_DAYS_MIN, |lot| lot[0].tender.publicity_days);
        if !(PUBLICITY_DAYS_MIN..=PUBLICITY_DAYS_MAX).contains(&days) {
            faults.push(Bilingual::new(
                format!("公示天数 {days} 应在 {PUBLICITY_DAYS_MIN} 至 {PUBLICITY_DAYS_MAX} 之间（招标投标法实施条例 第五十四条）"),
                format!("publicity_days {days} is not from {PUBLICITY_DAYS_MIN} to {PUBLICITY_DAYS_MAX}"),
            ));
        }
        if faults.is_empty() { Ok(Self { code: code.clone(), lots }) } else { Err(faults) }
    }

    fn map(
        self,
        centre: &OrganisationId,
        rehearsal: &Rehearsal,
        tally: &mut Tally,
    ) -> Result<Vec<Step>, Vec<Bilingual>> {
        let told = |fault: Fault| vec![fault.words()];
        let adoption = self.adoption(centre, tally).map_err(told)?;
        let windows = adoption.windows;
        let mut lots: Vec<_> =
            self.lots.iter().map(|lot| (lot[0].lot.published.instant_or(when::noon()), lot)).collect();
        lots.sort_by_key(|(at, _)| *at);
        let Some(mut last) = lots.first().map(|(at, _)| *at) else { return Ok(Vec::new()) };
        let mut steps = vec![step(last, Signatory::Supervisor, &self.code, adoption)];
        let mut awards = Vec::new();
        for (at, lot) in lots {
            last = at.max(last.plus_millis(SECOND));
            self.note_equal_amounts(lot, tally);
            steps.push(step(last, Signatory::Centre, &self.code, publication(lot).map_err(told)?));
            for (n, row) in lot.iter().enumerate() {
                let Some(won) = &row.bid.won else { continue };
                let at = won.published.instant_or(when::noon());
                let at = award_time(at, last, windows, rehearsal.calendar(), &self.code, tally);
                awards.push((at, award(lot, n, won).map_err(told)?));
            }
        }
        awards.sort_by_key(|(at, _)| *at);
        for (at, award) in awards {
            last = at.max(last.plus_millis(SECOND));
            steps.push(step(last, Signatory::Centre, &self.code, award));
        }
        Ok(steps)
    }

    fn adoption(&self, centre: &OrganisationId, tally: &mut Tally) -> Result<Adoption, Fault> {
        let tender = &self.lots[0][0].tender;
        let mut reason = "自采购中心表格导入：招标公告与开标不在本日志内。".to_owned();
        for (name, text) in &tender.times {
            // An hour stays one, and a day a day; what is neither stays as it is written.
            let stated = when::read(text).map_or_else(|| text.clone(), |stated| stated.due().to_string());
            reason.push_str(&format!("{name}：{stated}。"));
            tally.words(Uncertainty::DeadlineUnsigned, self.code.as_str(), name, text);
        }
        Ok(Adoption {
            numbers_confirmed: None,
            title: tender.title.clone(),
            procuring_unit: tender.unit.clone(),
            centre: centre.clone(),
            nature: Some(tender.nature),
            region: tender.region,
            lots: self.lots.iter().map(|lot| self::lot(lot)).collect(),
            windows: windows(tender.publicity_days),
            source: tender.source.clone(),
            reason: Prose::new(reason)?,
        })
    }

    /// Under a column that names it, an amount that several bidders have is what the centre says; a reader may want to know.
    fn note_equal_amounts(&self, lot: &[BidRow], tally: &mut Tally) {
        let amounts: Vec<_> = lot.iter().filter_map(|row| row.bid.price.money()).collect();
        if amounts.iter().enumerate().any(|(n, one)| amounts[..n].contains(one)) {
            tally.note(
                ("同一标段有几个投标人的金额相同", "several bidders of a lot have the same amount"),
                self.code.as_str(),
            );
        }
    }
}

fn disagree(first: u32, row: u32, (zh, en): (&str, &str)) -> Bilingual {
    Bilingual::new(
        format!("第 {first} 行与第 {row} 行对同一{zh}的说法不同"),
        format!("rows {first} and {row} say different things of one {en}"),
    )
}

fn lot(rows: &[BidRow]) -> Lot {
    let LotCells { id, title, ceiling, .. } = rows[0].lot.clone();
    let winners = rows.iter().filter(|row| row.bid.won.is_some()).count();
    let winners = u16::try_from(winners).ok().filter(|winners| *winners > 1).and_then(NonZeroU16::new);
    Lot { id, title, description: None, estimate: None, ceiling, winners }
}

fn publication(lot: &[BidRow]) -> Result<CandidatePublication, Fault> {
    let LotCells { id, channel, ceiling, .. } = lot[0].lot.clone();
    let candidates = lot.iter().enumerate().map(|(n, row)| {
        let far = ceiling.is_some_and(|ceiling| is_far(&row.bid.price, &Price::Money(ceiling)));
        Ok(Candidate {
            id: format!("c{}", n + 1).parse()?,
            rank: row.bid.rank,
            // One rank twice may be a tie or a slip: the table has no column for it, and the check refuses it.
            tied: false,
            bidder: row.bid.bidder.clone(),
            price: row.bid.price.clone(),
            price_difference: None,
            confirmed: far.then(as_in_the_source).transpose()?,
            score: None,
            quality: row.bid.quality.clone(),
            duration: row.bid.duration.clone(),
            leader: None,
            persons: Vec::new(),
            claims: Vec::new(),
        })
    });
    Ok(CandidatePublication {
        numbers_confirmed: None,
        lot: id,
        candidates: candidates.collect::<Result<_, Fault>>()?,
        rejected: Vec::new(),
        committee: Vec::new(),
        channel,
        source: Some(lot[0].tender.source.clone()),
        documents: Citations::default(),
    })
}

fn award(lot: &[BidRow], n: usize, won: &Won) -> Result<Award, Fault> {
    let bid = &lot[n].bid;
    let price = won.price.map_or_else(|| bid.price.clone(), Price::Money);
    let far = is_far(&price, &bid.price);
    let needs_reasons = bid.rank != Some(1) && lot.len() > 1;
    let unsaid = || needs_reasons.then(|| Prose::new("表格未载明定标理由。"));
    Ok(Award {
        lot: lot[n].lot.id.clone(),
        candidate: format!("c{}", n + 1).parse()?,
        commitment: None,
        price_difference: (!price.is_same(&bid.price)).then(unexplained).transpose()?,
        confirmed: far.then(as_in_the_source).transpose()?,
        price,
        reasons: won.reasons.clone().map(Ok).or_else(unsaid).transpose()?,
        scope: None,
        duration: bid.duration.clone(),
        quality: bid.quality.clone(),
        persons: Vec::new(),
        certificates: Vec::new(),
        remark: None,
        source: won.source.clone(),
        documents: Citations::default(),
    })
}
