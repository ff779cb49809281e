//! The code of an organisation: 统一社会信用代码 (GB 32100-2015), or an OCDS organisation identifier.

use super::personal_number::is_identity_card;
use super::{Fault, RegionCode, RegionCodeError};
use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `91410100MA0000015B`, or `GB-COH-01234567` outside China.
///
/// A check character may be another than the standards compute: a slip, or one of the few codes that a registry has issued so.
/// [`Self::irregularity`] tells, and a log takes such a code for a slip until a supervisor has confirmed it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationId(CompactString);

/// Why a text is not an organisation's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrganisationIdError {
    #[error("18 characters (GB 32100-2015) or scheme-id (org-id.guide) are expected")]
    Form,
    #[error("{0:?} is not in the alphabet of GB 32100-2015 (digits and capitals without I, O, S, V, Z)")]
    Alphabet(char),
    #[error("wrong check character, {expected} expected (GB 32100-2015)")]
    CheckCharacter { expected: char },
    #[error("no registration department of GB 32100-2015 has {0:?}")]
    Department(char),
    #[error("characters 3 to 8 are a region (GB/T 2260): {0}")]
    Region(#[from] RegionCodeError),
    #[error("wrong check character of the organisation code, characters 9 to 17: {expected} expected (GB 11714-1997)")]
    InnerCheckCharacter { expected: char },
    #[error("has the form of an identity card's number, which is never published")]
    IdentityCard,
    #[error("who has a unified social credit code is named by it, without a prefix")]
    Chinese,
}

/// GB 32100-2015: the 31 characters in the order of their values.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i-1) mod 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const USCC_LENGTH: usize = 18;
const LENGTH_MAX: usize = 64;

/// 登记管理部门: 1 机构编制, 2 外交, 3 司法行政, 4 文化, 5 民政, 6 旅游, 7 宗教, 8 工会, 9 市场监管, A 军队, N 农业, Y 其他.
const DEPARTMENTS: &[u8; 12] = b"123456789ANY";
/// In the place of a region: registered with the central authorities.
const NATIONAL: &[u8; 6] = b"100000";
/// Of the eight characters of an organisation code (GB 11714-1997), characters 9 to 16.
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
impl OrganisationId {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a unified social credit code.
    pub fn is_uscc(&self) -> bool {
        self.0.len() == USCC_LENGTH && !self.0.contains('-')
    }

    /// A code that is no slip: both of its check characters are right.
    ///
    /// # Errors
    /// It is no code, or irregular.
    pub fn regular(text: &str) -> Result<Self, OrganisationIdError> {
        let id: Self = text.parse()?;
        id.irregularity().map_or(Ok(id), Err)
    }

    /// Which of its check characters is another than the standards compute.
    pub fn irregularity(&self) -> Option<OrganisationIdError> {
        if !self.is_uscc() {
            return None;
        }
        let code = self.0.as_bytes();
        let expected = check_character(code);
        if char::from(code[USCC_LENGTH - 1]) != expected {
            return Some(OrganisationIdError::CheckCharacter { expected });
        }
        let expected = inner_check_character(&code[8..16]);
        (char::from(code[16]) != expected).then_some(OrganisationIdError::InnerCheckCharacter { expected })
    }
}

/// The value of a character that is in the alphabet. Every code of every record is checked, so it is looked up.
const fn value(byte: u8) -> Option<u8> {
    const NONE: u8 = u8::MAX;
    const VALUES: [u8; 256] = {
        let (mut values, mut at) = ([NONE; 256], 0);
        while at < ALPHABET.len() {
            values[ALPHABET[at] as usize] = at as u8;
            at += 1;
        }
        values
    };
    match VALUES[byte as usize] {
        NONE => None,
        value => Some(value),
    }
}

/// The check character of the first 17 characters, all of them in the alphabet.
fn check_character(code: &[u8]) -> char {
    let weighted = code.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(value(*byte).unwrap_or_default()) * weight);
    char::from(ALPHABET[((31 - weighted.sum::<u32>() % 31) % 31) as usize])
}

fn check_uscc(text: &str) -> Result<(), OrganisationIdError> {
    let code = text.as_bytes();
    if let Some(other) = code.iter().find(|byte| value(**byte).is_none()) {
        return Err(OrganisationIdError::Alphabet(char::from(*other)));
    }
    // A stranger who registers under one would publish it for ever.
    if is_identity_card(text) {
        return Err(OrganisationIdError::IdentityCard);
    }
    let issuer = check_issuer(text);
    // A slip in the region shows in the check character, too, and is told by that.
    let expected = check_character(code);
    if issuer.is_err() && char::from(code[USCC_LENGTH - 1]) != expected {
        return Err(OrganisationIdError::CheckCharacter { expected });
    }
    issuer
}

/// Who issued the code, and where.
fn check_issuer(text: &str) -> Result<(), OrganisationIdError> {
    let code = text.as_bytes();
    if !DEPARTMENTS.contains(&code[0]) {
        return Err(OrganisationIdError::Department(char::from(code[0])));
    }
    // The organs of the state, and who is registered with them, belong to no province.
    if &code[2..8] != NATIONAL {
        text[2..8].parse::<RegionCode>()?;
    }
    Ok(())
}

/// Of an organisation code; letters count from A = 10.
fn inner_check_character(body: &[u8]) -> char {
    let value = |byte: &u8| char::from(*byte).to_digit(36).unwrap_or_default();
    let sum: u32 = body.iter().zip(INNER_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        check => char::from(b'0' + check as u8),
    }
}

/// `<scheme>-<id>`, the scheme being two capitals, a hyphen and 2 to 10 capitals, digits or underscores (org-id.guide list
/// codes: `GB-COH`, `BE-BCE_KBO`).
fn is_ocds(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(country), Some(register), Some(id)) = (parts.next(), parts.next(), parts.next()) else { return false };
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (2..=10).contains(&register.len())
        && register.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

impl FromStr for OrganisationId {
    type Err = OrganisationIdError;

    fn from_str(text: &str) -> Result<Self, OrganisationIdError> {
        if let Some(c) = text.chars().find(|c| !c.is_ascii()) {
            return Err(OrganisationIdError::Alphabet(c));
        }
        if text.len() <= LENGTH_MAX && is_ocds(text) {
            // Two spellings of one enterprise would be two organisations.
            if text.starts_with("CN-") {
                return Err(OrganisationIdError::Chinese);
            }
            return Ok(Self(text.into()));
        }
        if text.len() != USCC_LENGTH {
            return Err(OrganisationIdError::Form);
        }
        check_uscc(text)?;
        Ok(Self(text.into()))
    }
}

impl From<OrganisationIdError> for Fault {
    fn from(error: OrganisationIdError) -> Self {
        let zh = match error {
            OrganisationIdError::CheckCharacter { expected } => return Self::CheckCharacter { expected },
            OrganisationIdError::Form => {
                "代码应为 18 位统一社会信用代码（GB 32100-2015），境外主体为“登记机关-编号”（org-id.guide）".to_owned()
            }
            OrganisationIdError::Alphabet(c) => {
                format!("代码中有不允许的字符“{c}”，只用半角数字与大写字母，不含 I、O、S、V、Z（GB 32100-2015）")
            }
            OrganisationIdError::Department(c) => format!("首位“{c}”不是 GB 32100-2015 的登记管理部门代码"),
            OrganisationIdError::Region(_) => "第 3 至 8 位不是有效的行政区划代码（GB/T 2260）".to_owned(),
            OrganisationIdError::InnerCheckCharacter { expected } => {
                format!("第 9 至 17 位组织机构代码的校验位错误，应为 {expected}（GB 11714-1997）")
            }
            OrganisationIdError::IdentityCard => "形同居民身份证号码，不得公开".to_owned(),
            OrganisationIdError::Chinese => "有统一社会信用代码的主体直接用该代码，不加前缀".to_owned(),
        };
        Self::malformed_code((zh, error.to_string()))
    }
}

impl fmt::Display for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrganisationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for OrganisationId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for OrganisationId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(|error: OrganisationIdError| Fault::from(error).into_serde())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By GB 32100-2015: codes of real organisations, and made-up ones with the check characters `0` and `X`.
    const VALID: [&str; 20] = [
        "12100000400000456B",
        "91350200776049653A",
        "91350500798359476R",
        "91350503MA31DKY80A",
        "91350200MA31E12PXF",
        "91440101MA5CJQ4N59",
        "913502000728319549",
        "123502001549897397",
        "91350503MA31DNG762",
        "91410100MA0000015B",
        "91410105MA9ABCDE2Y",
        "92410102MA4XYWTR2E",
        "11410100005260004Y",
        "1241010041580000XR",
        "514101005004100069",
        "93410122MA10002Q47",
        "91110000100000008J",
        "91410100MA000020X0",
        "91410100MA00002180",
        "91410100MA000004XQ",
    ];

    /// A real code whose check character is not the computed one (other software in use has an exception for it).
    const IRREGULAR: &str = "91350203M0001QAY9B";

    #[test]
    fn vectors() {
        for code in VALID {
            assert!(code.parse::<OrganisationId>().unwrap().is_uscc(), "{code}");
        }
        let parse = OrganisationId::regular;
        assert_eq!(parse("91410100MA0000015C"), Err(OrganisationIdError::CheckCharacter { expected: 'B' }));
        assert_eq!(parse("91410100MA000O015B"), Err(OrganisationIdError::Alphabet('O')));
        assert_eq!(parse("91410100ma0000015b"), Err(OrganisationIdError::Alphabet('m')));
        assert_eq!(parse("９1410100MA0000015B"), Err(OrganisationIdError::Alphabet('９')));
        assert_eq!(parse("91410100MA0000015"), Err(OrganisationIdError::Form));
        assert_eq!(parse("91410100MA0000015B0"), Err(OrganisationIdError::Form));
        for id in ["GB-COH-01234567", "XI-LEI-5493001KJTIIGC8Y1R12", "BE-BCE_KBO-0421210424", "CA-CRA_ACR-1"] {
            assert!(!parse(id).unwrap().is_uscc(), "{id}");
        }
        for bad in ["GB-COH-", "gb-coh-1", "GB-C-1", "GB-COH-a b", "GB-COH-a/b", &format!("GB-COH-{}", "1".repeat(60))]
        {
            assert_eq!(parse(bad), Err(OrganisationIdError::Form), "{bad}");
        }
    }

    /// The first 17 characters with the right check character.
    fn checked(body: &str) -> String {
        format!("{body}{}", check_character(body.as_bytes()))
    }

    #[test]
    fn a_code_with_another_check_character_is_one_and_irregular() {
        let irregularity = |text: &str| text.parse::<OrganisationId>().unwrap().irregularity();
        let issued = IRREGULAR.parse::<OrganisationId>().unwrap();
        assert_eq!(issued.irregularity(), Some(OrganisationIdError::CheckCharacter { expected: '9' }));
        assert_eq!(OrganisationId::regular(IRREGULAR), Err(issued.irregularity().unwrap()));
        let inner = OrganisationIdError::InnerCheckCharacter { expected: '5' };
        assert_eq!(irregularity(&checked("91410100MA0000016")), Some(inner));
        for regular in VALID.into_iter().chain(["GB-COH-01234567"]) {
            assert_eq!(irregularity(regular), None, "{regular}");
        }
    }

    #[test]
    fn a_right_check_character_is_not_enough() {
        let parse = OrganisationId::regular;
        let (unknown, malformed) = (RegionCodeError::UnknownProvince, RegionCodeError::Malformed);
        assert_eq!(parse(&checked("91ABCDEFMA0000015")), Err(OrganisationIdError::Region(malformed)));
        assert_eq!(parse(&checked("91990000MA0000015")), Err(OrganisationIdError::Region(unknown)));
        assert_eq!(parse(&checked("QQ410100MA0000015")), Err(OrganisationIdError::Department('Q')));
        assert_eq!(parse(&checked(&"0".repeat(17))), Err(OrganisationIdError::Department('0')));
        let inner = OrganisationIdError::InnerCheckCharacter { expected: '5' };
        assert_eq!(parse(&checked("91410100MA0000016")), Err(inner));
        for prefixed in ["CN-SCC-91410100MA0000015B", "CN-SCC-91410100MA0000015C", "CN-SAIC-410100000000001"] {
            assert_eq!(parse(prefixed), Err(OrganisationIdError::Chinese));
        }
    }

    #[test]
    fn a_number_of_an_identity_card_is_no_code() {
        // By GB 11643-1999, nobody's; the last one passes the check of GB 32100 as well.
        let both = (0..1000).map(|n| format!("41141119000101{n:03}")).find_map(|body| {
            let card = checked(&body);
            is_identity_card(&card).then_some(card)
        });
        for card in ["410101199001010016", "410102198512310020", "11010119491001001X", &both.unwrap()] {
            assert_eq!(card.parse::<OrganisationId>(), Err(OrganisationIdError::IdentityCard), "{card}");
        }
    }

    proptest! {
        #[test]
        fn every_single_error_and_transposition_is_seen(which in 0..VALID.len(), at in 0usize..18, to in 0usize..31) {
            let code = VALID[which].as_bytes();
            let mut changed = code.to_vec();
            changed[at] = ALPHABET[to];
            let text = String::from_utf8(changed).unwrap();
            prop_assert_eq!(OrganisationId::regular(&text).is_ok(), text.as_bytes() == code);
            if at < 17 {
                let mut swapped = code.to_vec();
                swapped.swap(at, at + 1);
                let text = String::from_utf8(swapped).unwrap();
                prop_assert_eq!(OrganisationId::regular(&text).is_ok(), text.as_bytes() == code);
            }
        }
    }
}
