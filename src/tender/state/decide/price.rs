//! What is published of a price agrees with what was published before, and with what the lot may cost.

use super::super::super::{
    AmountConfirmation, Award, Candidate, CandidatePublication, Contract, ContractAmendment, Opening, PriceDifference,
    are_far_apart,
};
use super::super::{AwardState, CandidateState, LotState, Tender};
use crate::field::{Fault, FieldFault, Money, Price};
use crate::problem::{self, Refusal};

/// A step at which a price is said again, and the rule that holds it to the one before.
struct Step {
    rule: &'static str,
    law: &'static str,
    zh: &'static str,
    en: &'static str,
}

const CANDIDATE: Step = Step {
    rule: "AW-OFFER",
    law: "招标投标法实施条例 第五十二条",
    zh: "候选人报价须与开标记录一致，不一致的须说明法定理由",
    en: "a candidate's price is the one that was read out, or the difference is declared with its legal reason",
};
const AWARD: Step = Step {
    rule: "AW-PRICE",
    law: "招标投标法 第四十三条",
    zh: "中标价须与公示的报价一致，不一致的须说明法定理由",
    en: "the award is at the price that was published, or the difference is declared with its legal reason",
};
const CONTRACT: Step = Step {
    rule: "CT-PRICE",
    law: "招标投标法 第四十六条，招标投标法实施条例 第五十七条",
    zh: "合同价须与中标价一致，不一致的须说明法定理由",
    en: "the contract is at the price of the award, or the difference is declared with its legal reason",
};

impl Step {
    /// # Errors
    /// The price is another one and nobody says why; or somebody says why, and it is the same.
    fn holds(
        &self,
        price: &Price,
        before: &Price,
        declared: Option<&PriceDifference>,
        at: &str,
    ) -> Result<(), Refusal> {
        match (price == before, declared) {
            (true, None) | (false, Some(_)) => Ok(()),
            (true, Some(_)) => {
                let fault = Fault::inconsistent(("价格并无不同，无须说明", "the prices do not differ"));
                Err(Refusal::of_field(format!("{at}/price_difference"), fault))
            }
            (false, None) => {
                let fault = Fault::inconsistent((self.zh, self.en));
                Err(Refusal::new(&problem::PRICE_DIFFERS, self.zh, self.en)
                    .citing(self.rule, self.law)
                    .at(format!("{at}/price"), fault))
            }
        }
    }
}

/// # Errors
/// An amount that is far from one of the measures is a slip of unit, until somebody confirms that it is meant; what nobody
/// doubts is not confirmed, or everybody would confirm everything.
fn must_be_meant(
    price: &Price,
    measures: &[Option<Money>],
    confirmed: Option<&AmountConfirmation>,
    at: &str,
) -> Result<(), Refusal> {
    let far = price.money().and_then(|amount| {
        measures.iter().flatten().find(|measure| are_far_apart(amount, **measure)).map(|measure| (amount, measure))
    });
    match (far, confirmed) {
        (None, None) | (Some(_), Some(_)) => Ok(()),
        (None, Some(_)) => {
            let fault = Fault::inconsistent(("没有需要确认的金额", "there is nothing to confirm"));
            Err(Refusal::of_field(format!("{at}/confirmed"), fault))
        }
        (Some((amount, measure)), None) => {
            let (amount, measure) = (amount.amount_minor, measure.amount_minor);
            let (zh, en) = (
                format!(
                    "金额 {amount}（最小货币单位）与可比金额 {measure} 相差悬殊，请核对单位；无误的须在 confirmed 中说明"
                ),
                format!(
                    "{amount} minor units are far from the {measure} that they are compared with: check the unit, or confirm"
                ),
            );
            let fault = Fault::inconsistent((zh.as_str(), en.as_str()));
            Err(Refusal::new(&problem::AMOUNT_UNCONFIRMED, zh, en).at(format!("{at}/price"), fault))
        }
    }
}

/// What the offers for a lot are compared with.
fn measures(tender: &Tender, lot: &LotState) -> [Option<Money>; 2] {
    let whole = tender.estimate.filter(|_| tender.lots.len() == 1);
    [lot.ceiling, lot.estimate.or(whole)]
}

pub(super) fn of_bids(tender: &Tender, lot: &LotState, opening: &Opening) -> Result<(), Refusal> {
    let measures = measures(tender, lot);
    opening.bids.iter().enumerate().try_for_each(|(row, bid)| {
        must_be_meant(&bid.price, &measures, bid.confirmed.as_ref(), &format!("/bids/{row}"))
    })
}

pub(super) fn of_candidates(
    tender: &Tender,
    lot: &LotState,
    publication: &CandidatePublication,
) -> Result<(), Refusal> {
    let measures = measures(tender, lot);
    for (row, candidate) in publication.candidates.iter().enumerate() {
        let at = format!("/candidates/{row}");
        let bid = lot.bids.iter().flatten().find(|bid| bid.bidder.is_same(&candidate.bidder));
        let declared = candidate.price_difference.as_ref();
        if let Some(bid) = bid {
            CANDIDATE.holds(&candidate.price, &bid.price, declared, &at)?;
        } else if declared.is_some() {
            let fault = Fault::inconsistent(("本日志中没有其开标记录", "its bid was not opened in this log"));
            return Err(Refusal::of_field(format!("{at}/price_difference"), fault));
        }
        // Who opened the bids has looked at the price as it was read out.
        let measures = if bid.is_some_and(|bid| bid.price == candidate.price) { &[][..] } else { &measures };
        must_be_meant(&candidate.price, measures, candidate.confirmed.as_ref(), &at)?;
    }
    must_keep_below(lot.ceiling, &publication.candidates)
}

fn must_keep_below(ceiling: Option<Money>, candidates: &[Candidate]) -> Result<(), Refusal> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    let is_above = |price: &Price| {
        price.money().is_some_and(|it| it.currency == ceiling.currency && it.amount_minor > ceiling.amount_minor)
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

pub(super) fn of_award(winner: &CandidateState, award: &Award) -> Result<(), Refusal> {
    AWARD.holds(&award.price, &winner.price, award.price_difference.as_ref(), "")?;
    must_be_meant(&award.price, &[winner.price.money()], award.confirmed.as_ref(), "")
}

pub(super) fn of_contract(award: &AwardState, contract: &Contract) -> Result<(), Refusal> {
    CONTRACT.holds(&contract.price, &award.price, contract.price_difference.as_ref(), "")?;
    must_be_meant(&contract.price, &[award.price.money()], contract.confirmed.as_ref(), "")
}

pub(super) fn of_amendment(award: &AwardState, amendment: &ContractAmendment) -> Result<(), Refusal> {
    let price = amendment.price.as_ref().unwrap_or(&award.price);
    must_be_meant(price, &[award.price.money()], amendment.confirmed.as_ref(), "")
}
