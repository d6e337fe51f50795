//! The 15 columns, whatever types a writer chose for them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Int64Type};
use arrow_array::{Array, BooleanArray, Int64Array, ListArray, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, Result};

/// All columns, in the order of the published files.
pub(super) const NAMES: [&str; 15] = [
    "source_dataset",
    "raw_data_file",
    "worm",
    "neuron",
    "slot",
    "is_labeled_neuron",
    "smooth_method",
    "interpolate_method",
    "normalization_method",
    "original_calcium_data",
    "calcium_data",
    "original_time_in_seconds",
    "time_in_seconds",
    "original_max_timesteps",
    "max_timesteps",
];

/// Rows with their columns in one type each.
pub(super) struct Rows(pub RecordBatch);

impl Rows {
    /// A column of text.
    pub fn texts(&self, name: &str) -> Result<StringArray> {
        Ok(self.cast(name, &DataType::Utf8)?.as_string::<i32>().clone())
    }

    /// A column of whole numbers.
    pub fn integers(&self, name: &str) -> Result<Int64Array> {
        Ok(self.cast(name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    /// A column of truth values.
    pub fn bools(&self, name: &str) -> Result<BooleanArray> {
        Ok(self.cast(name, &DataType::Boolean)?.as_boolean().clone())
    }

    /// A column of signals.
    pub fn signals(&self, name: &str) -> Result<ListArray> {
        let item = Arc::new(Field::new_list_field(DataType::Float32, true));
        Ok(self.cast(name, &DataType::List(item))?.as_list::<i32>().clone())
    }

    /// Whether the values of a column of lists have 16 bits.
    pub fn is_half(&self, name: &str) -> bool {
        let column = self.0.column_by_name(name).map(|column| column.data_type().clone());
        matches!(column, Some(DataType::List(item) | DataType::LargeList(item)) if *item.data_type() == DataType::Float16)
    }

    fn cast(&self, name: &str, to: &DataType) -> Result<Arc<dyn Array>> {
        let column = self.0.column_by_name(name);
        let column = column.ok_or_else(|| Error::internal(format!("the column {name:?} was not read")))?;
        let wrong = |found: String| {
            Error::data("a column cannot be read as what it should be")
                .at_object(name)
                .expected(to.to_string())
                .found(found)
        };
        // What does not fit its type is an error, not a null.
        let strict = CastOptions { safe: false, ..CastOptions::default() };
        let cast = cast_with_options(column, to, &strict)
            .map_err(|e| wrong(format!("{}: {e}", column.data_type())))?;
        match cast.null_count() {
            0 => Ok(cast),
            n => Err(wrong(format!("{n} rows without a value"))),
        }
    }
}

/// The values of the list at `row`.
pub(super) fn values(lists: &ListArray, row: usize) -> Vec<f32> {
    lists.value(row).as_primitive::<Float32Type>().values().to_vec()
}
