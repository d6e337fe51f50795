//! Centre and spread of samples.

use neuroloom_math::quantile;

/// Standard deviation of a normal distribution over its median absolute deviation, `1 / Phi^-1(3/4)`.
const NORMAL_OVER_MAD: f64 = 1.482_602_218_505_602;

/// A centre and a spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// What becomes 0.
    pub centre: f64,
    /// What becomes 1; NaN where the samples do not vary.
    pub spread: f64,
}

impl Scale {
    /// `(x - centre) / spread`.
    pub fn apply(self, x: f64) -> f64 {
        (x - self.centre) / self.spread
    }
}

/// Mean and standard deviation (divided by `n`) of the samples that are not NaN, in two passes.
///
/// ```
/// use neuroloom_prepare::zscore::mean_and_deviation;
///
/// let scale = mean_and_deviation(&[1.0, f64::NAN, 3.0]);
/// assert_eq!((scale.centre, scale.spread), (2.0, 1.0));
/// ```
pub fn mean_and_deviation(samples: &[f64]) -> Scale {
    let valid = || samples.iter().filter(|x| !x.is_nan());
    let n = valid().count() as f64;
    let centre = valid().sum::<f64>() / n;
    let variance = valid().map(|x| (x - centre).powi(2)).sum::<f64>() / n;
    Scale { centre, spread: varies(samples, variance.sqrt()) }
}

/// Median and 1.4826 times the median absolute deviation of the samples that are not NaN.
pub fn median_and_deviation(samples: &[f64]) -> Scale {
    let mut valid: Vec<f64> = samples.iter().copied().filter(|x| !x.is_nan()).collect();
    let centre = quantile(&mut valid, 0.5).unwrap_or(f64::NAN);
    for x in &mut valid {
        *x = (*x - centre).abs();
    }
    let deviation = quantile(&mut valid, 0.5).unwrap_or(f64::NAN);
    Scale { centre, spread: varies(samples, NORMAL_OVER_MAD * deviation) }
}

/// `spread`, unless it is nothing but the rounding of a mean.
fn varies(samples: &[f64], spread: f64) -> f64 {
    let mut valid = samples.iter().copied().filter(|x| !x.is_nan());
    let first = valid.next();
    let constant = valid.all(|x| Some(x) == first);
    if constant || spread <= 0.0 { f64::NAN } else { spread }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn z(samples: &[f64]) -> Vec<f64> {
        let scale = mean_and_deviation(samples);
        samples.iter().map(|&x| scale.apply(x)).collect()
    }

    proptest! {
        #[test]
        fn z_scores_have_mean_zero_and_variance_one(samples in prop::collection::vec(-9.0..9.0f64, 3..60)) {
            let z = z(&samples);
            let n = z.len() as f64;
            prop_assert!((z.iter().sum::<f64>() / n).abs() < 1e-10);
            prop_assert!((z.iter().map(|x| x * x).sum::<f64>() / n - 1.0).abs() < 1e-10);
        }

        #[test]
        fn scale_and_offset_of_the_source_do_not_matter(
            samples in prop::collection::vec(-9.0..9.0f64, 3..60), scale in 0.1..9.0f64, offset in -9.0..9.0f64,
        ) {
            let moved: Vec<f64> = samples.iter().map(|x| scale * x + offset).collect();
            for (a, b) in z(&samples).iter().zip(z(&moved)) {
                prop_assert!((a - b).abs() < 1e-8);
            }
            let (a, b) = (median_and_deviation(&samples), median_and_deviation(&moved));
            prop_assert!((b.centre - (scale * a.centre + offset)).abs() < 1e-10);
            prop_assert!((b.spread - scale * a.spread).abs() < 1e-10);
        }

        #[test]
        fn a_transient_of_any_size_barely_moves_the_robust_scale(height in 10.0..1e6f64) {
            let mut samples: Vec<f64> = (0..101).map(|i| f64::from(i % 11)).collect();
            samples[50] = height;
            let scale = median_and_deviation(&samples);
            prop_assert!((scale.centre - 5.0).abs() <= 1.0 && (scale.spread / NORMAL_OVER_MAD - 3.0).abs() <= 1.0);
        }
    }

    #[test]
    fn a_constant_has_no_z_score() {
        // The mean of these is not exactly 0.1 in double precision.
        assert!(mean_and_deviation(&[0.1; 10]).spread.is_nan());
        assert!(median_and_deviation(&[0.1; 10]).spread.is_nan());
        assert!(mean_and_deviation(&[]).spread.is_nan());
    }
}
