//! The columns of a centre's table: what they are called in Chinese and in English, and which must be there.

use crate::field::{Bilingual, nearest};
use crate::spreadsheet::{Cell, Sheet, SheetRow, cell_name};
use std::collections::BTreeMap;
use strum::{EnumIter, IntoEnumIterator};

/// A title and notes may stand above the head of a table.
const HEAD_WITHIN_ROWS: usize = 10;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter)]
pub(super) enum Column {
    Code,
    Title,
    ProcuringUnit,
    ProcuringUnitId,
    Nature,
    Region,
    Source,
    Lot,
    LotTitle,
    CeilingCny,
    BidDeadline,
    Opened,
    Published,
    PublicityDays,
    Channel,
    Bidder,
    BidderId,
    Rank,
    PriceCny,
    PriceWan,
    DiscountPercent,
    FeePercent,
    PriceText,
    Duration,
    Quality,
    Won,
    AwardPublished,
    AwardPriceCny,
    AwardReasons,
    AwardSource,
}

impl Column {
    /// In Chinese, and in English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Code => ("项目编号", "code"),
            Self::Title => ("项目名称", "title"),
            Self::ProcuringUnit => ("招标人", "procuring_unit"),
            Self::ProcuringUnitId => ("招标人代码", "procuring_unit_id"),
            Self::Nature => ("采购类别", "nature"),
            Self::Region => ("行政区划代码", "region"),
            Self::Source => ("公示网址", "source"),
            Self::Lot => ("标段编号", "lot"),
            Self::LotTitle => ("标段名称", "lot_title"),
            Self::CeilingCny => ("最高投标限价(元)", "ceiling_cny"),
            Self::BidDeadline => ("投标截止时间", "bid_deadline"),
            Self::Opened => ("开标时间", "opened"),
            Self::Published => ("公示时间", "published"),
            Self::PublicityDays => ("公示天数", "publicity_days"),
            Self::Channel => ("异议渠道", "channel"),
            Self::Bidder => ("投标人", "bidder"),
            Self::BidderId => ("投标人代码", "bidder_id"),
            Self::Rank => ("名次", "rank"),
            Self::PriceCny => ("报价(元)", "price_cny"),
            Self::PriceWan => ("报价(万元)", "price_cny_10k"),
            Self::DiscountPercent => ("下浮率(%)", "discount_percent"),
            Self::FeePercent => ("费率(%)", "fee_percent"),
            Self::PriceText => ("报价说明", "price_text"),
            Self::Duration => ("工期", "duration"),
            Self::Quality => ("质量", "quality"),
            Self::Won => ("中标", "won"),
            Self::AwardPublished => ("中标公告时间", "award_published"),
            Self::AwardPriceCny => ("中标价(元)", "award_price_cny"),
            Self::AwardReasons => ("定标理由", "award_reasons"),
            Self::AwardSource => ("中标公告网址", "award_source"),
        }
    }

    fn is_required(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Title
                | Self::ProcuringUnit
                | Self::Nature
                | Self::Region
                | Self::Source
                | Self::Published
                | Self::PublicityDays
                | Self::Channel
                | Self::Bidder
        )
    }

    fn of(name: &str) -> Option<Self> {
        let name = plain(name);
        Self::iter().find(|column| {
            let (zh, en) = column.names();
            name == zh || name.eq_ignore_ascii_case(en)
        })
    }
}

/// A name of a column: brackets and signs of one width, no white space, no mark that it must be filled.
fn plain(name: &str) -> String {
    let narrow = |c| match c {
        '（' => '(',
        '）' => ')',
        '％' => '%',
        c => c,
    };
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | '\u{FEFF}')).map(narrow).collect()
}

/// Which column stands where.
#[derive(Debug)]
pub(super) struct Head {
    places: BTreeMap<Column, usize>,
    /// Columns that nobody knows, by their names.
    pub unknown: Vec<(usize, String)>,
    width: usize,
}

impl Head {
    /// Takes the head and what stands above it off a sheet.
    ///
    /// # Errors
    /// No row is a head, a column that must be there isn't, or one is there twice.
    pub fn take(sheet: &mut Sheet) -> Result<Self, Bilingual> {
        let is_head = |row: &SheetRow| {
            row.cells.iter().filter_map(Cell::text).any(|name| Column::of(&name) == Some(Column::Code))
        };
        let Some(at) = sheet.rows.iter().take(HEAD_WITHIN_ROWS).position(is_head) else {
            return Err(Bilingual::new(
                format!("前 {HEAD_WITHIN_ROWS} 行中没有含“项目编号”的表头行；表格的列见 IMPORT.md"),
                format!("none of the first {HEAD_WITHIN_ROWS} rows is a head with a column “code” (see IMPORT.md)"),
            ));
        };
        let row = sheet.rows.drain(..=at).next_back();
        let cells = row.map(|row| row.cells).unwrap_or_default();
        let mut head = Self { places: BTreeMap::new(), unknown: Vec::new(), width: 0 };
        for (place, name) in cells.iter().enumerate().filter_map(|(place, cell)| Some((place, cell.text()?))) {
            head.width = place + 1;
            match Column::of(&name) {
                None => head.unknown.push((place, name)),
                Some(column) if head.places.contains_key(&column) => {
                    return Err(Bilingual::new(
                        format!("列“{name}”出现两次，无法确定以哪一列为准"),
                        format!("the column {name:?} is there twice: which one counts is not said"),
                    ));
                }
                Some(column) => {
                    head.places.insert(column, place);
                }
            }
        }
        head.must_be_whole()?;
        Ok(head)
    }

    fn must_be_whole(&self) -> Result<(), Bilingual> {
        let missing: Vec<Column> =
            Column::iter().filter(|column| column.is_required() && !self.places.contains_key(column)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let zh: Vec<&str> = missing.iter().map(|column| column.names().0).collect();
        let en: Vec<&str> = missing.iter().map(|column| column.names().1).collect();
        let like = |names: &[&str]| {
            let alike = self.unknown.iter().filter_map(|(_, name)| nearest(name, names.iter().copied()));
            alike.map(str::to_owned).collect::<Vec<_>>().join("、")
        };
        let (like_zh, like_en) = (like(&zh), like(&en));
        let hint = |words: &str, like: String| if like.is_empty() { String::new() } else { format!("{words}{like}") };
        Err(Bilingual::new(
            format!("缺少列：{}{}", zh.join("、"), hint("；表中有名称相近的列，是否为：", like_zh)),
            format!("columns are missing: {}{}", en.join(", "), hint("; alike: ", like_en)),
        ))
    }

    /// The cell of a column; empty where there is no such column.
    pub fn cell<'a>(&self, column: Column, row: &'a SheetRow) -> &'a Cell {
        let place = self.places.get(&column);
        place.and_then(|place| row.cells.get(*place)).unwrap_or(&Cell::Empty)
    }

    /// Where a cell stands.
    pub fn name(&self, column: Column, row: &SheetRow) -> String {
        self.places.get(&column).map_or_else(|| row.number.to_string(), |place| cell_name(*place, row.number))
    }

    /// A cell beside the table: its row is shifted, or holds more than it says.
    pub fn beside(&self, row: &SheetRow) -> Option<String> {
        let beside = |(place, cell): (usize, &Cell)| (place >= self.width && !cell.is_empty()).then_some(place);
        row.cells.iter().enumerate().find_map(beside).map(|place| cell_name(place, row.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: &[&[&str]]) -> Sheet {
        let cells = |row: &&[&str]| row.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        let rows = rows.iter().zip(1..).map(|(row, number)| SheetRow { number, cells: cells(row) });
        Sheet { rows: rows.collect(), ..Sheet::default() }
    }

    #[test]
    fn a_head_is_found_and_must_be_whole() {
        let required: Vec<&str> = Column::iter().filter(|c| c.is_required()).map(|c| c.names().0).collect();
        let mut whole = sheet(&[&["某中心中标候选人公示表"], &required, &["A-1"]]);
        let head = Head::take(&mut whole).unwrap();
        assert_eq!((whole.rows.len(), head.cell(Column::Code, &whole.rows[0]).text().as_deref()), (1, Some("A-1")));
        assert_eq!(head.name(Column::Title, &whole.rows[0]), "B3");

        let english: Vec<&str> = Column::iter().map(|column| column.names().1).collect();
        assert!(Head::take(&mut sheet(&[&english])).is_ok());

        let mut slip = required.clone();
        *slip.last_mut().unwrap() = "投 标 单 位";
        let error = Head::take(&mut sheet(&[&slip])).unwrap_err();
        assert!(error.zh.contains("缺少列：投标人") && error.en.contains("bidder"), "{error:?}");
        let mut twice = required.clone();
        twice.push("项目编号 *");
        assert!(Head::take(&mut sheet(&[&twice])).unwrap_err().zh.contains("两次"));
        assert!(Head::take(&mut sheet(&[&["甲"], &["乙"]])).unwrap_err().zh.contains("表头"));
        assert!(Head::take(&mut sheet(&[])).is_err());
    }

    #[test]
    fn names_of_columns_are_written_in_either_width() {
        for name in ["报价（元）", "报价(元)", " 报价 （元） *", "PRICE_CNY"] {
            assert_eq!(Column::of(name), Some(Column::PriceCny), "{name}");
        }
        assert_eq!(Column::of("报价"), None);
    }
}
