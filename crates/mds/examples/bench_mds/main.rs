//! CPU seconds of this crate's functions on one thread, on the arrays of a folder.
//!
//! `benches/peers/compare_mds.py` writes the arrays, runs PyTorch and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-mds --example bench_mds -- FOLDER AREA
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

mod harness;
mod large;
mod step;
mod training;

use std::path::PathBuf;

use harness::Outcome;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give the folder of the arrays")?);
    let area = arguments.next().ok_or("give the area")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(|| match area.as_str() {
        "large" => large::run(),
        "step" => step::run(&folder),
        "training" => training::run(&folder),
        _ => Err(format!("no area {area:?}; there are large, step and training").into()),
    })
}
