//! 中标结果, 合同 and 履约验收 of one lot.

use super::candidates::{KeyPerson, PERSONS_MAX};
use super::{AmountConfirmation, PriceDifference};
use crate::act::{Payload, confirms_numbers};
use crate::field::{
    Citations, CommitmentId, Day, DocumentRef, Faults, ItemId, Line, LotId, NumberConfirmation, Price, Prose,
};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `tender.awarded`: 中标结果公告.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Award {
    pub lot: LotId,
    /// The candidate that wins; of several winners each has an award of its own.
    pub candidate: ItemId,
    /// The effective commitment between the winner (the first member of a consortium) and the procuring side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<CommitmentId>,
    pub price: Price,
    /// Why it is not the price that was published for the candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_difference: Option<PriceDifference>,
    /// The price is meant, although it is far from the price that was published for the candidate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<AmountConfirmation>,
    /// Why not the first-ranked candidate (招标投标法实施条例 art. 55), or why this one of several that have no rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Prose<5000>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Prose<5000>>,
    /// 工期 / 交付期, as promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Prose<2000>>,
    /// 质量标准, as promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Prose<2000>>,
    /// 项目班子 of the winner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = PERSONS_MAX))]
    pub persons: Vec<KeyPerson>,
    /// 资质证书、安全生产许可证 of the winner, with their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = CERTIFICATES_MAX))]
    pub certificates: Vec<Prose<1000>>,
    /// 备注.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Prose<2000>>,
    /// Where the notice was first published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Line<500>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

/// `contract.published`: 合同公示.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    pub lot: LotId,
    /// Which winner it is about, where the lot has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ItemId>,
    pub number: Line<100>,
    pub price: Price,
    /// Why it is not that of the award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_difference: Option<PriceDifference>,
    /// The price is meant, although it is far from that of the award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<AmountConfirmation>,
    /// Not before the award, and not in the future.
    pub signed: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Prose<8000>>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `contract.amended`: 合同变更.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractAmendment {
    pub lot: LotId,
    /// Which winner it is about, where the lot has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ItemId>,
    pub reason: Prose<5000>,
    pub changes: Prose<8000>,
    /// The new price, when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The new price is meant, although it is far from the one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<AmountConfirmation>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers_confirmed: Option<NumberConfirmation>,
}

/// `contract.accepted`: 履约验收公示.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractAcceptance {
    pub lot: LotId,
    /// Which winner it is about, where the lot has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<ItemId>,
    /// Whether the performance passed; one that did not stays contracted and is inspected again.
    pub passed: bool,
    /// Not before the contract was signed, and not in the future.
    pub inspected: Day,
    pub opinion: Prose<8000>,
    #[serde(default, skip_serializing_if = "Citations::is_empty")]
    pub documents: Citations,
}

const CERTIFICATES_MAX: usize = 50;

impl Payload for Award {
    const KIND: &'static str = "tender.awarded";

    fn check(&self, faults: &mut Faults) {
        faults.at_most("/persons", self.persons.len(), PERSONS_MAX);
        faults.at_most("/certificates", self.certificates.len(), CERTIFICATES_MAX);
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.persons.iter().filter_map(|person| person.name.clone()).collect()
    }
}

impl Payload for Contract {
    const KIND: &'static str = "contract.published";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ContractAmendment {
    const KIND: &'static str = "contract.amended";

    confirms_numbers!();

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}

impl Payload for ContractAcceptance {
    const KIND: &'static str = "contract.accepted";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.documents.iter().collect()
    }
}
