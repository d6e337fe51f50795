//! Variances of evaluations and their differences from bootstrap records.

use ndarray::Array2;

use super::{Boot, Evaluator, Record, Resampling, Scheme};
use crate::{Result, RsaError};

/// Means and variances over samples or subjects.
#[derive(Clone, Debug, PartialEq)]
pub struct Variances {
    /// Mean similarity of every model.
    pub means: Vec<f64>,
    /// Means of the lower and the upper end of the noise ceiling; NaN where there is none.
    pub ceiling: [f64; 2],
    /// Of the mean of every model.
    pub models: Vec<f64>,
    /// Of the differences of all pairs of models `i < j`, row-major.
    pub pairs: Vec<f64>,
    /// Of the differences between every model and the lower end of the noise ceiling.
    pub below_ceiling: Vec<f64>,
    /// Of the lower and the upper end.
    pub ceiling_variances: [f64; 2],
    /// Degrees of freedom.
    pub df: f64,
}

/// Variances from the records of a bootstrap.
///
/// - A single bootstrap: `n / (n - 1)` times the covariance over samples; n subjects, conditions, or the fewer of both.
/// - Dual bootstrap: with the variances v0 (both), v1 (subjects), v2 (conditions), `a = n_r / (n_r - 1)`,
///   `b = n_c / (n_c - 1)`: `a v1 + b v2 - a b (v0 - v1 - v2)`, at least `a v1` and `b v2`, at most v0.
/// - Several cross-validations per sample: `(n_cv var_mean - var_1) / (n_cv - 1)` takes the place of the covariance, with
///   that of the means over cross-validations and the mean of those of single ones.
///
/// Samples in which anything is undefined are left out. Means run over samples and over the bootstraps of a scheme.
///
/// # Errors
/// When fewer than two samples are defined.
pub fn variances(
    evaluator: &Evaluator<'_>,
    resampling: &Resampling,
    records: &[Record],
) -> Result<Variances> {
    let problem = evaluator.problem();
    let (n_boots, n_cv) = (resampling.scheme.boots().len(), resampling.n_cv());
    let width = problem.n_models() + 2;
    let defined: Vec<&[f64]> =
        records.iter().map(Vec::as_slice).filter(|record| record.iter().all(|v| v.is_finite())).collect();
    if defined.len() < 2 {
        return Err(RsaError::NoDefinedSample { n_samples: records.len(), defined: defined.len() });
    }
    let covariances: Vec<Array2<f64>> =
        (0..n_boots).map(|boot| corrected(&defined, boot * n_cv * width, n_cv, width)).collect();
    let sizes = (problem.n_groups() as f64, problem.n_conditions() as f64);
    let combined = |contrast: &[(usize, f64)]| {
        let values: Vec<f64> = covariances.iter().map(|c| contrast_variance(c, contrast)).collect();
        combine(resampling.scheme, &values, sizes)
    };
    let of_model = |model: usize| combined(&[(model, 1.0)]);
    let of_difference = |a: usize, b: usize| combined(&[(a, 1.0), (b, -1.0)]);
    let (n_models, lower, upper) = (width - 2, width - 2, width - 1);
    let means = means(&defined, n_boots * n_cv, width);
    let found = Variances {
        means: means[..n_models].to_vec(),
        ceiling: [means[lower], means[upper]],
        models: (0..n_models).map(of_model).collect(),
        pairs: crate::pairs(n_models).map(|(a, b)| of_difference(a, b)).collect(),
        below_ceiling: (0..n_models).map(|model| of_difference(model, lower)).collect(),
        ceiling_variances: [of_model(lower), of_model(upper)],
        df: df(resampling.scheme, sizes),
    };
    Ok(if problem.n_groups() > 1 { found } else { found.without_ceiling() })
}

impl Variances {
    /// The pool of a single subject is the subject: that is no ceiling.
    fn without_ceiling(self) -> Self {
        let below_ceiling = vec![f64::NAN; self.models.len()];
        Self { ceiling: [f64::NAN; 2], below_ceiling, ceiling_variances: [f64::NAN; 2], ..self }
    }
}

fn df(scheme: Scheme, (n_rdms, n_conditions): (f64, f64)) -> f64 {
    effective_size(scheme, n_rdms, n_conditions) - 1.0
}

fn effective_size(scheme: Scheme, n_rdms: f64, n_conditions: f64) -> f64 {
    match scheme {
        Scheme::Single(Boot::Rdms) => n_rdms,
        Scheme::Single(Boot::Conditions) => n_conditions,
        Scheme::Single(Boot::Both) | Scheme::Dual => n_rdms.min(n_conditions),
    }
}

/// The variance of a mean from those of the bootstraps of a scheme.
fn combine(scheme: Scheme, values: &[f64], (n_rdms, n_conditions): (f64, f64)) -> f64 {
    if let (Scheme::Dual, &[both, rdms, conditions]) = (scheme, values) {
        return dual(both, rdms, conditions, n_rdms, n_conditions);
    }
    let n = effective_size(scheme, n_rdms, n_conditions);
    values.first().map_or(f64::NAN, |value| value * n / (n - 1.0))
}

fn dual(both: f64, rdms: f64, conditions: f64, n_rdms: f64, n_conditions: f64) -> f64 {
    let (a, b) = (n_rdms / (n_rdms - 1.0), n_conditions / (n_conditions - 1.0));
    let (rdms_alone, conditions_alone) = (a * rdms, b * conditions);
    let sum = rdms_alone + conditions_alone - a * b * (both - rdms - conditions);
    sum.max(rdms_alone).max(conditions_alone).min(both)
}

/// Mean over samples of the mean over the blocks of a record.
fn means(records: &[&[f64]], n_blocks: usize, width: usize) -> Vec<f64> {
    let n = (records.len() * n_blocks) as f64;
    let mut means = vec![0.0; width];
    for block in records.iter().flat_map(|record| record.chunks(width)) {
        means.iter_mut().zip(block).for_each(|(mean, value)| *mean += value / n);
    }
    means
}

/// Covariance over samples of the blocks from `first` on, less what cross-validation adds to it.
fn corrected(records: &[&[f64]], first: usize, n_cv: usize, width: usize) -> Array2<f64> {
    let block = |cv: usize| {
        let start = first + cv * width;
        Array2::from_shape_fn((records.len(), width), |(sample, entry)| records[sample][start + entry])
    };
    let blocks: Vec<Array2<f64>> = (0..n_cv).map(block).collect();
    let sum = |matrices: &[Array2<f64>]| {
        matrices.iter().skip(1).fold(matrices[0].clone(), |sum, matrix| sum + matrix)
    };
    let n = n_cv as f64;
    let of_means = covariance(&(sum(&blocks) / n));
    if n_cv == 1 {
        return of_means;
    }
    let of_single = sum(&blocks.iter().map(covariance).collect::<Vec<_>>()) / n;
    (of_means * n - of_single) / (n - 1.0)
}

/// Sample covariance of the columns.
pub(super) fn covariance(rows: &Array2<f64>) -> Array2<f64> {
    let n = rows.nrows() as f64;
    let deviations = rows - &(rows.sum_axis(ndarray::Axis(0)) / n);
    deviations.t().dot(&deviations) / (n - 1.0)
}

/// `c'Σc` of a sparse contrast.
pub(super) fn contrast_variance(covariance: &Array2<f64>, contrast: &[(usize, f64)]) -> f64 {
    let term =
        |(a, x): &(usize, f64)| contrast.iter().map(|(b, y)| x * y * covariance[[*a, *b]]).sum::<f64>();
    contrast.iter().map(term).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dual_variance_is_kept_between_its_bounds() {
        let (a, b) = (4.0 / 3.0, 10.0 / 9.0);
        let inside = dual(3.0, 1.0, 1.5, 4.0, 10.0);
        assert!((inside - (a + b * 1.5 - a * b * 0.5)).abs() < 1e-15);
        assert_eq!(dual(1.0, 1.0, 1.0, 4.0, 10.0), 1.0);
        assert_eq!(dual(50.0, 1.0, 1.5, 4.0, 10.0), b * 1.5);
    }

    #[test]
    fn one_cross_validation_needs_no_correction() {
        let records: [&[f64]; 3] = [&[1.0, 2.0], &[3.0, 1.0], &[2.0, 6.0]];
        let found = corrected(&records, 0, 1, 2);
        assert_eq!(found[[0, 0]], 1.0);
        assert_eq!(found[[0, 1]], -0.5);
        assert_eq!(contrast_variance(&found, &[(0, 1.0), (1, -1.0)]), 1.0 + 7.0 + 1.0);
    }
}
