//! How latents move in each state.

use std::f64::consts::PI;

use ndarray::{Array2, ArrayView2, s};
use neuroloom_core::Seed;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::Generator;
use crate::embedding::random_orthonormal;

/// Angles of the rotating states, radian per bin.
const ANGLES: [f64; MAX_STATES - 1] = [PI / 20.0, PI / 10.0, PI / 6.0];
/// States at most.
pub(super) const MAX_STATES: usize = 4;
/// What the state without memory keeps of a latent.
const KEPT: f64 = 0.01;

/// A of every state, `[D, D]`: of state 0 a hundredth of the identity; of state s > 0 a rotation by its angle, times the
/// growth, of every cluster's latents, in a plane of its own.
pub(super) fn transitions(generator: &Generator, seed: Seed) -> Vec<Array2<f64>> {
    let memoryless = Array2::eye(generator.n_dimensions()) * KEPT;
    let rotating = ANGLES.iter().enumerate().map(|(state, &angle)| {
        rotation_of_all(generator, angle, seed.child_index(state as u64)) * generator.growth
    });
    std::iter::once(memoryless).chain(rotating).take(generator.n_states).collect()
}

/// Rotations of all clusters, block by block.
fn rotation_of_all(generator: &Generator, angle: f64, seed: Seed) -> Array2<f64> {
    let (width, n) = (generator.width(), generator.n_dimensions());
    let mut all = Array2::zeros((n, n));
    for cluster in 0..generator.n_per.len() {
        let (start, stop) = (cluster * width, (cluster + 1) * width);
        let block = rotation(width, angle, &mut seed.child_index(cluster as u64).rng());
        all.slice_mut(s![start..stop, start..stop]).assign(&block);
    }
    all
}

/// `O' R O` with a random orthogonal `O` and a rotation `R` of its first two axes.
fn rotation(width: usize, angle: f64, rng: &mut impl Rng) -> Array2<f64> {
    let axes = random_orthonormal(width, width, rng);
    let mut turned = axes.clone();
    let (sin, cos) = angle.sin_cos();
    let (first, second) = (axes.row(0), axes.row(1));
    turned.row_mut(0).assign(&(&first * cos - &second * sin));
    turned.row_mut(1).assign(&(&first * sin + &second * cos));
    axes.t().dot(&turned)
}

/// Latents `[n, D]` from a standard normal start: `X_{t+1} = A X_t + e`, e ~ N(0, q I), with A of the state `drives[t]`.
pub(super) fn path(
    generator: &Generator,
    transitions: &[Array2<f64>],
    drives: &[usize],
    seed: Seed,
) -> Array2<f64> {
    let mut rng = seed.rng();
    let sd = generator.noise_variance.sqrt();
    let mut path = Array2::from_shape_simple_fn((drives.len(), generator.n_dimensions()), || {
        let noise: f64 = StandardNormal.sample(&mut rng);
        sd * noise
    });
    path.row_mut(0).mapv_inplace(|noise| noise / sd);
    for t in 1..drives.len() {
        let moved = transitions[drives[t - 1]].dot(&path.row(t - 1));
        let mut next = path.row_mut(t);
        next += &moved;
    }
    path
}

/// Log density of every step `t -> t + 1` of a path in every state, `[T - 1, n_states]`, up to a constant.
pub(super) fn log_density_of_steps(
    path: ArrayView2<'_, f64>,
    transitions: &[Array2<f64>],
    noise_variance: f64,
) -> Array2<f64> {
    let (before, after) = (path.slice(s![..-1, ..]), path.slice(s![1.., ..]));
    let mut logs = Array2::zeros((before.nrows(), transitions.len()));
    for (mut column, transition) in logs.columns_mut().into_iter().zip(transitions) {
        let errors = &after - before.dot(&transition.t());
        let squares = errors.rows().into_iter().map(|error| error.dot(&error));
        column.iter_mut().zip(squares).for_each(|(log, square)| *log = -0.5 * square / noise_variance);
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_turns_a_plane_and_keeps_lengths() {
        let turn = rotation(4, PI / 10.0, &mut Seed::root(1).rng());
        let unit = turn.dot(&turn.t()) - Array2::<f64>::eye(4);
        assert!(unit.iter().all(|error| error.abs() < 1e-12));
        // The trace of a rotation of one plane in four dimensions is 2 + 2 cos of its angle.
        assert!((turn.diag().sum() - 2.0 - 2.0 * (PI / 10.0).cos()).abs() < 1e-12);
        let twenty = (0..20).fold(Array2::eye(4), |product: Array2<f64>, _| product.dot(&turn));
        assert!((twenty - Array2::<f64>::eye(4)).iter().all(|error| error.abs() < 1e-12), "20 x 18 degrees");
    }

    #[test]
    fn clusters_do_not_interact() {
        let generator = Generator::default();
        let found = transitions(&generator, Seed::root(2));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Array2::<f64>::eye(9) * 0.01);
        let across = found[1].indexed_iter().filter(|((i, j), _)| i / 3 != j / 3);
        assert!(across.into_iter().all(|(_, &value)| value == 0.0));
    }
}
