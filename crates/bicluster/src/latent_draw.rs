//! Loadings, latents and dynamics of a draw, and the coordinates in which they are told.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, s};
use neuroloom_math::{MathError, principal_axes};

use crate::Dynamics;

/// Loadings, latents and dynamics of a draw of N neurons in K clusters, T bins and p latents per cluster; D = K (p + 1).
///
/// Only products are told by counts: latents may move by a constant that baselines take up, and turn if loadings turn
/// with them. [`canonical`](Self::canonical) chooses one of these descriptions; expected counts are the same in all.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentDraw {
    /// Cluster of every neuron, `[N]`.
    pub labels: Vec<usize>,
    /// (d, c) of every neuron, `[N, p + 1]`.
    pub loadings: Array2<f64>,
    /// Latents, `[T, D]`; cluster j has columns j (p + 1) .. (j + 1)(p + 1), its population baseline mu first.
    pub paths: Array2<f64>,
    /// (A, b, Q) of every state that occurs.
    pub dynamics: Vec<Dynamics>,
}

impl LatentDraw {
    /// Latents of a cluster with its population baseline, p + 1.
    pub fn width(&self) -> usize {
        self.loadings.ncols()
    }

    /// Latents of a cluster, `[T, p + 1]`.
    pub fn cluster(&self, cluster: usize) -> ArrayView2<'_, f64> {
        let width = self.width();
        self.paths.slice(s![.., cluster * width..(cluster + 1) * width])
    }

    /// Log expected counts of a neuron, `[T]`: `d + mu + c' x`.
    pub fn log_rates(&self, unit: usize) -> Array1<f64> {
        let loadings = self.loadings.row(unit);
        let mut weights = loadings.to_owned();
        weights[0] = 1.0; // of mu
        self.cluster(self.labels[unit]).dot(&weights) + loadings[0]
    }

    /// Log expected count of a neuron in a bin.
    pub fn log_rate(&self, unit: usize, bin: usize) -> f64 {
        let (loadings, latents) = (self.loadings.row(unit), self.cluster(self.labels[unit]));
        let latents = latents.row(bin);
        loadings[0] + latents[0] + loadings.slice(s![1..]).dot(&latents.slice(s![1..]))
    }

    /// Latents with mean 0, and those of every cluster along their principal axes, the longest first, with signs by the
    /// sum of cubes. Baselines, loadings and dynamics follow.
    ///
    /// # Errors
    /// When latents are not finite.
    pub fn canonical(&mut self) -> Result<(), MathError> {
        self.centre();
        for cluster in 0..self.paths.ncols() / self.width() {
            let axes = principal_axes(self.cluster(cluster).slice(s![.., 1..]))?.axes;
            self.turn(cluster, axes.view());
        }
        Ok(())
    }

    /// Moves the means of latents to baselines: d += mean mu + c' mean x, b += (A - I) means.
    fn centre(&mut self) {
        let Some(means) = self.paths.mean_axis(Axis(0)) else { return };
        self.paths -= &means;
        let width = self.width();
        for (mut row, &label) in self.loadings.outer_iter_mut().zip(&self.labels) {
            let of_cluster = means.slice(s![label * width..(label + 1) * width]);
            row[0] += of_cluster[0] + row.slice(s![1..]).dot(&of_cluster.slice(s![1..]));
        }
        for dynamics in &mut self.dynamics {
            let moved = dynamics.transition.dot(&means) - &means;
            dynamics.offset += &moved;
        }
    }

    /// Turns the latents of a cluster, `x <- R x`, by an orthogonal `R` `[p, p]`.
    pub(crate) fn turn(&mut self, cluster: usize, rotation: ArrayView2<'_, f64>) {
        let start = cluster * self.width();
        let (first, last) = (start + 1, start + self.width());
        turn_columns(self.paths.slice_mut(s![.., first..last]), rotation);
        for (mut row, &label) in self.loadings.outer_iter_mut().zip(&self.labels) {
            if label == cluster {
                let turned = rotation.dot(&row.slice(s![1..]));
                row.slice_mut(s![1..]).assign(&turned);
            }
        }
        for dynamics in &mut self.dynamics {
            for matrix in [&mut dynamics.transition, &mut dynamics.noise] {
                turn_columns(matrix.slice_mut(s![.., first..last]), rotation);
                turn_columns(matrix.slice_mut(s![first..last, ..]).reversed_axes(), rotation);
            }
            let turned = rotation.dot(&dynamics.offset.slice(s![first..last]));
            dynamics.offset.slice_mut(s![first..last]).assign(&turned);
        }
    }

    /// The same with cluster `order[0]` first, and so on: every cluster once.
    pub(crate) fn dynamics_in_order(&self, order: &[usize]) -> Vec<Dynamics> {
        let width = self.width();
        let rows: Vec<usize> =
            order.iter().flat_map(|&cluster| cluster * width..(cluster + 1) * width).collect();
        let square = |matrix: &Array2<f64>| matrix.select(Axis(0), &rows).select(Axis(1), &rows);
        let ordered = |dynamics: &Dynamics| Dynamics {
            transition: square(&dynamics.transition),
            offset: dynamics.offset.select(Axis(0), &rows),
            noise: square(&dynamics.noise),
        };
        self.dynamics.iter().map(ordered).collect()
    }
}

/// `X R'`: every row turned.
fn turn_columns(mut columns: ArrayViewMut2<'_, f64>, rotation: ArrayView2<'_, f64>) {
    let turned = columns.dot(&rotation.t());
    columns.assign(&turned);
}

/// The orthogonal `R` `[p, p]` for which `x R'` is nearest to `reference`, both `[T, p]` (Schönemann 1966).
///
/// # Errors
/// When either is not finite.
pub(crate) fn procrustes(
    x: ArrayView2<'_, f64>,
    reference: ArrayView2<'_, f64>,
) -> Result<Array2<f64>, MathError> {
    // reference' x = U S V'; R = U V'. Left singular vectors are images of right ones, where these have any.
    let product = reference.t().dot(&x);
    let right = principal_axes(product.view())?;
    let mut left = Array2::<f64>::zeros(product.dim());
    for place in 0..left.nrows() {
        let image = product.dot(&right.axes.row(place));
        let direction = orthogonal_to_earlier(left.view(), place, image.view());
        left.row_mut(place).assign(&direction);
    }
    Ok(left.t().dot(&right.axes))
}

/// `image` less its parts along the first `n` rows of `basis`, of length 1; where nothing is left, an axis that is not
/// yet spanned.
fn orthogonal_to_earlier(basis: ArrayView2<'_, f64>, n: usize, image: ArrayView1<'_, f64>) -> Array1<f64> {
    let p = image.len();
    let scale = image.dot(&image).sqrt();
    let axes = (0..p).map(|axis| Array1::from_shape_fn(p, |i| f64::from(u8::from(i == axis))));
    for candidate in std::iter::once(image.to_owned()).chain(axes) {
        let length = candidate.dot(&candidate).sqrt();
        let mut rest = candidate;
        for _ in 0..2 {
            for row in basis.outer_iter().take(n) {
                let along = row.dot(&rest);
                rest.scaled_add(-along, &row);
            }
        }
        let left = rest.dot(&rest).sqrt();
        if left > 1e-6 * length.max(scale) && left > f64::MIN_POSITIVE {
            return rest / left;
        }
    }
    Array1::zeros(p)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A draw of 5 neurons in 2 clusters, 2 latents each, 9 bins and 2 states from plain numbers.
    fn draw(numbers: &[f64]) -> LatentDraw {
        let mut numbers = numbers.iter().copied().cycle();
        let mut matrix =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || numbers.next().unwrap());
        let mut dynamics = || Dynamics {
            transition: matrix(6, 6),
            offset: matrix(6, 1).remove_axis(Axis(1)),
            noise: {
                let root = matrix(6, 6);
                root.dot(&root.t())
            },
        };
        let dynamics = vec![dynamics(), dynamics()];
        LatentDraw { labels: vec![0, 0, 1, 1, 0], loadings: matrix(5, 3), paths: matrix(9, 6), dynamics }
    }

    /// What is left of a step after the dynamics, in units that no choice of coordinates changes.
    fn step_errors(draw: &LatentDraw) -> Vec<f64> {
        let of = |dynamics: &Dynamics| {
            let steps = (0..8).map(|t| {
                let error = &draw.paths.row(t + 1)
                    - &(dynamics.transition.dot(&draw.paths.row(t)) + &dynamics.offset);
                error.dot(&dynamics.noise.dot(&error))
            });
            steps.collect::<Vec<_>>()
        };
        draw.dynamics.iter().flat_map(of).collect()
    }

    proptest! {
        #[test]
        fn canonical_coordinates_leave_expected_counts_and_dynamics_as_they_are(
            numbers in prop::collection::vec(-2.0..2.0f64, 271),
        ) {
            let before = draw(&numbers);
            let mut after = before.clone();
            after.canonical().unwrap();
            for unit in 0..5 {
                for (t, (a, b)) in before.log_rates(unit).iter().zip(after.log_rates(unit)).enumerate() {
                    prop_assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} {b}");
                    prop_assert!((after.log_rate(unit, t) - b).abs() < 1e-12);
                }
            }
            for (a, b) in step_errors(&before).into_iter().zip(step_errors(&after)) {
                prop_assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
            }
            prop_assert!(after.paths.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-13));
            let once = after.clone();
            after.canonical().unwrap();
            prop_assert!((&after.paths - &once.paths).iter().all(|error| error.abs() < 1e-7));
        }

        #[test]
        fn what_was_turned_is_turned_back(
            values in prop::collection::vec(-2.0..2.0f64, 30), angle in 0.0..6.2f64, flat in prop::bool::ANY,
        ) {
            let mut reference = Array2::from_shape_vec((10, 3), values).unwrap();
            if flat {
                reference.column_mut(2).fill(0.0);
            }
            let (sin, cos) = angle.sin_cos();
            let turn = ndarray::array![[cos, sin, 0.0], [0.0, 0.0, -1.0], [-sin, cos, 0.0]];
            let x = reference.dot(&turn);
            let rotation = procrustes(x.view(), reference.view()).unwrap();
            let unit = rotation.dot(&rotation.t()) - Array2::<f64>::eye(3);
            prop_assert!(unit.iter().all(|error| error.abs() < 1e-9));
            let error = x.dot(&rotation.t()) - &reference;
            prop_assert!(error.iter().all(|error| error.abs() < 1e-6), "{error}");
        }
    }

    #[test]
    fn clusters_may_change_places() {
        let draw = draw(&(0..271).map(|k| f64::from(k) * 0.01).collect::<Vec<_>>());
        let ordered = draw.dynamics_in_order(&[1, 0]);
        assert_eq!(ordered[0].transition[[0, 4]], draw.dynamics[0].transition[[3, 1]]);
        assert_eq!(ordered[1].offset[5], draw.dynamics[1].offset[2]);
        assert_eq!(ordered[1].noise[[1, 2]], draw.dynamics[1].noise[[4, 5]]);
    }
}
