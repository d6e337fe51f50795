//! CPU seconds of this crate's functions on one thread, on the arrays of a folder.
//!
//! `benches/peers/compare_trsa.py` writes the arrays, runs rsatoolbox and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-trsa --example bench_rsa -- FOLDER AREA [THREADS]
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

mod comparisons;
mod estimators;
mod harness;

use std::path::PathBuf;

use harness::Outcome;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give the folder of the arrays")?);
    let area = arguments.next().ok_or("give the area: estimators, comparisons")?;
    let n_threads = arguments.next().map_or(Ok(1), |threads| threads.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build()?;
    pool.install(|| match area.as_str() {
        "estimators" => estimators::run(&folder),
        "comparisons" => comparisons::run(&folder),
        other => Err(format!("no area {other:?}").into()),
    })
}
