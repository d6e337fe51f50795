//! `ingest.phy`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{self, ReadOptions};

/// Reads the spikes of a Kilosort or phy folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestPhy;

/// Parameters of `ingest.phy`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The folder with `spike_times.npy` and `params.py`, relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default the folder's.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// Samples per second, Hz; by default that of `params.py`, which is read as text and never run.
    #[serde(default)]
    pub sample_rate_hz: Option<f64>,
    /// Whether to leave out units that are not labelled `good`.
    #[serde(default)]
    pub good_only: bool,
    /// Whether to sort spike times that run backwards, instead of refusing them.
    #[serde(default)]
    pub sort_spikes: bool,
}

impl Params {
    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions {
            recording_id: self.recording_id.clone(),
            sample_rate_hz: self.sample_rate_hz,
            good_only: self.good_only,
            sort_spikes: self.sort_spikes,
        };
        // By the path as it is written: where the pipeline lies is no part of the result.
        options.recording_id = Some(options.recording_id(Path::new(self.path.as_str())));
        options
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a folder");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        if let Some(rate_hz) = self.sample_rate_hz {
            issues.require_positive(rate_hz, "sample_rate_hz");
        }
    }
}

impl Step for IngestPhy {
    type Params = Params;
    const ID: &'static str = "ingest.phy";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the spikes of a Kilosort or phy folder",
            about: "Reads spike times (samples divided by the sample rate), the clusters that phy or Kilosort put them \
                    in, and the labels of the clusters: a person's (group) before Kilosort's (KSLabel). params.py is \
                    read as text; nothing in it is run.",
            reference: Some("Pachitariu et al. 2024, Nature Methods 21:914 (Kilosort)"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("spikes", kinds::SPIKES, "A row per cluster that has spikes."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        read::files(&params.path.resolve(base))
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let path = params.path.resolve(&ctx.base);
        read::files(&path)?;
        let n_spikes = read::n_spikes(&path)?;
        let mut dims = vec![("recordings", 1)];
        if !params.good_only {
            dims.push(("spikes", n_spikes));
        }
        // Samples and units as bytes and as numbers, times, trains that grow, the column, and the column sorted: twelve
        // words of 8 bytes.
        Ok(StepPlan::new(Resources::memory(n_spikes.saturating_mul(96)))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("spikes", kinds::SPIKES, dims))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        Ok(StepOutput::new(recording.summary()?)
            .table("recordings", recording.recordings)
            .table("spikes", recording.spikes))
    }
}
