//! Money in integer minor units, and prices that are rates rather than amounts.

use super::{Fault, Line, Prose, Whole, union};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// ISO 4217 currencies in which tenders are priced here.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, strum::EnumIter, strum::EnumString,
)]
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

    /// Minor units as programs read them: `-1000.05`.
    pub fn decimal(self, minor: i64) -> String {
        decimal(minor, self.minor_digits())
    }
}

/// Minor units of a currency that has so many digits after its decimal point: `-1000.05`.
pub fn decimal(minor: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let (sign, minor) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    match digits {
        0 => format!("{sign}{minor}"),
        _ => format!("{sign}{}.{:0width$}", minor / unit, minor % unit, width = digits as usize),
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

    /// Both in minor units, where they are of one currency.
    pub fn comparable_with(self, other: Self) -> Option<(i64, i64)> {
        (self.currency == other.currency).then_some((self.amount_minor, other.amount_minor))
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
    /// 上浮率 / 加价率: put on the base that `of` names.
    Markup,
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
        _ => Err(Fault::not_within(0..=RATE_PPM_MAX, ("ppm（百万分之一）", "parts per million")).into_serde()),
    }
}

/// 单价: so much for each unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitPrice {
    pub currency: Currency,
    /// Millionths of the major unit, for unit prices are finer than fen: 0.3583 yuan is 358300.
    #[serde(deserialize_with = "amount")]
    #[schemars(range(min = 0, max = AMOUNT_MINOR_MAX))]
    pub amount_micros: i64,
    /// Of what: 吨, 平方米, 人·月.
    pub per: Line<50>,
}

/// One number: an amount, a rate, or an amount for each unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SimplePrice {
    #[schemars(with = "Whole<Money>")]
    Money(Money),
    #[schemars(with = "Whole<Rate>")]
    Rate(Rate),
    #[schemars(with = "Whole<UnitPrice>")]
    UnitPrice(UnitPrice),
}

union!(SimplePrice { Money(Money), Rate(Rate), UnitPrice(UnitPrice) });

/// One part of a price of several parts: 设计费, 建安费.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceItem {
    pub item: Line<200>,
    pub price: SimplePrice,
}

/// A price of several parts, each under a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceItems {
    #[serde(deserialize_with = "named_parts")]
    #[schemars(length(min = 1, max = PRICE_ITEMS_MAX))]
    pub items: Vec<PriceItem>,
}

/// Parts of one price: bills of unit prices that are longer are documents.
pub const PRICE_ITEMS_MAX: usize = 50;

fn named_parts<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<PriceItem>, D::Error> {
    let items = Vec::<PriceItem>::deserialize(deserializer)?;
    let again = |(n, item): &(usize, &PriceItem)| items[..*n].iter().any(|before| before.item == item.item);
    if items.is_empty() {
        return Err(Fault::TooFew.into_serde());
    }
    if items.len() > PRICE_ITEMS_MAX {
        return Err(Fault::TooMany { max: PRICE_ITEMS_MAX }.into_serde());
    }
    match items.iter().enumerate().find(again) {
        Some((_, item)) => Err(Fault::Duplicate { id: item.item.to_string() }.into_serde()),
        None => Ok(items),
    }
}

/// A price that only words can state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatedPrice {
    pub text: Prose<2000>,
}

/// What a bidder asks: an amount, a rate, a unit price, several of them, or words.
///
/// About one award in six carries no plain amount (下浮率, 费率, 按…标准的48%计取), so an amount alone would lose them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Price {
    #[schemars(with = "Whole<Money>")]
    Money(Money),
    #[schemars(with = "Whole<Rate>")]
    Rate(Rate),
    #[schemars(with = "Whole<UnitPrice>")]
    UnitPrice(UnitPrice),
    #[schemars(with = "Whole<PriceItems>")]
    Items(PriceItems),
    #[schemars(with = "Whole<StatedPrice>")]
    Stated(StatedPrice),
}

union!(Price { Money(Money), Rate(Rate), UnitPrice(UnitPrice), Items(PriceItems), Stated(StatedPrice) });

impl Price {
    /// The amount, when the price is one.
    pub fn money(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            _ => None,
        }
    }

    /// The amount, when the price is one, or has parts that are all amounts of one currency: then their sum.
    pub fn amount(&self) -> Option<Money> {
        match self {
            Self::Money(money) => Some(*money),
            Self::Items(PriceItems { items }) => {
                let mut parts = items.iter().map(|part| match &part.price {
                    SimplePrice::Money(money) => Some(*money),
                    SimplePrice::Rate(_) | SimplePrice::UnitPrice(_) => None,
                });
                let first = parts.next()??;
                parts.try_fold(first, |sum, part| {
                    let part = part.filter(|part| part.currency == sum.currency)?;
                    Money::new(sum.currency, sum.amount_minor + part.amount_minor).ok()
                })
            }
            Self::Rate(_) | Self::UnitPrice(_) | Self::Stated(_) => None,
        }
    }

    /// Whether every part is the same, in whatever order they stand.
    pub fn is_same(&self, other: &Self) -> bool {
        self.differences_to(other).is_empty()
    }

    /// Where it is another price, as pointers within this one: each part that is other or new, and the list where one is gone.
    pub fn differences_to(&self, before: &Self) -> Vec<String> {
        let (Self::Items(items), Self::Items(others)) = (self, before) else {
            return if self == before { Vec::new() } else { vec![String::new()] };
        };
        let differs = |part: &&PriceItem| others.named(&part.item) != Some(&part.price);
        let other = items.items.iter().enumerate().filter(|(_, part)| differs(part));
        let gone = others.items.iter().any(|part| items.named(&part.item).is_none());
        other.map(|(n, _)| format!("/items/{n}")).chain(gone.then(|| "/items".to_owned())).collect()
    }

    /// Pairs of amounts that can be compared with those of another price, in the smallest unit of both: the whole with the whole,
    /// and parts of one name.
    pub fn comparable_with(&self, other: &Self) -> Vec<(i64, i64)> {
        let whole = self.amount().zip(other.amount()).and_then(|(one, other)| one.comparable_with(other));
        let alone = match (self, other) {
            (Self::UnitPrice(one), Self::UnitPrice(other)) => one.comparable_with(other),
            _ => None,
        };
        let (Self::Items(items), Self::Items(others)) = (self, other) else {
            return whole.or(alone).into_iter().collect();
        };
        let parts = items.items.iter().filter_map(|part| part.price.comparable_with(others.named(&part.item)?));
        whole.into_iter().chain(parts).collect()
    }
}

impl PriceItems {
    fn named(&self, item: &Line<200>) -> Option<&SimplePrice> {
        self.items.iter().find(|part| part.item == *item).map(|part| &part.price)
    }
}

impl SimplePrice {
    fn comparable_with(&self, other: &Self) -> Option<(i64, i64)> {
        match (self, other) {
            (Self::Money(one), Self::Money(other)) => one.comparable_with(*other),
            (Self::UnitPrice(one), Self::UnitPrice(other)) => one.comparable_with(other),
            _ => None,
        }
    }
}

impl UnitPrice {
    fn comparable_with(&self, other: &Self) -> Option<(i64, i64)> {
        let alike = self.currency == other.currency && self.per == other.per;
        alike.then_some((self.amount_micros, other.amount_micros))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ParseFailure, parse};
    use super::*;

    proptest::proptest! {
        #[test]
        fn amounts_keep_every_fen(minor: i64) {
            let digits: String = Currency::CNY.decimal(minor).chars().filter(|c| *c != '.').collect();
            proptest::prop_assert_eq!(digits.parse::<i64>(), Ok(minor));
            proptest::prop_assert_eq!(Currency::JPY.decimal(minor), minor.to_string());
        }
    }

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
        let unit = r#"{"kind":"unit_price","currency":"CNY","amount_micros":358300,"per":"千瓦时"}"#;
        let price: Price = parse(unit.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&price).unwrap(), unit);
    }

    fn items(parts: &[&str]) -> Result<Price, ParseFailure> {
        parse(format!(r#"{{"kind":"items","items":[{}]}}"#, parts.join(",")).as_bytes())
    }

    fn yuan(item: &str, amount: i64) -> String {
        format!(r#"{{"item":"{item}","price":{{"kind":"money","currency":"CNY","amount_minor":{amount}}}}}"#)
    }

    #[test]
    fn parts_are_named_once_each_and_some() {
        let refused = |parts: &[&str]| match items(parts) {
            Err(ParseFailure::Field(field)) => field.fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&[]), Fault::TooFew);
        assert_eq!(refused(&[&yuan("设计费", 1), &yuan("设计费", 2)]), Fault::Duplicate { id: "设计费".into() });
        let many: Vec<String> = (0..=PRICE_ITEMS_MAX).map(|n| yuan(&format!("第{n}项"), 1)).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(refused(&many), Fault::TooMany { max: PRICE_ITEMS_MAX });
        assert!(items(&many[1..]).is_ok());
    }

    #[test]
    fn every_part_is_compared_whatever_their_order() {
        let rate = |basis: &str, ppm: i64| {
            format!(r#"{{"item":"施工","price":{{"kind":"rate","basis":"{basis}","rate_ppm":{ppm}}}}}"#)
        };
        let unit = |amount: i64, per: &str| {
            format!(
                r#"{{"item":"混凝土","price":{{"kind":"unit_price","currency":"CNY","amount_micros":{amount},"per":"{per}"}}}}"#
            )
        };
        let before = items(&[&yuan("设计费", 500), &rate("discount", 50_000), &unit(400, "立方米")]).unwrap();
        let again = items(&[&unit(400, "立方米"), &yuan("设计费", 500), &rate("discount", 50_000)]).unwrap();
        assert!(again.is_same(&before) && again != before);
        for (parts, differs) in [
            (vec![yuan("设计费", 501), rate("discount", 50_000), unit(400, "立方米")], vec!["/items/0"]),
            // The sign is a part of the price, and so is the unit.
            (vec![yuan("设计费", 500), rate("markup", 50_000), unit(400, "立方米")], vec!["/items/1"]),
            (vec![yuan("设计费", 500), rate("discount", 50_000), unit(400, "吨")], vec!["/items/2"]),
            (vec![yuan("设计费", 500), rate("discount", 50_000)], vec!["/items"]),
            (vec![yuan("勘察费", 500), rate("discount", 50_000), unit(400, "立方米")], vec!["/items/0", "/items"]),
        ] {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            assert_eq!(items(&parts).unwrap().differences_to(&before), differs, "{parts:?}");
        }
        let other = items(&[&yuan("设计费", 50_000), &rate("fee", 50_000), &unit(4, "立方米")]).unwrap();
        assert_eq!(other.comparable_with(&before), [(50_000, 500), (4, 400)]);
        let [two, three] = [[200, 300], [20_000, 300]]
            .map(|[one, other]| items(&[&yuan("设计费", one), &yuan("建安费", other)]).unwrap());
        assert_eq!((two.amount().unwrap().amount_minor, before.amount()), (500, None));
        assert_eq!(three.comparable_with(&two), [(20_300, 500), (20_000, 200), (300, 300)]);
    }
}
