//! Choosing some tasks of a plan by the names of steps or tasks.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, nearest};

use crate::plan::Plan;

/// Ids of the tasks that `only` names, or of those that `until` names with all that they need; none where neither names
/// any, which means all.
///
/// # Errors
/// When a name is neither that of a step nor that of a task.
pub fn only(plan: &Plan, only: &[String], until: &[String]) -> Result<Option<BTreeSet<String>>> {
    match (only, until) {
        ([], []) => Ok(None),
        ([], until) => Ok(Some(with_all_before(plan, named(plan, until)?))),
        (only, _) => Ok(Some(named(plan, only)?)),
    }
}

/// The names of steps in `names`, checked.
///
/// # Errors
/// When a name is not that of a step.
pub fn steps(plan: &Plan, names: &[String]) -> Result<BTreeSet<String>> {
    let known: BTreeSet<&str> = plan.pipeline.tasks.iter().map(|task| task.step_name.as_str()).collect();
    let step = |name: &String| {
        if known.contains(name.as_str()) {
            Ok(name.clone())
        } else {
            Err(unknown(name, known.iter().copied()))
        }
    };
    names.iter().map(step).collect()
}

fn named(plan: &Plan, names: &[String]) -> Result<BTreeSet<String>> {
    let mut by_step: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for task in &plan.pipeline.tasks {
        by_step.entry(&task.step_name).or_default().push(&task.id);
    }
    let mut found = BTreeSet::new();
    for name in names {
        if let Some(tasks) = by_step.get(name.as_str()) {
            found.extend(tasks.iter().map(|id| (*id).to_owned()));
        } else if plan.position(name).is_some() {
            found.insert(name.clone());
        } else {
            let tasks = plan.pipeline.tasks.iter().map(|task| task.id.as_str());
            return Err(unknown(name, by_step.keys().copied().chain(tasks)));
        }
    }
    Ok(found)
}

fn with_all_before(plan: &Plan, named: BTreeSet<String>) -> BTreeSet<String> {
    let mut found = named;
    // The tasks stand after those that they read from.
    for (task, planned) in plan.iter().collect::<Vec<_>>().into_iter().rev() {
        if found.contains(&task.id) {
            found.extend(planned.inputs.iter().map(|input| input.from_task.clone()));
        }
    }
    found
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let error = Error::params(format!("the pipeline has no step and no task `{name}`"));
    match nearest(name, known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`neuroloom plan` lists steps and tasks"),
    }
}
