//! Numbers in public texts that may be a person's: what a log holds it holds for ever, and sealed values are for persons.

use super::{Fault, Faults, Prose, RegionCode, each_text, narrow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The payload's texts hold a number that has the form of an identity card's or a mobile phone's, and it may be public: it is
/// a contract's, or the law has it published. Only where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberConfirmation {
    pub reason: Prose<2000>,
}

/// Whose number it may be, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalNumber {
    /// 居民身份证 (GB 11643-1999), and the residence permits of the same form.
    IdentityCard,
    /// 手机号码: eleven digits that begin with 13 to 19.
    Mobile,
}

/// Of the seventeen digits of an identity card's number (GB 11643-1999), and its check characters.
const CARD_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CARD_CHECKS: &[u8; 11] = b"10X98765432";
const CARD_LENGTH: usize = 18;
const CARD_DIGITS: usize = 17;
/// Cards from before 1999 have neither century nor check character, so the word must stand beside them.
const OLD_CARD_LENGTH: usize = 15;
const CARD_WORD: &str = "身份证";
const MOBILE_LENGTH: usize = 11;
/// 国际电话区号, as it is written before a number.
const COUNTRY: [&str; 3] = ["86", "086", "0086"];
/// How numbers are written in groups.
const CARD_GROUPS: [&[usize]; 2] = [&[6, 8, 4], &[6, 4, 4, 4]];
const MOBILE_GROUPS: [&[usize]; 1] = [&[3, 4, 4]];

impl PersonalNumber {
    /// What it is called.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::IdentityCard => ("居民身份证号码", "an identity card's number"),
            Self::Mobile => ("手机号码", "a mobile phone's number"),
        }
    }

    /// The first one in a text.
    pub fn within(text: &str) -> Option<Self> {
        let named = text.contains(CARD_WORD);
        let plain: Vec<char> = text.chars().map(narrow).collect();
        let groups = Group::all(&plain);
        (0..groups.len()).find_map(|at| {
            let (first, rest) = (&groups[at], &groups[at..]);
            let is_card = |digits: &str| is_identity_card(digits) || named && is_like_a_card(digits);
            if is_card(&first.digits)
                || CARD_GROUPS.iter().any(|form| joined(rest, form).is_some_and(|it| is_card(&it)))
            {
                return Some(Self::IdentityCard);
            }
            let in_groups = || MOBILE_GROUPS.iter().any(|form| joined(rest, form).is_some_and(|it| is_mobile(&it)));
            let is_phone = !first.is_amount && (is_mobile(without_country(&first.digits)) || in_groups());
            is_phone.then_some(Self::Mobile)
        })
    }
}

/// Digits that stand together.
struct Group {
    digits: String,
    /// One space or hyphen stands between it and the group before.
    follows: bool,
    /// It has decimals, or a unit of money beside it.
    is_amount: bool,
}

impl Group {
    /// Those of a text, but for digits that belong to a word (`HT2026001`, a hash).
    fn all(text: &[char]) -> Vec<Self> {
        let (mut groups, mut at, mut last_end) = (Vec::new(), 0, None);
        while at < text.len() {
            if !text[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let start = at;
            while at < text.len() && text[at].is_ascii_digit() {
                at += 1;
            }
            // The check character of a card, whole or in its last group of four.
            if matches!(at - start, CARD_DIGITS | 3) && matches!(text.get(at), Some('X' | 'x')) {
                at += 1;
            }
            let before = start.checked_sub(1).map(|before| text[before]);
            let after = text.get(at).copied();
            if before.is_some_and(is_of_a_word) || after.is_some_and(is_of_a_word) {
                continue;
            }
            let decimals = after == Some('.') && text.get(at + 1).is_some_and(char::is_ascii_digit);
            let is_amount = decimals
                || matches!(before, Some('.' | ',' | '¥' | '￥'))
                || matches!(after, Some('元' | '圆' | '万' | '亿'));
            let follows = last_end.is_some_and(|end: usize| end + 1 == start) && matches!(before, Some(' ' | '-'));
            groups.push(Self { digits: text[start..at].iter().collect(), follows, is_amount });
            last_end = Some(at);
        }
        groups
    }
}

fn is_of_a_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// The number that groups of these lengths are.
fn joined(groups: &[Group], lengths: &[usize]) -> Option<String> {
    let groups = groups.get(..lengths.len())?;
    let fits = groups.iter().zip(lengths).all(|(group, length)| group.digits.len() == *length);
    let follow = groups.iter().skip(1).all(|group| group.follows);
    (fits && follow).then(|| groups.iter().map(|group| group.digits.as_str()).collect())
}

fn without_country(digits: &str) -> &str {
    COUNTRY
        .iter()
        .find_map(|country| digits.strip_prefix(country).filter(|rest| rest.len() == MOBILE_LENGTH))
        .unwrap_or(digits)
}

fn is_mobile(digits: &str) -> bool {
    let digits = digits.as_bytes();
    digits.len() == MOBILE_LENGTH && digits.iter().all(u8::is_ascii_digit) && digits[0] == b'1' && digits[1] >= b'3'
}

/// Whether it is the number of an identity card by its form: a province, a day of birth, the check character.
pub(super) fn is_identity_card(text: &str) -> bool {
    let [body @ .., check] = text.as_bytes() else { return false };
    if !is_like_a_card(text) || text.len() != CARD_LENGTH {
        return false;
    }
    let sum: u32 = body.iter().zip(CARD_WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    check.to_ascii_uppercase() == CARD_CHECKS[(sum % 11) as usize]
}

/// Whatever its check character is: who mistypes a person's number publishes most of it.
fn is_like_a_card(text: &str) -> bool {
    let century = match text.len() {
        CARD_LENGTH => "",
        OLD_CARD_LENGTH => "19",
        _ => return false,
    };
    if !text.bytes().take(CARD_DIGITS).all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let (region, rest) = text.split_at(RegionCode::DIGITS);
    let born = format!("{century}{}", &rest[..8 - century.len()]);
    // Nobody who lives was born before, and no card is valid for a coming century.
    let lives = ("1800".."2200").contains(&&born[..4]);
    lives && region.parse::<RegionCode>().is_ok() && chrono::NaiveDate::parse_from_str(&born, "%Y%m%d").is_ok()
}

/// Adds what the texts of a payload hold of such numbers, unless it is confirmed; and a confirmation of nothing.
/// `confirmed_at` is where it would be, if records of this kind may confirm.
pub fn check_numbers(
    payload: &[u8],
    confirmed_at: Option<&str>,
    confirmed: Option<&NumberConfirmation>,
    faults: &mut Faults,
) {
    let mut found = Vec::new();
    if may_hold_number(payload)
        && let Ok(value) = serde_json::from_slice(payload)
    {
        each_text(&value, &mut |at, text| {
            found.extend(PersonalNumber::within(text).map(|number| (at.to_owned(), number)));
        });
    }
    match (confirmed, confirmed_at) {
        (Some(_), Some(at)) if found.is_empty() => {
            faults.add(at, Fault::inconsistent(("没有需要确认的号码", "there is no number to confirm")));
        }
        (Some(_), _) => {}
        (None, _) => found.into_iter().for_each(|(at, number)| {
            faults.add(at, Fault::PersonalNumber { number, may_be_confirmed: confirmed_at.is_some() });
        }),
    }
}

/// A quick look at bytes of JSON: in nearly every payload no text is long enough in digits, and nothing more is asked.
/// Every record that is verified is looked at, so of most bytes only one in [`MOBILE_LENGTH`] is.
fn may_hold_number(json: &[u8]) -> bool {
    let is_part = |at: &usize| matches!(json[*at], b'0'..=b'9' | b' ' | b'-');
    let mut at = MOBILE_LENGTH - 1;
    while at < json.len() {
        if is_part(&at) {
            let start = (0..at).rev().take_while(is_part).last().unwrap_or(at);
            let end = (at..json.len()).take_while(is_part).last().map_or(at, |last| last + 1);
            if end - start >= MOBILE_LENGTH && may_be_number(&json[..start], &json[start..end]) {
                return true;
            }
            at = end.max(at);
        }
        at += MOBILE_LENGTH;
    }
    memchr::memchr3_iter(b'\\', 0xEF, 0xE3, json).any(|at| match json[at..] {
        // What it says has to be read.
        [b'\\', b'u', ..] => true,
        // Full-width digits; and a hyphen or a space as wide, within a number.
        [0xEF, 0xBC, 0x90..=0x99, ..] => true,
        [0xEF, 0xBC, 0x8D, ..] | [0xE3, 0x80, 0x80, ..] => at > 0 && json[at - 1].is_ascii_digit(),
        _ => false,
    })
}

/// Whether digits, spaces and hyphens hold enough digits that belong to no word before them (`HT13800000000`, a hash).
fn may_be_number(before: &[u8], part: &[u8]) -> bool {
    let in_word = match before {
        // `\n1380…` is no word.
        [.., b'\\', _] | [] => false,
        [.., last] => last.is_ascii_alphabetic() || *last == b'_',
    };
    let of_word = if in_word { part.iter().take_while(|byte| byte.is_ascii_digit()).count() } else { 0 };
    part[of_word..].iter().filter(|byte| byte.is_ascii_digit()).count() >= MOBILE_LENGTH
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_persons_are_found_in_any_writing() {
        for card in [
            "110101199001010015的",
            "身份证号 110101190001010000",
            "证件：11010119491001001X。",
            "（110101 19491001 001x）",
            "110101-1949-1001-001X",
            "１１０１０１１９９００１０１００１５",
            "身份证 110101900101001",
        ] {
            assert_eq!(PersonalNumber::within(card), Some(PersonalNumber::IdentityCard), "{card}");
            assert!(may_hold_number(&serde_json::to_vec(card).unwrap()), "{card}");
        }
        for phone in [
            "13800000000",
            "联系人电话13800000000，",
            "手机 138 0000 0000",
            "+86-138-0000-0000",
            "+8613800000000",
            "008619900000000",
            "0371-60000000、１３８００００００００",
            "0371-60000000 13800000000",
            "张某\n13800000000",
            "138－0000－0000",
            "138　0000　0000",
        ] {
            assert_eq!(PersonalNumber::within(phone), Some(PersonalNumber::Mobile), "{phone}");
            assert!(may_hold_number(&serde_json::to_vec(phone).unwrap()), "{phone}");
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for other in [
            "0371-60000000",
            "010-12345678",
            "4006001234",
            "12800000000",
            "138000000000",
            "HT13800000000",
            "13800000000.00",
            "13800000000元",
            "15 000 000 000 元",
            "2026-11-23 18:00",
            "110101199013010018",
            "990101199001010018",
            "110101199001010011",
            "招标编号410102202613450015",
            "913502000728319549",
            "138000000001380000000013800000000138000000001380000000013800000000",
            "110101900101001",
        ] {
            assert_eq!(PersonalNumber::within(other), None, "{other}");
        }
    }

    fn faults(payload: &str, confirmed: bool) -> Vec<String> {
        let confirmed = confirmed.then(|| NumberConfirmation { reason: "合同编号".parse().unwrap() });
        let mut faults = Faults::default();
        check_numbers(payload.as_bytes(), Some("/numbers_confirmed"), confirmed.as_ref(), &mut faults);
        faults.into_result().err().into_iter().flatten().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn each_is_told_by_its_pointer_and_nothing_is_confirmed_in_vain() {
        let payload = r#"{"contact":{"phone":"13800000000"},"clauses":[{"text":"无"},{"text":"\n\u00313800000000"}],"amount":13800000000}"#;
        let mut found = faults(payload, false);
        found.sort();
        assert_eq!(found, ["/clauses/1/text", "/contact/phone"]);
        assert_eq!(faults(payload, true), [""; 0]);
        assert_eq!(faults(r#"{"amount":13800000000}"#, true), ["/numbers_confirmed"]);
        assert_eq!(faults(r#"{"amount":13800000000}"#, false), [""; 0]);
    }

    proptest! {
        #[test]
        fn the_quick_look_overlooks_nothing(text in "[-0-9 XxaT\n元\"\\\\电０-９　.]{0,40}") {
            let json = serde_json::to_vec(&text).unwrap();
            if PersonalNumber::within(&text).is_some() {
                prop_assert!(may_hold_number(&json), "{text}");
            }
        }

        #[test]
        fn it_finds_a_number_wherever_it_stands(before in "[-0-9 a-f，\n\"电]{0,40}", after in "[，a-f\" 电]{0,30}") {
            let text = format!("{before}，13800000000，{after}");
            prop_assert!(may_hold_number(&serde_json::to_vec(&text).unwrap()), "{text}");
        }

        #[test]
        fn nothing_panics(text in any::<String>()) {
            let _ = PersonalNumber::within(&text);
        }
    }
}
