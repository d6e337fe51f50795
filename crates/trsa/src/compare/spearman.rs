use neuroloom_math::average_ranks;

use super::{Feature, Measure, corr, similarity};
use crate::Result;

/// Spearman's rank correlation: Pearson's correlation of the average ranks. For distances on an ordinal scale;
/// favours models with ties, which [`rho_a`](super::rho_a) does not.
///
/// # Errors
/// When all entries of one are the same.
pub fn spearman(a: &[f64], b: &[f64]) -> Result<f64> {
    similarity(a, b, Measure::Spearman)
}

/// Average ranks, mean 0 and length 1.
pub(super) fn feature(dissimilarities: &[f64]) -> Result<Feature<'static>> {
    corr::feature(average_ranks(dissimilarities).into())
}
