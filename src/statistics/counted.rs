//! Cases, counted: kept in memory so that whoever asks how many costs little, however many there are.

use super::occasions::Occasions;
use super::{CountedAs, GroupedBy, Narrowed, PayeeRefunds, Statistic, Total};
use crate::field::{Day, Instant, RegionCode};
use compact_str::{CompactString, ToCompactString};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Where and when a case belongs, as far as the log says it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Case<'a> {
    pub region: Option<RegionCode>,
    pub unit: Option<&'a str>,
    pub day: Option<Day>,
}

/// The same with units by their numbers: there may be some hundred thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    statistic: u8,
    counted_as: u8,
    unit: Option<u32>,
    region: Option<RegionCode>,
    day: Option<Day>,
}

/// All cases of the log up to an entry.
#[derive(Debug)]
pub struct CountedCases {
    /// Entries that it knows.
    pub size: u64,
    /// The time of the last of them.
    pub time: Instant,
    pub totals: BTreeMap<&'static str, u64>,
    pub payees: BTreeMap<CompactString, PayeeRefunds>,
    pub occasions: Occasions,
    units: Vec<CompactString>,
    numbers: HashMap<CompactString, u32>,
    cases: BTreeMap<Key, u64>,
}

/// How many cases are so, are not so, and of how many it is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub met: u64,
    pub unmet: u64,
    pub unknown: u64,
}

/// Of fewer cases no share is said: one of them would move it by more than ten points in a hundred.
pub const CASES_OF_A_SHARE_MIN: u64 = 10;

const PPM: u64 = 1_000_000;

impl Tally {
    pub fn of(self, counted_as: CountedAs) -> u64 {
        match counted_as {
            CountedAs::Met => self.met,
            CountedAs::Unmet => self.unmet,
            CountedAs::Unknown => self.unknown,
        }
    }

    fn add(&mut self, counted_as: CountedAs, count: u64) {
        match counted_as {
            CountedAs::Met => self.met += count,
            CountedAs::Unmet => self.unmet += count,
            CountedAs::Unknown => self.unknown += count,
        }
    }

    /// The share of those that are so among those of which it is known, in parts per million, rounded to the nearest.
    pub fn share_ppm(self) -> Option<u64> {
        let known = self.met + self.unmet;
        (known >= CASES_OF_A_SHARE_MIN).then(|| (self.met * PPM + known / 2) / known)
    }
}

/// Cases that belong together, by statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticGroup {
    /// Nothing, where the log does not say to which they belong.
    pub key: Option<CompactString>,
    pub tallies: [Tally; Statistic::EVERY.len()],
}

const COUNTED_AS: [CountedAs; 3] = [CountedAs::Met, CountedAs::Unmet, CountedAs::Unknown];

impl CountedCases {
    /// Nothing yet, of a log of so many entries.
    pub fn new(size: u64, time: Instant) -> Self {
        Self {
            size,
            time,
            totals: BTreeMap::new(),
            payees: BTreeMap::new(),
            occasions: Occasions::new(),
            units: Vec::new(),
            numbers: HashMap::new(),
            cases: BTreeMap::new(),
        }
    }

    /// Counts so many cases.
    pub fn add(&mut self, statistic: Statistic, counted_as: CountedAs, case: Case<'_>, count: u64) {
        if count == 0 {
            return;
        }
        let unit = case.unit.map(|unit| self.number(unit));
        let (statistic, counted_as) = (statistic as u8, counted_as as u8);
        let key = Key { statistic, counted_as, unit, region: case.region, day: case.day };
        *self.cases.entry(key).or_default() += count;
    }

    fn number(&mut self, unit: &str) -> u32 {
        if let Some(number) = self.numbers.get(unit) {
            return *number;
        }
        let number = self.units.len() as u32;
        self.units.push(unit.into());
        self.numbers.insert(unit.into(), number);
        number
    }

    pub fn add_to_total(&mut self, total: Total, count: u64) {
        *self.totals.entry(total.name()).or_default() += count;
    }

    /// The cases that are asked for, put together, and all of them at once. Years and regions in their order, units by their
    /// tenders; what belongs to none stands last.
    pub fn groups(&self, by: GroupedBy, asked: &Narrowed) -> (StatisticGroup, Vec<StatisticGroup>) {
        let empty = [Tally::default(); Statistic::EVERY.len()];
        let (mut all, mut groups) = (empty, BTreeMap::<Option<u32>, _>::new());
        for (key, count) in &self.cases {
            let unit = key.unit.and_then(|number| self.units.get(number as usize)).map(CompactString::as_str);
            if !asked.has(key.region, unit, key.day) {
                continue;
            }
            let (statistic, counted_as) = (usize::from(key.statistic), COUNTED_AS[usize::from(key.counted_as)]);
            let tallies = groups.entry(asked.number(by, key.region, key.unit, key.day)).or_insert(empty);
            tallies[statistic].add(counted_as, *count);
            all[statistic].add(counted_as, *count);
        }
        let called = |number: u32| match by {
            GroupedBy::Year | GroupedBy::Region => number.to_compact_string(),
            GroupedBy::Unit => self.units.get(number as usize).cloned().unwrap_or_default(),
        };
        let group = |(number, tallies): (Option<u32>, _)| StatisticGroup { key: number.map(called), tallies };
        let mut groups: Vec<_> = groups.into_iter().map(group).collect();
        let tenders = |group: &StatisticGroup| match by {
            GroupedBy::Unit => group.tallies[Statistic::Tenders as usize].met,
            GroupedBy::Year | GroupedBy::Region => 0,
        };
        let place = |group: &StatisticGroup| (group.key.is_none(), Reverse(tenders(group)));
        groups.sort_by(|one, other| (place(one), &one.key).cmp(&(place(other), &other.key)));
        (StatisticGroup { key: None, tallies: all }, groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_share_is_said_of_enough_cases() {
        let share = |met, unmet, unknown| Tally { met, unmet, unknown }.share_ppm();
        assert_eq!(share(3, 6, 100), None);
        assert_eq!(share(1, 9, 0), Some(100_000));
        assert_eq!(share(0, 10, 0), Some(0));
        assert_eq!(share(2, 10, 5), Some(166_667));
    }

    /// Statistic, as what, region, unit, day, how many.
    type Drawn = (usize, usize, Option<usize>, Option<usize>, Option<u32>, u64);

    fn cases() -> impl Strategy<Value = Vec<Drawn>> {
        let case = (
            0..Statistic::EVERY.len(),
            0..3_usize,
            proptest::option::of(0..4_usize),
            proptest::option::of(0..3_usize),
            proptest::option::of(0..1_200_u32),
            0..5_u64,
        );
        proptest::collection::vec(case, 0..40)
    }

    const REGIONS: [&str; 4] = ["410105", "410300", "420581", "110000"];
    const UNITS: [&str; 3] = ["a", "b", "c"];

    proptest! {
        /// Whatever is asked, groups come to the whole, and each group is what its own question answers.
        #[test]
        fn groups_come_to_the_whole(cases in cases(), region in proptest::option::of(0..4_usize), unit in proptest::option::of(0..3_usize), from in proptest::option::of(0..1_200_u32)) {
            let first = chrono::NaiveDate::from_ymd_opt(2025, 6, 1).unwrap();
            let day = |days: u32| Day::from(first + chrono::Days::new(days.into()));
            let mut counted = CountedCases::new(1, Instant::from_millis(0));
            for (statistic, counted_as, region, unit, days, count) in &cases {
                let case = Case { region: region.map(|at| REGIONS[at].parse().unwrap()), unit: unit.map(|at| UNITS[at]), day: days.map(day) };
                counted.add(Statistic::EVERY[*statistic], COUNTED_AS[*counted_as], case, *count);
            }
            let asked = Narrowed { region: region.map(|at| REGIONS[at][..2].into()), unit: unit.map(|at| UNITS[at].into()), from: from.map(day), to: None };
            for by in [GroupedBy::Year, GroupedBy::Region, GroupedBy::Unit] {
                let (all, groups) = counted.groups(by, &asked);
                for (at, statistic) in Statistic::EVERY.into_iter().enumerate() {
                    for counted_as in COUNTED_AS {
                        let is_asked = |case: &&Drawn| {
                            case.0 == at && COUNTED_AS[case.1] == counted_as
                                && region.is_none_or(|asked| case.2.is_some_and(|is| REGIONS[is][..2] == REGIONS[asked][..2]))
                                && unit.is_none_or(|asked| case.3 == Some(asked))
                                && from.is_none_or(|from| case.4.is_some_and(|is| is >= from))
                        };
                        let plain: u64 = cases.iter().filter(is_asked).map(|case| case.5).sum();
                        prop_assert_eq!(all.tallies[at].of(counted_as), plain, "{:?}", statistic);
                        let sum: u64 = groups.iter().map(|group| group.tallies[at].of(counted_as)).sum();
                        prop_assert_eq!(sum, plain);
                    }
                }
                for group in groups {
                    let Some(key) = &group.key else { continue };
                    let (alone, _) = counted.groups(by, &asked.within(by, key));
                    prop_assert_eq!(alone.tallies, group.tallies, "{:?} {}", by, key);
                }
            }
        }
    }
}
