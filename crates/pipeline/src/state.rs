//! What would run, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use neuroloom_core::{Digest, Error};
use serde::Serialize;

use crate::canonical;
use crate::frozen::{FrozenInput, FrozenPlan, FrozenTask};
use crate::inputs;
use crate::manifest::{InputRecords, Manifest, TaskRecord};
use crate::store::{Entry, Store};

/// A task before a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TaskState {
    /// Its result is there.
    Cached {
        /// Its key.
        key: Digest,
    },
    /// It will run.
    WillRun {
        /// Why, in the order of importance.
        reasons: Vec<String>,
    },
    /// It runs if a task before it gives other bytes than last time.
    MayRun {
        /// The tasks before it that will or may run.
        after: Vec<String>,
    },
}

/// The state of every task of `plan`, in its order.
pub fn assess(plan: &FrozenPlan, store: &Store, previous: Option<&Manifest>) -> Vec<(String, TaskState)> {
    let mut entries: BTreeMap<&str, Arc<Entry>> = BTreeMap::new();
    let mut states = Vec::new();
    let before: BTreeMap<&str, &TaskRecord> =
        previous.iter().flat_map(|manifest| &manifest.tasks).map(|task| (task.id.as_str(), task)).collect();
    for task in &plan.tasks {
        let entry = store_entry(task, store, &entries);
        let state = match entry {
            Some(entry) => {
                let key = entry.key();
                entries.insert(&task.id, Arc::new(entry));
                TaskState::Cached { key }
            }
            None => pending_state(task, &entries, before.get(task.id.as_str()).copied()),
        };
        states.push((task.id.clone(), state));
    }
    states
}

/// The result of `task` if it is there, which only shows where those of all tasks before it are.
fn store_entry(task: &FrozenTask, store: &Store, entries: &BTreeMap<&str, Arc<Entry>>) -> Option<Entry> {
    let upstream = |input: &FrozenInput| {
        let entry = entries.get(input.spec.from_task.as_str());
        entry.cloned().ok_or_else(|| Error::internal("it is not done"))
    };
    let sources = inputs::gather(task, &upstream).ok()?;
    store.get(inputs::ingredients(task, &sources).ok()?.key())
}

fn pending_state(
    task: &FrozenTask,
    entries: &BTreeMap<&str, Arc<Entry>>,
    before: Option<&TaskRecord>,
) -> TaskState {
    let Some(before) = before else {
        return TaskState::WillRun { reasons: vec!["it has not run here before".into()] };
    };
    let sources = task.inputs.iter().map(|input| input.spec.from_task.as_str());
    let pending: BTreeSet<&str> = sources.filter(|source| !entries.contains_key(source)).collect();
    let reasons = differences(task, entries, before);
    match (reasons.is_empty(), pending.is_empty()) {
        (true, false) => TaskState::MayRun { after: pending.into_iter().map(str::to_owned).collect() },
        (true, true) => {
            let reason =
                format!("its results are gone from the store, or were damaged ({})", task.folder.display());
            TaskState::WillRun { reasons: vec![reason] }
        }
        (false, _) => TaskState::WillRun { reasons },
    }
}

/// What differs between a task now and in the last run, a sentence each.
fn differences(now: &FrozenTask, entries: &BTreeMap<&str, Arc<Entry>>, before: &TaskRecord) -> Vec<String> {
    let mut reasons = Vec::new();
    if now.step != before.step {
        reasons.push(format!("the step changed: {} → {}", before.step, now.step));
    }
    let changed = canonical::differences(&before.params, &now.params);
    reasons.extend(changed.iter().map(|d| format!("with.{} changed: {} → {}", d.path, d.before, d.after)));
    if now.seed != before.seed {
        let seed = |seed: Option<u64>| seed.map_or("none".into(), |seed| seed.to_string());
        reasons.push(format!("seed changed: {} → {}", seed(before.seed), seed(now.seed)));
    }
    for (file, digest) in &now.files {
        match before.files.get(file) {
            Some(old) if old == digest => {}
            Some(_) => reasons.push(format!("the file {file} changed")),
            None => reasons.push(format!("the file {file} was not read before")),
        }
    }
    for (port, connections) in now.connections() {
        compare_input(port, &connections, entries, before.inputs.get(port), &mut reasons);
    }
    reasons
}

fn compare_input(
    port: &str,
    now: &[&FrozenInput],
    entries: &BTreeMap<&str, Arc<Entry>>,
    before: Option<&InputRecords>,
    reasons: &mut Vec<String>,
) {
    let Some(before) = before.map(InputRecords::all) else {
        return reasons.push(format!("the input {port} was not connected before"));
    };
    if now.len() != before.len() {
        let (before, now) = (before.len(), now.len());
        return reasons.push(format!("the input {port} collects other variants: {before} → {now}"));
    }
    for (input, old) in now.iter().zip(before) {
        let entry = entries.get(input.spec.from_task.as_str());
        let output = entry.and_then(|entry| entry.record.outputs.get(&input.spec.from_port));
        if output.is_some_and(|output| output.digest != old.digest) {
            reasons.push(format!("the input {port} from {}.{} has other bytes", old.task, old.port));
        } else if input.spec.variant != old.variant {
            reasons.push(format!("the input {port} collects other variants"));
        }
    }
}
