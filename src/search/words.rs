//! A folded text as words of an index: overlapping pairs of Han characters, other letters and digits as they run. Where the two
//! meet, the Han character stands by itself as well, so that 市2号 is found within 郑州市2号楼.

use super::fold::{FoldedText, is_han};

/// A word of an index, or what is neither letter nor digit: no phrase goes across that unless it has it too.
pub type Term = Option<String>;

/// Words of one phrase: of a longer text, several such are looked for.
pub const PHRASE_WORDS_MAX: usize = 32;
/// A longer run of letters is cut, in a text as in a query: a lexeme of PostgreSQL has 2 KiB.
const RUN_LETTERS_MAX: usize = 64;
/// Stands before a single character of a title. Of private use, as all that stand before words of ours: in no query.
const SINGLE: char = '\u{e001}';
/// Stands before each word of a title.
const OF_TITLE: char = '\u{e004}';
/// Stands before the name and before the value of a mark.
const OF_MARK: char = '\u{e002}';
/// Stands before a title or a key as a whole.
const WHOLE: char = '\u{e003}';
/// A whole title or key has so many letters at most; a lexeme of PostgreSQL has 2 KiB.
const WHOLE_LETTERS_MAX: usize = 400;

/// A word, and where it stands in the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub term: Term,
    pub first: usize,
    pub last: usize,
}

/// The words of a text.
pub fn words_of(text: &FoldedText) -> Vec<Word> {
    let (characters, mut words, mut at) = (text.characters(), Vec::new(), 0);
    for group in characters.split_inclusive(|character| !character.is_alphanumeric()) {
        let letters = group.iter().take_while(|character| character.is_alphanumeric()).count();
        let runs: Vec<_> = group[..letters].chunk_by(|one, other| is_han(*one) == is_han(*other)).collect();
        let mut first = at;
        for (place, run) in runs.iter().enumerate() {
            put_run(run, first, [place > 0, place + 1 < runs.len()], &mut words);
            first += run.len();
        }
        at += group.len();
        let is_between = group.len() > letters && words.last().is_some_and(|word| word.term.is_some());
        if is_between {
            words.push(Word { term: None, first, last: first });
        }
    }
    if words.last().is_some_and(|word| word.term.is_none()) {
        words.pop();
    }
    words
}

/// `meets`: whether it touches another run before and behind it.
fn put_run(run: &[char], first: usize, meets: [bool; 2], words: &mut Vec<Word>) {
    let word = |from: usize, to: usize| {
        let term = run[from..to].iter().take(RUN_LETTERS_MAX).collect();
        Word { term: Some(term), first: first + from, last: first + to - 1 }
    };
    if !is_han(run[0]) || run.len() == 1 {
        words.push(word(0, run.len()));
        return;
    }
    words.extend(meets[0].then(|| word(0, 1)));
    words.extend((0..run.len() - 1).map(|at| word(at, at + 2)));
    words.extend(meets[1].then(|| word(run.len() - 1, run.len())));
}

/// Whether it is a Han character with nothing but gaps around it: in a text it would be half of a pair.
fn is_half(words: &[Word], at: usize) -> bool {
    let is_gap = |at: Option<usize>| at.and_then(|at| words.get(at)).is_none_or(|word| word.term.is_none());
    let is_single = |term: &String| term.chars().all(is_han) && term.chars().count() == 1;
    words[at].term.as_ref().is_some_and(is_single) && is_gap(at.checked_sub(1)) && is_gap(Some(at + 1))
}

/// What the index is asked for where this is looked for: each a phrase of at most [`PHRASE_WORDS_MAX`] words. A single Han
/// character is looked for in titles. One at an end, with a gap beside it, may be half of a pair in the text, so it is
/// not asked for: more may be found than is there, never less.
pub fn phrases_of(text: &FoldedText) -> Vec<Vec<Term>> {
    let words = words_of(text);
    let ends = [0, words.len().saturating_sub(1)];
    let is_asked = |at: &usize| !(ends.contains(at) && is_half(&words, *at));
    let terms: Vec<Term> = (0..words.len()).filter(is_asked).map(|at| words[at].term.clone()).collect();
    let phrases = terms.chunks(PHRASE_WORDS_MAX).map(|chunk| {
        let first = chunk.iter().take_while(|term| term.is_none()).count();
        let last = chunk.len() - chunk.iter().rev().take_while(|term| term.is_none()).count();
        chunk.get(first..last).unwrap_or_default().to_vec()
    });
    let phrases: Vec<_> = phrases.filter(|phrase| !phrase.is_empty()).collect();
    if phrases.is_empty() { singles_of(text).map(|single| vec![Some(single)]).collect() } else { phrases }
}

/// The single Han characters of a title, as words.
pub fn singles_of(title: &FoldedText) -> impl Iterator<Item = String> {
    let characters = title.characters().iter().filter(|character| is_han(**character));
    characters.map(|character| [SINGLE, *character].iter().collect())
}

/// A word as one of a title; a single character is one already.
pub fn of_title(term: Term) -> Term {
    term.map(|word| if word.starts_with(SINGLE) { word } else { format!("{OF_TITLE}{word}") })
}

/// The character that a phrase looks for in titles, if it is one of those.
pub fn single_of(phrase: &[Term]) -> Option<char> {
    let [Some(term)] = phrase else { return None };
    term.strip_prefix(SINGLE)?.chars().next()
}

/// A value that things are filtered by, as a word.
pub fn mark(name: &str, value: &str) -> String {
    let letters =
        value.chars().map(|letter| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { OF_MARK });
    [OF_MARK].into_iter().chain(name.chars()).chain([OF_MARK]).chain(letters).collect()
}

/// A title or a key as a whole, whatever stands between its letters.
pub fn whole(text: &FoldedText) -> String {
    std::iter::once(WHOLE).chain(text.letters().chars().take(WHOLE_LETTERS_MAX)).collect()
}

/// Where a phrase stands among words, each time.
pub fn places_of<'a>(words: &'a [Word], phrase: &'a [Term]) -> impl Iterator<Item = (usize, usize)> + 'a {
    let is_here = move |window: &&[Word]| window.iter().map(|word| &word.term).eq(phrase);
    // No window is empty.
    let windows = words.windows(phrase.len().max(1)).filter(is_here);
    windows.map(|window| (window[0].first, window[window.len() - 1].last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(terms: impl IntoIterator<Item = Term>) -> String {
        terms.into_iter().map(|term| term.unwrap_or_else(|| "|".into())).collect::<Vec<_>>().join(" ")
    }

    fn words(text: &str) -> String {
        shown(words_of(&FoldedText::of(text)).into_iter().map(|word| word.term))
    }

    fn phrases(text: &str) -> Vec<String> {
        phrases_of(&FoldedText::of(text)).into_iter().map(shown).collect()
    }

    #[test]
    fn words_are_pairs_and_runs() {
        assert_eq!(words("郑州市2号楼，A座"), "郑州 州市 市 2 号 号楼 | a 座");
        assert_eq!(words("（ZB-2026）"), "zb | 2026");
        assert_eq!(words("路"), "路");
        assert_eq!(words(""), "");
        assert_eq!(phrases("市2号"), ["市 2 号"]);
        assert_eq!(phrases("A座B"), ["a 座 b"]);
        assert_eq!(phrases("楼"), ["\u{e001}楼"]);
        assert_eq!(phrases("ZB-2026"), ["zb | 2026"]);
        assert_eq!(phrases("座，A"), ["a"], "it may be half of a pair");
        assert_eq!(phrases("座，楼"), ["\u{e001}座", "\u{e001}楼"]);
    }

    #[test]
    fn words_of_ours_are_in_no_query() {
        for of_ours in [mark("kind", "bid_bond"), whole(&FoldedText::of("道路、监理"))] {
            assert!(!of_ours.contains(|letter: char| letter.is_ascii_punctuation()), "{of_ours:?}");
            assert!(phrases(&of_ours).iter().all(|phrase| *phrase != of_ours));
        }
    }

    proptest! {
        #[test]
        fn every_piece_of_a_text_is_found(
            text in "[一-十百鄭郑監监理采購a-c0-3，。 \"*^-]{2,300}",
            start in 0usize..200,
            length in 2usize..33,
        ) {
            let words = words_of(&FoldedText::of(&text));
            let piece: String = text.chars().skip(start).take(length).collect();
            for run in piece.split(|letter: char| !is_han(letter)).filter(|run| run.chars().count() > 1) {
                for phrase in phrases_of(&FoldedText::of(run)) {
                    let found: Vec<_> = places_of(&words, &phrase).collect();
                    prop_assert!(!found.is_empty(), "{run} of {text}");
                    let folded: Vec<char> = FoldedText::of(run).characters().to_vec();
                    let whole = FoldedText::of(&text);
                    prop_assert!(found.iter().all(|(first, last)| whole.characters()[*first..=*last] == folded));
                }
            }
        }

        #[test]
        fn what_is_found_is_there(text in "[一二三四a0，]{2,60}", query in "[一二三四a0]{2,5}") {
            let (folded, asked) = (FoldedText::of(&text), FoldedText::of(&query));
            let words = words_of(&folded);
            let is_found = phrases_of(&asked).iter().all(|phrase| places_of(&words, phrase).next().is_some());
            let is_there = folded.characters().windows(asked.characters().len()).any(|window| window == asked.characters());
            // Of letters and digits whole words alone are found.
            prop_assert!(!is_found || is_there);
            prop_assert!(is_found || !is_there || query.contains(['a', '0']));
        }
    }
}
