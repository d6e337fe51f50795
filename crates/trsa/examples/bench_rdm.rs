//! CPU seconds of this crate's estimators, transforms and comparisons on one thread, on the arrays of a folder.
//!
//! `benches/peers/compare_trsa.py` writes the arrays, runs rsatoolbox and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-trsa --example bench_rdm -- FOLDER
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ndarray::{Array2, Array3, ArrayView3};
use ndarray_npy::{ReadableElement, read_npy};
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::noise::Precision;
use neuroloom_trsa::transforms::{GeoTop, Transform};
use neuroloom_trsa::{Rdm, estimators};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const BATCHES: usize = 9;
const BATCH: Duration = Duration::from_millis(60);

fn main() -> Outcome {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the folder of the arrays")?);
    rayon::ThreadPoolBuilder::new().num_threads(1).build()?.install(|| all(&folder))
}

fn all(folder: &Path) -> Outcome {
    for size in ["92x4x1000", "1000x2x5000"] {
        let folds: Array3<f64> = read(folder, size)?;
        estimators_of(&folds.view(), size)?;
    }
    let precision: Array2<f64> = read(folder, "precision")?;
    let (folds, precision) = (read::<Array3<f64>>(folder, "92x4x1000")?, Precision::full(precision.view())?);
    measure("crossnobis P 92x4x1000", || estimators::crossnobis(folds.view(), &precision))?;

    let (data, models) = (rdms(folder, "rdms")?, rdms(folder, "models")?);
    for m in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        measure(&format!("{} 100x20x92", m.name()), || compare(&data, &models, m))?;
    }
    let transforms = [
        ("rank 100x92", Transform::Rank),
        ("geotop raw 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, false)?)),
        ("geotop ranked 100x92", Transform::GeoTop(GeoTop::new(0.2, 0.8, true)?)),
    ];
    for (name, transform) in transforms {
        measure(name, || transform.apply(&data))?;
    }
    Ok(())
}

fn estimators_of(folds: &ArrayView3<'_, f64>, size: &str) -> Outcome {
    measure(&format!("euclidean {size}"), || estimators::euclidean(*folds))?;
    measure(&format!("correlation {size}"), || estimators::correlation(*folds))?;
    measure(&format!("crossnobis I {size}"), || estimators::crossnobis(*folds, &Precision::identity()))
}

fn read<T: ReadArray>(folder: &Path, name: &str) -> Outcome<T> {
    T::read(&folder.join(format!("{name}.npy")))
}

trait ReadArray: Sized {
    fn read(path: &Path) -> Outcome<Self>;
}

impl<A: ReadableElement, D: ndarray::Dimension> ReadArray for ndarray::Array<A, D> {
    fn read(path: &Path) -> Outcome<Self> {
        Ok(read_npy(path)?)
    }
}

fn rdms(folder: &Path, name: &str) -> Outcome<Vec<Rdm>> {
    let rows: Array2<f64> = read(folder, name)?;
    let conditions: Vec<String> = (0..92).map(|i| format!("{i:02}")).collect();
    let rdm = |(i, row): (usize, ndarray::ArrayView1<'_, f64>)| {
        Ok(Rdm::new(format!("{name} {i}"), conditions.clone(), row.to_vec())?)
    };
    rows.outer_iter().enumerate().map(rdm).collect()
}

/// Prints the name and the median CPU seconds of a call. A batch is long enough for the clock of the kernel.
fn measure<T, E: Error + Send + Sync + 'static>(name: &str, call: impl Fn() -> Result<T, E>) -> Outcome {
    let start = Instant::now();
    black_box(call()?);
    let calls = (BATCH.as_secs_f64() / start.elapsed().as_secs_f64()).ceil().max(1.0) as u32;
    let mut seconds = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        let before = cpu_seconds()?;
        for _ in 0..calls {
            black_box(call()?);
        }
        seconds.push((cpu_seconds()? - before) / f64::from(calls));
    }
    seconds.sort_by(f64::total_cmp);
    println!("{name}\t{:e}", seconds[BATCHES / 2]);
    Ok(())
}

/// CPU seconds that this thread has used (Linux).
fn cpu_seconds() -> Outcome<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = statistics.split_whitespace().next().ok_or("an empty schedstat")?;
    Ok(nanoseconds.parse::<f64>()? * 1e-9)
}
