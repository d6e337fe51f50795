//! Changes that count as none.

use neuroloom_math::quantile;

/// Standard deviations per median absolute deviation of a normal variable.
const DEVIATION_PER_MAD: f64 = 1.4826;

/// How small a derivative counts as 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// `|g| <= theta`, in the unit of the derivative.
    Fixed(f64),
    /// `|g| <= k` robust standard deviations of the neuron's own derivative: `1.4826 median |g - median g|`.
    Deviations(f64),
}

impl Default for Threshold {
    fn default() -> Self {
        Self::Fixed(0.0)
    }
}

impl Threshold {
    /// Sets the small ones of the derivatives `g` of a neuron to 0; NaN stays.
    pub fn apply(self, g: &mut [f64]) {
        let theta = match self {
            Self::Fixed(theta) => theta,
            Self::Deviations(k) => k * DEVIATION_PER_MAD * median_deviation(g),
        };
        g.iter_mut().filter(|g| g.abs() <= theta).for_each(|g| *g = 0.0);
    }
}

/// Median distance from the median, of those that are no NaN; 0 where there are none.
fn median_deviation(g: &[f64]) -> f64 {
    let mut valid: Vec<f64> = g.iter().copied().filter(|g| !g.is_nan()).collect();
    let Some(median) = quantile(&mut valid, 0.5) else { return 0.0 };
    valid.iter_mut().for_each(|g| *g = (*g - median).abs());
    quantile(&mut valid, 0.5).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_itself_counts_as_none() {
        let mut g = [0.5, -0.5, 0.6, -0.6, f64::NAN];
        Threshold::Fixed(0.5).apply(&mut g);
        assert_eq!(&g[..4], [0.0, 0.0, 0.6, -0.6]);
        assert!(g[4].is_nan());
    }

    #[test]
    fn deviations_are_those_of_the_neuron() {
        // Median 1, distances 1, 0, 0, 0, 99: the median deviation is 0, so that only zeros are zeros.
        let mut g = [0.0, 1.0, 1.0, 1.0, 100.0];
        Threshold::Deviations(3.0).apply(&mut g);
        assert_eq!(g, [0.0, 1.0, 1.0, 1.0, 100.0]);
        // Median 3, distances 2, 1, 0, 1, 2: the median deviation is 1.
        let mut g = [1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN];
        Threshold::Deviations(2.0).apply(&mut g);
        assert_eq!(&g[..5], [0.0, 0.0, 3.0, 4.0, 5.0]);
    }
}
