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
pub fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn simplified(character: char) -> char {
    fast2s::convert(character.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(character)
}

fn fold_into(character: char, folded: &mut Vec<char>) {
    folded.clear();
    match character {
        // Most characters there are; Unicode changes nothing else about them.
        '\0'..='\u{7f}' => folded.push(character.to_ascii_lowercase()),
        '\u{4e00}'..='\u{9fff}' => folded.push(simplified(character)),
        _ => {
            let letters = std::iter::once(character).nfkc().flat_map(char::to_lowercase);
            folded.extend(letters.map(|letter| if is_han(letter) { simplified(letter) } else { letter }));
        }
    }
}

impl FoldedText {
    pub fn of(text: &str) -> Self {
        let mut folded_text = Self::default();
        let (mut is_after_space, mut folded) = (false, Vec::new());
        for (place, written) in text.chars().enumerate() {
            fold_into(written, &mut folded);
            for &character in &folded {
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

    /// A stretch of it as it was written: first character and length there.
    pub fn written(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        let (first, last) = (*self.places.get(first)?, *self.places.get(last)?);
        Some((first, last + 1 - first))
    }

    /// Its letters and digits alone.
    pub fn letters(&self) -> String {
        self.characters.iter().filter(|character| character.is_alphanumeric()).collect()
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
        assert_eq!(text.characters().iter().collect::<String>(), "郑州市监理(株)服务");
        assert_eq!(text.written(0, 3), Some((0, 6)));
        assert_eq!(text.written(5, 7), Some((7, 1)));
        assert_eq!(text.written(8, 9), Some((8, 2)));
        assert_eq!(text.written(8, 10), None);
        assert_eq!(text.letters(), "郑州市监理株服务");
    }
}
