//! How much rows vary around a bin.

use std::ops::Range;

use ndarray::{Array1, Array2, s};

/// Squares of the entries of `rows` `[n, T]`, averaged under a Gaussian of standard deviation `sd` bins within segments.
pub(crate) fn local_power(rows: &Array2<f64>, segments: &[Range<usize>], sd: f64) -> Array2<f64> {
    let mut local = Array2::zeros(rows.dim());
    for (row, mut smooth) in rows.outer_iter().zip(local.outer_iter_mut()) {
        for segment in segments {
            let power = row.slice(s![segment.clone()]).mapv(|value| value * value);
            smooth.slice_mut(s![segment.clone()]).assign(&smoothed(&power, sd));
        }
    }
    local
}

/// Means under a Gaussian window, which is cut at the ends.
fn smoothed(values: &Array1<f64>, sd: f64) -> Array1<f64> {
    let reach = (3.0 * sd) as usize;
    let weight = |distance: usize| (-0.5 * (distance as f64 / sd).powi(2)).exp();
    let weights: Vec<f64> = (0..=reach).map(weight).collect();
    Array1::from_shape_fn(values.len(), |at| {
        let window = at.saturating_sub(reach)..(at + reach + 1).min(values.len());
        let (sum, total) = window.fold((0.0, 0.0), |(sum, total), other| {
            let weight = weights[other.abs_diff(at)];
            (sum + weight * values[other], total + weight)
        });
        sum / total
    })
}
