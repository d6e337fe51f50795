//! Task by task: what changed in one itself, and what only reached it through its inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use neuroloom_core::Result;
use neuroloom_pipeline::canonical;
use neuroloom_pipeline::manifest::{InputRecord, InputRecords, TaskRecord};
use serde::Serialize;
use serde_json::Value;

use super::Change;
use super::table::{self, TableDifference};
use crate::run::Run;

/// How a task stands to the difference of two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Only the first run has it.
    OnlyInA,
    /// Only the second run has it.
    OnlyInB,
    /// Its own step, parameters, seed, sources or connections differ.
    Cause,
    /// Nothing of its own differs, but tables that it reads do.
    Consequence,
    /// Its results differ though nothing that they depend on does: the program, or the machine, made the difference.
    Unexplained,
}

/// A task in which two runs differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskDifference {
    /// `factors` or `factors[rank=4]`.
    pub task: String,
    /// How it stands to the difference.
    pub role: Role,
    /// What differs in the task itself.
    pub changes: Vec<Change>,
    /// The tasks whose tables it reads and which differ.
    pub after: Vec<String>,
    /// Its tables that are not the same bytes.
    pub tables: Vec<TableDifference>,
}

/// The tasks that differ, each after those that it depends on.
pub(super) fn compare(a: &Run, b: &Run) -> Result<Vec<TaskDifference>> {
    let mut found = Vec::new();
    for pair in pairs(&a.manifest.tasks, &b.manifest.tasks) {
        match pair {
            (Some(task), None) => found.push(alone(task, Role::OnlyInA)),
            (None, Some(task)) => found.push(alone(task, Role::OnlyInB)),
            (Some(one), Some(other)) => found.extend(common(a, b, one, other)?),
            (None, None) => {}
        }
    }
    Ok(found)
}

type Pair<'a> = (Option<&'a TaskRecord>, Option<&'a TaskRecord>);

/// The tasks of both runs by their ids, in the order of the second; those that only the first has stand before the
/// next one that both have.
fn pairs<'a>(a: &'a [TaskRecord], b: &'a [TaskRecord]) -> Vec<Pair<'a>> {
    let place: HashMap<&str, usize> = a.iter().enumerate().map(|(at, task)| (task.id.as_str(), at)).collect();
    let in_b: BTreeSet<&str> = b.iter().map(|task| task.id.as_str()).collect();
    let only_in_a = |range: &'a [TaskRecord]| {
        range.iter().filter(|task| !in_b.contains(task.id.as_str())).map(|task| (Some(task), None))
    };
    let (mut pairs, mut next) = (Vec::new(), 0);
    for task in b {
        let at = place.get(task.id.as_str()).copied();
        if let Some(at) = at.filter(|at| *at >= next) {
            pairs.extend(only_in_a(a.get(next..at).unwrap_or_default()));
            next = at + 1;
        }
        pairs.push((at.and_then(|at| a.get(at)), Some(task)));
    }
    pairs.extend(only_in_a(a.get(next..).unwrap_or_default()));
    pairs
}

fn alone(task: &TaskRecord, role: Role) -> TaskDifference {
    let tables = task.outputs.iter().map(|(port, table)| TableDifference::alone(port, table, role));
    TaskDifference {
        task: task.id.clone(),
        role,
        changes: Vec::new(),
        after: Vec::new(),
        tables: tables.collect(),
    }
}

/// None where nothing differs.
fn common(a: &Run, b: &Run, one: &TaskRecord, other: &TaskRecord) -> Result<Option<TaskDifference>> {
    let changes = own_changes(one, other);
    let after = changed_inputs(one, other);
    let tables = table::compare_all(a, b, &one.outputs, &other.outputs)?;
    let role = match (changes.is_empty(), after.is_empty(), tables.is_empty()) {
        (true, true, true) => return Ok(None),
        (false, ..) => Role::Cause,
        (true, false, _) => Role::Consequence,
        (true, true, false) => Role::Unexplained,
    };
    Ok(Some(TaskDifference { task: other.id.clone(), role, changes, after, tables }))
}

fn own_changes(a: &TaskRecord, b: &TaskRecord) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut note = |what: String, a: Value, b: Value| {
        if a != b {
            changes.push(Change { what, a, b });
        }
    };
    note("use".into(), a.step.as_str().into(), b.step.as_str().into());
    for found in canonical::differences(&a.params, &b.params) {
        note(format!("with.{}", found.path), found.before.clone(), found.after.clone());
    }
    note("seed".into(), a.seed.into(), b.seed.into());
    let digest = |digest: &neuroloom_core::Digest| Value::from(digest.to_string());
    for (name, one, other) in both(&a.files, &b.files) {
        note(format!("file {name}"), one.map(digest).into(), other.map(digest).into());
    }
    for (port, one, other) in both(&a.inputs, &b.inputs) {
        note(format!("in.{port}"), one.map(connection).into(), other.map(connection).into());
    }
    changes
}

/// What an input is connected to: `step.port`, or a list of them where variants are collected.
fn connection(input: &InputRecords) -> Value {
    let source = |record: &InputRecord| Value::from(format!("{}.{}", record.task, record.port));
    match input {
        InputRecords::One(record) => source(record),
        InputRecords::Collected(records) => records.iter().map(source).collect(),
    }
}

/// The tasks at the other ends of inputs that are connected alike and carry other bytes.
fn changed_inputs(a: &TaskRecord, b: &TaskRecord) -> Vec<String> {
    let inputs = both(&a.inputs, &b.inputs).into_iter();
    let tables = inputs.filter_map(|(_, one, other)| Some(one?.all().iter().zip(other?.all())));
    let changed = tables.flatten().filter(|(one, other)| {
        (&one.task, &one.port) == (&other.task, &other.port) && one.digest != other.digest
    });
    changed.map(|(_, other)| other.task.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The entries of two maps by their keys.
pub(super) fn both<'a, V>(
    a: &'a BTreeMap<String, V>,
    b: &'a BTreeMap<String, V>,
) -> Vec<(&'a str, Option<&'a V>, Option<&'a V>)> {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().map(|name| (name.as_str(), a.get(name), b.get(name))).collect()
}
