//! Parameters of `rsa.grid`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::RsaError;
use crate::compare::Measure;
use crate::transforms::Grid;

/// Parameters of `rsa.grid`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridParams {
    /// The transform.
    #[serde(default)]
    pub transform: GridTransform,
    /// Which cells of thresholds.
    #[serde(default)]
    pub grid: GridName,
    /// Steps from 0 to 1 of `grid: regular`, 1 to 100.
    #[serde(default = "twenty")]
    pub n_steps: u32,
    /// Lower thresholds of `grid: product`, quantiles.
    #[serde(default)]
    pub l: Vec<f64>,
    /// Upper thresholds of `grid: product`, quantiles; pairs with `l <= u` are cells.
    #[serde(default)]
    pub u: Vec<f64>,
    /// Measure of similarity with the `models`.
    #[serde(default = "corr")]
    pub measure: Measure,
    /// Whether the transformed dissimilarities are stored, beside the similarities.
    #[serde(default = "yes")]
    pub store: bool,
}

fn twenty() -> u32 {
    20
}

fn corr() -> Measure {
    Measure::Corr
}

fn yes() -> bool {
    true
}

/// A transform by thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GridTransform {
    /// RGTM on ranks.
    #[default]
    Geotop,
    /// RGDM: ranks of the lengths of shortest paths along pairs below the upper threshold.
    Geodesic,
}

impl GridTransform {
    /// `geotop`, `geodesic`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Geotop => "geotop",
            Self::Geodesic => "geodesic",
        }
    }
}

/// Cells of thresholds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GridName {
    /// l = 0, 0.05, ... 0.95 and u = 1, 0.95, ... above l: 210 cells, as published.
    #[default]
    Authors,
    /// Every l < u of multiples of 1/n_steps.
    Regular,
    /// Every l <= u of the lists `l` and `u`.
    Product,
}

impl GridParams {
    /// # Errors
    /// Values that [`check`](StepParams::check) refuses.
    pub(super) fn grid(&self) -> Result<Grid, RsaError> {
        match self.grid {
            GridName::Authors => Ok(Grid::authors()),
            GridName::Regular => Ok(Grid::regular(self.n_steps)),
            GridName::Product => Grid::product(&self.l, &self.u),
        }
    }
}

impl StepParams for GridParams {
    fn check(&self, issues: &mut ParamIssues) {
        let steps = self.n_steps;
        issues
            .require((1..=100).contains(&steps), "n_steps", || format!("must be from 1 to 100, got {steps}"));
        for (name, list) in [("l", &self.l), ("u", &self.u)] {
            for (place, value) in list.iter().enumerate() {
                let path = format!("{name}.{place}");
                issues.require((0.0..=1.0).contains(value), &path, || {
                    format!("must lie in [0, 1], got {value}")
                });
                issues.require(!list[..place].contains(value), &path, || {
                    format!("gives {value} a second time")
                });
            }
            let product = self.grid == GridName::Product;
            issues.require(product || list.is_empty(), name, || "needs `grid: product`".into());
        }
        let empty = self.grid == GridName::Product && !self.l.iter().any(|l| self.u.iter().any(|u| l <= u));
        issues.require(!empty, "grid", || "has no cell: give `l` and `u` with at least one l <= u".into());
    }
}
