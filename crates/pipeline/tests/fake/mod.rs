//! Small steps for the tests of the engine; all carry one `spikes` table with one row.

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Registry, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table, TableKind,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub fn registry() -> Registry {
    Registry::default().with(Source).with(Scale).with(Noise).with(Broken).with(Keep)
}

fn spikes(values: Vec<f64>) -> Table {
    let builder = TableBuilder::new(kinds::SPIKES).text("recording_id", ["r"]).text("unit_id", ["u"]);
    builder.lists("spike_times_s", [values]).finish().unwrap()
}

fn values(inputs: &Inputs) -> Result<Vec<f64>> {
    let lists = inputs.required("spikes")?.lists("spike_times_s")?;
    Ok(lists.get(0).unwrap_or_default().into_owned())
}

fn output(values: Vec<f64>) -> Result<StepOutput> {
    Ok(StepOutput::new(Summary::default()).table("spikes", spikes(values)))
}

fn one_plan() -> Result<StepPlan> {
    Ok(StepPlan::new(Resources::default()).output("spikes", kinds::SPIKES, [("units", 1)]))
}

fn description(has_input: bool) -> Description {
    let port = PortSpec::required("spikes", kinds::SPIKES, "Some numbers.");
    let inputs = if has_input { vec![port] } else { vec![] };
    Description { title: "A step for tests", about: "", reference: None, inputs, outputs: vec![port] }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceParams {
    values: Vec<f64>,
    #[serde(default)]
    note: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleParams {
    factor: f64,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BrokenParams {
    how: How,
}

#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum How {
    Panic,
    WrongKind,
}

impl StepParams for SourceParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl StepParams for ScaleParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl StepParams for NoParams {
    fn check(&self, _: &mut ParamIssues) {}
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepParams {
    #[serde(default)]
    lie: bool,
}

impl StepParams for KeepParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl StepParams for BrokenParams {
    fn check(&self, _: &mut ParamIssues) {}
}

struct Source;
struct Scale;
struct Noise;
struct Broken;
struct Keep;

impl Step for Source {
    type Params = SourceParams;
    const ID: &'static str = "fake.source";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(false)
    }

    fn plan(&self, _: &PlanContext, _: &SourceParams, _: &PlannedInputs) -> Result<StepPlan> {
        one_plan()
    }

    fn run(&self, _: &RunContext, params: &SourceParams, _: &Inputs) -> Result<StepOutput> {
        output(params.values.clone())
    }
}

impl Step for Scale {
    type Params = ScaleParams;
    const ID: &'static str = "fake.scale";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(true)
    }

    fn plan(&self, _: &PlanContext, _: &ScaleParams, _: &PlannedInputs) -> Result<StepPlan> {
        one_plan()
    }

    fn run(&self, _: &RunContext, params: &ScaleParams, inputs: &Inputs) -> Result<StepOutput> {
        output(values(inputs)?.into_iter().map(|value| value * params.factor).collect())
    }
}

impl Step for Noise {
    type Params = NoParams;
    const ID: &'static str = "fake.noise";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        description(true)
    }

    fn plan(&self, _: &PlanContext, _: &NoParams, _: &PlannedInputs) -> Result<StepPlan> {
        one_plan()
    }

    fn run(&self, ctx: &RunContext, _: &NoParams, inputs: &Inputs) -> Result<StepOutput> {
        let mut stream = ctx.seed().rng();
        output(values(inputs)?.into_iter().map(|value| value + f64::from(stream.next_u32())).collect())
    }
}

/// Gives back what comes in, or a table of another kind than it said.
impl Step for Keep {
    type Params = KeepParams;
    const ID: &'static str = "fake.keep";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        let inputs = vec![PortSpec::required("table", TableKind::ANY, "Any table.")];
        let outputs = vec![PortSpec::following("table", "table", "The same.")];
        Description { title: "A step for tests", about: "", reference: None, inputs, outputs }
    }

    fn plan(&self, _: &PlanContext, _: &KeepParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let kind = inputs.required("table")?.kind;
        Ok(StepPlan::new(Resources::default()).output("table", kind, []))
    }

    fn run(&self, _: &RunContext, params: &KeepParams, inputs: &Inputs) -> Result<StepOutput> {
        let table = inputs.required("table")?;
        let kind = if params.lie { kinds::TABLE } else { table.kind() };
        let table = Table::from_checked(kind, table.batch().clone());
        Ok(StepOutput::default().table("table", table))
    }
}

impl Step for Broken {
    type Params = BrokenParams;
    const ID: &'static str = "fake.broken";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        description(true)
    }

    fn plan(&self, _: &PlanContext, _: &BrokenParams, _: &PlannedInputs) -> Result<StepPlan> {
        one_plan()
    }

    fn run(&self, _: &RunContext, params: &BrokenParams, _: &Inputs) -> Result<StepOutput> {
        match params.how {
            How::Panic => panic!("out of luck"),
            How::WrongKind => Ok(StepOutput::default().table("more", spikes(vec![]))),
        }
    }
}
