//! `ingest.alf`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::read::{self, ReadOptions};
use crate::npy;

/// Reads the spikes of an ALF folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestAlf;

/// Parameters of `ingest.alf`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The folder of one probe, with `spikes.times.npy`, relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default the folder's.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// Whether to sort spike times that run backwards, instead of refusing them.
    #[serde(default)]
    pub sort_spikes: bool,
}

impl Params {
    fn options(&self) -> ReadOptions {
        let mut options =
            ReadOptions { recording_id: self.recording_id.clone(), sort_spikes: self.sort_spikes };
        // By the path as it is written: where the pipeline lies is no part of the result.
        options.recording_id = Some(options.recording_id(Path::new(self.path.as_str())));
        options
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a folder");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
    }
}

impl Step for IngestAlf {
    type Params = Params;
    const ID: &'static str = "ingest.alf";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the spikes of an ALF folder",
            about: "Reads spike times (seconds) and clusters of one probe in the layout of ALF, as the International Brain \
                    Laboratory publishes it, with channel and depth of each cluster and the brain region of its channel.",
            reference: Some("International Brain Laboratory et al. 2023, Nature Methods 20:403 (ONE)"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("spikes", kinds::SPIKES, "A row per cluster that has spikes."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(read::Files::of(&params.path.resolve(base))?.all())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let files = read::Files::of(&params.path.resolve(&ctx.base))?;
        let n_spikes = npy::read_header(&files.times)?.n_items().unwrap_or(0) as u64;
        // Times and units as bytes and as numbers, trains that grow, the column, and the column sorted: twelve words
        // of 8 bytes.
        Ok(StepPlan::new(Resources::memory(n_spikes.saturating_mul(96)))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("spikes", kinds::SPIKES, [("recordings", 1), ("spikes", n_spikes)]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        Ok(StepOutput::new(recording.summary()?)
            .table("recordings", recording.recordings)
            .table("spikes", recording.spikes))
    }
}
