//! The languages that pages are in.

use poem::http::{HeaderMap, header};

/// A language that every page is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// The first segment of addresses.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// As BCP 47 calls it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// The one of two that is in this language.
    pub(super) fn choose<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }

    /// What a browser asks for. The first of ours in its list counts: browsers send them in order of preference.
    pub(super) fn wished(headers: &HeaderMap) -> Self {
        let wished = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = wished.split(',').map(|range| range.trim().to_ascii_lowercase()).find_map(|range| {
            let is = |tag: &str| range.split([';', '-']).next() == Some(tag);
            if is("zh") { Some(Self::Chinese) } else { is("en").then_some(Self::English) }
        });
        first.unwrap_or(Self::Chinese)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_ours_is_taken_and_chinese_without_one() {
        let wished = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
            Language::wished(&headers)
        };
        assert_eq!(wished("en-GB,en;q=0.9,zh;q=0.8"), Language::English);
        assert_eq!(wished("fr, zh-TW;q=0.5, en;q=0.4"), Language::Chinese);
        assert_eq!(wished("fr"), Language::Chinese);
        assert_eq!(Language::wished(&HeaderMap::new()), Language::Chinese);
    }
}
