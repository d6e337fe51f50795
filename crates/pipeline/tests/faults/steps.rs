//! Steps that read a file, and write and read tables in parts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table, TableParts, files,
};
use neuroloom_table::parquet::PartsWriter;
use neuroloom_table::{Columns, TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

fn spikes(unit: usize, times: Vec<f64>) -> Result<Table> {
    let builder =
        TableBuilder::new(kinds::SPIKES).text("recording_id", ["r"]).text("unit_id", [format!("{unit}")]);
    builder.lists("spike_times_s", [times]).finish()
}

fn one_plan() -> StepPlan {
    StepPlan::new(Resources::default()).output("spikes", kinds::SPIKES, [("units", 1)])
}

fn description(inputs: Vec<PortSpec>) -> Description {
    let outputs = vec![PortSpec::required("spikes", kinds::SPIKES, "Some numbers.")];
    Description { title: "A step for tests", about: "", reference: None, inputs, outputs }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadParams {
    path: DataPath,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitParams {
    parts: usize,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatherParams {}

impl StepParams for ReadParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl StepParams for SplitParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl StepParams for GatherParams {
    fn check(&self, _: &mut ParamIssues) {}
}

/// Reads one number per line.
pub struct Read;

impl Step for Read {
    type Params = ReadParams;
    const ID: &'static str = "fake.read";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(vec![])
    }

    fn files(&self, params: &ReadParams, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, _: &PlanContext, _: &ReadParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(one_plan())
    }

    fn run(&self, ctx: &RunContext, params: &ReadParams, _: &Inputs) -> Result<StepOutput> {
        let text = files::read_text(&params.path.resolve(ctx.base()))?;
        let values = text.lines().map(|line| line.parse().unwrap()).collect();
        Ok(StepOutput::new(Summary::default()).table("spikes", spikes(0, values)?))
    }
}

/// Writes the same times for each of several units, a unit per part.
pub struct Split;

impl Step for Split {
    type Params = SplitParams;
    const ID: &'static str = "fake.split";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(vec![PortSpec::required("spikes", kinds::SPIKES, "Some numbers.")])
    }

    fn plan(&self, _: &PlanContext, _: &SplitParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(one_plan())
    }

    fn run(&self, ctx: &RunContext, params: &SplitParams, inputs: &Inputs) -> Result<StepOutput> {
        let lists = inputs.required("spikes")?.lists("spike_times_s")?;
        let times = lists.get(0).unwrap_or_default().into_owned();
        let mut writer = PartsWriter::new(ctx.scratch(), kinds::SPIKES)?;
        for unit in 0..params.parts {
            writer.append(&spikes(unit, times.clone())?)?;
        }
        Ok(StepOutput::new(Summary::default()).stored("spikes", Arc::new(writer.finish()?)))
    }
}

/// Reads a table in parts and gives the times of the last unit.
pub struct Gather;

impl Step for Gather {
    type Params = GatherParams;
    const ID: &'static str = "fake.gather";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(vec![PortSpec::required("spikes", kinds::SPIKES, "Some numbers.").in_parts()])
    }

    fn plan(&self, _: &PlanContext, _: &GatherParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(one_plan())
    }

    fn run(&self, _: &RunContext, _: &GatherParams, inputs: &Inputs) -> Result<StepOutput> {
        let parts: &dyn TableParts = inputs.parts("spikes")?;
        let mut times = Vec::new();
        for index in 0..parts.n_parts() {
            times = parts.part(index)?.lists("spike_times_s")?.get(0).unwrap_or_default().into_owned();
        }
        Ok(StepOutput::new(Summary::default()).table("spikes", spikes(9, times)?))
    }
}
