//! Templates as a table: for lists.

use super::Template;
use crate::act::Capability;
use crate::field::TemplateId;
use crate::law::Law;
use crate::store::{Column, Projected, Rows, Table, Value};

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

impl Projected for Template {
    const TABLES: &'static [&'static Table] = &[&TEMPLATES];

    fn rows(&self, id: &TemplateId, _law: Law<'_>, rows: &mut Rows) {
        let entry = self.versions.last().map(|version| version.entry.to_string()).unwrap_or_default();
        rows.put(
            &TEMPLATES,
            vec![
                Value::from(id.as_str()),
                Value::from(&*self.title),
                Value::from(self.scope.name()),
                Value::Integer(self.version() as i64),
                Value::from(entry),
            ],
        );
    }
}
