//! `ingest.rdms`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

use super::params::Params;
use super::read::read;
use super::rsatoolbox;
use super::select::selected;
use super::set::RdmSet;
use crate::hdf5::File;
use crate::{Format, detect};

/// Reads RDMs that other programs computed.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestRdms;

impl Step for IngestRdms {
    type Params = Params;
    const ID: &'static str = "ingest.rdms";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read RDMs of rsatoolbox, NumPy or text files",
            about: "Reads representational dissimilarity matrices from the HDF5 files of rsatoolbox, from NumPy archives of vectors or square \
                    matrices with lists that describe them, from single arrays, and from a matrix as text. Descriptors select RDMs, name them, and say \
                    which subject and region (or layer) each is of. Matrices must be symmetric with a diagonal of 0; pickles are not read.",
            reference: Some("rsatoolbox: Nili et al. 2014, PLoS Comput Biol 10:e1003553"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("rdms", kinds::RDMS, "A row per RDM and pair of conditions."),
                PortSpec::required("index", kinds::RDM_INDEX, "A row per RDM: subject, region, measure."),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(params.path.as_slice().iter().map(|path| path.resolve(base)).collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let mut bytes = 0_u64;
        for path in params.path.as_slice() {
            bytes = bytes.saturating_add(RdmSet::memory(&path.resolve(&ctx.base))?);
        }
        let dims = match params.path.as_slice() {
            [path] => dims(&path.resolve(&ctx.base), params)?,
            _ => Vec::new(),
        };
        let rows = dims.iter().filter(|(name, _)| *name == "rdms").map(|&(_, n_rdms)| ("rows", n_rdms));
        let plan = StepPlan::new(Resources::memory(bytes)).output("index", kinds::RDM_INDEX, rows);
        Ok(plan.output("rdms", kinds::RDMS, dims))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let read = read(ctx.base(), params)?;
        let summary =
            Summary::default().count("RDMs", read.index.n_rows()).count("conditions", read.n_conditions);
        let summary = read.notes.into_iter().fold(summary, Summary::warn);
        Ok(StepOutput::new(summary).table("rdms", read.rdms).table("index", read.index))
    }
}

/// Sizes of the tables, where the header of the file tells them.
fn dims(path: &Path, params: &Params) -> Result<Vec<(&'static str, u64)>> {
    if detect(path)? != Format::Hdf5 {
        return Ok(Vec::new());
    }
    let outline = rsatoolbox::outline(&File::open(path)?)?;
    let n_rdms = selected(outline.n_rdms, &outline.rdms, params).map_err(|error| error.at_file(path))?.len();
    let (n_rdms, n_pairs) = (n_rdms as u64, outline.n_pairs as u64);
    Ok(vec![("rdms", n_rdms), ("pairs", n_pairs), ("rows", n_rdms.saturating_mul(n_pairs))])
}
