//! Every fast path beside a slow one that is obviously right.

use ndarray::{Array2, Array3, ArrayView1, Axis};
use neuroloom_math::{mean, sum_of_squares};
use neuroloom_trsa::compare::{Measure, compare};
use neuroloom_trsa::estimators::{Patterns, correlation, crossnobis, euclidean};
use neuroloom_trsa::noise::{self, Precision};
use neuroloom_trsa::transforms::GeoTop;
use neuroloom_trsa::{Rdm, n_pairs, pairs};
use rand::RngExt;

use crate::support::{assert_close, gaussian, labels, rng};

fn folds(seed: u64, dims: (usize, usize, usize)) -> Array3<f64> {
    let mut rng = rng(seed);
    Array3::from_shape_simple_fn(dims, || gaussian(&mut rng))
}

fn squared_distance(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn slow_euclidean(patterns: &Array2<f64>) -> Vec<f64> {
    let p = patterns.ncols() as f64;
    pairs(patterns.nrows()).map(|(i, j)| squared_distance(patterns.row(i), patterns.row(j)) / p).collect()
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let centred = |x: &[f64]| -> Vec<f64> { x.iter().map(|value| value - mean(x)).collect() };
    let (a, b) = (centred(a), centred(b));
    let product: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
    product / (sum_of_squares(&a) * sum_of_squares(&b)).sqrt()
}

/// Mean over folds of the distances between the patterns of a fold and those of all others.
fn slow_crossnobis(folds: &Array3<f64>, precision: &Array2<f64>) -> Vec<f64> {
    let (n_folds, n_conditions, p) = folds.dim();
    let mut distances = vec![0.0; n_pairs(n_conditions)];
    for f in 0..n_folds {
        let others: Vec<usize> = (0..n_folds).filter(|&g| g != f).collect();
        let train = folds.select(Axis(0), &others).mean_axis(Axis(0)).unwrap();
        let kernel = train.dot(precision).dot(&folds.index_axis(Axis(0), f).t());
        for (distance, (i, j)) in distances.iter_mut().zip(pairs(n_conditions)) {
            let d = kernel[[i, i]] + kernel[[j, j]] - kernel[[i, j]] - kernel[[j, i]];
            *distance += d / p as f64 / n_folds as f64;
        }
    }
    distances
}

#[test]
fn euclidean_equals_the_sum_of_squares() {
    // More conditions than a block of rows has.
    for dims in [(2, 3, 1), (1, 9, 40), (3, 300, 21)] {
        let patterns = Patterns::from(&folds(1, dims)).mean();
        assert_close(&euclidean(&patterns).unwrap(), &slow_euclidean(&patterns), 1e-12);
    }
}

#[test]
fn euclidean_survives_a_mean_far_above_the_spread() {
    let spread = 1e-3 * &Patterns::from(&folds(2, (1, 20, 50))).mean();
    let shifted = 1e6 + &spread;
    let found = euclidean(&shifted).unwrap();
    assert!(found.iter().all(|&d| d >= 0.0));
    // The input itself holds the spread to 1e-10 / 1e-3 only.
    assert_close(&found, &slow_euclidean(&shifted), 1e-10);
    assert_close(&found, &slow_euclidean(&spread), 1e-6);
}

#[test]
fn equal_patterns_have_distance_zero() {
    let mut patterns = Patterns::from(&folds(3, (2, 150, 33))).mean();
    let first = patterns.row(0).to_owned();
    patterns.row_mut(149).assign(&first);
    assert_eq!(euclidean(&patterns).unwrap()[148], 0.0);
    assert!(correlation(&patterns).unwrap()[148].abs() < 1e-14);
}

#[test]
fn correlation_equals_one_minus_pearson() {
    for dims in [(2, 3, 4), (2, 200, 33)] {
        let patterns = Patterns::from(&folds(4, dims)).mean();
        let row = |i: usize| patterns.row(i).to_vec();
        let slow: Vec<f64> = pairs(dims.1).map(|(i, j)| 1.0 - pearson(&row(i), &row(j))).collect();
        assert_close(&correlation(&patterns).unwrap(), &slow, 1e-12);
        let transposed_layout = patterns.t().as_standard_layout().into_owned().reversed_axes();
        assert_close(&correlation(&transposed_layout).unwrap(), &slow, 1e-12);
    }
}

#[test]
fn crossnobis_equals_the_mean_over_left_out_folds() {
    for dims in [(2, 3, 1), (2, 40, 12), (5, 150, 20)] {
        let folds = folds(5, dims);
        let p = dims.2;
        let root = Array2::from_shape_fn((p, p), |(i, j)| f64::from(i == j) + ((i * 3 + j) % 5) as f64 / 9.0);
        let full = root.dot(&root.t());
        let diagonal: Vec<f64> = (0..p).map(|i| 0.5 + i as f64).collect();
        let diagonal_matrix = Array2::from_diag(&ndarray::Array1::from(diagonal.clone()));
        let cases = [
            (Precision::identity(), Array2::eye(p)),
            (Precision::diagonal(diagonal).unwrap(), diagonal_matrix),
            (Precision::full(full.view()).unwrap(), full),
        ];
        for (precision, matrix) in cases {
            assert_close(
                &crossnobis(folds.view(), &precision).unwrap(),
                &slow_crossnobis(&folds, &matrix),
                1e-11,
            );
        }
    }
}

#[test]
fn crossnobis_survives_offsets_of_channels_and_folds() {
    let small = folds(6, (3, 12, 9));
    let offset = Array3::from_shape_fn((3, 1, 9), |(f, _, c)| 1e6 * (1 + f + c) as f64);
    let identity = Precision::identity();
    let expected = crossnobis(small.view(), &identity).unwrap();
    let found = crossnobis((&small + &offset).view(), &identity).unwrap();
    assert_close(&found, &expected, 1e-8);
}

#[test]
fn the_diagonal_precision_is_the_inverse_residual_variance() {
    let mut folds = folds(7, (4, 50, 3));
    folds.index_axis_mut(Axis(2), 1).mapv_inplace(|x| 5.0 * x);
    let means = folds.mean_axis(Axis(0)).unwrap();
    let inverse_variance = |channel: usize| {
        let scatter: f64 = folds
            .outer_iter()
            .map(|fold| squared_distance(fold.column(channel), means.column(channel)))
            .sum();
        (50.0 * 3.0) / scatter
    };
    let by_hand = Precision::diagonal((0..3).map(inverse_variance).collect::<Vec<_>>()).unwrap();
    let found = noise::diagonal(folds.view()).unwrap();
    assert_close(
        &crossnobis(folds.view(), &found).unwrap(),
        &crossnobis(folds.view(), &by_hand).unwrap(),
        1e-12,
    );
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let count = |holds: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| holds(value)).count() as f64;
    values.iter().map(|&value| count(&|x| x < value) + (count(&|x| x == value) + 1.0) / 2.0).collect()
}

fn slow_similarity(a: &[f64], b: &[f64], measure: Measure) -> f64 {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    match measure {
        Measure::Cosine => product(a, b) / (product(a, a) * product(b, b)).sqrt(),
        Measure::Corr => pearson(a, b),
        Measure::Spearman => pearson(&ranks(a), &ranks(b)),
        Measure::RhoA => {
            let n = a.len() as f64;
            let centre = (n + 1.0) / 2.0;
            let centred: Vec<Vec<f64>> =
                [ranks(a), ranks(b)].map(|r| r.iter().map(|rank| rank - centre).collect()).into();
            12.0 * product(&centred[0], &centred[1]) / (n * n * n - n)
        }
        other => panic!("{} has its twin in the topology tests", other.name()),
    }
}

#[test]
fn comparisons_equal_their_formulas() {
    let mut rng = rng(8);
    let mut some = |n: usize, levels: u32| -> Vec<Rdm> {
        let rdm = |i| {
            let values = (0..n_pairs(24)).map(|_| f64::from(rng.random_range(0..levels)) - 1.0).collect();
            Rdm::new(format!("{i}"), labels(24), values).unwrap()
        };
        (0..n).map(rdm).collect()
    };
    let (data, models) = (some(5, 1_000_000), some(3, 4));
    for measure in [Measure::Cosine, Measure::Corr, Measure::Spearman, Measure::RhoA] {
        let found = compare(&data, &models, measure).unwrap();
        for ((i, j), &found) in found.indexed_iter() {
            let (a, b) = (data[i].dissimilarities(), models[j].dissimilarities());
            assert!((found - slow_similarity(a, b, measure)).abs() < 1e-12);
        }
    }
}

/// Section by section of the definition, with its own ranks and quantiles.
fn slow_geotop(d: &[f64], l: f64, u: f64, rank: bool) -> Vec<f64> {
    let x: Vec<f64> = if rank {
        let r = ranks(d);
        let low = r.iter().copied().fold(f64::INFINITY, f64::min);
        let high = r.iter().copied().fold(0.0, f64::max);
        r.iter().map(|rank| (rank - low) / (high - low)).collect()
    } else {
        d.to_vec()
    };
    let mut sorted = x.clone();
    sorted.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let h = q * (x.len() - 1) as f64;
        let (k, next) = (h.floor() as usize, h.ceil() as usize);
        sorted[k] + h.fract() * (sorted[next] - sorted[k])
    };
    let (x_l, x_u) = (quantile(l), quantile(u));
    let value = |&x: &f64| {
        if x_u <= x_l {
            f64::from(u8::from(x > x_l))
        } else if x < x_l {
            0.0
        } else if x > x_u {
            1.0
        } else {
            (x - x_l) / (x_u - x_l)
        }
    };
    x.iter().map(value).collect()
}

#[test]
fn geotop_equals_its_definition() {
    let mut rng = rng(9);
    for levels in [3, 10, 1_000_000] {
        let d: Vec<f64> = (0..n_pairs(15)).map(|_| f64::from(rng.random_range(0..levels)) - 2.0).collect();
        for (l, u) in [(0.2, 0.8), (0.0, 1.0), (0.5, 0.5), (0.0, 0.2), (0.8, 1.0), (0.0, 0.0), (1.0, 1.0)] {
            for rank in [true, false] {
                let found = GeoTop::new(l, u, rank).unwrap().transform(&d).unwrap();
                assert_close(&found, &slow_geotop(&d, l, u, rank), 1e-12);
            }
        }
    }
}
