//! One task: key, store, work.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use neuroloom_core::{Digest, Error, Inputs, Result, StepOutput, TableKind};

use super::{Session, contain, context};
use crate::document::TaskSpec;
use crate::journal::JournalEvent;
use crate::key::{Ingredients, step_name};
use crate::observer::Event;
use crate::plan::{PlannedTask, is_optional};
use crate::store::Entry;

/// A finished task.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub entry: Entry,
    pub cached: bool,
    pub seconds: f64,
}

/// Gets the task's result from the store, or makes it. `upstream` gives the finished task of an id.
pub(crate) fn execute(
    session: &Session<'_>,
    task: &TaskSpec,
    planned: &PlannedTask,
    upstream: &dyn Fn(&str) -> Option<Finished>,
) -> Result<Finished> {
    let begun = Instant::now();
    let sources = connected(planned, upstream)?;
    let ingredients = ingredients(session, task, planned, &sources)?;
    let key = ingredients.key();
    let (entry, cached) = match session.store.get(key) {
        Some(entry) => (entry, true),
        None => (make(session, task, planned, &sources, ingredients)?, false),
    };
    let seconds = begun.elapsed().as_secs_f64();
    let event = if cached { JournalEvent::Cached } else { JournalEvent::Finished };
    session.journal.write(&task.id, event, format!("{seconds:.3} s"))?;
    let warnings = &entry.summary.warnings;
    session.observer.event(&Event::Finished { task: &task.id, cached, seconds, warnings });
    Ok(Finished { entry, cached, seconds })
}

/// The entry behind each connected input port.
fn connected(
    planned: &PlannedTask,
    upstream: &dyn Fn(&str) -> Option<Finished>,
) -> Result<BTreeMap<String, (Entry, String)>> {
    let entry = |input: &crate::document::InputSpec| {
        let source = upstream(&input.from_task).ok_or_else(|| {
            Error::internal(format!("`{}` was started before `{}` was done", input.port, input.from_task))
        })?;
        Ok((input.port.clone(), (source.entry, input.from_port.clone())))
    };
    planned.inputs.iter().map(entry).collect()
}

fn ingredients(
    session: &Session<'_>,
    task: &TaskSpec,
    planned: &PlannedTask,
    sources: &BTreeMap<String, (Entry, String)>,
) -> Result<Ingredients> {
    let mut inputs = BTreeMap::new();
    for (port, (entry, from_port)) in sources {
        // An optional output that the source did not give after all leaves the input unconnected.
        if let Some(output) = entry.record.outputs.get(from_port) {
            inputs.insert(port.clone(), output.digest);
        } else if !is_optional(task, port) {
            return Err(missing_output(port, from_port));
        }
    }
    let files: BTreeMap<String, Digest> = session.sources.of(&planned.files, super::base(session))?;
    Ok(Ingredients::of(task, session.plan.pipeline.seed, inputs, files))
}

fn make(
    session: &Session<'_>,
    task: &TaskSpec,
    planned: &PlannedTask,
    sources: &BTreeMap<String, (Entry, String)>,
    ingredients: Ingredients,
) -> Result<Entry> {
    let step = step_name(task);
    session.options.cancel.check()?;
    session.observer.event(&Event::Started { task: &task.id, step: &step });
    session.journal.write(&task.id, JournalEvent::Started, "")?;
    let inputs = read_inputs(session, task, sources, &ingredients)?;
    let ctx = context(session, task, ingredients.seed_node());
    let output = contain(&step, || session.pool.install(|| task.step.run(&ctx, &task.params, &inputs)))?;
    check_output(task, planned, &output)?;
    let key = ingredients.key();
    session.store.put(key, ingredients, &output)
}

/// Reads and verifies the inputs. A damaged one is thrown out of the store, so that the next run makes it again.
fn read_inputs(
    session: &Session<'_>,
    task: &TaskSpec,
    sources: &BTreeMap<String, (Entry, String)>,
    ingredients: &Ingredients,
) -> Result<Inputs> {
    let ports = task.step.describe().inputs;
    let in_parts = |port: &str| ports.iter().any(|spec| spec.name == port && spec.in_parts);
    let present = sources.iter().filter(|(port, _)| ingredients.inputs.contains_key(*port));
    let (parts, whole): (Vec<_>, Vec<_>) = present.partition(|(port, _)| in_parts(port));
    let or_discard = |entry: &Entry, error: Error| {
        let discarded = session.store.discard(entry.record.ingredients.key());
        discarded.err().unwrap_or_else(|| {
            error.hint("run again: the damaged result was thrown away and will be made anew")
        })
    };
    let read = |(port, (entry, from_port)): (&String, &(Entry, String))| {
        Ok((port.clone(), entry.table(from_port).map_err(|error| or_discard(entry, error))?))
    };
    let mut inputs = Inputs::new(whole.into_iter().map(read).collect::<Result<Vec<_>>>()?);
    for (port, (entry, from_port)) in parts {
        let opened = entry.parts(from_port).map_err(|error| or_discard(entry, error))?;
        inputs = inputs.with_parts(port, Arc::new(opened));
    }
    Ok(inputs)
}

/// A step must give what it said it would.
fn check_output(task: &TaskSpec, planned: &PlannedTask, output: &StepOutput) -> Result<()> {
    let broken = |message: String| Err(Error::internal(format!("the step {} {message}", step_name(task))));
    let declared = task.step.describe().outputs;
    for (port, kind) in output.kinds() {
        match declared.iter().find(|spec| spec.name == port) {
            Some(spec) => {
                // The plan knows the kind of an output that follows an input.
                let planned = planned.step.outputs.get(port).filter(|_| spec.kind == TableKind::ANY);
                let expected = planned.map_or(spec.kind, |table| table.kind);
                if kind != expected {
                    return broken(format!("gave a {kind} table at {port}, not {expected}"));
                }
            }
            None => return broken(format!("gave a table at {port}, which it never declared")),
        }
    }
    let owed = declared.iter().filter(|spec| !spec.optional && planned.step.outputs.contains_key(spec.name));
    let mut absent = owed.filter(|spec| output.kinds().all(|(port, _)| port != spec.name));
    absent.next().map_or(Ok(()), |spec| broken(format!("gave no table at {}", spec.name)))
}

fn missing_output(port: &str, from_port: &str) -> Error {
    Error::data(format!("the input `{port}` needs `{from_port}`, which its source did not give"))
}
