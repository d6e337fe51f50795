//! What the report says of the tables that a reader gives: counts, ranges, and a figure of each.
//!
//! A step folds its tables into one [`Summary`]: `summaries::spikes(summary, &table)?`.

mod intervals;
mod spikes;
mod traces;

use std::collections::BTreeMap;

use neuroloom_core::{Result, Summary, Table};
use neuroloom_table::Columns;

pub(crate) use intervals::intervals;
pub(crate) use spikes::{ends, spikes};
pub(crate) use traces::traces;

/// The rows of `table` that have the same text in `column`, by that text; those without have `otherwise`.
fn rows_by(table: &Table, column: &str, otherwise: &'static str) -> Result<BTreeMap<String, Vec<usize>>> {
    let texts = table.text(column)?;
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        rows.entry(texts.get(row).unwrap_or(otherwise).to_owned()).or_default().push(row);
    }
    Ok(rows)
}

/// Adds the number of rows of each group.
fn count_each(summary: Summary, what: &str, rows: &BTreeMap<String, Vec<usize>>) -> Summary {
    rows.iter().fold(summary, |summary, (name, rows)| summary.count(format!("{what} {name}"), rows.len()))
}
