//! Rates and targets in the HDF5 layout of the benchmark.
//!
//! A group per data set, named after it and, unless bins are of 5 ms, the width of its bins (`mc_maze_20`). Datasets are
//! `[trials, bins, units]` of 32-bit floats, compressed by gzip; units that are held in and out, and observed and forward
//! bins, lie in datasets of their own. `nlb_tools.evaluation.evaluate` scores one file against the other.

mod datasets;
mod target;
mod write;

pub use datasets::{Dataset, Values, bin_s, rates};
pub use target::targets;
pub use write::{group_name, write};
