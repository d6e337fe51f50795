//! Moving rows by their numbers, so that types, dictionaries and units stay as they are.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::Field;
use arrow_select::take::take;
use neuroloom_core::{Error, Result};
use polars::prelude::{Column, DataFrame, IdxSize, NamedFrom, Series};

/// Name of the column with row numbers that goes with a frame to polars. No file has a column of this name by accident.
pub(crate) const ROW: &str = "\u{1}row";

/// Adds the column [`ROW`] to `frame`.
pub(crate) fn numbered(mut frame: DataFrame) -> Result<DataFrame> {
    let rows = checked_rows(frame.height())?;
    let numbers: Vec<IdxSize> = (0..rows).collect();
    let column = Column::from(Series::new(ROW.into(), numbers));
    frame.with_column(column).map_err(|e| Error::internal(format!("rows cannot be numbered: {e}")))?;
    Ok(frame)
}

/// `rows`, if they can be numbered with 32 bits.
///
/// # Errors
/// When there are too many.
pub(crate) fn checked_rows(rows: usize) -> Result<u32> {
    u32::try_from(rows).ok().filter(|rows| *rows < u32::MAX).ok_or_else(|| {
        Error::data("the table has too many rows")
            .expected(format!("fewer than {}", u32::MAX))
            .found(rows.to_string())
            .hint("filter it before, or work on one recording at a time")
    })
}

/// The row numbers in the column `name` of `frame`; null where a side of a join has no row.
pub(crate) fn row_numbers(frame: &DataFrame, name: &str) -> Result<UInt32Array> {
    let column = frame.column(name).and_then(|column| Ok(column.as_materialized_series().idx()?.clone()));
    let numbers = column.map_err(|e| Error::internal(format!("row numbers are lost: {e}")))?;
    Ok(numbers.iter().collect())
}

/// The rows `rows` of `array`, in this order; null where a row number is.
pub(crate) fn gather(array: &ArrayRef, rows: &UInt32Array) -> Result<ArrayRef> {
    take(array, rows, None).map_err(|e| {
        Error::data(format!("rows cannot be copied: {e}"))
            .hint("the lists of the result may be too long: filter before, or leave columns out")
    })
}

/// The rows `rows` of the columns at `places`, with their fields.
pub(crate) fn gather_columns(
    batch: &RecordBatch,
    places: impl IntoIterator<Item = usize>,
    rows: &UInt32Array,
) -> Result<(Vec<Field>, Vec<ArrayRef>)> {
    let schema = batch.schema();
    let mut gathered = (Vec::new(), Vec::new());
    for at in places {
        let (Some(field), Some(array)) = (schema.fields().get(at), batch.columns().get(at)) else {
            return Err(Error::internal(format!("there is no column at {at}")));
        };
        let array = gather(array, rows)?;
        let nullable = field.is_nullable() || array.null_count() > 0;
        gathered.0.push(Arc::unwrap_or_clone(Arc::clone(field)).with_nullable(nullable));
        gathered.1.push(array);
    }
    Ok(gathered)
}
