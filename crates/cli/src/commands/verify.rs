//! `neuroloom verify`.

use std::path::Path;

use neuroloom_core::{Error, files};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_pipeline::store::{Verified, verify_entries};
use serde_json::json;

use super::store_of;
use crate::failure::Failure;
use crate::watch::Counter;

pub fn verify(folder: &Path, json: bool) -> Result<(), Failure> {
    let store = store_of(folder)?;
    let counter = Counter::new("results", json);
    let verified = verify_entries(&store, &|total| counter.advance(total))?;
    counter.finish();
    let mut damaged: Vec<Error> = verified.damaged.iter().map(|damage| damage.error.clone()).collect();
    damaged.extend(run_folder(folder)?);
    say(&verified, &damaged, json);
    match damaged.into_iter().next() {
        None => Ok(()),
        Some(first) => Err(first
            .hint("run the pipeline again: damaged results are thrown away when they are read, and made anew")
            .into()),
    }
}

/// What is damaged among the tables that a run's manifest lists.
fn run_folder(folder: &Path) -> Result<Vec<Error>, Failure> {
    let run = RunFolder::new(folder);
    let Some(manifest) = Manifest::read(&run.manifest())? else { return Ok(Vec::new()) };
    let outputs = manifest.tasks.iter().flat_map(|task| task.outputs.values());
    let check = |table: &neuroloom_pipeline::manifest::TableRecord| {
        let path = run.root().join(&table.file);
        match files::digest(&path) {
            Ok(found) if found == table.digest => None,
            Ok(found) => Some(
                Error::data("a result is damaged")
                    .at_file(&path)
                    .expected(table.digest.to_string())
                    .found(found.to_string()),
            ),
            Err(error) => Some(error),
        }
    };
    Ok(outputs.filter_map(check).collect())
}

fn say(verified: &Verified, damaged: &[Error], json: bool) {
    let (entries, tables, bytes) = (verified.entries, verified.tables, verified.bytes);
    if json {
        let damaged: Vec<String> = damaged.iter().map(ToString::to_string).collect();
        println!("{}", json!({ "results": entries, "tables": tables, "bytes": bytes, "damaged": damaged }));
        return;
    }
    let mib = bytes as f64 / f64::from(1 << 20);
    println!("{entries} results with {tables} tables, {mib:.1} MiB, {} damaged", damaged.len());
    for error in damaged.iter().skip(1) {
        eprintln!("damaged: {}", error.report());
    }
}
