//! Activity in a table of traces.

use std::collections::BTreeSet;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::{Grid, Row};

/// A further column of traces of C. elegans: whether the unit has the name of a neuron.
const IS_LABELED: &str = "is_labeled";

/// The rows of one signal.
pub(super) fn rows(table: &Table, signal: Option<&str>) -> Result<Vec<Row>> {
    let signal = chosen(table, signal)?;
    let (ids, units, signals) = (table.text("recording_id")?, table.text("unit_id")?, table.text("signal")?);
    let traces = table.lists("trace")?;
    let is_named = are_named(table)?;
    let read = |row: usize| {
        let (recording_id, neuron) = (ids.get_or_empty(row).to_owned(), units.get_or_empty(row).to_owned());
        let trace = traces.get(row).unwrap_or_default().into_owned();
        let place = |error: Error| error.at_object(format!("{recording_id}: neuron {neuron}"));
        let grid = Grid::of(&table.time_base(row).map_err(place)?, trace.len()).map_err(place)?;
        let is_named = is_named.get(row).copied().unwrap_or(true);
        Ok(Row { recording_id, neuron, is_named, grid, trace })
    };
    (0..table.n_rows()).filter(|&row| signals.get(row) == Some(signal.as_str())).map(read).collect()
}

/// Whether every unit has the name of a neuron; empty where the table does not say.
fn are_named(table: &Table) -> Result<Vec<bool>> {
    match table.batch().column_by_name(IS_LABELED) {
        Some(_) => Ok(table.bools(IS_LABELED)?.iter().map(|labeled| labeled == Some(true)).collect()),
        None => Ok(Vec::new()),
    }
}

/// The signal that was asked for, or the only one.
fn chosen(table: &Table, asked: Option<&str>) -> Result<String> {
    let signals = table.text("signal")?;
    let found: BTreeSet<&str> = (0..table.n_rows()).map(|row| signals.get_or_empty(row)).collect();
    let listed = || found.iter().copied().collect::<Vec<_>>().join(", ");
    match (asked, found.first()) {
        (_, None) => Err(Error::data("there are no traces").expected("at least two neurons")),
        (Some(asked), _) if found.contains(asked) => Ok(asked.to_owned()),
        (Some(asked), _) => Err(Error::params("no trace is of that signal")
            .at_object("signal")
            .expected(format!("one of {}", listed()))
            .found(asked)),
        (None, Some(only)) if found.len() == 1 => Ok((*only).to_owned()),
        (None, _) => Err(Error::params("the traces are of several signals")
            .at_object("signal")
            .expected(format!("one of {}", listed()))
            .hint("name the one to take in `signal`")),
    }
}
