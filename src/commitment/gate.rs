//! Who may be opened and who may win, where a tender makes commitments a condition.

use super::{Binding, Commitment};
use crate::field::{CommitmentId, Fault, FieldFault, Instant, LotId, OrganisationId, TemplateId, TenderCode};
use crate::problem::{self, Refusal};
use crate::rulebook::commitment_terms;
use crate::template::Template;
use crate::tender::{self, Tender};
use chrono::Datelike;
use std::collections::HashMap;

/// What a tender's act is asked about, at this point of the log.
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    pub code: &'a TenderCode,
    pub tender: Option<&'a Tender>,
    pub templates: &'a HashMap<TemplateId, Template>,
    pub commitments: &'a HashMap<CommitmentId, Box<Commitment>>,
    pub now: Instant,
}

impl Gate<'_> {
    /// # Errors
    /// `unknown-reference` when the required template is not published; `commitment-incomplete`, naming every bid without
    /// an effective commitment.
    pub fn check(&self, act: &tender::Act) -> Result<(), Refusal> {
        if let Some(id) = act.template().filter(|id| !self.templates.contains_key(*id)) {
            let at = if self.tender.is_some() { "/preannouncement" } else { "" };
            let fault = Fault::UnknownReference { id: id.to_string() };
            return Err(Refusal::of_field(format!("{at}/commitment_template"), fault));
        }
        let Some(tender) = self.tender else { return Ok(()) };
        let faults: Vec<FieldFault> = match act {
            tender::Act::BidsOpened(opening) => {
                let faults = opening.bids.iter().enumerate().filter_map(|(at, bid)| {
                    let leader = bid.bidder.members.first().and_then(|leader| leader.id.as_ref());
                    let fault = self.fault(tender, &opening.lot, bid.commitment.as_ref(), leader)?;
                    Some(FieldFault { pointer: format!("/bids/{at}/commitment"), fault })
                });
                faults.collect()
            }
            tender::Act::Awarded(award) => {
                let winner = tender.lot(&award.lot).and_then(|lot| lot.candidate(&award.candidate));
                let leader = winner.and_then(|winner| winner.members.first());
                let fault = self.fault(tender, &award.lot, award.commitment.as_ref(), leader);
                fault.map(|fault| FieldFault { pointer: "/commitment".into(), fault }).into_iter().collect()
            }
            _ => Vec::new(),
        };
        if faults.is_empty() {
            return Ok(());
        }
        let rule = &commitment_terms().required;
        let missing = faults.iter().map(|at| format!("{}: {}", at.pointer, at.fault)).collect::<Vec<_>>().join("; ");
        let (zh, en) = (format!("{}：{missing}", rule.zh), format!("{}: {missing}", rule.en));
        Err(Refusal { fields: faults, ..Refusal::new(&problem::COMMITMENT_INCOMPLETE, zh, en) }
            .citing(&rule.id, &rule.law))
    }

    /// What is wrong with a bidder's commitment; one that is cited without need must hold as well.
    fn fault(
        &self,
        tender: &Tender,
        lot: &LotId,
        cited: Option<&CommitmentId>,
        bidder: Option<&OrganisationId>,
    ) -> Option<Fault> {
        let Some(id) = cited else { return tender.commitment_template.as_ref().map(|_| Fault::MissingField) };
        let Some(commitment) = self.commitments.get(id) else {
            return Some(Fault::UnknownReference { id: id.to_string() });
        };
        let reason = if !commitment.is_effective() {
            "not signed by both sides"
        } else if tender.commitment_template.as_ref().is_some_and(|wanted| *wanted != commitment.template.id) {
            "on another template than the tender requires"
        } else if bidder != Some(&commitment.enterprise) {
            "of another enterprise than the bidder, or its first member"
        } else if !tender.is_bought_by(&commitment.unit) {
            "with another procuring side than this tender's"
        } else if !self.covers(&commitment.binding, lot) {
            "for another lot or another year"
        } else {
            return None;
        };
        Some(Fault::Inconsistent { reason: reason.into() })
    }

    fn covers(&self, binding: &Binding, lot: &LotId) -> bool {
        match binding {
            Binding::Lot(bound) => bound.tender == *self.code && bound.lot == *lot,
            Binding::Year(bound) => i32::from(bound.year) == self.now.shanghai_day().year(),
        }
    }
}
