//! What a statement says of itself beside its lines, to hold the lines against.

/// Totals as they are stated; of a direction both are positive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StatedTotals {
    pub credit_minor: Option<i64>,
    pub debit_minor: Option<i64>,
    pub count: Option<u64>,
    pub credit_count: Option<u64>,
    pub debit_count: Option<u64>,
}
