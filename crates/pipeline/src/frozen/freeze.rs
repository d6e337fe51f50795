//! From a plan to a frozen plan.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use neuroloom_core::{Digest, Result};

use super::{FrozenInput, FrozenPlan, FrozenRun, FrozenTask};
use crate::document::TaskSpec;
use crate::host;
use crate::key::{Ingredients, input_digest, step_name};
use crate::plan::{Plan, PlannedTask, is_optional};
use crate::sources::SourceDigests;
use crate::store::Store;

/// Fixes everything that a run of `plan` depends on: parameters, seeds, resources and the digests of source files.
///
/// # Errors
/// When a source file cannot be read.
pub fn freeze(plan: &Plan, store: &Store, sources: &SourceDigests) -> Result<FrozenPlan> {
    let mut recipes: HashMap<&str, Digest> = HashMap::with_capacity(plan.tasks.len());
    let mut tasks = Vec::with_capacity(plan.tasks.len());
    for (task, planned) in plan.iter() {
        let files = sources.of(&planned.files, &plan.pipeline.base)?;
        let frozen = frozen_task(task, planned, plan.pipeline.seed, files, &recipes);
        recipes.insert(&task.id, frozen.recipe);
        tasks.push(frozen);
    }
    Ok(FrozenPlan::new(frozen_run(plan, store), tasks))
}

fn frozen_run(plan: &Plan, store: &Store) -> FrozenRun {
    let pipeline = &plan.pipeline;
    FrozenRun {
        neuroloom: env!("CARGO_PKG_VERSION").into(),
        id: host::unique_name(),
        name: pipeline.name.clone(),
        file: pipeline.file.clone(),
        base: absolute(&pipeline.base),
        store: absolute(store.root()),
        remote: store.remote_address().map(str::to_owned),
        seed: pipeline.seed,
        text: pipeline.text.clone(),
        outputs: pipeline.outputs.clone(),
        tasks: plan.tasks.len(),
    }
}

fn frozen_task(
    task: &TaskSpec,
    planned: &PlannedTask,
    seed: u64,
    files: BTreeMap<String, Digest>,
    recipes: &HashMap<&str, Digest>,
) -> FrozenTask {
    let inputs = planned.inputs.iter().filter_map(|input| {
        let recipe = *recipes.get(input.from_task.as_str())?;
        Some(FrozenInput { spec: input.clone(), recipe, optional: is_optional(task, &input.port) })
    });
    let mut frozen = FrozenTask {
        id: task.id.clone(),
        name: task.step_name.clone(),
        step: step_name(task),
        variant: task.variant.clone(),
        folder: task.folder.clone(),
        recipe: Digest::of(b""),
        params: task.params.canonical().clone(),
        seed: task.step.random().then_some(seed),
        inputs: inputs.collect(),
        files,
        outputs: planned
            .step
            .outputs
            .iter()
            .map(|(port, t)| ((*port).to_owned(), t.kind.name().to_owned()))
            .collect(),
        resources: task.resources.over(planned.step.resources),
        request: task.resources.clone(),
    };
    frozen.recipe = recipe(&frozen);
    frozen
}

fn recipe(task: &FrozenTask) -> Digest {
    let digest = |input: &FrozenInput| {
        Digest::of(format!("neuroloom recipe input 1\n{}\n{}", input.recipe, input.spec.from_port).as_bytes())
    };
    let inputs = task.connections().into_iter().map(|(port, connections)| {
        let sources: Vec<_> =
            connections.iter().map(|input| (input.spec.variant.as_slice(), digest(input))).collect();
        (port.to_owned(), input_digest(&sources))
    });
    let ingredients = Ingredients {
        step: task.step.clone(),
        params: task.params.clone(),
        seed: task.seed,
        inputs: inputs.collect(),
        files: task.files.clone(),
    };
    ingredients.recipe()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
