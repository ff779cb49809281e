//! Texts, days, sums and citations: mostly plain, sometimes at the edge of what a field takes.

use super::Scene;
use crate::seam;
use gongshi::field::{
    Citations, Currency, Day, DocumentRef, DueTime, Instant, Money, Price, Prose, Rate, RateBasis, StatedPrice,
};
use gongshi::law::SlipRule;
use gongshi::log::Hash;
use gongshi::record::Sealed;
use gongshi::tender::{AmountConfirmation, PriceDifference};
use std::fmt::Debug;
use std::str::FromStr;

const DAY: i64 = 86_400_000;

/// Any field from its text.
pub fn read<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// What makes trouble in databases, pages and spreadsheets. Some of it the fields refuse.
const ODD: [&str; 10] = [
    "'; DROP TABLE entries; --",
    "\u{0}",
    "<script>",
    "𠮷野家",
    "e\u{301}",
    "\"\\/\u{7f}",
    "=1+1",
    "%_%",
    " ",
    "\u{202e}",
];

impl Scene<'_> {
    /// The text, sometimes with something odd behind it.
    pub fn text<T: FromStr<Err: Debug>>(&mut self, plain: &str) -> T {
        if self.dice.percent(6) {
            let odd = format!("{plain}{}", self.dice.pick(&ODD));
            if let Ok(field) = odd.parse() {
                return field;
            }
        }
        read(plain)
    }

    /// A long text; several of them make an entry too large.
    pub fn prose<const MAX: usize>(&mut self, plain: &str) -> Prose<MAX> {
        if self.dice.percent(1) {
            return read(&plain.repeat(MAX / plain.chars().count()));
        }
        self.text(plain)
    }

    pub fn day(&mut self, in_days: i64) -> Day {
        if self.dice.percent(1) {
            return read(self.dice.pick(&["1970-01-01", "9999-12-31", "2027-01-01", "2026-12-31"]));
        }
        Day::from(self.now.plus_millis(in_days * DAY).shanghai_day())
    }

    /// The day, or an hour of it.
    pub fn due(&mut self, in_days: i64) -> DueTime {
        let day = self.day(in_days);
        let hour = self.dice.pick(&["T09:00:00+08:00", "T01:30:00Z", "T23:59:59.999+08:00"]);
        if self.dice.percent(70) { day.into() } else { format!("{day}{hour}").parse().unwrap_or(day.into()) }
    }

    pub fn instant(&mut self, from_days: i64, to_days: i64) -> Instant {
        if self.dice.percent(2) {
            return read(self.dice.pick(&["1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]));
        }
        self.now.plus_millis(self.dice.between(from_days * DAY, to_days * DAY))
    }

    pub fn money(&mut self) -> Money {
        let amount = if self.dice.percent(5) {
            self.dice.pick(&[0, 1, 1_000_000_000_000_000])
        } else {
            self.dice.between(1, 1_000_000_000)
        };
        Money::new(self.dice.pick(&[Currency::CNY, Currency::CNY, Currency::JPY]), amount).expect("within bounds")
    }

    pub fn price(&mut self) -> Price {
        match self.dice.below(8) {
            0 => Price::Rate(Rate { basis: RateBasis::Fee, rate_ppm: self.dice.between(0, 10_000_000), of: None }),
            1 => Price::Stated(StatedPrice { text: self.text("按标准的48%计取") }),
            _ => Price::Money(self.money()),
        }
    }

    /// A price near what it is compared with, or one that is confirmed; sometimes a slip.
    pub fn offer(&mut self, measures: &[Option<Money>]) -> (Price, Option<AmountConfirmation>) {
        let near = measures.iter().flatten().next_back().filter(|_| self.dice.percent(85)).map(|measure| {
            let amount = self.dice.between(measure.amount_minor / 2, measure.amount_minor);
            Price::Money(Money::new(measure.currency, amount).expect("below another amount"))
        });
        let price = near.unwrap_or_else(|| self.price());
        let mut measures = measures.iter().flatten().map(|measure| Price::Money(*measure));
        let slip = &seam::law(self.world).edition().prices.slip;
        let is_far = measures.any(|measure| is_far(slip, &price, &measure));
        (price, self.confirms(is_far))
    }

    /// A price as it stands already; sometimes another one, which is mostly declared.
    pub fn said_again(
        &mut self,
        before: Option<&Price>,
    ) -> (Price, Option<PriceDifference>, Option<AmountConfirmation>) {
        let Some(before) = before else { return (self.price(), None, None) };
        if self.dice.percent(88) {
            return (before.clone(), None, None);
        }
        let (price, _) = self.offer(&[before.amount()]);
        let is_far = is_far(&seam::law(self.world).edition().prices.slip, &price, before);
        let confirmed = self.confirms(is_far);
        let difference = PriceDifference {
            law: read("评标委员会和评标方法暂行规定 第十九条"),
            reason: self.prose("算术修正"),
        };
        (price, self.dice.percent(85).then_some(difference), confirmed)
    }

    fn confirms(&mut self, is_far: bool) -> Option<AmountConfirmation> {
        let confirms = if is_far { self.dice.percent(70) } else { self.dice.percent(1) };
        confirms.then(|| AmountConfirmation { reason: read("单位无误") })
    }

    /// Mostly none; of some the bytes were never uploaded, or are cited wrongly.
    pub fn documents(&mut self) -> Citations {
        let cited: Vec<DocumentRef> = if self.dice.percent(8) { self.document().into_iter().collect() } else { vec![] };
        cited.try_into().expect("one at most")
    }

    /// One of those that were uploaded, unless its bytes never were, or it is cited wrongly.
    pub fn document(&mut self) -> Option<DocumentRef> {
        let mut document = self.dice.one_of(self.documents).cloned()?;
        match self.dice.below(12) {
            0 => document.size += 1,
            1 => document.sha256 = gongshi::field::DocumentId::from(Hash::of("never uploaded")),
            _ => {}
        }
        Some(document)
    }

    pub fn sealed(&mut self) -> Option<Sealed> {
        self.dice.percent(20).then(|| self.person())
    }

    /// Somebody's name, sealed.
    pub fn person(&mut self) -> Sealed {
        let hash = Hash::of(self.dice.next().to_le_bytes()).to_base64();
        Sealed { sealed: hash.trim_end_matches('=').replace('+', "-").replace('/', "_") }
    }

    /// What a bank calls one of its lines: few enough that some come twice.
    pub fn reference(&mut self) -> String {
        format!("R-{}", self.dice.below(4000))
    }
}

/// Whether one of two prices may be a slip of unit.
fn is_far(slip: &SlipRule, price: &Price, other: &Price) -> bool {
    price.comparable_with(other).into_iter().any(|(one, other)| slip.are_far_apart(one, other))
}
