//! How a commitment comes about.

use crate::act::{Payload, confirms_numbers};
use crate::field::{Fault, Faults, LotId, NumberConfirmation, OrganisationId, Prose, TenderCode, Whole, union};
use crate::log::Hash;
use crate::template::TemplateRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// For one lot of one tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotBinding {
    pub tender: TenderCode,
    pub lot: LotId,
}

/// For everything between the two within a calendar year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearBinding {
    #[schemars(range(min = *YEARS.start(), max = *YEARS.end()))]
    pub year: u16,
}

/// What a commitment is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Binding {
    #[schemars(with = "Whole<LotBinding>")]
    Lot(LotBinding),
    #[schemars(with = "Whole<YearBinding>")]
    Year(YearBinding),
}

union!(Binding { Lot(LotBinding), Year(YearBinding) });

impl Binding {
    /// The tender that it is for, unless for a year.
    pub fn tender(&self) -> Option<&TenderCode> {
        match self {
            Self::Lot(lot) => Some(&lot.tender),
            Self::Year(_) => None,
        }
    }
}

/// `commitment.offered`: one side signs the text and asks the other to. Either side may begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The latest version of the template.
    pub template: TemplateRef,
    /// The side of the procuring unit: the unit itself or the centre that buys for it.
    pub unit: OrganisationId,
    pub enterprise: OrganisationId,
    pub binding: Binding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `commitment.accepted`: the other side signs the same text; from now on both are bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Hash of the offer's entry.
    pub offer: Hash,
}

/// `commitment.declined`: the other side does not want it, or whoever offered takes it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Hash of the offer's entry.
    pub offer: Hash,
    pub reasons: Prose<2000>,
}

/// `commitment.lapsed` [service]: nobody accepted in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lapse {
    /// Hash of the offer's entry.
    pub offer: Hash,
}

/// `commitment.year_ended` [service]: the year that it was made for is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearEnd {
    #[schemars(range(min = *YEARS.start(), max = *YEARS.end()))]
    pub year: u16,
}

const YEARS: std::ops::RangeInclusive<u16> = 2000..=2200;

impl Payload for Offer {
    const KIND: &'static str = "commitment.offered";

    confirms_numbers!();

    fn check(&self, faults: &mut Faults) {
        if self.unit == self.enterprise {
            faults.add("/enterprise", Fault::inconsistent(("不得向自己承诺", "nobody commits to itself")));
        }
        if let Binding::Year(binding) = &self.binding
            && !YEARS.contains(&binding.year)
        {
            let (first, last) = (YEARS.start(), YEARS.end());
            let (zh, en) = (format!("年度应为 {first} 至 {last}"), format!("a year is {first} to {last}"));
            faults.add("/binding/year", Fault::wrong_type((zh, en)));
        }
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        vec![&self.unit, &self.enterprise]
    }
}

impl Payload for Acceptance {
    const KIND: &'static str = "commitment.accepted";
}

impl Payload for Decline {
    const KIND: &'static str = "commitment.declined";
}

impl Payload for YearEnd {
    const KIND: &'static str = "commitment.year_ended";
}

impl Payload for Lapse {
    const KIND: &'static str = "commitment.lapsed";
}
