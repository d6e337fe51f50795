//! The signal propagation atlas of Randi et al. 2023: matrices [responding, stimulated].

use std::collections::BTreeSet;
use std::path::Path;

use neuroloom_celegans::Profile;
use neuroloom_celegans::connectome::Reading;
use neuroloom_celegans::names::{self, NAMES};
use neuroloom_core::{Error, Result};
use neuroloom_io::hdf5::File;

use super::check_q;
use crate::Strain;

/// Dataset with the names of rows and columns.
pub(crate) const IDS: &str = "neuron_ids";

/// The responses of a strain that were tested: amplitude dF/F and false discovery rate q, both finite. The stimulated
/// neuron (a column) is `pre`, the responding one (a row) is `post`. The row of a reading is its place in the matrix,
/// row-major.
///
/// # Errors
/// When a dataset is missing, a matrix is not 300 × 300, the names are not the 300 neurons (AWCOFF and AWCON for AWC),
/// or a q-value is outside `[0, 1]`.
pub(crate) fn responses(path: &Path, strain: Strain) -> Result<Vec<Reading>> {
    let file = File::open(path)?;
    let ids = ids(&file)?;
    let matrix = |name: &str| square(&file, &format!("{}/{name}", strain.group()));
    let (amplitudes, q_values) = (matrix("dFF")?, matrix("q")?);
    let mut readings = Vec::new();
    for (place, (weight, q_value)) in amplitudes.into_iter().zip(q_values).enumerate() {
        let names = (ids.get(place % NAMES.len()), ids.get(place / NAMES.len()));
        let (Some(stimulated), Some(responding)) = names else { continue };
        if q_value.is_nan() || !weight.is_finite() {
            continue;
        }
        check_q(q_value, || format!("{}/q, {stimulated} to {responding}", strain.group()))
            .map_err(|error| error.at_file(path))?;
        readings.push(Reading {
            row: place as u64,
            pre: stimulated.clone(),
            post: responding.clone(),
            kind: "functional".into(),
            weight,
            q_value: Some(q_value),
        });
    }
    Ok(readings)
}

fn present(file: &File, dataset: &str) -> Result<()> {
    if file.has_dataset(dataset)? {
        return Ok(());
    }
    let parent = dataset.rsplit_once('/').map_or("/", |(parent, _)| parent);
    let siblings = file.children(parent).unwrap_or_default();
    let names: Vec<String> = siblings.into_iter().map(|child| child.name).collect();
    Err(file.error(dataset, "a dataset is missing").expected(dataset).found(if names.is_empty() {
        "nothing there".into()
    } else {
        names.join(", ")
    }))
}

fn ids(file: &File) -> Result<Vec<String>> {
    present(file, IDS)?;
    let ids: Vec<String> =
        file.texts(IDS)?.iter().map(|id| id.trim_end_matches('\0').trim().to_owned()).collect();
    let name = |id| names::of_functional_atlas(id, Profile::Exact);
    let stranger = ids.iter().position(|id| names::slot(name(id)).is_none());
    let distinct: BTreeSet<&str> = ids.iter().map(|id| name(id)).collect();
    if ids.len() == NAMES.len() && distinct.len() == NAMES.len() && stranger.is_none() {
        return Ok(ids);
    }
    let stranger = stranger.and_then(|place| ids.get(place));
    Err(file
        .error(IDS, "the names of the matrices are not the 300 neurons")
        .expected("each of them once, with AWCOFF and AWCON for AWC")
        .found(match stranger {
            Some(stranger) => format!("{stranger:?}"),
            None => format!("{} names, {} of them distinct", ids.len(), distinct.len()),
        }))
}

fn square(file: &File, dataset: &str) -> Result<Vec<f64>> {
    present(file, dataset)?;
    let n = NAMES.len() as u64;
    let shape = file.sized_info(dataset)?.shape;
    if shape != [n, n] {
        let found: Vec<String> = shape.iter().map(u64::to_string).collect();
        return Err(Error::data("the matrix has another size")
            .at_file(file.path())
            .at_object(dataset)
            .expected(format!("{n} x {n}"))
            .found(found.join(" x ")));
    }
    file.numbers(dataset)
}
