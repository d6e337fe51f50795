//! Likelihoods against their definitions.

use ndarray::{Array1, Array2};
use neuroloom_bicluster::{Design, Family, UnitCounts, log_constant, log_likelihood, log_probability};

use crate::problem::{counts, normals, rng, whole};

/// ln P(y) of section 3, factor by factor.
fn naive(y: u32, eta: f64, r: f64, family: Family) -> f64 {
    let (m, k) = (eta.exp(), f64::from(y));
    let log_factorial: f64 = (1..=y).map(|u| f64::from(u).ln()).sum();
    if family == Family::Poisson {
        return k * eta - m - log_factorial;
    }
    let rising: f64 = (0..y).map(|u| (r + f64::from(u)).ln()).sum();
    rising - log_factorial + r * (r / (r + m)).ln() + k * (m / (r + m)).ln()
}

#[test]
fn a_log_likelihood_is_the_sum_over_seen_entries() {
    let mut rng = rng(3);
    for (r, n_bins) in [(0.3, 7), (2.5, 64), (40.0, 301)] {
        let eta = normals((2, n_bins), &mut rng);
        let counts = counts(&eta, r, 0.3, whole(n_bins), &mut rng);
        for family in [Family::NegativeBinomial, Family::Poisson] {
            let expected: f64 = (0..n_bins)
                .filter(|&t| counts.seen(1)[t])
                .map(|t| naive(counts.unit(1)[t], eta[[1, t]], r, family))
                .sum();
            let found = log_likelihood(&counts, 1, eta.row(1), r, family);
            assert!((found - expected).abs() < 1e-11 * expected.abs(), "{found} {expected}");
        }
    }
}

#[test]
fn the_part_that_depends_on_the_path_and_the_constant_add_up() {
    let mut rng = rng(4);
    let path = normals((50, 3), &mut rng);
    let coefficients = [0.4, -0.8, 1.1];
    let eta: Array1<f64> = path.rows().into_iter().map(|x| 0.4 + x[0] - 0.8 * x[1] + 1.1 * x[2]).collect();
    let counts = counts(&eta.clone().insert_axis(ndarray::Axis(0)), 2.0, 0.2, whole(50), &mut rng);
    for family in [Family::NegativeBinomial, Family::Poisson] {
        let kernel =
            UnitCounts::new(&counts, 0, 2.0, family).kernel(&Design::new(path.view()), &coefficients);
        let found = kernel + log_constant(&counts, 0, 2.0, family);
        let whole = log_likelihood(&counts, 0, eta.view(), 2.0, family);
        assert!((found - whole).abs() < 1e-11 * whole.abs());
    }
}

#[test]
fn probabilities_have_the_moments_of_the_model() {
    for (eta, r) in [(0.5_f64, 0.4), (1.5, 3.0), (-2.0, 1e6)] {
        let [mut total, mut mean, mut square] = [0.0; 3];
        for y in 0..1500 {
            let p = log_probability(y, eta, r, Family::NegativeBinomial).exp();
            let y = f64::from(y);
            total += p;
            mean += p * y;
            square += p * y * y;
        }
        let m = eta.exp();
        assert!((total - 1.0).abs() < 1e-10 && (mean - m).abs() < 1e-9 * m);
        assert!((square - mean * mean - (m + m * m / r)).abs() < 1e-8 * square);
    }
}

#[test]
fn a_large_dispersion_is_poisson() {
    for y in [0, 3, 200] {
        let nearly = log_probability(y, 1.0, 1e6, Family::NegativeBinomial);
        let poisson = log_probability(y, 1.0, 1.0, Family::Poisson);
        assert!((nearly - poisson).abs() < 1e-5 + 1e-6 * f64::from(y * y), "{y}: {nearly} {poisson}");
    }
}

#[test]
fn a_neuron_that_is_not_seen_says_nothing() {
    let counts = counts(&Array2::zeros((1, 20)), 1.0, 1.1, whole(20), &mut rng(1));
    assert_eq!(log_likelihood(&counts, 0, Array1::zeros(20).view(), 1.0, Family::NegativeBinomial), 0.0);
}
