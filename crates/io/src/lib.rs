//! Readers: neural recordings into typed Arrow tables.
//!
//! One module per format. [`nwb`] reads Neurodata Without Borders 2.x, as the step [`ingest.nwb`](nwb::IngestNwb)
//! and as a library; [`hdf5`] is the small interface to HDF5 that it stands on. [`suite2p`], [`phy`] and [`alf`]
//! read folders of these programs, [`caiman`], [`nlb`] and [`pynapple`] files of theirs, [`rdms`] dissimilarity matrices,
//! [`table_file`] and [`array_file`] files in any layout, as steps and as libraries; [`npy`] and [`mat`] read NumPy and MATLAB files for
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
pub mod array_file;
mod assembled;
pub mod caiman;
mod detect;
pub mod events;
mod further_column;
pub mod hdf5;
pub mod inspect;
mod lists;
pub mod mat;
pub mod mat5;
pub mod mat73;
#[cfg(feature = "zarr")]
pub mod minian;
pub mod nlb;
pub mod npy;
pub mod numbers;
pub mod nwb;
pub mod phy;
pub mod pynapple;
mod python_literal;
pub mod rdms;
mod recording_row;
pub mod row_groups;
mod span;
mod spike_trains;
pub mod suite2p;
mod summaries;
pub mod table_file;
mod times;
mod trace_rows;

use neuroloom_core::Registry;

pub use assembled::{Recordings, TimeUnit};
pub use detect::{Format, detect};
pub use inspect::{Inspection, inspect};
pub use spike_trains::SpikeRecording;

/// Adds the steps of this crate: `ingest.nwb`, `ingest.suite2p`, `ingest.phy`, `ingest.alf`,
/// `ingest.events`, `ingest.caiman`, `ingest.nlb`, `ingest.pynapple`, `ingest.table`, `ingest.array`, `ingest.rdms`, and
/// with the feature `zarr` `ingest.minian`.
#[must_use]
pub fn register(registry: Registry) -> Registry {
    let registry = registry
        .with(nwb::IngestNwb)
        .with(suite2p::IngestSuite2p)
        .with(phy::IngestPhy)
        .with(alf::IngestAlf)
        .with(events::IngestEvents)
        .with(caiman::IngestCaiman)
        .with(nlb::IngestNlb)
        .with(pynapple::IngestPynapple)
        .with(table_file::IngestTable)
        .with(array_file::IngestArray)
        .with(rdms::IngestRdms);
    #[cfg(feature = "zarr")]
    let registry = registry.with(minian::IngestMinian);
    registry
}
