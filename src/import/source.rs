//! JSON lines, field by field: what was not taken from a row is counted as unmapped.

use super::report::{Tally, weight};
use super::{ImportError, Texts};
use crate::field::Fault;
use chrono::NaiveDate;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A row of a file, or an object within one.
#[derive(Debug, Clone, PartialEq)]
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

    /// A value that stays where it is.
    pub fn peek(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
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

/// What a text in UTF-8 may begin with and does not say.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The rows of a file. A line that is none is told and left out: one that is cut short is no reason to lose the others.
///
/// # Errors
/// The file can't be read.
pub(super) fn rows(
    texts: Texts<'_>,
    file: &'static str,
    name: &'static str,
    tally: &mut Tally,
) -> Result<Vec<Row>, ImportError> {
    let text = texts(file)?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.filter_map(|(n, line)| {
        let at = format!("{file}:{}", n + 1);
        let read = serde_json::from_str(line).map_err(|source| ImportError::NotJson { at: at.clone(), source });
        let row = read.and_then(|value| Row::new(name, at.clone(), value));
        row.map_err(|error| tally.refuse(at, error.said())).ok()
    });
    Ok(rows.collect())
}

/// Rows by what they are known by, each once.
#[derive(Debug)]
pub(super) struct Keyed {
    file: &'static str,
    rows: BTreeMap<String, Row>,
    /// What stands there twice, with different content: nobody knows which of them counts.
    twice: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Keyed {
    /// The rows of a file by a text of each. The same row twice is one; two that differ are none.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read(
        texts: Texts<'_>,
        file: &'static str,
        name: &'static str,
        key: impl Fn(&mut Row) -> Result<String, ImportError>,
        tally: &mut Tally,
    ) -> Result<Self, ImportError> {
        let mut keyed = Self { file, rows: BTreeMap::new(), twice: BTreeSet::new(), used: BTreeSet::new() };
        for mut row in rows(texts, file, name, tally)? {
            let id = match key(&mut row) {
                Ok(id) => id,
                Err(error) => {
                    tally.refuse(row.at, error.said());
                    continue;
                }
            };
            match keyed.rows.get(&id) {
                None => {
                    keyed.rows.insert(id, row);
                }
                Some(known) if known.fields == row.fields => {
                    tally.note(
                        (
                            "文件中有一行逐字重复，只读取一次",
                            "a row stands twice in a file, word for word; it is read once",
                        ),
                        &row.at,
                    );
                }
                Some(_) => {
                    keyed.twice.insert(id);
                }
            }
        }
        Ok(keyed)
    }

    /// The row of an id, for whoever asks first and for those that come after.
    pub fn find(&mut self, id: &str, asked: &Row) -> Result<Row, ImportError> {
        if self.twice.contains(id) {
            return Err(ImportError::Twice { at: asked.at.clone(), file: self.file, id: id.to_owned() });
        }
        let unjoined = || ImportError::Unjoined { at: asked.at.clone(), file: self.file, id: id.to_owned() };
        let row = self.rows.get(id).cloned().ok_or_else(unjoined)?;
        self.used.insert(id.to_owned());
        Ok(row)
    }

    /// The row of an id, if there is one that is sure.
    pub fn get(&mut self, id: &str) -> Option<Row> {
        let row = self.rows.get(id).filter(|_| !self.twice.contains(id)).cloned()?;
        self.used.insert(id.to_owned());
        Some(row)
    }

    /// What nobody asked for.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().filter(|id| !self.used.contains(*id)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let report = tally.finish();
        assert_eq!(report.mapped, 1);
        assert_eq!(
            report.unmapped.into_iter().collect::<Vec<_>>(),
            [("file.b".to_owned(), 1), ("file.d".to_owned(), 2)]
        );
    }

    #[test]
    fn one_id_twice_is_nobodys() {
        let mut tally = Tally::default();
        let text = "\u{FEFF}{\"id\":\"a\",\"x\":1}\n{\"id\":\"a\",\"x\":1}\n{\"id\":\"b\",\"x\":1}\n{\"id\":\"b\",\"x\":2}\n{\"id\":\n[]\n{}\n";
        let texts = |_: &'static str| Ok(text.to_owned());
        let mut keyed = Keyed::read(&texts, "file.jsonl", "file", |row| row.text("id"), &mut tally).unwrap();
        let asked = Row::new("asked", "asked:1".into(), serde_json::json!({})).unwrap();
        assert!(keyed.find("a", &asked).is_ok() && keyed.get("b").is_none());
        assert!(matches!(keyed.find("b", &asked), Err(ImportError::Twice { .. })));
        assert!(matches!(keyed.find("c", &asked), Err(ImportError::Unjoined { .. })));
        assert_eq!(keyed.unused().collect::<Vec<_>>(), ["b"]);
        let report = tally.finish();
        let refused: Vec<_> = report.not_imported.iter().map(|refused| refused.at.as_str()).collect();
        assert_eq!((refused, report.notes.len()), (vec!["file.jsonl:5", "file.jsonl:6", "file.jsonl:7"], 1));
    }
}
