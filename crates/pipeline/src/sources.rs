//! Digests of source files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use neuroloom_core::{Digest, Result, files};

/// Digests of the files that steps read, each computed once per run.
#[derive(Debug, Default)]
pub struct SourceDigests(Mutex<HashMap<PathBuf, Digest>>);

impl SourceDigests {
    /// Digests of `paths`, by their path relative to `base`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(&self, paths: &[PathBuf], base: &Path) -> Result<BTreeMap<String, Digest>> {
        paths.iter().map(|path| Ok((relative_name(path, base), self.digest(path)?))).collect()
    }

    fn digest(&self, path: &Path) -> Result<Digest> {
        let known =
            |digests: &Self| digests.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).copied();
        if let Some(digest) = known(self) {
            return Ok(digest);
        }
        let digest = files::digest(path)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf(), digest);
        Ok(digest)
    }
}

fn relative_name(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).to_string_lossy().replace('\\', "/")
}
