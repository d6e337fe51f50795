//! A part of a plan: some steps, or what some steps need.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, nearest};

use crate::document::{Pipeline, TaskSpec};
use crate::plan::Plan;

/// Which tasks of a plan are wanted. Names are those of steps (`factors`), of tasks (`factors[rank=4,fold=2]`), or of
/// tasks with some of their axes (`factors[rank=4]`). The empty selection wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// These and no others; empty for all.
    pub only: Vec<String>,
    /// These and all that they need, directly or not; empty for all.
    pub until: Vec<String>,
}

impl Plan {
    /// The positions of the tasks that `selection` wants. With both `only` and `until`, those that both want.
    ///
    /// # Errors
    /// When a name is that of no step and of no task; with the nearest one that is.
    pub fn select(&self, selection: &Selection) -> Result<BTreeSet<usize>> {
        let all = || (0..self.pipeline.tasks.len()).collect();
        let only = if selection.only.is_empty() { all() } else { self.named(&selection.only)? };
        if selection.until.is_empty() {
            return Ok(only);
        }
        let until = self.with_sources(self.named(&selection.until)?);
        Ok(only.intersection(&until).copied().collect())
    }

    /// The positions of the tasks that are called by `names`: what is to be done again, for example.
    ///
    /// # Errors
    /// When a name is that of no step and of no task; with the nearest one that is.
    pub fn named(&self, names: &[String]) -> Result<BTreeSet<usize>> {
        let mut by_step: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, task) in self.pipeline.tasks.iter().enumerate() {
            by_step.entry(&task.step_name).or_default().push(at);
        }
        let mut named = BTreeSet::new();
        for name in names {
            match (by_step.get(name.as_str()), self.position(name)) {
                (Some(tasks), _) => named.extend(tasks),
                (None, Some(task)) => {
                    named.insert(task);
                }
                (None, None) => named.extend(self.by_axes(name, &by_step)?),
            }
        }
        Ok(named)
    }

    /// The tasks of `step[axis=label,…]`.
    fn by_axes(&self, name: &str, by_step: &BTreeMap<&str, Vec<usize>>) -> Result<Vec<usize>> {
        let parts = name.strip_suffix(']').and_then(|name| name.split_once('['));
        let Some((step, axes)) = parts else { return Err(unknown(name, by_step)) };
        let tasks = by_step.get(step).ok_or_else(|| unknown(step, by_step))?;
        let wanted: Vec<&str> = axes.split(',').collect();
        let spec = |at: &&usize| self.pipeline.tasks.get(**at);
        let found: Vec<usize> =
            tasks.iter().filter(|at| spec(at).is_some_and(|task| has_all(task, &wanted))).copied().collect();
        if found.is_empty() {
            let ids = tasks.iter().filter_map(|at| Some(self.pipeline.tasks.get(*at)?.id.as_str()));
            let error = Error::params(format!("`{step}` has no task `{name}`"));
            return Err(hinted(error, nearest(name, ids)));
        }
        Ok(found)
    }

    /// `tasks` and all that they read from, directly or not. A source stands before its readers: one pass from the end
    /// finds all.
    fn with_sources(&self, mut tasks: BTreeSet<usize>) -> BTreeSet<usize> {
        for at in (0..self.pipeline.tasks.len()).rev() {
            if tasks.contains(&at)
                && let Some((_, planned)) = self.get(at)
            {
                tasks.extend(planned.inputs.iter().filter_map(|input| self.position(&input.from_task)));
            }
        }
        tasks
    }

    /// The plan of the tasks at `positions` alone, with the copies of their outputs. A task may then read from one that
    /// the plan no longer has: its result must be in the store.
    #[must_use]
    pub fn keep(self, positions: &BTreeSet<usize>) -> Self {
        let Self { pipeline, tasks, .. } = self;
        let Pipeline { tasks: specs, outputs, .. } = pipeline;
        let kept = specs.into_iter().zip(tasks).enumerate().filter(|(at, _)| positions.contains(at));
        let (specs, tasks): (Vec<TaskSpec>, Vec<_>) = kept.map(|(_, task)| task).unzip();
        let ids: BTreeSet<&str> = specs.iter().map(|task| task.id.as_str()).collect();
        let outputs = outputs.into_iter().filter(|output| ids.contains(output.task.as_str())).collect();
        Self::of(Pipeline { tasks: specs, outputs, ..pipeline }, tasks)
    }
}

/// Whether the task has every `axis=label` of `wanted`.
fn has_all(task: &TaskSpec, wanted: &[&str]) -> bool {
    wanted.iter().all(|wanted| task.variant.iter().any(|(axis, label)| format!("{axis}={label}") == *wanted))
}

fn unknown(name: &str, by_step: &BTreeMap<&str, Vec<usize>>) -> Error {
    let error = Error::params(format!("the pipeline has no step `{name}`"));
    hinted(error, nearest(name, by_step.keys().copied()))
}

fn hinted(error: Error, near: Option<&str>) -> Error {
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`neuroloom plan` lists the tasks"),
    }
}
