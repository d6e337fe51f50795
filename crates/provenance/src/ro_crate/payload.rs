//! The files that lie in a crate.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::files;
use neuroloom_pipeline::manifest::Manifest;

use crate::export::{INPUTS, README};
use crate::record::PIPELINE;

/// Files beside those of the tasks that a run's folder may hold.
const OTHERS: [&str; 4] = [PIPELINE, "manifest.json", "run.lock", "report.html"];

/// The files that lie in a crate, by their paths in it, with `/` between folders.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    files: BTreeMap<String, u64>,
    sources: BTreeMap<String, String>,
    /// What stands before the paths of the tasks' files: empty, or a folder with `/`.
    results: String,
}

impl Payload {
    /// The files that a run left in its folder `root`: those that `manifest` lists and that are there.
    pub fn of_folder(root: &Path, manifest: &Manifest) -> Self {
        let mut payload = Self::default();
        for file in manifest.files().chain(OTHERS.iter().map(Path::new)) {
            if let Ok(bytes) = files::size(&root.join(file)) {
                payload.add(&slashes(file), bytes);
            }
        }
        payload
    }

    /// No files yet; those of the tasks will lie in the folder `results`.
    pub fn with_results_in(results: &str) -> Self {
        Self { results: format!("{results}/"), ..Self::default() }
    }

    /// Adds a file of `bytes` bytes.
    pub fn add(&mut self, path: &str, bytes: u64) {
        self.files.insert(path.to_owned(), bytes);
    }

    /// Says that the file at `path` is the source that the manifest calls `source`.
    pub fn add_source(&mut self, source: &str, path: &str, bytes: u64) {
        self.add(path, bytes);
        self.sources.insert(source.to_owned(), path.to_owned());
    }

    /// Whether there is a file at `path`.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The size of the file at `path`, if it is there.
    pub(super) fn bytes(&self, path: &str) -> Option<u64> {
        self.files.get(path).copied()
    }

    /// Where the source that the manifest calls `source` lies in the crate, if it does.
    pub(super) fn source(&self, source: &str) -> Option<&str> {
        self.sources.get(source).map(String::as_str)
    }

    /// Where a file that the manifest calls `file` lies in the crate, if it is there.
    pub(super) fn result(&self, file: &Path) -> String {
        format!("{}{}", self.results, slashes(file))
    }

    /// The files beside those of the tasks and the sources.
    pub(super) fn others(&self) -> impl Iterator<Item = (&str, u64)> {
        OTHERS.iter().chain(&[INPUTS, README]).filter_map(|path| Some((*path, self.bytes(path)?)))
    }
}

/// `path` with `/` between folders.
pub(crate) fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
