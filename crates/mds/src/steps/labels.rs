//! Labels of neurons from tables.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

/// A neuron: its recording and its name there.
pub(super) type Unit = (String, String);

/// The neuron of every row.
pub(super) fn units(table: &Table) -> Result<Vec<Unit>> {
    let (recordings, units) = (table.text("recording_id")?, table.text("unit_id")?);
    let unit = |row: usize| (recordings.get_or_empty(row).to_owned(), units.get_or_empty(row).to_owned());
    Ok((0..table.n_rows()).map(unit).collect())
}

/// Known types by neuron.
///
/// # Errors
/// When a type is empty.
pub(super) fn known_types(table: &Table) -> Result<BTreeMap<Unit, String>> {
    let types = table.text("type")?;
    let named = units(table)?.into_iter().enumerate().map(|(row, unit)| match types.get_or_empty(row) {
        "" => Err(Error::data("a neuron has an empty type").at_object("type").at_offset(row as u64)),
        name => Ok((unit, name.to_owned())),
    });
    named.collect()
}

/// Names as numbers from 0, in alphabetical order.
pub(super) fn numbered<'a>(names: impl Iterator<Item = &'a str> + Clone) -> (Vec<usize>, Vec<String>) {
    let mut all: Vec<&str> = names.clone().collect();
    all.sort_unstable();
    all.dedup();
    let numbers = names.map(|name| all.binary_search(&name).unwrap_or_default()).collect();
    (numbers, all.into_iter().map(str::to_owned).collect())
}
