//! `ingest.minian`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{self, ReadOptions};
use super::signal::Signal;
use crate::assembled::Recordings;

/// Reads the traces of Minian's output.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestMinian;

/// Parameters of `ingest.minian`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The folder with `C.zarr`, `S.zarr`, `YrA.zarr`, relative to the pipeline file.
    pub path: DataPath,
    /// Frames per second of the movie that Minian read, Hz; its output does not keep it.
    pub fs_hz: f64,
    /// Name of the recording; by default that of the folder above `minian`.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// The signals to read; by default all that are there.
    #[serde(default)]
    pub signals: Option<Vec<Signal>>,
}

impl Params {
    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions {
            fs_hz: self.fs_hz,
            recording_id: self.recording_id.clone(),
            signals: self.signals.clone(),
        };
        // By the path as it is written: where the pipeline lies is no part of the result.
        options.recording_id = Some(options.recording_id(Path::new(self.path.as_str())));
        options
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a folder");
        issues.require_positive(self.fs_hz, "fs_hz");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        issues.require_any(self.signals.as_deref(), "signals", "signal");
    }
}

impl Step for IngestMinian {
    type Params = Params;
    const ID: &'static str = "ingest.minian";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the traces of Minian's output",
            about: "Reads the denoised trace, deconvolved activity and raw trace of every unit (C, S, YrA) from Minian's \
                    Zarr folders, with the numbers of units and frames that Minian gave them.",
            reference: Some("Dong et al. 2022, eLife 11:e70661 (Minian)"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("traces", kinds::TRACES, "A row per unit and signal."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        let variables = read::variables(&params.path.resolve(base), &params.options())?;
        let files = variables.iter().map(super::variable::Variable::files).collect::<Result<Vec<_>>>()?;
        Ok(files.into_iter().flatten().collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let variables = read::variables(&params.path.resolve(&ctx.base), &params.options())?;
        let rows = variables.iter().map(|variable| variable.n_units as u64).sum();
        let samples = variables.iter().map(|variable| variable.n_frames as u64).max().unwrap_or(0);
        // As chunks, as a matrix, as a column, and sorted.
        let values = variables.iter().map(|variable| variable.n_values() as u64).fold(0, u64::saturating_add);
        Ok(StepPlan::new(Resources::memory(values.saturating_mul(32)).cores(ctx.threads))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("traces", kinds::TRACES, [("recordings", 1), ("samples", samples), ("rows", rows)]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        let traces = Some(recording.traces);
        Recordings { traces, ..Recordings::new(recording.recordings, recording.notes) }.into_output()
    }
}
