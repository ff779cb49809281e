//! Small changes, and the count of who refused them.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

/// A changed text (which may be no UTF-8 any more), and what was done to it.
pub struct Mutant {
    pub how: String,
    pub bytes: Vec<u8>,
}

impl Mutant {
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// Spaces that are none, digits that are none, what splits lines elsewhere, and what base64 and numbers are made of.
const INSERTED: [&str; 16] = [
    " ", "\n", "\n\n", "\t", "\r", "\0", "\u{85}", "\u{a0}", "\u{200b}", "\u{2028}", "\u{feff}", "٣", "0", "+", "=",
    "— ",
];

/// What may stand where a number stood.
fn numbers_near(digits: &str) -> Vec<String> {
    let number: u128 = digits.parse().unwrap_or_default();
    let mut near: Vec<String> = [
        number + 1,
        number.saturating_sub(1),
        number * 2,
        number ^ 1,
        number + (1 << 64),
        number + (1 << 32),
        1 << 63,
        (1 << 64) - 1,
        1 << 64,
        u128::MAX,
    ]
    .map(|number| number.to_string())
    .into();
    near.extend(["0", "00", "+", "-", " ", "_", "x", "0x", "٠", "０"].map(|before| format!("{before}{digits}")));
    near.extend([".0", "e0", "_0", " ", "٠"].map(|after| format!("{digits}{after}")));
    near.extend(["".to_owned(), format!("{number:x}h"), "9".repeat(400)]);
    near
}

/// Every bit flipped, every character dropped and doubled, odd characters everywhere; lines dropped, doubled, swapped,
/// padded; numbers spelt otherwise or made others; the end cut off anywhere, or more behind it.
pub fn of(text: &str) -> Vec<Mutant> {
    let mut all: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    let mut add = |how: String, bytes: Vec<u8>| {
        if bytes != text.as_bytes() {
            all.entry(bytes).or_insert(how);
        }
    };
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            add(format!("bit {bit} of byte {at}"), bytes);
        }
    }
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        add(format!("without the character at {at}"), format!("{before}{after}").into());
        add(format!("cut off at {at}"), before.into());
        add(format!("twice the character at {at}"), format!("{before}{c}{c}{after}").into());
        for inserted in INSERTED {
            add(format!("{inserted:?} before {at}"), format!("{before}{inserted}{c}{after}").into());
        }
    }
    for behind in INSERTED {
        add(format!("{behind:?} behind"), format!("{text}{behind}").into());
    }
    add("invalid UTF-8 behind".into(), [text.as_bytes(), &[0xff]].concat());
    add("twice".into(), text.repeat(2).into());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let mut with = |how: &str, line: String| {
            let mut changed: Vec<&str> = lines.clone();
            changed[at] = &line;
            add(format!("line {at} {how}"), changed.concat().into());
        };
        let line = lines[at].trim_end_matches('\n');
        with("dropped", String::new());
        with("doubled", lines[at].repeat(2));
        with("with CRLF", format!("{line}\r\n"));
        with("in capitals", lines[at].to_uppercase());
        with("in small letters", lines[at].to_lowercase());
        with("empty", "\n".into());
        for from in at + 1..lines.len() {
            let mut changed = lines.clone();
            changed.swap(at, from);
            add(format!("lines {at} and {from} swapped"), changed.concat().into());
        }
    }
    let mut at = 0;
    for token in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = token.trim_end_matches(|c: char| !c.is_ascii_digit());
        if !digits.is_empty() {
            for near in numbers_near(digits) {
                let changed = format!("{}{near}{}", &text[..at], &text[at + digits.len()..]);
                add(format!("{near:?} for {digits} at {at}"), changed.into());
            }
        }
        at += token.len();
    }
    all.into_iter().map(|(bytes, how)| Mutant { how, bytes }).collect()
}

/// Who refused how many.
#[derive(Default)]
pub struct Tally {
    both_refuse: usize,
    only_we_refuse: Vec<String>,
    both_accept: usize,
}

impl Tally {
    /// Counts one verdict. Each side says what it read, if it accepts.
    ///
    /// # Panics
    /// They refuse what we accept, or read something else in it.
    #[track_caller]
    pub fn judge<T: PartialEq + Debug>(&mut self, how: impl Display, theirs: Option<T>, ours: Option<T>) {
        match (theirs, ours) {
            (None, None) => self.both_refuse += 1,
            (Some(_), None) => self.only_we_refuse.push(how.to_string()),
            (Some(theirs), Some(ours)) => {
                assert_eq!(theirs, ours, "{how}");
                self.both_accept += 1;
            }
            (None, Some(ours)) => panic!("they refuse what we read as {ours:?}: {how}"),
        }
    }

    /// Says the counts (`--nocapture` shows them).
    ///
    /// # Panics
    /// Nothing was refused: then nothing was tried.
    #[track_caller]
    pub fn say(&self, what: &str) {
        let Self { both_refuse, only_we_refuse, both_accept } = self;
        let only_we = only_we_refuse.len();
        println!("{what}: both refuse {both_refuse}, only we refuse {only_we}, both accept {both_accept}");
        only_we_refuse.iter().take(3).for_each(|how| println!("  only we: {how:.80}"));
        assert!(*both_refuse > 0, "{what}");
    }
}
