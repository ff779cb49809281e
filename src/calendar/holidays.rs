//! Which days are working days.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The State Council's holiday arrangements for the years that have one; for others, the holidays that are fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i32>,
    /// The days that differ from their weekday: `true` is a working day.
    exceptions: BTreeMap<NaiveDate, bool>,
    /// Month and day of the holidays that are the same every year.
    every_year: BTreeSet<(u32, u32)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fixed: Fixed,
    year: Vec<Year>,
}

/// What is a holiday before the year's arrangement says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    #[serde(rename = "law")]
    _law: String,
    every_year: Vec<String>,
    rest: Vec<NaiveDate>,
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

/// Why a text is not a calendar.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    #[error("{0} is not a month and a day")]
    MonthDay(String),
    #[error("{0} stands twice")]
    Twice(i32),
}

impl Calendar {
    /// Reads the form of `calendar.toml` in an edition of the law.
    ///
    /// # Errors
    /// Not that form.
    pub fn parse(toml: &str) -> Result<Self, CalendarError> {
        let File { fixed, year: years } = toml::from_str(toml)?;
        let month_day = |text: &String| {
            // A leap year has every day that there is.
            let day = format!("2024-{text}").parse::<NaiveDate>();
            day.map(|day| (day.month(), day.day())).map_err(|_| CalendarError::MonthDay(text.clone()))
        };
        let every_year = fixed.every_year.iter().map(month_day).collect::<Result<_, _>>()?;
        let mut calendar = Self { years: BTreeSet::new(), exceptions: BTreeMap::new(), every_year };
        calendar.exceptions.extend(fixed.rest.into_iter().map(|day| (day, false)));
        // An arrangement is whole: nothing of what was presumed stands beside it.
        let arranged: BTreeSet<i32> = years.iter().map(|year| year.year).collect();
        calendar.exceptions.retain(|day, _| !arranged.contains(&day.year()));
        for year in years {
            if !calendar.years.insert(year.year) {
                return Err(CalendarError::Twice(year.year));
            }
            calendar.exceptions.extend(year.rest.into_iter().map(|day| (day, false)));
            calendar.exceptions.extend(year.work.into_iter().map(|day| (day, true)));
        }
        Ok(calendar)
    }

    /// Whether the year has an arrangement; without one, its working days are provisional.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Monday to Friday, but for holidays; make-up Saturdays and Sundays are working days.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day).copied().unwrap_or_else(|| !is_weekend(day) && !self.is_fixed(day))
    }

    /// A day off by the State Council's arrangement, or one that is fixed, other than a plain weekend.
    pub(super) fn is_holiday(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day).map_or_else(|| self.is_fixed(day), |works| !works)
    }

    fn is_fixed(&self, day: NaiveDate) -> bool {
        !self.knows(day.year()) && self.every_year.contains(&(day.month(), day.day()))
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn calendar() -> Calendar {
        Calendar::parse(include_str!("../law/2026-11/calendar.toml")).unwrap()
    }

    fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(move |day| day.year() == year)
    }

    #[test]
    fn years_2025_and_2026_have_248_working_days() {
        let calendar = calendar();
        for year in [2025, 2026] {
            assert!(calendar.knows(year));
            assert_eq!(days_of(year).filter(|day| calendar.is_working_day(*day)).count(), 248, "{year}");
        }
    }

    #[test]
    fn a_year_without_arrangement_has_weekends_and_the_fixed_holidays() {
        let calendar = calendar();
        assert!(!calendar.knows(2027) && !calendar.knows(2040));
        let day = |text: &str| text.parse().unwrap();
        for (text, works) in [
            ("2027-01-01", false),
            ("2027-01-02", false),
            ("2027-01-04", true),
            ("2027-02-05", false),
            ("2027-02-09", true),
            ("2027-10-03", false),
            ("2027-10-04", true),
            ("2040-05-01", false),
            ("2040-05-03", true),
        ] {
            assert_eq!(calendar.is_working_day(day(text)), works, "{text}");
        }
        assert!(calendar.is_holiday(day("2027-01-01")) && !calendar.is_holiday(day("2027-01-02")));
    }

    #[test]
    fn what_is_no_calendar_is_refused() {
        let fixed = "[fixed]\nlaw = \"x\"\nrest = []\n";
        assert!(matches!(Calendar::parse(fixed), Err(CalendarError::Toml(_))));
        let with = |days: &str, years: &str| Calendar::parse(&format!("{fixed}every_year = [{days}]\n{years}"));
        let year = "[[year]]\nyear = 2030\nnotices = []\nrest = []\nwork = []\n";
        assert!(with("\"02-29\"", year).is_ok());
        assert!(matches!(with("\"02-30\"", year), Err(CalendarError::MonthDay(_))));
        assert!(matches!(with("", &year.repeat(2)), Err(CalendarError::Twice(2030))));
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
        let calendar = calendar();
        for file in files {
            let published: Published = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
            for day in published.days.iter().filter(|day| calendar.knows(day.date.year())) {
                assert_eq!(calendar.is_working_day(day.date), !day.is_off_day, "{}", day.date);
            }
        }
    }
}
