//! Made-up tables of a centre.

use super::super::{ImportReport, Signatories, Step, map_table};
use super::columns::Column;
use super::*;
use crate::field::{Rate, RateBasis};
use crate::spreadsheet::Unusable;
use crate::tender::Act;
use chrono::NaiveDate;
use strum::IntoEnumIterator;

fn by() -> Signatories {
    Signatories { supervisor: "11410100005260004Y".parse().unwrap(), centre: "91410100MA0000015B".parse().unwrap() }
}

/// A row in which everything that must be there is.
fn row(code: &str, bidder: &str, more: &[(Column, Cell)]) -> Vec<Cell> {
    let plain = |column| match column {
        Column::Code => code,
        Column::Title => "甲路施工",
        Column::ProcuringUnit => "某局",
        Column::Nature => "工程",
        Column::Region => "420525",
        Column::Source => "https://example.org/1",
        Column::Published => "2026-03-02 9:00",
        Column::PublicityDays => "3",
        Column::Channel => "向招标人书面提出。",
        Column::Bidder => bidder,
        _ => "",
    };
    let cells = Column::iter().map(|column| {
        let given = more.iter().find(|(other, _)| *other == column);
        given.map_or_else(|| Cell::Text(plain(column).to_owned()), |(_, cell)| cell.clone())
    });
    cells.collect()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn map(rows: Vec<Vec<Cell>>) -> (Vec<Step>, ImportReport) {
    let head = Column::iter().map(|column| text(column.names().0)).collect();
    let rows = [head].into_iter().chain(rows).zip(1..).map(|(cells, number)| SheetRow { number, cells });
    map_table(Sheet { rows: rows.collect(), others: vec!["附表".into()], ..Sheet::default() }, &by()).unwrap()
}

fn prices(steps: &[Step]) -> Vec<Price> {
    let published = steps.iter().filter_map(|step| match &step.act {
        Act::CandidatesPublished(publication) => Some(&publication.candidates),
        _ => None,
    });
    published.flatten().map(|candidate| candidate.price.clone()).collect()
}

#[test]
fn a_table_becomes_tenders_lots_and_awards() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
    let lot = |lot: &str| (Column::Lot, text(lot));
    let won = |price: Cell| {
        vec![(Column::Won, text("是")), (Column::AwardPublished, Cell::Day(day)), (Column::AwardPriceCny, price)]
    };
    let first = [
        vec![lot("1"), (Column::PriceCny, Cell::Number(1799255.53)), (Column::Rank, Cell::Number(1.0))],
        won(Cell::Empty),
    ]
    .concat();
    let third = [vec![lot("2"), (Column::DiscountPercent, text("５.5％"))], won(Cell::Empty)].concat();
    let times = [(Column::Opened, text("2026年3月1日9时30分"))];
    let (steps, report) = map(vec![
        row("甲-1", "甲公司（牵头人）、乙院（成员）", &[&first[..], &times].concat()),
        row(
            "甲-1",
            "丙公司",
            &[&[lot("1"), (Column::PriceWan, text("180.5")), (Column::Rank, text("2"))][..], &times].concat(),
        ),
        row("甲-1", "丁公司", &[&third[..], &times].concat()),
        vec![Cell::Empty, text(" ")],
    ]);
    assert_eq!(report.not_imported, [], "{:?}", report.not_imported);
    let kinds: Vec<_> = steps.iter().map(|step| crate::act::Acts::kind(&step.act)).collect();
    let published = "tender.candidates_published";
    assert_eq!(kinds, ["tender.adopted", published, published, "tender.awarded", "tender.awarded"]);
    assert!(
        steps
            .windows(2)
            .all(|pair| pair[0].at < pair[1].at || pair[0].at == pair[1].at && kinds[0] == "tender.adopted")
    );
    let money = |minor| Price::Money(crate::field::Money::new(crate::field::Currency::CNY, minor).unwrap());
    let discount = Price::Rate(Rate { basis: RateBasis::Discount, rate_ppm: 55_000, of: None });
    assert_eq!(prices(&steps), [money(179_925_553), money(180_500_000), discount]);
    let Act::Adopted(adoption) = &steps[0].act else { panic!() };
    // An hour that the source states is kept.
    assert!(adoption.reason.as_str().ends_with("开标时间：2026-03-01T09:30:00+08:00。"), "{}", adoption.reason);
    assert_eq!((adoption.lots.len(), adoption.region.as_str()), (2, "420525"));
    let Act::CandidatesPublished(publication) = &steps[1].act else { panic!() };
    assert_eq!(publication.candidates[0].bidder.name(), "甲公司、乙院");
    assert_eq!((report.tenders, report.in_words[0].reason, report.notes.len()), (1, Uncertainty::DeadlineUnsigned, 1));
}

#[test]
fn what_is_wrong_names_its_cell_and_leaves_out_its_tender_alone() {
    let price = (Column::PriceCny, text("1,000.50"));
    let cases = [
        (Column::PriceCny, text("约1000"), "S2 报价(元)：“约1000”"),
        (Column::PriceCny, text("-1000"), "不是精确到分"),
        (Column::PriceCny, Cell::Number(0.125), "不是精确到分"),
        (Column::PriceCny, Cell::Unusable(Unusable::Formula), "公式"),
        (Column::PriceWan, text("3"), "几种报价"),
        (Column::PriceCny, Cell::Empty, "任何一种报价"),
        (Column::Published, Cell::Number(46083.0), "不是日期"),
        (Column::Published, text("2026年3月2日下午"), "不是日期"),
        (Column::Nature, text("工程类"), "应为工程、货物或服务"),
        (Column::Region, text("990000"), "行政区划"),
        (Column::Region, text("远安县"), "行政区划"),
        (Column::PublicityDays, text("2"), "应在 3 至 60 之间"),
        (Column::PublicityDays, text("三天"), "不是正整数"),
        (Column::Channel, Cell::Unusable(Unusable::Merged), "合并"),
        (Column::Channel, text(" "), "未填写"),
        (Column::Rank, text("0"), "不是正整数"),
        (Column::Rank, text("2"), "名次"),
        (Column::Won, text("也许"), "应为是或否"),
        (Column::Won, text("是"), "未填写"),
        (Column::BidderId, text("91410100MA00000150"), "校验"),
        (Column::Title, text(&"长".repeat(301)), "300"),
        (Column::CeilingCny, text("900"), "限价"),
    ];
    for (column, cell, words) in cases {
        let bad = if column == Column::PriceCny { vec![(column, cell)] } else { vec![price.clone(), (column, cell)] };
        let (steps, report) =
            map(vec![row("甲-1", "甲公司", &bad), row("乙-1", "乙公司", std::slice::from_ref(&price))]);
        assert_eq!((steps.len(), report.tenders), (2, 1), "{column:?}: {:?}", report.not_imported);
        let told: Vec<_> = report.not_imported.iter().map(|refused| refused.why.zh.as_str()).collect();
        assert!(told.iter().any(|told| told.contains(words)), "{column:?} {words}: {told:?}");
        assert!(report.not_imported.iter().all(|refused| refused.at == "甲-1"));
    }
}

#[test]
fn rows_that_disagree_or_are_shifted_are_no_tender() {
    let price = (Column::PriceCny, text("1000"));
    let other = |column, cell: &str| row("甲-1", "乙公司", &[price.clone(), (column, text(cell))]);
    for (second, words) in [
        (other(Column::Title, "乙路施工"), "第 2 行与第 3 行对同一项目"),
        (other(Column::Published, "2026-03-03"), "第 2 行与第 3 行对同一标段"),
        (other(Column::Bidder, "甲公司"), "重复"),
        ([other(Column::Rank, ""), vec![text("1000")]].concat(), "AE3：表头之外"),
        (other(Column::Code, "甲/1"), "项目编号"),
    ] {
        let (steps, report) = map(vec![row("甲-1", "甲公司", std::slice::from_ref(&price)), second]);
        let told: Vec<_> = report.not_imported.iter().map(|refused| refused.why.zh.as_str()).collect();
        assert!(told.iter().any(|told| told.contains(words)), "{words}: {told:?}");
        assert_eq!(steps.len(), if words == "项目编号" { 2 } else { 0 });
    }
    let words = [(Column::PriceText, text("按标准的48%计取"))];
    let (steps, report) = map(vec![row("甲-1", "甲公司", &words)]);
    assert!(
        matches!(&prices(&steps)[..], [Price::Stated(_)]) && report.in_words[0].reason == Uncertainty::PriceUnclear
    );
}
