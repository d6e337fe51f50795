//! What cannot be estimated is refused with its place.

use ndarray::{Array2, Array3, array, s};
use neuroloom_trsa::RsaError;
use neuroloom_trsa::estimators::{
    Estimator, Method, NanPolicy, NoiseSource, PoissonPrior, correlation, crossnobis, crossnobis_per_fold,
    cv_correlation, euclidean, euclidean_pairwise, mahalanobis, poisson,
};
use neuroloom_trsa::noise::{NoiseCovariance, NoiseModel, Precision, from_repeats, from_residuals};

use crate::support::{gaussian, ring_cells, rng};

fn good() -> Array3<f64> {
    ring_cells(1, (3, 5, 4), 1.0)
}

fn changed(change: impl Fn(&mut Array3<f64>)) -> Array3<f64> {
    let mut folds = good();
    change(&mut folds);
    folds
}

#[test]
fn too_little_of_anything_is_refused() {
    let identity = Precision::identity();
    assert_eq!(
        euclidean(&Array2::<f64>::zeros((1, 4))),
        Err(RsaError::TooFewConditions { needed: 2, found: 1 })
    );
    assert_eq!(
        euclidean(&Array3::<f64>::zeros((0, 5, 4))),
        Err(RsaError::TooFewConditions { needed: 2, found: 0 })
    );
    assert_eq!(correlation(&Array2::<f64>::zeros((3, 0))), Err(RsaError::NoChannels));
    let single = ring_cells(1, (1, 5, 4), 1.0);
    assert_eq!(crossnobis(&single, &identity), Err(RsaError::TooFewFolds { found: 1 }));
    assert_eq!(cv_correlation(&single), Err(RsaError::TooFewFolds { found: 1 }));
    let none = RsaError::NoDegreesOfFreedom { n_observations: 5, n_parameters: 5 };
    assert_eq!(from_repeats(&single, NoiseModel::Diag), Err(none));
    let one_row = from_residuals(array![[1.0, 2.0]].view(), None, NoiseModel::Diag);
    assert_eq!(one_row, Err(RsaError::NoDegreesOfFreedom { n_observations: 1, n_parameters: 1 }));
}

#[test]
fn responses_that_are_not_numbers_are_named() {
    let infinite = changed(|folds| folds[[1, 2, 3]] = f64::INFINITY);
    let named = RsaError::NonFiniteResponse { fold: 1, condition: 2, channel: 3, value: f64::INFINITY };
    assert_eq!(euclidean(&infinite), Err(named.clone()));
    assert_eq!(correlation(&infinite), Err(named.clone()));
    assert_eq!(crossnobis(&infinite, &Precision::identity()), Err(named.clone()));
    assert_eq!(euclidean_pairwise(&infinite), Err(named));
    let absent = changed(|folds| {
        folds.slice_mut(s![1, 2, ..]).fill(f64::NAN);
        folds.slice_mut(s![0, 4, ..]).fill(f64::NAN);
    });
    let listed = RsaError::AbsentConditions { cells: vec![(4, 0), (2, 1)] };
    assert_eq!(crossnobis(&absent, &Precision::identity()), Err(listed));
    let negative = RsaError::NegativeResponse { fold: 0, condition: 1, channel: 2, value: -1.0 };
    let rates = changed(|folds| {
        folds.mapv_inplace(f64::abs);
        folds[[0, 1, 2]] = -1.0;
    });
    assert_eq!(poisson(&rates, PoissonPrior::default()), Err(negative));
    let prior = PoissonPrior { rate: 0.0, weight: 0.1 };
    assert_eq!(poisson(&good().mapv(f64::abs), prior), Err(RsaError::BadPrior { name: "rate", value: 0.0 }));
}

#[test]
fn constant_and_unreliable_patterns_are_named() {
    let constant = changed(|folds| folds.slice_mut(s![.., 3, ..]).fill(1e7 + 0.1));
    assert_eq!(correlation(&constant), Err(RsaError::ConstantPattern { condition: 3 }));
    // The pattern of condition 2 turns into its opposite.
    let turned = Array3::from_shape_fn((2, 4, 6), |(f, i, c)| {
        let value = ((i * 5 + c * c) % 7) as f64;
        if i == 2 && f == 1 { -value } else { value }
    });
    let Err(RsaError::UnreliablePattern { condition: 2, variance }) = cv_correlation(&turned) else {
        panic!("condition 2 does not come back");
    };
    assert!(variance < 0.0);
}

#[test]
fn gaps_that_leave_nothing_to_compare_are_named() {
    let estimator = |method| Estimator { nan: NanPolicy::Pairwise, ..Estimator::new(method) };
    let disjoint = array![[1.0, 2.0, f64::NAN], [3.0, f64::NAN, 4.0], [f64::NAN, f64::NAN, 1.0]];
    let found = estimator(Method::Euclidean).estimate((&disjoint).into(), NoiseSource::Repeats);
    assert_eq!(found, Err(RsaError::NoCommonChannel { first: 0, second: 2 }));
    let once = changed(|folds| folds.slice_mut(s![1.., 2, ..]).fill(f64::NAN));
    let found = estimator(Method::Crossnobis).estimate((&once).into(), NoiseSource::Repeats);
    assert_eq!(found, Err(RsaError::TooFewRepeats { condition: 2 }));
    let found = estimator(Method::PoissonCv).estimate((&once).into(), NoiseSource::Repeats);
    assert_eq!(found, Err(RsaError::NoGaps { method: "poisson_cv" }));
    let partial = changed(|folds| folds[[0, 1, 2]] = f64::NAN);
    let whitened = Estimator { noise: NoiseModel::ShrinkageDiag, ..estimator(Method::Crossnobis) };
    let found = whitened.estimate((&partial).into(), NoiseSource::Repeats);
    assert_eq!(found, Err(RsaError::PartialPattern { fold: 0, condition: 1, channel: 2 }));
}

#[test]
fn unfit_noise_is_refused() {
    let mut rng = rng(2);
    let few = Array2::from_shape_simple_fn((4, 6), || gaussian(&mut rng));
    let singular = RsaError::SingularCovariance { dof: 3, n_channels: 6 };
    assert_eq!(from_residuals(few.view(), None, NoiseModel::Full), Err(singular));
    let mut silent = few.clone();
    silent.column_mut(4).fill(2.0);
    let flat = RsaError::NotPositive { channel: 4, quantity: "variance", value: 0.0 };
    assert_eq!(from_residuals(silent.view(), None, NoiseModel::ShrinkageDiag), Err(flat));
    let mut missing = few.clone();
    missing[[2, 1]] = f64::NAN;
    let Err(RsaError::NonFiniteResidual { observation: 2, channel: 1, .. }) =
        from_residuals(missing.view(), None, NoiseModel::Diag)
    else {
        panic!("a missing residual is named");
    };
    let indefinite = array![[1.0, 2.0], [2.0, 1.0]];
    let message = NoiseCovariance::from_matrix(indefinite.view(), 9).unwrap_err().to_string();
    assert!(message.contains("smallest eigenvalue is -1"), "{message}");
    let skewed = array![[1.0, 0.5], [0.4, 1.0]];
    assert!(Precision::from_covariance(skewed.view()).unwrap_err().to_string().contains("not symmetric"));
    let two = Precision::full(array![[1.0, 0.0], [0.0, 1.0]].view()).unwrap();
    assert_eq!(mahalanobis(&good(), &two), Err(RsaError::PrecisionSize { expected: 4, found: 2 }));
    let known = NoiseCovariance::from_matrix(Array2::eye(4).view(), 9).unwrap();
    let found = crossnobis_per_fold(&good(), &[known]);
    assert_eq!(found, Err(RsaError::FoldCovariances { expected: 3, found: 1 }));
}
