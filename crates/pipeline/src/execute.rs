//! Running a plan: a bounded pool, the store, and the run's folder.

mod folder;
mod record;
mod scheduler;
mod session;
mod task;
mod worker;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use neuroloom_core::{CancelToken, Error, ErrorKind, Result, files};

use crate::frozen::{self, FrozenPlan, Prepared};
use crate::journal::{JournalEvent, now};
use crate::layout::RunFolder;
use crate::manifest::Manifest;
use crate::observer::Observer;
use crate::plan::Plan;
use crate::sources::SourceDigests;
use crate::store::{Entry, LeaseTimes, Store};

pub use folder::finish;
pub(crate) use session::Session;
pub use worker::{Worked, execute_tasks};

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Threads, at least 1.
    pub threads: usize,
    /// Memory that all tasks that run at once may need by their own estimates, bytes; none for no bound.
    pub memory_bytes: Option<u64>,
    /// Raised when the user asks to stop.
    pub cancel: CancelToken,
    /// Whether tasks that do not depend on a failed one are still run.
    pub keep_going: bool,
    /// Ids of the tasks to run; none for all. What they read from must be done.
    pub only: Option<BTreeSet<String>>,
    /// Ids of the tasks that run also where their results are there.
    pub force: BTreeSet<String>,
    /// Time between two checkpoints of a long task.
    pub checkpoint_every: Duration,
    /// Times of leases.
    pub leases: LeaseTimes,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            threads: 1,
            memory_bytes: None,
            cancel: CancelToken::default(),
            keep_going: false,
            only: None,
            force: BTreeSet::new(),
            checkpoint_every: Duration::from_secs(60),
            leases: LeaseTimes::default(),
        }
    }
}

/// A finished run.
#[derive(Debug)]
pub struct Outcome {
    /// Its plan.
    pub plan: Arc<FrozenPlan>,
    /// Its record.
    pub manifest: Manifest,
    /// The stored results, in the order of the plan's tasks; none for a task that was not asked for and is not done.
    pub entries: Vec<Option<Arc<Entry>>>,
    /// How many tasks ran; the others were there already.
    pub ran: usize,
    /// Whether the run's folder held exactly this already, so that nothing had to be done.
    pub unchanged: bool,
    /// Why the remote behind the store does not have all results: they are all in the store.
    pub unshared: Option<Error>,
}

/// Why a run stopped.
#[derive(Debug)]
pub struct RunError {
    /// The task that failed first; none where the run as a whole did.
    pub task: Option<String>,
    /// What went wrong.
    pub error: Error,
    /// How many other tasks failed.
    pub others: usize,
}

impl From<Error> for RunError {
    fn from(error: Error) -> Self {
        Self { task: None, error, others: 0 }
    }
}

/// Fixes the plan, runs what is not in the store yet and puts every result into the run's folder.
///
/// A run that fails or is killed leaves the finished tasks in the store: the next one goes on from there and
/// ends with the same bytes. Several runs may use one store at once; they share the work.
///
/// # Errors
/// The first task that failed, after those that were running have ended; or the operating system.
pub fn run(
    plan: &Plan,
    folder: &RunFolder,
    store: &Store,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Outcome, RunError> {
    let started = now();
    let sources = SourceDigests::remembered(store.sources());
    let frozen = Arc::new(frozen::freeze(plan, store, &sources)?);
    check_memory(&frozen, options)?;
    prepare_folder(&frozen, folder, store, &sources)?;
    let session = Session::new(&frozen.run, folder, store, options, observer, sources)?;
    session.journal.write("", JournalEvent::Run, format!("{} tasks", frozen.tasks.len()))?;
    let prepare = |index: usize| {
        let spec = plan
            .pipeline
            .tasks
            .get(index)
            .ok_or_else(|| Error::internal("a task without a plan was started"))?;
        Ok(Prepared { step: Arc::clone(&spec.step), params: spec.params.clone() })
    };
    let finished = scheduler::run_all(&session, &frozen, &prepare)?;
    // Not having to digest the sources again is worth nothing to this run.
    let _ = session.sources.remember();
    let outcome = folder::publish(&frozen, folder, store, finished, started, options.threads)?;
    if outcome.manifest.complete {
        session.journal.write("", JournalEvent::Complete, "")?;
    }
    Ok(outcome)
}

/// Writes the frozen plan, and removes what killed runs left behind.
///
/// # Errors
/// When the operating system refuses.
pub fn prepare_folder(
    frozen: &FrozenPlan,
    folder: &RunFolder,
    store: &Store,
    sources: &SourceDigests,
) -> Result<()> {
    files::create_folders(folder.root())?;
    files::sweep_temporaries(folder.root())?;
    store.register_run(folder.root())?;
    let _ = sources.remember();
    frozen::write(&folder.lock(), frozen)
}

/// A task that cannot fit is refused before anything runs.
fn check_memory(plan: &FrozenPlan, options: &RunOptions) -> Result<(), RunError> {
    let Some(limit) = options.memory_bytes else { return Ok(()) };
    let mib = |bytes: u64| format!("{} MiB", bytes.div_ceil(1 << 20));
    let asked_for = |id: &String| options.only.as_ref().is_none_or(|only| only.contains(id));
    let mut too_large =
        plan.tasks.iter().filter(|task| task.resources.memory_bytes > limit && asked_for(&task.id));
    too_large.next().map_or(Ok(()), |task| {
        let message = format!("`{}` may need more memory than there is", task.id);
        let error = Error::new(ErrorKind::Memory, message)
            .expected(format!("at most {}", mib(limit)))
            .found(format!("{} by its estimate", mib(task.resources.memory_bytes)))
            .hint("select fewer units or conditions, or raise the limit with --memory if the estimate is too careful");
        Err(RunError { task: Some(task.id.clone()), error, others: 0 })
    })
}
