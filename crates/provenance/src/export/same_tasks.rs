//! The proof that an exported pipeline is the one that ran: it loads as the same tasks with the same parameters.

use std::path::Path;

use neuroloom_core::files::{self, StagedFolder};
use neuroloom_core::{Error, Registry, Result};
use neuroloom_pipeline::canonical::differences;
use neuroloom_pipeline::document::{self, Pipeline};
use neuroloom_pipeline::manifest::{Manifest, TaskRecord};
use serde_json::Value;

use super::data_paths::data_paths;
use super::relocation::Relocation;
use crate::record::PIPELINE;

/// Whether an exported pipeline was seen to have the tasks of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// It has them.
    Seen,
    /// It could not be loaded where its sources are not beside it, for these reasons.
    Unknown(String),
}

/// Loads `pipeline` from a temporary folder in `scratch` and compares its tasks with those of `manifest`: everything
/// but the paths of sources must be equal, and those must be the relocated ones.
///
/// # Errors
/// When a task is missing, or a parameter is another one than it was.
pub(super) fn check(
    pipeline: &str,
    manifest: &Manifest,
    registry: &Registry,
    relocation: &Relocation,
    scratch: &Path,
) -> Result<Agreement> {
    let folder = StagedFolder::new(scratch)?;
    let file = folder.path().join(PIPELINE);
    files::write_bytes(&file, pipeline.as_bytes())?;
    let loaded = match document::load(&file, &[], registry) {
        Ok(loaded) => loaded,
        Err(diagnostics) => {
            let shown = diagnostics.to_string().replace(&file.display().to_string(), PIPELINE);
            return Ok(Agreement::Unknown(shown));
        }
    };
    for record in &manifest.tasks {
        compare(&loaded, record, relocation)?;
    }
    Ok(Agreement::Seen)
}

fn compare(pipeline: &Pipeline, record: &TaskRecord, relocation: &Relocation) -> Result<()> {
    let refused = |message: String| {
        Err(Error::params(message)
            .at_object(&record.id)
            .hint("write the paths of sources relative to the pipeline file, each in one piece"))
    };
    let Some(task) = pipeline.tasks.iter().find(|task| task.id == record.id) else {
        return refused("a task of the run is not in the pipeline that would be exported".into());
    };
    let mut expected = record.params.clone();
    for pointer in data_paths(&task.step.params_schema(), &record.params) {
        if let Some(Value::String(path)) = expected.pointer_mut(&pointer)
            && let Some(moved) = relocation.value(path)
        {
            *path = moved;
        }
    }
    match differences(&expected, task.params.canonical()).first() {
        None => Ok(()),
        Some(found) => refused(format!(
            "the parameter {} would be {} in the exported pipeline, not {}",
            found.path, found.after, found.before
        )),
    }
}
