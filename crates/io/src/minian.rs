//! Minian's output, Zarr folders, into traces.
//!
//! Minian saves every variable as a Zarr 2 folder of its own, in the layout of xarray: `C.zarr`, `S.zarr`, `YrA.zarr`,
//! each with the matrix and its coordinates `unit_id` and `frame`.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::minian::{self, ReadOptions};
//!
//! let recording = minian::read(Path::new("mouse1/minian"), &ReadOptions::new(30.0))?;
//! println!("{} traces", recording.traces.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Dong et al. 2022, eLife 11:e70661.

mod array;
mod read;
mod signal;
mod step;
mod variable;

pub use read::{ReadOptions, Recording, read};
pub use signal::Signal;
pub use step::{IngestMinian, Params};
