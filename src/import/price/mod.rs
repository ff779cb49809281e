//! Prices as notices write them, into amounts and rates without rounding; what is not plainly one stays in words.
//!
//! A sign, a limit, a mark-up, or a percentage of nothing that is named: each of them makes a price words. Of a rate it
//! must be said which way it goes: 下浮 5% and 费率 5% are far apart, and a 5% alone may be either.

use super::report::Uncertainty;
use crate::field::{
    Currency, Fault, Line, Money, PRICE_ITEMS_MAX, Price, PriceItem, PriceItems, Prose, Rate, RateBasis, SimplePrice,
    StatedPrice, narrow,
};

/// Below this, a number without a unit may as well be a percentage (58.90, 1.78): it stays in words.
const BARE_YUAN_MIN: i64 = 1000 * 100;
/// A name of a part is short; a longer one is a sentence.
const LABEL_CHARS_MAX: usize = 40;
/// Names of a sum of the parts that follow it.
const TOTALS: [&str; 7] = ["投标报价", "投标总价", "投标总报价", "总报价", "总价", "报价", "合计"];
/// Words of a rate that is taken off.
const REDUCTIONS: [&str; 6] = ["下浮", "让利", "优惠", "降价", "降低", "下调"];
/// Names of a rate that is put on; 上浮 alone may as well be a range.
const MARKUPS: [&str; 3] = ["上浮率", "加价率", "加成率"];
/// Words of a rate that is put on, or goes by its sign, or of which some say what is paid and others what is taken off (折扣):
/// such a price stays in words.
const UNSETTLED: [&str; 8] = ["上浮", "上调", "加价", "加成", "涨", "浮动", "折", "溢价"];
/// Words of a bound, or of a number that is not meant exactly.
const BOUNDS: [&str; 24] = [
    "不超",
    "不得",
    "不高于",
    "不低于",
    "不少于",
    "不小于",
    "不大于",
    "至少",
    "至多",
    "最高",
    "最低",
    "以上",
    "以下",
    "以内",
    "上限",
    "下限",
    "约",
    "左右",
    "暂",
    "预计",
    "计取",
    "乘以",
    "大写",
    "±",
];
/// Signs of a number: what they do to a rate or an amount is not ours to say.
const SIGNS: [char; 10] = ['-', '－', '−', '–', '—', '+', '＋', '±', '~', '～'];

/// A price as it was read, and why it stayed in words.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadPrice {
    pub price: Price,
    pub unread: Option<Uncertainty>,
}

/// Reads a price; anything that can't be read for certain is a price in words, as it stands.
///
/// A sentence with one percentage is a rate of that whole sentence. Names and terms of parts are kept without spaces
/// and with brackets of one width.
///
/// # Errors
/// The text is empty, too long or holds a deceptive character.
pub fn parse(text: &str) -> Result<ReadPrice, Fault> {
    let words = Prose::new(text.trim())?;
    let folded = fold(text);
    let read = match single(&folded) {
        Some(simple) => Ok(Some(Price::from_simple(simple))),
        None => parts(&folded).map(|parts| parts.or_else(|| rate_in_words(text.trim(), &folded))),
    };
    Ok(match read {
        Ok(Some(price)) => ReadPrice { price, unread: None },
        Ok(None) => ReadPrice::in_words(words, Uncertainty::PriceUnclear),
        Err(SumDiffers) => ReadPrice::in_words(words, Uncertainty::TotalDiffers),
    })
}

impl ReadPrice {
    /// A price that stays as the source words it.
    pub fn in_words(text: Prose<2000>, why: Uncertainty) -> Self {
        Self { price: Price::Stated(StatedPrice { text }), unread: Some(why) }
    }
}

/// A total is not the sum of the parts that are stated with it.
struct SumDiffers;

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
            SimplePrice::UnitPrice(unit_price) => Self::UnitPrice(unit_price),
        }
    }
}

/// Full-width digits and signs as ASCII, no white space, no full stop at the end: only for reading, never for keeping.
fn fold(text: &str) -> String {
    // What the price is of stays as it is written.
    let plain = |c: char| match c {
        '０'..='９' | '％' | '．' | '，' | '：' | '；' | '（' | '）' | '＋' => narrow(c),
        '￥' => '¥',
        _ => c,
    };
    let folded: String = text.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
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

/// Percent under a heading that says which way they go: `12.5`.
pub fn percent(number: &str, basis: RateBasis) -> Option<Rate> {
    rate(number.trim(), basis, None)
}

fn rate(number: &str, basis: RateBasis, of: Option<&str>) -> Option<Rate> {
    let rate_ppm = scaled(number, 4).filter(|ppm| *ppm <= 10_000_000)?;
    let of = match of.filter(|of| !of.is_empty()) {
        Some(of) => Some(Prose::new(of).ok()?),
        None => None,
    };
    Some(Rate { basis, rate_ppm, of })
}

fn names_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Which way a rate goes, by the words before it; unknown where they don't say, or say more than that.
fn basis(words: &str) -> Option<RateBasis> {
    let name = words.trim_end_matches(':');
    let (reduces, is_fee) = (names_any(words, &REDUCTIONS), name.ends_with("费率"));
    if let Some(before) = MARKUPS.iter().find_map(|markup| name.strip_suffix(markup)) {
        let plain = !reduces && !names_any(before, &UNSETTLED) && !names_any(before, &BOUNDS);
        return plain.then_some(RateBasis::Markup);
    }
    match (reduces, is_fee) {
        _ if names_any(words, &UNSETTLED) || names_any(words, &BOUNDS) => None,
        (true, false) => Some(RateBasis::Discount),
        (false, true) => Some(RateBasis::Fee),
        _ => None,
    }
}

/// Names of a rate that say no more than that it is one.
fn is_plain_rate_name(label: &str) -> bool {
    let label = label.trim_end_matches('率').trim_end_matches("比例");
    let label = label.strip_prefix("投标").unwrap_or(label);
    matches!(
        label.strip_prefix("报价").unwrap_or(label),
        "下浮" | "让利" | "优惠" | "降价" | "费" | "上浮" | "加价" | "加成"
    )
}

/// What stands before the number at the end, and the number: `折扣率`, `75`.
fn split_number(text: &str) -> Option<(&str, &str)> {
    let start = text
        .rfind(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let (before, number) = text.split_at(start);
    let before = before.strip_suffix('¥').unwrap_or(before);
    let before = before.strip_suffix("人民币").unwrap_or(before);
    let plain = number.starts_with(|c: char| c.is_ascii_digit()) && !before.ends_with(SIGNS);
    plain.then_some((before, number))
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
    if !plain || names_any(label, &BOUNDS) {
        return None;
    }
    let price = if is_rate {
        SimplePrice::Rate(rate(number, basis(label)?, None)?)
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
    let (label, price) = labelled(text)?;
    match price {
        SimplePrice::Money(money) => (label.is_empty() || TOTALS.contains(&label)).then_some(SimplePrice::Money(money)),
        SimplePrice::Rate(mut rate) => {
            if !is_plain_rate_name(label) {
                rate.of = Some(Prose::new(label).ok()?);
            }
            Some(SimplePrice::Rate(rate))
        }
        SimplePrice::UnitPrice(_) => None,
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
fn parts(text: &str) -> Result<Option<Price>, SumDiffers> {
    if let Some((head, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('('))
        && let Some(total) = single(head).and_then(money)
    {
        let inner = inner.strip_prefix("其中").unwrap_or(inner);
        let inner = inner.strip_prefix(':').unwrap_or(inner);
        return items_of(inner).map_or(Ok(None), |items| adding_up(total, items));
    }
    let Some(mut items) = items_of(text).or_else(|| terms(text)) else { return Ok(None) };
    if TOTALS.contains(&items[0].item.as_str()) {
        let total = money(items.remove(0).price);
        return total.map_or(Ok(None), |total| adding_up(total, items));
    }
    Ok(finished(items))
}

/// The parts of a total, if they are amounts and their sum is it.
fn adding_up(total: Money, items: Vec<PriceItem>) -> Result<Option<Price>, SumDiffers> {
    match sum(&items) {
        Some(sum) if sum == total.amount_minor => Ok(finished(items)),
        Some(_) if !items.is_empty() => Err(SumDiffers),
        _ => Ok(None),
    }
}

fn finished(items: Vec<PriceItem>) -> Option<Price> {
    let distinct = items.iter().enumerate().all(|(n, item)| items[..n].iter().all(|before| before.item != item.item));
    (items.len() > 1 && items.len() <= PRICE_ITEMS_MAX && distinct).then_some(Price::Items(PriceItems { items }))
}

fn money(price: SimplePrice) -> Option<Money> {
    match price {
        SimplePrice::Money(money) => Some(money),
        SimplePrice::Rate(_) | SimplePrice::UnitPrice(_) => None,
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
            let (number, basis) = share_of_a_base(words)?;
            let price = SimplePrice::Rate(rate(number, basis, Some(words))?);
            Some(PriceItem { item: item_name(item)?, price })
        })
        .collect()
}

/// The number of the only percentage of a sentence that says of what it is, and names no amount, no bound and no tax.
fn share_of_a_base(text: &str) -> Option<(&str, RateBasis)> {
    const BASES: [&str; 7] = ["标准", "×", "费用的", "价的", "投资的", "百分比", "取费"];
    const MORE: [&str; 13] =
        ["元", "不超", "不得", "不高于", "不低于", "税", "暂列", "以内", "以上", "以下", "最高", "最低", "‰"];
    let (before, after) = text.split_once('%').filter(|(_, after)| !after.contains('%'))?;
    if !names_any(text, &BASES)
        || names_any(text, &MORE)
        || names_any(text, &UNSETTLED)
        || names_any(after, &REDUCTIONS)
    {
        return None;
    }
    let (lead, number) = split_number(before)?;
    // 按标准的48%计取 is a share; 按标准下浮20%计取 is taken off it, and what is taken off elsewhere is more than one price.
    let reductions = REDUCTIONS.iter().map(|word| lead.matches(word).count()).sum();
    let near = lead.trim_end_matches(':').trim_end_matches('为').trim_end_matches('率');
    let basis = match reductions {
        0usize => RateBasis::Fee,
        1 if REDUCTIONS.iter().any(|word| near.ends_with(word)) => RateBasis::Discount,
        _ => return None,
    };
    Some((number, basis))
}

/// A sentence with one percentage; the whole sentence, as it was written, says of what.
fn rate_in_words(written: &str, text: &str) -> Option<Price> {
    let (number, basis) = share_of_a_base(text)?;
    // Several clauses of which only one has a number are more than one price.
    let one = !text.contains("包含") && split_parts(text, &[';']).len() == 1;
    one.then(|| rate(number, basis, Some(written)).map(Price::Rate)).flatten()
}

#[cfg(test)]
mod tests;
