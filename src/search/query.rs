//! What is typed into a search field: words, of which each must be found, and quoted ones as they stand. Nothing in it is a command.

use super::fold::FoldedText;
use super::words::{Term, of_title, phrases_of, whole};

/// Words of one query: what is behind them is not looked for, and the answer says so.
const WORDS_MAX: usize = 8;
/// Characters of one word.
const WORD_CHARACTERS_MAX: usize = 100;

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWord {
    /// As it was typed.
    pub text: String,
    /// What the index is asked for.
    pub phrases: Vec<Vec<Term>>,
}

/// What was typed, as words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    pub words: Vec<SearchWord>,
    /// All of it, as the title or the key of one thing.
    pub whole: String,
    /// Something was typed.
    pub is_asked: bool,
    /// There was more than is looked for.
    pub is_cut: bool,
}

impl SearchQuery {
    pub fn parse(text: &str) -> Self {
        let quotes = ['"', '“', '”', '＂'];
        let parts = |letter: char| letter.is_whitespace() || ['，', ',', '、', '；', ';', '。'].contains(&letter);
        let pieces = text.split(quotes).enumerate().flat_map(|(at, piece)| match at % 2 {
            0 => piece.split(parts).collect::<Vec<_>>(),
            _ => vec![piece.trim()],
        });
        let (mut words, mut is_cut) = (Vec::new(), false);
        for piece in pieces.filter(|piece| piece.chars().any(char::is_alphanumeric)) {
            is_cut |= words.len() == WORDS_MAX || piece.chars().nth(WORD_CHARACTERS_MAX).is_some();
            let text: String = piece.chars().take(WORD_CHARACTERS_MAX).collect();
            let phrases = phrases_of(&FoldedText::of(&text));
            if words.len() < WORDS_MAX && !phrases.is_empty() {
                words.push(SearchWord { text, phrases });
            }
        }
        let asked: String = text.chars().take(WORDS_MAX * WORD_CHARACTERS_MAX).collect();
        Self { words, whole: whole(&FoldedText::of(&asked)), is_asked: !text.trim().is_empty(), is_cut }
    }

    /// Everything that must be found.
    pub fn phrases(&self) -> Vec<Vec<Term>> {
        self.words.iter().flat_map(|word| word.phrases.iter().cloned()).collect()
    }

    /// The same as it stands in a title.
    pub fn phrases_of_title(&self) -> Vec<Vec<Term>> {
        self.phrases().into_iter().map(|phrase| phrase.into_iter().map(of_title).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quotes() {
        let words = |text| SearchQuery::parse(text).words.into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(words("道路 监理，桥梁"), ["道路", "监理", "桥梁"]);
        assert_eq!(words("“道路 监理” 2026"), ["道路 监理", "2026"]);
        assert_eq!(words("NEAR(中标*, ^公示) -"), ["NEAR(中标*", "^公示)"]);
        assert_eq!(words("\" ** \""), [""; 0]);
    }

    #[test]
    fn what_is_too_long_is_cut_and_said_so() {
        assert!(!SearchQuery::parse("一 二 三 四 五 六 七 八").is_cut);
        assert!(SearchQuery::parse("一 二 三 四 五 六 七 八 九").is_cut);
        assert!(SearchQuery::parse(&"监".repeat(101)).is_cut);
        assert_eq!(SearchQuery::parse(&"监理".repeat(50)).phrases().len(), 4);
    }
}
