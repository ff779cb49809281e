//! The one gate that everybody asks: whether a bar stops what somebody is about to do.

use super::{Access, AccessId, Bar};
use crate::act::{Moment, Stream};
use crate::field::{Day, Fault, FieldFault, OrganisationId, RegionCode};
use crate::law::{BarField, BarMeasure};
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

/// Whether anybody of these may not take the step; each is named by where the record has it.
///
/// # Errors
/// `organisation-barred`, with the record that bars, its authority and number, and until when.
pub fn barred_from<'o>(
    named: impl IntoIterator<Item = (String, &'o OrganisationId)>,
    step: &GatedStep,
    at: &Moment<'_>,
) -> Result<(), Refusal> {
    let mut barred: Vec<(FieldFault, &Bar)> = Vec::new();
    for (pointer, id) in named {
        let access = at.around.get::<Access>(&AccessId(id.clone()));
        let bars = access.into_iter().flat_map(|access| &access.bars).filter(|bar| bar.stops(step));
        barred.extend(bars.map(|bar| (FieldFault { pointer: pointer.clone(), fault: told(id, bar) }, bar)));
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

/// Which record bars, whose decision it is, and until when.
fn told(id: &OrganisationId, bar: &Bar) -> Fault {
    let Bar { authority, decision, article, from, to, entered, .. } = bar;
    let (mark_zh, mark_en) = if bar.open_objection().is_some() { ("（异议中）", " (disputed)") } else { ("", "") };
    let entry = entered.entry;
    Fault::inconsistent((
        format!("{id} 经{authority}{decision}（{article}）自 {from} 至 {to} 禁入，见第 {entry} 条记录{mark_zh}"),
        format!("{id} is barred by {authority}, {decision} ({article}), from {from} to {to}: record {entry}{mark_en}"),
    ))
}
