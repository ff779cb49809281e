//! Whether a search finds one thing, asked of its words in memory: what the index answers for all things, for as many searches as one
//! likes. Both engines find the same (`tests/search/mod.rs`).

use super::answer::Search;
use crate::field::{DueTime, Instant};
use crate::search::rows::SearchRow;
use crate::search::words::Term;
use crate::store::SearchedWords;
use std::collections::{HashMap, HashSet};

/// A search, taken apart once to be asked of many things.
#[derive(Debug, Clone)]
pub struct Matcher {
    phrases: Vec<Vec<Term>>,
    marks: Vec<String>,
    /// When the thing began: from the first time on, and before the second.
    from: Option<Instant>,
    until: Option<Instant>,
    finds_nothing: bool,
}

/// The words of a thing, and where each of them stands.
#[derive(Debug)]
pub struct SearchedThing {
    /// No phrase goes from one text to another.
    terms: Vec<Term>,
    places: HashMap<String, Vec<u32>>,
    marks: HashSet<String>,
    time: Instant,
}

impl SearchedThing {
    pub fn of(row: &SearchRow) -> Self {
        let SearchedWords { words: terms, marks } = row.words();
        let mut places: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, term) in (0..).zip(&terms) {
            let Some(term) = term else { continue };
            match places.get_mut(term) {
                Some(known) => known.push(at),
                None => drop(places.insert(term.clone(), vec![at])),
            }
        }
        Self { terms, places, marks: marks.into_iter().collect(), time: row.time }
    }

    fn has(&self, phrase: &[Term]) -> bool {
        // A phrase begins with a word.
        let Some(Some(first)) = phrase.first() else { return false };
        let places = self.places.get(first).into_iter().flatten();
        places.copied().any(|at| self.terms[at as usize..].starts_with(phrase))
    }
}

impl Matcher {
    pub fn of(search: &Search) -> Self {
        let filters = &search.filters;
        Self {
            phrases: search.query.phrases(),
            marks: filters.marks().into_iter().map(|(_, mark)| mark).collect(),
            from: filters.began_from.map(|day| DueTime::from(day).comes()),
            until: filters.began_to.map(|day| DueTime::from(day).plus_days(1).comes()),
            finds_nothing: search.finds_nothing(),
        }
    }

    /// Whether the search finds the thing.
    pub fn finds(&self, thing: &SearchedThing) -> bool {
        !self.finds_nothing
            && self.from.is_none_or(|from| from <= thing.time)
            && self.until.is_none_or(|until| thing.time < until)
            && self.marks.iter().all(|mark| thing.marks.contains(mark))
            && self.phrases.iter().all(|phrase| thing.has(phrase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::projection::SearchFilters;
    use crate::search::{SearchKind, SearchQuery, TextPart};

    fn thing() -> SearchedThing {
        SearchedThing::of(&SearchRow {
            id: 7,
            kind: SearchKind::Tender,
            key: "ZB-2026-1".into(),
            title: "道路監理".into(),
            parts: vec![TextPart::new("clauses/c-1", "甲级资质"), TextPart::new("clauses/c-2", "采购A座")],
            status: "announced",
            nature: Some("works"),
            method: None,
            region: Some("410105".into()),
            unit: None,
            deadline: None,
            opening: None,
            time: "2026-08-03T01:00:00.000Z".parse().unwrap(),
        })
    }

    #[test]
    fn words_stand_in_one_text_each() {
        let finds = |query: &str| {
            let query = SearchQuery::parse(query);
            Matcher::of(&Search { query, filters: SearchFilters::default() }).finds(&thing())
        };
        for query in ["", "道路 资质", "路", "监理", "zb 2026 1", "采购a座", "級資"] {
            assert!(finds(query), "{query}");
        }
        for query in ["*", "资质采购", "监理甲级", "甲", "桥", "zb 2026 11", "道路 桥梁"] {
            assert!(!finds(query), "{query}");
        }
    }

    #[test]
    fn filters_are_those_of_a_search() {
        let none = SearchFilters::default;
        let day = |day: &str| Some(serde_json::from_str(&format!("\"{day}\"")).unwrap());
        let finds = |filters| Matcher::of(&Search { query: SearchQuery::default(), filters }).finds(&thing());
        for filters in [
            SearchFilters { kind: Some(SearchKind::Tender), region: Some("4101".into()), ..none() },
            SearchFilters { status: Some("announced".into()), year: Some(2026), ..none() },
            SearchFilters { began_from: day("2026-08-03"), began_to: day("2026-08-03"), ..none() },
        ] {
            assert!(finds(filters.clone()), "{filters:?}");
        }
        for filters in [
            SearchFilters { kind: Some(SearchKind::Objection), ..none() },
            SearchFilters { method: Some("open".into()), ..none() },
            SearchFilters { region: Some("42".into()), ..none() },
            SearchFilters { began_from: day("2026-08-04"), ..none() },
            SearchFilters { began_to: day("2026-08-02"), ..none() },
        ] {
            assert!(!finds(filters.clone()), "{filters:?}");
        }
    }
}
