//! ALF folders (International Brain Laboratory, ONE), into spikes.
//!
//! `spikes.times.npy` (seconds) and `spikes.clusters.npy` are read, and of the clusters `clusters.depths.npy`,
//! `clusters.channels.npy` and, through them, `channels.brainLocationAcronyms_ccf_2017.npy`. A file may carry a
//! namespace before its name and a unique id behind it: `_ibl_clusters.depths.1f2e….npy`.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::alf::{self, ReadOptions};
//!
//! let recording = alf::read(Path::new("session/alf/probe00"), &ReadOptions::default())?;
//! println!("{} units", recording.spikes.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod attributes;
mod read;
mod step;

pub use read::{ReadOptions, read};
pub use step::{IngestAlf, Params};
