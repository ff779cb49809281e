//! What a query is answered with: things by how well they fit, then newest first; how many share each value; and why there is none.

use super::found::{Counts, Fit, FoundThing, NothingFound, SearchPlace, Searched, ValueCounts};
use crate::field::{Day, DueTime, Instant};
use crate::ledger::{Ledger, LedgerError};
use crate::search::fold::FoldedText;
use crate::search::query::SearchQuery;
use crate::search::rows::{REGION_LEVELS, SearchKind};
use crate::search::words::mark;
use crate::store::{Database, Row, SoughtWords, StoreError};
use std::collections::BTreeMap;

/// Things that values are counted of, the newest that were found. What more there is, is not counted.
pub const COUNTED_MAX: usize = 2_000;
/// Values of one filter that are told, those that most share.
const VALUES_TOLD_MAX: usize = 50;

/// What things are filtered by. A value that no thing has finds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFilters {
    pub kind: Option<SearchKind>,
    pub status: Option<String>,
    pub nature: Option<String>,
    pub method: Option<String>,
    /// Two, four or six digits.
    pub region: Option<String>,
    /// The procuring unit by its code.
    pub unit: Option<String>,
    pub year: Option<u16>,
    /// It began on this day or later.
    pub began_from: Option<Day>,
    /// It began on this day or before.
    pub began_to: Option<Day>,
}

/// Things that began with these entries: those of the days that are asked for, for times never go back along the log.
#[derive(Debug, Clone, Copy, Default)]
struct Within {
    from: u64,
    to: Option<u64>,
}

impl SearchFilters {
    async fn within(&self, database: &Database) -> Result<Within, StoreError> {
        let mut within = Within::default();
        if let Some(day) = self.began_from {
            within.from = database.first_entry_from(DueTime::from(day).comes().millis()).await?;
        }
        if let Some(day) = self.began_to {
            let next = DueTime::from(day).plus_days(1).comes();
            within.to = Some(database.first_entry_from(next.millis()).await?);
        }
        Ok(within)
    }

    fn are_none(&self) -> bool {
        self.marks().is_empty() && self.began_from.is_none() && self.began_to.is_none()
    }

    pub(super) fn marks(&self) -> Vec<(&'static str, String)> {
        let year = self.year.map(|year| year.to_string());
        let values = [
            ("kind", self.kind.map(SearchKind::name)),
            ("status", self.status.as_deref()),
            ("nature", self.nature.as_deref()),
            ("method", self.method.as_deref()),
            ("region", self.region.as_deref()),
            ("unit", self.unit.as_deref()),
            ("year", year.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, mark(name, value?)))).collect()
    }

    /// Digits of the regions that are counted: those within the one that is asked for.
    fn region_digits(&self) -> usize {
        let asked = self.region.as_ref().map_or(0, String::len);
        REGION_LEVELS.into_iter().find(|digits| *digits > asked).unwrap_or(REGION_LEVELS[2])
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub query: SearchQuery,
    pub filters: SearchFilters,
}

impl Search {
    fn sought(&self, fit: Fit, Within { from, to }: Within) -> SoughtWords {
        let marks = self.filters.marks().into_iter().map(|(_, mark)| mark).collect();
        let (phrases, sought) = (self.query.phrases(), SoughtWords { marks, from, to, ..SoughtWords::default() });
        let without_mark = Some(self.query.whole.clone());
        match fit {
            Fit::Whole => {
                let marks = [sought.marks, vec![self.query.whole.clone()]].concat();
                SoughtWords { marks, phrases, is_rare: true, ..sought }
            }
            Fit::Title => SoughtWords { phrases: self.query.phrases_of_title(), without_mark, ..sought },
            Fit::Text => SoughtWords { phrases, without: self.query.phrases_of_title(), without_mark, ..sought },
        }
    }

    /// Everything that fits in some way.
    fn all(&self, unless: Option<&str>, Within { from, to }: Within) -> SoughtWords {
        let marks = self.filters.marks().into_iter().filter(|(name, _)| Some(*name) != unless);
        SoughtWords {
            phrases: self.query.phrases(),
            marks: marks.map(|(_, mark)| mark).collect(),
            from,
            to,
            ..SoughtWords::default()
        }
    }

    pub(super) fn finds_nothing(&self) -> bool {
        self.query.is_asked && self.query.words.is_empty()
    }

    /// A page of things. Without a query it is all there is.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn page(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
    ) -> Result<Searched, LedgerError> {
        self.find(ledger, after, limit, true).await
    }

    /// The same without what stands in their texts.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn list(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
    ) -> Result<Searched, LedgerError> {
        self.find(ledger, after, limit, false).await
    }

    /// The newest, however well they fit.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn newest(&self, ledger: &Ledger, limit: usize) -> Result<Vec<FoundThing>, LedgerError> {
        if self.finds_nothing() {
            return Ok(Vec::new());
        }
        let within = self.filters.within(&ledger.database).await?;
        let rows = ledger.database.searched(&self.all(None, within), limit, false).await?;
        Ok(rows.iter().map(|row| self.thing(Fit::Text, row)).collect::<Result<_, _>>()?)
    }

    async fn find(
        &self,
        ledger: &Ledger,
        after: Option<SearchPlace>,
        limit: usize,
        with_texts: bool,
    ) -> Result<Searched, LedgerError> {
        // Before the rows: they may know more than is said, never less.
        let size = ledger.database.searched_up_to().await?;
        let mut things: Vec<FoundThing> = Vec::new();
        let fits: &[Fit] = match (self.query.is_asked, self.query.words.is_empty()) {
            (true, true) => &[],
            (false, _) => &[Fit::Text],
            (true, false) => &[Fit::Whole, Fit::Title, Fit::Text],
        };
        let within = self.filters.within(&ledger.database).await?;
        for fit in fits.iter().filter(|fit| after.is_none_or(|after| after.fit <= **fit)) {
            let place = after.filter(|after| after.fit == *fit).map(|after| after.id);
            let within = Within { to: place.into_iter().chain(within.to).min(), ..within };
            let sought = if self.query.is_asked { self.sought(*fit, within) } else { self.all(None, within) };
            // One more shows whether there are more.
            let rows = ledger.database.searched(&sought, limit + 1 - things.len(), with_texts).await?;
            for row in &rows {
                things.push(self.thing(*fit, row)?);
            }
            if things.len() > limit {
                break;
            }
        }
        let is_cut = things.len() > limit;
        things.truncate(limit);
        let next = things.last().filter(|_| is_cut).map(|last| SearchPlace { fit: last.fit, id: last.id });
        Ok(Searched { size, things, next })
    }

    /// How many share each value. Where a filter is given, the values beside it are counted as well.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn counted(&self, ledger: &Ledger) -> Result<ValueCounts, LedgerError> {
        if self.finds_nothing() {
            return Ok(ValueCounts { things: 0, is_cut: false, counts: Counts::new() });
        }
        let within = self.filters.within(&ledger.database).await?;
        let (things, mut counts) = self.count(&ledger.database, None, within).await?;
        for (name, _) in self.filters.marks().into_iter().filter(|(name, _)| !["region", "unit"].contains(name)) {
            let (_, mut others) = self.count(&ledger.database, Some(name), within).await?;
            counts.extend(others.remove(name).map(|values| (name, values)));
        }
        Ok(ValueCounts { things, is_cut: things >= COUNTED_MAX as u64, counts })
    }

    async fn count(
        &self,
        database: &Database,
        unless: Option<&str>,
        within: Within,
    ) -> Result<(u64, Counts), StoreError> {
        let rows = database.counted(&self.all(unless, within), COUNTED_MAX).await?;
        let (mut all, mut counts) = (0, BTreeMap::<&'static str, BTreeMap<String, u64>>::new());
        let digits = self.filters.region_digits();
        for row in &rows {
            let count = row.unsigned(6)?;
            all += count;
            let region = row.text(4)?;
            let values = [
                ("kind", row.text(0)?.to_owned()),
                ("status", row.text(1)?.to_owned()),
                ("nature", row.text(2)?.to_owned()),
                ("method", row.text(3)?.to_owned()),
                ("region", region.get(..digits).unwrap_or(region).to_owned()),
                ("year", row.integer(5)?.to_string()),
            ];
            for (name, value) in values.into_iter().filter(|(_, value)| !value.is_empty()) {
                *counts.entry(name).or_default().entry(value).or_default() += count;
            }
        }
        let told = counts.into_iter().map(|(name, values)| {
            let mut values: Vec<_> = values.into_iter().collect();
            // Stable: of equal counts, values stand in their own order.
            values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            values.truncate(VALUES_TOLD_MAX);
            (name, values)
        });
        Ok((all, told.collect()))
    }

    /// Why there is nothing: asked when nothing was found.
    ///
    /// # Errors
    /// The store can't be read.
    pub async fn nothing(&self, ledger: &Ledger) -> Result<NothingFound, LedgerError> {
        if self.finds_nothing() {
            return Ok(NothingFound { is_no_word: true, ..NothingFound::default() });
        }
        let mut nothing = NothingFound::default();
        for word in &self.query.words {
            let sought = SoughtWords { phrases: word.phrases.clone(), ..SoughtWords::default() };
            if ledger.database.searched(&sought, 1, false).await?.is_empty() {
                nothing.words.push(word.text.clone());
            }
        }
        let unfiltered = SoughtWords { phrases: self.query.phrases(), ..SoughtWords::default() };
        nothing.is_filtered = !self.filters.are_none()
            && nothing.words.is_empty()
            && !ledger.database.searched(&unfiltered, 1, false).await?.is_empty();
        Ok(nothing)
    }

    fn thing(&self, fit: Fit, row: &Row) -> Result<FoundThing, StoreError> {
        let given = |at: usize| Ok::<_, StoreError>(Some(row.text(at)?.to_owned()).filter(|text| !text.is_empty()));
        let title = row.text(3)?.to_owned();
        Ok(FoundThing {
            fit,
            id: row.unsigned(0)?,
            kind: row.text(1)?.parse().map_err(|_| StoreError::Unexpected(1))?,
            key: row.text(2)?.to_owned(),
            stretches: self.stretches_of_title(&FoldedText::of(&title)),
            snippet: self.snippet(row.text(13)?),
            title,
            status: row.text(4)?.to_owned(),
            nature: given(5)?,
            method: given(6)?,
            region: given(7)?,
            unit: given(8)?,
            deadline: given(9)?.and_then(|due| due.parse().ok()),
            opening: given(10)?.and_then(|due| due.parse().ok()),
            time: Instant::from_millis(row.integer(12)?),
        })
    }
}
