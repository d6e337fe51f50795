//! The subtraction.

use neuroloom_math::quantile;

/// `F_i - alpha Fneu_i`, or `F_i - alpha (Fneu_i - median Fneu)` with `keep_median`. Both signals are of the same
/// samples; NaN in either gives NaN.
///
/// ```
/// use neuroloom_prepare::neuropil::subtract_neuropil;
///
/// assert_eq!(subtract_neuropil(&[10.0, 12.0, 9.0], &[2.0, 4.0, 2.0], 0.5, false), [9.0, 10.0, 8.0]);
/// assert_eq!(subtract_neuropil(&[10.0, 12.0, 9.0], &[2.0, 4.0, 2.0], 0.5, true), [10.0, 11.0, 9.0]);
/// ```
pub fn subtract_neuropil(cell: &[f64], neuropil: &[f64], alpha: f64, keep_median: bool) -> Vec<f64> {
    let kept = if keep_median { median(neuropil) } else { 0.0 };
    cell.iter().zip(neuropil).map(|(cell, neuropil)| cell - alpha * (neuropil - kept)).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut valid: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    quantile(&mut valid, 0.5).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_mixed_in_is_taken_out(
            pairs in prop::collection::vec((-5.0..5.0f64, 0.0..9.0f64), 1..60), alpha in 0.0..1.0f64,
        ) {
            let neuropil: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
            let mixed: Vec<f64> = pairs.iter().map(|(cell, neuropil)| cell + alpha * neuropil).collect();
            for ((cell, _), found) in pairs.iter().zip(subtract_neuropil(&mixed, &neuropil, alpha, false)) {
                prop_assert!((cell - found).abs() < 1e-12);
            }
        }

        #[test]
        fn the_median_comes_back_as_a_constant(
            pairs in prop::collection::vec((-5.0..5.0f64, 0.0..9.0f64), 1..60), alpha in 0.0..1.0f64,
        ) {
            let (cell, neuropil): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let mut sorted = neuropil.clone();
            sorted.sort_by(f64::total_cmp);
            let middle = 0.5 * (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]);
            let plain = subtract_neuropil(&cell, &neuropil, alpha, false);
            for (plain, kept) in plain.iter().zip(subtract_neuropil(&cell, &neuropil, alpha, true)) {
                prop_assert!((kept - plain - alpha * middle).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn nan_in_either_gives_nan() {
        let result = subtract_neuropil(&[f64::NAN, 1.0, 1.0], &[1.0, f64::NAN, 1.0], 0.7, true);
        assert!(result[0].is_nan() && result[1].is_nan());
        assert_eq!(result[2], 1.0);
    }
}
