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

/// A price in fen that is meant in yuan is a hundredth, one in ten thousand yuan that is meant in yuan ten thousand times too
/// much. No honest price is a twentieth of what it is compared with, or twenty times as much, without somebody knowing why:
/// the law asks for an explanation at a half (政府采购货物和服务招标投标管理办法 art. 60 and its notice of 2026).
const FAR_FACTOR: i64 = 20;

/// Whether two amounts are so far from each other that one of them may be a slip of unit. Those of two currencies can't be
/// compared.
pub fn are_far_apart(one: Money, other: Money) -> bool {
    let (less, more) = (one.amount_minor.min(other.amount_minor), one.amount_minor.max(other.amount_minor));
    // Amounts are bounded by AMOUNT_MINOR_MAX, so this does not overflow.
    one.currency == other.currency && more > 0 && less * FAR_FACTOR <= more
}

/// The amounts of the lots fit each other and the whole, as far as they can be compared.
pub(super) fn check_amounts(lots: &[Lot], whole: Option<Money>, at: &str, faults: &mut Faults) {
    let mut wrong = |pointer: String, zh: &str, en: &str| {
        faults.add(pointer, Fault::inconsistent((zh, en)));
    };
    for (row, lot) in lots.iter().enumerate() {
        if lot.ceiling.zip(lot.estimate).is_some_and(|(ceiling, estimate)| are_far_apart(ceiling, estimate)) {
            wrong(
                format!("{at}/lots/{row}/ceiling"),
                "与本标段估算价相差悬殊，请核对单位",
                "far from the lot's estimate: a slip of unit?",
            );
        }
    }
    let Some(whole) = whole else { return };
    let parts: Vec<_> =
        lots.iter().filter_map(|lot| lot.estimate.filter(|part| part.currency == whole.currency)).collect();
    // A hundred amounts below AMOUNT_MINOR_MAX: this does not overflow.
    let sum: i64 = parts.iter().map(|part| part.amount_minor).sum();
    if sum > whole.amount_minor {
        // Whatever the other lots may cost.
        return wrong(
            format!("{at}/estimate"),
            "各标段估算价合计超过项目估算价",
            "the lots' estimates together are more than the tender's",
        );
    }
    let sum = Money::new(whole.currency, sum).ok().filter(|_| parts.len() == lots.len());
    if sum.is_some_and(|sum| are_far_apart(sum, whole)) {
        wrong(
            format!("{at}/estimate"),
            "与各标段估算价之和相差悬殊，请核对单位",
            "far from the sum of the lots' estimates: a slip of unit?",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Currency;

    #[test]
    fn slips_of_unit_are_far_apart_and_honest_prices_are_not() {
        let cny = |amount| Money::new(Currency::CNY, amount).unwrap();
        let estimate = cny(520_000_000);
        for slip in [0, 1, 52_000, 5_200_000, 26_000_000, 10_400_000_000, 52_000_000_000, 1_000_000_000_000_000] {
            assert!(are_far_apart(cny(slip), estimate) && are_far_apart(estimate, cny(slip)), "{slip}");
        }
        for honest in [26_000_001, 234_000_000, 520_000_000, 600_000_000, 10_399_999_999] {
            assert!(!are_far_apart(cny(honest), estimate), "{honest}");
        }
        assert!(!are_far_apart(cny(0), cny(0)));
        assert!(!are_far_apart(Money::new(Currency::JPY, 1).unwrap(), estimate));
    }
}
