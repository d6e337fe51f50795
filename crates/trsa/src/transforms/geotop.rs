use std::fmt;

use neuroloom_math::quantile;

use super::Thresholds;
use super::ranked::{RankedRdm, cut};
use crate::{Result, RsaError};

/// The geo-topological transform (RGTM) of Lin & Kriegeskorte (arXiv 2309.11028): distances below a lower
/// threshold become 0, those above an upper one 1, and those between grow linearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoTop {
    thresholds: Thresholds,
    rank: bool,
}

impl GeoTop {
    /// Thresholds at the quantiles `l <= u` of the RDM. With `rank` the transform works on ranks scaled to
    /// `[0, 1]`, as in the paper, so that monotone changes of the dissimilarities do not matter; without, on the
    /// dissimilarities themselves.
    ///
    /// # Errors
    /// A quantile outside `[0, 1]`, or `l > u`.
    pub fn new(l: f64, u: f64, rank: bool) -> Result<Self> {
        Ok(Self { thresholds: Thresholds::new(l, u)?, rank })
    }

    /// The thresholds.
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// With `x` the ranks scaled to `[0, 1]` (or the dissimilarities), `x_l = Q(x, l)` and `x_u = Q(x, u)` (type 7):
    ///
    /// `0` where `x < x_l`; `(x - x_l) / (x_u - x_l)` where `x_l <= x <= x_u`; `1` where `x > x_u`.
    ///
    /// Where the thresholds coincide (`l = u`, or ties) this is the adjacency `1[x > x_l]` (RTM). `l = 0, u = 1` gives
    /// the ranked RDM itself, scaled to `[0, 1]`.
    ///
    /// # Errors
    /// When all dissimilarities are the same.
    pub fn transform(&self, dissimilarities: &[f64]) -> Result<Vec<f64>> {
        if crate::is_constant(dissimilarities) {
            return Err(RsaError::ConstantRdm { needed: "the geo-topological transform" });
        }
        let mut x = dissimilarities.to_vec();
        if self.rank {
            RankedRdm::new(dissimilarities)?.geotop_into(self.thresholds, &mut x);
            return Ok(x);
        }
        let mut scratch = dissimilarities.to_vec();
        let low = quantile(&mut scratch, self.thresholds.l());
        if let Some((low, high)) = low.zip(quantile(&mut scratch, self.thresholds.u())) {
            cut(&mut x, low, high);
        }
        Ok(x)
    }
}

impl fmt::Display for GeoTop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = if self.rank { "" } else { ", rank=false" };
        write!(f, "geotop({}{raw})", self.thresholds)
    }
}
