//! Running a plan: a bounded pool, the store, and the run's folder.

mod folder;
mod scheduler;
mod task;

use std::path::Path;

use neuroloom_core::{CancelToken, Digest, Error, ErrorKind, Result, files};
use serde_json::json;

use crate::canonical::digest_json;
use crate::document::TaskSpec;
use crate::journal::{Journal, JournalEvent, now};
use crate::key::step_name;
use crate::layout::RunFolder;
use crate::lock;
use crate::manifest::{InputRecord, Manifest, TableRecord, TaskRecord};
use crate::observer::Observer;
use crate::plan::{Plan, PlannedTask};
use crate::sources::SourceDigests;
use crate::store::{Entry, Store, write_json};

use task::Finished;

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Threads, at least 1.
    pub threads: usize,
    /// Memory that all tasks that run at once may need by their own estimates, bytes; none for no bound.
    pub memory_bytes: Option<u64>,
    /// Raised when the user asks to stop.
    pub cancel: CancelToken,
}

/// A finished run.
#[derive(Debug)]
pub struct Outcome {
    /// Its record.
    pub manifest: Manifest,
    /// The stored results, in the order of the plan's tasks.
    pub entries: Vec<Entry>,
    /// How many tasks ran; the others were there already.
    pub ran: usize,
    /// Whether the run's folder held exactly this already, so that nothing had to be done.
    pub unchanged: bool,
}

/// Why a run stopped.
#[derive(Debug)]
pub struct RunError {
    /// The task that failed; none where the run as a whole did.
    pub task: Option<String>,
    /// What went wrong.
    pub error: Error,
}

impl From<Error> for RunError {
    fn from(error: Error) -> Self {
        Self { task: None, error }
    }
}

/// Everything that the tasks of a run share.
pub(crate) struct Session<'a> {
    plan: &'a Plan,
    store: &'a Store,
    options: &'a RunOptions,
    observer: &'a dyn Observer,
    journal: Journal,
    sources: SourceDigests,
    pool: rayon::ThreadPool,
}

/// Runs what is not in the store yet and puts every result into the run's folder.
///
/// A run that fails or is killed leaves the finished tasks in the store: the next one goes on from there and
/// ends with the same bytes.
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
    check_memory(plan, options.memory_bytes)?;
    let previous = Manifest::read(&folder.manifest())?;
    files::create_folders(folder.root())?;
    files::sweep_temporaries(folder.root())?;
    let started = now();
    let session = Session {
        plan,
        store,
        options,
        observer,
        journal: Journal::new(folder.journal()),
        sources: SourceDigests::default(),
        pool: pool(options.threads)?,
    };
    lock::write(&folder.lock(), plan)?;
    session.journal.write("", JournalEvent::Run, format!("{} tasks", plan.tasks.len()))?;
    let finished = scheduler::run_all(&session)?;
    let changed = folder::publish(plan, folder, &finished)?;
    let manifest = manifest(&session, &finished, started);
    let complete = |old: &Manifest| old.fingerprint == manifest.fingerprint;
    let unchanged = !changed && previous.as_ref().is_some_and(complete);
    if !unchanged {
        if let Some(before) = &previous {
            folder::remove_stale(folder, before, &manifest)?;
        }
        write_json(&folder.manifest(), &manifest)?;
    }
    session.journal.write("", JournalEvent::Complete, "")?;
    let ran = finished.iter().filter(|task| !task.cached).count();
    let entries = finished.into_iter().map(|task| task.entry).collect();
    Ok(Outcome { manifest, entries, ran, unchanged })
}

fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()
        .map_err(|e| Error::internal(format!("cannot start {threads} threads: {e}")))
}

/// A task that cannot fit is refused before anything runs.
fn check_memory(plan: &Plan, limit: Option<u64>) -> Result<(), RunError> {
    let Some(limit) = limit else { return Ok(()) };
    let mib = |bytes: u64| format!("{} MiB", bytes.div_ceil(1 << 20));
    let too_large = plan.iter().find(|(_, planned)| planned.step.resources.memory_bytes > limit);
    too_large.map_or(Ok(()), |(task, planned)| {
        let message = format!("`{}` may need more memory than there is", task.id);
        let error = Error::new(ErrorKind::Memory, message)
            .expected(format!("at most {}", mib(limit)))
            .found(format!("{} by its estimate", mib(planned.step.resources.memory_bytes)))
            .hint("select fewer units or conditions, or raise the limit with --memory if the estimate is too careful");
        Err(RunError { task: Some(task.id.clone()), error })
    })
}

fn manifest(session: &Session<'_>, finished: &[Finished], started: String) -> Manifest {
    let pipeline = &session.plan.pipeline;
    let tasks: Vec<TaskRecord> = session
        .plan
        .iter()
        .zip(finished)
        .map(|((task, planned), finished)| task_record(task, planned, finished))
        .collect();
    Manifest {
        neuroloom: env!("CARGO_PKG_VERSION").into(),
        name: pipeline.name.clone(),
        file: pipeline.file.clone(),
        seed: pipeline.seed,
        fingerprint: fingerprint(session, &tasks),
        started,
        finished: now(),
        threads: session.options.threads,
        tasks,
    }
}

fn task_record(task: &TaskSpec, planned: &PlannedTask, finished: &Finished) -> TaskRecord {
    let record = &finished.entry.record;
    let input = |port: &str| planned.inputs.iter().find(|input| input.port == port);
    let inputs = record.ingredients.inputs.iter().filter_map(|(port, &digest)| {
        let source = input(port)?;
        Some((
            port.clone(),
            InputRecord { task: source.from_task.clone(), port: source.from_port.clone(), digest },
        ))
    });
    let outputs = record.outputs.iter().map(|(port, output)| {
        let file = RunFolder::table(task, port);
        let table = TableRecord {
            file,
            kind: output.kind.clone(),
            rows: output.rows,
            bytes: output.bytes,
            digest: output.digest,
        };
        (port.clone(), table)
    });
    TaskRecord {
        id: task.id.clone(),
        step: step_name(task),
        key: record.ingredients.key(),
        params: record.ingredients.params.clone(),
        seed: record.ingredients.seed,
        inputs: inputs.collect(),
        files: record.ingredients.files.clone(),
        outputs: outputs.collect(),
        figures: finished
            .entry
            .summary
            .figures
            .iter()
            .map(|figure| RunFolder::figure(task, &figure.name))
            .collect(),
        cached: finished.cached,
        seconds: finished.seconds,
    }
}

/// Digest of all that decides what the run's folder holds: the pipeline's text (the report shows it), the keys of
/// the tasks and where their results lie, and the version that draws the report.
fn fingerprint(session: &Session<'_>, tasks: &[TaskRecord]) -> Digest {
    let pipeline = &session.plan.pipeline;
    let places: Vec<_> = tasks.iter().map(|task| json!([task.id, task.key, task.outputs])).collect();
    let outputs: Vec<_> =
        pipeline.outputs.iter().map(|output| json!([output.file, output.task, output.port])).collect();
    digest_json(&json!({
        "neuroloom": env!("CARGO_PKG_VERSION"),
        "name": pipeline.name,
        "seed": pipeline.seed,
        "text": pipeline.text,
        "tasks": places,
        "outputs": outputs,
    }))
}

/// Stops a panic of a step at the edge of its task and turns it into an error.
fn contain<T>(step: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(Error::internal(format!("the step {step} broke: {message}")))
    })
}

/// The base folder of the pipeline's paths.
fn base<'a>(session: &'a Session<'_>) -> &'a Path {
    &session.plan.pipeline.base
}

/// A context for one task.
fn context(session: &Session<'_>, task: &TaskSpec, seed: neuroloom_core::Seed) -> neuroloom_core::RunContext {
    let progress = session.observer.progress(&task.id);
    let cancel = session.options.cancel.clone();
    neuroloom_core::RunContext::new(base(session), session.options.threads, seed, progress, cancel)
        .with_scratch(session.store.scratch())
}
