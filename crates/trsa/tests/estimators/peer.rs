//! Agreement with rsatoolbox 0.3.2 and scikit-learn on the inputs of `fixtures/rsatoolbox_estimators.npz` (made by
//! `benches/peers/make_rsa_fixtures.py`). The tolerance of 1e-10 leaves room for another order of additions alone.

use std::fs::File;
use std::path::Path;

use ndarray::{Array1, Array2, Array3, Axis, Dimension, OwnedRepr};
use ndarray_npy::{NpzReader, ReadableElement};
use neuroloom_trsa::estimators::{
    PoissonPrior, Weighting, crossnobis_per_fold, crossnobis_unbalanced, mahalanobis, poisson, poisson_cv,
};
use neuroloom_trsa::noise::{NoiseCovariance, NoiseModel, Precision, from_repeats, from_residuals};
use neuroloom_trsa::pairs;

use crate::support::assert_close;

pub fn fixture<A: ReadableElement, D: Dimension>(name: &str) -> ndarray::ArrayBase<OwnedRepr<A>, D, A> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rsatoolbox_estimators.npz");
    NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap()
}

fn rdm(name: &str) -> Vec<f64> {
    fixture::<f64, ndarray::Ix1>(name).to_vec()
}

fn folds(name: &str) -> Array3<f64> {
    fixture(name)
}

fn precision() -> Precision {
    Precision::full(fixture::<f64, ndarray::Ix2>("precision").view()).unwrap()
}

const MODELS: [(&str, NoiseModel); 4] = [
    ("diag", NoiseModel::Diag),
    ("full", NoiseModel::Full),
    ("shrinkage_eye", NoiseModel::ShrinkageEye),
    ("shrinkage_diag", NoiseModel::ShrinkageDiag),
];

#[test]
fn mahalanobis_and_poisson_agree() {
    assert_close(&mahalanobis(&folds("folds"), &precision()).unwrap(), &rdm("mahalanobis"), 1e-10);
    let counts = folds("counts");
    assert_close(&poisson(&counts, PoissonPrior::default()).unwrap(), &rdm("poisson"), 1e-10);
    let prior = PoissonPrior { rate: 2.0, weight: 0.5 };
    assert_close(&poisson(&counts, prior).unwrap(), &rdm("poisson_prior"), 1e-10);
}

#[test]
fn crossnobis_with_a_covariance_per_fold_agrees() {
    let covariances: Array3<f64> = fixture("covariances");
    let covariances: Vec<NoiseCovariance> =
        covariances.outer_iter().map(|matrix| NoiseCovariance::from_matrix(matrix, 30).unwrap()).collect();
    let ours = crossnobis_per_fold(&folds("folds"), &covariances).unwrap();
    assert_close(&ours, &rdm("crossnobis_per_fold"), 1e-10);
}

#[test]
fn crossnobis_of_designs_with_gaps_agrees() {
    for (weighting, name) in [(Weighting::Number, "number"), (Weighting::Equal, "equal")] {
        let ours = crossnobis_unbalanced(&folds("gaps"), &Precision::identity(), weighting).unwrap();
        assert_close(&ours, &rdm(&format!("crossnobis_gaps_{name}")), 1e-10);
        let ours = crossnobis_unbalanced(&folds("absent"), &precision(), weighting).unwrap();
        assert_close(&ours, &rdm(&format!("crossnobis_absent_{name}")), 1e-10);
    }
}

/// One left-out fold of poisson_cv, as it is defined.
fn poisson_cv_of(counts: &Array3<f64>, test: usize) -> Vec<f64> {
    let prior = |rate: f64| (rate + 0.1) / 1.1;
    let others: Vec<usize> = (0..counts.dim().0).filter(|&fold| fold != test).collect();
    let train = counts.select(Axis(0), &others).mean_axis(Axis(0)).unwrap().mapv(prior);
    let test = counts.index_axis(Axis(0), test).mapv(|rate| prior(rate).ln());
    let d = |(i, j)| (&train.row(i) - &train.row(j)).dot(&(&test.row(i) - &test.row(j)));
    pairs(counts.dim().1).map(|pair| d(pair) / counts.dim().2 as f64).collect()
}

#[test]
fn our_poisson_cv_is_the_mean_over_folds_where_the_peer_returns_the_last() {
    let counts = folds("counts");
    let of_folds: Vec<Array1<f64>> = (0..3).map(|fold| poisson_cv_of(&counts, fold).into()).collect();
    let peer = rdm("poisson_cv_last_fold");
    assert_close(of_folds[2].as_slice().unwrap(), &peer, 1e-10);
    let mean = (&of_folds[0] + &of_folds[1] + &of_folds[2]) / 3.0;
    let ours = poisson_cv(&counts, PoissonPrior::default()).unwrap();
    assert_close(&ours, mean.as_slice().unwrap(), 1e-12);
    assert!(ours.iter().zip(&peer).any(|(a, b)| (a - b).abs() > 0.01));
}

fn assert_same_matrix(ours: &Array2<f64>, peer: &Array2<f64>) {
    assert_close(ours.as_slice().unwrap(), peer.as_slice().unwrap(), 1e-10);
}

#[test]
fn covariances_from_residuals_agree() {
    for residuals in ["residuals", "few_residuals"] {
        let x: Array2<f64> = fixture(residuals);
        for (name, model) in MODELS {
            // Fewer degrees of freedom than channels: refused instead of singular.
            if model != NoiseModel::Full || residuals == "residuals" {
                let ours = from_residuals(x.view(), None, model).unwrap().to_matrix();
                assert_same_matrix(&ours, &fixture(&format!("{residuals}_{name}")));
            }
            if model != NoiseModel::Full {
                let ours = from_residuals(x.view(), Some(6), model).unwrap();
                assert_eq!(ours.dof(), 6);
                assert_same_matrix(&ours.to_matrix(), &fixture(&format!("{residuals}_dof6_{name}")));
            }
        }
    }
}

#[test]
fn the_shrinkage_of_ledoit_and_wolf_agrees_with_scikit_learn() {
    for residuals in ["residuals", "few_residuals"] {
        let x: Array2<f64> = fixture(residuals);
        let n = x.nrows();
        let ours = from_residuals(x.view(), Some(n), NoiseModel::ShrinkageEye).unwrap();
        assert_same_matrix(&ours.to_matrix(), &fixture(&format!("{residuals}_sklearn")));
        assert!((0.0..=1.0).contains(&ours.shrinkage().unwrap()));
    }
}

#[test]
fn covariances_from_repeats_have_the_right_degrees_of_freedom_where_the_peer_has_not() {
    let folds = folds("folds");
    let (n_folds, n_conditions, _) = folds.dim();
    for (name, model) in MODELS {
        let ours = from_repeats(&folds, model).unwrap();
        assert_eq!(ours.dof(), n_conditions * (n_folds - 1));
        let ours = ours.to_matrix();
        assert_same_matrix(&ours, &fixture(&format!("unbalanced_{name}")));
        let peer: Array2<f64> = fixture(&format!("measurements_{name}"));
        assert!((&ours - &peer).iter().any(|difference| difference.abs() > 0.05));
    }
    let ratio = (n_conditions * (n_folds - 1)) as f64 / ((n_conditions - 1) * n_folds) as f64;
    let ours = from_repeats(&folds, NoiseModel::Full).unwrap().to_matrix();
    assert_same_matrix(&(ours * ratio), &fixture("measurements_full"));
}
