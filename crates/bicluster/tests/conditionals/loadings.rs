//! Loadings against their posterior on a grid.

use ndarray::{Array1, Array2};
use neuroloom_bicluster::{LoadingPrior, PolyaGamma, sample_loadings};

use crate::support::{assert_moments, log_negative_binomial, one_neuron, rng};

const N_BINS: usize = 30;
const POINTS: usize = 240;

#[test]
fn loadings_have_the_moments_of_their_posterior() {
    let dispersion = 1.7;
    let path = Array2::from_shape_fn((N_BINS, 2), |(t, row)| ((3 * t + 5 * row) as f64).sin());
    let counts: Vec<u32> = (0..N_BINS).map(|t| [1, 0, 4, 2, 0, 7, 3][t % 7]).collect();
    let data = one_neuron(&counts, 4);
    let prior = LoadingPrior { mean: 0.5, sd: 0.8 };
    let log_density = |d: f64, c: f64| {
        let seen = (0..N_BINS).filter(|t| t % 4 != 3);
        let likelihood: f64 = seen
            .map(|t| {
                let mean = (d + path[[t, 0]] + c * path[[t, 1]]).exp();
                log_negative_binomial(f64::from(counts[t]), dispersion, mean)
            })
            .sum();
        likelihood - 0.5 * ((d - prior.mean) / prior.sd).powi(2) - 0.5 * c * c
    };
    let moments = grid_moments(log_density);

    let mut rng = rng(1);
    let polya_gamma = PolyaGamma { exact_below: f64::INFINITY };
    let mut current = Array1::zeros(2);
    let (mut ds, mut cs, mut products) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..40_000 {
        current = sample_loadings(
            &data,
            0,
            path.view(),
            dispersion,
            current.view(),
            &prior,
            &polya_gamma,
            &mut rng,
        )
        .unwrap();
        ds.push(current[0]);
        cs.push(current[1]);
        products.push((current[0] - moments.d.0) * (current[1] - moments.c.0));
    }
    assert_moments("d", &ds, moments.d.0, moments.d.1);
    assert_moments("c", &cs, moments.c.0, moments.c.1);
    assert!(crate::support::z_score(&products, moments.covariance).abs() < 4.5);
}

#[test]
fn a_path_that_is_not_finite_is_an_error() {
    let data = one_neuron(&[1, 2, 3], 9);
    let path = Array2::from_elem((3, 2), f64::INFINITY);
    let prior = LoadingPrior { mean: 0.0, sd: 1.0 };
    let current = Array1::zeros(2);
    let found = sample_loadings(
        &data,
        0,
        path.view(),
        1.0,
        current.view(),
        &prior,
        &PolyaGamma::default(),
        &mut rng(1),
    );
    assert!(found.unwrap_err().to_string().contains("neuron 0"));
}

struct Moments {
    d: (f64, f64),
    c: (f64, f64),
    covariance: f64,
}

fn grid_moments(log_density: impl Fn(f64, f64) -> f64) -> Moments {
    let at = |i: usize| -3.0 + 6.0 * i as f64 / (POINTS - 1) as f64;
    let logs = Array2::from_shape_fn((POINTS, POINTS), |(i, j)| log_density(at(i), at(j)));
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = logs.mapv(|log| (log - largest).exp());
    let total = weights.sum();
    let expect = |value: &dyn Fn(f64, f64) -> f64| {
        weights.indexed_iter().map(|((i, j), w)| w * value(at(i), at(j))).sum::<f64>() / total
    };
    let (d, c) = (expect(&|d, _| d), expect(&|_, c| c));
    Moments {
        d: (d, expect(&|x, _| (x - d).powi(2))),
        c: (c, expect(&|_, x| (x - c).powi(2))),
        covariance: expect(&|x, y| (x - d) * (y - c)),
    }
}
