//! Working on single tasks of a frozen plan, in a process that does nothing else.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use neuroloom_core::{Error, ErrorKind, Registry, Result};

use super::scheduler::not_done;
use super::task::{Attempt, Finished, attempt};
use super::{RunError, RunOptions, Session};
use crate::frozen::{FrozenInput, FrozenRun, FrozenTask};
use crate::journal::JournalEvent;
use crate::layout::RunFolder;
use crate::observer::Observer;
use crate::sources::SourceDigests;
use crate::store::{Entry, Store};

/// How long to wait before looking again at a result that another process is making.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What a worker did.
#[derive(Debug)]
pub struct Worked {
    /// How many tasks really ran to their end.
    pub ran: usize,
    /// Whether it is further than it was: tasks ended, or the state of one was kept.
    pub advanced: bool,
    /// Why it stopped, or the first task that failed.
    pub failure: Option<RunError>,
    /// Why the remote behind the store does not have all results: they are all in the store.
    pub unshared: Option<Error>,
}

/// Runs `tasks` of a frozen plan one after the other, with `store` as the plan names it; what they read from must be done. After a task that failed the
/// others are run all the same.
///
/// # Errors
/// When the work cannot begin.
pub fn execute_tasks(
    run: &FrozenRun,
    tasks: &[FrozenTask],
    registry: &Registry,
    folder: &RunFolder,
    store: &Store,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Worked, RunError> {
    let session = Session::new(run, folder, store, options, observer, SourceDigests::default())?;
    session.journal.write("", JournalEvent::Run, crate::host::place())?;
    let (mut ran, mut failures) = (0, Vec::new());
    for task in tasks {
        match until_done(&session, task, registry) {
            Ok(finished) => ran += usize::from(!finished.cached),
            Err(error) => {
                let cancelled = error.kind() == ErrorKind::Cancelled;
                failures.push(session.fail(task, error));
                if cancelled {
                    break;
                }
            }
        }
    }
    let others = failures.len().saturating_sub(1);
    let failure = failures.into_iter().next().map(|first| RunError { others, ..first });
    let advanced = ran > 0 || session.kept.load(Ordering::Relaxed);
    Ok(Worked { ran, advanced, failure, unshared: store.settle().err() })
}

fn until_done(session: &Session<'_>, task: &FrozenTask, registry: &Registry) -> Result<Finished> {
    let upstream = |input: &FrozenInput| -> Result<Arc<Entry>> {
        session.store.find(input.recipe).map(Arc::new).ok_or_else(|| not_done(input))
    };
    loop {
        match attempt(session, task, &|| task.prepare(registry), &upstream, &|| {})? {
            Attempt::Done(finished) => return Ok(finished),
            Attempt::Elsewhere => {
                session.options.cancel.check()?;
                std::thread::sleep(LOOK_AGAIN);
            }
        }
    }
}
