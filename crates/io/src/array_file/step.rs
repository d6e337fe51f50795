//! `ingest.array`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, files,
};
use neuroloom_table::kinds;

use super::params::{Kind, Params};
use super::read::read;

/// Compressed numbers take up to so many times their bytes in the file; more is refused when they are read.
const USUAL_EXPANSION: u64 = 8;

/// Reads arrays of NumPy, MATLAB and HDF5 files.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestArray;

impl Step for IngestArray {
    type Params = Params;
    const ID: &'static str = "ingest.array";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read an array of a NumPy, MATLAB or HDF5 file",
            about: "Reads traces, behaviour or spikes from an array by its name: a member of an .npz, a place in a MATLAB \
                    file of version 5 or 7.3 (structs and cells included), a dataset of an HDF5 file. Matrices may lie \
                    either way; spike times may be a cell array, several arrays, or times with unit ids.",
            reference: None,
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "The recording, one row."),
                PortSpec::optional("traces", kinds::TRACES, "Sampled signals, with `as: traces`."),
                PortSpec::optional("spikes", kinds::SPIKES, "Spike times, with `as: spikes`."),
                PortSpec::optional("behaviour", kinds::BEHAVIOUR, "Sampled signals, with `as: behaviour`."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let path = params.path.resolve(&ctx.base);
        let length = files::size(&path)?;
        // As stored, as rows, and as a table.
        let bytes = length.saturating_mul(3 * USUAL_EXPANSION);
        let plan = StepPlan::new(Resources::memory(bytes)).output(
            "recordings",
            kinds::RECORDINGS,
            [("recordings", 1), ("rows", 1)],
        );
        let (port, kind) = match params.kind {
            Kind::Traces => ("traces", kinds::TRACES),
            Kind::Spikes => ("spikes", kinds::SPIKES),
            Kind::Behaviour => ("behaviour", kinds::BEHAVIOUR),
        };
        Ok(plan.output(port, kind, [("recordings", 1)]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        read(ctx.base(), params)?.into_output()
    }
}
