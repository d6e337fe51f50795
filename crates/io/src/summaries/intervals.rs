//! Trials, epochs and other intervals.

use neuroloom_core::{Result, Summary, Table};

use super::{count_each, rows_by};

/// Adds the number of intervals of each set.
///
/// # Errors
/// When `table` is no table of intervals.
pub(crate) fn intervals(summary: Summary, table: &Table) -> Result<Summary> {
    Ok(count_each(summary, "intervals in", &rows_by(table, "interval_set", "no set")?))
}
