//! Record batches to frames of polars and back.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result};
use polars::prelude::{Column, CompatLevel, DataFrame, Series};

use super::bridge::{self, BridgeError};
use crate::columns::assemble;

/// The columns of `batch`, dictionaries as plain text.
///
/// # Errors
/// When a column is of a type that polars has not.
pub(crate) fn frame_of(batch: &RecordBatch) -> Result<DataFrame> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let array = crossing(array).map_err(|e| e.at_object(field.name().as_str()))?;
        column(field.name(), &array)
    });
    DataFrame::new(batch.num_rows(), columns.collect::<Result<Vec<_>>>()?)
        .map_err(|e| Error::internal(format!("a table does not fit together: {e}")))
}

/// The columns of `frame`: integers of 64 bits, text and lists with 32-bit offsets, as all our tables have them.
///
/// # Errors
/// When an integer does not fit in 64 bits, or a column has more than 2³¹ bytes of text or items of lists.
pub(crate) fn table_of(frame: &DataFrame) -> Result<RecordBatch> {
    let columns = frame.columns().iter().map(|column| {
        let name = column.name().as_str();
        let array = column.clone().rechunk_to_arrow(CompatLevel::oldest());
        let array = bridge::from_polars(array).map_err(|e| failed(&e, name))?;
        let array = settled(&array).map_err(|e| e.at_object(name))?;
        Ok((Field::new(name, array.data_type().clone(), true), array))
    });
    let (fields, arrays) = columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    assemble(fields, arrays, frame.height())
}

/// `batch` in the types that our own tables have: integers of 64 bits, text and lists with 32-bit offsets.
///
/// # Errors
/// When a value or a column does not fit.
pub(crate) fn settled_table(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let array = settled(array).map_err(|e| e.at_object(field.name().as_str()))?;
        let field = Field::clone(field).with_data_type(array.data_type().clone());
        Ok((field, array))
    });
    let (fields, arrays) = columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    assemble(fields, arrays, batch.num_rows())
}

/// `array` in the widest type of its sort, in which equal values are equal wherever they come from: text plain,
/// integers and floats of 64 bits. `None` for lists and whatever else cannot be a key.
///
/// # Errors
/// When an unsigned integer does not fit.
pub(crate) fn comparable(array: &ArrayRef) -> Result<Option<ArrayRef>> {
    let target = match array.data_type() {
        DataType::Dictionary(_, value) => value.as_ref().clone(),
        other => other.clone(),
    };
    let target = match target {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8View,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        integer if integer.is_integer() => DataType::Int64,
        same @ (DataType::Boolean | DataType::Date32 | DataType::Timestamp(..)) => same,
        _ => return Ok(None),
    };
    cast(array, &target).map(Some)
}

fn column(name: &str, array: &ArrayRef) -> Result<Column> {
    let array = bridge::to_polars(array).map_err(|e| failed(&e, name))?;
    let series = Series::from_arrow(name.into(), array).map_err(|e| failed(&BridgeError::Polars(e), name))?;
    Ok(series.into())
}

/// `array` in a type that polars is built with here.
fn crossing(array: &ArrayRef) -> Result<ArrayRef> {
    match crossing_type(array.data_type()) {
        Some(same) if same == *array.data_type() => Ok(Arc::clone(array)),
        Some(other) => cast(array, &other),
        None => Err(Error::data("a column has a type that cannot be worked on here")
            .found(array.data_type().to_string())
            .hint("leave it out of the file, or write it as text, numbers or lists of them")),
    }
}

fn crossing_type(data_type: &DataType) -> Option<DataType> {
    use DataType as T;
    let list =
        |item: &Field| Some(T::List(Arc::new(item.clone().with_data_type(crossing_type(item.data_type())?))));
    Some(match data_type {
        T::Dictionary(_, value) => crossing_type(value)?,
        T::Utf8 | T::LargeUtf8 | T::Utf8View => T::Utf8View,
        T::Int8 | T::Int16 => T::Int32,
        T::UInt8 | T::UInt16 => T::UInt32,
        T::Float16 => T::Float32,
        T::Decimal32(..) | T::Decimal64(..) | T::Decimal128(..) | T::Decimal256(..) => T::Float64,
        T::List(item) | T::LargeList(item) | T::FixedSizeList(item, _) => list(item)?,
        T::Null | T::Boolean | T::Int32 | T::Int64 | T::UInt32 | T::UInt64 | T::Float32 | T::Float64 => {
            data_type.clone()
        }
        T::Date32 | T::Timestamp(..) | T::Duration(_) | T::Time64(_) => data_type.clone(),
        T::Binary | T::LargeBinary => T::LargeBinary,
        _ => return None,
    })
}

/// `array` in the type that our tables have for it.
fn settled(array: &ArrayRef) -> Result<ArrayRef> {
    let target = settled_type(array.data_type());
    if target == *array.data_type() { Ok(Arc::clone(array)) } else { cast(array, &target) }
}

fn settled_type(data_type: &DataType) -> DataType {
    use DataType as T;
    match data_type {
        integer if integer.is_integer() => T::Int64,
        T::LargeUtf8 | T::Utf8View => T::Utf8,
        T::LargeBinary => T::Binary,
        T::Decimal128(..) => T::Float64,
        T::List(item) | T::LargeList(item) | T::FixedSizeList(item, _) => {
            T::List(Arc::new(Field::new_list_field(settled_type(item.data_type()), true)))
        }
        other => other.clone(),
    }
}

/// `array` as `target`.
///
/// # Errors
/// When a value does not fit.
pub(crate) fn cast(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, target, &options).map_err(|e| {
        Error::data("a column does not fit in the type that it needs here")
            .expected(target.to_string())
            .found(format!("{}: {e}", array.data_type()))
    })
}

fn failed(error: &BridgeError, name: &str) -> Error {
    let text = match error {
        BridgeError::Arrow(error) => error.to_string(),
        BridgeError::Polars(error) => error.to_string(),
    };
    Error::internal(format!("a column cannot be handed over: {text}")).at_object(name)
}
