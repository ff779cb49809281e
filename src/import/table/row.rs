//! One row of a centre's table: a bid, with what it says of its tender and lot. Everything that is wrong with it is told.

use super::super::consortium::{bidder, party};
use super::super::report::{Tally, Uncertainty};
use super::super::{price, when};
use super::columns::{Column, Head};
use crate::field::{
    Bidder, Bilingual, Fault, Line, LotId, Money, Nature, OrganisationId, OrganisationIdError, Party, Price, Prose,
    Rate, RateBasis, RegionCode, Spaces, StatedPrice, TenderCode, narrowed,
};
use crate::spreadsheet::{Cell, SheetRow};
use std::str::FromStr;

/// The lot of a table that has no such column.
const ONLY_LOT: &str = "1";

/// What all rows of a tender say alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TenderCells {
    pub title: Line<300>,
    pub unit: Party,
    pub nature: Nature,
    pub region: RegionCode,
    pub source: Line<500>,
    pub publicity_days: u16,
    /// 投标截止时间 and 开标时间, each as it is stated.
    pub times: Vec<(&'static str, String)>,
}

/// What all rows of a lot say alike.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LotCells {
    pub id: LotId,
    pub title: Line<300>,
    pub ceiling: Option<Money>,
    pub published: when::Stated,
    pub channel: Prose<2000>,
}

/// What a row says of its bid.
#[derive(Debug, Clone)]
pub(super) struct BidCells {
    pub bidder: Bidder,
    pub rank: Option<u16>,
    pub price: Price,
    pub duration: Option<Prose<2000>>,
    pub quality: Option<Prose<2000>>,
    pub won: Option<Won>,
}

/// What a row says of the award to its bid.
#[derive(Debug, Clone)]
pub(super) struct Won {
    pub published: when::Stated,
    pub price: Option<Money>,
    pub reasons: Option<Prose<5000>>,
    pub source: Option<Line<500>>,
}

/// A row that could be read.
#[derive(Debug)]
pub(super) struct BidRow {
    pub number: u32,
    pub tender: TenderCells,
    pub lot: LotCells,
    pub bid: BidCells,
}

/// The tender's code of a row, by which rows belong together.
pub(super) fn code(head: &Head, row: &SheetRow) -> Result<TenderCode, Bilingual> {
    let mut cells = Cells { head, row, faults: Vec::new() };
    let code = cells.required(Column::Code);
    code.ok_or_else(|| cells.faults.remove(0))
}

/// Reads a row.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read(head: &Head, row: &SheetRow, place: &str, tally: &mut Tally) -> Result<BidRow, Vec<Bilingual>> {
    let mut cells = Cells { head, row, faults: Vec::new() };
    if let Some(beside) = head.beside(row) {
        let (zh, en) = ("表头之外的单元格有内容，本行可能错位", "a cell beside the table: the row may be shifted");
        cells.faults.push(Bilingual::new(format!("{beside}：{zh}"), format!("{beside}: {en}")));
    }
    let tender = cells.tender(place, tally);
    let lot = cells.lot();
    let bid = cells.bid(place, tally);
    match (tender, lot, bid) {
        (Some(tender), Some(lot), Some(bid)) if cells.faults.is_empty() => {
            Ok(BidRow { number: row.number, tender, lot, bid })
        }
        _ => Err(cells.faults),
    }
}

struct RegularCode(OrganisationId);

impl FromStr for RegularCode {
    type Err = OrganisationIdError;

    fn from_str(text: &str) -> Result<Self, OrganisationIdError> {
        OrganisationId::regular(text).map(Self)
    }
}

/// The cells of a row, and what is wrong with them.
struct Cells<'a> {
    head: &'a Head,
    row: &'a SheetRow,
    faults: Vec<Bilingual>,
}

impl Cells<'_> {
    fn fault(&mut self, column: Column, zh: impl AsRef<str>, en: impl AsRef<str>) {
        let (at, (name, english)) = (self.head.name(column, self.row), column.names());
        self.faults
            .push(Bilingual::new(format!("{at} {name}：{}", zh.as_ref()), format!("{at} {english}: {}", en.as_ref())));
    }

    fn text(&mut self, column: Column) -> Option<String> {
        let cell = self.head.cell(column, self.row);
        if let Cell::Unusable(why) = cell {
            let (zh, en) = why.words();
            self.fault(column, zh, en);
        }
        cell.text()
    }

    fn optional<T: FromStr<Err: Into<Fault>>>(&mut self, column: Column) -> Option<T> {
        let text = self.text(column)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let Bilingual { zh, en } = Into::<Fault>::into(error).words();
                self.fault(column, format!("“{text}”{zh}"), format!("{text:?}: {en}"));
                None
            }
        }
    }

    /// A code whose check character fails is told: the log would take it for a slip, too.
    fn code(&mut self, column: Column) -> Option<OrganisationId> {
        self.optional::<RegularCode>(column).map(|code| code.0)
    }

    /// A value that must be there; an empty cell is a fault of its own.
    fn required<T: FromStr<Err: Into<Fault>>>(&mut self, column: Column) -> Option<T> {
        self.must_be_filled(column)?;
        self.optional(column)
    }

    fn must_be_filled(&mut self, column: Column) -> Option<()> {
        if self.head.cell(column, self.row).is_empty() {
            self.fault(column, "未填写", "empty");
            return None;
        }
        Some(())
    }

    fn when(&mut self, column: Column) -> Option<when::Stated> {
        self.must_be_filled(column)?;
        let text = self.text(column)?;
        let stated = when::read(&text);
        if stated.is_none() {
            let (zh, en) =
                ("不是日期，应如 2026-03-02 或 2026-03-02 09:30", "no date: 2026-03-02, or 2026-03-02 09:30");
            self.fault(column, format!("“{text}”{zh}"), format!("{text:?}: {en}"));
        }
        stated
    }

    fn amount(&mut self, column: Column, read: fn(&str) -> Option<Money>) -> Option<Money> {
        let text = self.text(column)?;
        let amount = read(&narrowed(&text, Spaces::Gone));
        if amount.is_none() {
            let (zh, en) = ("不是精确到分的非负金额", "no amount, not negative, exact to the fen");
            self.fault(column, format!("“{text}”{zh}"), format!("{text:?}: {en}"));
        }
        amount
    }

    fn percent(&mut self, column: Column, basis: RateBasis) -> Option<Rate> {
        let text = self.text(column)?;
        let number = narrowed(&text, Spaces::Gone);
        let rate = price::percent(number.strip_suffix('%').unwrap_or(&number), basis);
        if rate.is_none() {
            let (zh, en) = ("不是非负的百分数，最多四位小数", "no percentage, not negative, of at most four decimals");
            self.fault(column, format!("“{text}”{zh}"), format!("{text:?}: {en}"));
        }
        rate
    }

    fn whole(&mut self, column: Column) -> Option<u16> {
        let text = self.text(column)?;
        let whole = narrowed(&text, Spaces::Gone).parse().ok().filter(|number| *number > 0);
        if whole.is_none() {
            self.fault(column, format!("“{text}”不是正整数"), format!("{text:?}: no whole number above 0"));
        }
        whole
    }

    fn tender(&mut self, place: &str, tally: &mut Tally) -> Option<TenderCells> {
        let title = self.required(Column::Title);
        let unit =
            self.required::<Line<200>>(Column::ProcuringUnit).and_then(|name| party(name.as_str(), place, tally).ok());
        let id = self.code(Column::ProcuringUnitId);
        let nature = self.nature();
        let region = self.required(Column::Region);
        let source = self.required(Column::Source);
        let days = self.must_be_filled(Column::PublicityDays).and_then(|()| self.whole(Column::PublicityDays));
        let times = [Column::BidDeadline, Column::Opened]
            .into_iter()
            .filter_map(|column| Some((column.names().0, self.text(column)?)))
            .collect();
        Some(TenderCells {
            title: title?,
            unit: Party { id, ..unit? },
            nature: nature?,
            region: region?,
            source: source?,
            publicity_days: days?,
            times,
        })
    }

    fn nature(&mut self) -> Option<Nature> {
        self.must_be_filled(Column::Nature)?;
        let text = self.text(Column::Nature)?;
        let nature = match text.as_str() {
            "工程" | "works" => Nature::Works,
            "货物" | "goods" => Nature::Goods,
            "服务" | "services" => Nature::Services,
            _ => {
                self.fault(
                    Column::Nature,
                    format!("“{text}”应为工程、货物或服务"),
                    format!("{text:?}: works, goods or services"),
                );
                return None;
            }
        };
        Some(nature)
    }

    fn lot(&mut self) -> Option<LotCells> {
        let id = match self.optional(Column::Lot) {
            Some(id) => Some(id),
            None if self.head.cell(Column::Lot, self.row).is_empty() => ONLY_LOT.parse().ok(),
            None => None,
        };
        let lot_title =
            if self.head.cell(Column::LotTitle, self.row).is_empty() { Column::Title } else { Column::LotTitle };
        let title = self.optional(lot_title);
        let ceiling = self.amount(Column::CeilingCny, price::yuan);
        let published = self.when(Column::Published);
        let channel = self.required(Column::Channel);
        Some(LotCells { id: id?, title: title?, ceiling, published: published?, channel: channel? })
    }

    fn bid(&mut self, place: &str, tally: &mut Tally) -> Option<BidCells> {
        let name = self.required::<Line<1000>>(Column::Bidder);
        let id = self.code(Column::BidderId);
        let bidder = name.and_then(|name| match bidder(name.as_str(), place, tally) {
            Ok(bidder) => Some(bidder),
            Err(fault) => {
                let Bilingual { zh, en } = fault.words();
                self.fault(Column::Bidder, zh, en);
                None
            }
        });
        let rank = self.whole(Column::Rank);
        let price = self.price(place, tally);
        let (duration, quality) = (self.optional(Column::Duration), self.optional(Column::Quality));
        let won = self.won();
        let mut bidder = bidder?;
        match bidder.members.as_mut_slice() {
            [single] => single.id = id,
            _ if id.is_some() => self.fault(
                Column::BidderId,
                "联合体有几个成员，代码归属不明",
                "a consortium has several members: whose code it is, is not said",
            ),
            _ => {}
        }
        Some(BidCells { bidder, rank, price: price?, duration, quality, won: won? })
    }

    /// The price: one of its columns is filled, and its head says what the number is.
    fn price(&mut self, place: &str, tally: &mut Tally) -> Option<Price> {
        use Column::{DiscountPercent, FeePercent, PriceCny, PriceText, PriceWan};
        let is_filled = |column: &Column| !self.head.cell(*column, self.row).is_empty();
        let filled: Vec<Column> =
            [PriceCny, PriceWan, DiscountPercent, FeePercent, PriceText].into_iter().filter(is_filled).collect();
        match filled.as_slice() {
            [PriceCny] => self.amount(PriceCny, price::yuan).map(Price::Money),
            [PriceWan] => self.amount(PriceWan, price::wan).map(Price::Money),
            [DiscountPercent] => self.percent(DiscountPercent, RateBasis::Discount).map(Price::Rate),
            [FeePercent] => self.percent(FeePercent, RateBasis::Fee).map(Price::Rate),
            [PriceText] => {
                let text: Prose<2000> = self.optional(PriceText)?;
                tally.words(Uncertainty::PriceUnclear, place, PriceText.names().0, text.as_str());
                Some(Price::Stated(StatedPrice { text }))
            }
            [] => {
                let (zh, en) = ("未填写任何一种报价", "no column of the price is filled");
                self.fault(PriceCny, zh, en);
                None
            }
            _ => {
                let (zh, en) = ("填写了几种报价，只能填一种", "several columns of the price are filled: one may be");
                self.fault(filled[1], zh, en);
                None
            }
        }
    }

    /// Whether the bid won; the outer `None` where that can't be told.
    fn won(&mut self) -> Option<Option<Won>> {
        let faults = self.faults.len();
        match self.text(Column::Won).as_deref() {
            None => return (self.faults.len() == faults).then_some(None),
            Some("否" | "no") => return Some(None),
            Some("是" | "yes") => {}
            Some(text) => {
                self.fault(Column::Won, format!("“{text}”应为是或否"), format!("{text:?}: yes or no"));
                return None;
            }
        }
        let published = self.when(Column::AwardPublished);
        let price = self.amount(Column::AwardPriceCny, price::yuan);
        let (reasons, source) = (self.optional(Column::AwardReasons), self.optional(Column::AwardSource));
        Some(Some(Won { published: published?, price, reasons, source }))
    }
}
