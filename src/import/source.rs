//! JSON lines, field by field: what was not taken from a row is counted as unmapped.

use super::tally::{Tally, weight};
use super::{ImportError, Texts};
use crate::field::{Fault, Instant};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A row of a file, or an object within one.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// What its unmapped fields are counted under: `yichang_awards`.
    name: &'static str,
    /// Where it stands: `yichang_awards.jsonl:12`.
    pub at: String,
    fields: Map<String, Value>,
    taken: usize,
}

/// How the sources write that they say nothing.
pub(super) fn says_nothing(text: &str) -> bool {
    let text = text.trim().trim_end_matches('。');
    matches!(text, "" | "/" | "\\" | "-" | "—" | "无" | "未提供")
        || text.starts_with("公告未明确")
        || text.starts_with("公告未单独")
        || (text.starts_with("公告资格条款中未单列"))
}

impl Row {
    fn new(name: &'static str, at: String, value: Value) -> Result<Self, ImportError> {
        match value {
            Value::Object(fields) => Ok(Self { name, at, fields, taken: 0 }),
            _ => Err(ImportError::Missing { at, field: "an object" }),
        }
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &'static str) -> Result<String, ImportError> {
        match self.fields.remove(field) {
            Some(Value::String(text)) => {
                self.taken += 1;
                Ok(text)
            }
            _ => Err(self.missing(field)),
        }
    }

    /// A text, unless it says nothing.
    pub fn optional(&mut self, field: &str) -> Option<String> {
        match self.fields.get(field) {
            Some(Value::String(text)) if !says_nothing(text) => {
                self.taken += 1;
                match self.fields.remove(field) {
                    Some(Value::String(text)) => Some(text),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A value of any kind.
    pub fn value(&mut self, field: &str) -> Option<Value> {
        let value = self.fields.remove(field)?;
        self.taken += 1;
        Some(value)
    }

    /// An object within the row.
    pub fn object(&mut self, field: &'static str, name: &'static str) -> Result<Self, ImportError> {
        let value = self.fields.remove(field).ok_or_else(|| self.missing(field))?;
        Self::new(name, format!("{}/{field}", self.at), value)
    }

    /// A list of objects within the row; none when it is absent.
    pub fn objects(&mut self, field: &'static str, name: &'static str) -> Result<Vec<Self>, ImportError> {
        let items = match self.fields.remove(field) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.missing(field)),
        };
        let at = |n: usize| format!("{}/{field}/{n}", self.at);
        items.into_iter().enumerate().map(|(n, item)| Self::new(name, at(n), item)).collect()
    }

    /// The objects of an object, by their names; none when it is absent.
    pub fn members(&mut self, field: &'static str, name: &'static str) -> Result<Vec<(String, Self)>, ImportError> {
        let members = match self.fields.remove(field) {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(members)) => members,
            Some(_) => return Err(self.missing(field)),
        };
        let at = |member: &str| format!("{}/{field}/{member}", self.at);
        members.into_iter().map(|(key, value)| Ok((key.clone(), Self::new(name, at(&key), value)?))).collect()
    }

    /// A text that only says again what another field said. When it says something else, it stays unmapped.
    pub fn repeats(&mut self, field: &str, said: impl FnOnce(&str) -> bool) {
        if matches!(self.fields.get(field), Some(Value::String(text)) if said(text)) {
            self.fields.remove(field);
            self.taken += 1;
        }
    }

    /// The row is mapped; what is left of it has no place.
    pub fn finish(self, tally: &mut Tally) {
        tally.mapped(self.taken);
        for (field, value) in &self.fields {
            tally.unmapped(format!("{}.{field}", self.name), weight(value));
        }
    }

    pub fn missing(&self, field: &'static str) -> ImportError {
        ImportError::Missing { at: self.at.clone(), field }
    }

    /// Turns a field's fault into an error that says where.
    pub fn refused(&self, field: &'static str) -> impl FnOnce(Fault) -> ImportError + use<> {
        let at = self.at.clone();
        move |fault| ImportError::Value { at, field, fault }
    }

    /// `2026-11-23`.
    pub fn day(&mut self, field: &'static str) -> Result<NaiveDate, ImportError> {
        let text = self.text(field)?;
        text.parse().map_err(|_| ImportError::Time { at: self.at.clone(), field, text })
    }
}

/// The rows of a file.
pub(super) fn rows(texts: Texts<'_>, file: &'static str, name: &'static str) -> Result<Vec<Row>, ImportError> {
    let text = texts(file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| {
            let at = format!("{file}:{}", n + 1);
            let value = serde_json::from_str(line).map_err(|source| ImportError::NotJson { at: at.clone(), source })?;
            Row::new(name, at, value)
        })
        .collect()
}

/// The rows of a file by the text of one field.
pub(super) fn rows_by(
    texts: Texts<'_>,
    file: &'static str,
    name: &'static str,
    key: &'static str,
) -> Result<BTreeMap<String, Row>, ImportError> {
    let mut by = BTreeMap::new();
    for mut row in rows(texts, file, name)? {
        by.insert(row.text(key)?, row);
    }
    Ok(by)
}

/// A wall-clock time of a Shanghai day.
pub(super) fn shanghai(day: NaiveDate, time: NaiveTime) -> Instant {
    let seconds = time.signed_duration_since(NaiveTime::MIN).num_seconds();
    Instant::start_of_shanghai_day(day).plus_millis(seconds * 1000)
}

/// `2025-06-13T12:00:00+08:00`, or `2026-08-22 08:58:43` in Shanghai.
pub(super) fn instant(text: &str) -> Option<Instant> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant::from_millis(time.timestamp_millis()));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    Some(shanghai(local.date(), local.time()))
}

/// Every `2026年8月18日` of a text.
pub(super) fn chinese_days(text: &str) -> Vec<NaiveDate> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut days = Vec::new();
    let mut rest = compact.as_str();
    while let Some(at) = rest.find('年') {
        let digits_before = rest[..at].bytes().rev().take_while(u8::is_ascii_digit).count();
        let year = rest[at - digits_before..at].parse().ok();
        rest = &rest[at + '年'.len_utf8()..];
        let day = year.and_then(|year| {
            let (month, after) = rest.split_once('月')?;
            let (day, _) = after.split_once('日')?;
            NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
        });
        days.extend(day);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_shanghai() {
        let noon = instant("2025-06-13T12:00:00+08:00").unwrap();
        assert_eq!(noon.to_string(), "2025-06-13T04:00:00.000Z");
        assert_eq!(instant("2025-06-13 12:00:00"), Some(noon));
        assert_eq!(instant("13.6.2025"), None);
        let days = chinese_days("2026年8月18日至 2026年08月21日17时30分，2026年13月1日");
        assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-08-18", "2026-08-21"]);
    }

    #[test]
    fn what_is_not_taken_is_counted() {
        let json = serde_json::json!({"a": "甲", "b": "乙", "c": "/", "d": {"x": 1, "y": 2}, "e": null, "f": "公告未明确列示"});
        let mut row = Row::new("file", "file:1".into(), json).unwrap();
        assert_eq!(row.text("a").unwrap(), "甲");
        assert_eq!((row.optional("c"), row.optional("f")), (None, None));
        assert!(matches!(row.text("z"), Err(ImportError::Missing { field: "z", .. })));
        row.repeats("b", |text| text == "丁");
        let mut tally = Tally::default();
        row.finish(&mut tally);
        let (mapped, unmapped, _) = tally.finish();
        assert_eq!(mapped, 1);
        assert_eq!(unmapped.into_iter().collect::<Vec<_>>(), [("file.b".to_owned(), 1), ("file.d".to_owned(), 2)]);
    }
}
