//! CPU seconds of this crate's functions on one thread, on the arrays of a folder.
//!
//! `benches/peers/compare_trsa.py` writes the arrays, runs rsatoolbox and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-trsa --example bench_rsa -- FOLDER AREA [THREADS]
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

mod comparisons;
mod estimators;
mod harness;
mod identify;
mod inference;
mod searchlights;
mod transforms;

use std::path::{Path, PathBuf};

use harness::Outcome;

type Area = (&'static str, fn(&Path) -> Outcome);

const AREAS: &[Area] = &[
    ("estimators", estimators::run),
    ("comparisons", comparisons::run),
    ("transforms", transforms::run),
    ("inference", inference::run),
    ("identify", identify::run),
    ("searchlights", searchlights::run),
];

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give the folder of the arrays")?);
    let name = arguments.next().ok_or("give the area")?;
    let n_threads = arguments.next().map_or(Ok(1), |threads| threads.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build()?;
    match AREAS.iter().find(|area| area.0 == name) {
        Some((_, run)) => pool.install(|| run(&folder)),
        None => Err(format!(
            "no area {name:?}; there are {:?}",
            AREAS.iter().map(|area| area.0).collect::<Vec<_>>()
        )
        .into()),
    }
}
