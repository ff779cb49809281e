//! 全文检索 over HTTP: a page, and the same query as a CSV, a feed and a calendar.

mod asked;
mod atom;
mod calendar;
mod csv_list;

use crate::field::{Day, FieldFault, Nature, OrganisationId};
use crate::http::{CsvFile, Problem, Site, Typed, bad_parameter, cursor, parameters};
use crate::ledger::Ledger;
use crate::search::SearchKind;
use crate::search::projection::{Search, SearchPlace};
use crate::search::view::SearchPage;
use crate::tender::Method;
use futures::try_join;
use poem_openapi::param::Query;
use poem_openapi::{OpenApi, Tags};
use std::sync::Arc;

pub use asked::SearchAsked;
use atom::AtomFeed;
use calendar::DueCalendar;

/// A chapter of the API document.
#[derive(Tags)]
enum Tag {
    /// 全文检索: tenders, objections, organisations and commitments by their words.
    Search,
}

parameters! { Method, SearchKind }

/// Things on a page, as long as nothing is said.
const PAGE_DEFAULT: u32 = 20;
/// Things on a page: each may have long texts, which are looked through for what to show.
const PAGE_MAX: u32 = 50;

pub struct SearchApi(pub Arc<Ledger>);

/// The parameters of an endpoint, which have the names of what they ask: poem-openapi takes each by itself.
macro_rules! asked {
    ($($name:ident),*) => { SearchAsked { $($name: $name.0),* } };
}

/// # Errors
/// `bad-parameter`: no such status, or no region.
fn searched(asked: SearchAsked) -> Result<Search, Problem> {
    match asked.faults().first() {
        Some(FieldFault { pointer, fault }) => Err(bad_parameter(pointer.trim_start_matches('/'), &fault.words())),
        None => Ok(asked.search()),
    }
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Search")]
impl SearchApi {
    /// 全文检索. Of several words each must be found; a quoted text stands as it is. Chinese words are found wherever they
    /// stand, of two characters or more; a single one in titles. Traditional and simplified characters, full and half width, small and
    /// large letters are the same; letters and digits are found as whole words. Nothing in a query is a command. First comes what is
    /// called so, then what has every word in its title, then the rest; within that the newest.
    #[oai(path = "/search", method = "get", operation_id = "search")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn search(
        &self,
        /// What is looked for. Without it, everything that the filters let through.
        q: Query<Option<String>>,
        kind: Query<Option<SearchKind>>,
        /// Status of the thing, as its list has it.
        status: Query<Option<String>>,
        /// 业务类型.
        nature: Query<Option<Nature>>,
        /// 采购方式.
        method: Query<Option<Method>>,
        /// The first two, four or all six digits of a region code.
        region: Query<Option<String>>,
        /// Code of the procuring unit.
        unit: Query<Option<OrganisationId>>,
        /// In which it began (Asia/Shanghai).
        #[oai(validator(minimum(value = "1949"), maximum(value = "9999")))]
        year: Query<Option<u16>>,
        /// It began on this day or later.
        began_from: Query<Option<Day>>,
        /// It began on this day or before.
        began_to: Query<Option<Day>>,
        /// `next` of the page before.
        after: Query<Option<String>>,
        #[oai(validator(minimum(value = "1"), maximum(value = "50")))] limit: Query<Option<u32>>,
    ) -> Result<Typed<SearchPage>, Problem> {
        let asked = asked!(q, kind, status, nature, method, region, unit, year, began_from, began_to);
        let search = searched(asked)?;
        let after = cursor::<SearchPlace>(after.0)?;
        let limit = limit.0.unwrap_or(PAGE_DEFAULT).min(PAGE_MAX);
        Ok(Typed(answer(&self.0, &search, after, limit).await?))
    }

    /// Everything that the same query finds, as a CSV.
    #[oai(path = "/search.csv", method = "get", operation_id = "searchCsv")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn csv(
        &self,
        q: Query<Option<String>>,
        kind: Query<Option<SearchKind>>,
        status: Query<Option<String>>,
        nature: Query<Option<Nature>>,
        method: Query<Option<Method>>,
        region: Query<Option<String>>,
        unit: Query<Option<OrganisationId>>,
        #[oai(validator(minimum(value = "1949"), maximum(value = "9999")))] year: Query<Option<u16>>,
        began_from: Query<Option<Day>>,
        began_to: Query<Option<Day>>,
        site: Site,
    ) -> Result<CsvFile, Problem> {
        let asked = asked!(q, kind, status, nature, method, region, unit, year, began_from, began_to);
        csv_list::all(Arc::clone(&self.0), searched(asked)?, site).await
    }

    /// The newest fifty things that the same query finds, as a feed (Atom, RFC 4287).
    #[oai(path = "/search.atom", method = "get", operation_id = "searchAtom")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn atom(
        &self,
        q: Query<Option<String>>,
        kind: Query<Option<SearchKind>>,
        status: Query<Option<String>>,
        nature: Query<Option<Nature>>,
        method: Query<Option<Method>>,
        region: Query<Option<String>>,
        unit: Query<Option<OrganisationId>>,
        #[oai(validator(minimum(value = "1949"), maximum(value = "9999")))] year: Query<Option<u16>>,
        began_from: Query<Option<Day>>,
        began_to: Query<Option<Day>>,
    ) -> Result<AtomFeed, Problem> {
        let asked = asked!(q, kind, status, nature, method, region, unit, year, began_from, began_to);
        let address = asked.address();
        AtomFeed::of(&self.0, &searched(asked)?, &address).await
    }

    /// What is due on the newest 500 things that the same query finds, as a calendar (RFC 5545): when objections, answers and bids
    /// must be in, and when bids are opened.
    #[oai(path = "/search.ics", method = "get", operation_id = "searchCalendar")]
    #[expect(clippy::too_many_arguments, reason = "each is a documented query parameter")]
    async fn calendar(
        &self,
        q: Query<Option<String>>,
        kind: Query<Option<SearchKind>>,
        status: Query<Option<String>>,
        nature: Query<Option<Nature>>,
        method: Query<Option<Method>>,
        region: Query<Option<String>>,
        unit: Query<Option<OrganisationId>>,
        #[oai(validator(minimum(value = "1949"), maximum(value = "9999")))] year: Query<Option<u16>>,
        began_from: Query<Option<Day>>,
        began_to: Query<Option<Day>>,
        site: Site,
    ) -> Result<DueCalendar, Problem> {
        let asked = asked!(q, kind, status, nature, method, region, unit, year, began_from, began_to);
        DueCalendar::of(&self.0, &searched(asked)?, &site).await
    }
}

/// A page of what is found: its first one with how many share each value, an empty one with why.
///
/// # Errors
/// The store can't be read.
pub async fn answer(
    ledger: &Ledger,
    search: &Search,
    after: Option<SearchPlace>,
    limit: u32,
) -> Result<SearchPage, Problem> {
    let counted = async { if after.is_none() { search.counted(ledger).await.map(Some) } else { Ok(None) } };
    // Beside each other: each looks at the words of many things.
    let (page, counts) = try_join!(search.page(ledger, after, limit as usize), counted)?;
    let is_empty = after.is_none() && page.things.is_empty();
    let nothing = if is_empty { Some(search.nothing(ledger).await?) } else { None };
    Ok(SearchPage::new(page, search.query.is_cut, counts, nothing))
}
