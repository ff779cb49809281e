//! Why a file is not read, and where.

use super::LinePlace;
use crate::field::{Bilingual, Fault};
use crate::problem::{
    AMOUNT_OUT_OF_RANGE, DUPLICATE, INCONSISTENT, INVALID_DATE, MEDIA_TYPE, MISSING_FIELD, ProblemType,
    REQUEST_TOO_LARGE, Refusal, UNKNOWN_CURRENCY, UNKNOWN_REFERENCE, WRONG_TYPE,
};

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words().en)]
pub struct StatementError {
    /// The row or element; none where it is the whole file.
    pub place: Option<LinePlace>,
    /// The column as its head names it, or the element within the entry.
    pub column: Option<String>,
    pub fault: StatementFault,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementFault {
    TooLarge {
        bytes_max: usize,
    },
    /// Not a table that can be read: in the words of the reader.
    Unreadable {
        why: Bilingual,
    },
    NotXml {
        why: String,
    },
    /// A document type declaration: what it declares could reach for files or fill memory.
    DocumentType,
    /// An entity other than XML's own five.
    Entity {
        name: String,
    },
    TooDeep {
        depth_max: usize,
    },
    TooManyElements {
        elements_max: usize,
    },
    /// XML that is no statement, by its root or its namespace.
    WrongMessage {
        found: String,
    },
    /// The bank answered with an error in place of a statement.
    BankRefused {
        code: String,
        message: String,
    },
    Empty,
    /// No profile knows this table.
    UnknownLayout {
        found: Vec<String>,
        nearest: String,
        missing: Vec<String>,
    },
    UnknownProfile {
        name: String,
        known: String,
    },
    DuplicateColumn {
        name: String,
    },
    /// A cell whose value can't be told: a formula, merged, an error.
    Unusable {
        why: (&'static str, &'static str),
    },
    Missing,
    NotAnAmount {
        text: String,
    },
    TooManyDecimals {
        text: String,
        digits: usize,
    },
    AmountTooLarge {
        text: String,
    },
    /// The direction stands elsewhere, so the amount has no sign.
    Negative {
        text: String,
    },
    /// Money that came in and went out in one entry.
    BothSides,
    NotADay {
        text: String,
    },
    NotATime {
        text: String,
    },
    UnknownDirection {
        text: String,
    },
    /// Whether money moved can't be told.
    UnknownStatus {
        text: String,
    },
    UnknownCurrency {
        text: String,
    },
    /// No statement in the currency that was asked for.
    CurrencyDiffers {
        asked: String,
        found: String,
    },
    /// More is wrong than is told.
    AndMore {
        faults: usize,
    },
}

impl StatementFault {
    pub fn of_file(self) -> StatementError {
        StatementError { place: None, column: None, fault: self }
    }

    pub fn at(self, place: LinePlace, column: impl Into<Option<String>>) -> StatementError {
        StatementError { place: Some(place), column: column.into(), fault: self }
    }

    /// What is wrong and what would be right, without the place.
    pub fn words(&self) -> Bilingual {
        Bilingual::new(self.in_chinese(), self.in_english())
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::TooLarge { bytes_max } => format!("文件过大，上限 {bytes_max} 字节（32 MiB），请按期间分开导出"),
            Self::Unreadable { why } => why.zh.clone(),
            Self::NotXml { why } => format!("不是有效的 XML：{why}"),
            Self::DocumentType => "含有文档类型声明（DTD），不予读取：对账单从不需要它，它可能引用外部文件".to_owned(),
            Self::Entity { name } => format!("含有未知实体 &{name};，不予读取"),
            Self::TooDeep { depth_max } => format!("XML 嵌套超过 {depth_max} 层"),
            Self::TooManyElements { elements_max } => format!("XML 元素超过 {elements_max} 个，请按期间分开导出"),
            Self::WrongMessage { found } => format!("不是 camt.053，也不是招行银企直连的账务明细：{found}"),
            Self::BankRefused { code, message } => format!("银行返回错误 {code}：{message}"),
            Self::Empty => "文件中没有对账单".to_owned(),
            Self::UnknownLayout { found, nearest, missing } => format!(
                "不认识这种版式。找到的列：{}；最接近的版式 {nearest} 还缺：{}",
                list(found, "、"),
                list(missing, "、")
            ),
            Self::UnknownProfile { name, known } => format!("没有名为 {name} 的版式，已有：{known}"),
            Self::DuplicateColumn { name } => format!("列“{name}”出现不止一次，不知以哪一列为准"),
            Self::Unusable { why } => why.0.to_owned(),
            Self::Missing => "缺少必填的值".to_owned(),
            Self::NotAnAmount { text } => format!("“{text}”不是金额"),
            Self::TooManyDecimals { text, digits } => format!("“{text}”的小数超过该币种的 {digits} 位"),
            Self::AmountTooLarge { text } => format!("“{text}”超出范围，上限为 10^15 最小货币单位"),
            Self::Negative { text } => format!("“{text}”是负数，而方向由列或收支标志说明，金额不得带负号"),
            Self::BothSides => "同一行既有借方又有贷方金额".to_owned(),
            Self::NotADay { text } => format!("“{text}”不是日期"),
            Self::NotATime { text } => format!("“{text}”不是时间"),
            Self::UnknownDirection { text } => format!("“{text}”不是该版式的收支标志"),
            Self::UnknownStatus { text } => format!("“{text}”不是该版式的交易状态，资金是否变动无从判断"),
            Self::UnknownCurrency { text } => format!("“{text}”不是 ISO 4217 币种"),
            Self::CurrencyDiffers { asked, found } => format!("要求的币种是 {asked}，文件中是 {found}"),
            Self::AndMore { faults } => format!("另有 {faults} 处"),
        }
    }

    fn in_english(&self) -> String {
        match self {
            Self::TooLarge { bytes_max } => {
                format!("the file has more than {bytes_max} bytes (32 MiB): export shorter periods")
            }
            Self::Unreadable { why } => why.en.clone(),
            Self::NotXml { why } => format!("not well-formed XML: {why}"),
            Self::DocumentType => {
                "a document type declaration (DTD) is not read: no statement needs one, and it may reach for files"
                    .to_owned()
            }
            Self::Entity { name } => format!("the unknown entity &{name}; is not read"),
            Self::TooDeep { depth_max } => format!("XML nested deeper than {depth_max} levels"),
            Self::TooManyElements { elements_max } => {
                format!("more than {elements_max} XML elements: export shorter periods")
            }
            Self::WrongMessage { found } => {
                format!("neither camt.053 nor an account query's answer of China Merchants Bank: {found}")
            }
            Self::BankRefused { code, message } => format!("the bank answered with error {code}: {message}"),
            Self::Empty => "no statement in the file".to_owned(),
            Self::UnknownLayout { found, nearest, missing } => format!(
                "an unknown layout. Columns found: {}; the nearest layout, {nearest}, also needs: {}",
                list(found, ", "),
                list(missing, ", ")
            ),
            Self::UnknownProfile { name, known } => format!("no profile is called {name}; there are {known}"),
            Self::DuplicateColumn { name } => format!("the column “{name}” is there more than once"),
            Self::Unusable { why } => why.1.to_owned(),
            Self::Missing => "a value is missing".to_owned(),
            Self::NotAnAmount { text } => format!("“{text}” is no amount"),
            Self::TooManyDecimals { text, digits } => {
                format!("“{text}” has more decimals than the {digits} of its currency")
            }
            Self::AmountTooLarge { text } => format!("“{text}” is out of range: at most 10^15 minor units"),
            Self::Negative { text } => {
                format!("“{text}” is negative where a column or a word says the direction")
            }
            Self::BothSides => "money in and money out in one row".to_owned(),
            Self::NotADay { text } => format!("“{text}” is no day"),
            Self::NotATime { text } => format!("“{text}” is no time"),
            Self::UnknownDirection { text } => format!("“{text}” is no direction that this layout knows"),
            Self::UnknownStatus { text } => {
                format!("“{text}” is no state that this layout knows: whether money moved can't be told")
            }
            Self::UnknownCurrency { text } => format!("“{text}” is no ISO 4217 currency"),
            Self::CurrencyDiffers { asked, found } => format!("{asked} was asked for, the file has {found}"),
            Self::AndMore { faults } => format!("and {faults} more"),
        }
    }

    fn problem(&self) -> &'static ProblemType {
        match self {
            Self::TooLarge { .. } | Self::TooDeep { .. } | Self::TooManyElements { .. } => &REQUEST_TOO_LARGE,
            Self::Unreadable { .. }
            | Self::NotXml { .. }
            | Self::DocumentType
            | Self::Entity { .. }
            | Self::WrongMessage { .. }
            | Self::UnknownLayout { .. } => &MEDIA_TYPE,
            Self::UnknownProfile { .. } => &UNKNOWN_REFERENCE,
            Self::DuplicateColumn { .. } => &DUPLICATE,
            Self::Empty | Self::Missing => &MISSING_FIELD,
            Self::AmountTooLarge { .. } | Self::Negative { .. } => &AMOUNT_OUT_OF_RANGE,
            Self::NotADay { .. } | Self::NotATime { .. } => &INVALID_DATE,
            Self::UnknownCurrency { .. } => &UNKNOWN_CURRENCY,
            Self::BothSides | Self::CurrencyDiffers { .. } | Self::BankRefused { .. } => &INCONSISTENT,
            Self::Unusable { .. }
            | Self::NotAnAmount { .. }
            | Self::TooManyDecimals { .. }
            | Self::UnknownDirection { .. }
            | Self::UnknownStatus { .. }
            | Self::AndMore { .. } => &WRONG_TYPE,
        }
    }
}

fn list(words: &[String], between: &str) -> String {
    if words.is_empty() { "—".to_owned() } else { words.join(between) }
}

impl StatementError {
    /// Where and what.
    pub fn words(&self) -> Bilingual {
        let Bilingual { zh, en } = self.fault.words();
        let column = |before: &str, after: &str| match &self.column {
            Some(column) => format!("{before}{column}{after}"),
            None => String::new(),
        };
        match &self.place {
            None => Bilingual::new(column("", "：") + &zh, column("", ": ") + &en),
            Some(LinePlace::Row(row)) => {
                let (in_zh, in_en) = (column("“", "”列"), column(", column “", "”"));
                Bilingual::new(format!("第 {row} 行{in_zh}：{zh}"), format!("row {row}{in_en}: {en}"))
            }
            Some(LinePlace::Element(path)) => {
                let within = column("/", "");
                Bilingual::new(format!("{path}{within}：{zh}"), format!("{path}{within}: {en}"))
            }
        }
    }

    /// As a problem of the API: the first of them gives its type.
    pub fn refusal(errors: &[Self]) -> Refusal {
        let Some(first) = errors.first() else { return Refusal::fields(Vec::new()) };
        let problem = first.fault.problem();
        let mut refusal = Refusal::new(problem, "", "");
        refusal.detail = first.words();
        if first.place.is_none() && errors.len() == 1 {
            return refusal;
        }
        errors
            .iter()
            .fold(refusal, |refusal, error| refusal.at(error.pointer(), Fault::inconsistent(error.fault.words())))
    }

    /// `/rows/12/贷方发生额`, or the path of an element.
    fn pointer(&self) -> String {
        let place = match &self.place {
            None => String::new(),
            Some(LinePlace::Row(row)) => format!("/rows/{row}"),
            Some(LinePlace::Element(path)) => path.clone(),
        };
        match &self.column {
            Some(column) => format!("{place}/{}", column.replace('~', "~0").replace('/', "~1")),
            None => place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_told_in_both_languages_and_is_a_problem() {
        let row = StatementFault::NotAnAmount { text: "一百".into() }.at(LinePlace::Row(12), "收/支".to_owned());
        assert_eq!(row.words().zh, "第 12 行“收/支”列：“一百”不是金额");
        assert_eq!(row.words().en, "row 12, column “收/支”: “一百” is no amount");
        let refusal = StatementError::refusal(&[row, StatementFault::Empty.of_file()]);
        assert_eq!((refusal.problem.code, refusal.fields.len()), ("wrong-type", 2));
        assert_eq!(refusal.fields[0].pointer, "/rows/12/收~1支");
        assert_eq!(crate::problem::of_fault(&refusal.fields[0].fault).status, 422);
        let file = StatementError::refusal(&[StatementFault::TooLarge { bytes_max: 7 }.of_file()]);
        assert_eq!((file.problem.status, file.fields.len()), (413, 0));
        assert!(file.detail.zh.contains("7 字节") && file.detail.en.contains("7 bytes"));
    }
}
