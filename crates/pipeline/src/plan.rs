//! What a run will do, known before it does anything.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use neuroloom_core::{Error, PlanContext, PlannedInputs, PlannedTable, StepPlan};

use crate::document::{Diagnostic, Diagnostics, InputSpec, Pipeline, TaskSpec};

/// A pipeline whose every step has said what it will give and need.
#[derive(Debug)]
pub struct Plan {
    /// The checked pipeline.
    pub pipeline: Pipeline,
    /// A plan per task, in the order of [`Pipeline::tasks`].
    pub tasks: Vec<PlannedTask>,
    positions: HashMap<String, usize>,
}

/// What is known of a task before it runs.
#[derive(Clone, Debug)]
pub struct PlannedTask {
    /// Outputs and resources.
    pub step: StepPlan,
    /// The inputs that are really connected: an optional one is dropped where its source does not give it.
    pub inputs: Vec<InputSpec>,
    /// Source files that it reads.
    pub files: Vec<PathBuf>,
}

impl Plan {
    /// The tasks with their plans, each after those it depends on.
    pub fn iter(&self) -> impl Iterator<Item = (&TaskSpec, &PlannedTask)> {
        self.pipeline.tasks.iter().zip(&self.tasks)
    }

    /// The task at `index`.
    pub fn get(&self, index: usize) -> Option<(&TaskSpec, &PlannedTask)> {
        Some((self.pipeline.tasks.get(index)?, self.tasks.get(index)?))
    }

    /// Where the task called `id` stands.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }
}

/// Plans every task, reading headers only.
///
/// # Errors
/// Everything that does not fit, each at the position of its step.
pub fn plan(pipeline: Pipeline, threads: usize) -> Result<Plan, Diagnostics> {
    let ctx = PlanContext { base: pipeline.base.clone(), threads };
    let mut planned: BTreeMap<&str, Option<PlannedTask>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for task in &pipeline.tasks {
        let result = plan_task(&ctx, task, &planned);
        if let Err(Some(error)) = &result {
            mistakes.push(diagnose(task, error));
        }
        planned.insert(&task.id, result.ok());
    }
    if !mistakes.is_empty() {
        return Err(Diagnostics::from_iter(mistakes));
    }
    let tasks = pipeline.tasks.iter().filter_map(|task| planned.remove(task.id.as_str()).flatten()).collect();
    let positions = pipeline.tasks.iter().enumerate().map(|(index, task)| (task.id.clone(), index)).collect();
    Ok(Plan { tasks, pipeline, positions })
}

/// `Err(None)`: a task before this one failed, which is reported there.
fn plan_task(
    ctx: &PlanContext,
    task: &TaskSpec,
    planned: &BTreeMap<&str, Option<PlannedTask>>,
) -> Result<PlannedTask, Option<Error>> {
    let mut tables: Vec<(String, PlannedTable)> = Vec::new();
    let mut inputs = Vec::new();
    for input in &task.inputs {
        let source = planned.get(input.from_task.as_str()).and_then(Option::as_ref).ok_or(None)?;
        match source.step.outputs.get(input.from_port.as_str()) {
            Some(table) => {
                tables.push((input.port.clone(), table.clone()));
                inputs.push(input.clone());
            }
            None if is_optional(task, &input.port) => {}
            None => return Err(Some(absent(task, input, source))),
        }
    }
    let files = task.step.files(&task.params, &ctx.base)?;
    let step = task.step.plan(ctx, &task.params, &PlannedInputs::new(tables))?;
    Ok(PlannedTask { step, inputs, files })
}

/// Whether the input `port` of `task` may stay unconnected.
pub(crate) fn is_optional(task: &TaskSpec, port: &str) -> bool {
    task.step.describe().inputs.iter().any(|input| input.name == port && input.optional)
}

fn absent(task: &TaskSpec, input: &InputSpec, source: &PlannedTask) -> Error {
    let given = source.step.outputs.keys().copied().collect::<Vec<_>>().join(", ");
    Error::params(format!("`{}` gives no `{}` from its source", input.from_task, input.from_port))
        .expected(format!("`{}` for the input `{}` of `{}`", input.from_port, input.port, task.id))
        .found(if given.is_empty() { "nothing".into() } else { given })
}

fn diagnose(task: &TaskSpec, error: &Error) -> Diagnostic {
    let message = format!("step `{}`: {error}", task.id);
    Diagnostic::error(&task.position, message, error.hint_text().map(str::to_owned))
}
