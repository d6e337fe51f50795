//! CPU seconds of this crate's functions on one thread, on the arrays of a folder.
//!
//! `benches/peers/compare_bicluster.py` writes the arrays, runs public peers and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-bicluster --example bench_bicluster -- FOLDER AREA [THREADS]
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

mod filter;
mod harness;
mod laplace;
mod polya_gamma;
mod sweep;

use std::path::{Path, PathBuf};

use harness::Outcome;

type Area = (&'static str, fn(&Path) -> Outcome);

const AREAS: &[Area] = &[
    ("filter", filter::run),
    ("laplace", laplace::run),
    ("polya_gamma", polya_gamma::run),
    ("sweep", sweep::run),
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
