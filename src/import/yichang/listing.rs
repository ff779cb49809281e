//! The table of candidates: whose row is whose. The tables were read off pages by a machine, and some are a row off: the heading
//! stands for the first price, or names and prices come from different rows. Which price is whose is never worked out from
//! the numbers: a table that is not whole has prices that are nobody's.

use super::super::consortium::same_bidder;
use super::super::report::{Tally, Uncertainty};
use super::super::source::{Row, says_nothing};
use super::super::{ImportError, price};
use crate::field::{Fault, Price, Prose, SimplePrice, StatedPrice};

/// What stands for a price that the source lost.
const PRICE_UNKNOWN: &str = "来源数据未载明报价";
/// What stands for one that the source has, in a table that is not whole.
const PRICE_UNPLACED: &str = "来源表格错行，报价未对应到投标人，见来源公告";
const FIELD: &str = "candidates.price_text";

/// A candidate's name and price.
pub(super) struct Listed {
    pub name: String,
    pub price: Price,
}

/// A row as it stands.
struct Cells {
    name: String,
    price: String,
}

/// A price that the source does not say.
pub(super) fn unknown_price() -> Price {
    stated(PRICE_UNKNOWN)
}

fn stated(text: &'static str) -> Price {
    Price::Stated(StatedPrice { text: Prose::new(text).expect("a constant text") })
}

/// What is known of the candidates from elsewhere than the table.
pub(super) struct Known<'a> {
    pub winner: &'a str,
    /// The price that the award notice states for the winner.
    pub awarded: Option<&'a Price>,
    /// What the full notice has beside a name.
    pub in_full: &'a dyn Fn(&str) -> Option<String>,
}

impl Known<'_> {
    /// Reads the table.
    pub fn listed(&self, notice: &mut Row, code: &str, tally: &mut Tally) -> Result<Vec<Listed>, ImportError> {
        let mut rows = Vec::new();
        for mut row in notice.objects("candidates", "yichang_candidates.candidates")? {
            rows.push(Cells { name: row.text("name")?, price: row.text("price_text")? });
            // The place in the list is kept by the order; it is no rank (see the report).
            row.value("rank_as_listed");
            row.finish(tally);
        }
        let is_whole = self.is_whole(&rows, code, tally);
        let mut listed = Vec::new();
        for row in rows {
            // Narratives, claimed projects and rejected bidders that the parser took for rows.
            if says_nothing(&row.price) && !same_bidder(&row.name, self.winner) {
                tally.words(Uncertainty::RowWithoutPrice, code, "candidates.name", &row.name);
                continue;
            }
            let price = self.price(&row, is_whole, code, tally).map_err(notice.refused("candidates"))?;
            listed.push((Listed { name: row.name, price }, row.price));
        }
        Ok(self.apart(listed, code, tally))
    }

    /// A row's price: that of the full notice, where there is one; that of the table, where it is whole.
    fn price(&self, row: &Cells, is_whole: bool, code: &str, tally: &mut Tally) -> Result<Price, Fault> {
        let table = (is_whole && !says_nothing(&row.price)).then_some(row.price.as_str());
        match ((self.in_full)(&row.name), table) {
            (None, None) if says_nothing(&row.price) => Ok(unknown_price()),
            (None, None) => {
                tally.words(Uncertainty::TableShifted, code, FIELD, &format!("{} | {}", row.name, row.price));
                Ok(stated(PRICE_UNPLACED))
            }
            (None, Some(text)) => tally.price(text, FIELD, code),
            (Some(full), None) => tally.price(&full, FIELD, code),
            (Some(full), Some(text)) => {
                let amounts = [&full, text].map(|text| price::parse(text).ok().and_then(|read| read.price.money()));
                if let [Some(one), Some(other)] = amounts
                    && one != other
                {
                    let both = format!("{full} | {text}");
                    tally.words(Uncertainty::SourcesDiffer, code, FIELD, &format!("{} | {both}", row.name));
                    return Ok(Price::Stated(StatedPrice { text: tally.prose(&both, code)? }));
                }
                tally.price(&full, FIELD, code)
            }
        }
    }
}

impl Known<'_> {
    /// Whether each row is one candidate with its price: no heading among the prices, no row without a price before one that has
    /// one, the winner among the names, and what the award says of the winner's price is not what another row says.
    fn is_whole(&self, rows: &[Cells], code: &str, tally: &mut Tally) -> bool {
        let headed = rows.iter().any(|row| row.price.contains("报价") && !row.price.contains(|c: char| c.is_numeric()));
        let mut priced = rows.iter().map(|row| !says_nothing(&row.price)).skip_while(|priced| *priced);
        let has_gap = priced.any(|priced| priced);
        let own = rows.iter().find(|row| same_bidder(&row.name, self.winner));
        let amount = |text: &str| price::parse(text).ok().and_then(|reading| reading.price.money());
        let awarded = self.awarded.and_then(Price::money);
        let is_elsewhere = awarded.is_some_and(|awarded| {
            own.and_then(|own| amount(&own.price)) != Some(awarded)
                && rows.iter().any(|row| amount(&row.price) == Some(awarded))
        });
        for (is_so, what) in [
            (
                headed,
                (
                    "候选人表中表头占了报价的位置，其报价不归任何人",
                    "a heading stands for a price in the table of candidates: its prices are nobody's",
                ),
            ),
            (
                has_gap,
                (
                    "候选人之间夹有无报价的行，其报价不归任何人",
                    "rows without a price stand between the candidates: the prices are nobody's",
                ),
            ),
            (
                own.is_none(),
                (
                    "中标人不在候选人表中，其报价不归任何人",
                    "the winner is not in the table of candidates: its prices are nobody's",
                ),
            ),
            (
                is_elsewhere,
                (
                    "中标价出现在表中另一行，其报价不归任何人",
                    "the winner's price stands in another row of the table: its prices are nobody's",
                ),
            ),
        ] {
            if is_so {
                tally.note(what, code);
            }
        }
        !(headed || has_gap || own.is_none() || is_elsewhere)
    }

    /// Candidates with one amount for several of them: honest where a price is fixed, and what a row that was read twice looks like.
    /// Only the winner's is a fact, where the award confirms it.
    fn apart(&self, listed: Vec<(Listed, String)>, code: &str, tally: &mut Tally) -> Vec<Listed> {
        let prices: Vec<Price> = listed.iter().map(|(listed, _)| listed.price.clone()).collect();
        let is_shared = |price: &Price| has_amount(price) && prices.iter().filter(|other| *other == price).count() > 1;
        let apart = listed.into_iter().map(|(listed, text)| {
            let is_confirmed = self.awarded == Some(&listed.price) && same_bidder(&listed.name, self.winner);
            match Prose::new(text.trim()) {
                Ok(words) if is_shared(&listed.price) && !is_confirmed => {
                    tally.words(Uncertainty::PriceOfSeveral, code, FIELD, &format!("{} | {text}", listed.name));
                    Listed { price: Price::Stated(StatedPrice { text: words }), ..listed }
                }
                _ => listed,
            }
        });
        apart.collect()
    }
}

fn has_amount(price: &Price) -> bool {
    match price {
        Price::Money(_) => true,
        Price::Items(items) => items.items.iter().any(|item| matches!(item.price, SimplePrice::Money(_))),
        Price::Rate(_) | Price::UnitPrice(_) | Price::Stated(_) => false,
    }
}
