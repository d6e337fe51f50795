//! What a step may ask of its surroundings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{CancelToken, NoProgress, Progress, Result, Seed, Task};

/// Surroundings while planning.
#[derive(Clone, Debug)]
pub struct PlanContext {
    /// The folder that [`DataPath`](crate::DataPath)s are relative to.
    pub base: PathBuf,
    /// Threads that the run will have.
    pub threads: usize,
}

/// Surroundings while running. A step runs inside a rayon pool of [`threads`](Self::threads) threads:
/// plain `par_iter` is bounded by it.
#[derive(Clone)]
pub struct RunContext {
    base: PathBuf,
    threads: usize,
    seed: Seed,
    progress: Arc<dyn Progress>,
    cancel: CancelToken,
    scratch: PathBuf,
}

impl RunContext {
    /// Surroundings of one task.
    pub fn new(
        base: impl Into<PathBuf>,
        threads: usize,
        seed: Seed,
        progress: Arc<dyn Progress>,
        cancel: CancelToken,
    ) -> Self {
        Self { base: base.into(), threads, seed, progress, cancel, scratch: std::env::temp_dir() }
    }

    /// The same, with another folder for temporary files than the system's.
    #[must_use]
    pub fn with_scratch(self, scratch: impl Into<PathBuf>) -> Self {
        Self { scratch: scratch.into(), ..self }
    }

    /// Surroundings for a test: one thread, no progress, paths relative to `base`.
    pub fn for_test(base: impl Into<PathBuf>) -> Self {
        Self::new(base, 1, Seed::root(0), Arc::new(NoProgress), CancelToken::default())
    }

    /// The folder that [`DataPath`](crate::DataPath)s are relative to.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The folder for temporary files, on the file system where results are kept.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Threads of the pool.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// This task's node of the seed tree.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Work called `label` begins.
    pub fn begin(&self, label: &str, total: Option<u64>) -> Arc<dyn Task> {
        self.progress.begin(label, total)
    }

    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) once the user asked to stop. Call it in long loops.
    pub fn check_cancelled(&self) -> Result<()> {
        self.cancel.check()
    }
}
