//! What is in the columns of a table.

use std::collections::BTreeSet;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, Float64Array};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::UNIT;
use serde::Serialize;

/// A column in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// Its unit, if it has one.
    pub unit: Option<String>,
    /// Values that are there.
    pub count: usize,
    /// Values that are absent.
    pub nulls: usize,
    /// Of numbers, or of the items of lists of numbers.
    pub numbers: Option<Numbers>,
    /// Different texts, or truth values.
    pub distinct: Option<usize>,
    /// Shortest and longest list.
    pub lengths: Option<(usize, usize)>,
}

/// Numbers that are not NaN, in their unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Numbers {
    /// Smallest.
    pub min: f64,
    /// Mean.
    pub mean: f64,
    /// Largest.
    pub max: f64,
    /// Standard deviation of a sample, divided by n − 1; absent for one number.
    pub std: Option<f64>,
    /// NaNs, which do not count in the others.
    pub nans: usize,
}

/// Describes every column of `table`.
///
/// # Errors
/// An internal error where a column cannot be read in its own type.
pub fn describe(table: &Table) -> Result<Vec<ColumnDescription>> {
    let batch = table.batch();
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    columns
        .map(|(field, array)| column(field, array).map_err(|e| e.at_object(field.name().as_str())))
        .collect()
}

fn column(field: &Field, array: &ArrayRef) -> Result<ColumnDescription> {
    let items = items(array);
    Ok(ColumnDescription {
        name: field.name().clone(),
        unit: field.metadata().get(UNIT).cloned(),
        count: array.len() - array.null_count(),
        nulls: array.null_count(),
        numbers: numbers(items.as_ref().unwrap_or(array))?,
        distinct: distinct(array)?,
        lengths: lengths(array),
    })
}

/// The items of all lists that are there, where `array` has lists.
fn items(array: &ArrayRef) -> Option<ArrayRef> {
    let lists = array.as_list_opt::<i32>()?;
    let present = lists.iter().flatten().collect::<Vec<_>>();
    let present: Vec<&dyn Array> = present.iter().map(AsRef::as_ref).collect();
    if present.is_empty() {
        return Some(arrow_array::new_empty_array(&lists.value_type()));
    }
    arrow_select::concat::concat(&present).ok()
}

fn numbers(array: &ArrayRef) -> Result<Option<Numbers>> {
    if !array.data_type().is_numeric() {
        return Ok(None);
    }
    let wide = arrow_cast::cast(array, &DataType::Float64).map_err(|e| Error::internal(e.to_string()))?;
    Ok(wide.as_primitive_opt::<Float64Type>().and_then(statistics))
}

fn statistics(values: &Float64Array) -> Option<Numbers> {
    let present = || values.iter().flatten();
    let valid = || present().filter(|x| !x.is_nan());
    let n = valid().count();
    if n == 0 {
        return None;
    }
    let mean = valid().sum::<f64>() / n as f64;
    let squares = valid().map(|x| (x - mean).powi(2)).sum::<f64>();
    Some(Numbers {
        min: valid().fold(f64::INFINITY, f64::min),
        max: valid().fold(f64::NEG_INFINITY, f64::max),
        mean,
        std: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
        nans: present().count() - n,
    })
}

fn distinct(array: &ArrayRef) -> Result<Option<usize>> {
    let text = match array.data_type() {
        DataType::Dictionary(_, value) => matches!(value.as_ref(), DataType::Utf8 | DataType::LargeUtf8),
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Boolean),
    };
    if !text {
        return Ok(None);
    }
    let text = arrow_cast::cast(array, &DataType::Utf8).map_err(|e| Error::internal(e.to_string()))?;
    let texts = text.as_string_opt::<i32>();
    Ok(texts.map(|texts| texts.iter().flatten().collect::<BTreeSet<_>>().len()))
}

fn lengths(array: &ArrayRef) -> Option<(usize, usize)> {
    let lists = array.as_list_opt::<i32>()?;
    let lengths =
        || (0..lists.len()).filter(|row| lists.is_valid(*row)).map(|row| lists.value_length(row) as usize);
    Some((lengths().min()?, lengths().max()?))
}
