//! `ingest.nwb`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssue, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan;
use super::read::{self, ReadOptions, Recording};
use crate::assembled::Recordings;

/// Reads a recording from an NWB 2 file.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestNwb;

/// Parameters of `ingest.nwb`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The NWB file, relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// The series to read, by name (`CompassDirection/ry`), path or container; all by default.
    #[serde(default)]
    pub signals: Option<Vec<String>>,
    /// Raw recordings (LFP and other ElectricalSeries) to read into the table of behaviour besides.
    #[serde(default)]
    pub series: Vec<String>,
    /// Whether to read the numeric series of `/stimulus/presentation` too.
    #[serde(default)]
    pub stimuli: bool,
    /// Whether to sort spike times that run backwards, instead of refusing them.
    #[serde(default)]
    pub sort_spikes: bool,
}

impl Params {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            recording_id: self.recording_id.clone(),
            signals: self.signals.clone(),
            series: self.series.clone(),
            stimuli: self.stimuli,
            sort_spikes: self.sort_spikes,
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        let empty_name = |names: &[String]| names.iter().position(String::is_empty);
        let lists =
            [("signals", self.signals.as_deref().unwrap_or_default()), ("series", self.series.as_slice())];
        for (field, names) in lists {
            if let Some(i) = empty_name(names) {
                let message = "must be the name of a series, got nothing".to_owned();
                issues.push(ParamIssue { path: format!("{field}.{i}"), message, hint: None });
            }
        }
    }
}

impl Step for IngestNwb {
    type Params = Params;
    const ID: &'static str = "ingest.nwb";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read a recording from an NWB 2 file",
            about: "Reads spike times, signals of regions of interest, behaviour and intervals of one session from \
                    Neurodata Without Borders 2.x (HDF5). Outputs that the file has nothing for are absent. Every \
                    index, length and time base is checked; what is left out is said in the warnings.",
            reference: Some("Rübel et al. 2022, eLife 11:e78362; NWB schema 2.x"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::optional("spikes", kinds::SPIKES, "Spike times of the units table."),
                PortSpec::optional(
                    "traces",
                    kinds::TRACES,
                    "Signals of regions of interest: RoiResponseSeries.",
                ),
                PortSpec::optional("behaviour", kinds::BEHAVIOUR, "Other time series, a row per channel."),
                PortSpec::optional("intervals", kinds::INTERVALS, "Trials, epochs and other intervals."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        plan::plan(&params.path.resolve(&ctx.base), &params.options())
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        ctx.check_cancelled()?;
        let Recording { recordings, spikes, traces, behaviour, intervals, notes } = recording;
        Recordings { spikes, traces, behaviour, intervals, ..Recordings::new(recordings, notes) }
            .into_output()
    }
}
