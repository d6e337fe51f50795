//! What a step may ask of its surroundings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checkpoint::{self, Checkpoints, NoCheckpoints};
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
    checkpoints: Arc<dyn Checkpoints>,
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
        let (base, scratch, checkpoints) = (base.into(), std::env::temp_dir(), Arc::new(NoCheckpoints));
        Self { base, threads, seed, progress, cancel, scratch, checkpoints }
    }

    /// The same, with another folder for temporary files than the system's.
    #[must_use]
    pub fn with_scratch(self, scratch: impl Into<PathBuf>) -> Self {
        Self { scratch: scratch.into(), ..self }
    }

    /// The same, with a place where the state of long work is kept.
    #[must_use]
    pub fn with_checkpoints(self, checkpoints: Arc<dyn Checkpoints>) -> Self {
        Self { checkpoints, ..self }
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

    /// The state in which an earlier, interrupted run of this task stood at its last checkpoint; none to begin anew.
    ///
    /// # Errors
    /// When the checkpoint is there and cannot be read. A damaged one counts as absent.
    pub fn resume<S: DeserializeOwned>(&self) -> Result<Option<S>> {
        Ok(self.checkpoints.load()?.and_then(|bytes| checkpoint::decode(&bytes)))
    }

    /// To be called between iterations, with all that the rest of the work depends on (random streams too, by
    /// [`stream`](crate::stream)): keeps `state` if a checkpoint is due, and stops here if the user asked for it.
    /// A run that goes on from [`resume`](Self::resume) must give the same bytes as one that was never interrupted.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) once the user asked to stop, after the state was kept; or
    /// when the operating system refuses.
    pub fn boundary<S: Serialize>(&self, state: &S) -> Result<()> {
        if self.cancel.is_cancelled() || self.checkpoints.is_due() {
            self.checkpoints.save(&checkpoint::encode(state)?)?;
        }
        self.check_cancelled()
    }

    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) once the user asked to stop. Call it in long loops.
    pub fn check_cancelled(&self) -> Result<()> {
        self.cancel.check()
    }
}
