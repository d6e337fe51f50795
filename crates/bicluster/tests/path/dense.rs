//! Dense linear algebra, slow and obvious.

use ndarray::{Array1, Array2, s};
use neuroloom_bicluster::Dynamics;
use std::ops::Range;

/// Inverse and ln |determinant| of a well-conditioned matrix, by Gauss-Jordan with pivoting.
pub fn invert(a: &Array2<f64>) -> (Array2<f64>, f64) {
    let n = a.nrows();
    let (mut a, mut inverse, mut log) = (a.clone(), Array2::eye(n), 0.0);
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[[i, k]].abs().total_cmp(&a[[j, k]].abs())).unwrap();
        for j in 0..n {
            a.swap([k, j], [pivot, j]);
            inverse.swap([k, j], [pivot, j]);
        }
        let scale = a[[k, k]];
        log += scale.abs().ln();
        a.row_mut(k).mapv_inplace(|x| x / scale);
        inverse.row_mut(k).mapv_inplace(|x| x / scale);
        for i in (0..n).filter(|&i| i != k) {
            let factor = a[[i, k]];
            for j in 0..n {
                a[[i, j]] -= factor * a[[k, j]];
                inverse[[i, j]] -= factor * inverse[[k, j]];
            }
        }
    }
    (inverse, log)
}

/// ln N(x; 0, covariance).
pub fn log_normal(x: &Array1<f64>, covariance: &Array2<f64>) -> f64 {
    let (precision, log) = invert(covariance);
    -0.5 * (x.dot(&precision.dot(x)) + log + x.len() as f64 * (2.0 * std::f64::consts::PI).ln())
}

/// Mean and precision of all latents, bin after bin, before anything is observed; first bins are N(0, I).
pub fn prior(
    segments: &[Range<usize>],
    states: &[usize],
    dynamics: &[Dynamics],
) -> (Array1<f64>, Array2<f64>) {
    let d = dynamics[0].offset.len();
    let n = states.len() * d;
    let (mut mean, mut precision) = (Array1::zeros(n), Array2::<f64>::zeros((n, n)));
    for segment in segments {
        let at = |bin: usize| bin * d..(bin + 1) * d;
        let first = at(segment.start);
        precision.slice_mut(s![first.clone(), first]).diag_mut().mapv_inplace(|x| x + 1.0);
        for bin in segment.start..segment.end - 1 {
            let Dynamics { transition, offset, noise } = &dynamics[states[bin]];
            let (weight, _) = invert(noise);
            // The step's residual is (-A, I) of both bins.
            let mut map = Array2::zeros((d, 2 * d));
            map.slice_mut(s![.., ..d]).assign(&-transition);
            map.slice_mut(s![.., d..]).assign(&Array2::eye(d));
            let both = bin * d..(bin + 2) * d;
            let mut block = precision.slice_mut(s![both.clone(), both]);
            block += &map.t().dot(&weight).dot(&map);
            let next = transition.dot(&mean.slice(s![at(bin)])) + offset;
            mean.slice_mut(s![at(bin + 1)]).assign(&next);
        }
    }
    (mean, precision)
}
