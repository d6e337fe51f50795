//! Parameters of `rsa.transform`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::RsaError;
use crate::transforms::{Affine, Compat, Constant, Edges, GeoTop, Geodesic, Sigmoid, Thresholds, Transform};

/// Parameters of `rsa.transform`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransformParams {
    /// The transform.
    pub transform: TransformName,
    /// Lower threshold of geotop, rtm and geodesic, as a quantile of the RDM, from 0 to `u`.
    #[serde(default = "default_l")]
    pub l: f64,
    /// Upper threshold of geotop and geodesic, as a quantile of the RDM, from `l` to 1.
    #[serde(default = "default_u")]
    pub u: f64,
    /// Whether geotop works on ranks (as published) or on the dissimilarities themselves.
    #[serde(default = "yes")]
    pub rank: bool,
    /// Of rgdm_p_shortest: the share of pairs that are edges. Of rgdm_p_nearest: the share of conditions that are neighbours
    /// of each. Above 0, at most 1.
    #[serde(default = "default_p")]
    pub p: f64,
    /// Nearest neighbours of each condition in rgdm_k_nearest, fewer than conditions.
    #[serde(default = "default_k")]
    pub k: usize,
    /// Whether lengths of paths become ranks, as published.
    #[serde(default = "yes")]
    pub rank_after: bool,
    /// Steepness of sigmoid.
    #[serde(default = "default_alpha")]
    pub alpha: f64,
    /// Middle of sigmoid, on ranks scaled to [0, 1].
    #[serde(default = "default_beta")]
    pub beta: f64,
    /// Factor of affine, not 0.
    #[serde(default = "one")]
    pub scale: f64,
    /// What affine adds, in the unit of the dissimilarities.
    #[serde(default)]
    pub offset: f64,
    /// What becomes of an RDM whose dissimilarities are all the same.
    #[serde(default)]
    pub constant: ConstantPolicy,
    /// Whose definition of a graph holds.
    #[serde(default)]
    pub compat: CompatName,
}

fn default_l() -> f64 {
    0.2
}

fn default_u() -> f64 {
    0.8
}

fn default_p() -> f64 {
    0.05
}

fn default_k() -> usize {
    5
}

fn default_alpha() -> f64 {
    10.0
}

fn default_beta() -> f64 {
    0.5
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

/// A transform of dissimilarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransformName {
    /// Average ranks within the RDM, from 1.
    Rank,
    /// Scaled to [0, 1].
    Minmax,
    /// RGTM: 0 below the lower threshold, 1 above the upper one, linear between; `l = u` gives the adjacency matrix (RTM).
    Geotop,
    /// RTM: 0 up to the threshold `l`, 1 above.
    Rtm,
    /// RGDM: lengths of shortest paths along pairs below the upper threshold.
    Geodesic,
    /// Shortest paths along the share `p` of shortest pairs.
    RgdmPShortest,
    /// Shortest paths along the `k` nearest neighbours of either end.
    RgdmKNearest,
    /// Shortest paths along the `int(p n)` nearest neighbours of either end.
    RgdmPNearest,
    /// A smooth threshold: 1/(1 + exp(-alpha (x - beta))).
    Sigmoid,
    /// Square roots.
    Sqrt,
    /// Negative dissimilarities become 0.
    Positive,
    /// `scale d + offset`.
    Affine,
}

/// What becomes of an RDM whose dissimilarities are all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConstantPolicy {
    /// Stop and name the first.
    #[default]
    Error,
    /// Zeros.
    Zero,
}

impl From<ConstantPolicy> for Constant {
    fn from(policy: ConstantPolicy) -> Self {
        match policy {
            ConstantPolicy::Error => Self::Error,
            ConstantPolicy::Zero => Self::Zero,
        }
    }
}

/// Whose definition of a graph holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompatName {
    /// The paper's: edges of length 0 are edges, neighbours are mutual.
    #[default]
    Paper,
    /// The published program's: edges of length 0 are dropped, only the condition that comes first is asked for its
    /// neighbours.
    Authors,
}

impl TransformParams {
    /// # Errors
    /// Values that [`check`](StepParams::check) refuses.
    pub(super) fn transform(&self) -> Result<Transform, RsaError> {
        Ok(match self.transform {
            TransformName::Rank => Transform::Rank,
            TransformName::Minmax => Transform::MinMax,
            TransformName::Geotop => Transform::GeoTop(GeoTop::new(self.l, self.u, self.rank)?),
            TransformName::Rtm => Transform::GeoTop(GeoTop::new(self.l, self.l, self.rank)?),
            TransformName::Geodesic => self.graph(Edges::Thresholds(Thresholds::new(self.l, self.u)?))?,
            TransformName::RgdmPShortest => self.graph(Edges::Shortest(self.p))?,
            TransformName::RgdmKNearest => self.graph(Edges::Nearest(self.k))?,
            TransformName::RgdmPNearest => self.graph(Edges::NearestShare(self.p))?,
            TransformName::Sigmoid => Transform::Sigmoid(Sigmoid::new(self.alpha, self.beta)?),
            TransformName::Sqrt => Transform::Sqrt,
            TransformName::Positive => Transform::Positive,
            TransformName::Affine => Transform::Affine(Affine::new(self.scale, self.offset)?),
        })
    }

    fn graph(&self, edges: Edges) -> Result<Transform, RsaError> {
        let compat = match self.compat {
            CompatName::Paper => Compat::Paper,
            CompatName::Authors => Compat::Authors,
        };
        Ok(Transform::Geodesic(Geodesic::new(edges, self.rank_after)?.compat(compat)))
    }
}

impl StepParams for TransformParams {
    fn check(&self, issues: &mut ParamIssues) {
        let in_range = |value: f64| (0.0..=1.0).contains(&value);
        for (name, value) in [("l", self.l), ("u", self.u)] {
            issues.require(in_range(value), name, || format!("must lie in [0, 1], got {value}"));
        }
        let uses_u = matches!(self.transform, TransformName::Geotop | TransformName::Geodesic);
        let ordered = !uses_u || self.l <= self.u || !in_range(self.l) || !in_range(self.u);
        issues.require(ordered, "l", || format!("must not be above u = {}, got {}", self.u, self.l));
        let p_fits = self.p > 0.0 && self.p <= 1.0;
        issues.require(p_fits, "p", || format!("must be above 0 and at most 1, got {}", self.p));
        issues.require(self.k >= 1, "k", || "must be at least 1, got 0".into());
        for (name, value) in [("alpha", self.alpha), ("beta", self.beta), ("offset", self.offset)] {
            issues.require(value.is_finite(), name, || format!("must be finite, got {value}"));
        }
        let scale_fits = self.scale.is_finite() && self.scale != 0.0;
        issues.require(scale_fits, "scale", || format!("must be finite and not 0, got {}", self.scale));
    }
}
