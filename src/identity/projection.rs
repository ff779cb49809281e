//! The log's own state stands in no table: whoever needs it folds it.

use super::{LogState, TheLog};
use crate::law::Law;
use crate::store::{Projected, Rows, Table};

impl Projected for LogState {
    const TABLES: &'static [&'static Table] = &[];

    fn rows(&self, _id: &TheLog, _law: Law<'_>, _rows: &mut Rows) {}
}
