//! Amounts in words into minor units.

use super::{StatementCurrency, StatementFault};
use crate::field::{AMOUNT_MINOR_MAX, decimal};

/// Signs that say which currency is meant beside the number that they stand at.
const SIGNS: [char; 6] = ['¥', '￥', '$', '€', '£', '元'];

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecimalForm {
    /// 1,234.56
    #[default]
    Point,
    /// 1.234,56
    Comma,
}

/// Digits behind the decimal point (ISO 4217); 0 where the currency has no minor unit.
pub(super) fn minor_digits(currency: StatementCurrency) -> usize {
    currency.exponent().unwrap_or_default().into()
}

/// A number with or without a sign. A group of thousands has three digits, so that 12,50 is no 1250; more decimals than the
/// currency has are taken where they are zeros.
///
/// # Errors
/// [`StatementFault::NotAnAmount`], [`StatementFault::TooManyDecimals`], [`StatementFault::AmountTooLarge`]
pub(super) fn amount(text: &str, form: DecimalForm, currency: StatementCurrency) -> Result<i64, StatementFault> {
    let not = || StatementFault::NotAnAmount { text: text.to_owned() };
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !SIGNS.contains(c)).collect();
    let (negative, number) = match bare.strip_prefix(['-', '−']) {
        Some(number) => (true, number),
        None => (false, bare.strip_prefix('+').unwrap_or(&bare)),
    };
    let (group, point) = match form {
        DecimalForm::Point => (',', '.'),
        DecimalForm::Comma => ('.', ','),
    };
    let (whole, decimals) = number.split_once(point).unwrap_or((number, ""));
    let mut groups = whole.split(group);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let digits_alone = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    let complete = !first.is_empty() && !number.ends_with(point);
    if !grouped || !complete || !digits_alone(decimals) || !digits_alone(first) || !rest.iter().all(|g| digits_alone(g))
    {
        return Err(not());
    }
    let digits = minor_digits(currency);
    let (kept, beyond) = decimals.split_at(decimals.len().min(digits));
    if beyond.bytes().any(|digit| digit != b'0') {
        return Err(StatementFault::TooManyDecimals { text: text.to_owned(), digits });
    }
    let padding = std::iter::repeat_n(b'0', digits - kept.len());
    let number = std::iter::once(first).chain(rest).flat_map(str::bytes).chain(kept.bytes()).chain(padding);
    let minor = number.fold(0i64, |minor, digit| minor.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    if minor > AMOUNT_MINOR_MAX {
        return Err(StatementFault::AmountTooLarge { text: text.to_owned() });
    }
    Ok(if negative { -minor } else { minor })
}

/// As people read it: `-1234.56`.
pub fn amount_text(minor: i64, currency: StatementCurrency) -> String {
    decimal(minor, currency.exponent().unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use StatementCurrency::{CNY, JPY, KWD};

    fn point(text: &str, currency: StatementCurrency) -> Result<i64, StatementFault> {
        amount(text, DecimalForm::Point, currency)
    }

    #[test]
    fn amounts_are_exact() {
        for (text, minor) in [
            ("1,234.56", 123_456),
            ("-1 000.5", -100_050),
            ("+0.00", 0),
            ("¥2,520.80", 252_080),
            ("388645", 38_864_500),
            ("8.850", 885),
            ("5442.09000", 544_209),
            ("28.50元", 2_850),
            ("8100566936.82", 810_056_693_682),
        ] {
            assert_eq!(point(text, CNY), Ok(minor), "{text}");
        }
        assert_eq!(amount("-1.234,56", DecimalForm::Comma, CNY), Ok(-123_456));
        assert_eq!(point("35", JPY), Ok(35));
        assert_eq!(point("35.00", JPY), Ok(35));
        assert_eq!(point("1.234", KWD), Ok(1_234));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in
            ["", "-", "1,23", "12,50", "1.2.3", "1,2345", ",123", "1.", ".5", "xx,yyyy.zz", "1e3", "１2", "--1", "0x1"]
        {
            assert!(matches!(point(text, CNY), Err(StatementFault::NotAnAmount { .. })), "{text}");
        }
        assert!(matches!(point("0.001", CNY), Err(StatementFault::TooManyDecimals { digits: 2, .. })));
        assert!(matches!(point("3.5", JPY), Err(StatementFault::TooManyDecimals { digits: 0, .. })));
        for text in ["10000000000000.01", "99999999999999999999999999"] {
            assert!(matches!(point(text, CNY), Err(StatementFault::AmountTooLarge { .. })), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(minor in -AMOUNT_MINOR_MAX..=AMOUNT_MINOR_MAX, which in 0usize..3) {
            let currency = [CNY, JPY, KWD][which];
            proptest::prop_assert_eq!(point(&amount_text(minor, currency), currency), Ok(minor));
        }
    }
}
