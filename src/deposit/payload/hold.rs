//! 冻结: a part of a deposit that is kept from going out, until it is let go or its time is over.

use crate::act::Payload;
use crate::field::{Day, ItemId, Money, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.held`: the first half of a movement; the second lets it go, forfeits it, or is its expiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    pub deposit: ItemId,
    /// Chosen by whoever signs, unique for the deposit.
    pub id: ItemId,
    pub amount: Money,
    pub reason: Prose<2000>,
    /// For which ground of its kind it is held: to be named where the edition reserves the kind for those (农民工工资保证金).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<ItemId>,
    /// Last day: at midnight after it what is left of the hold is available again.
    pub until: Day,
}

/// `deposit.released`: a hold is let go, or a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRelease {
    pub deposit: ItemId,
    pub hold: ItemId,
    pub amount: Money,
    pub reason: Prose<2000>,
}

/// `deposit.hold_lapsed`: the time of a hold is over. By the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldLapse {
    pub deposit: ItemId,
    pub hold: ItemId,
}

impl Payload for Hold {
    const KIND: &'static str = "deposit.held";
}

impl Payload for HoldRelease {
    const KIND: &'static str = "deposit.released";
}

impl Payload for HoldLapse {
    const KIND: &'static str = "deposit.hold_lapsed";
}
