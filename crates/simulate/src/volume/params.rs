//! Parameters of `simulate.volume`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lists::MAX_VALUES;

/// Parameters of `simulate.volume`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VolumeParams {
    /// Voxels along x, y and z.
    pub shape: [usize; 3],
    /// Distance between neighbouring voxels, millimetres.
    pub spacing_mm: f64,
    /// Radius of the ball in the middle of the volume whose voxels are tuned, millimetres.
    pub ball_radius_mm: f64,
    /// Conditions: directions evenly around a circle, 3 to 360.
    pub n_conditions: usize,
    /// Independent measurements of every condition.
    pub folds: usize,
    /// Amplitude of the tuning of a voxel in the ball.
    pub signal: f64,
    /// Standard deviation of the noise of one measurement.
    pub noise_sd: f64,
}

impl Default for VolumeParams {
    fn default() -> Self {
        Self {
            shape: [16, 16, 8],
            spacing_mm: 2.0,
            ball_radius_mm: 7.0,
            n_conditions: 12,
            folds: 4,
            signal: 1.0,
            noise_sd: 1.0,
        }
    }
}

impl StepParams for VolumeParams {
    fn check(&self, issues: &mut ParamIssues) {
        for (axis, &n) in self.shape.iter().enumerate() {
            issues.require(n >= 1, &format!("shape.{axis}"), || "must be at least 1, got 0".into());
        }
        issues.require_positive(self.spacing_mm, "spacing_mm");
        for (name, value) in
            [("ball_radius_mm", self.ball_radius_mm), ("signal", self.signal), ("noise_sd", self.noise_sd)]
        {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, name, || format!("must be a finite number, 0 or more, got {value}"));
        }
        issues.require((3..=360).contains(&self.n_conditions), "n_conditions", || {
            format!("must be 3 to 360, got {}", self.n_conditions)
        });
        issues.require(self.folds >= 1, "folds", || "must be at least 1, got 0".into());
        let n = self.n_responses();
        issues.require(n <= MAX_VALUES, "", || {
            format!("ask for {n} responses (voxels x conditions x folds); one table can hold {MAX_VALUES}")
        });
    }
}

impl VolumeParams {
    /// Number of voxels.
    pub fn n_voxels(&self) -> u64 {
        self.shape.iter().fold(1, |product, &n| product.saturating_mul(n as u64))
    }

    /// Number of responses.
    pub fn n_responses(&self) -> u64 {
        self.n_voxels().saturating_mul(self.n_conditions as u64).saturating_mul(self.folds as u64)
    }

    /// Positions of the voxels, millimetres, the last coordinate running fastest.
    pub fn positions_mm(&self) -> Vec<[f64; 3]> {
        let [nx, ny, nz] = self.shape;
        let at = |x: usize, y: usize, z: usize| [x, y, z].map(|place| place as f64 * self.spacing_mm);
        let columns = (0..nx).flat_map(|x| (0..ny).map(move |y| (x, y)));
        columns.flat_map(|(x, y)| (0..nz).map(move |z| at(x, y, z))).collect()
    }

    /// Whether a voxel lies in the ball.
    pub fn is_in_ball(&self, position_mm: &[f64; 3]) -> bool {
        let centre = self.shape.map(|n| n.saturating_sub(1) as f64 / 2.0 * self.spacing_mm);
        let squares = position_mm.iter().zip(centre).map(|(position, centre)| (position - centre).powi(2));
        squares.sum::<f64>() <= self.ball_radius_mm * self.ball_radius_mm
    }
}
