//! Whitened comparisons beside the dense definition.

use ndarray::{Array1, Array2, ArrayView2};
use neuroloom_math::symmetric_eigen;
use neuroloom_trsa::compare::{Whitening, corr_cov, cosine_cov};
use neuroloom_trsa::{Rdm, RsaError, n_pairs, pairs};

use crate::comparisons::distances;
use crate::support::{gaussian, labels, rng};

const N: usize = 7;

/// A row per pair: +1 and -1.
fn contrasts(n: usize) -> Array2<f64> {
    let mut contrasts = Array2::zeros((n_pairs(n), n));
    for (row, (i, j)) in pairs(n).enumerate() {
        contrasts[[row, i]] = 1.0;
        contrasts[[row, j]] = -1.0;
    }
    contrasts
}

/// `V⁻¹` of the definition, by eigenvalues.
fn inverse(v: ArrayView2<'_, f64>) -> Array2<f64> {
    let eigen = symmetric_eigen(v).unwrap();
    let scaled = &eigen.vectors / &eigen.values;
    scaled.dot(&eigen.vectors.t())
}

fn covariance(sigma: &Array2<f64>) -> Array2<f64> {
    let c = contrasts(sigma.nrows());
    let xi = c.dot(sigma).dot(&c.t());
    &xi * &xi
}

fn dense_cosine(a: &[f64], b: &[f64], v: &Array2<f64>) -> f64 {
    let inverse = inverse(v.view());
    let product =
        |a: &[f64], b: &[f64]| Array1::from(a.to_vec()).dot(&inverse.dot(&Array1::from(b.to_vec())));
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

fn centred(a: &[f64]) -> Vec<f64> {
    let mean = a.iter().sum::<f64>() / a.len() as f64;
    a.iter().map(|a| a - mean).collect()
}

fn sigma(seed: u64) -> Array2<f64> {
    let mut rng = rng(seed);
    let root = Array2::from_shape_simple_fn((N, 2 * N), || gaussian(&mut rng));
    root.dot(&root.t()) / (2 * N) as f64
}

fn vectors(seed: u64) -> (Vec<f64>, Vec<f64>) {
    (distances(seed, N, 4), distances(seed + 100, N, 4))
}

#[test]
fn every_form_of_sigma_equals_the_dense_definition() {
    for seed in 0..8 {
        let (a, b) = vectors(seed);
        let full = sigma(seed);
        let variances: Vec<f64> = full.diag().to_vec();
        let of_differences = |(i, j): (usize, usize)| full[[i, i]] + full[[j, j]] - 2.0 * full[[i, j]];
        let differences = Rdm::new("sigma", labels(N), pairs(N).map(of_differences).collect()).unwrap();
        let cases = [
            (Whitening::identity(N), Array2::eye(N)),
            (Whitening::full(Array2::<f64>::eye(N).view()).unwrap(), Array2::eye(N)),
            (Whitening::diagonal(&variances).unwrap(), Array2::from_diag(&Array1::from(variances))),
            (Whitening::full(full.view()).unwrap(), full.clone()),
            (Whitening::of_differences(&differences).unwrap(), full.clone()),
        ];
        for (whitening, sigma) in cases {
            let v = covariance(&sigma);
            let found = cosine_cov(&a, &b, &whitening).unwrap();
            assert!((found - dense_cosine(&a, &b, &v)).abs() < 1e-12, "{found}");
            let found = corr_cov(&a, &b, &whitening).unwrap();
            assert!((found - dense_cosine(&centred(&a), &centred(&b), &v)).abs() < 1e-12, "{found}");
        }
    }
}

/// `-½ H D H`
fn second_moments(d: &[f64]) -> Array2<f64> {
    let square = Rdm::new("x", labels(N), d.to_vec()).unwrap().to_square();
    let centring = Array2::from_shape_fn((N, N), |(i, j)| f64::from(i == j) - 1.0 / N as f64);
    -0.5 * centring.dot(&square).dot(&centring)
}

fn signal_covariance(sigma: &Array2<f64>, signal: &[f64], n_folds: usize) -> Array2<f64> {
    let (c, m) = (contrasts(N), n_folds as f64);
    let xi = c.dot(sigma).dot(&c.t());
    let delta = c.dot(&second_moments(signal)).dot(&c.t());
    4.0 / m * (&delta * &xi) + 2.0 / (m * (m - 1.0)) * (&xi * &xi)
}

#[test]
fn signal_dependent_whitening_equals_the_dense_definition() {
    for (seed, n_folds) in [(1, 2), (2, 3), (3, 8)] {
        let (a, b) = vectors(seed);
        let signal = distances(seed + 50, N, 9);
        let full = sigma(seed);
        for (noise, sigma) in
            [(Whitening::identity(N), Array2::eye(N)), (Whitening::full(full.view()).unwrap(), full)]
        {
            let whitening = noise.with_signal(&signal, n_folds).unwrap();
            let v = signal_covariance(&sigma, &signal, n_folds);
            assert!((cosine_cov(&a, &b, &whitening).unwrap() - dense_cosine(&a, &b, &v)).abs() < 1e-12);
        }
    }
}

/// The covariance of the definition is that of crossnobis distances: simulated over many draws of noise.
#[test]
fn crossnobis_distances_have_the_covariance_that_is_taken_out() {
    const N_FOLDS: usize = 3;
    const N_CHANNELS: usize = 4;
    const N_DRAWS: usize = 4000;
    let mut rng = rng(17);
    let patterns = Array2::from_shape_simple_fn((N, N_CHANNELS), || 0.8 * gaussian(&mut rng));
    let squared = |(i, j): (usize, usize)| {
        (&patterns.row(i) - &patterns.row(j)).mapv(|d| d * d).sum() / N_CHANNELS as f64
    };
    let signal: Vec<f64> = pairs(N).map(squared).collect();
    let identity = neuroloom_trsa::noise::Precision::identity();
    let draws = Array2::from_shape_vec(
        (N_DRAWS, n_pairs(N)),
        (0..N_DRAWS)
            .flat_map(|_| {
                let folds = ndarray::Array3::from_shape_fn((N_FOLDS, N, N_CHANNELS), |(_, i, p)| {
                    patterns[[i, p]] + gaussian(&mut rng)
                });
                neuroloom_trsa::estimators::crossnobis(folds.view(), &identity).unwrap()
            })
            .collect(),
    )
    .unwrap();
    let errors = &draws - &Array1::from(signal.clone());
    let found = errors.t().dot(&errors) / N_DRAWS as f64;
    let expected = signal_covariance(&Array2::eye(N), &signal, N_FOLDS) / N_CHANNELS as f64;
    let scale = expected.diag().iter().copied().fold(0.0, f64::max);
    let worst = (&found - &expected).iter().fold(0.0_f64, |worst, error| worst.max(error.abs()));
    assert!(worst < 0.12 * scale, "{worst} of {scale}");
}

#[test]
fn unusable_covariances_are_refused() {
    let mut singular = sigma(1);
    let row = singular.row(0).to_owned();
    singular.row_mut(1).assign(&row);
    singular.column_mut(1).assign(&row);
    singular[[1, 1]] = row[0];
    let error = Whitening::full(singular.view()).unwrap_err().to_string();
    assert!(error.contains("not positive definite"), "{error}");
    assert!(Whitening::full(Array2::zeros((2, 3)).view()).unwrap_err().to_string().contains("square"));
    for variances in [[1.0, 0.0, 1.0], [1.0, -1.0, 1.0], [1.0, f64::NAN, 1.0]] {
        assert!(matches!(Whitening::diagonal(&variances), Err(RsaError::Sigma { .. })));
    }
    let impossible = Rdm::new("sigma", labels(3), vec![1.0, 1.0, 100.0]).unwrap();
    assert!(matches!(Whitening::of_differences(&impossible), Err(RsaError::Sigma { .. })));
    let signal = distances(1, N, 3);
    assert_eq!(
        Whitening::identity(N).with_signal(&signal, 1).unwrap_err(),
        RsaError::TooFewFolds { found: 1 }
    );
    assert!(Whitening::identity(N).with_signal(&signal[1..], 2).is_err());
}
