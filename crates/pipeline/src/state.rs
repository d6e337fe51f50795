//! What would run, and why.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Digest, Result};
use serde::Serialize;

use crate::canonical;
use crate::document::TaskSpec;
use crate::key::Ingredients;
use crate::manifest::{Manifest, TaskRecord};
use crate::plan::{Plan, PlannedTask};
use crate::sources::SourceDigests;
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
///
/// # Errors
/// When a source file cannot be read.
pub fn assess(plan: &Plan, store: &Store, previous: Option<&Manifest>) -> Result<Vec<(String, TaskState)>> {
    let sources = SourceDigests::default();
    let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
    let mut states = Vec::new();
    for (task, planned) in plan.iter() {
        let before = previous.and_then(|manifest| manifest.task(&task.id));
        let files = sources.of(&planned.files, &plan.pipeline.base)?;
        let pending = pending_inputs(planned, &entries);
        let known = known_inputs(planned, &entries);
        let ingredients = Ingredients::of(task, plan.pipeline.seed, known, files);
        let entry = if pending.is_empty() { store.get(ingredients.key()) } else { None };
        let state = match entry {
            Some(entry) => {
                entries.insert(&task.id, entry);
                TaskState::Cached { key: ingredients.key() }
            }
            None => pending_state(task, &ingredients, pending, before),
        };
        states.push((task.id.clone(), state));
    }
    Ok(states)
}

fn known_inputs(planned: &PlannedTask, entries: &BTreeMap<&str, Entry>) -> BTreeMap<String, Digest> {
    let digest = |task: &str, port: &str| Some(entries.get(task)?.record.outputs.get(port)?.digest);
    let inputs = planned.inputs.iter();
    inputs
        .filter_map(|input| Some((input.port.clone(), digest(&input.from_task, &input.from_port)?)))
        .collect()
}

fn pending_inputs(planned: &PlannedTask, entries: &BTreeMap<&str, Entry>) -> Vec<String> {
    let tasks: BTreeSet<&str> = planned.inputs.iter().map(|input| input.from_task.as_str()).collect();
    tasks.into_iter().filter(|task| !entries.contains_key(task)).map(str::to_owned).collect()
}

fn pending_state(
    task: &TaskSpec,
    now: &Ingredients,
    pending: Vec<String>,
    before: Option<&TaskRecord>,
) -> TaskState {
    let Some(before) = before else {
        return TaskState::WillRun { reasons: vec!["it has not run here before".into()] };
    };
    let reasons = differences(now, before);
    match (reasons.is_empty(), pending.is_empty()) {
        (true, false) => TaskState::MayRun { after: pending },
        (true, true) => {
            let reason =
                format!("its results are gone from the store, or were damaged ({})", task.folder.display());
            TaskState::WillRun { reasons: vec![reason] }
        }
        (false, _) => TaskState::WillRun { reasons },
    }
}

/// What differs between a task now and in the last run, a sentence each.
fn differences(now: &Ingredients, before: &TaskRecord) -> Vec<String> {
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
    for (port, digest) in &now.inputs {
        match before.inputs.get(port) {
            Some(old) if old.digest == *digest => {}
            Some(old) => {
                reasons.push(format!("the input {port} from {}.{} has other bytes", old.task, old.port));
            }
            None => reasons.push(format!("the input {port} was not connected before")),
        }
    }
    reasons
}
