//! A run packed so that it can be repeated elsewhere: the pipeline as one file, what it read, and what it did.

mod bundle;
mod check;
mod data_paths;
mod inputs;
mod readme;
mod relocation;
mod same_tasks;

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Registry, Result, files};
use neuroloom_pipeline::document::edit_values;

use crate::record::{PIPELINE, head};
use crate::ro_crate::{METADATA, Payload, crate_metadata, slashes, to_text};
use crate::run::Run;
use bundle::Bundle;
use inputs::Inputs;
use relocation::Relocation;

pub use check::{InputState, InputStatus, check};
pub use same_tasks::Agreement;

/// The list of the sources in an export.
pub(crate) const INPUTS: &str = "inputs.json";
/// How to repeat an exported run.
pub(crate) const README: &str = "README.md";
/// The folder of the results in an export.
pub(crate) const RESULTS: &str = "results";

/// What to export.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The folder of the pipeline file; none for that of the file which the manifest names.
    pub base: Option<PathBuf>,
    /// With the source files.
    pub data: bool,
    /// With tables and figures.
    pub results: bool,
}

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Number of files.
    pub files: usize,
    /// Their bytes, before compression.
    pub bytes: u64,
    /// Number of source files that the pipeline reads.
    pub sources: usize,
    /// Whether the exported pipeline was seen to have the tasks of the run.
    pub agreement: Agreement,
}

/// Exports `run` to the folder `to`, or to an archive where its name ends in `.tar.gz` or `.tgz`. It appears under
/// its name when it is complete. The same run gives the same bytes.
///
/// Sources outside the folder of the pipeline are given places below `inputs/`, and the exported pipeline reads them
/// there.
///
/// # Errors
/// When `to` is there already, the run was made before pipelines were kept, a path cannot be relocated, a file is
/// absent or no longer what the run read or wrote, or the operating system refuses.
pub fn export(run: &Run, registry: &Registry, options: &Options, to: &Path) -> Result<Exported> {
    if files::exists(to) {
        return Err(Error::params("there is something of this name already")
            .at_file(to)
            .hint("export to another name, or remove what is there"));
    }
    let base = options.base.clone().unwrap_or_else(|| folder_of(&run.manifest.file));
    let relocation = Relocation::of(&run.manifest, registry);
    let pipeline = pipeline(run, &relocation)?;
    let agreement =
        same_tasks::check(&pipeline, &run.manifest, registry, &relocation, folder_of(to).as_path())?;
    let inputs = Inputs::of(&run.manifest, &relocation, &base)?;
    let mut bundle = Bundle::default();
    let mut payload = Payload::with_results_in(RESULTS);
    bundle.bytes(PIPELINE, pipeline.into_bytes())?;
    bundle.bytes(README, readme::text(&run.manifest, &inputs, options).into_bytes())?;
    bundle.bytes(INPUTS, inputs.to_json(&run.manifest)?.into_bytes())?;
    for name in ["manifest.json", "run.lock"] {
        let path = run.folder.root().join(name);
        if files::is_file(&path) {
            bundle.bytes(name, files::read_bytes(&path)?)?;
        }
    }
    if options.data {
        inputs.pack(&base, &mut bundle, &mut payload)?;
    }
    if options.results {
        pack_results(run, &mut bundle)?;
    }
    bundle.entries().for_each(|(path, bytes)| payload.add(path, bytes));
    bundle.bytes(METADATA, to_text(&crate_metadata(&run.manifest, &payload)).into_bytes())?;
    bundle.write(to)?;
    let (files, bytes) = bundle.entries().fold((0, 0), |(n, sum), (_, bytes)| (n + 1, sum + bytes));
    Ok(Exported { files, bytes, sources: inputs.len(), agreement })
}

/// The pipeline of the run, reading its sources where the export has them.
fn pipeline(run: &Run, relocation: &Relocation) -> Result<String> {
    let text = run.pipeline.as_ref().ok_or_else(|| {
        Error::params("the run does not hold its pipeline as one file")
            .at_file(run.folder.pipeline())
            .hint("run the pipeline again with this version: finished tasks are found in the store")
    })?;
    let edited = edit_values(text, |value| relocation.value(value)).map_err(|diagnostics| {
        Error::data("the pipeline of the run is damaged")
            .at_file(run.folder.pipeline())
            .found(diagnostics.to_string())
            .hint("delete it and run the pipeline again")
    })?;
    Ok(head(run.manifest.fingerprint) + &edited)
}

fn pack_results(run: &Run, bundle: &mut Bundle) -> Result<()> {
    for task in &run.manifest.tasks {
        for table in task.outputs.values() {
            let name = format!("{RESULTS}/{}", slashes(&table.file));
            bundle.file(&name, &run.file(table), table.bytes, Some(table.digest))?;
        }
        for figure in &task.figures {
            let path = run.folder.root().join(figure);
            if let Ok(bytes) = files::size(&path) {
                bundle.file(&format!("{RESULTS}/{}", slashes(figure)), &path, bytes, None)?;
            }
        }
    }
    Ok(())
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}
