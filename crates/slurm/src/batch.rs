//! From the tasks of a plan to job arrays.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_pipeline::frozen::{FrozenPlan, FrozenTask};
use neuroloom_pipeline::resources::ResourceRequest;

use crate::again::Remedy;

/// Wall time of a task of which nobody knows anything, seconds.
const TIME_UNKNOWN: u64 = 3600;
/// Wall time that is asked for at least where a step estimates it: nodes differ, seconds.
const TIME_LEAST: u64 = 600;
/// On top of the estimates: what a process needs before it does anything, bytes.
const MEMORY_BASE: u64 = 128 << 20;

/// What the scheduler allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Elements of one array.
    pub array_elements: usize,
}

impl Default for Limits {
    /// Slurm's own default.
    fn default() -> Self {
        Self { array_elements: 1000 }
    }
}

/// What one element of an array needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Needs {
    /// Processors.
    pub cores: usize,
    /// Memory, bytes.
    pub memory_bytes: u64,
    /// Wall time, seconds, for all its tasks.
    pub time_s: u64,
}

/// The tasks of one step as one array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Name of the step in the pipeline file.
    pub step: String,
    /// Ids of the tasks of each element.
    pub elements: Vec<Vec<String>>,
    /// What an element needs: the most that any of them does.
    pub needs: Needs,
    /// Words for the batch system.
    pub request: ResourceRequest,
    /// Names of the steps that it reads from.
    pub after: BTreeSet<String>,
}

/// The arrays for the tasks of `plan` that `wanted` accepts, each after those that it reads from.
pub fn batches(
    plan: &FrozenPlan,
    wanted: &dyn Fn(&FrozenTask) -> bool,
    remedies: &BTreeMap<String, Remedy>,
    limits: Limits,
) -> Vec<Batch> {
    let mut order: Vec<&str> = Vec::new();
    let mut by_step: BTreeMap<&str, Vec<&FrozenTask>> = BTreeMap::new();
    for task in plan.tasks.iter().filter(|task| wanted(task)) {
        let tasks = by_step.entry(&task.name).or_default();
        if tasks.is_empty() {
            order.push(&task.name);
        }
        tasks.push(task);
    }
    let tasks = order.into_iter().filter_map(|step| Some((step, by_step.get(step)?)));
    tasks.map(|(step, tasks)| batch(plan, step, tasks, remedies, limits)).collect()
}

fn batch(
    plan: &FrozenPlan,
    step: &str,
    tasks: &[&FrozenTask],
    remedies: &BTreeMap<String, Remedy>,
    limits: Limits,
) -> Batch {
    let request = tasks.first().map(|task| task.request.clone()).unwrap_or_default();
    let fewest = tasks.len().div_ceil(limits.array_elements.max(1));
    let per_element = request.tasks_per_job.unwrap_or(1).max(fewest).max(1);
    let elements: Vec<Vec<String>> =
        tasks.chunks(per_element).map(|chunk| chunk.iter().map(|task| task.id.clone()).collect()).collect();
    let sources = tasks.iter().flat_map(|task| &task.inputs);
    let after = sources.filter_map(|input| Some(plan.task(&input.spec.from_task)?.name.clone())).collect();
    Batch { step: step.to_owned(), elements, needs: needs(tasks, per_element, remedies), request, after }
}

/// What the file says, or twice what the step says.
fn time(task: &FrozenTask) -> u64 {
    let estimate = || task.resources.time_s.map(|time| time.saturating_mul(2).max(TIME_LEAST));
    task.request.time_s.or_else(estimate).unwrap_or(TIME_UNKNOWN)
}

/// The most that a task needs, with what it lacked the last time; the time of all tasks of an element.
fn needs(tasks: &[&FrozenTask], per_element: usize, remedies: &BTreeMap<String, Remedy>) -> Needs {
    let none = Remedy::default();
    let of = |task: &FrozenTask| {
        let remedy = remedies.get(&task.id).unwrap_or(&none);
        let resources = task.resources;
        Needs {
            cores: resources.cores.max(1),
            memory_bytes: remedy.memory(resources.memory_bytes.saturating_add(MEMORY_BASE)),
            time_s: remedy.time(time(task)),
        }
    };
    let most = tasks.iter().map(|task| of(task)).fold(
        Needs { cores: 1, memory_bytes: 0, time_s: 0 },
        |most, needs| Needs {
            cores: most.cores.max(needs.cores),
            memory_bytes: most.memory_bytes.max(needs.memory_bytes),
            time_s: most.time_s.max(needs.time_s),
        },
    );
    Needs { time_s: most.time_s.saturating_mul(per_element as u64), ..most }
}
