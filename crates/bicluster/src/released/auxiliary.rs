//! Paths of clusters that may be opened.

use ndarray::{Array1, Array2, Axis};
use rand::{Rng, RngExt};

use crate::Counts;
use crate::start::slow_paths;

/// Knots of a spline lie within.
const KNOT: f64 = 0.2;
/// At most one value of a spline is larger.
const LARGEST: f64 = 2.0;

/// A centred path `[T, width]`: a slow autoregression, or splines.
pub(super) fn path(counts: &Counts, width: usize, by_splines: bool, rng: &mut impl Rng) -> Array2<f64> {
    let mut path =
        if by_splines { splines(counts.n_bins(), width, rng) } else { slow_paths(counts, width, rng) };
    if let Some(means) = path.mean_axis(Axis(0)) {
        path -= &means;
    }
    path
}

/// Cubic splines through 10 to 35 knots, each a row of its own.
fn splines(n_bins: usize, width: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut path = Array2::zeros((n_bins, width));
    for mut row in path.columns_mut() {
        loop {
            let n_knots = (25.0 * rng.random::<f64>()).ceil() as usize + 10;
            let knots: Vec<f64> = (0..n_knots).map(|_| rng.random_range(-KNOT..KNOT)).collect();
            let values = natural_spline(&knots, n_bins);
            let mean = values.mean().unwrap_or(0.0);
            row.assign(&(values - mean));
            if row.iter().filter(|value| value.abs() > LARGEST).count() <= 1 {
                break;
            }
        }
    }
    path
}

/// The natural cubic spline through `knots` at even distances, at `n` even places from the first knot to the last.
fn natural_spline(knots: &[f64], n: usize) -> Array1<f64> {
    let curvatures = curvatures(knots);
    let scale = (knots.len() - 1) as f64 / (n.max(2) - 1) as f64;
    Array1::from_shape_fn(n, |place| {
        let at = place as f64 * scale;
        let left = (at as usize).min(knots.len() - 2);
        let (b, a) = (at - left as f64, 1.0 - (at - left as f64));
        let bend = |x: f64| (x * x * x - x) / 6.0;
        a * knots[left] + b * knots[left + 1] + bend(a) * curvatures[left] + bend(b) * curvatures[left + 1]
    })
}

/// Second derivatives at knots of distance 1, 0 at both ends: a tridiagonal system.
fn curvatures(knots: &[f64]) -> Vec<f64> {
    let n = knots.len();
    let (mut upper, mut found) = (vec![0.0; n], vec![0.0; n]);
    for i in 1..n - 1 {
        let right = 6.0 * (knots[i - 1] - 2.0 * knots[i] + knots[i + 1]);
        let pivot = 4.0 - upper[i - 1];
        upper[i] = 1.0 / pivot;
        found[i] = (right - found[i - 1]) / pivot;
    }
    for i in (1..n - 1).rev() {
        found[i] -= upper[i] * found[i + 1];
    }
    found
}

#[cfg(test)]
mod tests {
    use ndarray::s;
    use neuroloom_core::Seed;

    use super::*;

    #[test]
    fn a_spline_goes_through_its_knots_and_has_no_jump_in_its_slope() {
        let knots = [0.3, -0.2, 0.9, 0.1, 0.4];
        let values = natural_spline(&knots, 401);
        for (knot, &value) in knots.iter().enumerate() {
            assert!((values[100 * knot] - value).abs() < 1e-12);
        }
        let bends = values.windows(3).into_iter().map(|of| (of[0] - 2.0 * of[1] + of[2]).abs());
        assert!(bends.fold(0.0, f64::max) < 1e-3);
    }

    #[test]
    fn paths_are_centred() {
        let counts =
            Counts::new(Array2::zeros((1, 90)), Array2::from_elem((1, 90), true), vec![0..40, 40..90]);
        for by_splines in [false, true] {
            let path = path(&counts, 3, by_splines, &mut Seed::root(3).rng());
            assert!(path.slice(s![.., 1]).sum().abs() < 1e-10);
            assert!(path.iter().any(|value| value.abs() > 0.01));
        }
    }
}
