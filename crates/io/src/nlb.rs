//! Binned trials in the HDF5 layouts of the Neural Latents Benchmark and of LFADS.
//!
//! Datasets are `[trials, bins, units]`. Their names say what they are: the split (`train_`, `valid_`, `eval_` …), the
//! signal (`spikes`, `rates`, `behavior` …), whether its units are held in or out, and whether its bins lie behind
//! those that a model may see (`_forward`).
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::nlb::{self, ReadOptions};
//!
//! let options = ReadOptions { bin_s: Some(0.01), ..ReadOptions::default() };
//! let recording = nlb::read(Path::new("lfads_lorenz.h5"), &options)?;
//! println!("{} rows, one per trial and unit", recording.trials.n_rows());
//! # Ok::<(), neuroloom_core::Error>(())
//! ```
//!
//! Pei et al. 2021, Neural Latents Benchmark '21, arXiv 2109.04463; Pandarinath et al. 2018, Nature Methods 15:805
//! (LFADS).

mod bins;
mod contents;
mod dataset_name;
mod figures;
mod matrix;
mod read;
mod root;
mod rows;
mod step;
mod truth;

pub use dataset_name::Split;
pub use read::{ReadOptions, Recording, read};
pub use step::{IngestNlb, Params};
pub use truth::TruthUnit;
