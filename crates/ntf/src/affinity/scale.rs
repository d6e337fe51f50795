//! The size of the tensor of an animal, without its entries.

use ndarray::{Array2, ArrayView2};

use super::Combine;
use crate::Layout;

/// Divides the affinities of an animal by their Frobenius norm and gives that norm. An animal without any affinity
/// stays as it is; its norm is 0.
pub fn scale_to_unit_norm(roots: &mut Array2<f64>, combine: Combine, layout: Layout) -> f64 {
    let norm = sum_of_squares(roots.view(), combine, layout).sqrt();
    if norm > 0.0 {
        // Affinities are of degree 2 in the roots.
        let root = norm.sqrt();
        roots.mapv_inplace(|h| h / root);
    }
    norm
}

/// `||X||²` of the tensor that signed roots `[n_neurons, n_frames]` of an animal stand for; NaN counts as masked. With
/// `layout: square` every pair stands twice.
pub fn sum_of_squares(roots: ArrayView2<'_, f64>, combine: Combine, layout: Layout) -> f64 {
    let over_pairs = match combine {
        Combine::Geometric => products(roots),
        Combine::Min => minima(roots),
    };
    match layout {
        Layout::Pairs => over_pairs,
        Layout::Square => 2.0 * over_pairs,
    }
}

/// `sum_t sum_{i<j} h_i² h_j²` over those of one sign: each neuron times the sum of those before it. The closed form
/// `((sum h²)² - sum h⁴)/2` cancels where one neuron is much larger than all others.
fn products(roots: ArrayView2<'_, f64>) -> f64 {
    let n_frames = roots.ncols();
    let [mut rising, mut falling, mut total] =
        [vec![0.0; n_frames], vec![0.0; n_frames], vec![0.0; n_frames]];
    for row in roots.rows() {
        for (t, &h) in row.iter().enumerate() {
            // Neither holds for NaN.
            let before = if h > 0.0 {
                &mut rising[t]
            } else if h < 0.0 {
                &mut falling[t]
            } else {
                continue;
            };
            total[t] += h * h * *before;
            *before += h * h;
        }
    }
    neuroloom_math::sum(&total)
}

/// `sum_t sum_{i<j} min(|h_i|, |h_j|)⁴` over those of one sign: in ascending order, each is the smaller one of as
/// many pairs as there are neurons behind it.
fn minima(roots: ArrayView2<'_, f64>) -> f64 {
    let frame = |column: ndarray::ArrayView1<'_, f64>| -> f64 {
        [1.0, -1.0].into_iter().map(|sign| smaller_ones(column.iter().map(|h| sign * h))).sum()
    };
    let frames: Vec<f64> = roots.columns().into_iter().map(frame).collect();
    neuroloom_math::sum(&frames)
}

fn smaller_ones(changes: impl Iterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = changes.filter(|h| *h > 0.0).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.iter().rev().enumerate().map(|(n_larger, h)| n_larger as f64 * h.powi(4)).sum()
}
