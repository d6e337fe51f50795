//! `ingest.suite2p`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plane::Signal;
use super::read::{self, ReadOptions};
use crate::summaries;

/// Reads the traces of a Suite2p output folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestSuite2p;

/// Parameters of `ingest.suite2p`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The folder `suite2p` with `plane0`, `plane1` …, the one above it, or that of one plane; relative to the
    /// pipeline file.
    pub path: DataPath,
    /// Frames per second of one plane, Hz. Suite2p keeps it in `ops.npy`, a pickle, which is never loaded.
    pub fs_hz: f64,
    /// Name of the recording; by default that of the folder above `suite2p`.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// The signals to read; by default all that are there.
    #[serde(default)]
    pub signals: Option<Vec<Signal>>,
    /// Whether to leave out regions that are not accepted as cells.
    #[serde(default)]
    pub only_cells: bool,
}

impl Params {
    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions {
            fs_hz: self.fs_hz,
            recording_id: self.recording_id.clone(),
            signals: self.signals.clone(),
            only_cells: self.only_cells,
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

impl Step for IngestSuite2p {
    type Params = Params;
    const ID: &'static str = "ingest.suite2p";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the traces of a Suite2p output folder",
            about: "Reads fluorescence, neuropil and deconvolved activity of every plane (F.npy, Fneu.npy, spks.npy), \
                    and which regions are cells (iscell.npy). With several planes, units are called plane0/12. Nothing \
                    is unpickled: ops.npy and stat.npy are not opened, and the frame rate is a parameter.",
            reference: Some("Pachitariu et al. 2017, bioRxiv 061507"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::required("traces", kinds::TRACES, "A row per region of interest and signal."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        let planes = read::planes(&params.path.resolve(base), &params.options())?;
        Ok(planes.iter().flat_map(super::plane::Plane::files).collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let planes = read::planes(&params.path.resolve(&ctx.base), &params.options())?;
        let units: u64 = planes.iter().map(|plane| plane.n_rois as u64).sum();
        let rows: u64 = planes.iter().map(|plane| (plane.n_rois * plane.signals.len()) as u64).sum();
        let samples = planes.iter().map(|plane| plane.n_samples as u64).max().unwrap_or(0);
        let is_single = planes.iter().all(|plane| plane.is_single);
        let values = rows.saturating_mul(samples).saturating_mul(if is_single { 4 } else { 8 });
        let mut dims = vec![("recordings", 1), ("samples", samples)];
        if !params.only_cells {
            dims.extend([("units", units), ("rows", rows)]);
        }
        // As bytes, as a column, and sorted.
        Ok(StepPlan::new(Resources::memory(values.saturating_mul(3)))
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)])
            .output("traces", kinds::TRACES, dims))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        let summary = Summary::default()
            .number("duration", recording.duration_s, Unit::SECOND)
            .count("planes", recording.n_planes)
            .count("regions of interest", recording.n_rois);
        let summary = summaries::traces(summary, &recording.traces)?;
        let summary = recording.notes.iter().fold(summary, Summary::warn);
        Ok(StepOutput::new(summary)
            .table("recordings", recording.recordings)
            .table("traces", recording.traces))
    }
}
