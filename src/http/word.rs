//! Words of a closed list, as the tables hold them.

use crate::store::{Row, StoreError};
use std::str::FromStr;

/// The word in a column.
///
/// # Errors
/// The row can't be read, or holds another text: somebody else wrote it.
pub fn word<T: FromStr>(row: &Row, column: usize) -> Result<T, StoreError> {
    let text = row.text(column)?;
    text.parse().map_err(|_| StoreError::Damaged(format!("{text:?} is none of the words of its list")))
}
