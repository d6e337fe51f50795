//! Representational dissimilarity matrices (RDMs) that other programs computed.
//!
//! rsatoolbox (0.3) writes a set of RDMs as HDF5 (`RDMs.save(file, file_type='hdf5')`): `dissimilarities` `[n_rdms, n_pairs]`
//! with the pairs `i < j` row-major, descriptors of RDMs and of patterns (conditions) beside them. NumPy archives hold the same
//! under names of their own; a matrix alone is read from `.npy` and from tables of text. Pickles are never read: loading one runs
//! the code in it.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::rdms::{self, Params};
//!
//! let mut params = Params::new("rdms.h5");
//! params.subject = Some("subject".into());
//! let read = rdms::read(Path::new("."), &params)?;
//! println!("{} RDMs", read.index.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Nili et al. 2014, PLoS Comput Biol 10:e1003553; van den Bosch et al., rsatoolbox.

mod arrays;
mod check;
mod conditions;
mod descriptors;
mod matrices;
mod params;
mod read;
mod rsatoolbox;
mod select;
mod set;
mod step;
mod tables;
mod text;

pub use params::{DifferentConditions, Layout, NanPolicy, Params, Scalar, Wanted};
pub use read::{RdmTables, read};
pub use step::IngestRdms;
