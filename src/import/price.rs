//! Prices as notices write them, into amounts and rates without rounding; what is not plainly one stays in words.

use crate::field::StatedPrice;
use crate::field::{Currency, Fault, Line, Money, Price, PriceItem, PriceItems, Prose, Rate, RateBasis, SimplePrice};

/// Below this, a number without a unit may as well be a percentage (58.90, 1.78): it stays in words.
const BARE_YUAN_MIN: i64 = 1000 * 100;
/// A name of a part is short; a longer one is a sentence.
const LABEL_CHARS_MAX: usize = 40;
/// Names of a sum of the parts that follow it.
const TOTALS: [&str; 7] = ["投标报价", "投标总价", "投标总报价", "总报价", "总价", "报价", "合计"];

/// Reads a price; anything that can't be read for certain is a price in words, as it stands.
///
/// A sentence with one percentage is a rate of that whole sentence. Names and terms of parts are kept without spaces
/// and with brackets of one width.
///
/// # Errors
/// The text is empty, too long or holds a deceptive character.
pub fn parse(text: &str) -> Result<Price, Fault> {
    let words = Prose::new(text.trim())?;
    let folded = fold(text);
    let read = single(&folded)
        .map(Price::from_simple)
        .or_else(|| parts(&folded))
        .or_else(|| rate_in_words(text.trim(), &folded));
    Ok(read.unwrap_or(Price::Stated(StatedPrice { text: words })))
}

/// Exact yuan: `1799255.53`.
pub fn yuan(text: &str) -> Option<Money> {
    Money::new(Currency::CNY, scaled(text.trim(), 2)?).ok()
}

/// Exact 万元: `19781.35`.
pub fn wan(text: &str) -> Option<Money> {
    Money::new(Currency::CNY, scaled(text.trim(), 6)?).ok()
}

impl Price {
    fn from_simple(simple: SimplePrice) -> Self {
        match simple {
            SimplePrice::Money(money) => Self::Money(money),
            SimplePrice::Rate(rate) => Self::Rate(rate),
        }
    }
}

/// Full-width digits and signs as ASCII, no white space, no full stop at the end: only for reading, never for keeping.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' | '％' | '．' | '，' | '：' | '；' | '（' | '）' | '＋' => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        }
        '￥' => '¥',
        _ => c,
    };
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    folded.trim_end_matches(['。', ';', '.', ',']).to_owned()
}

/// A decimal number times 10^`digits`, when that is a whole number. Thousands may be grouped by commas.
fn scaled(text: &str, digits: usize) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let grouped = whole.contains(',');
    let groups: Vec<&str> = whole.split(',').collect();
    if grouped && (!(1..=3).contains(&groups[0].len()) || groups[1..].iter().any(|group| group.len() != 3)) {
        return None;
    }
    let whole = groups.concat();
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    if whole.is_empty() || !all_digits(&whole) || !all_digits(fraction) || fraction.len() > digits {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

fn rate(number: &str, basis: RateBasis, of: Option<&str>) -> Option<Rate> {
    let rate_ppm = scaled(number, 4).filter(|ppm| *ppm <= 10_000_000)?;
    let of = match of.filter(|of| !of.is_empty()) {
        Some(of) => Some(Prose::new(of).ok()?),
        None => None,
    };
    Some(Rate { basis, rate_ppm, of })
}

/// `下浮` is taken off a base, everything else is a share of one.
fn basis(words: &str) -> RateBasis {
    if words.contains("下浮") || words.contains("让利") { RateBasis::Discount } else { RateBasis::Fee }
}

/// Names of a rate that say no more than that it is one.
fn is_plain_rate_name(label: &str) -> bool {
    let label = label.trim_end_matches('率').trim_end_matches("比例").trim_end_matches("系数");
    matches!(label, "" | "下浮" | "让利" | "折扣" | "费" | "报价费" | "报价折扣" | "报价下浮" | "投标报价下浮")
}

/// What stands before the number at the end, and the number: `折扣率`, `75`.
fn split_number(text: &str) -> Option<(&str, &str)> {
    let start = text
        .rfind(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (before, number) = text.split_at(start);
    let before = before.strip_suffix('¥').unwrap_or(before);
    let before = before.strip_suffix("人民币").unwrap_or(before);
    number.starts_with(|c: char| c.is_ascii_digit()).then_some((before, number))
}

fn label_of(before: &str) -> &str {
    before.trim_end_matches(':').trim_end_matches('为')
}

/// One labelled value, nothing else: `120元`, `设计费:0.6万元`, `下浮率20%`. The label may be empty.
fn labelled(text: &str) -> Option<(&str, SimplePrice)> {
    let (before, value) = if let Some(rest) = text.strip_suffix('%') {
        let (before, number) = split_number(rest)?;
        (before, (number, true, 4))
    } else {
        let rest = text.strip_suffix('元')?;
        let (rest, digits) = rest.strip_suffix('万').map_or((rest, 2), |rest| (rest, 6));
        let (before, number) = split_number(rest)?;
        (before, (number, false, digits))
    };
    let (number, is_rate, digits) = value;
    let label = label_of(before);
    // A sentence, a sum, a list or a condition is not a label.
    let plain = label.chars().count() <= LABEL_CHARS_MAX && !label.contains([':', '%', '元', ';', ',', '×', '*', '、']);
    if !plain || ["不超过", "不得", "不高于", "计取", "乘以", "大写"].iter().any(|word| label.contains(word))
    {
        return None;
    }
    let price = if is_rate {
        SimplePrice::Rate(rate(number, basis(label), None)?)
    } else {
        SimplePrice::Money(Money::new(Currency::CNY, scaled(number, digits)?).ok()?)
    };
    Some((label, price))
}

/// The whole text is one value.
fn single(text: &str) -> Option<SimplePrice> {
    if let Some(amount) = scaled(text, 2) {
        return Money::new(Currency::CNY, amount).ok().filter(|_| amount >= BARE_YUAN_MIN).map(SimplePrice::Money);
    }
    // 97%(折扣报价)
    if let Some((number, name)) = text.strip_suffix(')').and_then(|text| text.split_once("%(")) {
        return rate(number, basis(name), Some(name)).map(SimplePrice::Rate);
    }
    let (label, price) = labelled(text)?;
    match price {
        SimplePrice::Money(money) => (label.is_empty() || TOTALS.contains(&label)).then_some(SimplePrice::Money(money)),
        SimplePrice::Rate(mut rate) => {
            if !is_plain_rate_name(label) {
                rate.of = Some(Prose::new(label).ok()?);
            }
            Some(SimplePrice::Rate(rate))
        }
    }
}

/// Splits at separators that stand outside brackets; a comma between digits groups thousands.
fn split_parts<'a>(text: &'a str, separators: &[char]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut before) = (0i32, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '〔' | '[' | '【' | '《' | '“' => depth += 1,
            ')' | '〕' | ']' | '】' | '》' | '”' => depth -= 1,
            _ if depth == 0 && separators.contains(&c) => {
                let next_is_digit = text[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
                if !(c == ',' && before.is_ascii_digit() && next_is_digit) {
                    parts.push(&text[start..at]);
                    start = at + c.len_utf8();
                }
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Several labelled values; or a total and, in brackets, its parts, when they add up exactly.
fn parts(text: &str) -> Option<Price> {
    if let Some((head, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('('))
        && let Some(total) = single(head).and_then(money)
    {
        let inner = inner.strip_prefix("其中").unwrap_or(inner);
        let inner = inner.strip_prefix(':').unwrap_or(inner);
        return items_of(inner).filter(|items| sum(items) == Some(total.amount_minor)).and_then(finished);
    }
    let mut items = items_of(text).or_else(|| terms(text))?;
    if TOTALS.contains(&items[0].item.as_str()) {
        let total = items.remove(0);
        if money(total.price).map(|total| total.amount_minor) != sum(&items) {
            return None;
        }
    }
    finished(items)
}

fn finished(items: Vec<PriceItem>) -> Option<Price> {
    let distinct = items.iter().enumerate().all(|(n, item)| items[..n].iter().all(|before| before.item != item.item));
    (items.len() > 1 && items.len() <= 50 && distinct).then_some(Price::Items(PriceItems { items }))
}

fn money(price: SimplePrice) -> Option<Money> {
    match price {
        SimplePrice::Money(money) => Some(money),
        SimplePrice::Rate(_) => None,
    }
}

fn sum(items: &[PriceItem]) -> Option<i64> {
    items.iter().try_fold(0, |sum, item| money(item.price.clone()).map(|money| sum + money.amount_minor))
}

/// `设计费:5元、建安费:6元`, `设计费:下浮率5%;…`
fn items_of(text: &str) -> Option<Vec<PriceItem>> {
    let parts = split_parts(text, &[';', ',', '、', '。']);
    parts
        .into_iter()
        .map(|part| {
            // 设计费:下浮率20%: the label has a name of the rate behind it.
            let named = part.split_once(':').and_then(|(item, value)| {
                let (name, price) = labelled(value)?;
                let plain = matches!(price, SimplePrice::Rate(_)) && is_plain_rate_name(name) && !name.is_empty();
                plain.then_some((item, price))
            });
            let (item, price) = named.or_else(|| labelled(part))?;
            Some(PriceItem { item: item_name(item)?, price })
        })
        .collect()
}

fn item_name(item: &str) -> Option<Line<200>> {
    // 甲费为乙价的2%: that is a term, not a name.
    let plain = !item.contains([':', '%', '元']) && !item.ends_with('的') && item.chars().count() <= LABEL_CHARS_MAX;
    plain.then(|| Line::new(item).ok()).flatten()
}

/// `工程设计:按甲标准的57%计取;工程监理:按乙标准的60%计取`
fn terms(text: &str) -> Option<Vec<PriceItem>> {
    split_parts(text, &[';'])
        .into_iter()
        .map(|part| {
            let (item, words) = part.split_once(':').filter(|(_, words)| !words.contains(':'))?;
            let (number, basis) = only_percentage(words)?;
            let price = SimplePrice::Rate(rate(number, basis, Some(words))?);
            Some(PriceItem { item: item_name(item)?, price })
        })
        .collect()
}

/// The number of the only percentage of a text that names no amount, no ceiling and no tax.
fn only_percentage(text: &str) -> Option<(&str, RateBasis)> {
    let certain = !["元", "不超", "不得", "不高于", "税", "暂列"].iter().any(|word| text.contains(word));
    let (before, _) = text.split_once('%').filter(|(_, after)| certain && !after.contains('%'))?;
    let (lead, number) = split_number(before)?;
    Some((number, basis(lead)))
}

/// A sentence with one percentage; the whole sentence, as it was written, says of what.
fn rate_in_words(written: &str, text: &str) -> Option<Price> {
    let (number, basis) = only_percentage(text)?;
    // Several clauses of which only one has a number are more than one price.
    let known =
        ["计取", "标准", "×", "费用的", "价的", "投资的", "百分比", "取费"].iter().any(|word| text.contains(word));
    let one = !text.contains("包含") && split_parts(text, &[';']).len() == 1;
    (known && one).then(|| rate(number, basis, Some(written)).map(Price::Rate)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount_minor: i64) -> Price {
        Price::Money(Money { currency: Currency::CNY, amount_minor })
    }

    fn plain_rate(basis: RateBasis, rate_ppm: i64) -> Price {
        Price::Rate(Rate { basis, rate_ppm, of: None })
    }

    fn of(basis: RateBasis, rate_ppm: i64, of: &str) -> Price {
        Price::Rate(Rate { basis, rate_ppm, of: Some(Prose::new(of).unwrap()) })
    }

    fn items(expected: &[(&str, Price)]) -> Price {
        let items = expected.iter().map(|(item, price)| {
            let price = match price.clone() {
                Price::Money(money) => SimplePrice::Money(money),
                Price::Rate(rate) => SimplePrice::Rate(rate),
                other => panic!("{other:?}"),
            };
            PriceItem { item: Line::new(*item).unwrap(), price }
        });
        Price::Items(PriceItems { items: items.collect() })
    }

    #[test]
    fn amounts_are_exact() {
        for (text, minor) in [
            ("1234567.89", 123_456_789),
            ("1234567.8", 123_456_780),
            ("1234567", 123_456_700),
            ("1,234,567.80 元", 123_456_780),
            ("35 元", 3500),
            ("12.345678万元", 12_345_678),
            ("￥600元", 60_000),
            ("人民币600元", 60_000),
            ("投标报价：5000000.00元。", 500_000_000),
        ] {
            assert_eq!(parse(text).unwrap(), money(minor), "{text}");
        }
        assert_eq!(wan("100.5").unwrap().amount_minor, 100_500_000);
        assert_eq!(yuan("1.50").unwrap().amount_minor, 150);
        assert_eq!((yuan("1.505"), wan("1.0000001"), yuan("-1"), yuan("1,2")), (None, None, None, None));
        assert!(yuan("99999999999999999999").is_none() && yuan("").is_none());
    }

    #[test]
    fn rates_have_a_basis() {
        use RateBasis::{Discount, Fee};
        for (text, basis, ppm) in [
            ("57%", Fee, 570_000),
            ("98.00％", Fee, 980_000),
            ("94.3512 %", Fee, 943_512),
            ("折扣率75%", Fee, 750_000),
            ("折扣系数：0.8%", Fee, 8000),
            ("下浮率20.50%", Discount, 205_000),
            ("下浮率为20%。", Discount, 200_000),
            ("下浮3%", Discount, 30_000),
        ] {
            assert_eq!(parse(text).unwrap(), plain_rate(basis, ppm), "{text}");
        }
        assert_eq!(parse("价格系数：96%").unwrap(), of(Fee, 960_000, "价格系数"));
        assert_eq!(parse("97%（折扣报价）").unwrap(), of(Fee, 970_000, "折扣报价"));
        let words = "按《某收费规定》(某价[2001]1号)收费标准的 48％计取，计费额以评审后的费用为准。";
        assert_eq!(parse(words).unwrap(), of(Fee, 480_000, words));
    }

    #[test]
    fn several_parts_are_items_when_they_are_plain() {
        use RateBasis::{Discount, Fee};
        let two = items(&[("设计费", money(200)), ("建安费", money(300_000))]);
        for text in [
            "设计费：2元；建安费：3000元",
            "设计费:2元、建安费3000元。",
            "3002元（其中设计费：2元，建安费：3000元）",
            "投标总价：3002元（设计费2元,建安费3000元）",
            "投标报价3002元，设计费2元，建安费3000元。",
        ] {
            assert_eq!(parse(text).unwrap(), two, "{text}");
        }
        let rates = items(&[("设计费", plain_rate(Discount, 340_000)), ("建安工程费", plain_rate(Fee, 950_000))]);
        assert_eq!(parse("设计费：下浮率34%，建安工程费：折扣率95%").unwrap(), rates);
        let named = items(&[("施工报价下浮率", plain_rate(Discount, 20_000)), ("设计费报价", money(300))]);
        assert_eq!(parse("施工报价下浮率2%，设计费报价3元").unwrap(), named);
        let terms =
            items(&[("设计", of(Fee, 570_000, "按甲标准的57%计取")), ("监理", of(Fee, 600_000, "按乙标准的60%计取"))]);
        assert_eq!(parse("设计：按甲标准的57%计取；监理：按乙标准的60%计取。").unwrap(), terms);
    }

    #[test]
    fn what_is_not_certain_stays_in_words() {
        for text in [
            "1.78",
            "58.90",
            "31元/吨",
            "预计 20 万元/年",
            "下浮%5",
            "1200.005",
            "设计费报价30元/平方米；建安工程费报价（下浮率）14%",
            "按甲标准的57%计取，最终结算不超过80万元",
            "按甲标准×57%（不超过60%）",
            "3003元（其中设计费：2元，建安费：3000元）",
            "设计费：5元（含税6%）",
            "下浮比例部分：建筑工程：5%；市政工程：6%",
            "甲费为某价的2%、乙费为某价的95%。",
            "报价折扣率：50%（测量）、60%（设计）",
            "监理：按甲标准的57%计取；管理费已包含在监理费中，不再另计",
            "投标报价(元/%)",
            "2000%",
            "设计费：2元；设计费：3元",
        ] {
            assert!(matches!(parse(text).unwrap(), Price::Stated(stated) if stated.text.as_str() == text), "{text}");
        }
        assert_eq!(parse(" "), Err(Fault::TextEmpty));
    }
}
