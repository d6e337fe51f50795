//! Datasets of HDF5 files.

use neuroloom_core::{Error, Result};

use super::loaded::{Loaded, Matrix};
use crate::hdf5::{File, ObjectKind, Values, Visit, walk};
use crate::mat73;

/// Reads the dataset at `path`.
///
/// # Errors
/// When there is none, or it holds neither numbers nor text.
pub(super) fn load(file: &File, path: &str) -> Result<Loaded> {
    if !file.has_dataset(path)? {
        return Err(no_such(file, path)?);
    }
    let info = file.sized_info(path)?;
    let shape: Vec<usize> = info.shape.iter().map(|&extent| extent as usize).collect();
    match file.values(path, None)? {
        Values::Text(texts) => Ok(Loaded::Texts(texts)),
        values => {
            let numbers = mat73::numbers(values).ok_or_else(|| {
                file.error(path, "a dataset holds no numbers")
                    .expected("numbers or text")
                    .found(info.dtype.to_string())
            })?;
            let matrix = Matrix::new(&shape, numbers, false);
            matrix.map(Loaded::Matrix).map_err(|error| error.at_object(path).at_file(file.path()))
        }
    }
}

/// The paths of all datasets.
///
/// # Errors
/// When the file is damaged.
pub(super) fn datasets(file: &File) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    walk(file, "/", |object| {
        if object.kind == ObjectKind::Dataset {
            paths.push(object.path.clone());
        }
        Ok(Visit::Descend)
    })?;
    paths.sort();
    Ok(paths)
}

fn no_such(file: &File, path: &str) -> Result<Error> {
    const MOST_NAMES: usize = 30;
    let paths = datasets(file)?;
    let listed: Vec<&str> = paths.iter().map(String::as_str).take(MOST_NAMES).collect();
    let error = file.error(path, "no such dataset").expected(format!("one of {}", listed.join(", ")));
    Ok(match neuroloom_core::nearest(path, paths.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean {near:?}?")),
        None => error.hint("`neuroloom inspect FILE` lists what is there"),
    })
}
