//! What must hold whatever the data are.
use ndarray::{Array2, Array3, Axis};
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::embed::{Scale, classical_mds};
use neuroloom_trsa::estimators::{Patterns, correlation, crossnobis, euclidean};
use neuroloom_trsa::noise::Precision;
use neuroloom_trsa::transforms::{GeoTop, minmax, rank};
use neuroloom_trsa::{Rdm, n_pairs, pairs};
use proptest::prelude::*;

use crate::support::{assert_close, gaussian, labels, ring_cells, rng};

const N: usize = 7;

fn dissimilarities() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-40_i32..40, n_pairs(N)).prop_map(|d| d.into_iter().map(f64::from).collect())
}

fn thresholds() -> impl Strategy<Value = (f64, f64)> {
    (0.0_f64..=1.0, 0.0_f64..=1.0).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

fn varied(d: &[f64]) -> bool {
    d.iter().any(|value| *value != d[0])
}

proptest! {
    #[test]
    fn ranked_transforms_ignore_monotone_changes(d in dissimilarities(), (l, u) in thresholds()) {
        prop_assume!(varied(&d));
        let changed: Vec<f64> = d.iter().map(|d| (d / 10.0).exp() + 3.0).collect();
        let geotop = GeoTop::new(l, u, true).unwrap();
        prop_assert_eq!(rank(&d), rank(&changed));
        prop_assert_eq!(geotop.transform(&d).unwrap(), geotop.transform(&changed).unwrap());
    }

    #[test]
    fn geotop_keeps_the_order_and_stays_between_0_and_1(
        d in dissimilarities(), (l, u) in thresholds(), ranked in any::<bool>(),
    ) {
        prop_assume!(varied(&d));
        let x = GeoTop::new(l, u, ranked).unwrap().transform(&d).unwrap();
        prop_assert!(x.iter().all(|x| (0.0..=1.0).contains(x)));
        for (i, j) in pairs(d.len()) {
            prop_assert!(d[i] < d[j] || x[i] >= x[j]);
            prop_assert!(d[i] > d[j] || x[i] <= x[j]);
        }
    }

    #[test]
    fn geotop_from_0_to_1_is_the_scaled_ranks(d in dissimilarities()) {
        prop_assume!(varied(&d));
        let x = GeoTop::new(0.0, 1.0, true).unwrap().transform(&d).unwrap();
        assert_close(&x, &minmax(&rank(&d)).unwrap(), 1e-15);
    }

    #[test]
    fn equal_thresholds_give_an_adjacency_matrix(d in dissimilarities(), l in 0.0_f64..=1.0) {
        prop_assume!(varied(&d));
        let x = GeoTop::new(l, l, true).unwrap().transform(&d).unwrap();
        prop_assert!(x.iter().all(|&x| x == 0.0 || x == 1.0));
    }

    #[test]
    fn an_rdm_equals_itself_and_similarities_are_at_most_1(a in dissimilarities(), b in dissimilarities()) {
        prop_assume!(varied(&a) && varied(&b));
        let rdms = [a, b].map(|d| Rdm::new("x", labels(N), d).unwrap());
        for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
            let similarities = compare(&rdms, &rdms, measure).unwrap();
            prop_assert!(similarities.iter().all(|s| s.abs() <= 1.0));
            if measure != Measure::RhoA {
                prop_assert!((similarities[[0, 0]] - 1.0).abs() < 1e-12);
            }
            prop_assert!((similarities[[0, 1]] - similarities[[1, 0]]).abs() < 1e-15);
        }
    }

    #[test]
    fn the_order_of_conditions_does_not_matter_to_a_comparison(a in dissimilarities(), b in dissimilarities()) {
        prop_assume!(varied(&a) && varied(&b));
        let (a, b) = (Rdm::new("a", labels(N), a).unwrap(), Rdm::new("b", labels(N), b).unwrap());
        let reversed: Vec<String> = labels(N).into_iter().rev().collect();
        let like = Rdm::new("like", reversed, vec![0.0; n_pairs(N)]).unwrap();
        let turned = a.in_order_of(&like).unwrap();
        for measure in [Measure::Corr, Measure::RhoA] {
            let straight = compare(std::slice::from_ref(&a), std::slice::from_ref(&b), measure).unwrap();
            let mixed = compare(std::slice::from_ref(&turned), std::slice::from_ref(&b), measure).unwrap();
            prop_assert!((straight[[0, 0]] - mixed[[0, 0]]).abs() < 1e-12);
        }
    }
}

fn estimates(folds: &Array3<f64>) -> [Vec<f64>; 3] {
    let patterns = Patterns::from(folds).mean();
    let crossnobis = crossnobis(folds.view(), &Precision::identity()).unwrap();
    [euclidean(&patterns).unwrap(), correlation(&patterns).unwrap(), crossnobis]
}

#[test]
fn permuted_conditions_give_permuted_rdms() {
    let folds = ring_cells(1, (3, N, 12), 2.0);
    let order = [3, 0, 6, 1, 5, 2, 4];
    let permuted = folds.select(Axis(1), &order);
    for (straight, permuted) in estimates(&folds).into_iter().zip(estimates(&permuted)) {
        let square = Rdm::new("x", labels(N), straight).unwrap().to_square();
        let expected: Vec<f64> = pairs(N).map(|(i, j)| square[[order[i], order[j]]]).collect();
        assert_close(&permuted, &expected, 1e-12);
    }
}

/// A rotation in the plane of every pair of neighbouring channels.
fn rotation(n_channels: usize) -> Array2<f64> {
    let mut rotation = Array2::eye(n_channels);
    for i in 0..n_channels - 1 {
        let (sin, cos) = (0.4 + i as f64).sin_cos();
        let mut plane = Array2::eye(n_channels);
        plane[[i, i]] = cos;
        plane[[i + 1, i + 1]] = cos;
        plane[[i, i + 1]] = -sin;
        plane[[i + 1, i]] = sin;
        rotation = plane.dot(&rotation);
    }
    rotation
}

#[test]
fn rotated_channels_leave_distances_as_they_are() {
    let folds = ring_cells(2, (2, N, 9), 1.0);
    let mut rotated = folds.clone();
    for mut fold in rotated.outer_iter_mut() {
        let turned = fold.dot(&rotation(9));
        fold.assign(&turned);
    }
    let [before, _, before_cv] = estimates(&folds);
    let [after, _, after_cv] = estimates(&rotated);
    assert_close(&after, &before, 1e-12);
    assert_close(&after_cv, &before_cv, 1e-12);
}

#[test]
fn scaled_responses_scale_distances_quadratically() {
    let folds = ring_cells(3, (2, N, 9), 1.0);
    let [euclidean, correlation, crossnobis] = estimates(&folds);
    let [euclidean_3, correlation_3, crossnobis_3] = estimates(&(3.0 * &folds));
    let nine_times = |d: Vec<f64>| -> Vec<f64> { d.iter().map(|d| 9.0 * d).collect() };
    assert_close(&euclidean_3, &nine_times(euclidean), 1e-12);
    assert_close(&crossnobis_3, &nine_times(crossnobis), 1e-12);
    assert_close(&correlation_3, &correlation, 1e-12);
}

#[test]
fn crossnobis_has_mean_zero_on_noise_and_euclidean_has_not() {
    let n_seeds = 400;
    let means: Vec<[f64; 2]> = (0..n_seeds)
        .map(|seed| {
            let mut rng = rng(1000 + seed);
            let folds = Array3::from_shape_simple_fn((3, 6, 10), || gaussian(&mut rng));
            let [euclidean, _, crossnobis] = estimates(&folds);
            [euclidean, crossnobis].map(|d| d.iter().sum::<f64>() / d.len() as f64)
        })
        .collect();
    let n = n_seeds as f64;
    let mean = |k: usize| means.iter().map(|m| m[k]).sum::<f64>() / n;
    let deviation = (means.iter().map(|m| (m[1] - mean(1)).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    assert!(mean(1).abs() < 3.0 * deviation / n.sqrt(), "{} ± {}", mean(1), deviation / n.sqrt());
    // E |x_i - x_j|² / p = 2 σ² / R
    assert!((mean(0) - 2.0 / 3.0).abs() < 0.02);
}

#[test]
fn a_map_of_distances_in_the_plane_keeps_them() {
    let mut rng = rng(4);
    let points = Array2::from_shape_simple_fn((9, 2), || gaussian(&mut rng));
    let distance = |(i, j): (usize, usize)| {
        let difference = &points.row(i) - &points.row(j);
        difference.dot(&difference).sqrt()
    };
    let plain: Vec<f64> = pairs(9).map(distance).collect();
    let squared: Vec<f64> = plain.iter().map(|d| d * d).collect();
    for (d, scale) in [(plain.clone(), Scale::Plain), (squared, Scale::Squared)] {
        let map = classical_mds(&Rdm::new("x", labels(9), d).unwrap(), 3, scale).unwrap();
        let rebuilt: Vec<f64> = pairs(9)
            .map(|(i, j)| {
                let difference = &map.coordinates.row(i) - &map.coordinates.row(j);
                difference.dot(&difference).sqrt()
            })
            .collect();
        assert_close(&rebuilt, &plain, 1e-7);
        assert!((map.explained[0] + map.explained[1] - 1.0).abs() < 1e-10);
        assert!(map.explained[0] >= map.explained[1] && map.explained[2] < 1e-10);
        for column in map.coordinates.columns().into_iter().take(2) {
            let largest = column.iter().copied().reduce(|a, b| if b.abs() > a.abs() { b } else { a });
            assert!(largest.unwrap() > 0.0);
        }
    }
}
