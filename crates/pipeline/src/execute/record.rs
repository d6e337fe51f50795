//! What a run has done, as its manifest tells it.

use std::collections::BTreeMap;

use neuroloom_core::Digest;
use serde_json::json;

use super::task::Finished;
use crate::canonical::digest_json;
use crate::frozen::{FrozenPlan, FrozenTask};
use crate::journal::now;
use crate::layout::RunFolder;
use crate::manifest::{InputRecord, InputRecords, Manifest, TableRecord, TaskRecord};
use crate::store::Entry;

/// The record of all tasks of `plan` that are done.
pub(super) fn manifest(
    plan: &FrozenPlan,
    finished: &[Option<Finished>],
    started: String,
    threads: usize,
) -> Manifest {
    let done = |id: &str| finished.get(plan.position(id)?)?.as_ref();
    let pairs =
        plan.tasks.iter().zip(finished).filter_map(|(task, finished)| Some((task, finished.as_ref()?)));
    let tasks = pairs.map(|(task, finished)| task_record(task, finished, &done)).collect::<Vec<_>>();
    let run = &plan.run;
    Manifest {
        neuroloom: run.neuroloom.clone(),
        name: run.name.clone(),
        file: run.file.clone(),
        seed: run.seed,
        fingerprint: fingerprint(plan, &tasks),
        started,
        finished: now(),
        threads,
        complete: tasks.len() == plan.tasks.len(),
        tasks,
    }
}

fn task_record<'a>(
    task: &FrozenTask,
    finished: &Finished,
    done: &dyn Fn(&str) -> Option<&'a Finished>,
) -> TaskRecord {
    let record = &finished.entry.record;
    let outputs = record.outputs.iter().map(|(port, output)| {
        let file = RunFolder::table(task, port);
        let (kind, rows, bytes) = (output.kind.clone(), output.rows, output.bytes);
        (port.clone(), TableRecord { file, kind, rows, bytes, digest: output.digest })
    });
    TaskRecord {
        id: task.id.clone(),
        step: task.step.clone(),
        key: finished.entry.key(),
        params: record.ingredients.params.clone(),
        seed: record.ingredients.seed,
        inputs: input_records(task, done),
        files: record.ingredients.files.clone(),
        outputs: outputs.collect(),
        figures: record.figures.iter().map(|name| RunFolder::figure(task, name)).collect(),
        cached: finished.cached,
        seconds: finished.seconds,
    }
}

fn input_records<'a>(
    task: &FrozenTask,
    done: &dyn Fn(&str) -> Option<&'a Finished>,
) -> BTreeMap<String, InputRecords> {
    let digest =
        |from: &str, port: &str| done(from)?.entry.record.outputs.get(port).map(|output| output.digest);
    let mut ports = BTreeMap::new();
    for (port, connections) in task.connections() {
        let records = connections.iter().filter_map(|input| {
            let spec = &input.spec;
            let digest = digest(&spec.from_task, &spec.from_port)?;
            let (task, port) = (spec.from_task.clone(), spec.from_port.clone());
            Some(InputRecord { task, port, digest, variant: spec.variant.clone() })
        });
        let mut records: Vec<InputRecord> = records.collect();
        let single = records.len() == 1 && records.iter().all(|record| record.variant.is_empty());
        let records = match records.pop() {
            None => continue,
            Some(only) if single => InputRecords::One(only),
            Some(last) => {
                records.push(last);
                InputRecords::Collected(records)
            }
        };
        ports.insert(port.to_owned(), records);
    }
    ports
}

/// The tasks as they are found in the store, where another process ran them.
pub(super) fn found(entry: Entry) -> Finished {
    Finished { entry: std::sync::Arc::new(entry), cached: true, seconds: 0.0 }
}

/// Digest of all that decides what the run's folder holds: the pipeline's text (the report shows it), the keys of
/// the tasks and where their results lie, and the version that draws the report.
fn fingerprint(plan: &FrozenPlan, tasks: &[TaskRecord]) -> Digest {
    let run = &plan.run;
    let places: Vec<_> = tasks.iter().map(|task| json!([task.id, task.key, task.outputs])).collect();
    let outputs: Vec<_> =
        run.outputs.iter().map(|output| json!([output.file, output.task, output.port])).collect();
    digest_json(&json!({
        "neuroloom": run.neuroloom,
        "name": run.name,
        "seed": run.seed,
        "text": run.text,
        "tasks": places,
        "outputs": outputs,
    }))
}
