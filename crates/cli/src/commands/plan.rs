//! `neuroloom plan`.

use neuroloom_core::{Dims, PlannedTable};
use neuroloom_pipeline::document::InputSpec;
use neuroloom_pipeline::key::step_name;
use neuroloom_pipeline::plan::Plan;
use neuroloom_report::dag;
use serde_json::{Value, json};

use super::{aligned, load, pretty};
use crate::args::{PlanArguments, PlanFormat};
use crate::failure::Failure;
use crate::page;

pub fn plan(arguments: &PlanArguments, json: bool) -> Result<(), Failure> {
    let plan = load(&arguments.pipeline)?;
    match arguments.format {
        _ if json => println!("{}", pretty(&as_json(&plan))?),
        PlanFormat::Text => print!("{}", as_text(&plan)),
        PlanFormat::Mermaid => print!("{}", dag::mermaid(&page::dag(&plan))),
        PlanFormat::Dot => print!("{}", dag::dot(&page::dag(&plan))),
    }
    Ok(())
}

fn as_text(plan: &Plan) -> String {
    let heading = ["task", "step", "memory", "inputs", "outputs"].map(str::to_owned).to_vec();
    let rows = plan.iter().map(|(task, planned)| {
        let outputs = planned.step.outputs.iter().map(|(port, table)| shape(port, table));
        vec![
            task.id.clone(),
            step_name(task),
            format!("{} MiB", planned.step.resources.memory_bytes.div_ceil(1 << 20)),
            sources(&planned.inputs),
            outputs.collect::<Vec<_>>().join(", "),
        ]
    });
    aligned(&std::iter::once(heading).chain(rows).collect::<Vec<_>>())
}

/// `wake.spikes, rdm.rdms × 200`: of what is collected, how many variants there are.
fn sources(inputs: &[InputSpec]) -> String {
    let source = |same: &[InputSpec]| match same {
        [one] => Some(format!("{}.{}", one.from_task, one.from_port)),
        [first, ..] => {
            let step = first.from_task.split('[').next().unwrap_or_default();
            Some(format!("{step}.{} × {}", first.from_port, same.len()))
        }
        [] => None,
    };
    let sources = inputs.chunk_by(|one, other| one.port == other.port).filter_map(source);
    sources.collect::<Vec<_>>().join(", ")
}

/// `rdms[pairs 630, rdms 2]`.
fn shape(port: &str, table: &PlannedTable) -> String {
    let dims: Vec<String> = table.dims.iter().map(|(name, size)| format!("{name} {size}")).collect();
    if dims.is_empty() { port.to_owned() } else { format!("{port}[{}]", dims.join(", ")) }
}

fn as_json(plan: &Plan) -> Value {
    let dims = |dims: &Dims| json!(dims);
    let tasks = plan.iter().map(|(task, planned)| {
        json!({
            "id": task.id,
            "step": step_name(task),
            "params": task.params.canonical(),
            "inputs": planned.inputs.iter().map(|input| json!({
                "port": input.port, "task": input.from_task, "output": input.from_port,
            })).collect::<Vec<_>>(),
            "outputs": planned.step.outputs.iter().map(|(port, table)| json!({
                "port": port, "kind": table.kind, "dims": dims(&table.dims),
            })).collect::<Vec<_>>(),
            "cores": planned.step.resources.cores,
            "memory_bytes": planned.step.resources.memory_bytes,
        })
    });
    json!({ "name": plan.pipeline.name, "seed": plan.pipeline.seed, "tasks": tasks.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_collected_is_counted() {
        let input = |port: &str, from: &str| InputSpec {
            port: port.into(),
            from_task: from.into(),
            from_port: "rdms".into(),
            variant: Vec::new(),
        };
        let inputs =
            [input("tables", "rdm[rank=4]"), input("tables", "rdm[rank=8]"), input("labels", "wake")];
        assert_eq!(sources(&inputs), "rdm.rdms × 2, wake.rdms");
    }
}
