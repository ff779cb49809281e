//! Prices as people read them.

use super::text::Say;
use super::visit::Visit;
use crate::field::{Currency, Money, Price, Rate, SimplePrice, UnitPrice};

const PPM_OF_PERCENT: i64 = 10_000;
const MICROS: i64 = 1_000_000;

/// `1,799,255.53 元`; other currencies by their code.
pub(super) fn amount(visit: &Visit, money: Money) -> String {
    let digits = money.currency.minor_digits();
    let scale = 10_i64.pow(digits);
    let (major, minor) = (money.amount_minor / scale, money.amount_minor % scale);
    let fraction = if digits == 0 { String::new() } else { format!(".{minor:0width$}", width = digits as usize) };
    let number = format!("{}{fraction}", grouped(major));
    match money.currency {
        Currency::CNY => format!("{number} {}", visit.either("元", "CNY")),
        other => format!("{number} {other:?}"),
    }
}

/// Minor units of yuan, as lists have them.
pub(super) fn yuan(visit: &Visit, minor: i64) -> String {
    Money::new(Currency::CNY, minor).map_or_else(|_| minor.to_string(), |money| amount(visit, money))
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Whatever a price is: an amount, a rate, so much for each unit, several of them, or words.
pub(super) fn price(visit: &Visit, price: &Price) -> String {
    match price {
        Price::Money(money) => amount(visit, *money),
        Price::Rate(rate) => percent(visit, rate),
        Price::UnitPrice(unit) => each(unit),
        Price::Items(items) => {
            let items = items.items.iter().map(|part| format!("{} {}", part.item, simple(visit, &part.price)));
            items.collect::<Vec<_>>().join(visit.either("；", "; "))
        }
        Price::Stated(stated) => stated.text.to_string(),
    }
}

fn simple(visit: &Visit, price: &SimplePrice) -> String {
    match price {
        SimplePrice::Money(money) => amount(visit, *money),
        SimplePrice::Rate(rate) => percent(visit, rate),
        SimplePrice::UnitPrice(unit) => each(unit),
    }
}

fn percent(visit: &Visit, rate: &Rate) -> String {
    let (whole, rest) = (rate.rate_ppm / PPM_OF_PERCENT, rate.rate_ppm % PPM_OF_PERCENT);
    let number = format!("{whole}.{rest:04}");
    let number = number.trim_end_matches('0').trim_end_matches('.');
    let of = rate.of.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
    format!("{number}% {}{of}", rate.basis.say(visit.language))
}

fn each(unit: &UnitPrice) -> String {
    let (whole, rest) = (unit.amount_micros / MICROS, unit.amount_micros % MICROS);
    let fraction = format!("{rest:06}");
    let fraction = fraction.trim_end_matches('0');
    // As prices are written: two digits at least.
    format!("{}.{fraction:0<2} {:?} / {}", grouped(whole), unit.currency, unit.per)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_in_groups() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (179_925_553, "179,925,553")];
        assert!(cases.iter().all(|(number, text)| grouped(*number) == *text));
    }
}
