//! What must hold whatever the data are.

use ndarray::{Array2, Array3, Axis};
use neuroloom_trsa::estimators::{
    Estimator, Method, NoiseSource, PoissonPrior, crossnobis, crossnobis_unbalanced, cv_correlation,
    mahalanobis, movie, poisson_cv,
};
use neuroloom_trsa::noise::{NoiseModel, Precision, from_residuals};
use neuroloom_trsa::pairs;
use proptest::prelude::*;

use crate::support::{assert_close, gaussian, ring_cells, rng};

const METHODS: [Method; 9] = [
    Method::Crossnobis,
    Method::Euclidean,
    Method::Mahalanobis,
    Method::Correlation,
    Method::CvCorrelation,
    Method::Poisson,
    Method::PoissonCv,
    Method::CrossRunEuclidean,
    Method::CrossRunCorrelation,
];

fn estimate(method: Method, folds: &Array3<f64>) -> Vec<f64> {
    let noise = if method.uses_noise() { NoiseModel::ShrinkageDiag } else { NoiseModel::None };
    let estimator = Estimator { noise, ..Estimator::new(method) };
    estimator.estimate(folds.into(), NoiseSource::Repeats).unwrap()
}

fn rates() -> impl Strategy<Value = Array3<f64>> {
    (2usize..4, 3usize..7, 2usize..12, any::<u32>()).prop_map(|(f, n, p, seed)| {
        let mut noise = rng(u64::from(seed));
        ring_cells(u64::from(seed), (f, n, p), 0.3).mapv(|x| x.abs() + 0.2 * gaussian(&mut noise).abs())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn permuted_conditions_permute_every_rdm(folds in rates(), turn in 1usize..6) {
        let n = folds.dim().1;
        let order: Vec<usize> = (0..n).map(|i| (i + turn) % n).rev().collect();
        let permuted = folds.select(Axis(1), &order);
        for method in METHODS.into_iter().filter(|method| *method != Method::CvCorrelation) {
            let straight = estimate(method, &folds);
            let place = |a: usize, b: usize| {
                let (i, j) = (a.min(b), a.max(b));
                pairs(n).position(|pair| pair == (i, j)).unwrap()
            };
            let expected: Vec<f64> = pairs(n).map(|(i, j)| straight[place(order[i], order[j])]).collect();
            assert_close(&estimate(method, &permuted), &expected, 1e-8);
        }
    }

    #[test]
    fn permuted_channels_change_nothing(folds in rates()) {
        let order: Vec<usize> = (0..folds.dim().2).rev().collect();
        let permuted = folds.select(Axis(2), &order);
        for method in METHODS.into_iter().filter(|method| *method != Method::CvCorrelation) {
            assert_close(&estimate(method, &permuted), &estimate(method, &folds), 1e-8);
        }
    }

    #[test]
    fn scaled_responses_scale_distances_as_their_unit_says(folds in rates(), scale in 0.5f64..4.0) {
        let scaled = scale * &folds;
        let factor = |method: Method| match method {
            Method::Euclidean | Method::CrossRunEuclidean => Some(scale * scale),
            // Noise is divided out; correlations have no unit.
            Method::Crossnobis | Method::Mahalanobis | Method::Correlation | Method::CrossRunCorrelation => Some(1.0),
            _ => None,
        };
        for method in METHODS {
            if let Some(factor) = factor(method) {
                let expected: Vec<f64> = estimate(method, &folds).iter().map(|d| factor * d).collect();
                assert_close(&estimate(method, &scaled), &expected, 1e-8);
            }
        }
    }

    #[test]
    fn whitened_distances_do_not_depend_on_the_mixture_of_channels(seed in any::<u32>()) {
        let mut rng = rng(u64::from(seed));
        let folds = ring_cells(u64::from(seed), (3, 5, 6), 1.0);
        let residuals = Array2::from_shape_simple_fn((60, 6), || gaussian(&mut rng));
        let mixing = Array2::eye(6) + 0.1 * Array2::from_shape_simple_fn((6, 6), || gaussian(&mut rng));
        let mut mixed = folds.clone();
        for mut fold in mixed.outer_iter_mut() {
            let product = fold.dot(&mixing);
            fold.assign(&product);
        }
        let precision = |x: &Array2<f64>| from_residuals(x.view(), None, NoiseModel::Full).unwrap().precision().unwrap();
        let (before, after) = (precision(&residuals), precision(&residuals.dot(&mixing)));
        assert_close(&mahalanobis(&mixed, &after).unwrap(), &mahalanobis(&folds, &before).unwrap(), 1e-7);
        assert_close(&crossnobis(&mixed, &after).unwrap(), &crossnobis(&folds, &before).unwrap(), 1e-7);
    }
}

/// Mean over pairs and seeds lies within three standard errors of 0.
fn assert_mean_zero(name: &str, estimates: impl Fn(u64) -> Vec<f64>) {
    let n = 300.0;
    let means: Vec<f64> = (0..300)
        .map(|seed| {
            let d = estimates(seed);
            d.iter().sum::<f64>() / d.len() as f64
        })
        .collect();
    let mean = means.iter().sum::<f64>() / n;
    let deviation = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    assert!(mean.abs() < 3.0 * deviation / n.sqrt(), "{name}: {mean} ± {}", deviation / n.sqrt());
    assert!(deviation > 0.0);
}

fn pure_noise(seed: u64, dims: (usize, usize, usize)) -> Array3<f64> {
    let mut rng = rng(7000 + seed);
    Array3::from_shape_simple_fn(dims, || gaussian(&mut rng))
}

#[test]
fn cross_validated_distances_have_mean_zero_on_pure_noise() {
    let identity = Precision::identity();
    assert_mean_zero("crossnobis with gaps", |seed| {
        let mut folds = pure_noise(seed, (4, 5, 8));
        folds.slice_mut(ndarray::s![0, 1, ..]).fill(f64::NAN);
        folds[[2, 3, 4]] = f64::NAN;
        crossnobis_unbalanced(&folds, &identity, Default::default()).unwrap()
    });
    assert_mean_zero("crossnobis with shrunk noise from residuals", |seed| {
        let (folds, residuals) = (pure_noise(seed, (3, 5, 8)), pure_noise(500 + seed, (1, 30, 8)));
        let residuals = residuals.index_axis_move(Axis(0), 0);
        let precision = from_residuals(residuals.view(), None, NoiseModel::ShrinkageDiag).unwrap();
        crossnobis(&folds, &precision.precision().unwrap()).unwrap()
    });
    assert_mean_zero("poisson_cv", |seed| {
        let rates = pure_noise(seed, (3, 5, 8)).mapv(|x| 5.0 + x.clamp(-4.0, 4.0));
        poisson_cv(&rates, PoissonPrior::default()).unwrap()
    });
}

#[test]
fn noise_weakens_a_correlation_but_not_the_cross_validated_one() {
    let mut rng = rng(21);
    let base = Array2::from_shape_simple_fn((1, 2000), || gaussian(&mut rng));
    let folds = Array3::from_shape_fn((8, 2, 2000), |(_, i, c)| {
        base[[0, c]] * if i == 0 { 1.0 } else { 2.0 } + 3.0 * gaussian(&mut rng)
    });
    let plain = estimate(Method::Correlation, &folds)[0];
    let cross_validated = cv_correlation(&folds).unwrap()[0];
    assert!(plain > 0.25, "{plain}");
    assert!(cross_validated.abs() < 0.1, "{cross_validated}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    // More conditions than a task has, more channels than a panel.
    let folds = ring_cells(5, (3, 150, 300), 2.0).mapv(f64::abs);
    let signals = Array3::from_shape_fn((2, 9, 40 * 6), |(f, i, c)| folds[[f, i, c % 300]])
        .into_shape_with_order((2, 9, 6, 40))
        .unwrap();
    let all = || {
        let mut bits: Vec<u64> = Vec::new();
        for method in METHODS {
            bits.extend(estimate(method, &folds).iter().map(|d| d.to_bits()));
        }
        let frames = movie(&Estimator::new(Method::Crossnobis), signals.view()).unwrap();
        bits.extend(frames.iter().flatten().map(|d| d.to_bits()));
        bits
    };
    let with = |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(all);
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
}
