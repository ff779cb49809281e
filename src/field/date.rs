//! A calendar day in Asia/Shanghai.

use super::Fault;
use super::schema::string_schema;
use chrono::{Datelike, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// `2026-11-23`; the years 1970 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    pub fn date(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

impl FromStr for Day {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        // A day has one spelling; chrono would also read "2026-1-2" and years of any length.
        let bytes = text.as_bytes();
        let shape_holds = bytes.len() == 10
            && bytes
                .iter()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
        if !shape_holds {
            return Err(Fault::InvalidDate);
        }
        let number = |from: usize, to: usize| bytes[from..to].iter().fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
        let date = NaiveDate::from_ymd_opt(number(0, 4) as i32, number(5, 7), number(8, 10));
        date.filter(|date| date.year() >= 1970).map(Self).ok_or(Fault::NoSuchDay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::JsonText::deserialize(deserializer)?;
        text.parse().map_err(Fault::into_serde)
    }
}

string_schema!(Day, "date", max = 10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_in_one_spelling() {
        assert_eq!("2024-02-29".parse::<Day>().unwrap().to_string(), "2024-02-29");
        for none in ["2026-02-30", "2026-13-01", "1969-12-31"] {
            assert_eq!(none.parse::<Day>(), Err(Fault::NoSuchDay), "{none}");
        }
        for bad in ["2026-2-3", "26-02-03", "2026/02/03", "2026-02-03T00:00", "+2026-02-03", "２０２６-02-03"] {
            assert_eq!(bad.parse::<Day>(), Err(Fault::InvalidDate), "{bad}");
        }
    }
}
