//! `mds.import_encoder`

use std::path::{Path, PathBuf};

use neuroloom_core::{
    DataPath, Description, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Resources, Result,
    RunContext, Step, StepOutput, StepParams, StepPlan, Summary, Table, files,
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
    /// An ONNX file with the layers and their weights, in place of those of the card: `path` then has the readout alone. Only in
    /// programs that were built with the feature `onnx`.
    #[serde(default)]
    pub onnx: Option<DataPath>,
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
                    Layers may stand in an ONNX file instead, the readout beside it. Batch normalisations are folded into \
                    the convolutions right before them. Missing and extra tensors, other shapes and weights that are not \
                    finite are refused.",
            reference: None,
            inputs: Vec::new(),
            outputs: vec![PortSpec::required("encoder", kinds::MDS_ENCODER, "The encoder")],
        }
    }

    fn files(&self, params: &ImportEncoderParams, base: &Path) -> Result<Vec<PathBuf>> {
        Ok([Some(&params.path), params.card.as_ref(), params.onnx.as_ref()]
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
        let weights = files::read_bytes(&path)?;
        let encoder = match &params.onnx {
            None => {
                encoder_from_safetensors(&weights, card.as_deref()).map_err(|error| error.at_file(&path))?
            }
            Some(core) => with_core(&core.resolve(ctx.base()), &weights, card.as_deref())?,
        };
        let summary = Summary::default().count("tensors", encoder.n_rows());
        Ok(StepOutput::new(summary).table("encoder", encoder))
    }
}

#[cfg(feature = "onnx")]
fn with_core(core: &Path, readout: &[u8], card: Option<&str>) -> Result<Table> {
    let bytes = files::read_bytes(core)?;
    crate::import::encoder_from_onnx(&bytes, readout, card).map_err(|error| error.at_file(core))
}

#[cfg(not(feature = "onnx"))]
fn with_core(core: &Path, _: &[u8], _: Option<&str>) -> Result<Table> {
    Err(neuroloom_core::Error::params("this program was built without the reader of ONNX files")
        .at_file(core)
        .hint("build it with `--features onnx`, or write the layers into the card and the weights into the safetensors file"))
}
