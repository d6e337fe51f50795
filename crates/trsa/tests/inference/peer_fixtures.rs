//! Agreement with rsatoolbox 0.3.2 on the inputs of `fixtures/rsatoolbox_inference.npz` (made by
//! `benches/peers/make_rsa_inference_fixtures.py`).

use std::fs::File;
use std::path::Path;

use ndarray::{Array, Array1, Array2, Dimension, s};
use ndarray_npy::NpzReader;
use neuroloom_core::Seed;
use neuroloom_trsa::Rdm;
use neuroloom_trsa::compare::Measure;
use neuroloom_trsa::fit::{Model, ModelKind};
use neuroloom_trsa::inference::{
    Boot, Draw, Evaluator, Fold, Multiplicities, Problem, Record, Resampling, Scheme, Variances,
    cross_validate, default_k_conditions, default_k_rdms, evaluate_fixed, resample, t_tests, variances,
};

use crate::support::{assert_close, fixed, rdm};

const N_CONDITIONS: usize = 10;
const MEASURES: [Measure; 8] = [
    Measure::Cosine,
    Measure::Corr,
    Measure::Spearman,
    Measure::RhoA,
    Measure::TauA,
    Measure::TauB,
    Measure::CosineCov,
    Measure::CorrCov,
];

fn fixture<D: Dimension>(name: &str) -> Array<f64, D> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rsatoolbox_inference.npz");
    let found: Array<f64, D> = NpzReader::new(File::open(path).unwrap()).unwrap().by_name(name).unwrap();
    found.as_standard_layout().into_owned()
}

fn list(name: &str) -> Vec<f64> {
    fixture::<ndarray::IxDyn>(name).into_iter().collect()
}

fn rdms(name: &str) -> Vec<Rdm> {
    let rows: Array2<f64> = fixture(name);
    let rdm = |(i, row): (usize, ndarray::ArrayView1<'_, f64>)| {
        rdm(&format!("{name} {i}"), N_CONDITIONS, row.to_vec())
    };
    rows.outer_iter().enumerate().map(rdm).collect()
}

fn problem(models: &[Model]) -> Problem {
    Problem::new::<&str>(models, &rdms("data"), None).unwrap()
}

fn subjects() -> Vec<String> {
    list("subjects").iter().map(f64::to_string).collect()
}

fn indices(row: ndarray::ArrayView1<'_, f64>) -> Vec<usize> {
    row.iter().map(|&index| index as usize).collect()
}

#[test]
fn similarities_ceilings_and_tests_of_fixed_models_agree() {
    let problem = problem(&fixed(&rdms("models")));
    for measure in MEASURES {
        let name = measure.name();
        let result = evaluate_fixed(&Evaluator::new(&problem, measure).unwrap()).unwrap();
        assert_close(result.similarities.as_slice().unwrap(), &list(&format!("fixed_{name}")), 1e-10);
        let ceiling = result.ceiling.unwrap();
        assert_close(&[ceiling.lower, ceiling.upper], &list(&format!("fixed_ends_{name}")), 1e-10);
        let found = result.variances.unwrap();
        assert_variances(&found, &format!("fixed_{{}}_{name}"), 1e-10);
        let tests = t_tests(&found, 0.05);
        let p = |of: fn(&neuroloom_trsa::inference::ModelTest) -> f64| {
            tests.models.iter().map(of).collect::<Vec<_>>()
        };
        // The peer takes 1 - cdf, which has no digits below 1e-16.
        let assert_same = |found: Vec<f64>, peer: &str| {
            for (found, expected) in found.iter().zip(list(&format!("fixed_{peer}_{name}"))) {
                assert!((found - expected).abs() < 1e-12, "{peer} {name}: {found} instead of {expected}");
            }
        };
        assert_same(p(|model| model.p_zero), "p_zero");
        assert_same(p(|model| model.p_ceiling), "p_ceiling");
        let pairs: Array2<f64> = fixture(&format!("fixed_p_pairs_{name}"));
        for pair in &tests.pairs {
            assert!((pair.p - pairs[[pair.models.0, pair.models.1]]).abs() < 1e-12);
        }
    }
}

/// The peer keeps two variances per difference from the ceiling, of its lower and its upper end.
#[track_caller]
fn assert_variances(found: &Variances, pattern: &str, tolerance: f64) {
    let peer = |part: &str| list(&pattern.replace("{}", part));
    assert_close(&found.means, &peer("means"), tolerance.max(1e-10));
    assert_close(&found.models, &peer("model"), tolerance);
    assert_close(&found.pairs, &peer("pairs"), tolerance);
    let to_lower: Vec<f64> = peer("ceiling").chunks(2).map(|ends| ends[0]).collect();
    assert_close(&found.below_ceiling, &to_lower, tolerance);
    assert_eq!(vec![found.df], peer("df"));
}

#[test]
fn evaluations_and_ceilings_of_given_samples_agree() {
    let alone = problem(&fixed(&rdms("models")));
    let grouped = Problem::new(&fixed(&rdms("models")), &rdms("data"), Some(&subjects())).unwrap();
    let conditions: Array2<f64> = fixture("draws_conditions");
    for (problem, draws) in [(&alone, "rdms"), (&grouped, "subjects")] {
        let subjects: Array2<f64> = fixture(&format!("draws_{draws}"));
        for measure in MEASURES {
            let evaluator = Evaluator::new(problem, measure).unwrap();
            let peer: Array2<f64> = fixture(&format!("boot_{draws}_{}", measure.name()));
            for (row, expected) in peer.outer_iter().enumerate() {
                let draw = Draw {
                    conditions: Multiplicities::count(indices(conditions.row(row)), N_CONDITIONS),
                    subjects: Multiplicities::count(indices(subjects.row(row)), problem.n_groups()),
                };
                let (mut found, ceiling) = evaluator.evaluate(&draw).unwrap();
                found.extend([ceiling.lower, ceiling.upper]);
                assert_close(&found, &expected.to_vec(), 1e-10);
            }
        }
    }
}

fn folds() -> Vec<Fold> {
    let mut folds = Vec::new();
    for test_subjects in [0..3, 3..6] {
        for test_conditions in [0..4, 4..10] {
            folds.push(Fold {
                train_subjects: (0..6).filter(|place| !test_subjects.contains(place)).collect(),
                train_conditions: (0..10).filter(|place| !test_conditions.contains(place)).collect(),
                test_subjects: test_subjects.clone().collect(),
                test_conditions: test_conditions.collect(),
            });
        }
    }
    folds
}

#[test]
fn cross_validation_on_given_folds_agrees() {
    let draw = Draw::data(N_CONDITIONS, 6);
    let problem = problem(&fixed(&rdms("models")));
    for measure in MEASURES {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        let outcome = cross_validate(&evaluator, &draw, &folds()).unwrap();
        let found = [&outcome.similarities[..], &[outcome.ceiling.lower, outcome.ceiling.upper]].concat();
        assert_close(&found, &list(&format!("crossval_{}", measure.name())), 1e-10);
    }
}

/// The peer searches an interpolation with a tolerance of 1e-5; ours is exact, so never worse on the training data.
#[test]
fn flexible_models_agree_on_given_folds() {
    let draw = Draw::data(N_CONDITIONS, 6);
    let kinds = [
        ("select", ModelKind::Select, 1e-10),
        ("ridge", ModelKind::Weighted { non_negative: false, ridge: 0.5 }, 1e-10),
        ("interpolate", ModelKind::Interpolate, 1e-4),
    ];
    for (name, kind, tolerance) in kinds {
        let problem = problem(&[Model::new(name, kind, rdms("models")).unwrap()]);
        for measure in [Measure::Cosine, Measure::Corr] {
            let evaluator = Evaluator::new(&problem, measure).unwrap();
            let outcome = cross_validate(&evaluator, &draw, &folds()).unwrap();
            let peer = list(&format!("crossval_{name}_{}", measure.name()));
            assert_close(&outcome.similarities, &peer, tolerance);
        }
    }
}

#[test]
fn non_negative_weights_agree_where_the_peer_ends() {
    let kind = ModelKind::Weighted { non_negative: true, ridge: 0.0 };
    let problem = problem(&[Model::new("nnls", kind, rdms("models")).unwrap()]);
    let all: Vec<usize> = (0..6).collect();
    let whole = Fold {
        test_subjects: all.clone(),
        train_subjects: all,
        test_conditions: (0..N_CONDITIONS).collect(),
        train_conditions: (0..N_CONDITIONS).collect(),
    };
    for measure in [Measure::Cosine, Measure::Corr] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        let draw = Draw::data(N_CONDITIONS, 6);
        let outcome = cross_validate(&evaluator, &draw, std::slice::from_ref(&whole)).unwrap();
        assert_close(&outcome.weights[0][0], &list(&format!("nnls_{}", measure.name())), 1e-10);
    }
}

fn script(name: &str) -> Vec<Record> {
    let records: ndarray::Array4<f64> = fixture(name);
    records.outer_iter().map(|record| record.iter().copied().collect()).collect()
}

#[test]
fn variances_of_given_records_agree() {
    let problem = problem(&fixed(&rdms("models")));
    let evaluator = Evaluator::new(&problem, Measure::Cosine).unwrap();
    let of = |scheme| Resampling { scheme, k_rdms: 2, k_conditions: 1, n_cv: 2 };
    let both = variances(&evaluator, &of(Scheme::Single(Boot::Both)), &script("script_both")).unwrap();
    assert_variances(&both, "script_both_{}", 1e-10);
    let dual = variances(&evaluator, &of(Scheme::Dual), &script("script_dual")).unwrap();
    assert_variances(&dual, "script_dual_{}", 1e-10);
}

/// 3000 samples each: a variance is known to a relative `sqrt(2/3000)`, the ratio of two to 3.7 %. Five times that.
#[test]
fn bootstrap_variances_agree_within_their_error() {
    let problem = problem(&fixed(&rdms("models")));
    let schemes = [
        ("both", Scheme::Single(Boot::Both)),
        ("rdms", Scheme::Single(Boot::Rdms)),
        ("conditions", Scheme::Single(Boot::Conditions)),
        ("dual", Scheme::Dual),
    ];
    for measure in [Measure::Cosine, Measure::Corr] {
        let evaluator = Evaluator::new(&problem, measure).unwrap();
        for (name, scheme) in schemes {
            let resampling = Resampling::plain(scheme);
            let records = resample(&evaluator, &resampling, Seed::root(1), 0..3000).unwrap();
            let found = variances(&evaluator, &resampling, &records).unwrap();
            let peer = |part: &str| list(&format!("{name}_{part}_{}", measure.name()));
            for (ours, theirs) in found.models.iter().zip(peer("model")) {
                assert!((ours / theirs - 1.0).abs() < 0.19, "{name}: {ours} and {theirs}");
            }
            for ((ours, theirs), variance) in found.means.iter().zip(peer("means")).zip(&found.models) {
                assert!((ours - theirs).abs() < 5.0 * (2.0 * variance / 3000.0).sqrt(), "{name}");
            }
            assert_eq!(vec![found.df], peer("df"), "{name}");
        }
    }
}

#[test]
fn default_numbers_of_folds_agree() {
    let peer: Array2<f64> = fixture("default_k");
    let found: Array1<f64> = (2..60).map(|n| default_k_rdms(f64::from(n)) as f64).collect();
    assert_eq!(found, peer.slice(s![.., 0]));
    let found: Array1<f64> = (2..60).map(|n| default_k_conditions(f64::from(n)) as f64).collect();
    assert_eq!(found, peer.slice(s![.., 1]));
}
