//! Traces on one scale.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done to the trace of a neuron before its derivative is taken. NaN samples do not count and stay NaN; a
/// trace that does not vary becomes 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalize {
    /// From 0 to 1: less its minimum, over its range.
    #[default]
    Minmax,
    /// Less its mean, over its standard deviation (over n).
    Zscore,
    /// Nothing: the unit of the trace is that of the affinity.
    None,
}

impl Normalize {
    /// The normalised trace.
    pub fn apply(self, trace: &[f64]) -> Vec<f64> {
        let (origin, scale) = match self {
            Self::None => return trace.to_vec(),
            Self::Minmax => range(trace),
            Self::Zscore => moments(trace),
        };
        let normalized = |&x: &f64| {
            if x.is_nan() {
                f64::NAN
            } else if scale > 0.0 {
                (x - origin) / scale
            } else {
                0.0
            }
        };
        trace.iter().map(normalized).collect()
    }
}

/// Minimum and range of the samples that are no NaN.
fn range(trace: &[f64]) -> (f64, f64) {
    let (min, max) = trace.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &x| {
        // `min` and `max` of floats pass over NaN.
        (min.min(x), max.max(x))
    });
    (min, max - min)
}

/// Mean and standard deviation of the samples that are no NaN.
fn moments(trace: &[f64]) -> (f64, f64) {
    let valid: Vec<f64> = trace.iter().copied().filter(|x| !x.is_nan()).collect();
    let mean = neuroloom_math::mean(&valid);
    // A constant whose mean is rounded would otherwise vary by the rounding.
    if valid.iter().all(|x| Some(x) == valid.first()) {
        return (mean, 0.0);
    }
    let squares: Vec<f64> = valid.iter().map(|x| (x - mean) * (x - mean)).collect();
    (mean, neuroloom_math::mean(&squares).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_becomes_one_and_gaps_stay() {
        let found = Normalize::Minmax.apply(&[2.0, f64::NAN, 6.0, 4.0]);
        assert_eq!([found[0], found[2], found[3]], [0.0, 1.0, 0.5]);
        assert!(found[1].is_nan());
    }

    #[test]
    fn z_scores_have_mean_0_and_deviation_1() {
        let found = Normalize::Zscore.apply(&[1.0, 3.0, f64::NAN]);
        assert_eq!(&found[..2], [-1.0, 1.0]);
    }

    #[test]
    fn what_does_not_vary_is_0() {
        for how in [Normalize::Minmax, Normalize::Zscore] {
            assert_eq!(how.apply(&[0.1; 7]), [0.0; 7]);
        }
    }
}
