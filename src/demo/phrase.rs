//! Short forms for the values that notices are made of.

use crate::field::{Currency, DueTime, Money, Price, PriceItem, PriceItems, Rate, RateBasis, SimplePrice, StatedPrice};
use crate::tender::{Clause, ClauseKind, Window, WindowUnit};
use chrono::NaiveDate;
use std::fmt::Debug;
use std::str::FromStr;

/// A field from a text of this program; the tests pass every one of them.
///
/// # Panics
/// The text is none of that field's.
pub fn literal<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("the demo's {text:?} is no such field: {error:?}"))
}

/// Nine in the morning of a day, as deadlines have it.
pub fn at_nine(day: NaiveDate) -> DueTime {
    literal(&format!("{day}T09:00:00+08:00"))
}

pub fn days(count: u16) -> Window {
    Window { count, unit: WindowUnit::Day }
}

pub fn clause(id: &str, kind: ClauseKind, text: &str) -> Clause {
    Clause { id: literal(id), kind, text: literal(text) }
}

/// Whole yuan.
pub fn money(yuan: i64) -> Money {
    Money { currency: Currency::CNY, amount_minor: yuan * 100 }
}

pub fn yuan(amount: i64) -> Price {
    Price::Money(money(amount))
}

/// 下浮率, in parts per million.
pub fn discount(ppm: i64, of: &str) -> Price {
    Price::Rate(Rate { basis: RateBasis::Discount, rate_ppm: ppm, of: Some(literal(of)) })
}

/// 费率, in parts per million.
pub fn fee(ppm: i64, of: &str) -> Price {
    Price::Rate(Rate { basis: RateBasis::Fee, rate_ppm: ppm, of: Some(literal(of)) })
}

/// A price of several parts, each an amount or a rate.
pub fn parts(items: &[(&str, Price)]) -> Price {
    let simple = |price: &Price| match price {
        Price::Money(money) => SimplePrice::Money(*money),
        Price::Rate(rate) => SimplePrice::Rate(rate.clone()),
        Price::UnitPrice(unit_price) => SimplePrice::UnitPrice(unit_price.clone()),
        Price::Items(_) | Price::Stated(_) => unreachable!("a part of a price has no parts"),
    };
    let items = items.iter().map(|(item, price)| PriceItem { item: literal(item), price: simple(price) });
    Price::Items(PriceItems { items: items.collect() })
}

/// A price that only words can state.
pub fn stated(text: &str) -> Price {
    Price::Stated(StatedPrice { text: literal(text) })
}
