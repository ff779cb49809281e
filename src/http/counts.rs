//! How many items there would be with each value of a filter.

use super::Problem;
use crate::store::{CountedFilter, Database, Filter, Listing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many things share a value.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ValueCount {
    pub value: String,
    pub count: u64,
}

/// The values of one filter, those first that most things share; fifty at most.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct FilterCounts {
    /// Name of the parameter.
    pub filter: String,
    pub values: Vec<ValueCount>,
}

impl FilterCounts {
    pub fn new(filter: &str, values: Vec<(String, u64)>) -> Self {
        let values = values.into_iter().map(|(value, count)| ValueCount { value, count });
        Self { filter: filter.to_owned(), values: values.collect() }
    }
}

/// How many items the list would have with each value of a filter, all other filters as they are. A value without any is not told.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct ListCounts {
    /// The list is longer than the first 2,000 items, of which these are counted: there may be more of any value.
    pub more: bool,
    pub filters: Vec<FilterCounts>,
}

/// A page of a list whose filters are counted: `/// About it. Name of Item`.
macro_rules! counted_page {
    ($(#[$about:meta])* $name:ident of $item:ty) => {
        $(#[$about])*
        #[derive(::serde::Serialize, ::schemars::JsonSchema)]
        pub struct $name {
            items: Vec<$item>,
            /// Pass as `after` to go on; absent on the last page.
            #[serde(skip_serializing_if = "Option::is_none")]
            next: Option<String>,
            /// Where they are asked for.
            #[serde(skip_serializing_if = "Option::is_none")]
            counts: Option<$crate::http::ListCounts>,
        }
    };
}
pub(crate) use counted_page;

/// What is counted where `counts=true` asks for it; `filter` is all else that is asked.
///
/// # Errors
/// The store can't be read.
pub async fn list_counts(
    asked: Option<bool>,
    database: &Database,
    listing: &Listing,
    filter: &Filter,
    counted: &[CountedFilter],
) -> Result<Option<ListCounts>, Problem> {
    if asked != Some(true) {
        return Ok(None);
    }
    let counts = filter.counts(database, listing, counted).await?;
    let filters = counts.filters.into_iter().map(|(name, values)| FilterCounts::new(name, values));
    Ok(Some(ListCounts { more: counts.is_cut, filters: filters.collect() }))
}
