//! Homogenises recordings and says how long it took.
//!
//!     bench_homogenise            900 synthetic worms of 1600 samples and 140 neurons, one at a time per thread
//!     bench_homogenise FOLDER     every NAME.npz in FOLDER: times_s [T], traces [T, N], slots [N]
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;
use neuroloom_celegans::names::NAMES;
use neuroloom_celegans::{Fate, HomogeniseParams, RawColumn, Recording, StoredSignal, homogenise};
use neuroloom_core::Seed;
use rayon::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const WORMS: usize = 900;
const SAMPLES: usize = 1600;
const NEURONS: usize = 140;

fn main() -> Outcome<()> {
    let begun = Instant::now();
    keep_freed_memory();
    let samples: Vec<usize> = match std::env::args().nth(1) {
        Some(folder) => {
            let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
            let mut files = entries.collect::<Outcome<Vec<_>>>()?;
            files.sort();
            files.par_iter().map(|file| homogenised(&read(file)?)).collect::<Outcome<_>>()?
        }
        None => {
            (0..WORMS).into_par_iter().map(|worm| homogenised(&synthetic(worm))).collect::<Outcome<_>>()?
        }
    };
    let total: usize = samples.iter().sum();
    println!(
        "{} recordings, {total} samples of calcium_data, {:.2} s, {} threads, peak memory {}",
        samples.len(),
        begun.elapsed().as_secs_f64(),
        rayon::current_num_threads(),
        peak_memory(),
    );
    Ok(())
}

fn homogenised(recording: &Recording<'_>) -> Outcome<usize> {
    let outcome = homogenise(recording, &HomogeniseParams::default(), Seed::root(0))?;
    match outcome.fate {
        Fate::Used(worm) => Ok(worm.signals.get(&StoredSignal::Calcium).map_or(0, Array2::len)),
        Fate::Skipped(reason) => Err(format!("{}: {reason}", recording.id).into()),
    }
}

fn synthetic(worm: usize) -> Recording<'static> {
    let times_s: Vec<f64> = (0..SAMPLES).map(|i| 0.6 * i as f64).collect();
    let trace =
        |neuron: usize| times_s.iter().map(|t| (t / (5.0 + neuron as f64)).sin() + worm as f64).collect();
    let columns = (0..NEURONS).map(|neuron| column(neuron, NAMES.get(neuron), trace(neuron)));
    assemble(format!("Synthetic/{worm:03}"), columns.collect(), times_s)
}

fn read(file: &Path) -> Outcome<Recording<'static>> {
    let mut arrays = NpzReader::new(File::open(file)?)?;
    let times_s: Array1<f64> = arrays.by_name("times_s")?;
    let traces: Array2<f64> = arrays.by_name("traces")?;
    let slots: Array1<i64> = arrays.by_name("slots")?;
    let columns = traces.columns().into_iter().zip(&slots).enumerate().map(|(number, (trace, slot))| {
        let name = usize::try_from(*slot).ok().and_then(|slot| NAMES.get(slot));
        column(number, name, trace.to_vec())
    });
    Ok(assemble(file.display().to_string(), columns.collect(), times_s.to_vec()))
}

fn column(number: usize, name: Option<&&str>, trace: Vec<f64>) -> RawColumn<'static> {
    let label_given = name.map(|name| (*name).to_owned());
    RawColumn { raw_column: number as i64, label_given, trace: trace.into() }
}

fn assemble(id: String, columns: Vec<RawColumn<'static>>, times_s: Vec<f64>) -> Recording<'static> {
    Recording {
        source: "Bench".into(),
        file: id.clone(),
        id,
        signal_unit: "F/F20".into(),
        licence_note: None,
        times_s: times_s.into(),
        columns,
    }
}

/// glibc hands freed memory back to the kernel and every recording would pay for fresh pages, more than for its
/// arithmetic. Freeing one large allocation raises the sizes from which it does so (mallopt(3), dynamic
/// M_MMAP_THRESHOLD and M_TRIM_THRESHOLD). The pages of this one are never touched.
fn keep_freed_memory() {
    const LARGE: usize = 30 << 20;
    drop(std::hint::black_box(vec![0_u8; LARGE]));
}

/// As Linux counts it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown".into(), |line| line.trim().to_owned())
}
