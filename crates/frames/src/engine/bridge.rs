//! Arrays between arrow-rs and polars over Arrow's C data interface: buffers change hands and are not copied.
//!
//! Specification: <https://arrow.apache.org/docs/format/CDataInterface.html>. Both libraries declare its two structures
//! for themselves, with the layout that it prescribes; this is the one place where one is taken for the other.
#![allow(
    unsafe_code,
    reason = "the C data interface is a contract between libraries, which no type can express"
)]

use std::mem::{align_of, size_of, transmute};

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow_array::{Array, ArrayRef, make_array};
use arrow_schema::ArrowError;
use polars::error::PolarsError;
use polars_arrow::array::Array as PolarsArray;
use polars_arrow::datatypes::Field;
use polars_arrow::ffi::{
    ArrowArray, ArrowSchema, export_array_to_c, export_field_to_c, import_array_from_c, import_field_from_c,
};

const _: () = assert!(size_of::<FFI_ArrowArray>() == size_of::<ArrowArray>());
const _: () = assert!(align_of::<FFI_ArrowArray>() == align_of::<ArrowArray>());
const _: () = assert!(size_of::<FFI_ArrowSchema>() == size_of::<ArrowSchema>());
const _: () = assert!(align_of::<FFI_ArrowSchema>() == align_of::<ArrowSchema>());

/// Why an array did not get across.
#[derive(Debug)]
pub(super) enum BridgeError {
    Arrow(ArrowError),
    Polars(PolarsError),
}

/// Hands `array` to polars.
pub(super) fn to_polars(array: &dyn Array) -> Result<Box<dyn PolarsArray>, BridgeError> {
    let (array, schema) = to_ffi(&array.to_data()).map_err(BridgeError::Arrow)?;
    // SAFETY: both types are `repr(C)` with the fields of `struct ArrowSchema` of the specification, in its order, and
    // `to_ffi` filled this one in. Ownership moves: the new value's drop calls `release`, the old one has none left.
    let schema: ArrowSchema = unsafe { transmute(schema) };
    // SAFETY: the same for `struct ArrowArray`. Its producer keeps the buffers alive until `release` is called.
    let array: ArrowArray = unsafe { transmute(array) };
    // SAFETY: `schema` came from `to_ffi` and is valid by its contract.
    let field = unsafe { import_field_from_c(&schema) }.map_err(BridgeError::Polars)?;
    // SAFETY: `array` came from the same call of `to_ffi` as `schema`, so its buffers are those of this type.
    unsafe { import_array_from_c(array, field.dtype) }.map_err(BridgeError::Polars)
}

/// Takes `array` from polars.
pub(super) fn from_polars(array: Box<dyn PolarsArray>) -> Result<ArrayRef, BridgeError> {
    let field = Field::new("".into(), array.dtype().clone(), true);
    // SAFETY: as above, the other way round: `export_field_to_c` filled in the structure of the specification.
    let schema: FFI_ArrowSchema = unsafe { transmute(export_field_to_c(&field)) };
    // SAFETY: the same for the array.
    let array: FFI_ArrowArray = unsafe { transmute(export_array_to_c(array)) };
    // SAFETY: `array` and `schema` describe the same array, exported just above and released by nobody yet.
    let data = unsafe { from_ffi(array, &schema) }.map_err(BridgeError::Arrow)?;
    Ok(make_array(data))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::{Float32Type, Int32Type};
    use arrow_array::{BooleanArray, Float64Array, Int64Array, LargeStringArray, ListArray, StringArray};

    use super::*;

    fn there_and_back(array: &ArrayRef) -> ArrayRef {
        from_polars(to_polars(array).unwrap()).unwrap()
    }

    #[test]
    fn arrays_come_back_as_they_went() {
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(vec![Some(1.5), None, Some(f64::NAN)])),
            Arc::new(Int64Array::from(Vec::<i64>::new())),
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            Arc::new(LargeStringArray::from(vec![Some("é"), None, Some("")])),
            Arc::new(StringArray::from(vec!["a word that does not fit in twelve bytes", "b"])),
            Arc::new(ListArray::from_iter_primitive::<Float32Type, _, _>(vec![
                Some(vec![Some(1.0), None]),
                None,
                Some(vec![]),
            ])),
        ];
        for array in arrays {
            assert_eq!(there_and_back(&array).to_data(), array.to_data(), "{:?}", array.data_type());
        }
    }

    #[test]
    fn a_slice_comes_back_as_a_slice() {
        let lists = vec![Some(vec![Some(1)]), Some(vec![Some(2), Some(3)]), None, Some(vec![Some(4)])];
        let whole: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists));
        for (start, length) in [(1, 2), (0, 0), (3, 1)] {
            let slice = whole.slice(start, length);
            assert_eq!(there_and_back(&slice).to_data(), slice.to_data());
        }
    }

    #[test]
    fn nothing_is_copied() {
        let numbers = Float64Array::from(vec![1.0; 1000]);
        let address = numbers.values().as_ptr();
        let array: ArrayRef = Arc::new(numbers);
        let back = there_and_back(&array);
        let back = back.as_any().downcast_ref::<Float64Array>().unwrap();
        assert_eq!(back.values().as_ptr(), address);
    }
}
