//! Planes of imaging: the tables of regions of interest.

use std::collections::BTreeMap;

use neuroloom_core::Result;

use super::table::{DynamicTable, present};
use crate::hdf5::{Dtype, File, Number};

/// Columns that say whether a region of interest is a cell, in order of preference.
const CELL_COLUMNS: [&str; 4] = ["iscell", "is_cell", "accepted", "Accepted"];

/// A `PlaneSegmentation`.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    /// Ids of its regions of interest, unique in the recording.
    pub(super) unit_ids: Vec<String>,
    /// Where in the brain it lies.
    pub(super) region: Option<String>,
    /// Whether each is a cell; empty where the source does not say.
    pub(super) is_cell: Vec<Option<bool>>,
}

/// Reads the planes at `paths`. Where there are several, ids begin with `plane0/`, `plane1/` … in the order of
/// the paths.
///
/// # Errors
/// When a table is damaged.
pub(super) fn read(file: &File, paths: &[&str]) -> Result<BTreeMap<String, Plane>> {
    let mut sorted: Vec<&str> = paths.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let several = sorted.len() > 1;
    let plane = |(i, path): (usize, &&str)| {
        let prefix = if several { format!("plane{i}/") } else { String::new() };
        Ok(((*path).to_owned(), plane(file, path, &prefix)?))
    };
    sorted.iter().enumerate().map(plane).collect()
}

fn plane(file: &File, path: &str, prefix: &str) -> Result<Plane> {
    let table = DynamicTable::open(file, path)?;
    let unit_ids = unit_names(&table.ids()?).into_iter().map(|id| format!("{prefix}{id}")).collect();
    let location = format!("{path}/imaging_plane/location");
    let region = if file.has_dataset(&location)? {
        file.texts(&location)?.into_iter().next().and_then(present)
    } else {
        None
    };
    Ok(Plane { unit_ids, region, is_cell: cells(&table)? })
}

/// Ids as text; row numbers where the ids repeat, since a unit must be told from the others.
pub(super) fn unit_names(ids: &[i64]) -> Vec<String> {
    if repeats(ids) {
        return (0..ids.len()).map(|row| row.to_string()).collect();
    }
    ids.iter().map(i64::to_string).collect()
}

/// Whether an id stands for more than one row.
pub(super) fn repeats(ids: &[i64]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
}

fn cells(table: &DynamicTable<'_>) -> Result<Vec<Option<bool>>> {
    for name in CELL_COLUMNS {
        if !table.has(name)? || table.is_ragged(name)? {
            continue;
        }
        let path = table.path_of(name);
        let info = table.file().info(&path)?;
        // Suite2p stores two columns: the flag and its probability.
        let width = info.shape.iter().skip(1).product::<u64>() as usize;
        let flags = info.n_rows() == table.n_rows() as u64 && info.shape.len() <= 2 && width > 0;
        if flags && (info.dtype.is_numeric() || info.dtype == Dtype::Bool) {
            let values: Vec<f64> = f64::convert(table.file().values(&path, None)?).unwrap_or_default();
            return Ok(values.into_iter().step_by(width).map(flag).collect());
        }
    }
    Ok(Vec::new())
}

fn flag(value: f64) -> Option<bool> {
    (!value.is_nan()).then_some(value != 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_ids_give_way_to_row_numbers() {
        assert_eq!(unit_names(&[7, 3]), ["7", "3"]);
        assert_eq!(unit_names(&[7, 3, 7]), ["0", "1", "2"]);
    }

    #[test]
    fn nan_says_nothing_of_a_cell() {
        assert_eq!([1.0, 0.0, f64::NAN].map(flag), [Some(true), Some(false), None]);
    }
}
