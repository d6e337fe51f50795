//! A step that reads a file, and runs of pipelines in temporary folders.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Registry, Resources,
    Result, RunContext, Step, StepOutput, StepParams, StepPlan, Summary, files,
};
use neuroloom_pipeline::document::{self, Override};
use neuroloom_pipeline::execute::{RunOptions, run};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::observer::NoObserver;
use neuroloom_pipeline::plan::plan;
use neuroloom_provenance::record;
use neuroloom_provenance::run::Run;
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fake;

/// Reads numbers, a unit per line.
struct Read;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadParams {
    path: DataPath,
    /// Like the name of a data set in the file: it may look like a path.
    #[serde(default)]
    dataset: String,
}

impl StepParams for ReadParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl Step for Read {
    type Params = ReadParams;
    const ID: &'static str = "test.read";
    const VERSION: u32 = 3;

    fn describe(&self) -> Description {
        let outputs = vec![PortSpec::required("spikes", kinds::SPIKES, "The numbers.")];
        Description { title: "Reads", about: "", reference: None, inputs: vec![], outputs }
    }

    fn files(&self, params: &ReadParams, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, _: &PlanContext, _: &ReadParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(Resources::default()).output("spikes", kinds::SPIKES, []))
    }

    fn run(&self, ctx: &RunContext, params: &ReadParams, _: &Inputs) -> Result<StepOutput> {
        let text = files::read_text(&params.path.resolve(ctx.base()))?;
        let values: Vec<Vec<f64>> =
            text.lines().map(|line| line.split(' ').map(|word| word.parse().unwrap()).collect()).collect();
        let table = TableBuilder::new(kinds::SPIKES)
            .text("recording_id", vec!["r"; values.len()])
            .text("unit_id", (0..values.len()).map(|unit| unit.to_string()))
            .lists("spike_times_s", values)
            .finish()?;
        Ok(StepOutput::new(Summary::default()).table("spikes", table))
    }
}

pub fn registry() -> Registry {
    fake::registry().with(Read)
}

/// Runs the pipeline file with these overrides into the folder `out`, as the command line does.
pub fn run_file(file: &Path, overrides: &[&str], out: &Path) -> Run {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    let plan = plan(document::load(file, &overrides, &registry()).unwrap(), 2).unwrap();
    let folder = RunFolder::new(out);
    let options = RunOptions { threads: 2, ..RunOptions::default() };
    record::freeze(&folder, &plan.pipeline).unwrap();
    let outcome = run(&plan, &folder, &folder.store(), &options, &NoObserver).unwrap();
    record::write(&folder, outcome.manifest.fingerprint).unwrap();
    Run::open(out).unwrap()
}

/// Writes `text` to `p/p.yaml` in `folder` and runs it into `out` there.
pub fn run_text(folder: &Path, text: &str, out: &str) -> Run {
    let file = folder.join("p").join("p.yaml");
    write(&file, text);
    run_file(&file, &[], &folder.join(out))
}

pub fn write(path: &Path, text: &str) {
    files::write_bytes(path, text.as_bytes()).unwrap();
}

/// The digests of all tables of a run.
pub fn digests(run: &Run) -> Vec<String> {
    let tables = run.manifest.tasks.iter().flat_map(|task| &task.outputs);
    tables.map(|(port, table)| format!("{port} {}", table.digest)).collect()
}

/// Three units in two steps, and noise.
pub const CHAIN: &str = "neuroloom: 1
name: chain
steps:
  source: { use: fake.source, with: { values: [1, 2, 3] } }
  double: { use: fake.scale, in: source, with: { factor: 2 } }
  last: { use: fake.scale, in: double, with: { factor: 5 } }
  noise: { use: fake.noise, in: source }
";
