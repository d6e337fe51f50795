use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Shape;

/// Parameters of `simulate.topology`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TopologyParams {
    /// The curves, each once: circle, two_circles, flat_eight, twisted_eight, untangled_flat_eight, untangled_twisted_eight.
    pub shapes: Vec<Shape>,
    /// Points of a curve: the conditions.
    pub n_points: usize,
    /// Height of bent and untangled eights, in the unit of the curve (an eight is 2 wide).
    pub height: f64,
    /// Channels that a curve is put into by random orthonormal directions, at least 3: distances stay.
    pub n_channels: usize,
    /// Repeats with noise of their own.
    pub n_folds: usize,
    /// Standard deviation of the noise of every channel, in the unit of the curve.
    pub noise: f64,
}

impl Default for TopologyParams {
    fn default() -> Self {
        let shapes = Shape::ALL.to_vec();
        Self { shapes, n_points: 50, height: 0.5, n_channels: 3, n_folds: 1, noise: 0.0 }
    }
}

impl StepParams for TopologyParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MOST_ROWS: u64 = 1 << 30;
        issues.require_any(Some(&self.shapes), "shapes", "shape");
        for (place, shape) in self.shapes.iter().enumerate() {
            let is_new = !self.shapes[..place].contains(shape);
            issues.require(is_new, &format!("shapes.{place}"), || {
                format!("names {} a second time", shape.name())
            });
        }
        for (value, least, path) in
            [(self.n_points, 4, "n_points"), (self.n_channels, 3, "n_channels"), (self.n_folds, 1, "n_folds")]
        {
            issues.require(value >= least, path, || format!("must be at least {least}, got {value}"));
        }
        for (value, path) in [(self.height, "height"), (self.noise, "noise")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        let rows = self.n_rows();
        issues.require(rows <= MOST_ROWS, "", || {
            format!(
                "ask for {rows} responses (shapes x points x channels x folds); at most {MOST_ROWS} are made"
            )
        });
    }
}

impl TopologyParams {
    /// Rows of the table.
    pub(super) fn n_rows(&self) -> u64 {
        let sizes = [self.shapes.len(), self.n_points, self.n_channels, self.n_folds];
        sizes.into_iter().fold(1, |rows, size| rows.saturating_mul(size as u64))
    }
}
