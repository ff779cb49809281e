//! What is typed into a search field: words, of which each must be found, and quoted ones as they stand. Nothing in it is a command.

use super::fold::FoldedText;
use super::words::phrase_of;

/// Words of one query: what is behind them is not looked for, and the answer says so.
const WORDS_MAX: usize = 8;
/// Characters of one word.
const WORD_CHARACTERS_MAX: usize = 100;

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWord {
    /// As it was typed.
    pub text: String,
    pub folded: FoldedText,
    /// What the index is asked for; empty where only titles are looked through.
    pub phrases: Vec<Vec<String>>,
}

/// What was typed, as words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    pub words: Vec<SearchWord>,
}

impl SearchQuery {
    pub fn parse(text: &str) -> Self {
        let quotes = ['"', '“', '”', '＂'];
        let pieces = text.split(quotes).enumerate().flat_map(|(at, piece)| match at % 2 {
            0 => piece.split_whitespace().collect::<Vec<_>>(),
            _ => vec![piece.trim()],
        });
        let word = |piece: &str| {
            let text: String = piece.chars().take(WORD_CHARACTERS_MAX).collect();
            let folded = FoldedText::of(&text);
            let is_word = folded.characters().iter().any(|character| character.is_alphanumeric());
            is_word.then(|| SearchWord { phrases: phrase_of(&folded), text, folded })
        };
        Self { words: pieces.filter_map(word).take(WORDS_MAX).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_quotes() {
        let words = |text| SearchQuery::parse(text).words.into_iter().map(|word| word.text).collect::<Vec<_>>();
        assert_eq!(words("道路 监理"), ["道路", "监理"]);
        assert_eq!(words("“道路 监理” 2026"), ["道路 监理", "2026"]);
        assert_eq!(words("NEAR(中标*, ^公示) -"), ["NEAR(中标*,", "^公示)"]);
        assert_eq!(words("\" ** \""), [""; 0]);
    }
}
