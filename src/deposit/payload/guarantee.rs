//! 保函、保险: cover that is no money.

use crate::act::{Payload, cites_document, statuses};
use crate::field::{Day, DocumentRef, ItemId, Line, Money, Party, Prose};
use crate::law::{DepositForm, IssuerKind};
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
    /// What it is; editions from 2027-01 on ask for it, and for its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_kind: Option<IssuerKind>,
    /// 许可证号（金融许可证、融资担保业务经营许可证）
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Line<64>>,
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
    /// What shows it; editions from 2027-01 on ask for it where it is genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<DocumentRef>,
}

/// `deposit.guarantee_released`: it goes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeRelease {
    pub deposit: ItemId,
    pub guarantee: ItemId,
    pub reason: Prose<2000>,
}

/// `deposit.guarantee_claimed`: the payee decides to claim it, on a ground on which money would not be given back. Nothing moves yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteeClaim {
    pub deposit: ItemId,
    /// Of the forfeiture that it is, unique for the deposit.
    pub id: ItemId,
    pub guarantee: ItemId,
    pub amount: Money,
    /// One of those that the edition lists for this kind.
    pub ground: ItemId,
    pub reasons: Prose<5000>,
    /// The decision.
    pub document: DocumentRef,
}

/// `deposit.guarantee_paid`: the issuer paid, as a line of the bank's statement says, entered by another person than who decided.
/// From then on the payer may appeal, as against any forfeiture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuaranteePayment {
    pub deposit: ItemId,
    pub forfeiture: ItemId,
    /// The bank's own reference: each counts once.
    pub reference: Line<64>,
    pub value_date: Day,
}

statuses! {
    /// What takes whose place.
    pub enum SwapDirection {
        /// 以保函替换资金: what the guarantee covers is too much money, and goes back.
        ToGuarantee,
        /// 以资金替换保函: the guarantee goes back.
        ToMoney,
    }
}

/// `deposit.swapped`: money and a guarantee change places in one record, so that the deposit is never short between. By another
/// person than who lodged the guarantee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverSwap {
    pub deposit: ItemId,
    pub guarantee: ItemId,
    pub direction: SwapDirection,
    /// How the issuer was asked, and what was answered; or why the guarantee goes back.
    pub statement: Prose<2000>,
    /// What shows that it is genuine, as with its verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<DocumentRef>,
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

    cites_document!();
}

impl Payload for GuaranteeVerification {
    const KIND: &'static str = "deposit.guarantee_verified";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.evidence.iter().collect()
    }
}

impl Payload for GuaranteeRelease {
    const KIND: &'static str = "deposit.guarantee_released";
}

impl Payload for GuaranteeExpiry {
    const KIND: &'static str = "deposit.guarantee_expired";
}

impl Payload for GuaranteeClaim {
    const KIND: &'static str = "deposit.guarantee_claimed";

    cites_document!();
}

impl Payload for GuaranteePayment {
    const KIND: &'static str = "deposit.guarantee_paid";
}

impl Payload for CoverSwap {
    const KIND: &'static str = "deposit.swapped";

    fn documents(&self) -> Vec<&DocumentRef> {
        self.evidence.iter().collect()
    }
}
