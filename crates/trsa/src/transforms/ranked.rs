use neuroloom_math::{Ranking, quantile_sorted, ranking};

use super::Thresholds;
use crate::{Result, RsaError};

/// The ranks of an RDM, scaled to `[0, 1]` and sorted once: what any cell of thresholds is computed from in one pass.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedRdm {
    x: Vec<f64>,
    ascending: Vec<f64>,
}

impl RankedRdm {
    /// `x = minmax(rank(d))`, ties sharing the mean of their ranks.
    ///
    /// # Errors
    /// When all dissimilarities are the same.
    pub fn new(dissimilarities: &[f64]) -> Result<Self> {
        let Ranking { ranks: mut x, sorted: mut ascending } = ranking(dissimilarities);
        let (low, high) = (ascending.first().copied(), ascending.last().copied());
        let Some((low, high)) = low.zip(high).filter(|(low, high)| low < high) else {
            return Err(RsaError::ConstantRdm { needed: "the geo-topological transform" });
        };
        let scale = |rank: &mut f64| *rank = (*rank - low) / (high - low);
        x.iter_mut().for_each(scale);
        ascending.iter_mut().for_each(scale);
        Ok(Self { x, ascending })
    }

    /// The scaled ranks, in the order of the dissimilarities.
    pub fn x(&self) -> &[f64] {
        &self.x
    }

    /// Quantile `q` of the scaled ranks (type 7); `q` in `[0, 1]`.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        quantile_sorted(&self.ascending, q)
    }

    /// The geo-topological transform at `thresholds`, as [`GeoTop::transform`](super::GeoTop::transform) with ranks.
    ///
    /// # Panics
    /// When `out` has another length than the RDM has entries.
    pub fn geotop_into(&self, thresholds: Thresholds, out: &mut [f64]) {
        out.copy_from_slice(&self.x);
        if let Some((low, high)) = self.quantile(thresholds.l()).zip(self.quantile(thresholds.u())) {
            cut(out, low, high);
        }
    }
}

/// `0` below `low`, `1` above `high`, linear between; `1[x > low]` where the two coincide.
pub(super) fn cut(x: &mut [f64], low: f64, high: f64) {
    if low < high {
        let width = high - low;
        x.iter_mut().for_each(|x| *x = ((*x - low) / width).clamp(0.0, 1.0));
    } else {
        x.iter_mut().for_each(|x| *x = f64::from(*x > low));
    }
}
