//! Prices of several parts, each with its sign and its unit.

use super::facts::on_the_day;
use super::*;
use crate::field::{Currency, Money, Price, PriceItem, PriceItems, Rate, RateBasis, SimplePrice, UnitPrice};

fn parts(items: &[(&str, SimplePrice)]) -> Price {
    let items = items.iter().map(|(item, price)| PriceItem { item: read(item), price: price.clone() });
    Price::Items(PriceItems { items: items.collect() })
}

fn rate(basis: RateBasis, rate_ppm: i64) -> SimplePrice {
    SimplePrice::Rate(Rate { basis, rate_ppm, of: None })
}

fn per_tonne(amount_micros: i64) -> SimplePrice {
    SimplePrice::UnitPrice(UnitPrice { currency: Currency::CNY, amount_micros, per: read("吨") })
}

#[test]
fn every_part_of_a_price_is_held_to_what_was_said_before() {
    let offer = || {
        [
            ("设计费", rate(RateBasis::Discount, 50_000)),
            ("管理费", rate(RateBasis::Fee, 30_000)),
            ("钢材", per_tonne(31)),
        ]
    };
    let with = |at: usize, price: SimplePrice| {
        let mut other = offer();
        other[at].1 = price;
        parts(&other)
    };
    let mut run = on_the_day();
    let mut opened = opening("1");
    opened.bids.iter_mut().for_each(|bid| bid.price = parts(&offer()));
    run.accepts(&centre(), opened);
    let published = |price: Price| {
        let mut publication = candidates("1");
        publication.candidates.iter_mut().for_each(|candidate| candidate.price = price.clone());
        publication
    };
    // Another sign, another kind, another number: each is another price, and the part is named.
    for (at, other) in [
        (0, rate(RateBasis::Markup, 50_000)),
        (0, rate(RateBasis::Fee, 50_000)),
        (1, rate(RateBasis::Fee, 30_001)),
        (2, per_tonne(32)),
    ] {
        let refusal = run.refuses(&centre(), published(with(at, other)), &problem::PRICE_DIFFERS);
        assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-OFFER", &*format!("/candidates/0/price/items/{at}")));
    }
    let refusal = run.refuses(&centre(), published(parts(&offer()[..2])), &problem::PRICE_DIFFERS);
    assert_eq!(pointer(&refusal), "/candidates/0/price/items");
    // Their order is nothing.
    let mut turned = offer();
    turned.reverse();
    run.accepts(&centre(), published(parts(&turned)));
    run.tick(morning("2026-07-15"));
    let award = |price| Award { price, ..award("1", "a") };
    let refusal = run.refuses(&centre(), award(with(2, per_tonne(3_100))), &problem::PRICE_DIFFERS);
    assert_eq!((cites(&refusal), pointer(&refusal)), ("AW-PRICE", "/price/items/2"));
    let declared =
        PriceDifference { law: read("招标投标法实施条例 第五十二条"), reason: read("算术修正") };
    let slip = Award { price_difference: Some(declared), ..award(with(2, per_tonne(3_100))) };
    let refusal = run.refuses(&centre(), slip.clone(), &problem::AMOUNT_UNCONFIRMED);
    assert_eq!(cites(&refusal), "AM-SLIP");
    run.decide(&centre(), &Award { confirmed: Some(AmountConfirmation { reason: read("已核对") }), ..slip }.into())
        .unwrap();
    run.accepts(&centre(), award(parts(&offer())));
    assert_eq!(run.lot("1").awards[0].price, parts(&offer()));
}

#[test]
fn parts_that_are_all_amounts_are_together_below_the_ceiling() {
    let fen = |amount| SimplePrice::Money(Money::new(Currency::CNY, amount).unwrap());
    let mut run = Run::on_morning("2026-06-01");
    let mut disclosed = preannouncement();
    disclosed.lots[0].ceiling = Some(Money::new(Currency::CNY, 1_000).unwrap());
    run.accepts(&centre(), disclosed);
    run.tick(morning("2026-06-10"));
    run.accepts(&centre(), announcement());
    run.tick(morning("2026-07-10"));
    let price = |one, other| parts(&[("设计费", fen(one)), ("建安费", fen(other))]);
    let mut opened = opening("1");
    (opened.bids[0].price, opened.bids[1].price) = (price(400, 601), price(400, 600));
    run.accepts(&centre(), opened.clone());
    let mut publication = candidates("1");
    for (candidate, bid) in publication.candidates.iter_mut().zip(opened.bids) {
        candidate.price = bid.price;
    }
    let refusal = run.refuses(&centre(), publication.clone(), &problem::INCONSISTENT);
    assert_eq!((cites(&refusal), pointer(&refusal), refusal.fields.len()), ("AW-CEILING", "/candidates/0/price", 1));
}
