//! `ingest.caiman`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contents::Contents;
use super::read::{self, ReadOptions};
use super::signal::Signal;
use crate::hdf5::File;
use crate::summaries;

/// Reads the traces of CaImAn's results in HDF5.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestCaiman;

/// Parameters of `ingest.caiman`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The HDF5 file that CaImAn saved, relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// Frames per second, Hz; by default that of `params/data/fr`.
    #[serde(default)]
    pub fs_hz: Option<f64>,
    /// The signals to read; by default all that stand in the file. `raw`, the sum of `denoised` and `residual`, is
    /// read only when it is named.
    #[serde(default)]
    pub signals: Option<Vec<Signal>>,
    /// Whether to leave out components that are not accepted.
    #[serde(default)]
    pub only_cells: bool,
}

impl Params {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            recording_id: self.recording_id.clone(),
            fs_hz: self.fs_hz,
            signals: self.signals.clone(),
            only_cells: self.only_cells,
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        if let Some(fs_hz) = self.fs_hz {
            issues.require_positive(fs_hz, "fs_hz");
        }
        issues.require_any(self.signals.as_deref(), "signals", "signal");
    }
}

impl Step for IngestCaiman {
    type Params = Params;
    const ID: &'static str = "ingest.caiman";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the traces of CaImAn's results in HDF5",
            about: "Reads the denoised trace, ΔF/F, deconvolved activity and residual of every component (C, F_dff, S, \
                    YrA), whether it was accepted (idx_components), its scores (SNR_comp, r_values, cnn_preds), and \
                    centre of mass and size of its footprint (A). The frame rate is that of params/data/fr unless \
                    `fs_hz` gives another.",
            reference: Some("Giovannucci et al. 2019, eLife 8:e38173 (CaImAn)"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("traces", kinds::TRACES, "A row per component and signal."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let file = File::open(&params.path.resolve(&ctx.base))?;
        let contents = Contents::of(&file, &params.options())?;
        let (units, frames) = (contents.n_components as u64, contents.n_frames as u64);
        let rows = units.saturating_mul(contents.signals.len() as u64);
        let width = if contents.is_single { 4 } else { 8 };
        // Every value as read, as a column, and sorted; and the footprints, which lie in the file as they are.
        let values = rows.saturating_mul(frames).saturating_mul(3 * width);
        let mut dims = vec![("recordings", 1), ("samples", frames)];
        if !params.only_cells {
            dims.extend([("units", units), ("rows", rows)]);
        }
        Ok(StepPlan::new(Resources::memory(values.saturating_add(file.length().saturating_mul(2))))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("traces", kinds::TRACES, dims))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        let summary = Summary::default()
            .number("duration", recording.duration_s, Unit::SECOND)
            .number("frame rate", recording.fs_hz, Unit::HERTZ)
            .count("components", recording.n_components);
        let summary = summaries::traces(summary, &recording.traces)?;
        let summary = recording.notes.iter().fold(summary, Summary::warn);
        Ok(StepOutput::new(summary)
            .table("recordings", recording.recordings)
            .table("traces", recording.traces))
    }
}
