//! What a run leaves of itself beside its manifest: the pipeline as one file, and an RO-Crate.

use neuroloom_core::{Digest, Error, Result, files};
use neuroloom_pipeline::document::Pipeline;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::Manifest;

use crate::ro_crate::{Payload, crate_metadata, to_text};

/// What the first line of a run's `pipeline.yaml` says before the fingerprint of the run.
const HEAD: &str = "# Neuroloom, run ";

/// Keeps the pipeline as it is about to run. Called before anything runs: whoever ends the run need not have read
/// the pipeline file.
///
/// # Errors
/// When the operating system refuses.
pub fn freeze(folder: &RunFolder, pipeline: &Pipeline) -> Result<()> {
    let path = folder.started_pipeline();
    let kept = files::is_file(&path) && files::read_bytes(&path)? == pipeline.resolved.as_bytes();
    if kept { Ok(()) } else { files::write_bytes(&path, pipeline.resolved.as_bytes()) }
}

/// Writes `ro-crate-metadata.json` and `pipeline.yaml` of the run in `folder` whose manifest carries `fingerprint`.
/// What is there already for that run stays.
///
/// # Errors
/// When the manifest is absent or damaged, or the operating system refuses.
pub fn write(folder: &RunFolder, fingerprint: Digest) -> Result<()> {
    let head = head(fingerprint);
    if is_current(folder, &head)? {
        return Ok(());
    }
    let manifest = Manifest::read(&folder.manifest())?.ok_or_else(|| {
        Error::internal("the record of a run was asked for before its manifest was written")
            .at_file(folder.root())
    })?;
    let mut payload = Payload::of_folder(folder.root(), &manifest);
    let started = folder.started_pipeline();
    let pipeline = files::read_text_if_present(&started)?.map(|text| head + &text);
    if let Some(text) = &pipeline {
        payload.add(PIPELINE, text.len() as u64);
    }
    files::write_bytes(&folder.crate_metadata(), to_text(&crate_metadata(&manifest, &payload)).as_bytes())?;
    // The last of the files: where it carries the fingerprint, the crate is that of the run.
    pipeline.map_or(Ok(()), |text| files::write_bytes(&folder.pipeline(), text.as_bytes()))
}

/// The file name of the pipeline in a run's folder and in an export.
pub(crate) const PIPELINE: &str = "pipeline.yaml";

/// The pipeline of the finished run whose manifest carries `fingerprint`; none where it was not kept.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn pipeline_text(folder: &RunFolder, fingerprint: Digest) -> Result<Option<String>> {
    let text = files::read_text_if_present(&folder.pipeline())?;
    Ok(text.and_then(|text| text.strip_prefix(&head(fingerprint)).map(str::to_owned)))
}

/// The first line of the `pipeline.yaml` of a run.
pub(crate) fn head(fingerprint: Digest) -> String {
    format!("{HEAD}{fingerprint}: bases merged, overrides applied, steps with their versions.\n")
}

fn is_current(folder: &RunFolder, head: &str) -> Result<bool> {
    let pipeline = files::read_text_if_present(&folder.pipeline())?;
    Ok(pipeline.is_some_and(|text| text.starts_with(head)) && files::is_file(&folder.crate_metadata()))
}
