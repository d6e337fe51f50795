//! CaImAn's results in HDF5, into traces.
//!
//! Read is what `save` of a CNMF object writes: `estimates/C`, `F_dff`, `S`, `YrA` (components × frames), which
//! components were accepted, how they were scored, and where their footprints `A` lie. The frame rate is that of
//! `params/data/fr`.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::caiman::{self, ReadOptions};
//!
//! let recording = caiman::read(Path::new("mouse1_cnmf.hdf5"), &ReadOptions::default())?;
//! println!("{} components at {} Hz", recording.n_components, recording.fs_hz);
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Giovannucci et al. 2019, eLife 8:e38173.

mod components;
mod contents;
mod datasets;
mod footprints;
mod read;
mod signal;
mod step;

pub use read::{ReadOptions, Recording, read};
pub use signal::Signal;
pub use step::{IngestCaiman, Params};
