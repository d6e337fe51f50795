//! Where things lie in a run's folder.

use std::path::{Path, PathBuf};

use crate::frozen::FrozenTask;
use crate::store::{Store, file_name};

/// A run's folder: `step/port.parquet`, `report.html`, `manifest.json`, `run.lock`, and `.neuroloom/` for the rest.
#[derive(Clone, Debug)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// The run's folder at `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The store that goes with the run unless another is named.
    pub fn store(&self) -> Store {
        Store::new(self.root.join(".neuroloom").join("store"))
    }

    /// Where the table of a task lies, relative to the run's folder.
    pub fn table(task: &FrozenTask, port: &str) -> PathBuf {
        task.folder.join(file_name(port))
    }

    /// Where a figure of a task lies, relative to the run's folder.
    pub fn figure(task: &FrozenTask, name: &str) -> PathBuf {
        task.folder.join(format!("{name}.svg"))
    }

    /// The record of a finished run.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("manifest.json")
    }

    /// The [frozen plan](crate::frozen) of the run that was started last.
    pub fn lock(&self) -> PathBuf {
        self.root.join("run.lock")
    }

    /// The pipeline as one file, as the run that is recorded in the manifest had it.
    pub fn pipeline(&self) -> PathBuf {
        self.root.join("pipeline.yaml")
    }

    /// The same for the run that was started last.
    pub fn started_pipeline(&self) -> PathBuf {
        self.root.join(".neuroloom").join("pipeline.yaml")
    }

    /// The description of the run's folder for other programs, an RO-Crate.
    pub fn crate_metadata(&self) -> PathBuf {
        self.root.join("ro-crate-metadata.json")
    }

    /// The page to look at.
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// What happened, a folder per run and a file per process.
    pub fn journals(&self) -> PathBuf {
        self.root.join(".neuroloom").join("journals")
    }

    /// What was submitted to a batch system.
    pub fn batch(&self) -> PathBuf {
        self.root.join(".neuroloom").join("batch")
    }
}
