//! Templates as a table: for lists.

use super::Template;
use crate::field::TemplateId;
use crate::sequencer::Rows;
use crate::store::{Column, Table, Value};

/// One row a template.
pub static TEMPLATES: Table = Table {
    name: "templates",
    columns: &[
        Column::text("id"),
        Column::text("title"),
        Column::text("scope"),
        Column::integer("version"),
        Column::text("entry"),
    ],
    key: &["id"],
};

pub static TABLES: &[&Table] = &[&TEMPLATES];

/// The row of one template's state.
pub fn project(id: &TemplateId, template: &Template, rows: &mut Rows) {
    let entry = template.versions.last().map(|version| version.entry.to_string()).unwrap_or_default();
    rows.put(
        &TEMPLATES,
        vec![
            Value::from(id.as_str()),
            Value::from(&*template.title),
            Value::from(template.scope.name()),
            Value::Integer(template.version() as i64),
            Value::from(entry),
        ],
    );
}
