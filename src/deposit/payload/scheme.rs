//! A scheme: on which law deposits of a kind are taken, how much, in which forms, and when they go back.

use super::super::interest::{DatedRate, DayCount, RATE_PPM_MAX};
use crate::act::{Payload, cites_document};
use crate::field::{Currency, DocumentRef, Fault, Faults, ItemId, Line, RegionCode};
use crate::law::{DepositForm, WHOLE_PPM};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `deposit.scheme_published`: by the payee (收取人), before anything is asked of anybody. What the edition in force does not
/// allow is refused with the citation. Published again under the same id, it only adds rates, of days to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemePublication {
    /// Chosen by the payee, unique in its book.
    pub id: ItemId,
    /// A kind of the edition in force: `bid-tendering`, `performance-procurement`…
    pub kind: ItemId,
    pub name: Line<200>,
    /// The article on which it rests, one of its kind.
    pub article: Line<300>,
    /// Where it holds; the kind's own where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionCode>,
    pub currency: Currency,
    /// Of the base, in parts per million: 2 % is 20000. At most the cap of the kind.
    #[schemars(range(min = 0, max = WHOLE_PPM))]
    pub ratio_ppm: u32,
    /// Which are taken; what the law lets nobody refuse is among them.
    #[schemars(length(max = FORMS_MAX))]
    pub forms: Vec<DepositForm>,
    /// Calendar days from the agreed day to the refund, where the law leaves the clock to the contract, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = REFUND_DAYS_MAX))]
    pub refund_days: Option<u16>,
    /// How days are counted for interest.
    pub day_count: DayCount,
    /// The bank's rates, by their days; none where the scheme bears no interest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = RATES_MAX))]
    pub rates: Vec<DatedRate>,
    /// Where it was made public: the procurement document, the public list, the agreement.
    pub document: DocumentRef,
}

/// What ratios and rates are counted in.
const PPM: (&str, &str) = ("ppm（百万分之一）", "parts per million");
/// There are six.
const FORMS_MAX: usize = 6;
/// A change of rates a month for forty years.
const RATES_MAX: usize = 500;
/// Longer than any contract lets money lie after the agreed day.
pub const REFUND_DAYS_MAX: u16 = 90;

impl Payload for SchemePublication {
    const KIND: &'static str = "deposit.scheme_published";

    fn check(&self, faults: &mut Faults) {
        if self.ratio_ppm > WHOLE_PPM {
            faults.add("/ratio_ppm", Fault::not_within(0..=WHOLE_PPM.into(), PPM));
        }
        if !self.forms.is_empty() {
            faults.list("/forms", &self.forms, FORMS_MAX, |form| form.name());
        }
        if self.rates.len() > RATES_MAX {
            faults.add("/rates", Fault::TooMany { max: RATES_MAX });
        }
        if self.refund_days.is_some_and(|days| days > REFUND_DAYS_MAX) {
            faults.add("/refund_days", Fault::not_within(0..=REFUND_DAYS_MAX.into(), ("天", "days")));
        }
        for (at, rate) in self.rates.iter().enumerate() {
            if rate.rate_ppm > RATE_PPM_MAX {
                faults.add(format!("/rates/{at}/rate_ppm"), Fault::not_within(0..=RATE_PPM_MAX.into(), PPM));
            }
            if at > 0 && self.rates[at - 1].from >= rate.from {
                let earlier = self.rates[at - 1].from.to_string();
                faults.add(format!("/rates/{at}/from"), Fault::DatesOutOfOrder { earlier });
            }
        }
    }

    cites_document!();
}
