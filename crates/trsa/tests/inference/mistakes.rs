//! Unfit input is refused in words.

use neuroloom_core::{Error, Seed};
use neuroloom_trsa::RsaError;
use neuroloom_trsa::compare::Measure;
use neuroloom_trsa::fit::{Model, ModelKind};
use neuroloom_trsa::inference::{
    Boot, Evaluator, Problem, Resampling, Scheme, evaluate_fixed, resample, variances,
};

use crate::support::{fixed, problem, random_rdms, rdm, rng};

fn report(error: RsaError) -> String {
    Error::from(error).report()
}

#[test]
fn a_model_needs_components_that_fit_its_kind() {
    let mut rng = rng(1);
    let few = random_rdms(&mut rng, "c", 4, 3);
    let weighted = ModelKind::Weighted { non_negative: true, ridge: 0.0 };
    let message = report(Model::new("mix", weighted, few.clone()).unwrap_err());
    assert!(message.contains("at most 3 components, found 4") && message.contains("model mix"), "{message}");
    let message = report(Model::new("line", ModelKind::Interpolate, few[..1].to_vec()).unwrap_err());
    assert!(message.contains("at least 2 components, found 1"), "{message}");
    assert!(Model::new("none", ModelKind::Select, Vec::new()).is_err());
    let negative = ModelKind::Weighted { non_negative: false, ridge: -1.0 };
    assert!(report(Model::new("x", negative, few[..2].to_vec()).unwrap_err()).contains("ridge"));
}

#[test]
fn a_problem_needs_whole_rdms_over_the_same_conditions() {
    let mut rng = rng(2);
    let data = random_rdms(&mut rng, "d", 2, 5);
    let refused = |models: &[Model], data: &[neuroloom_trsa::Rdm], subjects: Option<&[&str]>| {
        report(Problem::new(models, data, subjects).unwrap_err())
    };
    let models = fixed(&data[..1]);
    let mut gap = data[1].dissimilarities().to_vec();
    gap[3] = f64::NAN;
    let message = refused(&models, &[data[0].clone(), rdm("gap", 5, gap)], None);
    assert!(message.contains("NaN") && message.contains("gap") && message.contains("c0004"), "{message}");
    let other = random_rdms(&mut rng, "o", 1, 6);
    assert!(refused(&fixed(&other), &data, None).contains("conditions differ"));
    assert!(refused(&[], &data, None).contains("at least one model"));
    assert!(refused(&models, &[], None).contains("at least one RDM"));
    assert!(refused(&[models[0].clone(), models[0].clone()], &data, None).contains("two models"));
    assert!(refused(&models, &data, Some(&["a"])).contains("2 RDMs, found 1"));
    let pair = random_rdms(&mut rng, "p", 1, 2);
    assert!(refused(&fixed(&pair), &pair, None).contains("at least 3 conditions"));
}

#[test]
fn a_measure_that_is_not_defined_names_the_rdm() {
    let mut rng = rng(3);
    let data = random_rdms(&mut rng, "d", 2, 5);
    let flat = [rdm("flat", 5, vec![2.0; 10])];
    let constant = problem(&fixed(&flat), &data);
    for measure in [Measure::Corr, Measure::Spearman, Measure::RhoA] {
        let message = report(Evaluator::new(&constant, measure).unwrap_err());
        assert!(
            message.contains("all dissimilarities are the same") && message.contains("flat"),
            "{message}"
        );
    }
    assert!(Evaluator::new(&constant, Measure::Cosine).is_ok());
    let zero = problem(&fixed(&data[..1]), &[rdm("zero", 5, vec![0.0; 10])]);
    assert!(report(Evaluator::new(&zero, Measure::Cosine).unwrap_err()).contains("zero"));
}

#[test]
fn an_inference_that_cannot_be_had_says_why() {
    let mut rng = rng(4);
    let data = random_rdms(&mut rng, "d", 3, 7);
    let models = fixed(&data[..1]);
    let single = problem(&models, &data[..1]);
    let refused = |problem: &Problem, resampling: Resampling| {
        let evaluator = Evaluator::new(problem, Measure::Corr).unwrap();
        report(resample(&evaluator, &resampling, Seed::root(1), 0..2).unwrap_err())
    };
    let rdms = Resampling::plain(Scheme::Single(Boot::Rdms));
    let message = refused(&single, rdms);
    assert!(message.contains("at least 2 subjects") && message.contains("bootstrap_pattern"), "{message}");
    let many = problem(&models, &data);
    let folds = |k_rdms, k_conditions| Resampling { k_rdms, k_conditions, ..rdms };
    assert!(refused(&many, folds(4, 1)).contains("at least 4 subjects"));
    assert!(refused(&many, folds(1, 3)).contains("at least 9 conditions"));
    let flexible = problem(&[Model::new("s", ModelKind::Select, data.clone()).unwrap()], &data);
    assert!(refused(&flexible, rdms).contains("cross-validated"));
    let evaluator = Evaluator::new(&flexible, Measure::Corr).unwrap();
    assert!(report(evaluate_fixed(&evaluator).unwrap_err()).contains("crossval"));
}

#[test]
fn a_bootstrap_without_a_defined_sample_is_an_error() {
    let mut rng = rng(5);
    let data = random_rdms(&mut rng, "d", 3, 9);
    let problem = problem(&fixed(&data[..1]), &data);
    let evaluator = Evaluator::new(&problem, Measure::Corr).unwrap();
    // Three folds of three of nine conditions: hardly any sample has all nine.
    let resampling =
        Resampling { scheme: Scheme::Single(Boot::Conditions), k_rdms: 1, k_conditions: 3, n_cv: 1 };
    let records = resample(&evaluator, &resampling, Seed::root(1), 0..20).unwrap();
    let message = report(variances(&evaluator, &resampling, &records).unwrap_err());
    assert!(message.contains("of 20 bootstrap samples 0"), "{message}");
}

#[test]
fn one_subject_has_similarities_but_no_ceiling_and_no_variance() {
    let mut rng = rng(6);
    let data = random_rdms(&mut rng, "d", 2, 6);
    let problem = Problem::new(&fixed(&data[..1]), &data, Some(&["a", "a"])).unwrap();
    let result = evaluate_fixed(&Evaluator::new(&problem, Measure::Corr).unwrap()).unwrap();
    assert!(result.ceiling.is_none() && result.variances.is_none());
    assert!((result.similarities[[0, 0]] - 1.0).abs() < 1e-12);
}
