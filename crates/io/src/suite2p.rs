//! Suite2p's output folders, into traces.
//!
//! `F.npy`, `Fneu.npy`, `spks.npy` and `iscell.npy` of every plane are read. `ops.npy` and `stat.npy` are pickles,
//! which may run any code when they are loaded; they are not opened, and so the frame rate is a parameter.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::suite2p::{self, ReadOptions};
//!
//! let recording = suite2p::read(Path::new("mouse1/suite2p"), &ReadOptions::new(30.0))?;
//! println!("{} traces", recording.traces.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Pachitariu et al. 2017, bioRxiv 061507.

mod folder;
mod plane;
mod read;
mod step;
mod traces;

pub use plane::Signal;
pub use read::{ReadOptions, Recording, read};
pub use step::{IngestSuite2p, Params};
