//! The RDMs of one file.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};

use super::descriptors::Descriptors;
use super::matrices::Matrices;
use super::params::Params;
use super::{arrays, rsatoolbox, text};
use crate::{Format, detect};

/// The RDMs of one file, with what it says of them.
#[derive(Clone, Debug)]
pub(super) struct RdmSet {
    pub(super) path: PathBuf,
    pub(super) matrices: Matrices,
    /// Estimator, where the file tells.
    pub(super) measure: Option<String>,
    pub(super) rdms: Descriptors,
    pub(super) patterns: Descriptors,
}

impl RdmSet {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it is absent, damaged, of another format, or its arrays do not fit each other.
    pub(super) fn read(path: &Path, params: &Params) -> Result<Self> {
        let mut set = match detect(path)? {
            Format::Hdf5 => rsatoolbox::read(path),
            Format::Zip => arrays::read_npz(path, params),
            Format::Npy => arrays::read_npy(path, params.layout),
            Format::Text => text::read(path),
            other => Err(unknown(path, other)),
        }?;
        set.rdms.add("file", vec![stem(path); set.matrices.vectors.len()]);
        Ok(set)
    }

    /// Bytes that reading the file at `path` may take.
    ///
    /// # Errors
    /// When it is absent.
    pub(super) fn memory(path: &Path) -> Result<u64> {
        // Compressed numbers take up to so many times their bytes in the file; more is refused when they are read.
        const USUAL_EXPANSION: u64 = 8;
        // A dissimilarity of eight bytes, as stored, as a vector, and as a row of a long table.
        const BYTES_PER_BYTE: u64 = 17;
        Ok(files::size(path)?.saturating_mul(USUAL_EXPANSION * BYTES_PER_BYTE))
    }
}

/// Name of a file without its ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn unknown(path: &Path, found: Format) -> Error {
    let error = Error::data("this is no file of RDMs")
        .at_file(path)
        .expected("HDF5 of rsatoolbox, .npz, .npy, or a matrix as text")
        .found(found.to_string());
    error.hint("a pickle of rsatoolbox is not read, because loading one runs the code in it: save it again with `rdms.save(file, file_type='hdf5')`")
}
