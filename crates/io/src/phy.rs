//! Folders of Kilosort and phy, into spikes.
//!
//! `spike_times.npy` (in samples), `spike_clusters.npy` and the tables of clusters are read. `params.py` is read as
//! text: the literals that its lines assign are taken, nothing in it is run.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::phy::{self, ReadOptions};
//!
//! let good = ReadOptions { good_only: true, ..ReadOptions::default() };
//! let recording = phy::read(Path::new("mouse1/kilosort"), &good)?;
//! println!("{} good units", recording.spikes.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod clusters;
mod params_py;
mod read;
mod step;

pub use params_py::ParamsPy;
pub use read::{ReadOptions, read};
pub use step::{IngestPhy, Params};
