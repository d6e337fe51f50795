//! `neuroloom gc`.

use neuroloom_pipeline::store::collect_garbage;

use super::{pretty, store_of};
use crate::args::GcArguments;
use crate::failure::Failure;

pub fn gc(arguments: &GcArguments, json: bool) -> Result<(), Failure> {
    let store = store_of(&arguments.folder)?;
    let garbage = collect_garbage(&store, arguments.older_than, arguments.dry_run)?;
    if json {
        println!("{}", pretty(&garbage)?);
        return Ok(());
    }
    let verb = if arguments.dry_run { "would remove" } else { "removed" };
    let mib = garbage.bytes as f64 / f64::from(1 << 20);
    println!(
        "{verb} {} results and {} leftovers, {mib:.1} MiB; {} results stay for {} runs",
        garbage.entries,
        garbage.leftovers,
        garbage.kept,
        garbage.runs.len()
    );
    for run in &garbage.runs {
        println!("  {}", run.display());
    }
    Ok(())
}
