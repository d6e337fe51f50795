//! Model RDMs: what the dissimilarities would be if the brain represented a variable in a known geometry.
//!
//! Each function returns the upper triangle, row-major, to be given to [`Rdm::new`](crate::Rdm::new). Distances that
//! differ by rounding alone are made equal: equal steps between conditions tie, as ranks and their transforms need it.

use crate::{Result, RsaError, pairs};

/// Conditions on a circle: the shorter arc between two values, `min(δ, period - δ)` with
/// `δ = |x_i - x_j| mod period`. In the unit of the values.
///
/// # Errors
/// A period that is not a finite number above 0, a value that is not finite.
pub fn ring(values: &[f64], period: f64) -> Result<Vec<f64>> {
    if !(period.is_finite() && period > 0.0) {
        return Err(RsaError::BadPeriod { period });
    }
    check_finite(values)?;
    let arc = |(i, j): (usize, usize)| {
        let delta = (values[i] - values[j]).abs() % period;
        delta.min(period - delta)
    };
    Ok(tied(pairs(values.len()).map(arc).collect()))
}

/// Conditions on a line: `|x_i - x_j|`, in the unit of the values.
///
/// # Errors
/// A value that is not finite.
pub fn line(values: &[f64]) -> Result<Vec<f64>> {
    check_finite(values)?;
    Ok(tied(pairs(values.len()).map(|(i, j)| (values[i] - values[j]).abs()).collect()))
}

/// Conditions in groups: 0 within a category, 1 between categories.
pub fn category<T: PartialEq>(categories: &[T]) -> Vec<f64> {
    pairs(categories.len()).map(|(i, j)| f64::from(categories[i] != categories[j])).collect()
}

/// Distances within this share of the largest are the same distance.
const ROUNDING: f64 = 1e-12;

/// Gives every distance the smallest of those that differ from it by rounding.
fn tied(mut distances: Vec<f64>) -> Vec<f64> {
    let tolerance = ROUNDING * distances.iter().copied().fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..distances.len()).collect();
    order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]));
    let mut smallest = f64::NEG_INFINITY;
    for place in order {
        if distances[place] - smallest > tolerance {
            smallest = distances[place];
        }
        distances[place] = smallest;
    }
    distances
}

fn check_finite(values: &[f64]) -> Result<()> {
    match values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((condition, &value)) => Err(RsaError::NonFiniteValue { condition, value }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_way_round_the_ring_counts() {
        assert_eq!(ring(&[0.0, 90.0, 180.0, 270.0], 360.0).unwrap(), [90.0, 180.0, 90.0, 90.0, 180.0, 90.0]);
        assert_eq!(ring(&[-10.0, 730.0], 360.0).unwrap(), [20.0]);
    }

    #[test]
    fn equal_steps_tie_though_their_ends_are_rounded() {
        let centres: Vec<f64> =
            (0..36).map(|bin| (f64::from(bin) + 0.5) * std::f64::consts::TAU / 36.0).collect();
        let distinct = |mut distances: Vec<f64>| {
            distances.sort_by(f64::total_cmp);
            distances.dedup();
            distances.len()
        };
        assert_eq!(distinct(ring(&centres, std::f64::consts::TAU).unwrap()), 18);
        assert_eq!(distinct(line(&centres).unwrap()), 35);
    }

    #[test]
    fn the_line_has_no_way_round() {
        assert_eq!(line(&[0.0, 90.0, 270.0]).unwrap(), [90.0, 270.0, 180.0]);
    }

    #[test]
    fn categories_differ_between_and_not_within() {
        assert_eq!(category(&["face", "house", "face"]), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn unfit_periods_and_values_are_refused() {
        assert_eq!(ring(&[0.0, 1.0], 0.0), Err(RsaError::BadPeriod { period: 0.0 }));
        assert!(matches!(line(&[0.0, f64::NAN]), Err(RsaError::NonFiniteValue { condition: 1, .. })));
    }
}
