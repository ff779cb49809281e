//! 利息: daily products (积数) in whole numbers, with what is left of a minor unit carried on.
//!
//! `N = R + Σ balance · rate_ppm` over the days, `interest = N div (year · 10^6)`, `R = N mod (year · 10^6)`. A period is half
//! open: its first day counts, its last does not (算头不算尾). Nothing is rounded, so no order of payments loses a fen.

use crate::field::Day;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days of a year (计息天数基础).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayCount {
    /// 实际/360: as banks count demand deposits.
    #[serde(rename = "actual_360")]
    Actual360,
    /// 实际/365, in leap years too.
    #[serde(rename = "actual_365")]
    Actual365,
}

/// A yearly rate from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedRate {
    pub from: Day,
    /// Parts per million a year: 0.05 % is 500.
    #[schemars(range(max = RATE_PPM_MAX))]
    pub rate_ppm: u32,
}

/// No deposit bears more than its own amount a year.
pub const RATE_PPM_MAX: u32 = 1_000_000;

impl DayCount {
    /// What a day's product is divided by.
    pub fn divisor(self) -> i128 {
        let days = match self {
            Self::Actual360 => 360,
            Self::Actual365 => 365,
        };
        days * 1_000_000
    }

    /// The whole minor units in a sum of products, and what is left.
    pub fn settle(self, product: i128) -> (i64, i128) {
        let whole = product.div_euclid(self.divisor());
        (i64::try_from(whole).unwrap_or(i64::MAX), product.rem_euclid(self.divisor()))
    }
}

/// What is to be paid of a sum of products, and what is left. Below zero, where more was paid than was owed, nothing is: what was
/// too much is set off against what comes.
pub fn settle_owed(day_count: DayCount, product: i128) -> (i64, i128) {
    if product < 0 { (0, product) } else { day_count.settle(product) }
}

/// A change of a balance, from a day on (起息日).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceStep {
    pub day: Day,
    pub change_minor: i64,
}

fn days_between(from: Day, to: Day) -> i128 {
    (to.date() - from.date()).num_days().max(0).into()
}

/// The product of an amount that stands from one day to another, the latter not counted. Rates are in the order of their days;
/// before the first there is none.
pub fn product(amount_minor: i64, rates: &[DatedRate], from: Day, to: Day) -> i128 {
    let mut sum = 0;
    for (at, rate) in rates.iter().enumerate() {
        let begin = rate.from.max(from);
        let end = rates.get(at + 1).map_or(to, |next| next.from.min(to));
        sum += days_between(begin, end) * i128::from(rate.rate_ppm);
    }
    sum * i128::from(amount_minor)
}

/// The product of a balance that changes, from one day to another. Each step bears interest from its own day on; one that came
/// before `from` is taken as standing at it.
pub fn product_of_steps(steps: &[BalanceStep], rates: &[DatedRate], from: Day, to: Day) -> i128 {
    steps.iter().map(|step| product(step.change_minor, rates, step.day.max(from), to)).sum()
}

/// Shares a total by weights so that the shares add up to it exactly: whole parts first, then one more each to the largest
/// remainders (最大余额法), the earlier first where they are equal. Nothing where there are no weights.
pub fn allocate(total_minor: i64, weights: &[u64]) -> Vec<i64> {
    let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if all == 0 || total_minor < 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: &u64| i128::from(total_minor) * i128::from(*weight);
    let mut shares: Vec<i64> =
        weights.iter().map(|weight| i64::try_from(exact(weight) / all).unwrap_or_default()).collect();
    let left = total_minor - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact(&weights[*at]) % all));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        shares[at] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn rate(from: &str, rate_ppm: u32) -> DatedRate {
        DatedRate { from: day(from), rate_ppm }
    }

    /// Worked out by hand.
    #[test]
    fn vectors() {
        let flat = [rate("2000-01-01", 500)];
        let n = product(10_000_000, &flat, day("2026-04-01"), day("2026-05-01"));
        assert_eq!(n, 150_000_000_000);
        // 150,000,000,000 = 416 · 360,000,000 + 240,000,000.
        assert_eq!(DayCount::Actual360.settle(n), (416, 240_000_000));
        // The same days again, with the carry: 833 in all, where twice 416 is 832.
        assert_eq!(DayCount::Actual360.settle(n + 240_000_000), (417, 120_000_000));
        // 366 days of a leap year: 1,000,000 fen at 1.5 % come to 15,041.09… over 365.
        let leap = product(1_000_000, &[rate("2020-01-01", 15_000)], day("2024-01-01"), day("2025-01-01"));
        assert_eq!(DayCount::Actual365.settle(leap), (15_041, 35_000_000));
        assert_eq!(DayCount::Actual360.settle(leap), (15_250, 0));
        // 29 February counts: 60 days from 1 January to 1 March, and 59 in 2026.
        for (from, to, days) in [("2024-01-01", "2024-03-01", 60), ("2026-01-01", "2026-03-01", 59)] {
            assert_eq!(product(1, &[rate("2020-01-01", 1)], day(from), day(to)), days);
        }
        // From 0.10 % to 0.05 % on 20 May: 19 days before, 12 from then on.
        let changed = [rate("2025-01-01", 1_000), rate("2025-05-20", 500)];
        let may = product(36_000_000, &changed, day("2025-05-01"), day("2025-06-01"));
        assert_eq!(DayCount::Actual360.settle(may), (1_900 + 600, 0));
        // Nothing before the first rate, nothing for no days, and none backwards.
        assert_eq!(product(5, &flat, day("1999-01-01"), day("2000-01-01")), 0);
        assert_eq!(product(5, &flat, day("2026-01-01"), day("2026-01-01")), 0);
        assert_eq!(product(5, &flat, day("2026-01-02"), day("2026-01-01")), 0);
    }

    #[test]
    fn a_day_of_movement_falls_in_the_next_period() {
        let rates = [rate("2020-01-01", 360_000)];
        let steps = [
            BalanceStep { day: day("2026-04-01"), change_minor: 1_000 },
            BalanceStep { day: day("2026-04-11"), change_minor: -400 },
        ];
        // Ten days of 1,000 and twenty of 600, at a thousandth a day.
        let n = product_of_steps(&steps, &rates, day("2026-04-01"), day("2026-05-01"));
        assert_eq!(DayCount::Actual360.settle(n), (22, 0));
        let first = product_of_steps(&steps, &rates, day("2026-04-01"), day("2026-04-11"));
        let second = product_of_steps(&steps, &rates, day("2026-04-11"), day("2026-05-01"));
        assert_eq!((DayCount::Actual360.settle(first).0, DayCount::Actual360.settle(second).0), (10, 12));
    }

    #[test]
    fn what_is_shared_adds_up() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(5, &[10, 20, 70]), [1, 1, 3]);
        assert_eq!(allocate(0, &[1, 2]), [0, 0]);
        assert_eq!(allocate(7, &[0, 0]), [0, 0]);
        assert_eq!(allocate(7, &[]), [0; 0]);
    }

    proptest! {
        #[test]
        fn no_cut_of_a_period_gains_or_loses(amount in 0i64..1_000_000_000_000, ppm in 0u32..100_000, cut in 0u64..400, days in 0u64..400) {
            let rates = [rate("2020-01-01", ppm), rate("2026-07-01", ppm / 2)];
            let first = day("2026-01-01");
            let plus = |n: u64| Day::from(first.date() + chrono::Days::new(n));
            let (cut, end) = (plus(cut.min(days)), plus(days));
            let whole = DayCount::Actual360.settle(product(amount, &rates, first, end));
            let (one, carry) = DayCount::Actual360.settle(product(amount, &rates, first, cut));
            let (two, left) = DayCount::Actual360.settle(carry + product(amount, &rates, cut, end));
            prop_assert_eq!(whole, (one + two, left));
        }

        #[test]
        fn shares_add_up_and_are_within_one_of_exact(total in 0i64..1_000_000_000_000_000, weights in prop::collection::vec(0u64..1_000_000_000_000, 1..40)) {
            let shares = allocate(total, &weights);
            let all: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            prop_assert_eq!(shares.iter().sum::<i64>(), if all > 0 { total } else { 0 });
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = (u128::from(total.unsigned_abs()) * u128::from(*weight)).checked_div(all).unwrap_or_default();
                prop_assert!((exact..=exact + 1).contains(&u128::from(share.unsigned_abs())));
            }
        }
    }
}
