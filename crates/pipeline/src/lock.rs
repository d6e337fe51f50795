//! The frozen plan of a run: `run.lock`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, PlannedTable, Resources, Result, files};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::key::step_name;
use crate::plan::Plan;
use crate::store::write_json;

/// Writes the plan as it is about to be executed.
///
/// # Errors
/// When the operating system refuses.
pub fn write(path: &Path, plan: &Plan) -> Result<()> {
    let tasks: Vec<Value> = plan
        .iter()
        .map(|(task, planned)| {
            json!({
                "id": task.id,
                "step": step_name(task),
                "folder": task.folder,
                "params": task.params.canonical(),
                "random": task.step.random(),
                "inputs": planned.inputs.iter().map(|input| {
                    (input.port.clone(), format!("{}.{}", input.from_task, input.from_port))
                }).collect::<BTreeMap<_, _>>(),
                "files": planned.files,
                "outputs": outputs(&planned.step.outputs),
                "resources": resources(planned.step.resources),
            })
        })
        .collect();
    let pipeline = &plan.pipeline;
    let lock = json!({
        "neuroloom": env!("CARGO_PKG_VERSION"),
        "name": pipeline.name,
        "file": pipeline.file,
        "seed": pipeline.seed,
        "tasks": tasks,
    });
    write_json(path, &lock)
}

fn outputs(outputs: &BTreeMap<&'static str, PlannedTable>) -> Value {
    json!(
        outputs
            .iter()
            .map(|(port, table)| (*port, json!({ "kind": table.kind, "dims": table.dims })))
            .collect::<BTreeMap<_, _>>()
    )
}

fn resources(resources: Resources) -> Value {
    json!({ "cores": resources.cores, "memory_bytes": resources.memory_bytes })
}

/// What `status` needs of a frozen plan.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FrozenPlan {
    /// Name of the pipeline.
    pub name: String,
    /// The pipeline file, as it was given.
    pub file: PathBuf,
    /// Its tasks.
    pub tasks: Vec<FrozenTask>,
}

/// A task of a frozen plan.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FrozenTask {
    /// `factors[rank=4]`.
    pub id: String,
    /// `ntf.factorise@1`.
    pub step: String,
}

/// Reads a frozen plan; none if there is none.
///
/// # Errors
/// When it is there and damaged.
pub fn read(path: &Path) -> Result<Option<FrozenPlan>> {
    let Some(text) = files::read_text_if_present(path)? else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|e| Error::data("the frozen plan is damaged").at_file(path).found(e.to_string()))
}
