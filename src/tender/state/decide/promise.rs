//! Who may be opened and who may win, where a tender makes commitments a condition.

use super::super::super::Act;
use super::super::Tender;
use crate::act::{Moment, Stream};
use crate::commitment::{Binding, Commitment};
use crate::field::{CommitmentId, Fault, FieldFault, LotId, OrganisationId};
use crate::problem::{self, Refusal};
use crate::template::Template;
use chrono::Datelike;

/// # Errors
/// `unknown-reference` when the required template is not published; `commitment-incomplete`, naming every bid without an
/// effective commitment.
pub(in super::super) fn check(state: Option<&Tender>, act: &Act, at: &Moment<'_>) -> Result<(), Refusal> {
    if let Some(id) = act.template().filter(|id| at.around.get::<Template>(id).is_none()) {
        let prefix = if state.is_some() { "/preannouncement" } else { "" };
        let fault = Fault::UnknownReference { id: id.to_string() };
        return Err(Refusal::of_field(format!("{prefix}/commitment_template"), fault));
    }
    let Some(tender) = state else { return Ok(()) };
    let promises = Promises { tender, at };
    let faults: Vec<FieldFault> = match act {
        Act::BidsOpened(opening) => {
            let faults = opening.bids.iter().enumerate().filter_map(|(n, bid)| {
                let leader = bid.bidder.members.first().and_then(|leader| leader.id.as_ref());
                let fault = promises.fault(&opening.lot, bid.commitment.as_ref(), leader)?;
                Some(FieldFault { pointer: format!("/bids/{n}/commitment"), fault })
            });
            faults.collect()
        }
        Act::Awarded(award) => {
            let winner = tender.lot(&award.lot).and_then(|lot| lot.candidate(&award.candidate));
            let leader = winner.and_then(|winner| winner.members.first());
            let fault = promises.fault(&award.lot, award.commitment.as_ref(), leader);
            fault.map(|fault| FieldFault { pointer: "/commitment".into(), fault }).into_iter().collect()
        }
        _ => Vec::new(),
    };
    if faults.is_empty() {
        return Ok(());
    }
    let rule = &at.law.edition().commitments.required;
    let missing = faults.iter().map(|at| format!("{}: {}", at.pointer, at.fault)).collect::<Vec<_>>().join("; ");
    let (zh, en) = (format!("{}：{missing}", rule.zh), format!("{}: {missing}", rule.en));
    Err(Refusal { fields: faults, ..Refusal::new(&problem::COMMITMENT_INCOMPLETE, zh, en) }.citing(&rule.id, &rule.law))
}

/// The commitments of one tender's bidders, at this point of the log.
struct Promises<'a> {
    tender: &'a Tender,
    at: &'a Moment<'a>,
}

impl Promises<'_> {
    /// What is wrong with a bidder's commitment; one that is cited without need must hold as well.
    fn fault(&self, lot: &LotId, cited: Option<&CommitmentId>, bidder: Option<&OrganisationId>) -> Option<Fault> {
        let wanted = self.tender.commitment_template.as_ref();
        let Some(id) = cited else { return wanted.map(|_| Fault::MissingField) };
        let Some(commitment) = self.at.around.get::<Commitment>(id) else {
            return Some(Fault::UnknownReference { id: id.to_string() });
        };
        let reason = if !commitment.is_effective() {
            ("未由双方签署", "not signed by both sides")
        } else if wanted.is_some_and(|wanted| *wanted != commitment.template.id) {
            ("所用范本不是项目要求的", "on another template than the tender requires")
        } else if bidder != Some(&commitment.enterprise) {
            ("不是投标人（联合体为牵头人）的承诺", "of another enterprise than the bidder, or its first member")
        } else if !self.tender.is_bought_by(&commitment.unit) {
            ("对方不是本项目的采购方", "with another procuring side than this tender's")
        } else if !self.covers(&commitment.binding, lot) {
            ("不是此标段或此年度的承诺", "for another lot or another year")
        } else {
            return None;
        };
        Some(Fault::inconsistent(reason))
    }

    fn covers(&self, binding: &Binding, lot: &LotId) -> bool {
        match binding {
            Binding::Lot(bound) => bound.lot == *lot && Stream::of(&bound.tender) == *self.at.on,
            Binding::Year(bound) => i32::from(bound.year) == self.at.now.shanghai_day().year(),
        }
    }
}
