//! Smoothing of trials along their bins.

use ndarray::parallel::prelude::*;
use ndarray::{Array3, ArrayView3, Axis};
use neuroloom_core::ParamIssues;
use neuroloom_prepare::smooth::{Edges, Kernel, smooth};

/// Standard deviations after which a kernel ends.
const TRUNCATE: f64 = 4.0;
/// Widest kernel, bins.
const MAX_SIGMA: f64 = 10_000.0;

/// The widths that are tried where none is given.
pub(super) fn usual_sigmas() -> Vec<f64> {
    vec![0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0]
}

pub(super) fn check_sigmas(issues: &mut ParamIssues, field: &str, sigmas: &[f64]) {
    issues.require_any(Some(sigmas), field, "width");
    for (place, &sigma) in sigmas.iter().enumerate() {
        let path = format!("{field}.{place}");
        issues.require_positive(sigma, &path);
        issues.require(sigma.is_nan() || sigma <= MAX_SIGMA, &path, || {
            format!("must be at most {MAX_SIGMA}, got {sigma}")
        });
        let twice = sigmas.iter().take(place).any(|other| *other == sigma);
        issues.require(!twice, &path, || format!("stands twice: {sigma}"));
    }
}

/// `values` `[trials, bins, units]` smoothed along the bins by a Gaussian of `sigma` bins. At the ends of a trial the
/// weights that are left sum to 1; NaN stays NaN and has no weight.
pub(super) fn smoothed(values: ArrayView3<'_, f64>, sigma: f64) -> Array3<f64> {
    let kernel = Kernel::gaussian(sigma, TRUNCATE);
    let mut out = Array3::zeros(values.dim());
    out.axis_iter_mut(Axis(0)).into_par_iter().zip(values.axis_iter(Axis(0))).for_each(|(mut out, trial)| {
        for (mut out, trace) in out.columns_mut().into_iter().zip(trial.columns()) {
            let smooth = smooth(&trace.to_vec(), &kernel, Edges::Renormalise);
            out.iter_mut().zip(smooth).for_each(|(out, value)| *out = value);
        }
    });
    out
}

/// The same without the bin itself: what its neighbours say of it. The mean of its trace where it has no neighbour in
/// reach.
pub(super) fn smoothed_without_self(values: ArrayView3<'_, f64>, sigma: f64) -> Array3<f64> {
    let kernel = Kernel::gaussian(sigma, TRUNCATE);
    let weights: Vec<(isize, f64)> = kernel.lags().filter(|(lag, _)| *lag != 0).collect();
    let mut out = Array3::zeros(values.dim());
    out.axis_iter_mut(Axis(0)).into_par_iter().zip(values.axis_iter(Axis(0))).for_each(|(mut out, trial)| {
        for (mut out, trace) in out.columns_mut().into_iter().zip(trial.columns()) {
            let mean = trace.iter().sum::<f64>() / trace.len() as f64;
            for (bin, out) in out.iter_mut().enumerate() {
                let (mut sum, mut total) = (0.0, 0.0);
                for &(lag, weight) in &weights {
                    let place = usize::try_from(bin as isize - lag).ok();
                    if let Some(value) = place.and_then(|place| trace.get(place)) {
                        sum += weight * value;
                        total += weight;
                    }
                }
                *out = if total > 0.0 { sum / total } else { mean };
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn a_bin_says_nothing_of_itself() {
        let mut values = Array3::zeros((1, 9, 1));
        values[[0, 4, 0]] = 1.0;
        let out = smoothed_without_self(values.view(), 1.0);
        assert_eq!(out[[0, 4, 0]], 0.0);
        assert!(out[[0, 3, 0]] > out[[0, 2, 0]] && out[[0, 2, 0]] > 0.0);
    }

    #[test]
    fn constants_stay() {
        let values = Array3::from_elem((2, 5, 3), 2.0);
        for out in [smoothed(values.view(), 1.5), smoothed_without_self(values.view(), 1.5)] {
            assert!(out.iter().all(|value| (value - 2.0).abs() < 1e-12));
        }
    }
}
