//! What CaImAn says of each component: accepted or not, its scores, its place.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Result, Unit};
use neuroloom_table::TableBuilder;

use super::datasets;
use super::footprints::{self, Footprints};
use crate::hdf5::File;

const ACCEPTED: &str = "estimates/idx_components";
const REJECTED: &str = "estimates/idx_components_bad";
/// Scores and their columns.
const SCORES: [(&str, &str); 3] = [
    ("estimates/SNR_comp", "snr_comp"),
    ("estimates/r_values", "r_values"),
    ("estimates/cnn_preds", "cnn_preds"),
];
/// Columns of the centres, by dimension of the field of view.
const CENTRES: [&str; 3] = ["centroid_y_px", "centroid_x_px", "centroid_z_px"];

/// What is known of the components beside their signals.
pub(super) struct Components {
    pub(super) is_cell: Vec<Option<bool>>,
    /// Scores that the file has, by column.
    scores: Vec<(&'static str, Vec<f64>)>,
    footprints: Option<Footprints>,
}

impl Components {
    /// Reads them.
    ///
    /// # Errors
    /// When a list names components that are not there or does not have one entry for each, or footprints are damaged.
    pub(super) fn read(file: &File, n: usize, notes: &mut Vec<String>) -> Result<Self> {
        let is_cell = is_cell(file, n, notes)?;
        let mut scores = Vec::new();
        for (dataset, column) in SCORES {
            if let Some(values) = datasets::list::<f64>(file, dataset)? {
                if values.len() != n {
                    return Err(file
                        .error(dataset, "a score does not fit the components")
                        .expected(format!("{n} numbers"))
                        .found(values.len().to_string()));
                }
                scores.push((column, values));
            }
        }
        Ok(Self { is_cell, scores, footprints: footprints::read(file, n, notes)? })
    }

    /// Whether the component is accepted; not if that is unknown.
    pub(super) fn is_accepted(&self, component: usize) -> bool {
        self.is_cell.get(component) == Some(&Some(true))
    }

    /// Adds the further columns to a table with a row for each of `components`.
    pub(super) fn add_columns(&self, mut table: TableBuilder, components: &[usize]) -> TableBuilder {
        for (column, values) in &self.scores {
            let array: Float64Array = components.iter().map(|&i| values.get(i).copied()).collect();
            table = table.extra(column, Some(&Unit::ONE), Arc::new(array));
        }
        let Some(footprints) = &self.footprints else { return table };
        let pixel = Unit::parse("px");
        for (column, centres) in CENTRES.into_iter().zip(&footprints.centres) {
            let array: Float64Array = components.iter().map(|&i| centres.get(i).copied().flatten()).collect();
            table = table.extra(column, Some(&pixel), Arc::new(array));
        }
        let sizes: ArrayRef =
            Arc::new(components.iter().map(|&i| footprints.sizes.get(i).copied()).collect::<Int64Array>());
        table.extra("size_px", Some(&pixel), sizes)
    }
}

/// Whether each of `n` components is accepted; unknown where components were never evaluated.
fn is_cell(file: &File, n: usize, notes: &mut Vec<String>) -> Result<Vec<Option<bool>>> {
    let Some(accepted) = indices(file, ACCEPTED, n)? else {
        notes.push(format!("no {ACCEPTED}, so is_cell is unknown"));
        return Ok(vec![None; n]);
    };
    let mut is_cell = vec![Some(false); n];
    for i in accepted {
        if let Some(own) = is_cell.get_mut(i) {
            *own = Some(true);
        }
    }
    let rejected = indices(file, REJECTED, n)?.unwrap_or_default();
    if let Some(both) = rejected.into_iter().find(|&i| is_cell.get(i) == Some(&Some(true))) {
        return Err(file
            .error(REJECTED, "a component is both accepted and rejected")
            .expected("lists without a component in common")
            .found(format!("component {both}")));
    }
    Ok(is_cell)
}

fn indices(file: &File, dataset: &str, n: usize) -> Result<Option<Vec<usize>>> {
    let Some(indices) = datasets::list::<u64>(file, dataset)? else { return Ok(None) };
    if let Some(i) = indices.iter().position(|&index| index >= n as u64) {
        return Err(file
            .error(dataset, "a list names a component that is not there")
            .at_offset(i as u64)
            .expected(format!("numbers below {n}"))
            .found(indices.get(i).copied().unwrap_or_default().to_string()));
    }
    Ok(Some(indices.into_iter().map(|index| index as usize).collect()))
}
