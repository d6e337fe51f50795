//! Memory of a large recording. With `NEUROLOOM_LONG_TESTS` set; best alone, as the peak is that of the process.

use serde_json::json;

use crate::runs::{context, counts, draws, run};

/// Bytes that a run of 200 neurons in 10,000 bins may take, two chains side by side.
const MOST_BYTES: u64 = 1 << 30;

/// Peak of the resident memory of this process (Linux).
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(1024 * line.split_whitespace().nth(1)?.parse::<u64>().ok()?)
}

#[test]
fn two_hundred_neurons_in_ten_thousand_bins_fit_into_memory() {
    if std::env::var_os("NEUROLOOM_LONG_TESTS").is_none() {
        return neuroloom_testkit::skip("NEUROLOOM_LONG_TESTS is not set");
    }
    let counts = counts(json!({"n_per": [50, 50, 50, 50], "n_bins": 10_000}));
    let folder = tempfile::tempdir().unwrap();
    let params = json!({"chains": 2, "sweeps": 6, "burn_in": 0, "store": "all", "start": "kmeans", "priors": {"max_states": 10}});
    let start = std::time::Instant::now();
    let output = run(&context(folder.path(), 2), params, &counts).unwrap();
    println!("{:.1} s of a sweep", start.elapsed().as_secs_f64() / 12.0);
    assert_eq!(draws(&output).iter().map(neuroloom_core::Table::n_rows).sum::<usize>(), 12);
    if let Some(peak) = peak_bytes() {
        println!("peak of {} MB", peak >> 20);
        assert!(peak < MOST_BYTES, "{peak}");
    }
}
