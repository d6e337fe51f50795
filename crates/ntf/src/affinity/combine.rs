//! One affinity out of two signed roots.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the roots of two neurons make their affinity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// `|h_i| |h_j|`: the geometric mean of the two changes (`power` 1) or their product (2).
    #[default]
    Geometric,
    /// `min(|h_i|, |h_j|)²`: the smaller of the two changes, to the `power`. It is no sum of products, so that there
    /// is no implicit form of it.
    Min,
}

impl Combine {
    /// The affinity of neurons with signed roots `a` and `b`: 0 unless both rise or both fall; NaN where one is.
    pub fn affinity(self, a: f64, b: f64) -> f64 {
        if a.is_nan() || b.is_nan() {
            f64::NAN
        } else if !((a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0)) {
            0.0
        } else {
            match self {
                Self::Geometric => a * b,
                Self::Min => a.abs().min(b.abs()).powi(2),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_in_one_direction_have_an_affinity() {
        for combine in [Combine::Geometric, Combine::Min] {
            assert_eq!(combine.affinity(2.0, -3.0), 0.0);
            assert_eq!(combine.affinity(0.0, 3.0), 0.0);
            assert_eq!(combine.affinity(-0.0, -3.0), 0.0);
            assert!(combine.affinity(f64::NAN, 0.0).is_nan());
        }
        assert_eq!(Combine::Geometric.affinity(-2.0, -3.0), 6.0);
        assert_eq!(Combine::Min.affinity(-2.0, -3.0), 4.0);
    }
}
