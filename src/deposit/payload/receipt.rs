//! 收款: what is asked of whom, and that it came in.

use crate::act::{Payload, cites_document, statuses};
use crate::field::{Day, DocumentRef, Fault, Faults, ItemId, Line, LotId, Money, OrganisationId, Prose, TenderCode};
use crate::record::Sealed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a deposit secures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecuredLot {
    pub tender: TenderCode,
    pub lot: LotId,
}

/// A procurement that is not in this log (别处的项目).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcurementElsewhere {
    /// 项目编号, as whoever carries it out has it, with the lot.
    pub code: Line<100>,
    /// 开标日: until then nobody tells who bids.
    pub opened: Day,
    /// What was published of it: by this the base can be checked.
    pub notice: DocumentRef,
}

impl ProcurementElsewhere {
    /// The tender of this log that would be called so, if there is one.
    pub fn as_tender(&self) -> Option<TenderCode> {
        self.code.as_str().parse().ok()
    }
}

/// `deposit.announced`: the payee says what is to be paid in, by whom, and until when (缴款通知).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositNotice {
    /// Chosen by the payee, unique in its book: the number of the virtual account is a good one.
    pub id: ItemId,
    pub scheme: ItemId,
    /// The enterprise that pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<OrganisationId>,
    /// A person, sealed: only of an enterprise-internal bonus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Sealed>,
    /// The lot for which it stands, where that is in this log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secures: Option<SecuredLot>,
    /// The procurement for which it stands, where that is in another log or in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procurement: Option<ProcurementElsewhere>,
    /// What the cap is a part of: estimate, budget, contract amount.
    pub base: Money,
    /// What is asked: never above the scheme's part of the base, and below it by as much as the result says.
    pub required: Money,
    /// The result of risk control (风险防控成效), where it reduces what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = SCORE_MAX))]
    pub score: Option<u8>,
    /// The payee's bank account (专户), by the name that its book has for it.
    pub bank: ItemId,
    /// Last day on which it may come in.
    pub pay_by: Day,
}

/// A score is between 0 and this.
const SCORE_MAX: u8 = 100;

statuses! {
    /// From which account it was paid.
    pub enum PayerAccountKind {
        /// 基本存款账户
        Basic,
        /// 其他账户
        Other,
    }
}

/// `deposit.received`: a line of the bank's statement says that it came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BankReceipt {
    pub deposit: ItemId,
    /// The bank's own reference (回单号, 流水号): each counts once.
    pub reference: Line<64>,
    pub amount: Money,
    /// 起息日
    pub value_date: Day,
    pub account_kind: PayerAccountKind,
    /// The number of the payer's account, sealed: where the refund goes.
    pub account: Sealed,
}

/// `deposit.receipt_reversed`: what was entered wrongly is taken back, once, by another person (红字冲销).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptReversal {
    pub deposit: ItemId,
    pub reference: Line<64>,
    pub reason: Prose<2000>,
    pub document: DocumentRef,
}

impl Payload for DepositNotice {
    const KIND: &'static str = "deposit.announced";

    fn check(&self, faults: &mut Faults) {
        if self.score.is_some_and(|score| score > SCORE_MAX) {
            faults.add("/score", Fault::not_within(0..=SCORE_MAX.into(), ("分", "points")));
        }
        if self.payer.is_some() == self.person.is_some() {
            let words = ("payer 与 person 须有且仅有一个", "either payer or person, and not both");
            faults.add("/payer", Fault::inconsistent(words));
        }
        if self.required.currency != self.base.currency {
            let words = ("币种须与 base 一致", "of another currency than its base");
            faults.add("/required/currency", Fault::inconsistent(words));
        }
        if self.secures.is_some() && self.procurement.is_some() {
            let words = ("标段在本日志中的，不另写别处的项目", "a lot of this log is no procurement elsewhere");
            faults.add("/procurement", Fault::inconsistent(words));
        }
    }

    fn documents(&self) -> Vec<&DocumentRef> {
        self.procurement.iter().map(|procurement| &procurement.notice).collect()
    }

    fn sealed(&self) -> Vec<Sealed> {
        self.person.iter().cloned().collect()
    }

    fn codes(&self) -> Vec<&OrganisationId> {
        self.payer.iter().collect()
    }
}

impl Payload for BankReceipt {
    const KIND: &'static str = "deposit.received";

    fn sealed(&self) -> Vec<Sealed> {
        vec![self.account.clone()]
    }
}

impl Payload for ReceiptReversal {
    const KIND: &'static str = "deposit.receipt_reversed";

    cites_document!();
}
