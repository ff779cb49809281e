//! A folded text as words of an index: overlapping pairs of Han characters, other letters and digits as they run.

use super::fold::{FoldedText, is_han};

/// Words of one part of a text: PostgreSQL keeps 255 positions of a word and forgets the others without a sign.
pub const PART_WORDS: usize = 255;
/// Words that two parts share, so that whatever is looked for stands in one of them as a whole.
pub const PART_OVERLAP: usize = 32;
/// A longer run of letters is cut, in a text as in a query: a lexeme of PostgreSQL has 2 KiB.
const RUN_LETTERS_MAX: usize = 64;
/// Stands for everything that is neither letter nor digit, so that no phrase goes across it. Of private use, so in no query.
const BREAK: &str = "\u{e000}";

/// Runs of Han characters and of others that stand next to each other; between two groups there is something else.
fn groups(characters: &[char]) -> impl Iterator<Item = Vec<&[char]>> {
    let is_letter = |character: &char| character.is_alphanumeric();
    let groups = characters.split(move |character| !is_letter(character)).filter(|group| !group.is_empty());
    groups.map(|group| group.chunk_by(|one, other| is_han(*one) == is_han(*other)).collect())
}

fn put_run(run: &[char], words: &mut Vec<String>) {
    match run {
        [first, _, ..] if is_han(*first) => words.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
        _ => words.push(run.iter().take(RUN_LETTERS_MAX).collect()),
    }
}

/// The words of a text, in parts of at most [`PART_WORDS`].
pub fn parts_of(text: &FoldedText) -> Vec<Vec<String>> {
    let mut words = Vec::new();
    for group in groups(text.characters()) {
        if !words.is_empty() {
            words.push(BREAK.to_owned());
        }
        group.into_iter().for_each(|run| put_run(run, &mut words));
    }
    let step = PART_WORDS - PART_OVERLAP;
    let starts = (0..words.len()).step_by(step).take_while(|start| *start == 0 || start + PART_OVERLAP < words.len());
    starts.map(|start| words[start..words.len().min(start + PART_WORDS)].to_vec()).collect()
}

/// What the index is asked for where this is looked for: each a phrase of at most [`PART_OVERLAP`] words. Empty for a single Han
/// character, of which the index knows nothing. A single Han character at an end may be half of a pair in the text, so it is not
/// asked for: more may be found than is there, never less.
pub fn phrase_of(text: &FoldedText) -> Vec<Vec<String>> {
    let mut phrases = Vec::new();
    for group in groups(text.characters()) {
        let (mut words, last) = (Vec::new(), group.len() - 1);
        for (at, run) in group.iter().enumerate() {
            let is_half = run.len() == 1 && is_han(run[0]) && (at == 0 || at == last);
            if !is_half {
                put_run(run, &mut words);
            }
        }
        phrases.extend(words.chunks(PART_OVERLAP).map(<[String]>::to_vec));
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stands_in(phrase: &[String], parts: &[Vec<String>]) -> bool {
        parts.iter().any(|part| part.windows(phrase.len()).any(|window| window == phrase))
    }

    #[test]
    fn words_are_pairs_and_runs() {
        let words = |text| parts_of(&FoldedText::of(text)).concat().join(" ");
        assert_eq!(words("郑州市2号楼，A座"), "郑州 州市 2 号楼 \u{e000} a 座");
        assert_eq!(words("ZB-2026"), "zb \u{e000} 2026");
        assert_eq!(words(""), "");
        let phrase = |text| phrase_of(&FoldedText::of(text)).concat().join(" ");
        assert_eq!(phrase("市2号"), "2");
        assert_eq!(phrase("A座B"), "a 座 b");
        assert_eq!(phrase("楼"), "");
    }

    #[test]
    fn a_break_parts_what_it_stands_between() {
        let parts = parts_of(&FoldedText::of("工程，监理"));
        assert!(!stands_in(&["工程".into(), "监理".into()], &parts));
    }

    proptest! {
        #[test]
        fn every_piece_of_a_text_is_found(
            text in "[一-十百鄭郑監监理采購a-c0-3，。 \"*^-]{2,700}",
            start in 0usize..600,
            length in 2usize..40,
        ) {
            let characters: Vec<char> = text.chars().collect();
            let piece: String = characters.iter().skip(start).take(length).collect();
            let parts = parts_of(&FoldedText::of(&text));
            prop_assert!(parts.iter().all(|part| part.len() <= PART_WORDS));
            let han: Vec<String> =
                piece.split(|c: char| !is_han(c)).filter(|run| run.chars().count() > 1).map(str::to_owned).collect();
            for run in han {
                for phrase in phrase_of(&FoldedText::of(&run)) {
                    prop_assert!(stands_in(&phrase, &parts), "{run} of {text}");
                }
            }
        }
    }
}
