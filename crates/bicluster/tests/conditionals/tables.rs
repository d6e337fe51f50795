//! Tables of restaurants (T4, T5), Gamma and Dirichlet draws.

use neuroloom_bicluster::{log_dirichlet, log_gamma_draw, n_tables};
use neuroloom_math::{digamma, ln_gamma};

use crate::support::{assert_moments, rng, total_variation, z_score};

#[test]
fn tables_have_the_mean_of_the_digamma_formula() {
    let mut rng = rng(1);
    for (n, a) in [(1, 0.5), (5, 0.01), (5, 3.0), (40, 0.7), (300, 12.0), (7, 1e6)] {
        let draws: Vec<f64> = (0..100_000).map(|_| f64::from(n_tables(n, a, &mut rng))).collect();
        let expected = a * (digamma(a + f64::from(n)) - digamma(a));
        if (expected - 1.0).abs() < 1e-12 || expected > f64::from(n) - 1e-3 {
            assert!((draws.iter().sum::<f64>() / 1e5 - expected).abs() < 1e-3);
        } else {
            assert!(z_score(&draws, expected).abs() < 4.5, "{n} {a}");
        }
    }
    assert_eq!(n_tables(0, 1.0, &mut rng), 0);
}

#[test]
fn tables_have_the_law_of_antoniak() {
    let mut rng = rng(2);
    for (n, a) in [(6_usize, 0.3), (6, 2.0), (9, 5.0)] {
        // unsigned Stirling numbers of the first kind, a row at a time
        let mut stirling = vec![1.0];
        for customers in 0..n {
            let mut next = vec![0.0; stirling.len() + 1];
            for (tables, value) in stirling.iter().enumerate() {
                next[tables] += customers as f64 * value;
                next[tables + 1] += value;
            }
            stirling = next;
        }
        let rising = ln_gamma(a + n as f64) - ln_gamma(a);
        let expected: Vec<f64> =
            stirling.iter().enumerate().map(|(m, s)| s * (m as f64 * f64::ln(a) - rising).exp()).collect();
        let mut counts = vec![0; n + 1];
        (0..400_000).for_each(|_| counts[n_tables(n as u32, a, &mut rng) as usize] += 1);
        assert!(total_variation(&counts, &expected) < 0.003, "{n} {a}");
    }
}

#[test]
fn log_gamma_draws_have_the_moments_of_digamma_even_where_draws_underflow() {
    let mut rng = rng(3);
    for shape in [1e-4, 0.05, 0.7, 1.0, 3.5] {
        let draws: Vec<f64> = (0..200_000).map(|_| log_gamma_draw(shape, &mut rng)).collect();
        assert!(draws.iter().all(|draw| draw.is_finite()));
        let step = 1e-3 * shape;
        let trigamma = (digamma(shape + step) - digamma(shape - step)) / (2.0 * step);
        assert_moments(&format!("shape {shape}"), &draws, digamma(shape), trigamma);
    }
}

#[test]
fn dirichlet_draws_sum_to_one_and_have_their_moments() {
    let mut rng = rng(4);
    let concentrations = [0.01, 0.5, 2.0, 4.0];
    let total: f64 = concentrations.iter().sum();
    let draws: Vec<Vec<f64>> = (0..100_000).map(|_| log_dirichlet(&concentrations, &mut rng)).collect();
    assert!(draws.iter().all(|draw| (draw.iter().map(|log| log.exp()).sum::<f64>() - 1.0).abs() < 1e-12));
    for (k, a) in concentrations.iter().enumerate().skip(1) {
        let mean = a / total;
        let variance = mean * (1.0 - mean) / (total + 1.0);
        let values: Vec<f64> = draws.iter().map(|draw| draw[k].exp()).collect();
        assert_moments(&format!("component {k}"), &values, mean, variance);
    }
}
