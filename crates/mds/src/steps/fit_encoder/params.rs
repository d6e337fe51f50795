//! Parameters of `mds.fit_encoder`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fit::{FitOptions, Loss, Optimiser};
use crate::network::{LayerSpec, MaskShape, NetworkKind, Penalties};

/// Parameters of `mds.fit_encoder`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FitEncoderParams {
    /// Which network.
    pub encoder: NetworkKind,
    /// Channels of its layers.
    pub features: usize,
    /// Side of the filters of the first layer, px.
    pub size: usize,
    /// Frames of the filters of the first layer.
    pub taps: usize,
    /// The layers one by one, in place of `encoder`, `features`, `size` and `taps`.
    pub layers: Vec<LayerSpec>,
    /// The shape of the Gaussian masks through which neurons read the features.
    pub mask: MaskShape,
    /// Time constant of the low pass between rate and recording; without one, the recording is the rate.
    pub calcium_tau_s: Option<f64>,
    /// What is minimised.
    pub loss: Loss,
    /// How it is minimised. L-BFGS sees all chunks in every epoch and chooses the lengths of its steps: for `ln` and `lnln` above all.
    pub optimiser: Optimiser,
    /// Frames of a chunk.
    pub chunk: usize,
    /// Chunks of a gradient step; of L-BFGS, chunks that are in memory at a time.
    pub batch: usize,
    /// Share of the training movies, their end, that judges the epochs.
    pub validation: f64,
    /// Epochs at most.
    pub epochs: u32,
    /// Learning rate of Adam at the start.
    pub lr: f64,
    /// What it is multiplied by on a plateau.
    pub lr_factor: f64,
    /// Epochs without improvement that are no plateau.
    pub lr_patience: u32,
    /// Epochs without improvement after which the fit ends.
    pub stop_after: u32,
    /// Decay of the parameters: decoupled in Adam; with L-BFGS the weight of half their squares (ridge), places apart.
    pub weight_decay: f64,
    /// Weight of the squared differences of neighbouring pixels of filters.
    pub smooth_space: f64,
    /// Weight of the squared second differences of filters in time.
    pub smooth_time: f64,
    /// Weight of the magnitudes of the weights that neurons give to features.
    pub sparse: f64,
    /// Whether neurons weight features by numbers of at least 0. Only with Adam.
    pub nonnegative: bool,
}

impl Default for FitEncoderParams {
    fn default() -> Self {
        Self {
            encoder: NetworkKind::Sepconv,
            features: 16,
            size: 11,
            taps: 15,
            layers: Vec::new(),
            mask: MaskShape::Round,
            calcium_tau_s: None,
            loss: Loss::Mse,
            optimiser: Optimiser::Adam,
            chunk: 150,
            batch: 2,
            validation: 0.1,
            epochs: 60,
            lr: 0.01,
            lr_factor: 0.3,
            lr_patience: 4,
            stop_after: 10,
            weight_decay: 0.0,
            smooth_space: 1e-4,
            smooth_time: 1e-4,
            sparse: 1e-6,
            nonnegative: false,
        }
    }
}

/// Time constants of the low pass over which it settles before a chunk.
const SETTLE_TAUS: f64 = 2.5;
const MOST: usize = 100_000;

impl StepParams for FitEncoderParams {
    fn check(&self, issues: &mut ParamIssues) {
        let counts = [
            (self.features, 1, 1024, "features"),
            (self.size, 1, 1024, "size"),
            (self.taps, 1, 1024, "taps"),
            (self.chunk, 1, MOST, "chunk"),
            (self.batch, 1, 64, "batch"),
            (self.epochs as usize, 1, MOST, "epochs"),
            (self.stop_after as usize, 1, MOST, "stop_after"),
        ];
        for (count, least, most, path) in counts {
            issues.require((least..=most).contains(&count), path, || {
                format!("must be between {least} and {most}, got {count}")
            });
        }
        let positive = [
            (self.lr, "lr"),
            (self.lr_factor, "lr_factor"),
            (self.calcium_tau_s.unwrap_or(1.0), "calcium_tau_s"),
        ];
        for (value, path) in positive {
            issues.require_positive(value, path);
        }
        let not_negative = [
            (self.weight_decay, "weight_decay"),
            (self.smooth_space, "smooth_space"),
            (self.smooth_time, "smooth_time"),
            (self.sparse, "sparse"),
        ];
        for (value, path) in not_negative {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        let bounded = self.nonnegative && self.optimiser == Optimiser::Lbfgs;
        issues.require(!bounded, "nonnegative", || "L-BFGS keeps no bounds; use `optimiser: adam`".into());
        issues.require(self.validation > 0.0 && self.validation < 1.0, "validation", || {
            format!("must be above 0 and less than 1, got {}", self.validation)
        });
    }
}

impl FitEncoderParams {
    /// The layers of the network.
    pub(super) fn layers(&self) -> Vec<LayerSpec> {
        if self.layers.is_empty() {
            self.encoder.layers(self.features, self.size, self.taps)
        } else {
            self.layers.clone()
        }
    }

    pub(super) fn options(&self, dt_s: f64, has_places: bool) -> FitOptions {
        let calcium_tau_frames = self.calcium_tau_s.map(|tau| tau / dt_s);
        let settle = calcium_tau_frames.map_or(0.0, |tau| (SETTLE_TAUS * tau).ceil());
        FitOptions {
            loss: self.loss,
            optimiser: self.optimiser,
            calcium_tau_frames,
            chunk: self.chunk,
            settle: (settle as usize).min(MOST),
            batch: self.batch,
            validation: self.validation,
            epochs: self.epochs,
            lr: self.lr,
            lr_factor: self.lr_factor,
            lr_patience: self.lr_patience,
            stop_after: self.stop_after,
            weight_decay: self.weight_decay,
            penalties: Penalties {
                smooth_space: self.smooth_space,
                smooth_time: self.smooth_time,
                sparse: self.sparse,
            },
            nonnegative: self.nonnegative,
            fit_places: !has_places,
        }
    }

    /// Peak memory for `units` neurons and movies of `frames` frames in all.
    pub(super) fn planned_bytes(&self, units: u64, frames: u64) -> u64 {
        // The screen is not known before: as large as that of the simulation.
        const PIXELS: u64 = 18 * 16;
        let recording = frames.saturating_mul(units + PIXELS).saturating_mul(16);
        let per_frame = PIXELS * (self.size * self.size + 8 * self.features) as u64 + 12 * units;
        let chunks = (self.batch * (self.chunk + 100)) as u64;
        let weights = units.saturating_mul(PIXELS * self.features as u64).saturating_mul(4 * 3);
        recording
            .saturating_add(per_frame.saturating_mul(4).saturating_mul(chunks))
            .saturating_add(weights.saturating_mul(self.batch as u64))
            .saturating_add(64 << 20)
    }
}
