//! Parameters of `langevin.infer`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::Device;
use crate::predict::{Average, LatentSource, PredictOptions};
use crate::trial_set::ReadOptions;

/// Parameters of `langevin.infer`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InferParams {
    /// The recording; needed where there are several.
    pub recording_id: Option<String>,
    /// The signal with the spike counts.
    pub signal: String,
    /// The signal with the true rates in Hz, used where it is there: for scores alone.
    pub truth: String,
    /// Draws of the latents, at least 1.
    pub samples: u32,
    /// What is averaged over them.
    pub average: Average,
    /// Where the latents come from.
    pub latents_from: LatentSource,
    /// Probability of dropout; 0 but for comparison with the released program, which probably predicts with that of training.
    pub predict_dropout: f64,
    /// Whether the latents are given as a table.
    pub latents: bool,
    /// Where the draws run. On a graphics processor results differ from those of the processor by rounding.
    pub device: Device,
}

impl Default for InferParams {
    fn default() -> Self {
        Self {
            recording_id: None,
            signal: "spike_count".into(),
            truth: "rate_truth".into(),
            samples: 50,
            average: Average::Lograte,
            latents_from: LatentSource::Posterior,
            predict_dropout: 0.0,
            latents: true,
            device: Device::Cpu,
        }
    }
}

impl InferParams {
    pub(super) fn read_options(&self) -> ReadOptions<'_> {
        ReadOptions { recording_id: self.recording_id.as_deref(), signal: &self.signal, truth: &self.truth }
    }

    pub(super) fn options(&self) -> PredictOptions {
        PredictOptions {
            samples: self.samples,
            average: self.average,
            dropout: self.predict_dropout,
            latents: self.latents_from,
        }
    }
}

impl StepParams for InferParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MAX_SAMPLES: u32 = 100_000;
        let samples = self.samples;
        issues.require((1..=MAX_SAMPLES).contains(&samples), "samples", || {
            format!("must be from 1 to {MAX_SAMPLES}, got {samples}")
        });
        let dropout = self.predict_dropout;
        issues.require((0.0..1.0).contains(&dropout), "predict_dropout", || {
            format!("must be at least 0 and less than 1, got {dropout}")
        });
    }
}
