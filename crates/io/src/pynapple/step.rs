//! `ingest.pynapple`: the step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Result, RunContext,
    Step, StepOutput, StepParams, StepPlan,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::object::Target;
use super::plan;
use super::read::{self, ReadOptions, Recording};
use crate::assembled::Recordings;

/// Reads a recording from Pynapple's `.npz` files.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestPynapple;

/// Parameters of `ingest.pynapple`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// An `.npz` file that Pynapple saved, or a folder of them, which is one recording; relative to the pipeline file.
    pub path: DataPath,
    /// Name of the recording; by default that of the file without its ending, or of the folder.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// The table that an object goes into, by the name of the object (its file's, without the ending, after those of
    /// folders: `derivatives/calcium`): `spikes`, `traces`, `behaviour`, `intervals`, or `skip` to leave it out. By
    /// default spikes for TsGroup and Ts, behaviour for Tsd and TsdFrame, intervals for IntervalSet.
    #[serde(default, rename = "as")]
    pub targets: BTreeMap<String, Target>,
}

impl Params {
    fn options(&self) -> ReadOptions {
        let mut options =
            ReadOptions { recording_id: self.recording_id.clone(), targets: self.targets.clone() };
        // By the path as it is written: where the pipeline lies is no part of the result.
        options.recording_id = Some(options.recording_id(Path::new(self.path.as_str())));
        options
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file or folder");
        issues.require_name(self.recording_id.as_deref(), "recording_id");
    }
}

impl Step for IngestPynapple {
    type Params = Params;
    const ID: &'static str = "ingest.pynapple";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read a recording from Pynapple's npz files",
            about: "Reads spike trains (TsGroup, Ts), signals (Tsd, TsdFrame) and intervals (IntervalSet) of a file, or \
                    of a folder that is one recording. Metadata of units that stand in plain arrays become further \
                    columns; those that Pynapple keeps as a pickle are never opened.",
            reference: Some("Viejo et al. 2023, eLife 12:RP85786 (Pynapple)"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The session, one row."),
                PortSpec::optional("spikes", kinds::SPIKES, "A row per unit: TsGroup, Ts."),
                PortSpec::optional(
                    "traces",
                    kinds::TRACES,
                    "Signals of neurons: Tsd, TsdFrame, where asked for.",
                ),
                PortSpec::optional(
                    "behaviour",
                    kinds::BEHAVIOUR,
                    "Other Tsd and TsdFrame, a row per channel.",
                ),
                PortSpec::optional("intervals", kinds::INTERVALS, "IntervalSet, and Ts where asked for."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        let (objects, _) = read::objects(&params.path.resolve(base), &params.options())?;
        Ok(objects.into_iter().map(|object| object.path).collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        plan::plan(&params.path.resolve(&ctx.base), &params.options())
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let recording = read::read(&params.path.resolve(ctx.base()), &params.options())?;
        let Recording { recordings, spikes, traces, behaviour, intervals, notes } = recording;
        Recordings { spikes, traces, behaviour, intervals, ..Recordings::new(recordings, notes) }
            .into_output()
    }
}
