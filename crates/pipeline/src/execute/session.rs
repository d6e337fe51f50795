//! What the tasks that one process runs have in common.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use neuroloom_core::{Error, ErrorKind, Result, RunContext, Seed};

use super::{RunError, RunOptions};
use crate::frozen::{FrozenRun, FrozenTask};
use crate::journal::{Journal, JournalEvent};
use crate::layout::RunFolder;
use crate::observer::{Event, Observer};
use crate::sources::SourceDigests;
use crate::store::{Leases, Store, TaskCheckpoints};

/// Everything that the tasks of a run share in one process.
pub(crate) struct Session<'a> {
    pub run: &'a FrozenRun,
    pub store: &'a Store,
    pub options: &'a RunOptions,
    pub observer: &'a dyn Observer,
    pub journal: Journal,
    pub sources: SourceDigests,
    pub leases: Leases,
    pub pool: rayon::ThreadPool,
    /// Whether the state of a task was kept for later when it was stopped.
    pub kept: AtomicBool,
}

impl<'a> Session<'a> {
    pub fn new(
        run: &'a FrozenRun,
        folder: &RunFolder,
        store: &'a Store,
        options: &'a RunOptions,
        observer: &'a dyn Observer,
        sources: SourceDigests,
    ) -> Result<Self> {
        let journal = Journal::begin(&folder.journals(), &run.id)?;
        let leases = Leases::new(store, options.leases);
        let pool = pool(options.threads)?;
        let kept = AtomicBool::new(false);
        Ok(Self { run, store, options, observer, journal, sources, leases, pool, kept })
    }

    /// A context for one task.
    pub fn context(&self, task: &FrozenTask, seed: Seed, checkpoints: Arc<TaskCheckpoints>) -> RunContext {
        let progress = self.observer.progress(&task.id);
        let cancel = self.options.cancel.clone();
        RunContext::new(&self.run.base, self.options.threads, seed, progress, cancel)
            .with_scratch(self.store.scratch())
            .with_checkpoints(checkpoints)
    }

    /// Makes the failure of a task known.
    pub fn fail(&self, task: &FrozenTask, error: Error) -> RunError {
        self.observer.event(&Event::Failed { task: &task.id, error: &error });
        let stopped = error.kind() == ErrorKind::Cancelled;
        let event = if stopped { JournalEvent::Stopped } else { JournalEvent::Failed };
        // The error of the task is the one to report, whatever becomes of the journal.
        let _ = self.journal.write(&task.id, event, error.report());
        RunError { task: Some(task.id.clone()), error, others: 0 }
    }

    pub fn is_forced(&self, task: &FrozenTask) -> bool {
        self.options.force.contains(&task.id)
    }
}

fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|e| Error::internal(format!("cannot start {threads} threads: {e}")))
}
