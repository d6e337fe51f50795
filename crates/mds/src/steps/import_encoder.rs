//! `mds.import_encoder`

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, files,
};
use neuroloom_table::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::card::encoder_from_safetensors;

/// Parameters of `mds.import_encoder`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportEncoderParams {
    /// The safetensors file with the weights.
    pub path: DataPath,
    /// A JSON file with screen, layers and neurons; without one, it stands in the file of the weights.
    #[serde(default)]
    pub card: Option<DataPath>,
}

impl StepParams for ImportEncoderParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file");
    }
}

/// The step `mds.import_encoder`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportEncoderStep;

impl Step for ImportEncoderStep {
    type Params = ImportEncoderParams;
    const ID: &'static str = "mds.import_encoder";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "An encoder that was fitted elsewhere",
            about: "Weights from a safetensors file, and its layers as JSON: in the file's metadata, or in a file of its own. \
                    Missing and extra tensors, other shapes and weights that are not finite are refused.",
            reference: None,
            inputs: Vec::new(),
            outputs: vec![PortSpec::required("encoder", kinds::MDS_ENCODER, "The encoder")],
        }
    }

    fn files(&self, params: &ImportEncoderParams, base: &Path) -> Result<Vec<PathBuf>> {
        Ok([Some(&params.path), params.card.as_ref()]
            .into_iter()
            .flatten()
            .map(|path| path.resolve(base))
            .collect())
    }

    fn plan(&self, _: &PlanContext, _: &ImportEncoderParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(Resources::memory(256 << 20)).output("encoder", kinds::MDS_ENCODER, []))
    }

    fn run(&self, ctx: &RunContext, params: &ImportEncoderParams, _: &Inputs) -> Result<StepOutput> {
        let path = params.path.resolve(ctx.base());
        let card =
            params.card.as_ref().map(|card| files::read_text(&card.resolve(ctx.base()))).transpose()?;
        let encoder = encoder_from_safetensors(&files::read_bytes(&path)?, card.as_deref())
            .map_err(|error| error.at_file(&path))?;
        let summary = Summary::default().count("tensors", encoder.n_rows());
        Ok(StepOutput::new(summary).table("encoder", encoder))
    }
}
