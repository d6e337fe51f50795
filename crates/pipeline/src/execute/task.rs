//! One task: key, store, lease, work.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use neuroloom_core::{Error, ErrorKind, Result, StepOutput, TableKind};

use super::Session;
use crate::frozen::{FrozenInput, FrozenTask, Prepared};
use crate::host;
use crate::inputs::{self, Upstream};
use crate::journal::JournalEvent;
use crate::key::Ingredients;
use crate::observer::Event;
use crate::store::{Claim, Entry};

/// A finished task.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub entry: Arc<Entry>,
    pub cached: bool,
    pub seconds: f64,
}

/// What became of an attempt at a task.
pub(crate) enum Attempt {
    Done(Finished),
    /// Another process is making the same result: look again later.
    Elsewhere,
}

/// Gets the task's result from the store, or makes it. `upstream` gives the finished task behind an input; `computed`
/// is told when nothing is left to do but to store the result, which is the disk's work.
pub(crate) fn attempt(
    session: &Session<'_>,
    task: &FrozenTask,
    prepare: &dyn Fn() -> Result<Prepared>,
    upstream: &dyn Fn(&FrozenInput) -> Result<Arc<Entry>>,
    computed: &dyn Fn(),
) -> Result<Attempt> {
    let begun = Instant::now();
    let sources = inputs::gather(task, upstream)?;
    let ingredients = inputs::ingredients(task, &sources)?;
    let key = ingredients.key();
    let stored = || if session.is_forced(task) { None } else { session.store.get(key) };
    if let Some(entry) = stored() {
        return done(session, task, entry, true, begun);
    }
    let Claim::Ours(_lease) = session.leases.claim(key)? else { return Ok(Attempt::Elsewhere) };
    // Another may have finished it between the look and the lease.
    match stored() {
        Some(entry) => done(session, task, entry, true, begun),
        None => {
            let entry = make(session, task, &prepare()?, &sources, ingredients, computed)?;
            done(session, task, entry, false, begun)
        }
    }
}

fn done(
    session: &Session<'_>,
    task: &FrozenTask,
    entry: Entry,
    cached: bool,
    begun: Instant,
) -> Result<Attempt> {
    session.store.remember(task.recipe, entry.key())?;
    let seconds = begun.elapsed().as_secs_f64();
    let event = if cached { JournalEvent::Cached } else { JournalEvent::Finished };
    session.journal.write(&task.id, event, format!("{seconds:.3} s"))?;
    let mut warnings = entry.record.warnings.clone();
    warnings.extend(session.store.take_warning());
    session.observer.event(&Event::Finished { task: &task.id, cached, seconds, warnings: &warnings });
    Ok(Attempt::Done(Finished { entry: Arc::new(entry), cached, seconds }))
}

fn make(
    session: &Session<'_>,
    task: &FrozenTask,
    prepared: &Prepared,
    sources: &[Upstream<'_>],
    ingredients: Ingredients,
    computed: &dyn Fn(),
) -> Result<Entry> {
    session.options.cancel.check()?;
    session.observer.event(&Event::Started { task: &task.id, step: &task.step });
    session.journal.write(&task.id, JournalEvent::Started, host::place())?;
    session.sources.confirm(&task.files, &session.run.base)?;
    let inputs = inputs::read(session.store, &prepared.step.describe().inputs, sources)?;
    let key = ingredients.key();
    let checkpoints = Arc::new(session.store.checkpoints(key, session.options.checkpoint_every));
    let ctx = session.context(task, ingredients.seed_node(), Arc::clone(&checkpoints));
    let work = || session.pool.install(|| prepared.step.run(&ctx, &prepared.params, &inputs));
    let output =
        contain(&task.step, work).map_err(|error| stopped(session, error, checkpoints.has_saved()))?;
    check_output(task, prepared, &output)?;
    computed();
    let entry = session.store.put(key, ingredients, &output, session.is_forced(task))?;
    checkpoints.remove()?;
    Ok(entry)
}

/// Says of a task that was stopped whether it will go on where it is.
fn stopped(session: &Session<'_>, error: Error, saved: bool) -> Error {
    if error.kind() != ErrorKind::Cancelled || !saved {
        return error;
    }
    session.kept.store(true, Ordering::Relaxed);
    error.hint("its state was kept: the next run goes on from there")
}

/// Stops a panic of a step at the edge of its task and turns it into an error.
fn contain<T>(step: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Err(Error::internal(format!("the step {step} broke: {message}")))
    })
}

/// A step must give what it said it would.
fn check_output(task: &FrozenTask, prepared: &Prepared, output: &StepOutput) -> Result<()> {
    let broken = |message: String| Err(Error::internal(format!("the step {} {message}", task.step)));
    let declared = prepared.step.describe().outputs;
    for (port, kind) in output.kinds() {
        match declared.iter().find(|spec| spec.name == port) {
            Some(spec) => {
                // The plan knows the kind of an output that follows an input.
                let planned = task.outputs.get(port).filter(|_| spec.kind == TableKind::ANY);
                let expected = planned.map_or(spec.kind.name(), String::as_str);
                if kind.name() != expected {
                    return broken(format!("gave a {kind} table at {port}, not {expected}"));
                }
            }
            None => return broken(format!("gave a table at {port}, which it never declared")),
        }
    }
    let owed = declared.iter().filter(|spec| !spec.optional && task.outputs.contains_key(spec.name));
    let mut absent = owed.filter(|spec| output.kinds().all(|(port, _)| port != spec.name));
    absent.next().map_or(Ok(()), |spec| broken(format!("gave no table at {}", spec.name)))
}
