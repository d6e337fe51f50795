//! List columns out of flat values, which are not copied.

use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{ArrayRef, ListArray, PrimitiveArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::Field;
use neuroloom_core::{Error, Result};

/// Most values that one column of lists can hold: Arrow counts them in 32 bits.
pub(crate) const MAX_VALUES: u64 = i32::MAX as u64;

/// A column of lists of the given `lengths`, whose items stand in `values` one list behind the other.
///
/// # Errors
/// When there are more values than such a column can hold. An internal one, when the lengths do not add up.
pub(crate) fn lists<T: ArrowPrimitiveType>(
    lengths: impl IntoIterator<Item = usize>,
    values: Vec<T::Native>,
) -> Result<ArrayRef> {
    if values.len() as u64 > MAX_VALUES {
        return Err(Error::data("there are more values than a column of lists can hold")
            .expected(format!("at most {MAX_VALUES}"))
            .found(values.len().to_string())
            .hint("simulate a shorter recording, or fewer units or trials"));
    }
    let mut ends: Vec<i32> = vec![0];
    let mut end = 0;
    for length in lengths {
        end += length;
        ends.push(end.min(values.len()) as i32);
    }
    if end != values.len() {
        return Err(Error::internal(format!("lists of {end} values in all were given {}", values.len())));
    }
    let items = PrimitiveArray::<T>::new(ScalarBuffer::from(values), None);
    let field = Arc::new(Field::new_list_field(T::DATA_TYPE, true));
    let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
    ListArray::try_new(field, offsets, Arc::new(items), None)
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|e| Error::internal(format!("a column of lists: {e}")))
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;

    use super::*;

    #[test]
    fn values_fall_into_their_lists() {
        let column = lists::<Float64Type>([2, 0, 1], vec![1.0, 2.0, 3.0]).unwrap();
        let rows: Vec<Vec<f64>> = (0..column.len())
            .map(|row| column.as_list::<i32>().value(row).as_primitive::<Float64Type>().values().to_vec())
            .collect();
        assert_eq!(rows, [vec![1.0, 2.0], vec![], vec![3.0]]);
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        assert!(lists::<Float64Type>([2], vec![1.0]).is_err());
        assert!(lists::<Float64Type>([1], vec![1.0, 2.0]).is_err());
    }
}
