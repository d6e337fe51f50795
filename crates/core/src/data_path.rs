//! Paths in parameters.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A path to a source, as a pipeline file writes it: relative to that file, with `/` between folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DataPath(String);

impl DataPath {
    /// A path.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path to open, when the pipeline file lies in `base`.
    pub fn resolve(&self, base: &Path) -> PathBuf {
        base.join(&self.0)
    }
}
