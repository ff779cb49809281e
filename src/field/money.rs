//! Money in integer minor units, and prices that are rates rather than amounts.

use super::{Fault, Line, Prose, Whole, union};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// ISO 4217 currencies in which tenders are priced here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub enum Currency {
    CNY,
    USD,
    EUR,
    GBP,
    HKD,
    JPY,
}

impl Currency {
    /// Digits after the decimal point of the major unit (ISO 4217).
    pub fn minor_digits(self) -> u32 {
        match self {
            Self::JPY => 0,
            _ => 2,
        }
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = super::JsonText::deserialize(deserializer)?;
        Ok(match &*code {
            "CNY" => Self::CNY,
            "USD" => Self::USD,
            "EUR" => Self::EUR,
            "GBP" => Self::GBP,
            "HKD" => Self::HKD,
            "JPY" => Self::JPY,
            _ => return Err(Fault::UnknownCurrency { known: "CNY, USD, EUR, GBP, HKD, JPY".to_owned() }.into_serde()),
        })
    }
}

/// An amount of 0..=10^15 minor units (分 for CNY).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    pub currency: Currency,
    /// Whole minor units: 1799255.53 yuan is 179925553.
    #[serde(deserialize_with = "amount")]
    #[schemars(range(min = 0, max = AMOUNT_MINOR_MAX))]
    pub amount_minor: i64,
}

/// Ten trillion yuan: above any single tender, and low enough that sums never overflow.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000_000_000;

impl Money {
    /// # Errors
    /// [`Fault::AmountOutOfRange`]
    pub fn new(currency: Currency, amount_minor: i64) -> Result<Self, Fault> {
        if (0..=AMOUNT_MINOR_MAX).contains(&amount_minor) {
            Ok(Self { currency, amount_minor })
        } else {
            Err(Fault::AmountOutOfRange)
        }
    }
}

fn amount<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_i64(Amount)
}

/// Takes an integer of any size, so that a negative or overflowing amount is told from a wrong type.
struct Amount;

impl serde::de::Visitor<'_> for Amount {
    type Value = i64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number of minor units (分)")
    }

    fn visit_u64<E: serde::de::Error>(self, amount: u64) -> Result<i64, E> {
        match i64::try_from(amount) {
            Ok(amount @ 0..=AMOUNT_MINOR_MAX) => Ok(amount),
            _ => Err(Fault::AmountOutOfRange.into_serde()),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<i64, E> {
        Err(Fault::AmountOutOfRange.into_serde())
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<i64, E> {
        Err(Fault::AmountOutOfRange.into_serde())
    }
}

/// What a rate is a rate of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateBasis {
    /// 下浮率: taken off the ceiling or the budget price.
    Discount,
    /// 费率 / 折扣率: of the fee standard or base that `of` names.
    Fee,
}

/// A price stated as a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub basis: RateBasis,
    /// Parts per million: 94.35 % is 943500. At most 10,000,000 (1000 %).
    #[serde(deserialize_with = "ppm")]
    #[schemars(range(min = 0, max = RATE_PPM_MAX))]
    pub rate_ppm: i64,
    /// The base to which it applies, e.g. 计价格〔2002〕10号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prose<1000>>,
}

const RATE_PPM_MAX: i64 = 10_000_000;

fn ppm<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match i64::deserialize(deserializer)? {
        rate @ 0..=RATE_PPM_MAX => Ok(rate),
        _ => Err(Fault::AmountOutOfRange.into_serde()),
    }
}

/// One number: an amount or a rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SimplePrice {
    #[schemars(with = "Whole<Money>")]
    Money(Money),
    #[schemars(with = "Whole<Rate>")]
    Rate(Rate),
}

union!(SimplePrice { Money(Money), Rate(Rate) });

/// One part of a price of several parts: 设计费, 建安费.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceItem {
    pub item: Line<200>,
    pub price: SimplePrice,
}

/// A price of several parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceItems {
    #[schemars(length(min = 1, max = 50))]
    pub items: Vec<PriceItem>,
}

/// A price that only words can state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedPrice {
    pub text: Prose<2000>,
}

/// What a bidder asks: an amount, a rate, several of them, or words.
///
/// About one award in six carries no plain amount (下浮率, 费率, 按…标准的48%计取), so an amount alone would lose them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Price {
    #[schemars(with = "Whole<Money>")]
    Money(Money),
    #[schemars(with = "Whole<Rate>")]
    Rate(Rate),
    #[schemars(with = "Whole<PriceItems>")]
    Items(PriceItems),
    #[schemars(with = "Whole<StatedPrice>")]
    Stated(StatedPrice),
}

union!(Price { Money(Money), Rate(Rate), Items(PriceItems), Stated(StatedPrice) });

impl Price {
    /// The amount, when the price is one.
    pub fn money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ParseFailure, parse};
    use super::*;

    #[test]
    fn amounts_are_whole_non_negative_and_bounded() {
        let money = |n: &str| parse::<Money>(format!(r#"{{"currency":"CNY","amount_minor":{n}}}"#).as_bytes());
        assert_eq!(money("179925553").unwrap().amount_minor, 179_925_553);
        for out in ["-1", "1000000000000001", "99999999999999999999"] {
            assert!(matches!(money(out), Err(ParseFailure::Field(f)) if f.fault == Fault::AmountOutOfRange), "{out}");
        }
        assert!(matches!(money("1.5"), Err(ParseFailure::Field(f)) if matches!(f.fault, Fault::WrongType { .. })));
        assert!(money("1e309").is_err());
        assert!(money("\"1\"").is_err());
    }

    #[test]
    fn a_price_may_be_a_rate_or_words() {
        let price: Price = parse(r#"{"kind":"rate","basis":"fee","rate_ppm":943500}"#.as_bytes()).unwrap();
        assert!(matches!(&price, Price::Rate(rate) if rate.rate_ppm == 943_500));
        assert_eq!(serde_json::to_string(&price).unwrap(), r#"{"kind":"rate","basis":"fee","rate_ppm":943500}"#);
        assert!(parse::<Price>(r#"{"kind":"stated","text":"按标准的48%计取"}"#.as_bytes()).is_ok());
        assert!(parse::<Price>(r#"{"kind":"money","currency":"CNY","amount_minor":1,"x":1}"#.as_bytes()).is_err());
    }
}
