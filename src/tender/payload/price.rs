//! What is said of a price that is not what one would expect.

use super::Lot;
use crate::field::{Fault, Faults, Line, Money, Prose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a price is another one than the step before had, and the law that allows it: an arithmetic correction, the last offer
/// of a negotiation. Only where the two differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceDifference {
    /// Law and article, e.g. 评标委员会和评标方法暂行规定 第十九条.
    pub law: Line<300>,
    pub reason: Prose<2000>,
}

/// The amount is meant as it stands, although it is far from what it is compared with. Only where that is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AmountConfirmation {
    pub reason: Prose<2000>,
}

/// The estimates of the lots together are no more than that of the whole, as far as they can be compared.
pub(super) fn check_amounts(lots: &[Lot], whole: Option<Money>, at: &str, faults: &mut Faults) {
    let Some(whole) = whole else { return };
    let parts = lots.iter().filter_map(|lot| lot.estimate.filter(|part| part.currency == whole.currency));
    // A hundred amounts below AMOUNT_MINOR_MAX: this does not overflow.
    let sum: i64 = parts.map(|part| part.amount_minor).sum();
    if sum > whole.amount_minor {
        // Whatever the other lots may cost.
        let words = ("各标段估算价合计超过项目估算价", "the lots' estimates together are more than the tender's");
        faults.add(format!("{at}/estimate"), Fault::inconsistent(words));
    }
}
