//! The working days around the present. Nobody posts notices on a Sunday, and windows end on working days.

use super::phrase::days;
use crate::field::{Day, Instant};
use crate::law::{InForce, Law};
use crate::tender::Window;
use chrono::{Days as Count, NaiveDate};

/// Days counted from the present.
pub struct Days {
    adopted: InForce,
    pub present: Instant,
}

impl Days {
    /// By the law with which a new log begins.
    pub fn new(present: Instant) -> Self {
        Self { adopted: InForce::newest(), present }
    }

    pub fn law(&self) -> Law<'_> {
        Law::of(&self.adopted)
    }

    fn today(&self) -> NaiveDate {
        self.present.shanghai_day()
    }

    /// The day itself when it is a working day, else the next one.
    pub fn working_day_from(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|day| self.is_working_day(*day)).unwrap_or(day)
    }

    fn is_working_day(&self, day: NaiveDate) -> bool {
        self.adopted.edition.calendar.is_working_day(day)
    }

    /// The n-th working day after a day.
    pub fn after(&self, day: NaiveDate, n: usize) -> NaiveDate {
        day.iter_days().skip(1).filter(|day| self.is_working_day(*day)).nth(n.saturating_sub(1)).unwrap_or(day)
    }

    /// The n-th working day before today.
    pub fn back(&self, n: usize) -> NaiveDate {
        let today = self.today();
        let days = std::iter::successors(today.pred_opt(), NaiveDate::pred_opt);
        days.filter(|day| self.is_working_day(*day)).nth(n.saturating_sub(1)).unwrap_or(today)
    }

    /// The n-th working day after today.
    pub fn ahead(&self, n: usize) -> NaiveDate {
        self.after(self.today(), n)
    }

    /// A day in the past of which a claim speaks.
    pub fn ago(&self, days: u64) -> Day {
        self.today().checked_sub_days(Count::new(days)).unwrap_or_default().into()
    }

    /// A window of at least so many days that, opened on that day, is open today: holidays may lie between.
    pub fn open_today(&self, from: NaiveDate, at_least: u16) -> Window {
        let between = (self.today() - from).num_days();
        days(at_least.max(u16::try_from(between).unwrap_or(0).saturating_add(2)))
    }
}

/// 9 o'clock in Shanghai and some minutes.
pub fn morning(day: NaiveDate, minutes: i64) -> Instant {
    Instant::start_of_shanghai_day(day).plus_millis((9 * 60 + minutes) * 60_000)
}
