//! Dense tensors from rows of fibres.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::Missing;
use crate::tensor::{MAX_MODES, Tensor, index_of};

/// Columns of the places of a fibre.
const INDICES: [&str; 3] = ["index_0", "index_1", "index_2"];

/// The tensor and its hidden entries, which hold 0.
pub(super) fn read(table: &Table, missing: Missing) -> Result<(Tensor<f64>, Vec<[u32; MAX_MODES]>)> {
    let n_rows = table.n_rows();
    if n_rows == 0 {
        return Err(Error::data("tensor table: there are no fibres").expected("at least one row"));
    }
    let n_indices = used_columns(table)?;
    let mut shape = Vec::new();
    for name in &INDICES[..n_indices] {
        shape.push(length(table, name)?);
    }
    let values = table.lists("values")?;
    let fibre = (0..n_rows).map(|row| values.length(row)).max().unwrap_or(0);
    shape.push(fibre);
    let n_fibres =
        shape[..n_indices].iter().try_fold(1_usize, |product, length| product.checked_mul(*length));
    if n_fibres != Some(n_rows) {
        return Err(Error::data("tensor table: fibres are missing or stand twice")
            .expected(format!(
                "one row for each of {} places",
                shape[..n_indices].iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
            ))
            .found(format!("{n_rows} rows"))
            .hint("a tensor of which most is 0 can enter as `entries` (kind tensor_entries)"));
    }
    let mut entries = vec![f64::NAN; n_rows * fibre];
    let mut filled = vec![false; n_rows];
    for row in 0..n_rows {
        let mut place = 0;
        for (name, length) in INDICES[..n_indices].iter().zip(&shape) {
            place = place * length + table.integers(name)?.value(row) as usize;
        }
        if std::mem::replace(&mut filled[place], true) {
            return Err(Error::data("tensor table: a fibre stands twice")
                .at_offset(row as u64)
                .found(format!("{:?}", index_of(&shape[..n_indices], place))));
        }
        let list = values.get(row);
        let list = list.as_deref().unwrap_or_default();
        if list.len() != fibre && !list.is_empty() {
            return Err(Error::data("tensor table: fibres have different lengths")
                .at_offset(row as u64)
                .expected(format!("{fibre} values"))
                .found(list.len().to_string()));
        }
        entries[place * fibre..place * fibre + list.len()].copy_from_slice(list);
    }
    hide(shape, entries, missing)
}

/// Replaces NaN by 0 and lists where they were.
fn hide(
    shape: Vec<usize>,
    mut entries: Vec<f64>,
    missing: Missing,
) -> Result<(Tensor<f64>, Vec<[u32; MAX_MODES]>)> {
    let mut hidden = Vec::new();
    if missing == Missing::Mask {
        for (place, value) in entries.iter_mut().enumerate().filter(|(_, value)| value.is_nan()) {
            let index = index_of(&shape, place);
            hidden.push(std::array::from_fn(|mode| index.get(mode).map_or(0, |place| *place as u32)));
            *value = 0.0;
        }
    }
    Ok((Tensor::new(shape, entries)?, hidden))
}

/// How many columns of indices have values: all rows of a column have one, or none has.
fn used_columns(table: &Table) -> Result<usize> {
    for (number, name) in INDICES.iter().enumerate() {
        let column = table.integers(name)?;
        match column.iter().filter(Option::is_none).count() {
            0 => {}
            nulls if nulls == table.n_rows() => return Ok(number),
            nulls => {
                return Err(Error::data("tensor table: an index is absent in some rows")
                    .at_object(*name)
                    .found(format!("{nulls} of {} rows without", table.n_rows())));
            }
        }
    }
    Ok(INDICES.len())
}

/// One more than the largest index of a column.
fn length(table: &Table, name: &str) -> Result<usize> {
    let column = table.integers(name)?;
    let mut largest = 0;
    for (row, index) in column.iter().enumerate() {
        let index = index.unwrap_or(-1);
        if index < 0 || index >= table.n_rows() as i64 {
            return Err(Error::data("tensor table: an index is out of range")
                .at_object(name)
                .at_offset(row as u64)
                .expected(format!("0 to {}: as many places as there are rows at most", table.n_rows() - 1))
                .found(index.to_string()));
        }
        largest = largest.max(index);
    }
    Ok(largest as usize + 1)
}
