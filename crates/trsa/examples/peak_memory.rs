//! Peak memory of RDMs of 1800 conditions from 7000 channels, by method (Linux).
//!
//!     cargo run --release --package neuroloom-trsa --example peak_memory
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::error::Error;

use ndarray::Array3;
use neuroloom_trsa::estimators::{Estimator, Method, NoiseSource};

const DIMS: (usize, usize, usize) = (2, 1800, 7000);

fn main() -> Result<(), Box<dyn Error>> {
    let value =
        |(f, i, c): (usize, usize, usize)| ((f * 7919 + i * 104_729 + c * 1_299_709) % 1013) as f64 / 500.0;
    let folds = Array3::from_shape_fn(DIMS, value);
    println!("{DIMS:?} responses: {} MiB at the peak", peak_mib()?);
    for method in [Method::Euclidean, Method::Correlation, Method::Crossnobis] {
        let rdm = Estimator::new(method).estimate((&folds).into(), NoiseSource::Repeats)?;
        println!("{}: {} pairs, {} MiB at the peak so far", method.name(), rdm.len(), peak_mib()?);
    }
    Ok(())
}

/// The most memory that this process has held.
fn peak_mib() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("an empty VmHWM")?.parse::<u64>()? / 1024)
}
