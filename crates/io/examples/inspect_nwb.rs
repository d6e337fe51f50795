//! Lists what is in an NWB file and reads its tables: `cargo run --example inspect_nwb -- FILE`.

use std::path::Path;

use neuroloom_io::nwb::{self, ReadOptions};

fn main() -> neuroloom_core::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: inspect_nwb FILE");
        return Ok(());
    };
    let path = Path::new(&path);
    println!("{}", neuroloom_io::inspect(path)?);
    let recording = nwb::read(path, &ReadOptions::default())?;
    let optional = [&recording.spikes, &recording.traces, &recording.behaviour, &recording.intervals];
    for table in std::iter::once(&recording.recordings).chain(optional.into_iter().flatten()) {
        println!("{:<12}{:>8} rows", table.kind().name(), table.n_rows());
    }
    for note in &recording.notes {
        println!("note: {note}");
    }
    Ok(())
}
