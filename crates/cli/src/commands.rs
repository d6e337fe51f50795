//! One module per command.

mod behind;
pub mod cancel;
pub mod completions;
pub mod diff;
pub mod exec;
pub mod explain;
pub mod export;
pub mod fetch;
pub mod finish;
pub mod gc;
pub mod inspect;
pub mod logs;
pub mod mds;
pub mod new;
pub mod nlb;
pub mod plan;
pub mod retry;
pub mod run;
pub mod schema;
pub mod status;
pub mod steps;
pub mod submit;
#[cfg(feature = "tables")]
pub mod tables;
pub mod validate;
pub mod verify;

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result as CoreResult, files};
use neuroloom_pipeline::document;
use neuroloom_pipeline::execute::Outcome;
use neuroloom_pipeline::frozen::{self, FrozenPlan};
use neuroloom_pipeline::host::available_threads;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::plan::{Plan, plan as plan_pipeline};
use neuroloom_pipeline::store::Store;
use neuroloom_provenance::record;

use crate::args::{LocatedArguments, PipelineArguments};
use crate::failure::Failure;
use crate::page;
use crate::registry::registry;

/// Checks and plans the pipeline of the arguments.
fn load(arguments: &PipelineArguments) -> Result<Plan, Failure> {
    load_for(arguments, threads(arguments))
}

/// The same for so many threads.
fn load_for(arguments: &PipelineArguments, threads: usize) -> Result<Plan, Failure> {
    let pipeline = document::load(&arguments.file, &arguments.overrides, &registry())?;
    for warning in &pipeline.warnings {
        eprint!("{warning}");
    }
    Ok(plan_pipeline(pipeline, threads)?)
}

fn threads(arguments: &PipelineArguments) -> usize {
    arguments.threads.map_or_else(available_threads, usize::from)
}

/// The run's folder and the store of the arguments.
fn places(arguments: &LocatedArguments, plan: &Plan) -> (RunFolder, Store) {
    let default = || PathBuf::from("results").join(&plan.pipeline.name);
    let folder = RunFolder::new(arguments.out.clone().unwrap_or_else(default));
    let store = arguments.store.clone().map_or_else(|| folder.store(), Store::new);
    (folder, store)
}

/// Writes what people look at: the report with its figures, and the record of where results come from.
fn present(folder: &RunFolder, outcome: &Outcome) -> CoreResult<()> {
    if !outcome.unchanged || !files::exists(&folder.report()) {
        page::write(&registry(), folder, outcome)?;
    }
    record::write(folder, outcome.manifest.fingerprint)
}

/// The frozen plan of the run in `folder`.
fn planned(folder: &RunFolder) -> Result<FrozenPlan, Failure> {
    let absent = || {
        Error::data("no run was started here")
            .at_file(folder.root())
            .expected("a run.lock in the folder")
            .hint("give the folder that `neuroloom run --out` or `neuroloom submit --out` named (results/NAME by default)")
    };
    Ok(frozen::read(&folder.lock())?.ok_or_else(absent)?)
}

/// The store of the run in `folder`, or `folder` itself where it is a store.
fn store_of(folder: &Path) -> Result<Store, Failure> {
    let run = RunFolder::new(folder);
    if let Some(header) = frozen::read_header(&run.lock())? {
        return Ok(Store::new(header.store));
    }
    if files::is_folder(folder) {
        return Ok(Store::new(folder));
    }
    let error = Error::params("there is neither a run nor a store").at_file(folder);
    Err(error.hint("name the folder that `neuroloom run --out` or `--store` named").into())
}

/// `value` as indented JSON.
fn pretty(value: &impl serde::Serialize) -> CoreResult<String> {
    serde_json::to_string_pretty(value)
        .map_err(|e| Error::internal(format!("cannot be written as JSON: {e}")))
}

/// Lines of cells with their columns aligned; the last column is not padded.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, i: usize| row.get(i).map_or(0, |cell| cell.chars().count());
    let widths: Vec<usize> =
        (0..columns).map(|i| rows.iter().map(|row| cell(row, i)).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(aligned(&[row(["a", "bc"]), row(["def", "g"])]), "a    bc\ndef  g\n");
    }
}
