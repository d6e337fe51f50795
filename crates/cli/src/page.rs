//! From a finished run to its report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use neuroloom_core::{Figure, Registry, Result, files};
use neuroloom_pipeline::execute::Outcome;
use neuroloom_pipeline::frozen::{FrozenPlan, FrozenTask};
use neuroloom_pipeline::key::step_name;
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::{Manifest, TableRecord, TaskRecord};
use neuroloom_pipeline::plan::Plan;
use neuroloom_pipeline::store::Entry;
use neuroloom_report::dag::{Dag, DagEdge, DagNode};
use neuroloom_report::{
    FigureSection, InputFile, Report, StepSection, StepStatus, TableSection, columns, preview, render,
};
use neuroloom_table::parquet;

/// Rows of a table that the report shows.
const PREVIEW_ROWS: usize = 5;
/// Variants of a step that the report shows with figures and rows; of the others it has the metrics.
const VARIANTS_SHOWN: usize = 12;

/// Writes `report.html` and every figure as a file of its own beside the tables of its step.
pub fn write(registry: &Registry, folder: &RunFolder, outcome: &Outcome) -> Result<()> {
    let plan = outcome.plan.as_ref();
    let records: BTreeMap<&str, &TaskRecord> =
        outcome.manifest.tasks.iter().map(|record| (record.id.as_str(), record)).collect();
    let mut variants: BTreeMap<&str, usize> = BTreeMap::new();
    let mut steps = Vec::new();
    for (task, entry) in plan.tasks.iter().zip(&outcome.entries) {
        let (Some(entry), Some(record)) = (entry, records.get(task.id.as_str())) else { continue };
        let count = variants.entry(&task.name).or_default();
        *count += 1;
        let page = TaskPage { folder, task, record, entry };
        steps.push(page.section(registry, *count <= VARIANTS_SHOWN)?);
    }
    let report = Report {
        title: plan.run.name.clone(),
        subtitle: String::new(),
        seed: plan.run.seed,
        version: plan.run.neuroloom.clone(),
        command: format!("neuroloom run {}", file_name(&plan.run.file)),
        pipeline_text: plan.run.text.clone(),
        dag: frozen_dag(plan),
        steps,
        inputs: inputs(plan, &outcome.manifest),
        references: Vec::new(),
    };
    files::write_bytes(&folder.report(), render(&report).as_bytes())
}

/// The graph of steps; the variants of a matrix are one node.
pub fn dag(plan: &Plan) -> Dag {
    let mut graph = Graph::default();
    let name_of: BTreeMap<&str, &str> =
        plan.pipeline.tasks.iter().map(|task| (task.id.as_str(), task.step_name.as_str())).collect();
    for (task, planned) in plan.iter() {
        let sources = planned.inputs.iter().map(|input| {
            (
                name_of.get(input.from_task.as_str()).copied().unwrap_or_default(),
                input.from_port.as_str(),
                input.port.as_str(),
            )
        });
        graph.add(&task.step_name, || step_name(task), sources);
    }
    graph.dag
}

/// The same of a frozen plan.
fn frozen_dag(plan: &FrozenPlan) -> Dag {
    let mut graph = Graph::default();
    for task in &plan.tasks {
        let sources = task.inputs.iter().map(|input| {
            let from = plan.task(&input.spec.from_task).map_or("", |task| task.name.as_str());
            (from, input.spec.from_port.as_str(), input.spec.port.as_str())
        });
        graph.add(&task.name, || task.step.clone(), sources);
    }
    graph.dag
}

/// A graph of steps that grows task by task.
#[derive(Default)]
struct Graph {
    dag: Dag,
    nodes: BTreeMap<String, usize>,
    edges: BTreeSet<[String; 4]>,
}

impl Graph {
    /// Adds a task of the step called `name`; `sources` are step, output and input of each connection.
    fn add<'a>(
        &mut self,
        name: &str,
        step: impl Fn() -> String,
        sources: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    ) {
        match self.nodes.get(name).and_then(|at| self.dag.nodes.get_mut(*at)) {
            Some(node) => node.variants += 1,
            None => {
                self.nodes.insert(name.to_owned(), self.dag.nodes.len());
                self.dag.nodes.push(DagNode::new(name, step()));
            }
        }
        for (from, from_port, to_port) in sources {
            let ends = [from, from_port, name, to_port].map(str::to_owned);
            if self.edges.insert(ends.clone()) {
                let [from, from_port, to, to_port] = ends;
                self.dag.edges.push(DagEdge { from, from_port, to, to_port });
            }
        }
    }
}

/// A finished task on its way to the report.
struct TaskPage<'a> {
    folder: &'a RunFolder,
    task: &'a FrozenTask,
    record: &'a TaskRecord,
    entry: &'a Entry,
}

impl TaskPage<'_> {
    /// What the report says of it: in full with figures and rows, else in short. The figures become files either way.
    fn section(&self, registry: &Registry, full: bool) -> Result<StepSection> {
        let id = self.task.step.split('@').next().unwrap_or_default();
        let step = registry.get(id);
        let description = step.map(|step| step.describe());
        let summary = self.entry.summary()?;
        let figures = summary.figures.iter().map(|figure| self.figure(figure)).collect::<Result<Vec<_>>>()?;
        let tables = self.record.outputs.iter().map(|(port, output)| self.table(port, output, full));
        Ok(StepSection {
            name: self.task.id.clone(),
            step_id: self.task.step.clone(),
            title: description.as_ref().map(|description| description.title.to_owned()).unwrap_or_default(),
            reference: description.and_then(|description| description.reference.map(str::to_owned)),
            params: self.task.params.clone(),
            defaults: step.map(|step| defaults(&step.params_schema())).unwrap_or_default(),
            // Always the same word, so that a rerun from the cache gives the same page.
            status: StepStatus::Done,
            tables: tables.collect::<Result<Vec<_>>>()?,
            figures: if full { figures } else { Vec::new() },
            summary,
        })
    }

    fn figure(&self, figure: &Figure) -> Result<FigureSection> {
        let section = FigureSection::of(figure)?;
        let file = RunFolder::figure(self.task, &section.name);
        files::write_bytes(&self.folder.root().join(&file), section.svg.as_bytes())?;
        Ok(FigureSection { file: slashes(&file), ..section })
    }

    fn table(&self, port: &str, output: &TableRecord, full: bool) -> Result<TableSection> {
        let table = parquet::head(&self.entry.file(port), PREVIEW_ROWS)?;
        let rows = if full { PREVIEW_ROWS } else { 0 };
        Ok(TableSection {
            port: port.to_owned(),
            kind: output.kind.clone(),
            file: slashes(&output.file),
            digest: output.digest,
            n_rows: output.rows,
            columns: columns(&table.batch().schema()),
            preview: preview(&table, rows),
        })
    }
}

/// The defaults that the parameters' schema states.
fn defaults(schema: &serde_json::Value) -> serde_json::Value {
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    let with_default = properties
        .into_iter()
        .flatten()
        .filter_map(|(name, property)| Some((name.clone(), property.get("default")?.clone())));
    with_default.collect::<serde_json::Map<_, _>>().into()
}

fn inputs(plan: &FrozenPlan, manifest: &Manifest) -> Vec<InputFile> {
    let digests = manifest.tasks.iter().flat_map(|task| &task.files).collect::<BTreeMap<_, _>>();
    let size = |path: &str| files::size(&plan.run.base.join(path)).unwrap_or(0);
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
