//! Arrays in, medians of CPU seconds out.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use ndarray::{Array, Array1, Dimension};
use ndarray_npy::{ReadableElement, read_npy};
use neuroloom_mds::Network;

pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const BATCHES: usize = 9;
const BATCH: Duration = Duration::from_millis(60);

/// The array `name` of the folder.
pub fn read<A: ReadableElement, D: Dimension>(folder: &Path, name: &str) -> Outcome<Array<A, D>> {
    Ok(read_npy(folder.join(format!("{name}.npy")))?)
}

/// Prints the name and the median CPU seconds of a call over `n`. A batch is long enough for the clock of the kernel.
pub fn measure_each<T>(name: &str, n: f64, mut call: impl FnMut() -> Outcome<T>) -> Outcome {
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
    println!("{name}\t{:e}", seconds[BATCHES / 2] / n);
    Ok(())
}

/// CPU seconds that this thread has used (Linux).
fn cpu_seconds() -> Outcome<f64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = statistics.split_whitespace().next().ok_or("an empty schedstat")?;
    Ok(nanoseconds.parse::<f64>()? * 1e-9)
}

/// The network whose list of layers is the array `spec` of the folder, as JSON in bytes.
pub fn network(folder: &Path) -> Outcome<Network> {
    let text: Array1<u8> = read(folder, "spec")?;
    Ok(Network::new(serde_json::from_slice(&text.to_vec())?)?)
}
