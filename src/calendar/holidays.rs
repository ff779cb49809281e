//! Which days are working days.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// The State Council's holiday arrangements for the years that have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i32>,
    /// The days that differ from their weekday: `true` is a working day.
    exceptions: BTreeMap<NaiveDate, bool>,
}

/// No holiday arrangement for this year is known, so its working days can't be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no holiday arrangement is known for {0}")]
pub struct UnknownYear(pub i32);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i32,
    #[serde(rename = "notices")]
    _notices: Vec<String>,
    rest: Vec<NaiveDate>,
    work: Vec<NaiveDate>,
}

static BUILT_IN: LazyLock<Arc<Calendar>> = LazyLock::new(|| {
    let calendar = Calendar::parse(include_str!("holidays.toml"));
    Arc::new(calendar.expect("holidays.toml is part of the program and covered by a test"))
});

impl Calendar {
    /// The arrangements that this version of gongshi knows.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// Reads the form of `holidays.toml`.
    ///
    /// # Errors
    /// Not that form.
    pub fn parse(toml: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(toml)?;
        let mut calendar = Self { years: BTreeSet::new(), exceptions: BTreeMap::new() };
        for year in file.year {
            calendar.years.insert(year.year);
            calendar.exceptions.extend(year.rest.into_iter().map(|day| (day, false)));
            calendar.exceptions.extend(year.work.into_iter().map(|day| (day, true)));
        }
        Ok(calendar)
    }

    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Monday to Friday, but for holidays; make-up Saturdays and Sundays are working days (DAY-6).
    ///
    /// # Errors
    /// [`UnknownYear`]
    pub fn is_working_day(&self, day: NaiveDate) -> Result<bool, UnknownYear> {
        if self.knows(day.year()) { Ok(self.presumed_working_day(day)) } else { Err(UnknownYear(day.year())) }
    }

    /// As [`Self::is_working_day`], taking an unknown year to have weekends only.
    pub(super) fn presumed_working_day(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day).copied().unwrap_or(!is_weekend(day))
    }

    /// A day off by the State Council's arrangement, other than a plain weekend.
    pub(super) fn is_holiday(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day) == Some(&false)
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(move |day| day.year() == year)
    }

    #[test]
    fn years_2025_and_2026_have_248_working_days() {
        let calendar = Calendar::built_in();
        for year in [2025, 2026] {
            assert_eq!(days_of(year).filter(|day| calendar.is_working_day(*day).unwrap()).count(), 248, "{year}");
        }
        assert_eq!(calendar.is_working_day(NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()), Err(UnknownYear(2027)));
    }

    /// Against the material beside the project, where it is there.
    #[test]
    fn agrees_with_the_shared_calendar_files() {
        #[derive(Deserialize)]
        struct Published {
            days: Vec<PublishedDay>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PublishedDay {
            date: NaiveDate,
            is_off_day: bool,
        }
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/calendar");
        let Ok(files) = std::fs::read_dir(folder) else { return };
        let calendar = Calendar::built_in();
        for file in files {
            let published: Published = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
            for day in published.days.iter().filter(|day| calendar.knows(day.date.year())) {
                assert_eq!(calendar.is_working_day(day.date), Ok(!day.is_off_day), "{}", day.date);
            }
        }
    }
}
