//! Full-width forms (全角) of ASCII characters: one character in two widths, which mean the same.

/// So far above `!` to `~` stand their full-width forms, U+FF01 to U+FF5E.
const WIDER: u32 = 0xFEE0;
/// The full-width space.
const WIDE_SPACE: char = '\u{3000}';

/// A full-width character at its usual width; every other as it is.
pub fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - WIDER).unwrap_or(c),
        WIDE_SPACE => ' ',
        c => c,
    }
}

/// A text as searches compare it: at its usual width, in lower case. Both sides of a comparison are folded, so that it is the
/// same on every engine, whatever its own rules about letters are.
#[cfg(feature = "shell")]
pub fn folded(text: &str) -> String {
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// What becomes of white space where a text is made narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spaces {
    /// Each is an ASCII space, and there is none around the text.
    Plain,
    /// There is none.
    Gone,
}

/// A text at its usual width, for reading numbers and times; never for keeping.
pub fn narrowed(text: &str, spaces: Spaces) -> String {
    let plain = |c: char| if c.is_whitespace() { ' ' } else { narrow(c) };
    match spaces {
        Spaces::Plain => text.trim().chars().map(plain).collect(),
        Spaces::Gone => text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect(),
    }
}

/// What is alike in other writings of a text: at its usual width, ASCII letters in lower case, without white space. No table of letters
/// has a say in it, so every verifier sees the same.
pub fn alike(text: &str) -> Box<str> {
    narrowed(text, Spaces::Gone).to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ascii_character_has_one_wide_form_and_comes_back() {
        for narrow_one in '!'..='~' {
            let wide = char::from_u32(u32::from(narrow_one) + WIDER).unwrap();
            assert_eq!((narrow(wide), narrow(narrow_one)), (narrow_one, narrow_one));
        }
        assert_eq!(narrow(WIDE_SPACE), ' ');
        for other in ['\u{FF00}', '\u{FF5F}', '￥', 'ｱ', '某', '。'] {
            assert_eq!(narrow(other), other);
        }
    }

    #[cfg(feature = "shell")]
    #[test]
    fn case_and_width_mean_the_same_to_a_search() {
        for alike in ["ups电源", "UPS电源", "ＵＰＳ电源", "Ｕps电源", "uＰS电源"] {
            assert_eq!(folded(alike), "ups电源");
        }
        assert_eq!(folded("100％　Ä"), "100% ä");
    }

    #[test]
    fn white_space_becomes_one_kind_or_none() {
        let text = "\u{3000}１ ２\t：３％ ";
        assert_eq!(narrowed(text, Spaces::Plain), "1 2 :3%");
        assert_eq!(narrowed(text, Spaces::Gone), "12:3%");
    }
}
