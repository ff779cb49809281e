//! A text as it is searched: NFKC, lower case, simplified characters, no space between Han characters. Each character is folded by
//! itself, so that whatever stands in a text is folded in a query as it was there.

use unicode_normalization::UnicodeNormalization;

/// A folded text, and where each of its characters came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoldedText {
    characters: Vec<char>,
    /// The place of each among the characters of the text as it was written.
    places: Vec<usize>,
}

/// Whether a character is written without spaces around words: Han, with its extensions and 〇.
pub(super) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn folded(character: char) -> impl Iterator<Item = char> {
    std::iter::once(character).nfkc().flat_map(char::to_lowercase).map(|character| match is_han(character) {
        true => fast2s::convert(character.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(character),
        false => character,
    })
}

impl FoldedText {
    pub fn of(text: &str) -> Self {
        let mut folded_text = Self::default();
        let mut is_after_space = false;
        for (place, written) in text.chars().enumerate() {
            for character in folded(written) {
                if character.is_whitespace() {
                    is_after_space = true;
                    continue;
                }
                let is_within_han = is_han(character) && folded_text.characters.last().copied().is_some_and(is_han);
                if is_after_space && !is_within_han && !folded_text.characters.is_empty() {
                    folded_text.push(' ', place);
                }
                is_after_space = false;
                folded_text.push(character, place);
            }
        }
        folded_text
    }

    fn push(&mut self, character: char, place: usize) {
        self.characters.push(character);
        self.places.push(place);
    }

    pub fn characters(&self) -> &[char] {
        &self.characters
    }

    /// Where another text stands in this one the first time: first character and length, of the text as it was written.
    pub fn find(&self, other: &Self) -> Option<(usize, usize)> {
        let length = other.characters.len();
        if length == 0 {
            return None;
        }
        let at = self.characters.windows(length).position(|window| window == other.characters)?;
        let (first, last) = (*self.places.get(at)?, *self.places.get(at + length - 1)?);
        Some((first, last + 1 - first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str) -> String {
        FoldedText::of(text).characters.into_iter().collect()
    }

    #[test]
    fn writing_does_not_matter() {
        assert_eq!(folds("工程監理　採購"), "工程监理采购");
        assert_eq!(folds("ＺＢ－２０２６ Ⅲ 标"), "zb-2026 iii 标");
        assert_eq!(folds("采 购\n中 心  A 座"), "采购中心 a 座");
    }

    #[test]
    fn a_place_is_one_of_the_text_as_written() {
        let text = FoldedText::of("鄭州 市 監理㈱服务");
        assert_eq!(text.find(&FoldedText::of("郑州市监")), Some((0, 6)));
        assert_eq!(text.find(&FoldedText::of("服务")), Some((8, 2)));
        assert_eq!(text.find(&FoldedText::of("")), None);
    }
}
