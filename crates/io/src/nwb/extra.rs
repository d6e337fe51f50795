//! Further columns of a table, of whatever type they have.

use neuroloom_core::Result;

use super::table::DynamicTable;
use crate::further_column::Column;
use crate::hdf5::{Number, Values};

/// Columns with their names, and the names of those left out because they hold anything else.
pub(super) type Further = (Vec<(String, Column)>, Vec<String>);

/// The columns of `table` with one number, truth value or string per row, without those in `known`; and the
/// names of those left out because they hold anything else.
pub(super) fn columns(table: &DynamicTable<'_>, known: &[&str]) -> Result<Further> {
    let (mut read, mut left_out) = (Vec::new(), Vec::new());
    for name in table.columns()? {
        if known.contains(&name.as_str()) {
            continue;
        }
        match column(table, &name)? {
            Some(column) => read.push((name, column)),
            None => left_out.push(name),
        }
    }
    Ok((read, left_out))
}

fn column(table: &DynamicTable<'_>, name: &str) -> Result<Option<Column>> {
    let path = table.path_of(name);
    let info = table.file().info(&path)?;
    let readable = info.dtype.is_numeric() || info.dtype.is_text() || info.dtype == crate::hdf5::Dtype::Bool;
    if table.is_ragged(name)? || info.shape != [table.n_rows() as u64] || !readable {
        return Ok(None);
    }
    Ok(of_values(table.file().values(&path, None)?))
}

fn of_values(values: Values) -> Option<Column> {
    Some(match values {
        Values::Bool(values) => Column::Bools(values.into_iter().map(Some).collect()),
        Values::Text(values) => Column::Texts(values.into_iter().map(Some).collect()),
        Values::F32(_) | Values::F64(_) => Column::Numbers(all(f64::convert(values).ok()?)),
        Values::References(_) => return None,
        integers => match i64::convert(integers.clone()) {
            Ok(values) => Column::Integers(all(values)),
            // Unsigned integers above 2^63.
            Err(_) => Column::Numbers(all(f64::convert(integers).ok()?)),
        },
    })
}

fn all<T>(values: Vec<T>) -> Vec<Option<T>> {
    values.into_iter().map(Some).collect()
}
