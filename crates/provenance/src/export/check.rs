//! Whether the sources of an export are there, and the right ones.

use std::path::Path;

use neuroloom_core::{Digest, Error, Result, files};
use serde::Serialize;

use super::INPUTS;
use super::inputs::{InputFile, InputList};

/// A source of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputState {
    /// Where the exported pipeline looks for it, relative to itself.
    pub path: String,
    /// What the pipeline of the run called it.
    pub source: String,
    /// Digest, as the run found it.
    pub blake3: Digest,
    /// Whether it is there.
    #[serde(flatten)]
    pub status: InputStatus,
}

/// Whether a source is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum InputStatus {
    /// It is there, and what the run read.
    Ready,
    /// It is not there.
    Missing,
    /// It is there, and not what the run read.
    Different {
        /// Digest of what is there.
        found: Digest,
    },
}

/// Looks for the sources of the export in `folder`, in the order of their paths.
///
/// # Errors
/// When `folder` is no export, or a file cannot be read.
pub fn check(folder: &Path) -> Result<Vec<InputState>> {
    let path = folder.join(INPUTS);
    if !files::is_file(&path) {
        return Err(Error::params("this is no folder that a run was exported to")
            .at_file(folder)
            .expected(format!("{INPUTS} in it"))
            .hint("unpack an archive first; `neuroloom export RUN --to FOLDER` makes one"));
    }
    let list: InputList = serde_json::from_str(&files::read_text(&path)?).map_err(|e| {
        Error::data("the list of sources is damaged")
            .at_file(&path)
            .found(e.to_string())
            .hint("export the run again")
    })?;
    list.inputs.into_iter().map(|input| state(folder, input)).collect()
}

fn state(folder: &Path, input: InputFile) -> Result<InputState> {
    let file = folder.join(&input.path);
    let status = if files::is_file(&file) {
        match files::digest(&file)? {
            found if found == input.blake3 => InputStatus::Ready,
            found => InputStatus::Different { found },
        }
    } else {
        InputStatus::Missing
    };
    Ok(InputState { path: input.path, source: input.source, blake3: input.blake3, status })
}
