//! What a run will do, known before it does anything.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use neuroloom_core::{Description, Dims, Error, PlanContext, PlannedInputs, PlannedTable, StepPlan};
use rayon::prelude::*;

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
    /// `tasks` has a plan for each task of `pipeline`, in their order.
    pub(crate) fn of(pipeline: Pipeline, tasks: Vec<PlannedTask>) -> Self {
        let positions = positions(&pipeline);
        Self { pipeline, tasks, positions }
    }

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

/// Plans every task, reading headers only. The tasks of one step, which never read from each other, are planned side
/// by side: a sweep over recordings reads thousands of headers.
///
/// # Errors
/// Everything that does not fit, each at the position of its step.
pub fn plan(pipeline: Pipeline, threads: usize) -> Result<Plan, Diagnostics> {
    let positions = positions(&pipeline);
    let mut planner = Planner {
        ctx: PlanContext { base: pipeline.base.clone(), threads },
        positions: &positions,
        planned: Vec::with_capacity(pipeline.tasks.len()),
    };
    let mut mistakes = Vec::new();
    for tasks in pipeline.tasks.chunk_by(|one, other| one.step_name == other.step_name) {
        let description = tasks.first().map(|task| task.step.describe());
        let Some(description) = description else { continue };
        let planned: Vec<_> = tasks.par_iter().map(|task| planner.task(task, &description)).collect();
        for (task, result) in tasks.iter().zip(planned) {
            if let Err(Some(error)) = &result {
                mistakes.push(diagnose(task, error));
            }
            planner.planned.push(result.ok());
        }
    }
    if !mistakes.is_empty() {
        return Err(Diagnostics::from_iter(mistakes));
    }
    let tasks = planner.planned.into_iter().flatten().collect();
    Ok(Plan { tasks, pipeline, positions })
}

/// The place of each task in the list, by its id.
fn positions(pipeline: &Pipeline) -> HashMap<String, usize> {
    pipeline.tasks.iter().enumerate().map(|(index, task)| (task.id.clone(), index)).collect()
}

/// The plans made so far.
struct Planner<'a> {
    ctx: PlanContext,
    positions: &'a HashMap<String, usize>,
    /// In the order of the tasks; `None` where a task could not be planned.
    planned: Vec<Option<PlannedTask>>,
}

impl Planner<'_> {
    /// `Err(None)`: a task before this one failed, which is reported there.
    fn task(&self, task: &TaskSpec, description: &Description) -> Result<PlannedTask, Option<Error>> {
        let mut tables: BTreeMap<String, PlannedTable> = BTreeMap::new();
        let mut inputs = Vec::new();
        for input in &task.inputs {
            let source = self.source(input).ok_or(None)?;
            match source.step.outputs.get(input.from_port.as_str()) {
                Some(table) => {
                    add(&mut tables, task, input, table)?;
                    inputs.push(input.clone());
                }
                None if description.inputs.iter().any(|port| port.name == input.port && port.optional) => {}
                None => return Err(Some(absent(task, input, source))),
            }
        }
        let files = task.step.files(&task.params, &self.ctx.base)?;
        let mut step = task.step.plan(&self.ctx, &task.params, &PlannedInputs::new(tables))?;
        step.resources = task.resources.over(step.resources);
        Ok(PlannedTask { step, inputs, files })
    }

    fn source(&self, input: &InputSpec) -> Option<&PlannedTask> {
        self.planned.get(*self.positions.get(&input.from_task)?)?.as_ref()
    }
}

/// Puts `table` at the port of `input`: beside those that are collected there already.
fn add(
    tables: &mut BTreeMap<String, PlannedTable>,
    task: &TaskSpec,
    input: &InputSpec,
    table: &PlannedTable,
) -> Result<(), Error> {
    match tables.get_mut(&input.port) {
        None => {
            tables.insert(input.port.clone(), table.clone());
            Ok(())
        }
        Some(before) if before.kind == table.kind => {
            before.dims = together(&before.dims, &table.dims);
            Ok(())
        }
        Some(before) => Err(Error::params(format!("`{}` collects tables of two kinds", input.port))
            .at_object(task.id.as_str())
            .expected(before.kind.name())
            .found(format!("{} of `{}`", table.kind, input.from_task))),
    }
}

/// The sizes of two tables put together: what a part or a trace has at most does not grow, the rest adds up. A size
/// that one of them does not know is not known of both.
fn together(one: &Dims, other: &Dims) -> Dims {
    let size = |(name, size): (&&'static str, &u64)| {
        let theirs = *other.get(name)?;
        let both = match *name {
            "samples" | "values_per_part" => theirs.max(*size),
            _ => theirs.saturating_add(*size),
        };
        Some((*name, both))
    };
    one.iter().filter_map(size).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_collected_tables_add_up_except_those_that_are_maxima() {
        let one = Dims::from([("rows", 3), ("samples", 100), ("units", 1), ("pairs", 4)]);
        let other = Dims::from([("rows", 4), ("samples", 70), ("units", 2)]);
        assert_eq!(together(&one, &other), Dims::from([("rows", 7), ("samples", 100), ("units", 3)]));
    }
}
