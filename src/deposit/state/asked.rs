//! 索要: of whom something may be asked for a lot, and how much in all.

use super::super::SecuredLot;
use super::require::estimate_of;
use super::{DepositBook, DepositState};
use crate::act::Moment;
use crate::field::{Day, Fault, ItemId, Money, OrganisationId};
use crate::law::{AskedTerms, CapBase, DepositKind};
use crate::problem::{self, Refusal};
use crate::tender::{AwardState, LotState, Tender};

/// What is asked of a payer for a lot, for the first time or anew.
pub(super) struct Asked<'a> {
    /// The deposit, if it is there already.
    pub deposit: Option<&'a ItemId>,
    pub kind: &'a DepositKind,
    /// Who bid, where the edition asks by that.
    pub payer: Option<&'a OrganisationId>,
    pub secures: Option<&'a SecuredLot>,
    pub base: Money,
    pub required_minor: i64,
    /// The most that may be asked on the base.
    pub most_minor: i64,
}

/// # Errors
/// The edition does not let so much be asked in all, on such a base, or of this payer.
pub(super) fn must_be_allowed(book: &DepositBook, asked: &Asked<'_>, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.guards.asked;
    let Some(secures) = asked.secures.filter(|_| !terms.rule.is_silent()) else { return Ok(()) };
    must_be_within(book, asked, secures, terms)?;
    // Nobody here could know of a tender that is not at hand.
    let Some(tender) = at.around.get::<Tender>(&secures.tender) else { return Ok(()) };
    let Some(lot) = tender.lots.iter().find(|lot| lot.id == secures.lot) else { return Ok(()) };
    must_rest_on_price(asked, tender, lot, terms)?;
    // A deposit that stands may have another payer by now: who took the place of the one that was asked.
    if asked.deposit.is_none() { must_take_part(asked, lot, terms) } else { Ok(()) }
}

/// # Errors
/// It was to be paid before anybody was asked.
pub(super) fn must_leave_time(pay_by: Day, at: &Moment<'_>) -> Result<(), Refusal> {
    let terms = &at.law.edition().deposits.guards.asked;
    if terms.rule.is_silent() || pay_by >= at.today() {
        return Ok(());
    }
    let fault = Fault::DatesOutOfOrder { earlier: at.today().to_string() };
    Err(refused("/pay_by", fault, terms))
}

fn refused(pointer: &str, fault: Fault, terms: &AskedTerms) -> Refusal {
    Refusal::of_field(pointer, fault).citing(&terms.rule.id, &terms.rule.law)
}

fn above(pointer: &str, fault: Fault, terms: &AskedTerms) -> Refusal {
    Refusal { problem: &problem::DEPOSIT_ABOVE_CAP, ..refused(pointer, fault, terms) }
}

/// All that stands of one payer for one lot, but for the deposit itself.
fn beside<'b>(
    book: &'b DepositBook,
    asked: &'b Asked<'_>,
    secures: &'b SecuredLot,
    by_bidder: bool,
) -> impl Iterator<Item = (&'b ItemId, &'b DepositState)> {
    let stands = book.of_lot(secures).filter(|deposit| deposit.clock.is_none() && !deposit.is_put_back());
    let others = stands.filter(move |deposit| {
        let whose = if by_bidder { &deposit.bidder } else { &deposit.payer };
        asked.payer.is_some() && whose.as_ref() == asked.payer && asked.deposit != Some(&deposit.id)
    });
    others.filter_map(|deposit| Some((book.schemes.get(&deposit.scheme)?.kind(), deposit)))
}

fn must_be_within(
    book: &DepositBook,
    asked: &Asked<'_>,
    secures: &SecuredLot,
    terms: &AskedTerms,
) -> Result<(), Refusal> {
    let beside: Vec<_> = beside(book, asked, secures, terms.by_bidder).collect();
    if let Some((_, other)) = beside.iter().find(|(kind, _)| terms.are_apart(&asked.kind.id, kind)) {
        let words = (
            format!("该交纳人就该标段的保证金 {} 未退，不另收{}", other.id, asked.kind.zh),
            format!("{} of this payer stands for the lot, and beside it no {}", other.id, asked.kind.en),
        );
        return Err(refused("/scheme", Fault::inconsistent(words), terms));
    }
    let of_kind = beside.iter().filter(|(kind, _)| **kind == asked.kind.id);
    let others: i64 = of_kind.map(|(_, deposit)| deposit.required_minor).fold(0, i64::saturating_add);
    // What an edition before this one let in is not asked back: nothing more comes on top of it.
    if others == 0 || others.saturating_add(asked.required_minor) <= asked.most_minor {
        return Ok(());
    }
    let most = asked.most_minor;
    let words = (
        format!("该交纳人就该标段的同种保证金已要求 {others}，合计至多 {most}（最小货币单位）"),
        format!("{others} is asked of this payer for the lot already, and {most} minor units are the most in all"),
    );
    Err(above("/required/amount_minor", Fault::inconsistent(words), terms))
}

/// The awards of the lot that are the payer's.
fn awards_of<'l>(lot: &'l LotState, payer: Option<&'l OrganisationId>) -> impl Iterator<Item = &'l AwardState> {
    lot.awards.iter().filter(move |award| payer.is_some_and(|payer| lot.is_won_by(award, payer)))
}

fn must_rest_on_price(asked: &Asked<'_>, tender: &Tender, lot: &LotState, terms: &AskedTerms) -> Result<(), Refusal> {
    let price = match asked.kind.base {
        CapBase::Contract => AwardState::sum(awards_of(lot, asked.payer)),
        _ => estimate_of(asked.kind, tender, lot),
    };
    let Some(price) = price else { return Ok(()) };
    let published = format!("{} {:?}", price.currency.decimal(price.amount_minor), price.currency);
    if price.currency != asked.base.currency {
        let words = (
            format!("公布的价格为 {published}，币种不同"),
            format!("what was published is {published}, of another currency"),
        );
        return Err(refused("/base/currency", Fault::inconsistent(words), terms));
    }
    if asked.base.amount_minor <= price.amount_minor {
        return Ok(());
    }
    let words = (
        format!("基数不得超过公布的价格 {published}"),
        format!("the base is above the price that was published, {published}"),
    );
    Err(above("/base/amount_minor", Fault::inconsistent(words), terms))
}

fn must_take_part(asked: &Asked<'_>, lot: &LotState, terms: &AskedTerms) -> Result<(), Refusal> {
    let Some(payer) = asked.payer else { return Ok(()) };
    let words = if terms.of_bidders.contains(&asked.kind.id) && lot.bids.is_some() && !lot.bidders.contains(payer) {
        ("没有在该标段投标", "it did not bid in the lot")
    } else if terms.of_winners.contains(&asked.kind.id) && awards_of(lot, asked.payer).next().is_none() {
        (
            "没有在该标段中标（由其承继中标人的，先通知原中标人，再登记承继）",
            "it did not win the lot (whoever succeeds who did: announce it for that one, and enter the succession)",
        )
    } else {
        return Ok(());
    };
    Err(refused("/payer", Fault::inconsistent(words), terms))
}
