//! Noise covariances beside their definitions.

use ndarray::{Array2, Array3, Axis};
use neuroloom_trsa::noise::{NoiseModel, from_repeats, from_residuals};

use crate::support::{assert_close, gaussian, rng};

fn residuals(seed: u64, n: usize, p: usize) -> Array2<f64> {
    let mut rng = rng(seed);
    let mixing = Array2::from_shape_simple_fn((p, p), || gaussian(&mut rng));
    Array2::from_shape_simple_fn((n, p), || gaussian(&mut rng)).dot(&mixing)
}

/// Entry by entry, with the matrix of squared products.
fn slow_shrinkage_diag(x: &Array2<f64>, dof: f64) -> Array2<f64> {
    let (n, p) = x.dim();
    let x = x - &x.mean_axis(Axis(0)).unwrap();
    let s = x.t().dot(&x) / dof;
    let (mut variance, mut square) = (0.0, 0.0);
    for i in 0..p {
        for j in (0..p).filter(|&j| j != i) {
            let products: Vec<f64> =
                (0..n).map(|t| x[[t, i]] * x[[t, j]] / (s[[i, i]] * s[[j, j]]).sqrt()).collect();
            let r = products.iter().sum::<f64>() / (n - 1) as f64;
            let r2 = products.iter().map(|z| z * z).sum::<f64>() / (n - 1) as f64;
            variance += n as f64 / (dof * dof) * (r2 - r * r);
            square += r * r;
        }
    }
    let shrinkage = (variance / square).clamp(0.0, 1.0);
    Array2::from_shape_fn((p, p), |(i, j)| if i == j { s[[i, j]] } else { (1.0 - shrinkage) * s[[i, j]] })
}

#[test]
fn the_fast_shrinkage_to_the_diagonal_equals_the_slow_one() {
    for (n, p) in [(12, 30), (40, 9), (15, 15)] {
        let x = residuals(1, n, p);
        for dof in [n - 1, n - 3] {
            let found = from_residuals(x.view(), Some(dof), NoiseModel::ShrinkageDiag).unwrap();
            let slow = slow_shrinkage_diag(&x, dof as f64);
            assert_close(found.to_matrix().as_slice().unwrap(), slow.as_slice().unwrap(), 1e-11);
        }
    }
}

#[test]
fn shrunk_covariances_of_few_observations_can_be_inverted() {
    let x = residuals(2, 10, 40);
    for model in [NoiseModel::ShrinkageEye, NoiseModel::ShrinkageDiag] {
        let covariance = from_residuals(x.view(), None, model).unwrap();
        assert!(covariance.smallest_eigenvalue().unwrap() > 0.0);
        covariance.precision().unwrap();
    }
}

#[test]
fn independent_channels_are_shrunk_more_than_mixed_ones() {
    let mut rng = rng(3);
    let independent = Array2::from_shape_simple_fn((60, 20), || gaussian(&mut rng));
    let mixed = residuals(4, 60, 20);
    for model in [NoiseModel::ShrinkageEye, NoiseModel::ShrinkageDiag] {
        let shrinkage = |x: &Array2<f64>| from_residuals(x.view(), None, model).unwrap().shrinkage().unwrap();
        assert!(shrinkage(&independent) > 2.0 * shrinkage(&mixed));
    }
}

/// The expectation of a covariance with the right degrees of freedom is the covariance.
#[test]
fn the_covariance_of_repeats_is_unbiased() {
    let n_seeds = 300;
    let (n_folds, n_conditions) = (3, 20);
    let mut sum = 0.0;
    for seed in 0..n_seeds {
        let mut rng = rng(100 + seed);
        let folds =
            Array3::from_shape_fn((n_folds, n_conditions, 2), |(_, i, _)| i as f64 + gaussian(&mut rng));
        sum += from_repeats(&folds, NoiseModel::Full).unwrap().to_matrix()[[0, 0]];
    }
    let dof = (n_conditions * (n_folds - 1)) as f64;
    let standard_error = (2.0 / dof / n_seeds as f64).sqrt();
    assert!((sum / n_seeds as f64 - 1.0).abs() < 3.0 * standard_error);
}

#[test]
fn conditions_that_were_not_met_in_a_fold_cost_no_degree_of_freedom_twice() {
    let mut rng = rng(5);
    let mut folds = Array3::from_shape_simple_fn((3, 6, 4), || gaussian(&mut rng));
    folds.slice_mut(ndarray::s![0, 2, ..]).fill(f64::NAN);
    folds.slice_mut(ndarray::s![.., 5, ..]).fill(f64::NAN);
    let found = from_repeats(&folds, NoiseModel::Full).unwrap();
    // 14 observations of 5 conditions.
    assert_eq!(found.dof(), 9);
    let mut scatter = Array2::<f64>::zeros((4, 4));
    for i in 0..5 {
        let rows: Vec<_> =
            folds.outer_iter().map(|fold| fold.row(i).to_owned()).filter(|row| !row[0].is_nan()).collect();
        let mean =
            rows.iter().fold(ndarray::Array1::<f64>::zeros(4), |sum, row| sum + row) / rows.len() as f64;
        for row in rows {
            let d = (row - &mean).insert_axis(Axis(0));
            scatter += &d.t().dot(&d);
        }
    }
    assert_close(found.to_matrix().as_slice().unwrap(), (scatter / 9.0).as_slice().unwrap(), 1e-12);
}
