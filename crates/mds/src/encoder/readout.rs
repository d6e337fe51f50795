//! How the output of a model over time becomes one number.

use serde::{Deserialize, Serialize};

/// What a response is the mean of, over a window of frames at the end of the stimulus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// The rate.
    Rate,
    /// The calcium signal: the rate through an exponential low pass.
    #[default]
    Calcium,
}

/// A response as a weighted sum of rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// Weight of the rate in every frame.
    pub weights: Vec<f64>,
}

impl Readout {
    /// The mean rate of the last `window` of `frames` frames.
    pub fn rate(frames: usize, window: usize) -> Self {
        let first = frames.saturating_sub(window);
        let weight = |frame: usize| if frame >= first { 1.0 / (frames - first) as f64 } else { 0.0 };
        Self { weights: (0..frames).map(weight).collect() }
    }

    /// The mean over the last `window` of `frames` frames of the rate through `v_t = a v_(t-1) + (1 - a) r_t`, where
    /// `a = exp(-1/tau)`.
    pub fn low_pass(frames: usize, window: usize, tau_frames: f64) -> Self {
        let keep = (-1.0 / tau_frames).exp();
        let mut weights = Self::rate(frames, window).weights;
        let mut later = 0.0;
        for weight in weights.iter_mut().rev() {
            later = *weight + keep * later;
            *weight = (1.0 - keep) * later;
        }
        Self { weights }
    }

    /// The first frame that counts.
    pub fn first_frame(&self) -> usize {
        self.weights.iter().position(|weight| *weight != 0.0).unwrap_or(self.weights.len())
    }
}
