//! Factors as a table and back.

use std::collections::HashMap;

use ndarray::Array2;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::factors::{Factor, Model};
use crate::steps::input::ModeLabels;

/// The factors of a model, one row per (mode, component, place).
pub(in crate::steps) fn factors_table(model: &Model, modes: &[ModeLabels]) -> Result<Table> {
    let rank = model.rank();
    let places: Vec<(usize, usize, usize)> = model
        .factors
        .iter()
        .enumerate()
        .flat_map(|(mode, factor)| {
            let n = factor.nrows();
            (0..rank).flat_map(move |component| (0..n).map(move |place| (mode, component, place)))
        })
        .collect();
    let rows = || places.iter().copied();
    let time =
        |mode: usize, place: usize| modes[mode].times_s.as_ref().and_then(|times| times.get(place).copied());
    TableBuilder::new(kinds::NTF_FACTORS)
        .integers("rank", rows().map(|_| rank as i64))
        .integers("mode", rows().map(|(mode, ..)| mode as i64))
        .text("mode_name", rows().map(|(mode, ..)| &modes[mode].name))
        .integers("component", rows().map(|(_, component, _)| component as i64))
        .integers("index", rows().map(|(.., place)| place as i64))
        .text("label", rows().map(|(mode, _, place)| &modes[mode].labels[place]))
        .optional_numbers("t_s", rows().map(|(mode, _, place)| time(mode, place)))
        .numbers("value", rows().map(|(mode, component, place)| model.factors[mode][[place, component]]))
        .finish()
}

/// The factors of rank `rank` of a table for a tensor with `modes`; none for modes that are not `wanted` or that the table
/// does not have. Modes are matched by name, places by label.
///
/// # Errors
/// When no row has the rank, a label is not one of the mode, or places or components are missing.
pub(in crate::steps) fn read_factors(
    table: &Table,
    rank: usize,
    modes: &[ModeLabels],
    wanted: impl Fn(usize) -> bool,
) -> Result<Vec<Option<Factor>>> {
    let ranks = table.integers("rank")?;
    let rows: Vec<usize> = (0..table.n_rows()).filter(|row| ranks.value(*row) == rank as i64).collect();
    if rows.is_empty() {
        let mut found: Vec<i64> = ranks.values().to_vec();
        found.sort_unstable();
        found.dedup();
        return Err(Error::data("ntf_factors table: no factors of this rank")
            .expected(format!("rank {rank}"))
            .found(format!("{found:?}")));
    }
    let wanted = modes.iter().enumerate().map(|(number, mode)| wanted(number).then_some(mode));
    wanted.map(|mode| mode.map_or(Ok(None), |mode| read_factor(table, rank, mode, &rows))).collect()
}

/// The factor of one mode, from those of `rows` that are of it; none where none is.
fn read_factor(table: &Table, rank: usize, mode: &ModeLabels, rows: &[usize]) -> Result<Option<Factor>> {
    let (names, labels) = (table.text("mode_name")?, table.text("label")?);
    let (components, values) = (table.integers("component")?, table.numbers("value")?);
    let here: Vec<usize> = rows.iter().copied().filter(|row| names.get_or_empty(*row) == mode.name).collect();
    if here.is_empty() {
        return Ok(None);
    }
    let places: HashMap<&str, usize> =
        mode.labels.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect();
    let mut factor = Array2::from_elem((mode.labels.len(), rank), f64::NAN);
    for row in here {
        let label = labels.get_or_empty(row);
        let place = places.get(label).ok_or_else(|| {
            Error::data("ntf_factors table: the tensor has no such place")
                .at_object(format!("{} {label}", mode.name))
                .at_offset(row as u64)
                .hint("factors are matched with the tensor by the labels of its modes")
        })?;
        let component = components.value(row);
        let entry = usize::try_from(component).ok().and_then(|component| factor.get_mut([*place, component]));
        let entry = entry.ok_or_else(|| {
            Error::data("ntf_factors table: a component is out of range")
                .at_offset(row as u64)
                .expected(format!("0 to {}", rank - 1))
                .found(component.to_string())
        })?;
        *entry = values.get(row).unwrap_or(f64::NAN);
    }
    match factor.indexed_iter().find(|(_, value)| value.is_nan()) {
        None => Ok(Some(factor)),
        Some(((place, component), _)) => Err(Error::data("ntf_factors table: a factor has gaps")
            .at_object(format!("{} {}, component {component}", mode.name, mode.labels[place]))
            .expected("a value for every place and component")),
    }
}
