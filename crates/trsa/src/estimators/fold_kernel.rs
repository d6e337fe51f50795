use std::ops::Range;

use neuroloom_math::SymmetricProduct;

use super::Patterns;

/// `K = (S S' - Σ_f A_f A_f') / (R (R - 1))`, the mean of `A_f A_g'` over all ordered pairs of different folds, of rows
/// that `fill(fold, condition, channels, row)` writes; `S` is the sum of the folds.
pub(super) fn fold_kernel(
    patterns: Patterns<'_>,
    fill: impl Fn(usize, usize, Range<usize>, &mut [f64]) + Sync,
) -> SymmetricProduct {
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let weight = 1.0 / (n_folds * (n_folds - 1)) as f64;
    let mut kernel = SymmetricProduct::new(n_conditions);
    for channels in SymmetricProduct::panels(n_channels) {
        for fold in 0..n_folds {
            kernel
                .add(channels.len(), -weight, |condition, row| fill(fold, condition, channels.clone(), row));
        }
        kernel.add(channels.len(), weight, |condition, row| {
            let mut other = vec![0.0; row.len()];
            fill(0, condition, channels.clone(), row);
            for fold in 1..n_folds {
                fill(fold, condition, channels.clone(), &mut other);
                row.iter_mut().zip(&other).for_each(|(sum, value)| *sum += value);
            }
        });
    }
    kernel
}

/// Mean over the channels of the pattern of every condition in every fold, `[n_folds * n_conditions]`.
pub(super) fn levels(patterns: Patterns<'_>) -> Vec<f64> {
    let (n_folds, n_conditions, n_channels) = patterns.dim();
    let mut row = vec![0.0; n_channels];
    let mut levels = Vec::with_capacity(n_folds * n_conditions);
    for fold in 0..n_folds {
        for condition in 0..n_conditions {
            patterns.row(fold, condition, 0..n_channels, &mut row);
            levels.push(neuroloom_math::mean(&row));
        }
    }
    levels
}
