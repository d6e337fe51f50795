use ndarray::Array2;
use neuroloom_math::{
    SymmetricEigen, add_cross_gram, add_gram_upper, symmetric_eigen, symmetric_eigenvalues,
};

use super::whitening::Whitening;
use crate::{Result, RsaError};

/// Bures similarity of the second moments behind two RDMs, `tr sqrt(A^½ B A^½) / sqrt(tr A · tr B)` with
/// `A = -½ H D H`, H the centring, and negative eigenvalues set to 0: the cosine of the best alignment by a rotation.
///
/// # Errors
/// Negative dissimilarities, or all of them 0.
pub fn bures(a: &[f64], b: &[f64], n_conditions: usize) -> Result<f64> {
    similarity(&Root::new(a, n_conditions)?, &Root::new(b, n_conditions)?)
}

/// Squared Bures distance, `tr A + tr B - 2 tr sqrt(A^½ B A^½)`, in the unit of the dissimilarities: 0 for equal RDMs.
///
/// # Errors
/// As [`bures`].
pub fn bures_metric(a: &[f64], b: &[f64], n_conditions: usize) -> Result<f64> {
    distance(&Root::new(a, n_conditions)?, &Root::new(b, n_conditions)?)
}

/// `R` with `A = R'R`, `[rank, n_conditions - 1]`.
pub(super) struct Root {
    root: Array2<f64>,
    trace: f64,
}

impl Root {
    pub fn new(dissimilarities: &[f64], n_conditions: usize) -> Result<Self> {
        let count = dissimilarities.iter().filter(|d| **d < 0.0).count();
        if count > 0 {
            return Err(RsaError::NegativeDissimilarities { count, needed: "the Bures similarity" });
        }
        let moment = Whitening::identity(n_conditions).second_moment(dissimilarities)?;
        let SymmetricEigen { values, vectors } = symmetric_eigen(moment.view())?;
        let largest = values.last().copied().unwrap_or(0.0);
        // Eigenvalues within rounding of 0 have no direction of their own.
        let kept: Vec<usize> = (0..values.len()).filter(|&i| values[i] > 1e-15 * largest).collect();
        if kept.is_empty() {
            return Err(RsaError::ZeroRdm);
        }
        let root = Array2::from_shape_fn((kept.len(), values.len()), |(row, column)| {
            vectors[[column, kept[row]]] * values[kept[row]].sqrt()
        });
        Ok(Self { root, trace: kept.iter().map(|&i| values[i]).sum() })
    }
}

pub(super) fn similarity(a: &Root, b: &Root) -> Result<f64> {
    Ok((overlap(a, b)? / (a.trace * b.trace).sqrt()).min(1.0))
}

pub(super) fn distance(a: &Root, b: &Root) -> Result<f64> {
    Ok((a.trace + b.trace - 2.0 * overlap(a, b)?).max(0.0))
}

/// `tr sqrt(A^½ B A^½)`: the sum of the singular values of `R_a R_b'`.
fn overlap(a: &Root, b: &Root) -> Result<f64> {
    let (small, large) = if a.root.nrows() <= b.root.nrows() { (a, b) } else { (b, a) };
    let n = small.root.nrows();
    let mut products = Array2::zeros((n, large.root.nrows()));
    add_cross_gram(&mut products, small.root.view(), large.root.view());
    let mut gram = Array2::zeros((n, n));
    add_gram_upper(&mut gram, products.view(), 1.0);
    for i in 0..n {
        for j in 0..i {
            gram[[i, j]] = gram[[j, i]];
        }
    }
    Ok(symmetric_eigenvalues(gram.view())?.iter().map(|value| value.max(0.0).sqrt()).sum())
}
