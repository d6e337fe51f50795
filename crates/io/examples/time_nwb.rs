//! Reads an NWB file into tables and says what it took: `cargo run --release --example time_nwb -- FILE`.
//!
//! The last line is `READ_S VALUES SUM`: CPU seconds from open to tables, samples in the traces, and their sum, by which
//! `benches/peers/compare_io.py` sees that all read the same.
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::fs;
use std::path::Path;

use neuroloom_io::nwb::{self, ReadOptions};
use neuroloom_table::Columns;

fn main() -> neuroloom_core::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: time_nwb FILE");
        return Ok(());
    };
    let before = cpu_s();
    let recording = nwb::read(Path::new(&path), &ReadOptions::default())?;
    let read_s = cpu_s() - before;
    let (mut n, mut sum) = (0, 0.0);
    if let Some(traces) = &recording.traces {
        let samples = traces.lists("trace")?;
        for trace in (0..traces.n_rows()).filter_map(|row| samples.get(row)) {
            n += trace.len();
            sum += trace.iter().sum::<f64>();
        }
    }
    println!("{read_s:.3} {n} {sum:.6e}");
    Ok(())
}

/// CPU seconds of this process, user and system, of which Linux counts hundredths; 0 elsewhere.
fn cpu_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, which may hold anything, ends at the last bracket; 11 fields later stand the times.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
