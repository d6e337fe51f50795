//! Sparse matrices: the datasets `ir` (rows), `jc` (column offsets) and `data`.

use neuroloom_core::{Error, Result};

use super::reader::numbers;
use crate::hdf5::{self, Attribute};
use crate::mat5::{Budget, SparseArray};
use crate::numbers::{NumberType, Numbers};

/// Reads the sparse matrix in the group `path`.
///
/// # Errors
/// When its offsets decrease, a row does not exist, or its number of rows cannot be read.
pub(super) fn read(file: &hdf5::File, path: &str, budget: &mut Budget) -> Result<SparseArray> {
    let n_rows = n_rows(file, path)?;
    let column_offsets = indices(file, path, "jc", budget)?;
    let n_columns = column_offsets.len().saturating_sub(1);
    let n = column_offsets.last().copied().unwrap_or(0);
    // A matrix without values has neither of the other two.
    let (row_indices, values) = if n == 0 {
        (Vec::new(), Numbers::F64(Vec::new()))
    } else {
        (indices(file, path, "ir", budget)?, values(file, path, budget)?)
    };
    let ascending = column_offsets.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
    if column_offsets.first() != Some(&0) || !ascending || row_indices.len() != n || values.len() != n {
        return Err(Error::data("the column offsets of a sparse matrix make no sense")
            .expected(format!("offsets from 0 to {}, none below the one before", row_indices.len()))
            .found(format!("{} offsets, the last {n}, and {} values", column_offsets.len(), values.len())));
    }
    if let Some(row) = row_indices.iter().find(|&&row| row >= n_rows) {
        return Err(Error::data("a value of a sparse matrix stands in no row")
            .expected(format!("rows below {n_rows}"))
            .found(row.to_string()));
    }
    let is_logical = file.text_attribute(path, "MATLAB_class")?.as_deref() == Some("logical");
    Ok(SparseArray { n_rows, n_columns, column_offsets, row_indices, values, imaginary: None, is_logical })
}

/// The number of rows, which is an attribute of the group.
fn n_rows(file: &hdf5::File, path: &str) -> Result<usize> {
    match file.attribute(path, "MATLAB_sparse")? {
        Some(Attribute::Number(n)) if n.fract() == 0.0 && (0.0..9e15).contains(&n) => Ok(n as usize),
        _ => Err(Error::data("the number of rows of a sparse matrix cannot be read")
            .expected("a whole number in the attribute MATLAB_sparse")
            .hint("save `full(x)`, or save with -v7")),
    }
}

fn indices(file: &hdf5::File, path: &str, name: &str, budget: &mut Budget) -> Result<Vec<usize>> {
    let dataset = hdf5::join(path, name);
    spend(file, &dataset, budget)?;
    let indices: Vec<u64> = file.numbers(&dataset)?;
    let indices: Option<Vec<usize>> = indices.into_iter().map(|index| usize::try_from(index).ok()).collect();
    indices.ok_or_else(|| Error::data("an index of a sparse matrix is beyond any memory"))
}

fn values(file: &hdf5::File, path: &str, budget: &mut Budget) -> Result<Numbers> {
    let dataset = hdf5::join(path, "data");
    spend(file, &dataset, budget)?;
    let wide = numbers(file.values(&dataset, None)?).and_then(|numbers| numbers.cast(NumberType::F64));
    wide.ok_or_else(|| Error::data("the values of a sparse matrix are no numbers"))
}

fn spend(file: &hdf5::File, dataset: &str, budget: &mut Budget) -> Result<()> {
    let n = file.sized_info(dataset)?.n_elements().unwrap_or(u64::MAX);
    budget.spend(usize::try_from(n).unwrap_or(usize::MAX), 2 * size_of::<f64>())
}
