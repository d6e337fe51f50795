//! Spikes as text: a line per event, with a unit and a time.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::events::{self, ReadOptions};
//!
//! let recording = events::read(Path::new("songbird_spikes.txt"), &ReadOptions::default())?;
//! println!("{} units", recording.spikes.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod lines;
mod read;
mod step;

pub use read::{ReadOptions, read};
pub use step::{IngestEvents, Params};
