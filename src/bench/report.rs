//! Rows as they come: a table for people, a JSON object a line for programs.

use serde::Serialize;
use std::io::Write;

/// One measured number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurement {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    /// What this machine could do at best.
    pub limit: Option<f64>,
    /// `value / limit`
    pub ratio: Option<f64>,
}

impl Measurement {
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value: rounded(value), unit, limit: None, ratio: None }
    }

    #[must_use]
    pub fn of(self, limit: Option<f64>) -> Self {
        let ratio = limit.filter(|limit| *limit > 0.0).map(|limit| rounded(self.value / limit));
        Self { limit: limit.map(rounded), ratio, ..self }
    }
}

/// Four significant digits are more than any of these measurements has.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let digits = (3 - value.abs().log10().floor() as i32).max(0);
    let scale = 10f64.powi(digits);
    (value * scale).round() / scale
}

/// Writes the rows that were asked for.
pub(super) struct Reporter<'w> {
    out: &'w mut dyn Write,
    json: bool,
    only: Option<String>,
    written: usize,
    skipped: usize,
}

impl<'w> Reporter<'w> {
    pub fn new(out: &'w mut dyn Write, json: bool, only: Option<String>) -> Self {
        Self { out, json, only, written: 0, skipped: 0 }
    }

    pub fn wants(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| name.starts_with(only))
    }

    pub fn row(&mut self, row: Measurement) -> anyhow::Result<()> {
        if !self.wants(&row.name) {
            return Ok(());
        }
        if self.json {
            writeln!(self.out, "{}", serde_json::to_string(&row)?)?;
        } else {
            if self.written == 0 {
                writeln!(self.out, "{:<32} {:>12} {:<4} {:>12} {:>7}", "name", "value", "unit", "limit", "ratio")?;
            }
            let optional = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
            let (limit, ratio) = (optional(row.limit), optional(row.ratio));
            writeln!(self.out, "{:<32} {:>12} {:<4} {limit:>12} {ratio:>7}", row.name, row.value, row.unit)?;
        }
        self.written += 1;
        Ok(self.out.flush()?)
    }

    /// Says why rows are missing; on standard error, so that the output stays what it promises to be.
    pub fn skipped(&mut self, names: &str, reason: &str) -> anyhow::Result<()> {
        self.skipped += 1;
        Ok(writeln!(std::io::stderr(), "skipped: {names}: {reason}")?)
    }

    pub fn finish(&self) -> anyhow::Result<()> {
        if self.written == 0 && self.skipped == 0 {
            anyhow::bail!("no row begins with {}", self.only.as_deref().unwrap_or_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_one_object_a_line_and_only_those_asked_for() {
        let mut out = Vec::new();
        let mut report = Reporter::new(&mut out, true, Some("http_ingest_sqlite_1".into()));
        report.row(Measurement::new("http_ingest_sqlite_16", 7512.3456, "/s").of(Some(30_000.0))).unwrap();
        report.row(Measurement::new("http_ingest_sqlite_1_p50_ms", 0.123_456, "ms")).unwrap();
        report.row(Measurement::new("notice_reads", 1.0, "/s")).unwrap();
        report.finish().unwrap();
        let expected = concat!(
            r#"{"name":"http_ingest_sqlite_16","value":7512.0,"unit":"/s","limit":30000.0,"ratio":0.2504}"#,
            "\n",
            r#"{"name":"http_ingest_sqlite_1_p50_ms","value":0.1235,"unit":"ms","limit":null,"ratio":null}"#,
            "\n",
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        assert!(Reporter::new(&mut Vec::new(), true, Some("x".into())).finish().is_err());
    }
}
