//! Steps and their axes to tasks.

mod feed;
mod names;
mod spread;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use neuroloom_core::CheckedParams;

use super::axis::{Axis, TASKS_LIMIT, combinations};
use super::bind::Binding;
use super::findings::Findings;
use super::outputs::Copy;
use super::steps::Steps;
use super::{InputSpec, OutputSpec, TaskSpec};
use feed::{Feed, Offsets};
use names::{in_variant, task_folder, task_id};
use spread::{Spread, spreads};

/// Connections between tasks in all: each takes a few hundred bytes.
const CONNECTIONS_LIMIT: usize = 1_000_000;

/// Everything that tasks are made of.
pub(super) struct Parts<'a> {
    pub steps: &'a Steps,
    /// Indices of the steps in the order in which they can run.
    pub order: &'a [usize],
    /// By step.
    pub bindings: &'a [Vec<Binding>],
    /// By step, for each combination of the values on its own axes.
    pub variants: &'a [Vec<CheckedParams>],
    pub copies: &'a [Copy],
}

/// All tasks, and the copies of their outputs. `None` when there are none, for a reason that is reported.
pub(super) fn tasks(parts: &Parts<'_>, findings: &mut Findings) -> Option<(Vec<TaskSpec>, Vec<OutputSpec>)> {
    let spreads = spreads(parts, findings)?;
    check_count(&spreads, findings)?;
    let mut tasks = Vec::new();
    let mut outputs = Vec::new();
    let mut connections = 0_usize;
    for at in parts.order {
        let maker = Maker::new(parts, &spreads, *at)?;
        connections = connections.saturating_add(maker.connections());
        check_connections(connections, maker.spread, findings)?;
        let copies: Vec<&Copy> = parts.copies.iter().filter(|copy| copy.step == *at).collect();
        for combination in combinations(&maker.spread.axes) {
            let task = maker.task(&combination, &tasks, findings)?;
            outputs.extend(copies.iter().map(|copy| copied(copy, &task)));
            tasks.push(task);
        }
    }
    check_names(&tasks, &spreads, findings)?;
    Some((tasks, outputs))
}

fn copied(copy: &Copy, task: &TaskSpec) -> OutputSpec {
    OutputSpec { file: in_variant(&copy.file, &task.variant), task: task.id.clone(), port: copy.port.clone() }
}

/// One step, ready to give its tasks.
struct Maker<'a> {
    spread: &'a Spread<'a>,
    feeds: Vec<Feed<'a>>,
    variants: &'a [CheckedParams],
    /// To the combination of the step's own axes.
    own: Offsets,
}

impl<'a> Maker<'a> {
    fn new(parts: &'a Parts<'_>, spreads: &'a BTreeMap<usize, Spread<'a>>, at: usize) -> Option<Self> {
        let spread = spreads.get(&at)?;
        let feed = |binding: &'a Binding| Some(Feed::new(spread, binding, spreads.get(&binding.step)?));
        let own: Vec<&Axis> = spread.node.axes.iter().collect();
        Some(Self {
            spread,
            feeds: parts.bindings.get(at)?.iter().map(feed).collect::<Option<_>>()?,
            variants: parts.variants.get(at)?,
            own: Offsets::to_all(&spread.axes, &own),
        })
    }

    /// How many there are between the sources and the tasks of the step.
    fn connections(&self) -> usize {
        let width: usize = self.feeds.iter().map(Feed::width).sum();
        width.saturating_mul(self.spread.count())
    }

    /// The task at `combination` of the step's axes; `before` has all tasks that it may read from.
    fn task(&self, combination: &[usize], before: &[TaskSpec], findings: &Findings) -> Option<TaskSpec> {
        let Spread { node, axes, .. } = self.spread;
        let label =
            |(axis, at): (&&Axis, &usize)| Some((axis.name.clone(), axis.values.get(*at)?.label.clone()));
        let variant: Vec<(String, String)> =
            axes.iter().zip(combination).map(label).collect::<Option<_>>()?;
        let id_at = |index: usize| before.get(index).map(|task| task.id.clone());
        let inputs = self.feeds.iter().map(|feed| feed.inputs(combination, id_at));
        Some(TaskSpec {
            id: task_id(&node.name, &variant),
            step_name: node.name.clone(),
            folder: task_folder(&node.name, &variant),
            inputs: inputs.collect::<Option<Vec<Vec<InputSpec>>>>()?.concat(),
            resources: node.resources.clone(),
            step: Arc::clone(&node.used.as_ref()?.step),
            params: self.variants.get(self.own.at(combination))?.clone(),
            position: findings.position(node.place),
            variant,
        })
    }
}

fn check_count(spreads: &BTreeMap<usize, Spread<'_>>, findings: &mut Findings) -> Option<()> {
    let total = spreads.values().fold(0_usize, |sum, spread| sum.saturating_add(spread.count()));
    if total <= TASKS_LIMIT {
        return Some(());
    }
    let widest = spreads.values().max_by_key(|spread| spread.count())?;
    let message = format!("the pipeline has {total} tasks, more than {TASKS_LIMIT}");
    let hint = format!("`{}` has the most: it inherits the axes of all that it reads from", widest.node.name);
    findings.error(widest.node.place, message).hint(hint);
    None
}

fn check_connections(connections: usize, spread: &Spread<'_>, findings: &mut Findings) -> Option<()> {
    if connections <= CONNECTIONS_LIMIT {
        return Some(());
    }
    let message = format!(
        "up to `{}` there are {connections} connections between tasks, more than {CONNECTIONS_LIMIT}",
        spread.node.name
    );
    findings
        .error(spread.node.place, message)
        .hint("collect fewer axes, or collect them one after the other");
    None
}

/// Labels are text from outside: two lists of them may read alike.
fn check_names(
    tasks: &[TaskSpec],
    spreads: &BTreeMap<usize, Spread<'_>>,
    findings: &mut Findings,
) -> Option<()> {
    let mut seen = HashSet::with_capacity(tasks.len());
    let twice = tasks.iter().find(|task| !seen.insert(task.id.as_str()));
    let Some(task) = twice else { return Some(()) };
    let spread = spreads.values().find(|spread| spread.node.name == task.step_name)?;
    findings
        .error(spread.node.place, format!("two tasks would be called `{}`", task.id))
        .hint("leave `,` and `=` out of the values of the axes");
    None
}
