//! Bars as a table: for the public list, and to look many organisations up at once.

use super::{Access, AccessId, Bar, BarEvent, BarStatus, Lifting};
use crate::field::{Instant, OrganisationId, folded};
use crate::law::Law;
use crate::store::{Column, Database, Projected, Row, Rows, StoreError, Table, Value, padded_list};

/// One row a bar.
pub static BARS: Table = Table {
    name: "bars",
    columns: &[
        Column::integer("entry"),
        Column::text("organisation"),
        Column::text("id"),
        Column::text("kind"),
        Column::text("name"),
        Column::text("authority"),
        Column::text("decision"),
        Column::text("article"),
        Column::text("fields"),
        Column::text("regions"),
        Column::text("measures"),
        Column::text("first_day"),
        Column::text("last_day"),
        Column::integer("from_time"),
        Column::integer("until_time"),
        Column::text("document"),
        Column::text("regime"),
        Column::text("entered_by"),
        Column::integer("entered_time"),
        Column::text("status"),
        Column::integer("lifted_time"),
        Column::integer("disputed"),
        Column::text("name_folded"),
    ],
    key: &["organisation", "entry"],
};

/// One row for each event in the history of a bar, also for those that time will bring about.
pub static BAR_CHANGES: Table = Table {
    name: "bar_changes",
    columns: &[
        Column::text("organisation"),
        Column::integer("at"),
        Column::integer("entry"),
        Column::text("change"),
        Column::text("bar"),
        Column::integer("bar_entry"),
        Column::text("was"),
        Column::text("status"),
        Column::integer("barred_before"),
        Column::integer("barred"),
    ],
    key: &["organisation", "entry", "change"],
};

fn change_row(organisation: &OrganisationId, event: &BarEvent<'_>) -> Vec<Value> {
    vec![
        Value::from(organisation.as_str()),
        if event.is_told { Value::Integer(event.at.millis()) } else { Value::Null },
        Value::from(event.entry),
        Value::from(event.change.name()),
        Value::from(event.bar.id.as_str()),
        Value::from(event.bar.entered.entry),
        event.was.map_or(Value::Null, |was| Value::from(was.name())),
        Value::from(event.status.name()),
        Value::Integer(i64::from(event.barred.0)),
        Value::Integer(i64::from(event.barred.1)),
    ]
}

/// All of them, as a list asks for them.
pub const COLUMNS: &str = "entry, organisation, id, kind, name, authority, decision, article, fields, regions, measures, \
     first_day, last_day, from_time, until_time, document, regime, entered_by, entered_time, status, lifted_time, disputed, \
     name_folded";

/// The status of a bar that nobody has lifted; the others are called as what lifted them.
pub const STANDING: &str = "standing";

fn joined<'w>(words: impl IntoIterator<Item = &'w str>) -> Value {
    Value::from(words.into_iter().collect::<Vec<_>>().join(","))
}

fn row(organisation: &OrganisationId, bar: &Bar) -> Vec<Value> {
    let lifted = bar.lifted.as_ref();
    vec![
        Value::from(bar.entered.entry),
        Value::from(organisation.as_str()),
        Value::from(bar.id.as_str()),
        Value::from(bar.kind.as_str()),
        Value::from(&*bar.name),
        Value::from(&*bar.authority),
        Value::from(&*bar.decision),
        Value::from(&*bar.article),
        joined(bar.fields.iter().map(|field| field.name())),
        joined(bar.regions.iter().map(|region| region.as_str())),
        joined(bar.measures.iter().map(|measure| measure.name())),
        Value::from(bar.from.to_string()),
        Value::from(bar.to.to_string()),
        Value::Integer(bar.begins().millis()),
        Value::Integer(bar.ends().millis()),
        Value::from(bar.document.to_string()),
        Value::from(bar.regime.name()),
        Value::from(bar.entered.by.as_str()),
        Value::Integer(bar.entered.time.millis()),
        Value::from(lifted.map_or(STANDING, |(why, _)| why.name())),
        lifted.map_or(Value::Null, |(_, mark)| Value::Integer(mark.time.millis())),
        Value::Integer(i64::from(bar.lifted.is_none() && bar.open_objection().is_some())),
        Value::from(folded(&bar.name)),
    ]
}

impl Projected for Access {
    const TABLES: &'static [&'static Table] = &[&BARS, &BAR_CHANGES];

    fn rows(&self, id: &AccessId, _law: Law<'_>, rows: &mut Rows) {
        for bar in &self.bars {
            rows.put(&BARS, row(&id.0, bar));
        }
        for event in self.events() {
            rows.put(&BAR_CHANGES, change_row(&id.0, &event));
        }
    }
}

/// Where the bar of a row stood at a time; nothing before it was entered. As [`Bar::status`] has it.
///
/// # Errors
/// The row can't be read.
pub fn status_of(row: &Row, at: Instant) -> Result<Option<BarStatus>, StoreError> {
    let millis = at.millis();
    if millis < row.integer(columns::ENTERED)? {
        return Ok(None);
    }
    if row.optional_integer(columns::LIFTED)?.is_some_and(|lifted| lifted <= millis) {
        let why: Lifting = crate::http::word(row, columns::STATUS)?;
        return Ok(Some(match why {
            Lifting::Revoked => BarStatus::Revoked,
            Lifting::Annulled => BarStatus::Annulled,
            Lifting::Repaired => BarStatus::Repaired,
        }));
    }
    Ok(Some(match () {
        () if millis < row.integer(columns::FROM)? => BarStatus::ToCome,
        () if millis < row.integer(columns::UNTIL)? => BarStatus::InForce,
        () => BarStatus::Over,
    }))
}

/// Where columns stand in a row of [`BARS`].
pub mod columns {
    pub const ENTRY: usize = 0;
    pub const ORGANISATION: usize = 1;
    pub const FROM: usize = 13;
    pub const UNTIL: usize = 14;
    pub const ENTERED: usize = 18;
    pub const STATUS: usize = 19;
    pub const LIFTED: usize = 20;
    pub const DISPUTED: usize = 21;
}

/// Codes that are looked up with one statement.
const CODES_AT_A_TIME: usize = 512;

/// Every bar of these organisations, whatever became of it, by their codes: one look-up along an index for so many of them.
///
/// # Errors
/// The store can't be read.
pub async fn bars_of(database: &Database, codes: &[OrganisationId]) -> Result<Vec<Row>, StoreError> {
    let mut found = Vec::new();
    for codes in codes.chunks(CODES_AT_A_TIME) {
        let (marks, values) = padded_list(codes.iter().map(|code| Value::from(code.as_str())).collect());
        let sql = format!("SELECT {COLUMNS} FROM bars WHERE organisation IN ({marks}) ORDER BY organisation, entry");
        found.extend(database.read_built(sql, &values).await?);
    }
    Ok(found)
}

/// Bars that nobody has lifted, before an entry, the newest first; some of them are over by time.
///
/// # Errors
/// The store can't be read.
pub async fn standing_before(database: &Database, entry: u64, count: u32) -> Result<Vec<Row>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM bars WHERE status = $1 AND entry < $2 ORDER BY entry DESC LIMIT {count}");
    let before = Value::from(entry.min(i64::MAX as u64));
    database.read_built(sql, &[Value::from(STANDING), before]).await
}

/// So the two ways of asking agree.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{AsOf, Mark};

    #[test]
    fn a_list_asks_for_every_column() {
        assert_eq!(COLUMNS, BARS.column_names());
    }

    #[test]
    fn a_row_stands_where_its_bar_does() {
        let mark =
            |entry, time: &str| Mark { entry, time: time.parse().unwrap(), by: "11410100005260004Y".parse().unwrap() };
        let mut bar = Bar {
            id: "b-1".parse().unwrap(),
            kind: "court-list".parse().unwrap(),
            name: "某公司".into(),
            authority: "某法院".into(),
            authority_id: None,
            decision: "（2026）豫01执1号".into(),
            article: "法〔2016〕285号".into(),
            fields: vec![],
            regions: vec![],
            measures: vec![],
            from: "2026-06-01".parse().unwrap(),
            to: "2027-05-31".parse().unwrap(),
            document: crate::log::Hash::of("x").into(),
            regime: crate::law::RepairRegime::Ndrc,
            entered: mark(5, "2026-05-20T01:00:00.000Z"),
            lifted: None,
            objections: vec![],
            applications: vec![],
        };
        let times = [
            "2026-05-20T00:59:59.999Z",
            "2026-05-20T01:00:00.000Z",
            "2026-05-31T15:59:59.999Z",
            "2026-05-31T16:00:00.000Z",
            "2026-11-01T00:00:00.000Z",
            "2027-05-31T15:59:59.999Z",
            "2027-05-31T16:00:00.000Z",
        ];
        let organisation = "91410105MA9ABCDE2Y".parse().unwrap();
        for lifted in [None, Some((Lifting::Repaired, mark(9, "2026-11-01T00:00:00.000Z")))] {
            bar.lifted = lifted;
            let row = Row::of(row(&organisation, &bar));
            for time in times {
                let at: Instant = time.parse().unwrap();
                assert_eq!(status_of(&row, at).unwrap(), bar.status(AsOf::time(at)), "{time}");
            }
        }
    }
}
