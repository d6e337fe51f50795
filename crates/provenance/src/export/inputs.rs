//! The source files of a run, and `inputs.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Digest, Error, Result, files};
use neuroloom_pipeline::manifest::Manifest;
use serde::{Deserialize, Serialize};

use super::INPUTS;
use super::bundle::Bundle;
use super::relocation::Relocation;
use crate::ro_crate::Payload;

/// `inputs.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InputList {
    /// The version that the run was made with.
    pub neuroloom: String,
    /// The run.
    pub fingerprint: Digest,
    /// Its sources, by path.
    pub inputs: Vec<InputFile>,
}

/// A source file of an exported run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct InputFile {
    /// Where the exported pipeline looks for it, relative to itself.
    pub path: String,
    /// What the pipeline of the run called it.
    pub source: String,
    /// Size; none where the file was not at hand when the run was exported.
    pub bytes: Option<u64>,
    /// Digest, as the run found it.
    pub blake3: Digest,
}

/// The sources of a run.
#[derive(Debug)]
pub(super) struct Inputs(Vec<InputFile>);

impl Inputs {
    /// The sources of `manifest`, whose sizes are those of the files below `base`.
    ///
    /// # Errors
    /// When the run found one file with different contents.
    pub fn of(manifest: &Manifest, relocation: &Relocation, base: &Path) -> Result<Self> {
        let mut found: BTreeMap<String, InputFile> = BTreeMap::new();
        for (source, &blake3) in manifest.tasks.iter().flat_map(|task| &task.files) {
            let path = relocation.source(source);
            if let Some(known) = found.get(&path) {
                if known.blake3 != blake3 {
                    return Err(changed(source)
                        .found("two different ones, or two files with one place in the export"));
                }
                continue;
            }
            let bytes = files::size(&base.join(source)).ok();
            found.insert(path.clone(), InputFile { path, source: source.clone(), bytes, blake3 });
        }
        Ok(Self(found.into_values().collect()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The files, by path.
    pub fn iter(&self) -> std::slice::Iter<'_, InputFile> {
        self.0.iter()
    }

    /// The text of `inputs.json`.
    pub fn to_json(&self, manifest: &Manifest) -> Result<String> {
        let list = InputList {
            neuroloom: manifest.neuroloom.clone(),
            fingerprint: manifest.fingerprint,
            inputs: self.0.clone(),
        };
        let text = serde_json::to_string_pretty(&list);
        let text =
            text.map_err(|e| Error::internal(format!("cannot be written as JSON: {e}")).at_file(INPUTS))?;
        Ok(text + "\n")
    }

    /// Puts the files, which lie below `base`, into `bundle`.
    ///
    /// # Errors
    /// When one is absent.
    pub fn pack(&self, base: &Path, bundle: &mut Bundle, payload: &mut Payload) -> Result<()> {
        for input in &self.0 {
            let from: PathBuf = base.join(&input.source);
            let bytes = input.bytes.ok_or_else(|| {
                Error::params("a source of the run is not where it was")
                    .at_file(&from)
                    .hint("name the folder of the pipeline file with --base, or export without --with-data")
            })?;
            bundle.file(&input.path, &from, bytes, Some(input.blake3))?;
            payload.add_source(&input.source, &input.path, bytes);
        }
        Ok(())
    }
}

fn changed(source: &str) -> Error {
    Error::data("a source of the run changed while it ran")
        .at_file(source)
        .expected("one digest in all tasks")
        .hint("run the pipeline again")
}
