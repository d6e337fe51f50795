//! NumPy files.

use std::path::Path;

use neuroloom_core::{Error, Result};

use super::descriptors::{Descriptors, words};
use super::matrices::Matrices;
use super::params::{Layout, Params};
use super::set::RdmSet;
use crate::npy::{self, Archive, Array, Values};

/// Names that the array of dissimilarities has.
const NAMES: [&str; 4] = ["vectors", "dissimilarities", "rdms", "rdm"];

/// One array of dissimilarities.
///
/// # Errors
/// When it is damaged or no set of RDMs.
pub(super) fn read_npy(path: &Path, layout: Layout) -> Result<RdmSet> {
    let matrices = matrices(&npy::read(path)?, layout).map_err(|error| error.at_file(path))?;
    let (rdms, patterns) = (Descriptors::of("RDM"), Descriptors::of("condition"));
    Ok(RdmSet { path: path.to_path_buf(), matrices, measure: None, rdms, patterns })
}

/// An archive: lists as long as there are RDMs describe the RDMs, those as long as there are conditions the conditions.
///
/// # Errors
/// When it is damaged, or which array has the dissimilarities cannot be told.
pub(super) fn read_npz(path: &Path, params: &Params) -> Result<RdmSet> {
    let mut archive = Archive::open(path)?;
    let names = archive.names().to_vec();
    let mut lists = Vec::new();
    let mut arrays = Vec::new();
    let known = NAMES.iter().find(|name| archive.has(name)).map(|&name| name.to_owned());
    let object = params.object.clone().or(known);
    for name in names {
        match archive.read(&name) {
            Ok(array) if object.as_deref() == Some(&name) => arrays = vec![(name, array)],
            Ok(array) if array.shape.len() == 1 => lists.push((name, array)),
            Ok(array) if object.is_none() && is_numeric(&array) => arrays.push((name, array)),
            Ok(_) => {}
            Err(error) if object.as_deref() == Some(&name) => return Err(error),
            // An array of Python objects beside the dissimilarities is no reason to refuse them.
            Err(_) => {}
        }
    }
    let array = match arrays.as_slice() {
        [(_, array)] => array,
        arrays => return Err(not_told(path, &archive, object.as_deref(), arrays)),
    };
    let object = arrays.first().map_or("", |(name, _)| name);
    let matrices = matrices(array, params.layout).map_err(|error| error.at_object(object).at_file(path))?;
    let (mut rdms, mut patterns) = (Descriptors::of("RDM"), Descriptors::of("condition"));
    for (name, list) in lists {
        let values = match &list.values {
            Values::Texts(texts) => texts.clone(),
            _ => words(&*list.numbers()?),
        };
        if values.len() == matrices.vectors.len() {
            rdms.add(&name, values.clone());
        }
        if values.len() == matrices.n_conditions {
            patterns.add(&name, values);
        }
    }
    Ok(RdmSet { path: path.to_path_buf(), matrices, measure: None, rdms, patterns })
}

fn is_numeric(array: &Array) -> bool {
    matches!(array.values, Values::Numbers(_)) && matches!(array.shape.len(), 2 | 3)
}

fn matrices(array: &Array, layout: Layout) -> Result<Matrices> {
    Matrices::of(&array.shape, &array.numbers()?.to_f64(), layout)
}

fn not_told(path: &Path, archive: &Archive, object: Option<&str>, arrays: &[(String, Array)]) -> Error {
    let names = |names: &[String]| names.join(", ");
    match object {
        Some(object) => Error::data("no such array")
            .at_object(object)
            .expected(format!("one of {}", names(archive.names()))),
        None => Error::data("which array has the dissimilarities cannot be told")
            .expected(format!("an array called {}, or `object`", NAMES.join(", ")))
            .found(match arrays {
                [] => format!(
                    "no array of numbers with two or three dimensions, among {}",
                    names(archive.names())
                ),
                arrays => arrays.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
            }),
    }
    .at_file(path)
}
