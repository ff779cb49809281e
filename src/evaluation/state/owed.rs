//! When an evaluation is owed, and how it begins.

use super::super::EvaluationOpening;
use crate::act::Look;
use crate::commitment::{Binding, Commitment, LotBinding};
use crate::field::{CommitmentId, Evaluated, EvaluationId, LotId, Milestone};
use crate::law::Law;
use crate::log::Hash;
use crate::template::{Side, Template};

/// A milestone to which a lot has brought a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachedMilestone {
    pub commitment: CommitmentId,
    pub lot: LotId,
    pub milestone: Milestone,
    /// The enterprise bid and did not win.
    pub lost: bool,
    /// Hash of the entry that brought it there.
    pub entry: Hash,
}

/// What an evaluation looks at of a tender: the tender shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Milestones(pub Vec<ReachedMilestone>);

impl Milestones {
    pub fn find(&self, commitment: &CommitmentId, lot: &LotId, milestone: Milestone) -> Option<&ReachedMilestone> {
        self.0.iter().find(|known| (&known.commitment, &known.lot, known.milestone) == (commitment, lot, milestone))
    }
}

impl EvaluationOpening {
    /// How an evaluation begins, by what can be looked at; `None` when it is not owed, or not all is at hand.
    pub(super) fn look(id: &EvaluationId, look: &mut Look<'_>, law: Law<'_>) -> Option<Self> {
        let milestones = id.tender().map(|tender| look.face::<Milestones>(tender));
        let commitment = look.get::<Commitment>(&id.commitment)?;
        let template = look.get::<Template>(&commitment.template.id)?;
        Self::of(id, commitment, template, milestones.flatten().as_ref(), law)
    }

    /// How an evaluation begins, by the states of its commitment, of the text that it was made on, and of its tender.
    pub(super) fn of(
        id: &EvaluationId,
        commitment: &Commitment,
        template: &Template,
        milestones: Option<&Milestones>,
        law: Law<'_>,
    ) -> Option<Self> {
        let milestone = id.milestone();
        let (cause, lost, lot) = match &id.occasion {
            Evaluated::Lot { tender, lot, .. } => {
                let reached = milestones?.find(&id.commitment, lot, milestone)?;
                (reached.entry, reached.lost, Some(LotBinding { tender: tender.clone(), lot: lot.clone() }))
            }
            Evaluated::YearEnd => (commitment.year_ended?, false, None),
        };
        if let (Binding::Lot(bound), Some(lot)) = (&commitment.binding, &lot)
            && bound != lot
        {
            return None;
        }
        let promised = &template.signed_version(&commitment.template)?.dimensions;
        let judged = |dimension| law.edition().evaluation.conduct.is_judged_at(dimension, milestone);
        let dimensions = [Side::Unit, Side::Enterprise].into_iter().flat_map(|side| {
            let of_side = || promised.iter().copied().filter(move |dimension| dimension.side() == side);
            let now: Vec<_> = of_side().filter(|dimension| judged(*dimension)).collect();
            // A text may promise nothing that shows so early; then it is judged by what it promises.
            if now.is_empty() { of_side().collect() } else { now }
        });
        Some(Self {
            commitment: id.commitment.clone(),
            milestone,
            lot,
            lost,
            cause,
            unit: commitment.unit.clone(),
            enterprise: commitment.enterprise.clone(),
            template: commitment.template.clone(),
            dimensions: dimensions.collect(),
        })
    }
}
