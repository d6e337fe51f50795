//! `ingest.events`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, files,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{self, ReadOptions};

/// Reads spikes from a text file of events.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestEvents;

/// Parameters of `ingest.events`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The text file, relative to the pipeline file: a line per event, columns separated by tabs, commas, semicolons
    /// or blanks.
    pub path: DataPath,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// Column of the units, from 0.
    #[serde(default)]
    pub unit_column: usize,
    /// Column of the times, from 0.
    #[serde(default = "time_column")]
    pub time_column: usize,
    /// Seconds in one unit of the times: 0.001 for milliseconds.
    #[serde(default = "time_unit_s")]
    pub time_unit_s: f64,
}

fn time_column() -> usize {
    ReadOptions::default().time_column
}

fn time_unit_s() -> f64 {
    ReadOptions::default().time_unit_s
}

impl Params {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            recording_id: self.recording_id.clone(),
            unit_column: self.unit_column,
            time_column: self.time_column,
            time_unit_s: self.time_unit_s,
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        issues.require_positive(self.time_unit_s, "time_unit_s");
        issues.require(self.unit_column != self.time_column, "time_column", || {
            format!("must not be the column of the units, got {}", self.time_column)
        });
    }
}

impl Step for IngestEvents {
    type Params = Params;
    const ID: &'static str = "ingest.events";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read spikes from a text file of events",
            about: "Reads a unit and a time from every line of a text file, with or without a header, and sorts the \
                    events into a spike train per unit.",
            reference: None,
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("spikes", kinds::SPIKES, "A row per unit."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let path = params.path.resolve(&ctx.base);
        let length = files::size(&path)?;
        // An event takes at least four bytes of text, and a hundred as a unit's name, a time and a line number.
        Ok(StepPlan::new(Resources::memory(length.saturating_mul(25)))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("spikes", kinds::SPIKES, [("recordings", 1)]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        Ok(StepOutput::new(recording.summary()?)
            .table("recordings", recording.recordings)
            .table("spikes", recording.spikes))
    }
}
