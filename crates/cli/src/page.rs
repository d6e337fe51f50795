//! From a finished run to its report.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::{Result, files};
use neuroloom_pipeline::document::TaskSpec;
use neuroloom_pipeline::execute::Outcome;
use neuroloom_pipeline::key::step_name;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::{Manifest, TaskRecord};
use neuroloom_pipeline::plan::Plan;
use neuroloom_pipeline::store::Entry;
use neuroloom_report::dag::{Dag, DagEdge, DagNode};
use neuroloom_report::{
    FigureSection, InputFile, Report, StepSection, StepStatus, TableSection, columns, preview, render,
};
use neuroloom_table::parquet;

/// Rows of a table that the report shows.
const PREVIEW_ROWS: usize = 5;

/// Writes `report.html` and every figure as a file of its own beside the tables of its step.
pub fn write(plan: &Plan, folder: &RunFolder, outcome: &Outcome) -> Result<()> {
    let records = outcome.manifest.tasks.iter().zip(&outcome.entries);
    let steps =
        plan.iter().zip(records).map(|((task, _), (record, entry))| step(folder, task, record, entry));
    let report = Report {
        title: plan.pipeline.name.clone(),
        subtitle: String::new(),
        seed: plan.pipeline.seed,
        version: outcome.manifest.neuroloom.clone(),
        command: format!("neuroloom run {}", file_name(&plan.pipeline.file)),
        pipeline_text: plan.pipeline.text.clone(),
        dag: dag(plan),
        steps: steps.collect::<Result<Vec<_>>>()?,
        inputs: inputs(plan, &outcome.manifest),
        references: Vec::new(),
    };
    files::write_bytes(&folder.report(), render(&report).as_bytes())
}

/// The graph of steps; the variants of a matrix are one node.
pub fn dag(plan: &Plan) -> Dag {
    let mut nodes: Vec<DagNode> = Vec::new();
    let mut edges: Vec<DagEdge> = Vec::new();
    let names: BTreeMap<&str, &str> =
        plan.pipeline.tasks.iter().map(|task| (task.id.as_str(), task.step_name.as_str())).collect();
    for (task, planned) in plan.iter() {
        match nodes.iter_mut().find(|node| node.name == task.step_name) {
            Some(node) => node.variants += 1,
            None => nodes.push(DagNode::new(&task.step_name, step_name(task))),
        }
        for input in &planned.inputs {
            let edge = DagEdge {
                from: names.get(input.from_task.as_str()).copied().unwrap_or_default().to_owned(),
                from_port: input.from_port.clone(),
                to: task.step_name.clone(),
                to_port: input.port.clone(),
            };
            if !edges.contains(&edge) {
                edges.push(edge);
            }
        }
    }
    Dag { nodes, edges }
}

fn step(folder: &RunFolder, task: &TaskSpec, record: &TaskRecord, entry: &Entry) -> Result<StepSection> {
    let description = task.step.describe();
    let summary = entry.summary.clone();
    let figures = summary.figures.iter().map(|figure| {
        let section = FigureSection::of(figure)?;
        let file = RunFolder::figure(task, &section.name);
        files::write_bytes(&folder.root().join(&file), section.svg.as_bytes())?;
        Ok(FigureSection { file: slashes(&file), ..section })
    });
    let figures = figures.collect::<Result<Vec<_>>>()?;
    let tables = record.outputs.iter().map(|(port, output)| {
        let table = parquet::head(&entry.file(port), PREVIEW_ROWS)?;
        Ok(TableSection {
            port: port.clone(),
            kind: output.kind.clone(),
            file: slashes(&output.file),
            digest: output.digest,
            n_rows: output.rows,
            columns: columns(&table.batch().schema()),
            preview: preview(&table, PREVIEW_ROWS),
        })
    });
    Ok(StepSection {
        name: task.id.clone(),
        step_id: step_name(task),
        title: description.title.to_owned(),
        reference: description.reference.map(str::to_owned),
        params: task.params.canonical().clone(),
        defaults: defaults(task),
        // Always the same word, so that a rerun from the cache gives the same page.
        status: StepStatus::Done,
        tables: tables.collect::<Result<Vec<_>>>()?,
        summary,
        figures,
    })
}

/// The defaults that the parameters' schema states.
fn defaults(task: &TaskSpec) -> serde_json::Value {
    let schema = task.step.params_schema();
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    let with_default = properties
        .into_iter()
        .flatten()
        .filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())));
    with_default.collect::<serde_json::Map<_, _>>().into()
}

fn inputs(plan: &Plan, manifest: &Manifest) -> Vec<InputFile> {
    let digests = manifest.tasks.iter().flat_map(|task| &task.files).collect::<BTreeMap<_, _>>();
    let size = |path: &str| files::size(&plan.pipeline.base.join(path)).unwrap_or(0);
    digests
        .into_iter()
        .map(|(path, &digest)| InputFile { path: path.clone(), digest, bytes: size(path) })
        .collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
