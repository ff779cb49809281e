//! Codes that name a tender and its parts.

use super::schema::string_schema;
use super::{Fault, PersonalNumber};
use compact_str::CompactString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use strum::{EnumString, IntoStaticStr};

/// ASCII but what may stand in a code; which characters beside ASCII may, is more than a pattern should say.
const TENDER_CODE: &str = r##"^[^\x00-\x20!-',+/:-@\\^`{-\x7f*.][^\x00-\x20!-',+/:-@\\^`{-\x7f*]*$"##;

const PLAIN: &str = "^[-0-9A-Za-z_.]+$";

macro_rules! code_type {
    ($(#[$doc:meta])* $name:ident, $format:literal, max = $max:literal, $pattern:expr, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(CompactString);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Fault;

            fn from_str(text: &str) -> Result<Self, Fault> {
                if text.is_empty() || text.chars().count() > $max {
                    return Err(Fault::malformed_code((
                        concat!("编码须为 1 至 ", $max, " 个字符，不得过长"),
                        concat!("a code has 1 to ", $max, " characters"),
                    )));
                }
                let check: fn(&str) -> Result<(), Fault> = $check;
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = super::JsonText::deserialize(deserializer)?;
                text.parse().map_err(Fault::into_serde)
            }
        }

        string_schema!($name, $format, min = 1, max = $max, pattern = $pattern);
    };
}

code_type!(
    /// The code of a tender (招标项目编号), chosen by the centre: Chinese characters, the letters A to Z and a to z, digits and
    /// `-_.()[]〔〕`, as in `某财采购〔2026〕12号`.
    ///
    /// Nothing else, because it would look like another code: neither other scripts (Cyrillic Н), compatibility forms
    /// (full-width digits and brackets, superscripts, 豈 U+F900), radicals, nor combining marks.
    TenderCode, "tender-code", max = 64, TENDER_CODE, |text| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.()[]〔〕".contains(c) || is_unified_ideograph(c);
        match text.chars().find(|c| !fits(*c)) {
            Some(c) => Err(Fault::ForbiddenCharacter { code_point: c as u32 }),
            None if text.starts_with('.') => {
                Err(Fault::malformed_code(("项目编号不得以点开头", "a tender code does not begin with a dot")))
            }
            None => Ok(()),
        }
    }
);

/// A Chinese character that NFKC leaves as it is (Unicode's Unified_Ideograph, and 〇): the blocks of compatibility ideographs
/// and of radicals repeat these under other numbers.
fn is_unified_ideograph(c: char) -> bool {
    matches!(c,
        '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{2A6DF}'
        | '\u{2A700}'..='\u{2EE5D}' | '\u{30000}'..='\u{323AF}')
}

/// Whoever makes up an id can make up another one, so a person's number is not confirmed here.
fn plain(text: &str) -> Result<(), Fault> {
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || "-_.".contains(*c))) {
        Some(c) => Err(Fault::ForbiddenCharacter { code_point: c as u32 }),
        None => match PersonalNumber::within(text) {
            Some(number) => Err(Fault::PersonalNumber { number, may_be_confirmed: false }),
            None => Ok(()),
        },
    }
}

code_type!(
    /// Names a clause of one tender: `q-3`, `tech.12`. Objections and screens point at clauses by it.
    ClauseId, "clause-id", max = 32, PLAIN, plain
);

code_type!(
    /// Names a lot (标段/包) of one tender.
    LotId, "lot-id", max = 32, PLAIN, plain
);

code_type!(
    /// Names an objection, a challenge, a claim or a candidate within its tender.
    ItemId, "item-id", max = 64, PLAIN, plain
);

code_type!(
    /// Names a template (承诺书范本).
    TemplateId, "template-id", max = 64, PLAIN, plain
);

code_type!(
    /// Names a commitment (廉洁承诺), chosen by whoever offers it.
    CommitmentId, "commitment-id", max = 64, PLAIN, plain
);

code_type!(
    /// Names a kind of bar (禁入) in an edition of the law: `procurement-ban`, `court-list`.
    BarKindId, "bar-kind-id", max = 32, PLAIN, plain
);

code_type!(
    /// What is bought: a 政府采购品目分类目录 code (`A02010105`: A goods, B works, C services) or an 8-digit CPV code.
    ProcurementCategory, "procurement-category", max = 16, "^([ABC]([0-9]{2}){0,4}|[0-9]{8})$", |text| {
        let bytes = text.as_bytes();
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let domestic = matches!(bytes[0], b'A' | b'B' | b'C') && matches!(bytes.len(), 1 | 3 | 5 | 7 | 9) && digits(&bytes[1..]);
        let cpv = bytes.len() == 8 && digits(bytes);
        if domestic || cpv { Ok(()) } else { Err(Fault::UnknownCategory) }
    }
);

/// 工程 / 货物 / 服务 (招标投标法实施条例 art. 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    Works,
    Goods,
    Services,
}

impl Nature {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tender_codes_take_chinese_letters_but_no_look_alikes() {
        for good in
            ["HNZB-2026-0042", "郑财招标采购-2026-12", "豫政采(2)20260001-1", "某财采购〔2026〕12号", "二〇二六-1"]
        {
            assert_eq!(good.parse::<TenderCode>().unwrap().as_str(), good);
        }
        for bad in ["", "a/b", "a b", "ＨＮ-1", "1２", "../x", ".x", "a\u{202e}b", &"a".repeat(65)] {
            assert!(bad.parse::<TenderCode>().is_err(), "{bad}");
        }
        // As in the order of the comment above; K is the Kelvin sign, ⼀ a radical.
        for bad in [
            "НNZB-1",
            "豫（2）",
            "2026-¹",
            "2026-⑷",
            "\u{F900}-1",
            "\u{2F00}-1",
            "A\u{301}-1",
            "Á-1",
            "\u{212A}-1",
            "ｶ-1",
            "カ-1",
            "\u{1D407}-1",
            "Q\u{2011}1",
            "W\u{200D}-1",
        ] {
            assert!(bad.parse::<TenderCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn categories_have_a_known_shape() {
        for good in ["A02010105", "B", "C1601", "45233120"] {
            assert!(good.parse::<ProcurementCategory>().is_ok(), "{good}");
        }
        for bad in ["D01", "A0", "4523312", "a02"] {
            assert_eq!(bad.parse::<ProcurementCategory>().unwrap_err(), Fault::UnknownCategory, "{bad}");
        }
    }
}
