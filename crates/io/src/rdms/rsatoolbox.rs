//! The HDF5 layout of rsatoolbox: `/dissimilarities` `[n_rdms, n_pairs]`, and the groups `/rdm_descriptors` and
//! `/pattern_descriptors` with a dataset per descriptor.

use std::path::Path;

use neuroloom_core::Result;

use super::descriptors::{Descriptors, words};
use super::matrices::Matrices;
use super::params::Layout;
use super::set::{RdmSet, stem};
use crate::hdf5::{File, ObjectKind, Values, join};
use crate::mat73;

const DISSIMILARITIES: &str = "/dissimilarities";

/// What a file holds, known without its dissimilarities.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) n_rdms: usize,
    pub(super) n_pairs: usize,
    pub(super) rdms: Descriptors,
}

/// # Errors
/// When the file is damaged, has no dissimilarities, or a descriptor does not fit them.
pub(super) fn outline(file: &File) -> Result<Outline> {
    if !file.has_dataset(DISSIMILARITIES)? {
        let error = file.error(DISSIMILARITIES, "this is HDF5, but no set of RDMs");
        return Err(error
            .expected("the dataset that rsatoolbox writes, [n_rdms, n_pairs]")
            .hint("`neuroloom inspect FILE` says what is in it"));
    }
    let shape = file.sized_info(DISSIMILARITIES)?.shape;
    let &[n_rdms, n_pairs] = shape.as_slice() else {
        let error = file.error(DISSIMILARITIES, "the dissimilarities are no set of vectors");
        return Err(error.expected("[n_rdms, n_pairs]").found(format!("{shape:?}")));
    };
    let (n_rdms, n_pairs) = (n_rdms as usize, n_pairs as usize);
    let mut rdms = descriptors(file, "/rdm_descriptors", "RDM", n_rdms)?;
    rdms.add("file", vec![stem(file.path()); n_rdms]);
    Ok(Outline { n_rdms, n_pairs, rdms })
}

/// # Errors
/// Those of [`outline`], and when the number of dissimilarities is that of no RDM.
pub(super) fn read(path: &Path) -> Result<RdmSet> {
    let file = File::open(path)?;
    let Outline { n_rdms, n_pairs, rdms } = outline(&file)?;
    let values = file.numbers(DISSIMILARITIES)?;
    let matrices = Matrices::of(&[n_rdms, n_pairs], &values, Layout::Vectors)
        .map_err(|error| error.at_object(DISSIMILARITIES).at_file(path))?;
    let patterns = descriptors(&file, "/pattern_descriptors", "condition", matrices.n_conditions)?;
    let measure = file.text_attribute("/", "dissimilarity_measure")?;
    Ok(RdmSet { path: path.to_path_buf(), matrices, measure, rdms, patterns })
}

/// The descriptors in `group`, each with one item for every one of `n`.
fn descriptors(file: &File, group: &str, of: &'static str, n: usize) -> Result<Descriptors> {
    let mut found = Descriptors::of(of);
    if file.kind(group)? != Some(ObjectKind::Group) {
        return Ok(found);
    }
    for child in file.children(group)? {
        let dataset = join(group, &child.name);
        if !file.has_dataset(&dataset)? {
            continue;
        }
        let shape = file.sized_info(&dataset)?.shape;
        if shape != [n as u64] {
            return Err(file
                .error(&dataset, "a descriptor does not fit the dissimilarities")
                .expected(format!("one item per {of}, {n} in all"))
                .found(format!("{shape:?}")));
        }
        let values = match file.values(&dataset, None)? {
            Values::Text(texts) => Some(texts),
            values => mat73::numbers(values).map(|numbers| words(&numbers)),
        };
        let values =
            values.ok_or_else(|| file.error(&dataset, "a descriptor is neither text nor numbers"))?;
        found.add(&child.name, values);
    }
    Ok(found)
}
