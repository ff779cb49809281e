//! What can be wrong with one field, and where.

use super::{Bilingual, PersonalNumber};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// Why one field of a payload is refused. Each has a problem type of its own (`problem::of_fault`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The schema has no such member; perhaps another was meant.
    UnknownField { nearest: Option<String> },
    /// A required member is absent.
    MissingField,
    /// An object that is one of several kinds does not say which.
    KindMissing { words: Vec<String> },
    /// A value of another JSON type, or an enum value that is not in the list.
    WrongType { expected: Bilingual },
    /// Longer than the field allows, in Unicode scalar values.
    TextTooLong { max: usize },
    /// Empty or only white space where words are needed.
    TextEmpty,
    /// A control, bidi-override, zero-width or otherwise invisible character: it can make a text read as another.
    ForbiddenCharacter { code_point: u32 },
    /// A code that does not have the form its field asks for.
    MalformedCode { reason: Bilingual },
    /// The check character of a code does not match (GB 32100-2015).
    CheckCharacter { expected: char },
    /// Not a province-level prefix of GB/T 2260.
    UnknownRegion,
    /// Not a 品目 code of the 政府采购品目分类目录 form, nor a CPV code.
    UnknownCategory,
    /// Negative, or above 10^15 minor units (ten trillion yuan).
    AmountOutOfRange,
    /// Nothing, where something is to move.
    AmountZero,
    /// More than there is of it here, in minor units.
    AmountAbove { most: i64 },
    /// Not an ISO 4217 code that this service knows the minor unit of.
    UnknownCurrency { known: String },
    /// The private half of a key, which nobody is to send.
    PrivateKey,
    /// Not written as a calendar day is.
    InvalidDate,
    /// Written as a calendar day is, and there is no such day.
    NoSuchDay,
    /// Not an RFC 3339 date-time.
    InvalidInstant,
    /// One date stands before another that must precede it.
    DatesOutOfOrder { earlier: String },
    /// A window shorter than the rulebook's minimum.
    WindowTooShort { min_days: u16, rule: String },
    /// A list that is longer than allowed.
    TooMany { max: usize },
    /// A list that needs at least one element.
    TooFew,
    /// An id that stands twice in one list.
    Duplicate { id: String },
    /// An id that names nothing in this tender.
    UnknownReference { id: String },
    /// A number in a public text that may be a person's.
    PersonalNumber { number: PersonalNumber, may_be_confirmed: bool },
    /// Two members that contradict each other.
    Inconsistent { reason: Bilingual },
}

impl Fault {
    /// Errors of serde and of poem carry only text, so the fault travels as JSON behind this mark.
    const MARK: &'static str = "\u{1}";

    /// As text, out of which [`Self::within`] reads it again.
    pub(crate) fn carried(&self) -> String {
        format!("{}{}", Self::MARK, serde_json::to_string(self).unwrap_or_default())
    }

    pub(crate) fn into_serde<E: serde::de::Error>(self) -> E {
        E::custom(self.carried())
    }

    /// The fault that [`Self::carried`] made this message of.
    pub(super) fn carried_by(message: &str) -> Option<Self> {
        serde_json::from_str(message.strip_prefix(Self::MARK)?).ok()
    }

    /// The fault in what somebody says of an error that carries one.
    pub fn within(text: &str) -> Option<Self> {
        let (_, carried) = text.split_once(Self::MARK)?;
        serde_json::Deserializer::from_str(carried).into_iter().next()?.ok()
    }

    /// A value that is not what its field asks for.
    pub fn wrong_type(expected: impl Into<Bilingual>) -> Self {
        Self::WrongType { expected: expected.into() }
    }

    /// A number other than the least and the most that its field takes, in this unit.
    pub fn not_within(range: RangeInclusive<i64>, unit: impl Into<Bilingual>) -> Self {
        let (min, max, Bilingual { zh, en }) = (range.start(), range.end(), unit.into());
        Self::wrong_type((format!("应为 {min} 至 {max} {zh}"), format!("is {min} to {max} {en}")))
    }

    /// A code that has not the form that its field asks for.
    pub fn malformed_code(reason: impl Into<Bilingual>) -> Self {
        Self::MalformedCode { reason: reason.into() }
    }

    /// Members that contradict each other.
    pub fn inconsistent(reason: impl Into<Bilingual>) -> Self {
        Self::Inconsistent { reason: reason.into() }
    }

    /// What is wrong, and what is allowed.
    pub fn words(&self) -> Bilingual {
        Bilingual::new(self.in_chinese(), self.to_string())
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::UnknownField { nearest: None } => "没有这个字段".to_owned(),
            Self::UnknownField { nearest: Some(name) } => format!("没有这个字段，是否应为 {name}"),
            Self::MissingField => "缺少此必填字段".to_owned(),
            Self::KindMissing { words } => format!("缺少字段 kind，应为 {} 之一", words.join("、")),
            Self::WrongType { expected } => expected.zh.clone(),
            Self::TextTooLong { max } => format!("文字过长，至多 {max} 个字符"),
            Self::TextEmpty => "文字为空，至少须有一个字".to_owned(),
            Self::ForbiddenCharacter { code_point } => {
                format!("含有不允许的字符 U+{code_point:04X}{}", name_of(*code_point).map_or("", |(zh, _)| zh))
            }
            Self::MalformedCode { reason } | Self::Inconsistent { reason } => reason.zh.clone(),
            Self::CheckCharacter { expected } => format!("校验位错误，应为 {expected}（GB 32100-2015）"),
            Self::UnknownRegion => "行政区划代码没有以此开头的省级区划（GB/T 2260）".to_owned(),
            Self::UnknownCategory => "不是采购品目代码（A、B 或 C 后跟数字），也不是八位 CPV 代码".to_owned(),
            Self::AmountOutOfRange => "金额超出范围，应为 0 至 10^15 分（最小货币单位）".to_owned(),
            Self::AmountZero => "金额须大于零".to_owned(),
            Self::AmountAbove { most } => format!("此处至多 {most}（最小货币单位）"),
            Self::UnknownCurrency { known } => format!("未知币种，应为 {known} 之一"),
            Self::PrivateKey => "不得发送私钥；此密钥已经泄露，请更换".to_owned(),
            Self::InvalidDate => "日期应写作 YYYY-MM-DD，如 2026-11-23".to_owned(),
            Self::NoSuchDay => "日历上没有这一天，此日期不存在".to_owned(),
            Self::InvalidInstant => format!("时刻应为 RFC 3339 格式并写明时区，如 {EXAMPLE_SHANGHAI} 或 {EXAMPLE_UTC}"),
            Self::DatesOutOfOrder { earlier } => {
                format!("日期次序错误，不得早于 {}", if earlier == "today" { "今天" } else { earlier })
            }
            Self::WindowTooShort { min_days, rule } => format!("期限过短，至少 {min_days} 天（{rule}）"),
            Self::TooMany { max } => format!("过多，至多 {max}"),
            Self::TooFew => "至少须有一项".to_owned(),
            Self::Duplicate { id } => format!("{id} 重复"),
            Self::UnknownReference { id } => format!("{id} 在此处不存在"),
            Self::PersonalNumber { number, may_be_confirmed } => {
                let cure = if *may_be_confirmed {
                    "请删去；确可公开的须在 numbers_confirmed 中说明理由"
                } else {
                    "请删去"
                };
                format!("含有形同{}的数字，属个人信息，记录永久公开，{cure}", number.words().0)
            }
        }
    }
}

const EXAMPLE_SHANGHAI: &str = "2026-11-23T09:30:00+08:00";
const EXAMPLE_UTC: &str = "2026-11-23T01:30:00Z";

/// What characters are called that nobody sees.
fn name_of(code_point: u32) -> Option<(&'static str, &'static str)> {
    Some(match code_point {
        0x09 => ("（制表符）", " (a tab)"),
        0x0A | 0x0D => ("（换行）", " (a line break)"),
        0x20 => ("（空格）", " (a space)"),
        0x2F => ("（斜线 /）", " (a slash)"),
        0x00..=0x1F | 0x7F..=0x9F => ("（控制字符）", " (a control character)"),
        0x200B..=0x200D | 0x2060 | 0xFEFF => ("（零宽字符，不可见）", " (zero width, not seen)"),
        0x202A..=0x202E | 0x2066..=0x2069 => ("（改变文字方向，不可见）", " (turns the direction of text, not seen)"),
        0xFF01..=0xFF5E => ("（全角字符）", " (full width)"),
        _ => return None,
    })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { nearest: None } => write!(f, "there is no such member"),
            Self::UnknownField { nearest: Some(name) } => write!(f, "there is no such member; perhaps {name}"),
            Self::MissingField => write!(f, "a required member is missing"),
            Self::KindMissing { words } => write!(f, "the member kind is missing: one of {}", words.join(", ")),
            Self::WrongType { expected } => write!(f, "{}", expected.en),
            Self::TextTooLong { max } => write!(f, "longer than {max} characters"),
            Self::TextEmpty => write!(f, "empty, where words are needed"),
            Self::ForbiddenCharacter { code_point } => {
                let name = name_of(*code_point).map_or("", |(_, en)| en);
                write!(f, "character U+{code_point:04X}{name} is not allowed here")
            }
            Self::MalformedCode { reason } | Self::Inconsistent { reason } => write!(f, "{}", reason.en),
            Self::CheckCharacter { expected } => {
                write!(f, "wrong check character, {expected} expected (GB 32100-2015)")
            }
            Self::UnknownRegion => write!(f, "no province of GB/T 2260 begins like this"),
            Self::UnknownCategory => write!(f, "not a 政府采购品目 code (A/B/C and digits) or an 8-digit CPV code"),
            Self::AmountOutOfRange => write!(f, "outside 0 to 10^15 minor units"),
            Self::AmountZero => write!(f, "is to be above zero"),
            Self::AmountAbove { most } => write!(f, "is at most {most} minor units here"),
            Self::UnknownCurrency { known } => write!(f, "not a known currency: one of {known}"),
            Self::PrivateKey => write!(f, "a private key is not to be sent: this one is known now, make another"),
            Self::InvalidDate => write!(f, "a day is written YYYY-MM-DD, as 2026-11-23"),
            Self::NoSuchDay => write!(f, "there is no such day in the calendar"),
            Self::InvalidInstant => {
                write!(f, "a time is written as RFC 3339 has it, with its zone: {EXAMPLE_SHANGHAI} or {EXAMPLE_UTC}")
            }
            Self::DatesOutOfOrder { earlier } => write!(f, "may not be before {earlier}"),
            Self::WindowTooShort { min_days, rule } => write!(f, "shorter than {min_days} days ({rule})"),
            Self::TooMany { max } => write!(f, "more than {max}"),
            Self::TooFew => write!(f, "at least one element is needed"),
            Self::Duplicate { id } => write!(f, "{id} stands twice"),
            Self::UnknownReference { id } => write!(f, "{id} names nothing here"),
            Self::PersonalNumber { number, may_be_confirmed } => {
                let cure = if *may_be_confirmed {
                    "leave it out, or say in numbers_confirmed why it may be public"
                } else {
                    "leave it out"
                };
                write!(f, "has the form of {}, and a record is public for ever: {cure}", number.words().1)
            }
        }
    }
}

/// A fault and the RFC 6901 JSON pointer of the field that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    pub pointer: String,
    pub fault: Fault,
}

impl FieldFault {
    pub fn new(pointer: impl Into<String>, fault: Fault) -> Self {
        Self { pointer: pointer.into(), fault }
    }

    /// Where it is, and what.
    pub fn words(&self) -> Bilingual {
        let at = if self.pointer.is_empty() { "/" } else { &self.pointer };
        let Bilingual { zh, en } = self.fault.words();
        Bilingual::new(format!("{at}：{zh}"), format!("{at}: {en}"))
    }
}

/// Collects the faults that only show when several fields are looked at together.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    pub fn add(&mut self, pointer: impl Into<String>, fault: Fault) {
        self.0.push(FieldFault { pointer: pointer.into(), fault });
    }

    /// Refuses an empty list, one longer than `max`, or one in which an id stands twice.
    pub fn list<'a, T, K: fmt::Display + Ord>(
        &mut self,
        pointer: impl fmt::Display,
        items: &'a [T],
        max: usize,
        id: impl Fn(&'a T) -> K,
    ) {
        if items.is_empty() {
            self.add(pointer.to_string(), Fault::TooFew);
        }
        self.at_most(&pointer, items.len(), max);
        let mut seen = std::collections::BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            let id = id(item);
            if seen.contains(&id) {
                self.add(format!("{pointer}/{at}"), Fault::Duplicate { id: id.to_string() });
            }
            seen.insert(id);
        }
    }

    /// The pointer is only spelled out when there is a fault.
    pub fn at_most(&mut self, pointer: impl fmt::Display, len: usize, max: usize) {
        if len > max {
            self.add(pointer.to_string(), Fault::TooMany { max });
        }
    }

    pub fn into_result(self) -> Result<(), Vec<FieldFault>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}
