//! Cells of Arrow arrays of any type that a Parquet file may have.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

/// Numbers of an array of numbers or truth values; NaN where there is none. None of any other type.
pub(super) fn numbers(array: &ArrayRef) -> Option<Vec<f64>> {
    match array.data_type() {
        DataType::Float64 => primitive::<Float64Type>(array, |value| value),
        DataType::Float32 => primitive::<Float32Type>(array, f64::from),
        DataType::Float16 => primitive::<Float16Type>(array, f64::from),
        DataType::Int8 => primitive::<Int8Type>(array, f64::from),
        DataType::Int16 => primitive::<Int16Type>(array, f64::from),
        DataType::Int32 => primitive::<Int32Type>(array, f64::from),
        DataType::Int64 => primitive::<Int64Type>(array, |value| value as f64),
        DataType::UInt8 => primitive::<UInt8Type>(array, f64::from),
        DataType::UInt16 => primitive::<UInt16Type>(array, f64::from),
        DataType::UInt32 => primitive::<UInt32Type>(array, f64::from),
        DataType::UInt64 => primitive::<UInt64Type>(array, |value| value as f64),
        DataType::Decimal128(_, scale) => {
            let unit = 10_f64.powi(i32::from(*scale));
            primitive::<Decimal128Type>(array, |value| value as f64 / unit)
        }
        DataType::Boolean => {
            let values = array.as_boolean_opt()?;
            Some(
                values
                    .iter()
                    .map(|value| value.map_or(f64::NAN, |value| f64::from(u8::from(value))))
                    .collect(),
            )
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let words = numbers(dictionary.values())?;
            Some(
                keys(array)?
                    .into_iter()
                    .map(|key| key.and_then(|key| words.get(key).copied()).unwrap_or(f64::NAN))
                    .collect(),
            )
        }
        DataType::Null => Some(vec![f64::NAN; array.len()]),
        _ => None,
    }
}

/// Words of an array of text or numbers; whole numbers without a fraction. None of any other type.
pub(super) fn texts(array: &ArrayRef) -> Option<Vec<Option<String>>> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string_opt::<i32>()?.iter().map(owned).collect()),
        DataType::LargeUtf8 => Some(array.as_string_opt::<i64>()?.iter().map(owned).collect()),
        DataType::Utf8View => Some(array.as_string_view_opt()?.iter().map(owned).collect()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt()?;
            let words = texts(dictionary.values())?;
            Some(keys(array)?.into_iter().map(|key| words.get(key?).cloned().flatten()).collect())
        }
        DataType::Int64 => {
            let values = array.as_primitive_opt::<Int64Type>()?;
            Some(values.iter().map(|value| value.map(|value| value.to_string())).collect())
        }
        DataType::UInt64 => {
            let values = array.as_primitive_opt::<UInt64Type>()?;
            Some(values.iter().map(|value| value.map(|value| value.to_string())).collect())
        }
        _ => {
            let numbers = numbers(array)?;
            // A number shows itself without a fraction where it has none.
            Some(numbers.into_iter().map(|number| (!number.is_nan()).then(|| number.to_string())).collect())
        }
    }
}

/// The word in one row of an array of text.
///
/// # Errors
/// When the array holds no text.
pub(super) fn text(array: &ArrayRef, row: usize) -> Result<Option<String>, ()> {
    if row >= array.len() || array.is_null(row) {
        return Ok(None);
    }
    let found = texts(&array.slice(row, 1)).ok_or(())?;
    Ok(found.into_iter().next().flatten())
}

/// The lists of numbers of an array of lists; empty where there is none. None of any other type.
pub(super) fn lists(array: &ArrayRef) -> Option<Vec<Vec<f64>>> {
    let row = |i: usize| -> Option<Vec<f64>> {
        if array.is_null(i) {
            return Some(Vec::new());
        }
        let items = match array.data_type() {
            DataType::List(_) => array.as_list_opt::<i32>()?.value(i),
            DataType::LargeList(_) => array.as_list_opt::<i64>()?.value(i),
            DataType::FixedSizeList(..) => array.as_fixed_size_list_opt()?.value(i),
            _ => return None,
        };
        numbers(&items)
    };
    (0..array.len()).map(row).collect::<Option<Vec<_>>>().filter(|_| is_list(array.data_type()))
}

/// Whether `data_type` is a list.
pub(super) fn is_list(data_type: &DataType) -> bool {
    matches!(data_type, DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..))
}

fn primitive<T: ArrowPrimitiveType>(array: &ArrayRef, number: impl Fn(T::Native) -> f64) -> Option<Vec<f64>> {
    let values = array.as_primitive_opt::<T>()?;
    Some(values.iter().map(|value| value.map_or(f64::NAN, &number)).collect())
}

/// Keys of a dictionary.
fn keys(array: &ArrayRef) -> Option<Vec<Option<usize>>> {
    let dictionary = array.as_any_dictionary_opt()?;
    let keys = dictionary.keys();
    // An empty dictionary has no keys to normalise.
    if dictionary.values().is_empty() {
        return Some(vec![None; keys.len()]);
    }
    let plain = dictionary.normalized_keys();
    Some(plain.into_iter().enumerate().map(|(row, key)| keys.is_valid(row).then_some(key)).collect())
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}
