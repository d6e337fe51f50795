//! Datasets that may be there, be absent, or say in words that they are absent.

use neuroloom_core::{Error, Result};

use crate::hdf5::{DatasetInfo, File, Number};

/// What CaImAn writes in the place of Python's `None`.
const NONE: &str = "NoneType";

/// The headers of `dataset`; none where it is absent or says `NoneType`. What is sized by them may be allocated.
///
/// # Errors
/// When it is damaged, holds other text, or claims more than the file can hold.
pub(super) fn find(file: &File, dataset: &str) -> Result<Option<DatasetInfo>> {
    if !file.has_dataset(dataset)? {
        return Ok(None);
    }
    let info = file.sized_info(dataset)?;
    if !info.dtype.is_text() {
        return Ok(Some(info));
    }
    match file.texts(dataset)?.as_slice() {
        [word] if word == NONE => Ok(None),
        words => Err(file
            .error(dataset, "the dataset holds text")
            .expected(format!("numbers, or {NONE:?} for none"))
            .found(format!("{:?}", words.first().map_or("", String::as_str)))),
    }
}

/// The single number in `dataset`, if any.
///
/// # Errors
/// When it is damaged or holds more than one number.
pub(super) fn number(file: &File, dataset: &str) -> Result<Option<f64>> {
    let Some(info) = find(file, dataset)? else { return Ok(None) };
    match *file.numbers::<f64>(dataset)?.as_slice() {
        [number] => Ok(Some(number)),
        _ => Err(file
            .error(dataset, "the dataset is no single number")
            .expected("a scalar")
            .found(info.shape_text())),
    }
}

/// The list of numbers in `dataset`, if any.
///
/// # Errors
/// When it is damaged, has several dimensions, or holds numbers that do not fit.
pub(super) fn list<T: Number>(file: &File, dataset: &str) -> Result<Option<Vec<T>>> {
    let Some(info) = find(file, dataset)? else { return Ok(None) };
    match info.shape.as_slice() {
        [0] => Ok(Some(Vec::new())),
        [_] => file.numbers(dataset).map(Some),
        _ => Err(file
            .error(dataset, "the dataset is no list")
            .expected("one dimension")
            .found(info.shape_text())),
    }
}

/// An error for `dataset`, which must be there and is not.
pub(super) fn missing(file: &File, dataset: &str) -> Error {
    file.error(dataset, "a dataset of CaImAn's results is missing").found("none, or NoneType")
}
