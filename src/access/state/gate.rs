//! The one gate that everybody asks: whether a bar stops what somebody is about to do.

use super::{Access, AccessId, Bar};
use crate::act::{Moment, Stream, Succession};
use crate::field::{Day, Fault, FieldFault, OrganisationId, RegionCode};
use crate::law::{BarField, BarMeasure, BarSuccession};
use crate::problem::{self, Refusal};

/// Where a step is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateReach {
    /// In one purchase. What it leaves open is not ruled out: a bar counts unless it lies elsewhere for certain.
    Purchase {
        /// The fields in which it may lie.
        fields: Vec<BarField>,
        /// Where, as far as it says.
        region: Option<RegionCode>,
    },
    /// In everything that may come: a bar that leaves some of it open doesn't stop it.
    Everything,
}

/// What somebody is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatedStep {
    pub measure: BarMeasure,
    pub reach: GateReach,
    /// The days that count: whoever is barred on one of them takes no such step.
    pub days: Vec<Day>,
}

impl GateReach {
    fn touches(&self, bar: &Bar) -> bool {
        match self {
            Self::Purchase { fields, region } => {
                let lies_within = |region: &RegionCode| bar.regions.iter().any(|barred| barred.includes(*region));
                let somewhere = bar.regions.is_empty() || region.as_ref().is_none_or(lies_within);
                somewhere && fields.iter().any(|field| bar.fields.contains(field))
            }
            Self::Everything => {
                let all = [BarField::GovernmentProcurement, BarField::Tendering];
                bar.regions.is_empty() && all.iter().all(|field| bar.fields.contains(field))
            }
        }
    }
}

impl Bar {
    /// Whether it stops a step now: it was not lifted, and reaches the step and one of its days.
    pub fn stops(&self, step: &GatedStep) -> bool {
        self.lifted.is_none()
            && self.measures.contains(&step.measure)
            && step.days.iter().any(|day| (self.from..=self.to).contains(day))
            && step.reach.touches(self)
    }
}

/// The streams that [`barred_from`] looks at.
pub fn gate_streams<'o>(ids: impl IntoIterator<Item = &'o OrganisationId>) -> impl Iterator<Item = Stream> {
    ids.into_iter().map(|id| Stream::of(&AccessId(id.clone())))
}

/// Those before an organisation whose bars bind it, the nearest first, with how it came to be their successor.
pub fn bound_by(id: &OrganisationId, successions: &[Succession], terms: &BarSuccession) -> Vec<Succession> {
    let mut found: Vec<Succession> = Vec::new();
    let mut at = 0;
    let mut next = Some(id.clone());
    while let Some(successor) = next {
        let binds = |s: &&Succession| s.successors.contains(&successor) && terms.binds(s.manner);
        let is_new = |s: &&Succession| s.predecessor != *id && found.iter().all(|f| f.predecessor != s.predecessor);
        let new: Vec<_> = successions.iter().filter(binds).filter(is_new).cloned().collect();
        found.extend(new);
        next = found.get(at).map(|succession| succession.predecessor.clone());
        at += 1;
    }
    found
}

/// Whether anybody of these may not take the step, by a bar of its own or of one that it succeeds; each is named by where the record
/// has it.
///
/// # Errors
/// `organisation-barred`, with the record that bars, its authority and number, and until when.
pub fn barred_from<'o>(
    named: impl IntoIterator<Item = (String, &'o OrganisationId)>,
    step: &GatedStep,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let successions: Vec<Succession> = at.around.faces().collect();
    let terms = &at.law.edition().access.succession;
    let mut barred: Vec<(FieldFault, &Bar)> = Vec::new();
    for (pointer, id) in named {
        let mut stopped = |of: &OrganisationId, by: Option<&Succession>| {
            let access = at.around.get::<Access>(&AccessId(of.clone()));
            let bars = access.into_iter().flat_map(|access| &access.bars).filter(|bar| bar.stops(step));
            barred.extend(bars.map(|bar| (FieldFault { pointer: pointer.clone(), fault: told(id, by, bar) }, bar)));
        };
        stopped(id, None);
        for before in bound_by(id, &successions, terms) {
            stopped(&before.predecessor, Some(&before));
        }
    }
    let Some((_, first)) = barred.first() else { return Ok(()) };
    let (kind, article) = (first.kind.to_string(), first.article.to_string());
    let told = Refusal::fields(barred.into_iter().map(|(fault, _)| fault).collect());
    let measure = step.measure.words();
    let (zh, en) = (
        format!("禁入期内不得{}：{}", measure.zh, told.detail.zh),
        format!("barred from {}: {}", measure.en, told.detail.en),
    );
    Err(Refusal { fields: told.fields, ..Refusal::new(&problem::ORGANISATION_BARRED, zh, en) }.citing(&kind, &article))
}

/// Which record bars, whose decision it is, until when, and by which record it binds a successor.
fn told(id: &OrganisationId, succeeds: Option<&Succession>, bar: &Bar) -> Fault {
    let Bar { authority, decision, article, from, to, entered, .. } = bar;
    let (mark_zh, mark_en) = if bar.open_objection().is_some() { ("（异议中）", " (disputed)") } else { ("", "") };
    let entry = entered.entry;
    let (whom_zh, whom_en) = match succeeds {
        None => (id.to_string(), format!("{id} is")),
        Some(Succession { predecessor, manner, entry, .. }) => (
            format!("{id} 因{}承继 {predecessor}（见第 {entry} 条记录），后者", manner.words().zh),
            format!("{id} succeeds {predecessor} ({}, record {entry}), which is", manner.words().en),
        ),
    };
    Fault::inconsistent((
        format!("{whom_zh} 经{authority}{decision}（{article}）自 {from} 至 {to} 禁入，见第 {entry} 条记录{mark_zh}"),
        format!(
            "{whom_en} barred by {authority}, {decision} ({article}), from {from} to {to}: record {entry}{mark_en}"
        ),
    ))
}
