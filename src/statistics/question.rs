//! What is asked: of which cases, and how they are put together.

use crate::act::statuses;
use crate::field::{Day, RegionCode};
use chrono::{Datelike, NaiveDate};
use compact_str::CompactString;

statuses! {
    /// How cases are put together.
    pub enum GroupedBy {
        /// 年份
        Year,
        /// 地区: those one step below the one that is asked for: provinces, then cities, then counties.
        Region,
        /// 采购人; of deposits, 收取人.
        Unit,
    }
}

/// Which cases are asked for: all, where nothing is said. A case of which the log does not say it, is in none that is narrowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Digits with which the region begins.
    pub region: Option<CompactString>,
    /// Code of the unit.
    pub unit: Option<CompactString>,
    pub from: Option<Day>,
    pub to: Option<Day>,
}

/// Digits of provinces, cities and counties (GB/T 2260).
const LEVELS: [usize; 3] = [2, 4, 6];

impl Narrowed {
    /// Whether a case of this region, unit and day is among them.
    pub fn has(&self, region: Option<RegionCode>, unit: Option<&str>, day: Option<Day>) -> bool {
        let in_region =
            |asked: &CompactString| region.is_some_and(|region| region.as_str().starts_with(asked.as_str()));
        self.region.as_ref().is_none_or(in_region)
            && self.unit.as_deref().is_none_or(|asked| unit == Some(asked))
            && self.from.is_none_or(|from| day.is_some_and(|day| day >= from))
            && self.to.is_none_or(|to| day.is_some_and(|day| day <= to))
    }

    /// What a case is put together with, as a number: the year, the digits of the region, the number of the unit. Nothing where the log
    /// does not say it.
    pub(super) fn number(
        &self,
        by: GroupedBy,
        region: Option<RegionCode>,
        unit: Option<u32>,
        day: Option<Day>,
    ) -> Option<u32> {
        match by {
            GroupedBy::Year => day.and_then(|day| u32::try_from(day.date().year()).ok()),
            GroupedBy::Region => region.and_then(|region| region.as_str()[..self.digits()].parse().ok()),
            GroupedBy::Unit => unit,
        }
    }

    /// Of the regions that are told apart.
    fn digits(&self) -> usize {
        let asked = self.region.as_ref().map_or(0, |region| region.len());
        LEVELS.into_iter().find(|digits| *digits > asked).unwrap_or(RegionCode::DIGITS)
    }

    /// The cases of one group alone.
    #[must_use]
    pub fn within(&self, by: GroupedBy, key: &str) -> Self {
        let narrowed = self.clone();
        match by {
            GroupedBy::Year => {
                let day = |month, day| {
                    let year = key.parse().ok()?;
                    NaiveDate::from_ymd_opt(year, month, day).map(Day::from)
                };
                let (first, last) = (day(1, 1), day(12, 31));
                // The later beginning and the earlier end.
                Self { from: self.from.max(first), to: self.to.into_iter().chain(last).min(), ..narrowed }
            }
            GroupedBy::Region => Self { region: Some(key.into()), ..narrowed },
            GroupedBy::Unit => Self { unit: Some(key.into()), ..narrowed },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_go_down_step_by_step() {
        let region = Some("410105".parse().unwrap());
        for (asked, key) in
            [("", "41"), ("4", "41"), ("41", "4101"), ("410", "4101"), ("4101", "410105"), ("410105", "410105")]
        {
            let narrowed = Narrowed { region: (!asked.is_empty()).then(|| asked.into()), ..Narrowed::default() };
            assert_eq!(narrowed.number(GroupedBy::Region, region, None, None), Some(key.parse().unwrap()), "{asked}");
            assert!(narrowed.has(region, None, None));
        }
        let elsewhere = Narrowed { region: Some("42".into()), ..Narrowed::default() };
        assert!(!elsewhere.has(region, None, None) && !elsewhere.has(None, None, None));
    }

    #[test]
    fn a_year_is_the_part_of_it_that_was_asked_for() {
        let day = |text: &str| Some(text.parse().unwrap());
        let asked = Narrowed { from: day("2026-03-01"), to: day("2027-02-01"), ..Narrowed::default() };
        let year = |key| {
            let within = asked.within(GroupedBy::Year, key);
            (within.from, within.to)
        };
        assert_eq!(year("2026"), (day("2026-03-01"), day("2026-12-31")));
        assert_eq!(year("2027"), (day("2027-01-01"), day("2027-02-01")));
        assert!(!asked.has(None, None, None) && asked.has(None, None, day("2026-03-01")));
        let open = Narrowed::default().within(GroupedBy::Year, "2026");
        assert_eq!((open.from, open.to), (day("2026-01-01"), day("2026-12-31")));
    }
}
