//! Pynapple's `.npz` files, alone or as a folder that is one recording.
//!
//! | object | table |
//! | --- | --- |
//! | `TsGroup`, `Ts` | spikes |
//! | `Tsd`, `TsdFrame` | behaviour, or traces |
//! | `IntervalSet` | intervals |
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::pynapple::{self, ReadOptions};
//!
//! let recording = pynapple::read(Path::new("A2929-200711/derivatives"), &ReadOptions::default())?;
//! if let Some(spikes) = &recording.spikes {
//!     println!("{} units", spikes.n_rows());
//! }
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Viejo et al. 2023, eLife 12:RP85786. Metadata that Pynapple keeps as Python objects are pickles, which may run any
//! code when they are loaded; they are not opened.

mod behaviour;
mod folder;
mod group;
mod intervals;
mod object;
mod plan;
mod read;
mod segments;
mod series;
mod step;
mod traces;

pub use object::Target;
pub use read::{ReadOptions, Recording, read};
pub use step::{IngestPynapple, Params};
