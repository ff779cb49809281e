//! Days and times as banks write them.

use crate::field::Day;
use chrono::{NaiveDate, NaiveTime};

/// In which order a day's parts are written where the year does not stand first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayForm {
    /// 2026-03-02, 2026/3/2, 20260302, 2026年3月2日
    #[default]
    YearFirst,
    /// 02/03/2026
    DayFirst,
}

/// What may stand between numbers.
const BETWEEN: &[char] = &['-', '/', '.', ':', '年', '月', '日', 'T', ' ', '时', '分', '秒'];

/// A day, and the time of it where one follows. None where it is no day.
pub(super) fn day(text: &str, form: DayForm) -> Option<(Day, Option<String>)> {
    if !text.chars().all(|c| c.is_ascii_digit() || BETWEEN.contains(&c)) {
        return None;
    }
    let mut groups: Vec<&str> = text.split(BETWEEN).filter(|group| !group.is_empty()).collect();
    let first = *groups.first()?;
    if first.len() == 8 || first.len() == 14 {
        // 20260302, 20260302093000
        let parts = [&first[..4], &first[4..6], &first[6..8]];
        let rest = Some(&first[8..]).filter(|rest| !rest.is_empty());
        groups.splice(..1, parts.into_iter().chain(rest));
    }
    let (date, time) = groups.split_at_checked(3)?;
    let [year, month, day] = match form {
        DayForm::YearFirst => [date[0], date[1], date[2]],
        DayForm::DayFirst => [date[2], date[1], date[0]],
    };
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    // The years that the log knows.
    let day = date.to_string().parse().ok()?;
    let time = if time.is_empty() { None } else { Some(clock(time)?) };
    Some((day, time))
}

/// A time of its own: 150858, 15:08:58, 9:30. None where it is no time.
pub(super) fn time(text: &str) -> Option<String> {
    if !text.chars().all(|c| c.is_ascii_digit() || BETWEEN.contains(&c)) {
        return None;
    }
    clock(&text.split(BETWEEN).filter(|group| !group.is_empty()).collect::<Vec<_>>())
}

fn clock(groups: &[&str]) -> Option<String> {
    let number = |text: &str| Some(text).filter(|text| text.len() <= 2)?.parse::<u32>().ok();
    let [hour, minute, second] = match groups {
        [run] if run.len() == 6 => [&run[..2], &run[2..4], &run[4..]].map(|part| part),
        [hour, minute] => [*hour, *minute, "0"],
        [hour, minute, second] => [*hour, *minute, *second],
        _ => return None,
    };
    let time = NaiveTime::from_hms_opt(number(hour)?, number(minute)?, number(second)?)?;
    Some(time.format("%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_in_the_forms_of_banks() {
        for (text, expected) in [
            ("2026-03-02", "2026-03-02 "),
            ("2026/3/2", "2026-03-02 "),
            ("20260302", "2026-03-02 "),
            ("2026年03月02日", "2026-03-02 "),
            ("2026-03-02 10:05:00", "2026-03-02 10:05:00"),
            ("2026-03-02  10:05", "2026-03-02 10:05:00"),
            ("20260302100500", "2026-03-02 10:05:00"),
            ("2026-03-02T10:05:00", "2026-03-02 10:05:00"),
        ] {
            let (day, time) = day(text, DayForm::YearFirst).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(format!("{day} {}", time.unwrap_or_default()), expected);
        }
        assert_eq!(day("24/03/2025", DayForm::DayFirst).unwrap().0.to_string(), "2025-03-24");
        for text in [
            "",
            "03/24/2025",
            "2025-02-30",
            "二〇二五",
            "24/03/2025",
            "2025-3",
            "1900-01-01",
            "2025-03-24 25:00",
            "45000",
        ] {
            assert_eq!(day(text, DayForm::YearFirst), None, "{text}");
        }
        assert_eq!(time("150858").as_deref(), Some("15:08:58"));
        assert_eq!(time("9:30").as_deref(), Some("09:30:00"));
        assert_eq!(time("250000"), None);
        assert_eq!(time("12"), None);
    }
}
