//! `ingest.nlb`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssue, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources,
    Result, RunContext, Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contents::Contents;
use super::dataset_name::Split;
use super::read::{self, ReadOptions};
use super::truth::TruthUnit;
use super::{bins, figures};
use crate::hdf5::File;

/// Reads binned trials in the HDF5 layouts of the Neural Latents Benchmark and of LFADS.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestNlb;

/// Parameters of `ingest.nlb`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The HDF5 file, relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// The HDF5 group with the trials (`mc_maze_20`); by default the root, or the only group that has any.
    #[serde(default)]
    pub group: Option<String>,
    /// Width of a bin, seconds. Required unless the group's name tells it (`mc_maze`: 5 ms, `mc_maze_20`: 20 ms).
    #[serde(default)]
    pub bin_s: Option<f64>,
    /// What the datasets `eval_…` stand for: `valid` or `test`.
    #[serde(default)]
    pub eval_split: Split,
    /// Unit of true rates (`train_truth` …): `hz` or `counts_per_bin`; by default the one that fits the counts.
    #[serde(default)]
    pub truth_unit: Option<TruthUnit>,
    /// The signals to read (`spike_count`, `rate`, `rate_truth`, `behavior` …); by default all.
    #[serde(default)]
    pub signals: Option<Vec<String>>,
}

impl Params {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            recording_id: self.recording_id.clone(),
            group: self.group.clone(),
            bin_s: self.bin_s,
            eval_split: self.eval_split,
            truth_unit: self.truth_unit,
            signals: self.signals.clone(),
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        if let Some(bin_s) = self.bin_s {
            issues.require_positive(bin_s, "bin_s");
        }
        if self.eval_split == Split::Train {
            issues.push(ParamIssue {
                path: "eval_split".into(),
                message: "must be `valid` or `test`, got `train`".into(),
                hint: None,
            });
        }
        issues.require_any(self.signals.as_deref(), "signals", "signal");
    }
}

impl Step for IngestNlb {
    type Params = Params;
    const ID: &'static str = "ingest.nlb";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read binned trials of the Neural Latents Benchmark or of LFADS",
            about: "Reads spike counts of trials, split into training and evaluation, with units that are held in and \
                    out and bins behind those that a model may see (train_spikes_heldin, eval_spikes_heldout, \
                    …_forward; train_data, valid_data), and what else stands on the bins: predicted or true rates, \
                    behaviour. These files do not keep the width of their bins: it is a parameter.",
            reference: Some(
                "Pei et al. 2021, arXiv 2109.04463; Pandarinath et al. 2018, Nature Methods 15:805",
            ),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("trials", kinds::TRIALS, "A row per split, signal, trial and unit."),
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let path = params.path.resolve(&ctx.base);
        let contents = Contents::of(&File::open(&path)?, &params.options())?;
        bins::width_s(&path, &contents, params.bin_s, &mut Vec::new())?;
        let width = if contents.is_single() { 4 } else { 8 };
        let n_values: u64 = contents.matrices().map(|matrix| matrix.n_values() as u64).sum();
        let largest: u64 = contents.matrices().map(|matrix| matrix.n_values() as u64).max().unwrap_or(0);
        let rows = contents.n_rows() as u64;
        // All values as a column; one matrix and its forward bins as read, or as 64 bits to find the unit of true rates;
        // and what a row says beside its values, in the making and as columns.
        let bytes = n_values.saturating_mul(width).saturating_add(largest.saturating_mul(16));
        let bytes = bytes.saturating_add(rows.saturating_mul(256));
        Ok(StepPlan::new(Resources::memory(bytes))
            .output("trials", kinds::TRIALS, [("recordings", 1), ("rows", rows)])
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        Ok(StepOutput::new(figures::summary(&recording)?)
            .table("trials", recording.trials)
            .table("recordings", recording.recordings))
    }
}
