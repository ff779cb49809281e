//! FORMAT.md §10, rules 1 to 7, once more: written from their text alone, slow and plain. Fuzzing holds the service's reader
//! against it (`fuzz/fuzz_targets/differential.rs`), and `shapes.rs` holds it against scripts/verify.py.

use std::collections::HashSet;

/// Whether these bytes are one value in the JSON of the format.
pub fn is_json(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut rest = Rest { text, space: 0 };
    rest.value(32).is_some() && rest.token().is_none() && rest.space <= bytes.len() - rest.space + 1024
}

/// Whether it is one with an object at the top: a header or a payload.
pub fn is_object(bytes: &[u8]) -> bool {
    is_json(bytes) && bytes.trim_ascii_start().starts_with(b"{")
}

struct Rest<'a> {
    text: &'a str,
    /// White space between the tokens so far.
    space: usize,
}

impl Rest<'_> {
    /// The character with which the next token begins.
    fn token(&mut self) -> Option<char> {
        let token = self.text.trim_start_matches([' ', '\t', '\n', '\r']);
        self.space += self.text.len() - token.len();
        self.text = token;
        token.chars().next()
    }

    fn take(&mut self, character: char) -> Option<()> {
        self.token()?;
        self.text = self.text.strip_prefix(character)?;
        Some(())
    }

    /// A value, with room for so many objects and arrays in each other.
    fn value(&mut self, room: usize) -> Option<()> {
        match self.token()? {
            '{' => self.list(room, '{', '}', true),
            '[' => self.list(room, '[', ']', false),
            '"' => self.string().map(drop),
            't' => self.word("true"),
            'f' => self.word("false"),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text = self.text.strip_prefix(word)?;
        Some(())
    }

    fn list(&mut self, room: usize, open: char, close: char, named: bool) -> Option<()> {
        let room = room.checked_sub(1)?;
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        let mut names = HashSet::new();
        loop {
            if named {
                self.token()?;
                if !names.insert(self.string()?) {
                    return None;
                }
                self.take(':')?;
            }
            self.value(room)?;
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(',')?;
        }
    }

    /// What it says once nothing is escaped.
    fn string(&mut self) -> Option<String> {
        let mut rest = self.text.strip_prefix('"')?.chars();
        let mut units = Vec::new();
        loop {
            match rest.next()? {
                '"' => break,
                '\0'..='\u{1f}' => return None,
                '\\' => units.push(match rest.next()? {
                    'u' => {
                        let digits =
                            rest.as_str().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
                        rest = rest.as_str()[4..].chars();
                        u16::from_str_radix(digits, 16).ok()?
                    }
                    'b' => 8,
                    't' => 9,
                    'n' => 10,
                    'f' => 12,
                    'r' => 13,
                    same @ ('"' | '\\' | '/') => same as u16,
                    _ => return None,
                }),
                other => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
        self.text = rest.as_str();
        // Half a surrogate pair is an error here.
        String::from_utf16(&units).ok()
    }

    fn number(&mut self) -> Option<()> {
        let end =
            self.text.find(|c: char| !c.is_ascii_alphanumeric() && !"+-._".contains(c)).unwrap_or(self.text.len());
        let (number, rest) = self.text.split_at(end);
        self.text = rest;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let one_spelling = number == "0" || !digits.starts_with('0');
        let in_range = digits.len() <= 16 && digits.parse::<u64>().is_ok_and(|number| number < 1 << 53);
        (plain && one_spelling && in_range).then_some(())
    }
}
