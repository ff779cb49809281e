//! What is found, as it is read.

use super::SearchKind;
use super::projection::{Fit, FoundThing, NothingFound, Searched, Stretch, ValueCounts};
use crate::field::Bilingual;
use crate::http::{FilterCounts, encoded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of a text (Unicode code points, from 0) in which a word stands.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct StretchView {
    pub start: u64,
    pub length: u64,
}

/// A stretch of a text of the thing, and where words stand in it.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct SnippetView {
    /// Which of its texts: `clauses/<id>`, `lots/<id>`, `facts`, `answer`, `ruling`, `document` …
    pub part: String,
    pub text: String,
    pub stretches: Vec<StretchView>,
}

/// A thing that was found.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct SearchHit {
    pub fit: Fit,
    pub kind: SearchKind,
    /// Code of the tender or organisation, id of the commitment, `<tender>/<id>` of an objection.
    pub key: String,
    /// Where it is read.
    pub path: String,
    pub title: String,
    /// Where words stand in the title.
    pub stretches: Vec<StretchView>,
    // Where words stand in nothing but the title, or nothing was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<SnippetView>,
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The entry with which it began.
    pub entry: u64,
    /// When that was (UTC).
    pub time: String,
}

/// How many things there are, and how many share each value. Beside a value that is asked for, the others of its filter are
/// counted as if it were not; regions are those within the one that is asked for.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct SearchCounts {
    /// Things that were counted, the newest 2,000 at most.
    pub things: u64,
    /// There are more.
    pub more: bool,
    pub filters: Vec<FilterCounts>,
}

/// Why nothing was found, and what to try.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NothingView {
    /// Words that stand nowhere, whatever the filters.
    pub words: Vec<String>,
    pub zh: String,
    pub en: String,
}

/// A page of what was found.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct SearchPage {
    /// Entries of the log that the index knows. It follows the log by about a second.
    pub size: u64,
    pub items: Vec<SearchHit>,
    /// Pass as `after` to go on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// There was more in the query than eight words of 100 characters; the rest was not looked for.
    pub shortened: bool,
    /// On the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<SearchCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nothing: Option<NothingView>,
}

fn stretches(stretches: &[Stretch]) -> Vec<StretchView> {
    stretches.iter().map(|(start, length)| StretchView { start: *start as u64, length: *length as u64 }).collect()
}

/// Where a thing is read by programs.
pub fn view_path(kind: SearchKind, key: &str) -> String {
    path_of(kind, key, "/v1", "objections/")
}

/// Where a thing is read by people, behind the prefix of their language.
pub fn page_path(kind: SearchKind, key: &str) -> String {
    path_of(kind, key, "", "objection-")
}

/// Below a root; an objection stands on its tender's, behind a mark of its own.
fn path_of(kind: SearchKind, key: &str, root: &str, objection: &str) -> String {
    match (kind, key.split_once('/')) {
        (SearchKind::Objection, Some((tender, id))) => {
            format!("{root}/tenders/{}#{objection}{}", encoded(tender), encoded(id))
        }
        (SearchKind::Tender | SearchKind::Objection, _) => format!("{root}/tenders/{}", encoded(key)),
        (SearchKind::Organisation, _) => format!("{root}/organisations/{}", encoded(key)),
        (SearchKind::Commitment, _) => format!("{root}/commitments/{}", encoded(key)),
    }
}

impl FoundThing {
    /// Where it is read.
    pub fn path(&self) -> String {
        view_path(self.kind, &self.key)
    }

    /// Where people read it, in Chinese.
    pub fn page(&self) -> String {
        format!("/zh{}", page_path(self.kind, &self.key))
    }
}

impl From<FoundThing> for SearchHit {
    fn from(thing: FoundThing) -> Self {
        Self {
            path: thing.path(),
            fit: thing.fit,
            kind: thing.kind,
            key: thing.key,
            title: thing.title,
            stretches: stretches(&thing.stretches),
            snippet: thing.snippet.map(|snippet| SnippetView {
                part: snippet.part,
                text: snippet.text,
                stretches: stretches(&snippet.stretches),
            }),
            status: thing.status,
            nature: thing.nature,
            method: thing.method,
            region: thing.region,
            unit: thing.unit,
            entry: thing.id,
            time: thing.time.to_string(),
        }
    }
}

impl From<ValueCounts> for SearchCounts {
    fn from(counted: ValueCounts) -> Self {
        let filters = counted.counts.into_iter().map(|(filter, values)| FilterCounts::new(filter, values));
        Self { things: counted.things, more: counted.is_cut, filters: filters.collect() }
    }
}

impl From<NothingFound> for NothingView {
    fn from(nothing: NothingFound) -> Self {
        let words = nothing.words.join("、");
        let why = if nothing.is_no_word {
            Bilingual::new(
                "没有可检索的字词：请输入汉字、字母或数字",
                "there is no word in it: type characters, letters or digits",
            )
        } else if !nothing.words.is_empty() {
            Bilingual::new(
                format!(
                    "没有任何内容含有：{words}。请换个说法、减少字词；字母和数字须为完整的一段；单个汉字只在标题中查找"
                ),
                format!(
                    "nothing has: {words}. Try other words, or fewer; letters and digits are found as whole words, a single \
                     Han character in titles alone"
                ),
            )
        } else if nothing.is_filtered {
            Bilingual::new("去掉部分筛选条件后有结果", "without some of the filters there is something")
        } else {
            Bilingual::new(
                "每个字词都能找到，但没有一项内容同时含有全部字词：请减少字词",
                "each word is somewhere, but nothing has all of them: try fewer",
            )
        };
        Self { words: nothing.words, zh: why.zh, en: why.en }
    }
}

impl SearchPage {
    pub fn new(
        searched: Searched,
        shortened: bool,
        counts: Option<ValueCounts>,
        nothing: Option<NothingFound>,
    ) -> Self {
        Self {
            size: searched.size,
            items: searched.things.into_iter().map(SearchHit::from).collect(),
            next: searched.next.map(|next| next.to_string()),
            shortened,
            counts: counts.map(SearchCounts::from),
            nothing: nothing.map(NothingView::from),
        }
    }
}
