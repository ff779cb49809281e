//! What is expected where something else stands, in both languages and in the words of JSON.

use super::super::Bilingual;

/// A pair of words.
pub type Words = (&'static str, &'static str);

pub const TEXT: Words = ("应为文字（字符串）", "a text (string) is expected");
pub const INTEGER: Words = ("应为整数（数字，不带引号）", "an integer (a number without quotation marks) is expected");
pub const PLAIN_INTEGER: Words = ("应为整数，不带小数或指数", "an integer without fraction or exponent is expected");
pub const ZERO: Words = ("应为整数，零不带符号", "an integer is expected, zero without a sign");
pub const SAFE_INTEGER: Words =
    ("应为 −(2^53 − 1) 至 2^53 − 1 的整数", "an integer between −(2^53 − 1) and 2^53 − 1 is expected");
pub const BOOLEAN: Words = ("应为 true 或 false", "true or false is expected");
pub const LIST: Words = ("应为列表（[…]）", "a list ([…]) is expected");
pub const OBJECT: Words = ("应为对象（{…}）", "an object ({…}) is expected");
pub const VALUE: Words = ("没有的内容应省略该字段，不写 null", "what is unknown is left out, not null");
pub const ONCE: Words = ("字段重复，只能出现一次", "a member stands once only");
/// What the type says itself is in the words of this program, which are nobody's business.
pub const ANOTHER: Words = ("取值不符合此字段的要求", "the value is not what this field asks for");

/// What is expected, where null stands.
pub fn not_null(expected: Bilingual) -> Bilingual {
    let (zh, en) = VALUE;
    Bilingual::new(format!("{}；{zh}", expected.zh), format!("{}; {en}", expected.en))
}

pub fn one_of(words: &[&str]) -> Bilingual {
    Bilingual::new(
        format!("应为 {} 之一", words.join("、")),
        format!("one of the words {} is expected", words.join(", ")),
    )
}

pub fn object_with(members: &[&str]) -> Bilingual {
    if members.is_empty() {
        return OBJECT.into();
    }
    let (zh, en) = (members.join("、"), members.join(", "));
    Bilingual::new(format!("应为含 {zh} 等字段的对象"), format!("an object with members such as {en} is expected"))
}

pub fn object_of_kind(words: &[&str]) -> Bilingual {
    let (zh, en) = (words.join("、"), words.join(", "));
    Bilingual::new(format!("应为带 kind（{zh} 之一）的对象"), format!("an object with a kind is expected, one of {en}"))
}

pub fn between(min: impl std::fmt::Display, max: impl std::fmt::Display) -> Bilingual {
    Bilingual::new(format!("应为 {min} 至 {max} 的整数"), format!("an integer between {min} and {max} is expected"))
}

pub fn elements(count: usize) -> Bilingual {
    Bilingual::new(format!("应有 {count} 项"), format!("{count} elements are expected"))
}
