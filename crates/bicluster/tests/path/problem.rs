//! Small problems with everything random.

use std::ops::Range;

use ndarray::{Array1, Array2};
use neuroloom_bicluster::{Counts, Dynamics};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};

pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

pub fn normals(shape: (usize, usize), rng: &mut impl Rng) -> Array2<f64> {
    Array2::from_shape_fn(shape, |_| StandardNormal.sample(rng))
}

/// Dynamics that differ much between states.
pub fn dynamics(n_states: usize, d: usize, rng: &mut impl Rng) -> Vec<Dynamics> {
    let one = |_| {
        let root = normals((d, d), rng) * 0.3;
        Dynamics {
            transition: normals((d, d), rng) * (0.8 / (d as f64).sqrt()),
            offset: Array1::from_shape_fn(d, |_| StandardNormal.sample(rng)),
            noise: root.dot(&root.t()) + Array2::<f64>::eye(d) * 0.05,
        }
    };
    (0..n_states).map(one).collect()
}

/// Negative-binomial counts given eta `[N, T]`; a share of the entries is not seen.
pub fn counts(
    eta: &Array2<f64>,
    r: f64,
    hidden: f64,
    segments: Vec<Range<usize>>,
    rng: &mut impl Rng,
) -> Counts {
    let counts = eta.mapv(|eta| {
        let rate: f64 = Gamma::new(r, eta.exp() / r).unwrap().sample(rng);
        Poisson::new(rate.max(1e-12)).unwrap().sample(rng) as u32
    });
    let seen = Array2::from_shape_fn(eta.dim(), |_| rng.random::<f64>() >= hidden);
    Counts::new(counts, seen, segments)
}

/// One segment of all bins.
pub fn whole(n_bins: usize) -> Vec<Range<usize>> {
    std::iter::once(0..n_bins).collect()
}
