//! `langevin.import`

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, files,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::weights::from_safetensors;

/// `langevin.import`: a fitted model from a safetensors file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportModel;

/// Parameters of `langevin.import`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportParams {
    /// The file.
    pub path: DataPath,
}

impl StepParams for ImportParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
    }
}

impl Step for ImportModel {
    type Params = ImportParams;
    const ID: &'static str = "langevin.import";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Reads a LangevinFlow model from a safetensors file",
            about: "Tensors have the names of PyTorch's GRUCell, Linear and TransformerEncoderLayer; the options stand as JSON in the \
                    file's metadata. A file with tensors or options of another model is refused.",
            reference: None,
            inputs: Vec::new(),
            outputs: vec![PortSpec::required("model", kinds::LANGEVIN_MODEL, "The model")],
        }
    }

    fn files(&self, params: &ImportParams, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(vec![params.path.resolve(base)])
    }

    fn plan(&self, _: &PlanContext, _: &ImportParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(Resources::memory(256 << 20)).output("model", kinds::LANGEVIN_MODEL, []))
    }

    fn run(&self, ctx: &RunContext, params: &ImportParams, _: &Inputs) -> Result<StepOutput> {
        let path = params.path.resolve(ctx.base());
        let bytes = files::read_bytes(&path)?;
        let model = from_safetensors(&bytes).map_err(|error| error.at_file(&path))?;
        let summary = Summary::default().count("tensors", model.n_rows());
        Ok(StepOutput::new(summary).table("model", model))
    }
}
