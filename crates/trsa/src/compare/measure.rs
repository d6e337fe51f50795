use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How similar two RDMs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Cosine of the angle between the dissimilarities.
    Cosine,
    /// Pearson's correlation.
    Corr,
    /// Spearman's rank correlation.
    Spearman,
    /// Expected Spearman correlation under random breaking of ties.
    RhoA,
    /// Kendall's rank correlation over all pairs of entries; no credit for ties.
    TauA,
    /// Kendall's rank correlation over untied pairs of entries.
    TauB,
    /// Cosine after whitening by the covariance of the dissimilarities.
    CosineCov,
    /// Pearson's correlation after whitening by the covariance of the dissimilarities.
    CorrCov,
    /// Bures similarity of the second moments.
    Bures,
    /// Squared Bures distance of the second moments, in the unit of the dissimilarities; small is similar.
    BuresMetric,
    /// Negative Riemannian distance of the second moments; at most 0.
    NegRiemDist,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Cosine,
        Self::Corr,
        Self::Spearman,
        Self::RhoA,
        Self::TauA,
        Self::TauB,
        Self::CosineCov,
        Self::CorrCov,
        Self::Bures,
        Self::BuresMetric,
        Self::NegRiemDist,
    ];

    /// `cosine`, `corr`, `spearman`, `rho_a` …
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Corr => "corr",
            Self::Spearman => "spearman",
            Self::RhoA => "rho_a",
            Self::TauA => "tau_a",
            Self::TauB => "tau_b",
            Self::CosineCov => "cosine_cov",
            Self::CorrCov => "corr_cov",
            Self::Bures => "bures",
            Self::BuresMetric => "bures_metric",
            Self::NegRiemDist => "neg_riem_dist",
        }
    }

    /// Whether a small value means similar.
    pub fn is_distance(self) -> bool {
        self == Self::BuresMetric
    }

    /// Whether it looks at the matrix as a whole, so that no pair may be missing.
    pub fn needs_all_pairs(self) -> bool {
        matches!(self, Self::CosineCov | Self::CorrCov | Self::Bures | Self::BuresMetric | Self::NegRiemDist)
    }
}
