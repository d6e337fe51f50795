//! Readers: neural recordings into typed Arrow tables.
//!
//! One module per format. [`nwb`] reads Neurodata Without Borders 2.x, as the step [`ingest.nwb`](nwb::IngestNwb)
//! and as a library; [`hdf5`] is the small interface to HDF5 that it stands on. [`suite2p`], [`phy`] and [`alf`]
//! read folders of these programs, as steps and as libraries; [`npy`] and [`mat5`] read NumPy and MATLAB 5 files for
//! them and for others. [`detect`] tells formats apart by their first bytes and [`inspect()`] lists what is in a file.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::nwb::{self, ReadOptions};
//!
//! let recording = nwb::read(Path::new("A2929-200711.nwb"), &ReadOptions::default())?;
//! if let Some(spikes) = &recording.spikes {
//!     println!("{} units", spikes.n_rows());
//! }
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

pub mod alf;
mod detect;
pub mod events;
pub mod hdf5;
pub mod inspect;
pub mod mat5;
pub mod npy;
pub mod numbers;
pub mod nwb;
pub mod phy;
mod python_literal;
mod recording_row;
mod spike_trains;
pub mod suite2p;
mod summaries;

use neuroloom_core::Registry;

pub use detect::{Format, detect};
pub use inspect::{Inspection, inspect};
pub use spike_trains::SpikeRecording;

/// Adds the steps of this crate: `ingest.nwb`, `ingest.suite2p`, `ingest.phy`, `ingest.alf`,
/// `ingest.events`.
#[must_use]
pub fn register(registry: Registry) -> Registry {
    registry
        .with(nwb::IngestNwb)
        .with(suite2p::IngestSuite2p)
        .with(phy::IngestPhy)
        .with(alf::IngestAlf)
        .with(events::IngestEvents)
}
