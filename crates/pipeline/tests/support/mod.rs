//! A small registry of steps that only describe themselves, and a way to load fixtures.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests; every binary uses its part")]

use std::io::Write;
use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Registry, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan, TableKind,
};
use neuroloom_pipeline::document::{Diagnostics, Override, Pipeline, load};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SPIKES: TableKind = TableKind::new("spikes");
const RDMS: TableKind = TableKind::new("rdms");
const LABELS: TableKind = TableKind::new("labels");

macro_rules! step {
    ($name:ident, $id:literal, $version:literal, $params:ty, [$($input:expr),*], [$($output:expr),*]) => {
        pub struct $name;

        impl Step for $name {
            type Params = $params;
            const ID: &'static str = $id;
            const VERSION: u32 = $version;

            fn describe(&self) -> Description {
                let (inputs, outputs) = (vec![$($input),*], vec![$($output),*]);
                Description { title: concat!("The step ", $id), about: "", reference: None, inputs, outputs }
            }

            fn plan(&self, _: &PlanContext, _: &$params, inputs: &PlannedInputs) -> Result<StepPlan> {
                Ok(planned(&Step::describe(self), inputs))
            }

            fn run(&self, _: &RunContext, _: &$params, _: &Inputs) -> Result<StepOutput> {
                Ok(StepOutput::default())
            }
        }
    };
}

/// All outputs, with the rows of the first input, or three.
fn planned(description: &Description, inputs: &PlannedInputs) -> StepPlan {
    let first = description.inputs.first().and_then(|port| inputs.optional(port.name));
    let rows = first.and_then(|table| table.dim("rows")).unwrap_or(3);
    description.outputs.iter().fold(StepPlan::default(), |plan, port| {
        let followed = port.follows.and_then(|input| inputs.optional(input));
        plan.output(port.name, followed.map_or(port.kind, |table| table.kind), [("rows", rows)])
    })
}

/// Parameters of the source.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceParams {
    /// Where the recording lies.
    path: String,
    /// Units to read; all by default.
    #[serde(default)]
    units: Vec<u32>,
}

impl StepParams for SourceParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.path.is_empty(), "path", || "must not be empty".into());
    }
}

/// Parameters of the map.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapParams {
    /// How many.
    rank: u32,
    /// The kernel.
    #[serde(default)]
    kernel: Kernel,
    /// Which way.
    #[serde(default)]
    mode: Mode,
    /// Whether to subtract the mean.
    #[serde(default)]
    center: bool,
    /// A name.
    #[serde(default)]
    label: Option<String>,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// Width in seconds.
    #[serde(default)]
    sigma_s: f64,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    Fast,
    Exact,
}

impl StepParams for MapParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.rank >= 1, "rank", || format!("must be at least 1, got {}", self.rank));
        issues.require(self.kernel.sigma_s >= 0.0, "kernel.sigma_s", || {
            format!("must not be negative, got {}", self.kernel.sigma_s)
        });
    }
}

/// No parameters.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

impl StepParams for NoParams {
    fn check(&self, _: &mut ParamIssues) {}
}

const fn port(name: &'static str, kind: TableKind) -> PortSpec {
    PortSpec::required(name, kind, "")
}

const fn optional(name: &'static str, kind: TableKind) -> PortSpec {
    PortSpec::optional(name, kind, "")
}

step!(Source, "test.source", 3, SourceParams, [], [port("spikes", SPIKES), port("labels", LABELS)]);
step!(
    Map,
    "test.rdm",
    1,
    MapParams,
    [port("spikes", SPIKES), optional("labels", LABELS)],
    [port("rdms", RDMS)]
);
step!(
    Join,
    "test.compare",
    1,
    NoParams,
    [port("data", RDMS), port("models", RDMS)],
    [port("labels", LABELS)]
);
step!(
    Keep,
    "test.keep",
    1,
    NoParams,
    [port("table", TableKind::ANY), optional("other", TableKind::ANY)],
    [PortSpec::following("table", "table", "")]
);
step!(
    Gather,
    "test.gather",
    1,
    NoParams,
    [PortSpec::required("tables", TableKind::ANY, "").many(), optional("labels", LABELS)],
    [port("rdms", RDMS)]
);
step!(Models, "test.models", 1, NoParams, [], [port("models", RDMS), port("controls", RDMS)]);

pub fn registry() -> Registry {
    Registry::default().with(Source).with(Map).with(Join).with(Keep).with(Gather).with(Models)
}

/// The fixture `name`, loaded with the paths that diagnostics then show relative to `tests/`.
pub fn fixture(name: &str, overrides: &[&str]) -> Result<Pipeline, Diagnostics> {
    let overrides: Vec<Override> = overrides.iter().map(|text| text.parse().unwrap()).collect();
    load(&Path::new("tests/documents").join(name), &overrides, &registry())
}

/// What is wrong with the fixture `name`.
pub fn mistakes(name: &str) -> String {
    match fixture(name, &[]) {
        Ok(_) => panic!("{name} should not load"),
        Err(diagnostics) => diagnostics.to_string(),
    }
}

/// Writes `text` to a file of its own, which is not worth syncing, and loads it.
pub fn load_text(text: &[u8]) -> (PathBuf, Result<Pipeline, Diagnostics>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text).unwrap();
    let loaded = load(file.path(), &[], &registry());
    (file.path().to_path_buf(), loaded)
}
