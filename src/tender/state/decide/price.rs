//! What is published of a price agrees with what was published before, and with what the lot may cost.

use super::super::super::{
    AmountConfirmation, Award, Candidate, CandidatePublication, Contract, ContractAmendment, Lot, Opening,
    PriceDifference,
};
use super::super::{AwardState, CandidateState, LotState, Tender};
use crate::act::Moment;
use crate::field::{Fault, FieldFault, Money, Price};
use crate::law::Rule;
use crate::problem::{self, Refusal};

/// # Errors
/// The price is another one than the step before had, in whole or in a part, and nobody says why; or somebody says why, and it is
/// the same.
fn must_hold(
    rule: &Rule,
    price: &Price,
    before: &Price,
    declared: Option<&PriceDifference>,
    at_price: &str,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let differences = price.differences_to(before);
    if differences.is_empty() && declared.is_some() {
        let fault = Fault::inconsistent(("价格并无不同，无须说明", "the prices do not differ"));
        return Err(Refusal::of_field(format!("{at_price}/price_difference"), fault));
    }
    if differences.is_empty() || declared.is_some() || !rule.holds_on(at.today()) {
        return Ok(());
    }
    let fields = differences.into_iter().map(|part| FieldFault {
        pointer: format!("{at_price}/price{part}"),
        fault: Fault::inconsistent((&*rule.zh, &*rule.en)),
    });
    let refusal = Refusal::new(&problem::PRICE_DIFFERS, rule.zh.clone(), rule.en.clone());
    Err(Refusal { fields: fields.collect(), ..refusal }.citing(&rule.id, &rule.law))
}

/// # Errors
/// An amount that is far from what it is compared with is a slip of unit, until somebody confirms that it is meant; what nobody
/// doubts is not confirmed, or everybody would confirm everything.
fn must_be_meant(
    compared: impl IntoIterator<Item = (i64, i64)>,
    confirmed: Option<&AmountConfirmation>,
    at_price: &str,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let slip = &at.law.edition().prices.slip;
    let far = compared.into_iter().find(|(amount, measure)| slip.are_far_apart(*amount, *measure));
    match (far.filter(|_| slip.rule.holds_on(at.today())), confirmed) {
        (None, None) | (Some(_), Some(_)) => Ok(()),
        (None, Some(_)) => {
            let fault = Fault::inconsistent(("没有需要确认的金额", "there is nothing to confirm"));
            Err(Refusal::of_field(format!("{at_price}/confirmed"), fault))
        }
        (Some((amount, measure)), None) => {
            let (zh, en) = (
                format!(
                    "金额 {amount}（最小单位）与可比金额 {measure} 相差悬殊，请核对单位；无误的须在 confirmed 中说明"
                ),
                format!(
                    "{amount} in the smallest unit is far from the {measure} that it is compared with: check the unit, or confirm"
                ),
            );
            let fault = Fault::inconsistent((zh.as_str(), en.as_str()));
            Err(Refusal::new(&problem::AMOUNT_UNCONFIRMED, zh, en)
                .citing(&slip.rule.id, &slip.rule.law)
                .at(format!("{at_price}/price"), fault))
        }
    }
}

/// # Errors
/// The ceiling of a lot is far from its estimate, or the estimates of all lots from that of the whole.
pub(super) fn of_lots(lots: &[Lot], whole: Option<Money>, prefix: &str, at: &Moment<'_>) -> Result<(), Refusal> {
    let slip = &at.law.edition().prices.slip;
    let are_far = |one: Money, other: Money| {
        let compared = one.comparable_with(other);
        compared.is_some_and(|(one, other)| slip.are_far_apart(one, other)) && slip.rule.holds_on(at.today())
    };
    let mut faults = Vec::new();
    for (row, lot) in lots.iter().enumerate() {
        if lot.ceiling.zip(lot.estimate).is_some_and(|(ceiling, estimate)| are_far(ceiling, estimate)) {
            let words = ("与本标段估算价相差悬殊，请核对单位", "far from the lot's estimate: a slip of unit?");
            let pointer = format!("{prefix}/lots/{row}/ceiling");
            faults.push(FieldFault { pointer, fault: Fault::inconsistent(words) });
        }
    }
    let all = lots.iter().map(|lot| lot.estimate).collect::<Option<Vec<_>>>();
    let sum = all.zip(whole).and_then(|(parts, whole)| {
        let alike = parts.iter().all(|part| part.currency == whole.currency);
        // A hundred amounts below AMOUNT_MINOR_MAX: this does not overflow.
        let sum = parts.iter().map(|part| part.amount_minor).sum();
        Money::new(whole.currency, sum).ok().filter(|_| alike).zip(Some(whole))
    });
    if sum.is_some_and(|(sum, whole)| are_far(sum, whole)) {
        let words =
            ("与各标段估算价之和相差悬殊，请核对单位", "far from the sum of the lots' estimates: a slip of unit?");
        faults.push(FieldFault { pointer: format!("{prefix}/estimate"), fault: Fault::inconsistent(words) });
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::fields(faults).citing(&slip.rule.id, &slip.rule.law)) }
}

/// What the offers for a lot are compared with.
fn measures(tender: &Tender, lot: &LotState) -> [Option<Money>; 2] {
    let whole = tender.estimate.filter(|_| tender.lots.len() == 1);
    [lot.ceiling, lot.estimate.or(whole)]
}

/// The amount of an offer beside each of those.
fn offered(price: &Price, measures: &[Option<Money>]) -> Vec<(i64, i64)> {
    let Some(amount) = price.amount() else { return Vec::new() };
    measures.iter().flatten().filter_map(|measure| amount.comparable_with(*measure)).collect()
}

pub(super) fn of_bids(tender: &Tender, lot: &LotState, opening: &Opening, at: &Moment<'_>) -> Result<(), Refusal> {
    let measures = measures(tender, lot);
    opening.bids.iter().enumerate().try_for_each(|(row, bid)| {
        let compared = offered(&bid.price, &measures);
        must_be_meant(compared, bid.confirmed.as_ref(), &format!("/bids/{row}"), at)
    })
}

pub(super) fn of_candidates(
    tender: &Tender,
    lot: &LotState,
    publication: &CandidatePublication,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let measures = measures(tender, lot);
    for (row, candidate) in publication.candidates.iter().enumerate() {
        let pointer = format!("/candidates/{row}");
        let bid = lot.bids.iter().flatten().find(|bid| bid.bidder.is_same(&candidate.bidder));
        let declared = candidate.price_difference.as_ref();
        if let Some(bid) = bid {
            let rule = &at.law.edition().prices.candidate;
            must_hold(rule, &candidate.price, &bid.price, declared, &pointer, at)?;
        } else if declared.is_some() {
            let fault = Fault::inconsistent(("本日志中没有其开标记录", "its bid was not opened in this log"));
            return Err(Refusal::of_field(format!("{pointer}/price_difference"), fault));
        }
        // Who opened the bids has looked at the price as it was read out.
        let is_read_out = bid.is_some_and(|bid| bid.price.is_same(&candidate.price));
        let compared = if is_read_out { Vec::new() } else { offered(&candidate.price, &measures) };
        must_be_meant(compared, candidate.confirmed.as_ref(), &pointer, at)?;
    }
    must_keep_below(lot.ceiling, &publication.candidates)
}

fn must_keep_below(ceiling: Option<Money>, candidates: &[Candidate]) -> Result<(), Refusal> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    let is_above = |price: &Price| {
        price.amount().is_some_and(|it| it.currency == ceiling.currency && it.amount_minor > ceiling.amount_minor)
    };
    let above = candidates.iter().enumerate().filter(|(_, candidate)| is_above(&candidate.price));
    let faults: Vec<_> = above
        .map(|(row, _)| FieldFault {
            pointer: format!("/candidates/{row}/price"),
            fault: Fault::inconsistent(("高于本标段最高投标限价", "above the ceiling of the lot")),
        })
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let (zh, en) = ("报价高于最高投标限价的，应当否决", "a bid above the ceiling is rejected");
    Err(Refusal { fields: faults, ..Refusal::new(&problem::INCONSISTENT, zh, en) }
        .citing("AW-CEILING", "招标投标法实施条例 第五十一条"))
}

pub(super) fn of_award(winner: &CandidateState, award: &Award, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().prices.award;
    must_hold(rule, &award.price, &winner.price, award.price_difference.as_ref(), "", at)?;
    must_be_meant(award.price.comparable_with(&winner.price), award.confirmed.as_ref(), "", at)
}

pub(super) fn of_contract(award: &AwardState, contract: &Contract, at: &Moment<'_>) -> Result<(), Refusal> {
    let rule = &at.law.edition().prices.contract;
    must_hold(rule, &contract.price, &award.price, contract.price_difference.as_ref(), "", at)?;
    must_be_meant(contract.price.comparable_with(&award.price), contract.confirmed.as_ref(), "", at)
}

pub(super) fn of_amendment(award: &AwardState, amendment: &ContractAmendment, at: &Moment<'_>) -> Result<(), Refusal> {
    let price = amendment.price.as_ref().unwrap_or(&award.price);
    must_be_meant(price.comparable_with(&award.price), amendment.confirmed.as_ref(), "", at)
}
