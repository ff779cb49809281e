//! The tokens of JSON.

use super::refused::Raised;
use serde::de::Visitor;
use std::borrow::Cow;

/// Objects and arrays within each other: several times what any payload has, and few enough for any reader that recurses.
const NESTING_MAX: u8 = 32;
/// 2^53 − 1 (RFC 7493 §2.2): as far as every JSON library reads the same number.
const INTEGER_MAX: i128 = (1 << 53) - 1;
const INTEGER_MIN: i128 = -INTEGER_MAX;
/// White space between tokens that any text may have beside as much as it has of other bytes: small texts are written with
/// all the room that they like, and large ones don't fill the log with nothing.
const SPACE_FREE: usize = 1024;

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
            return Err(self.broken("the end"));
        }
        if self.space > self.at - self.space + SPACE_FREE {
            return Err(self.not_json(&format!("white space of more than {SPACE_FREE} bytes and all the rest")));
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
    pub fn broken(&self, expected: &str) -> Raised {
        let found = self.text[self.at..].chars().next().map_or("the end".to_owned(), |c| format!("{c:?}"));
        self.not_json(&format!("{expected} is expected, not {found},"))
    }

    #[cold]
    fn not_json(&self, what: &str) -> Raised {
        Raised::not_json(format!("{what} at byte {}", self.at))
    }

    /// A value that is not of the type that is asked for, if it is a value.
    #[cold]
    pub fn other_than(&mut self, expected: &str) -> Raised {
        match self.peek() {
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                Raised::wrong(format!("{expected} is expected"))
            }
            _ => self.broken(expected),
        }
    }

    /// Past the bracket that stands here.
    pub fn enter(&mut self) -> Result<(), Raised> {
        if self.nesting == NESTING_MAX {
            return Err(self.not_json(&format!("more than {NESTING_MAX} objects and arrays in each other")));
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
            Err(self.broken(if end == b'}' { "a comma or }" } else { "a comma or ]" }))
        }
    }

    #[inline]
    pub fn colon(&mut self) -> Result<(), Raised> {
        if self.takes(b':') { Ok(()) } else { Err(self.broken("a colon")) }
    }

    /// The string that begins here, borrowed unless something in it is escaped.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'de, str>, Raised> {
        if !self.takes(b'"') {
            return Err(self.broken("a quotation mark"));
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
                Some(_) => return Err(self.not_json("a control character that is not escaped")),
                None => return Err(self.broken("a quotation mark")),
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
            _ => return Err(self.broken("one of \" \\ / b f n r t u")),
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
        code_point
            .and_then(char::from_u32)
            .ok_or_else(|| self.not_json("half a surrogate pair, or not four hex digits,"))
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
            ("", _) => Err(self.broken("a digit")),
            (_, Some(b'.' | b'e' | b'E')) => Err(Raised::wrong("an integer without fraction or exponent is expected")),
            ("0", _) if negative => Err(Raised::wrong("an integer is expected, zero without a sign")),
            ("0", _) => Ok(Integer(0)),
            _ if digits.starts_with('0') => Err(self.not_json("a number with zeros before it")),
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
                _ => return Err(self.broken("a value")),
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
    pub fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match self.0 {
            value @ 0..=INTEGER_MAX => visitor.visit_u64(value as u64),
            value @ INTEGER_MIN..0 => visitor.visit_i64(value as i64),
            // Refused by everyone; who has something better to say about it says it.
            value => match visitor.visit_i128(value) {
                Err(refused) => Err(refused),
                Ok(_) => Err(Raised::wrong("an integer between −(2^53 − 1) and 2^53 − 1 is expected")),
            },
        }
    }
}
