//! 保函、保险: cover that is no money.

use crate::act::{Payload, statuses};
use crate::field::{Day, DocumentRef, ItemId, Line, Money, Party, Prose};
use crate::law::DepositForm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.guarantee_lodged`: the payee has been given one. It covers nothing until it is verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeLodging {
    pub deposit: ItemId,
    /// Chosen by the payee, unique in its book.
    pub id: ItemId,
    pub form: DepositForm,
    /// Bank, surety company or insurer (开立机构).
    pub issuer: Party,
    /// Its number with the issuer (保函编号): with one issuer each counts once.
    pub number: Line<100>,
    pub amount: Money,
    pub valid_from: Day,
    /// Last day.
    pub valid_to: Day,
    /// Last day on which it can be claimed.
    pub claim_by: Day,
    pub document: DocumentRef,
}

statuses! {
    /// What the issuer said.
    pub enum GuaranteeCheck {
        /// 查验属实: it covers from now on.
        Genuine,
        /// 查验不实
        Refuted,
    }
}

/// `deposit.guarantee_verified`: the issuer was asked, by another person than who entered it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeVerification {
    pub deposit: ItemId,
    pub guarantee: ItemId,
    pub outcome: GuaranteeCheck,
    /// How it was asked, and what was answered.
    pub statement: Prose<2000>,
}

/// `deposit.guarantee_released`: it goes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeRelease {
    pub deposit: ItemId,
    pub guarantee: ItemId,
    pub reason: Prose<2000>,
}

/// `deposit.guarantee_expired`: its last day is over. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeExpiry {
    pub deposit: ItemId,
    pub guarantee: ItemId,
}

impl Payload for GuaranteeLodging {
    const KIND: &'static str = "deposit.guarantee_lodged";

    fn codes(&self) -> Vec<&crate::field::OrganisationId> {
        self.issuer.id.iter().collect()
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        vec![&self.document]
    }
}

impl Payload for GuaranteeVerification {
    const KIND: &'static str = "deposit.guarantee_verified";
}

impl Payload for GuaranteeRelease {
    const KIND: &'static str = "deposit.guarantee_released";
}

impl Payload for GuaranteeExpiry {
    const KIND: &'static str = "deposit.guarantee_expired";
}
