//! Arrow columns of lists over one block of values, without a copy.

use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{ArrayRef, ListArray, PrimitiveArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::Field;
use neuroloom_core::{Error, Result};

/// A column whose row `r` holds `values[offsets[r]..offsets[r + 1]]`, or null where `valid` says so.
///
/// # Errors
/// When there are more values than a column of lists can hold (2^31).
pub(crate) fn lists<T: ArrowPrimitiveType>(
    values: Vec<T::Native>,
    offsets: &[usize],
    valid: Option<Vec<bool>>,
) -> Result<ArrayRef> {
    let too_many = |_| {
        Error::data("too many samples for one table")
            .expected(format!("at most {} values", i32::MAX))
            .found(values.len().to_string())
            .hint("read fewer series at a time: name them in `signals`")
    };
    let offsets: Vec<i32> =
        offsets.iter().map(|&offset| i32::try_from(offset)).collect::<Result<_, _>>().map_err(too_many)?;
    let item = Arc::new(Field::new_list_field(T::DATA_TYPE, true));
    let values = Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), None));
    let column = ListArray::try_new(
        item,
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        values,
        valid.map(NullBuffer::from),
    )
    .map_err(|e| Error::internal(format!("a column of lists: {e}")))?;
    Ok(Arc::new(column))
}
