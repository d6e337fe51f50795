//! Choosing rows of a table by names and numbers.

use std::collections::BTreeSet;

use arrow_array::Array;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::{IntervalChoice, SelectParams};
use crate::listing;
use crate::signal_lists::take_rows;

/// The rows of a table that are still in.
pub(super) struct Choice<'a> {
    table: &'a Table,
    rows: Vec<usize>,
}

impl<'a> Choice<'a> {
    /// All rows.
    pub(super) fn all(table: &'a Table) -> Self {
        Self { table, rows: (0..table.n_rows()).collect() }
    }

    /// Keeps the rows that `keep` says.
    pub(super) fn retain(mut self, keep: impl Fn(usize) -> bool) -> Self {
        self.rows.retain(|&row| keep(row));
        self
    }

    /// Keeps the rows whose word in `column` is one of `names`; all without names. `parameter` is where the names
    /// come from.
    ///
    /// # Errors
    /// When a name does not occur in the rows that are still in: it would silently choose nothing.
    pub(super) fn named(self, parameter: &str, column: &str, names: Option<&Vec<String>>) -> Result<Self> {
        let Some(names) = names else { return Ok(self) };
        let words = self.table.text(column)?;
        let known: BTreeSet<&str> = self.rows.iter().filter_map(|&row| words.get(row)).collect();
        check_known(self.table, parameter, names, &known)?;
        Ok(self.retain(|row| words.get(row).is_some_and(|word| names.iter().any(|name| name == word))))
    }

    /// The table of the rows that are still in.
    pub(super) fn take(self) -> Result<Table> {
        if self.rows.len() == self.table.n_rows() {
            return Ok(self.table.clone());
        }
        take_rows(self.table, &self.rows)
    }

    /// The same, unless nothing is left of a table that held rows.
    ///
    /// # Errors
    /// When the criteria together leave no row.
    pub(super) fn take_some(self) -> Result<Table> {
        let before = self.table.n_rows();
        if self.rows.is_empty() && before > 0 {
            return Err(Error::data(format!("nothing is selected of the {}", self.table.kind()))
                .expected("a row that meets all criteria together")
                .found(format!("{before} rows, each of which fails at least one"))
                .hint("the names all occur, but not in the same row: loosen one of the criteria"));
        }
        self.take()
    }
}

fn check_known(table: &Table, parameter: &str, names: &[String], known: &BTreeSet<&str>) -> Result<()> {
    match names.iter().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(absent) => Err(Error::data(format!("nothing in the {} is called {absent:?}", table.kind()))
            .at_object(parameter)
            .expected(format!("{absent:?}"))
            .found(listing(known))
            .hint("remove the name, or correct it to one of those found")),
    }
}

/// The chosen rows of a behaviour table.
pub(super) fn behaviour(table: &Table, params: &SelectParams) -> Result<Table> {
    Choice::all(table)
        .named("recordings", "recording_id", params.recordings.as_ref())?
        .named("behaviour_signals", "signal", params.behaviour_signals.as_ref())?
        .take_some()
}

/// The chosen rows of a traces table.
pub(super) fn traces(table: &Table, params: &SelectParams) -> Result<Table> {
    let is_cell = table.bools("is_cell")?;
    Choice::all(table)
        .named("recordings", "recording_id", params.recordings.as_ref())?
        .named("regions", "region", params.regions.as_ref())?
        .named("unit_ids", "unit_id", params.unit_ids.as_ref())?
        .named("trace_signals", "signal", params.trace_signals.as_ref())?
        .retain(|row| !params.cells_only || (is_cell.is_valid(row) && is_cell.value(row)))
        .take_some()
}

/// The chosen rows of an intervals table.
pub(super) fn intervals(table: &Table, params: &SelectParams) -> Result<Table> {
    let chosen = Choice::all(table).named("recordings", "recording_id", params.recordings.as_ref())?;
    let Some(IntervalChoice { interval_sets, tags, start_s, stop_s }) = &params.intervals else {
        return chosen.take_some();
    };
    let chosen = chosen.named("intervals.interval_sets", "interval_set", interval_sets.as_ref())?;
    let (row_tags, starts, stops) =
        (table.text_lists("tags")?, table.numbers("start_s")?, table.numbers("stop_s")?);
    if let Some(tags) = tags {
        let all: Vec<String> = chosen.rows.iter().flat_map(|&row| row_tags.get(row)).collect();
        check_known(table, "intervals.tags", tags, &all.iter().map(String::as_str).collect())?;
    }
    chosen
        .retain(|row| tags.as_ref().is_none_or(|tags| row_tags.get(row).iter().any(|tag| tags.contains(tag))))
        .retain(|row| start_s.is_none_or(|limit| starts.get(row).is_some_and(|start| start >= limit)))
        .retain(|row| stop_s.is_none_or(|limit| stops.get(row).is_some_and(|stop| stop <= limit)))
        .take_some()
}
