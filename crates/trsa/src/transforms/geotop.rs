use std::fmt;

use neuroloom_math::{Ranking, quantile, quantile_sorted, ranking};

use crate::{Result, RsaError};

/// The geo-topological transform (RGTM) of Lin & Kriegeskorte (arXiv 2309.11028): distances below a lower
/// threshold become 0, those above an upper one 1, and those between grow linearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoTop {
    l: f64,
    u: f64,
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
        for (name, value) in [("l", l), ("u", u)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(RsaError::QuantileOutOfRange { name, value });
            }
        }
        if l > u { Err(RsaError::ThresholdsReversed { l, u }) } else { Ok(Self { l, u, rank }) }
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
        if dissimilarities.windows(2).all(|pair| pair[0] == pair[1]) {
            return Err(RsaError::ConstantRdm { needed: "the geo-topological transform" });
        }
        let (mut x, thresholds) =
            if self.rank { self.of_ranks(dissimilarities) } else { self.of_values(dissimilarities) };
        let Some((low, high)) = thresholds else { return Ok(Vec::new()) };
        if low < high {
            x.iter_mut().for_each(|x| *x = ((*x - low) / (high - low)).clamp(0.0, 1.0));
        } else {
            x.iter_mut().for_each(|x| *x = f64::from(*x > low));
        }
        Ok(x)
    }

    fn of_ranks(&self, dissimilarities: &[f64]) -> (Vec<f64>, Option<(f64, f64)>) {
        let Ranking { mut ranks, mut sorted } = ranking(dissimilarities);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return (ranks, None) };
        let scale = |rank: &mut f64| *rank = (*rank - low) / (high - low);
        ranks.iter_mut().for_each(scale);
        sorted.iter_mut().for_each(scale);
        let thresholds = quantile_sorted(&sorted, self.l).zip(quantile_sorted(&sorted, self.u));
        (ranks, thresholds)
    }

    fn of_values(&self, dissimilarities: &[f64]) -> (Vec<f64>, Option<(f64, f64)>) {
        let values = dissimilarities.to_vec();
        let mut scratch = values.clone();
        let low = quantile(&mut scratch, self.l);
        (values, low.zip(quantile(&mut scratch, self.u)))
    }
}

impl fmt::Display for GeoTop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let raw = if self.rank { "" } else { ", rank=false" };
        write!(f, "geotop(l={}, u={}{raw})", self.l, self.u)
    }
}
