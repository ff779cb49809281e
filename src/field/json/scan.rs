//! The tokens of JSON.

use super::super::Bilingual;
use super::expected::{self, Words};
use super::refused::Raised;
use serde::de::Visitor;
use std::borrow::Cow;

/// Objects and arrays within each other: several times what any payload has, and few enough for any reader that recurses.
const NESTING_MAX: u8 = 32;
/// 2^53 − 1 (RFC 7493 §2.2): as far as every JSON library reads the same number.
pub const INTEGER_MAX: i128 = (1 << 53) - 1;
const INTEGER_MIN: i128 = -INTEGER_MAX;
/// White space between tokens that any text may have beside as much as it has of other bytes: small texts are written with
/// all the room that they like, and large ones don't fill the log with nothing.
const SPACE_FREE: usize = 1024;

/// Where a value ought to begin.
pub const A_VALUE: Words = ("一个值", "a value");
const QUOTATION_MARK: Words = ("双引号 \"", "a quotation mark");

/// The text, and how far it is read. A copy looks ahead.
#[derive(Clone, Copy)]
pub struct Scanner<'de> {
    text: &'de str,
    /// Between characters always.
    at: usize,
    nesting: u8,
    /// White space that was passed between tokens. Who looks ahead counts for itself.
    space: usize,
}

impl<'de> Scanner<'de> {
    pub fn new(text: &'de str) -> Self {
        Self { text, at: 0, nesting: 0, space: 0 }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    /// A look back to where it has been.
    pub fn back_at(&self, at: usize) -> Self {
        Self { at, ..*self }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
            self.space += 1;
        }
        self.byte()
    }

    /// Behind the value there is nothing, and between its tokens not too much of it.
    pub fn end(&mut self) -> Result<(), Raised> {
        if self.peek().is_some() {
            return Err(self.broken(("正文结束", "the end")));
        }
        if self.space > self.at - self.space + SPACE_FREE {
            return Err(self.not_json((
                format!("空白超过 {SPACE_FREE} 字节与其余内容之和"),
                format!("white space of more than {SPACE_FREE} bytes and all the rest"),
            )));
        }
        Ok(())
    }

    /// Takes this byte, if it is the next.
    #[inline]
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    pub fn literal(&mut self, word: &str) -> bool {
        let is_next = self.text[self.at..].starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    #[cold]
    pub fn broken(&self, (zh, en): Words) -> Raised {
        let rest = &self.text[self.at..];
        let (found_zh, found_en) = match rest.chars().next() {
            None => ("正文结束".to_owned(), "the end".to_owned()),
            Some(c) => (format!("“{c}”"), format!("{c:?}")),
        };
        let (why_zh, why_en) = self.cause();
        self.not_json((
            format!("此处应为{zh}，实为{found_zh}{why_zh}"),
            format!("{en} is expected, not {found_en}{why_en},"),
        ))
    }

    /// What people often have there who edit JSON by hand.
    fn cause(&self) -> Words {
        let behind_comma = self.text[..self.at].trim_end().ends_with(',');
        match self.text[self.at..].chars().next() {
            None => ("，内容不完整", " (it is cut short)"),
            Some('“' | '”' | '\'' | '‘' | '’' | '＂') => {
                ("，引号须为直的双引号 \"", " (quotation marks are \")")
            }
            Some('}' | ']') if behind_comma => ("，前面多了一个逗号", " (there is a comma too many before it)"),
            Some('，' | '：') => ("，标点须为半角", " (punctuation has half width)"),
            Some('N' | 'I') => ("，JSON 没有 NaN 和无穷大", " (JSON has neither NaN nor Infinity)"),
            Some(_) => ("", ""),
        }
    }

    #[cold]
    fn not_json(&self, what: impl Into<Bilingual>) -> Raised {
        let before = &self.text[..self.at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let Bilingual { zh, en } = what.into();
        Raised::not_json((format!("第 {line} 行第 {column} 列：{zh}"), format!("{en} at line {line}, column {column}")))
    }

    /// A value that is not of the type that is asked for, if it is a value.
    #[cold]
    pub fn other_than(&mut self, expected: impl Into<Bilingual>) -> Raised {
        match self.peek() {
            Some(b'n') if self.literal("null") => Raised::wrong(expected::not_null(expected.into())),
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f') => Raised::wrong(expected),
            _ => self.broken(A_VALUE),
        }
    }

    /// Past the bracket that stands here.
    pub fn enter(&mut self) -> Result<(), Raised> {
        if self.nesting == NESTING_MAX {
            return Err(self.not_json((
                format!("对象与列表嵌套超过 {NESTING_MAX} 层"),
                format!("more than {NESTING_MAX} objects and arrays in each other"),
            )));
        }
        self.nesting += 1;
        self.at += 1;
        Ok(())
    }

    /// Whether another member or element follows; past the comma before it, or the bracket behind the last.
    #[inline]
    pub fn another(&mut self, first: bool, end: u8) -> Result<bool, Raised> {
        if self.takes(end) {
            self.nesting -= 1;
            Ok(false)
        } else if first || self.takes(b',') {
            Ok(true)
        } else {
            Err(self.broken(if end == b'}' {
                ("逗号或 }", "a comma or }")
            } else {
                ("逗号或 ]", "a comma or ]")
            }))
        }
    }

    #[inline]
    pub fn colon(&mut self) -> Result<(), Raised> {
        if self.takes(b':') { Ok(()) } else { Err(self.broken(("冒号", "a colon"))) }
    }

    /// The string that begins here, borrowed unless something in it is escaped.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'de, str>, Raised> {
        if !self.takes(b'"') {
            return Err(self.broken(QUOTATION_MARK));
        }
        let plain = self.plain();
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped(plain).map(Cow::Owned)
    }

    /// The rest of a string, where something is escaped or wrong.
    #[cold]
    fn escaped(&mut self, plain: &str) -> Result<String, Raised> {
        let mut text = plain.to_owned();
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(self.not_json((
                        "字符串中有未转义的控制字符（如换行、制表符）",
                        "a control character that is not escaped",
                    )));
                }
                None => return Err(self.broken(QUOTATION_MARK)),
            }
            text.push_str(self.plain());
        }
    }

    /// Up to the next quotation mark, backslash or control character.
    #[inline]
    fn plain(&mut self) -> &'de str {
        let bytes = self.text.as_bytes();
        let (start, mut at) = (self.at, self.at);
        let special = loop {
            let Some(block) = bytes[at..].first_chunk() else {
                let special = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
                break bytes[at..].iter().position(special).unwrap_or(bytes.len() - at);
            };
            match special_in(u64::from_le_bytes(*block)) {
                0 => at += 8,
                special => break special.trailing_zeros() as usize / 8,
            }
        };
        self.at = at + special;
        &self.text[start..self.at]
    }

    fn escape(&mut self) -> Result<char, Raised> {
        self.at += 1;
        let character = match self.byte() {
            Some(b'u') => return self.escaped_unit(),
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.broken((" \" \\ / b f n r t u 之一", "one of \" \\ / b f n r t u"))),
        };
        self.at += 1;
        Ok(character)
    }

    /// One UTF-16 unit, or a surrogate pair of two escapes: half of a pair is no character.
    fn escaped_unit(&mut self) -> Result<char, Raised> {
        let code_point = match self.unit() {
            Some(high @ 0xd800..=0xdbff) if self.byte() == Some(b'\\') => {
                self.at += 1;
                let low = self.unit().filter(|unit| (0xdc00..=0xdfff).contains(unit));
                low.map(|low| 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00)))
            }
            unit => unit,
        };
        code_point.and_then(char::from_u32).ok_or_else(|| {
            self.not_json((
                "\\u 后须为四位十六进制数，且不得只有半个代理对",
                "half a surrogate pair, or not four hex digits,",
            ))
        })
    }

    /// `u` and four hex digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 5)?.strip_prefix(b"u")?;
        let unit = digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))?;
        self.at += 5;
        Some(unit)
    }

    pub fn integer(&mut self) -> Result<Integer, Raised> {
        let negative = self.takes(b'-');
        let start = self.at;
        while matches!(self.byte(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        match (digits, self.byte()) {
            ("", _) => Err(self.broken(("数字", "a digit"))),
            (_, Some(b'.' | b'e' | b'E')) => Err(Raised::wrong(expected::PLAIN_INTEGER)),
            ("0", _) if negative => Err(Raised::wrong(expected::ZERO)),
            ("0", _) => Ok(Integer(0)),
            _ if digits.starts_with('0') => Err(self.not_json(("数字前有多余的零", "a number with zeros before it"))),
            _ => {
                let value = digits.parse().unwrap_or(i128::MAX);
                Ok(Integer(if negative { -value } else { value }))
            }
        }
    }

    /// Past the value that stands here, by its brackets and strings alone: it is read properly after this.
    pub fn pass(&mut self) -> Result<(), Raised> {
        let mut open = 0u32;
        loop {
            match self.peek() {
                Some(b'"') => _ = self.string()?,
                Some(b'{' | b'[') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                Some(b',' | b':') if open > 0 => self.at += 1,
                Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                    let bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"-+.".contains(byte);
                    self.at += self.text.as_bytes()[self.at..].iter().take_while(|byte| bare(byte)).count();
                }
                _ => return Err(self.broken(A_VALUE)),
            }
            if open == 0 {
                return Ok(());
            }
        }
    }
}

/// Marks quotation marks, backslashes and control characters among eight bytes. The first mark is right; behind it, a
/// borrow may have marked others.
fn special_in(block: u64) -> u64 {
    const EACH: u64 = u64::MAX / 255;
    let control = block.wrapping_sub(EACH * 0x20);
    let quote = (block ^ (EACH * u64::from(b'"'))).wrapping_sub(EACH);
    let backslash = (block ^ (EACH * u64::from(b'\\'))).wrapping_sub(EACH);
    (control | quote | backslash) & !block & (EACH << 7)
}

/// An integer of any size: one that is too large for its field is told from one that is none.
pub struct Integer(i128);

impl Integer {
    /// Whether a field that takes these can hold it.
    pub fn is_between(&self, min: i128, max: i128) -> bool {
        (min..=max).contains(&self.0)
    }

    pub fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.0 {
            value @ 0..=INTEGER_MAX => visitor.visit_u64(value as u64),
            value @ INTEGER_MIN..0 => visitor.visit_i64(value as i64),
            // Refused by everyone; who has something better to say about it says it.
            value => match visitor.visit_i128(value) {
                Err(refused) => Err(refused),
                Ok(_) => Err(Raised::wrong(expected::SAFE_INTEGER)),
            },
        }
    }
}
