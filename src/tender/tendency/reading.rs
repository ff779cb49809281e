//! A clause read as words and quantities: what has the same words can be compared by its quantities.

use crate::field::{Spaces, narrowed};

/// A stretch of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    Quantity(Quantity),
}

/// A number that is of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantity {
    /// In millionths of its unit; of a date in minutes.
    pub amount: i128,
    pub unit: Unit,
}

/// What a number counts; two are compared only where this is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unit {
    /// 元.
    Yuan,
    /// 百分之一.
    Percent,
    /// 日, 天, 日历天: a week is seven.
    Days,
    /// 工作日.
    WorkingDays,
    /// 分钟: an hour is sixty.
    Minutes,
    /// 个月: a year is twelve.
    Months,
    /// A day, perhaps with an hour, since the common era.
    Date,
    /// 个, 项, 人.
    Count(&'static str),
    /// 一级, 二级, 特级: a smaller number may be more.
    Grade,
    /// 甲级, 乙级.
    Letter,
    /// C30: of concrete.
    Concrete,
    /// Any other unit of measure, as it stands.
    Measure(String),
    /// None that is known: an ordinal, a code, a year.
    Bare,
}

const MILLION: i128 = 1_000_000;

/// Digits of a number that is compared: beyond it is none of a clause.
const DIGITS_MAX: usize = 15;

/// Units, the longer ones first, with what one of them is of the unit in which it is compared.
const UNITS: &[(&str, i128, Unit)] = &[
    ("个日历天", 1, Unit::Days),
    ("个自然日", 1, Unit::Days),
    ("个工作日", 1, Unit::WorkingDays),
    ("日历天", 1, Unit::Days),
    ("日历日", 1, Unit::Days),
    ("自然日", 1, Unit::Days),
    ("工作日", 1, Unit::WorkingDays),
    ("个小时", 60, Unit::Minutes),
    ("小时", 60, Unit::Minutes),
    ("分钟", 1, Unit::Minutes),
    ("个月", 1, Unit::Months),
    ("周年", 12, Unit::Months),
    ("年", 12, Unit::Months),
    ("天", 1, Unit::Days),
    ("日", 1, Unit::Days),
    ("周", 7, Unit::Days),
    ("亿元", 100_000_000, Unit::Yuan),
    ("千万元", 10_000_000, Unit::Yuan),
    ("百万元", 1_000_000, Unit::Yuan),
    ("万元", 10_000, Unit::Yuan),
    ("元", 1, Unit::Yuan),
    ("%", 1, Unit::Percent),
    ("个", 1, Unit::Count("个")),
    ("项", 1, Unit::Count("项")),
    ("份", 1, Unit::Count("份")),
    ("家", 1, Unit::Count("家")),
    ("名", 1, Unit::Count("人")),
    ("人", 1, Unit::Count("人")),
    ("台", 1, Unit::Count("台")),
    ("套", 1, Unit::Count("套")),
    ("辆", 1, Unit::Count("辆")),
    ("次", 1, Unit::Count("次")),
    ("级", 1, Unit::Grade),
];

/// Units of measure that are no Latin letters.
const MEASURES: &[&str] = &[
    "平方米",
    "立方米",
    "公里",
    "千米",
    "毫米",
    "厘米",
    "米",
    "英寸",
    "寸",
    "吨",
    "千克",
    "公斤",
    "毫升",
    "升",
    "千瓦",
    "分贝",
    "赫兹",
    "秒",
    "℃",
    "亩",
    "公顷",
    "倍",
];

/// Characters that are digits in a number written in Chinese, with their values.
const DIGITS: &[(char, i128)] = &[
    ('零', 0),
    ('〇', 0),
    ('一', 1),
    ('壹', 1),
    ('二', 2),
    ('两', 2),
    ('贰', 2),
    ('三', 3),
    ('叁', 3),
    ('四', 4),
    ('肆', 4),
    ('五', 5),
    ('伍', 5),
    ('六', 6),
    ('陆', 6),
    ('七', 7),
    ('柒', 7),
    ('八', 8),
    ('捌', 8),
    ('九', 9),
    ('玖', 9),
];

const TENS: &[(char, i128)] = &[('十', 10), ('拾', 10), ('百', 100), ('佰', 100), ('千', 1_000), ('仟', 1_000)];

/// The words and quantities of a clause. What is only written otherwise (width, white space, 3 or 三, 万元 or 元) reads the same.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let written: Vec<char> = narrowed(text, Spaces::Plain).chars().collect();
    // A space says something between two digits alone: 2026-09-22 09:30.
    let is_digit = |at: usize| written.get(at).is_some_and(char::is_ascii_digit);
    let is_kept = |at: &usize| written[*at] != ' ' || (at.checked_sub(1).is_some_and(is_digit) && is_digit(at + 1));
    let letters: Vec<char> = (0..written.len()).filter(is_kept).map(|at| written[at]).collect();
    let mut reader = Reader { letters: &letters, at: 0, words: String::new(), pieces: Vec::new() };
    while reader.at < letters.len() {
        reader.step();
    }
    reader.close();
    reader.pieces
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    words: String,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn close(&mut self) {
        if !self.words.is_empty() {
            self.pieces.push(Piece::Words(std::mem::take(&mut self.words)));
        }
    }

    fn put(&mut self, quantity: Quantity, length: usize) {
        self.close();
        self.pieces.push(Piece::Quantity(quantity));
        self.at += length;
    }

    fn rest(&self, from: usize) -> &[char] {
        self.letters.get(self.at + from..).unwrap_or_default()
    }

    fn step(&mut self) {
        let letter = self.letters[self.at];
        if let Some((mut quantity, length)) = self.quantity() {
            // Of a date without its year, and of what is below zero, more is not more.
            let is_day = quantity.unit == Unit::Days && self.words.ends_with('月');
            if is_day || self.words.ends_with(['-', '−', '负']) || self.words.ends_with("零下") {
                quantity.unit = Unit::Bare;
            }
            return self.put(quantity, length);
        }
        // A code keeps its digits: GB/T 50300-2013, HRB400.
        let is_code = |c: &char| c.is_ascii_alphanumeric() || "-/.".contains(*c);
        let length =
            if letter.is_ascii_alphabetic() { self.rest(0).iter().take_while(|c| is_code(c)).count() } else { 1 };
        let end = self.at + length;
        self.words.extend(&self.letters[self.at..end]);
        self.at = end;
    }

    fn quantity(&self) -> Option<(Quantity, usize)> {
        let rest = self.rest(0);
        match rest.first()? {
            '特' if rest.get(1) == Some(&'级') => Some((Quantity { amount: 0, unit: Unit::Grade }, 2)),
            letter @ ('甲' | '乙' | '丙' | '丁') if rest.get(1) == Some(&'级') => {
                let at = "甲乙丙丁".chars().position(|known| known == *letter)? as i128 + 1;
                Some((Quantity { amount: at * MILLION, unit: Unit::Letter }, 2))
            }
            'C' if rest.get(1..3)?.iter().all(char::is_ascii_digit)
                && !rest.get(3).is_some_and(char::is_ascii_alphanumeric) =>
            {
                let grade: i128 = rest[1..3].iter().collect::<String>().parse().ok()?;
                Some((Quantity { amount: grade * MILLION, unit: Unit::Concrete }, 3))
            }
            '百' if rest.starts_with(&['百', '分', '之']) => {
                let (amount, length) = number(self.rest(3))?;
                Some((Quantity { amount, unit: Unit::Percent }, length + 3))
            }
            first if first.is_ascii_digit() => date(rest).or_else(|| measured(rest)).or_else(|| {
                let (amount, length) = number(rest)?;
                Some((Quantity { amount, unit: Unit::Bare }, length))
            }),
            // 三五个 are three to five: neither number is one, nor is the rest of them.
            letter if is_digit(letter) && self.at > 0 && is_digit(&self.letters[self.at - 1]) => None,
            // What is only a word has no unit behind it: 一致, 统一.
            _ => measured(rest),
        }
    }
}

/// A number with its unit, and how many characters both are.
fn measured(rest: &[char]) -> Option<(Quantity, usize)> {
    let (amount, length) = number(rest)?;
    let behind = &rest[length..];
    // 2026年 is a year, and so is none of its months.
    let is_year = behind.first() == Some(&'年') && (1900 * MILLION..2100 * MILLION).contains(&amount);
    if is_year {
        return Some((Quantity { amount, unit: Unit::Bare }, length + 1));
    }
    let begins = |unit: &&(&str, i128, Unit)| unit.0.chars().eq(behind.iter().take(unit.0.chars().count()).copied());
    if let Some((name, of, unit)) = UNITS.iter().find(begins) {
        return Some((
            Quantity { amount: amount.checked_mul(*of)?, unit: unit.clone() },
            length + name.chars().count(),
        ));
    }
    let latin = behind.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    let han = MEASURES.iter().find(|unit| unit.chars().eq(behind.iter().take(unit.chars().count()).copied()));
    let width = han.map_or(latin, |unit| unit.chars().count());
    let unit: String = behind.iter().take(width).collect();
    (width > 0).then(|| (Quantity { amount, unit: Unit::Measure(unit) }, length + width))
}

/// A number in millionths, and how many characters it is.
fn number(rest: &[char]) -> Option<(i128, usize)> {
    if rest.first()?.is_ascii_digit() { in_digits(rest) } else { in_chinese(rest) }
}

fn in_digits(rest: &[char]) -> Option<(i128, usize)> {
    let (mut value, mut digits, mut decimals, mut at) = (0_i128, 0_usize, None::<u32>, 0);
    while let Some(letter) = rest.get(at) {
        match letter.to_digit(10) {
            Some(digit) => {
                digits += 1;
                if digits > DIGITS_MAX {
                    return None;
                }
                value = value * 10 + i128::from(digit);
                decimals = decimals.map(|decimals| decimals + 1);
            }
            None if *letter == '.' && decimals.is_none() && rest.get(at + 1).is_some_and(char::is_ascii_digit) => {
                decimals = Some(0);
            }
            None if *letter == ',' && decimals.is_none() && groups(&rest[at..]) => {}
            None => break,
        }
        at += 1;
    }
    let decimals = decimals.unwrap_or_default();
    (decimals <= 6).then(|| (value * 10_i128.pow(6 - decimals), at))
}

/// Whether a comma stands before three digits and no more: 1,000,000.
fn groups(rest: &[char]) -> bool {
    rest.iter().skip(1).take_while(|c| c.is_ascii_digit()).count() == 3
}

/// Whether it is a digit of a number in Chinese, and not zero.
fn is_digit(letter: &char) -> bool {
    DIGITS.iter().any(|(known, value)| known == letter && *value != 0)
}

fn in_chinese(rest: &[char]) -> Option<(i128, usize)> {
    let of =
        |table: &[(char, i128)], letter: char| table.iter().find(|(known, _)| *known == letter).map(|known| known.1);
    let (mut whole, mut part, mut digit, mut at) = (0_i128, 0_i128, None::<i128>, 0);
    while let Some(letter) = rest.get(at).copied().filter(|_| at < DIGITS_MAX) {
        if let Some(value) = of(DIGITS, letter) {
            // 二〇二六 is written digit by digit.
            digit = Some(digit.filter(|_| value != 0 || part == 0).map_or(value, |digit| digit * 10 + value));
        } else if let Some(ten) = of(TENS, letter) {
            part += digit.take().unwrap_or(1) * ten;
        } else if letter == '万' && rest.get(at + 1) != Some(&'元') {
            whole += (part + digit.take().unwrap_or(0)) * 10_000;
            part = 0;
        } else {
            break;
        }
        at += 1;
    }
    // 三五个 are three to five, 二三十人 twenty to thirty.
    let digits = rest[..at].split(|letter| !is_digit(letter)).map(<[char]>::len);
    let is_about = rest[..at].iter().all(|letter| of(DIGITS, *letter) != Some(0)) && digits.max() == Some(2);
    let value = whole + part + digit.unwrap_or(0);
    (at > 0 && !is_about).then_some((value * MILLION, at))
}

/// 2026年9月22日 and 2026-09-22, perhaps with 9时30分 or 09:30 behind it.
fn date(rest: &[char]) -> Option<(Quantity, usize)> {
    let mut at = 0;
    let whole = |at: &mut usize, digits: usize| {
        let length = rest[*at..].iter().take_while(|c| c.is_ascii_digit()).count();
        let text: String = rest[*at..*at + length].iter().collect();
        *at += length;
        if length == 0 || length > digits { None } else { text.parse::<u32>().ok() }
    };
    let mark = |at: &mut usize, marks: [char; 2]| {
        let is_there = rest.get(*at).is_some_and(|c| marks.contains(c));
        *at += usize::from(is_there);
        is_there.then_some(())
    };
    let year = whole(&mut at, 4)?;
    mark(&mut at, ['年', '-'])?;
    let month = whole(&mut at, 2)?;
    mark(&mut at, ['月', '-'])?;
    let day = whole(&mut at, 2)?;
    let _ = mark(&mut at, ['日', '号']);
    let day = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let mut minutes = i128::from(chrono::Datelike::num_days_from_ce(&day)) * 1_440;
    let mut end = at;
    let _ = mark(&mut at, [' ', ' ']);
    if let Some(hour) = whole(&mut at, 2).filter(|hour| *hour < 25)
        && mark(&mut at, ['时', ':']).is_some()
    {
        minutes += i128::from(hour) * 60;
        end = at;
        if let Some(minute) = whole(&mut at, 2).filter(|minute| *minute < 60) {
            minutes += i128::from(minute);
            let _ = mark(&mut at, ['分', '点']);
            end = at;
        }
    }
    Some((Quantity { amount: minutes, unit: Unit::Date }, end))
}
