//! `rsa.rdm` with residuals, gaps, runs, subjects and a limit of memory.

use ndarray::{Array2, Array3, Axis};
use neuroloom_core::{Error, Inputs, Registry, RunContext, StepOutput, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};
use neuroloom_trsa::estimators::{Estimator, Method, NanPolicy, NoiseSource, cross_run_correlation};
use neuroloom_trsa::noise::NoiseModel;
use serde_json::{Value, json};

use crate::support::{
    Response, assert_close, direction_rows, gaussian, labels, responses_table, ring_cells, rng,
};

pub fn run(id: &str, params: Value, inputs: &[(&str, &Table)]) -> Result<StepOutput, Error> {
    let registry = neuroloom_trsa::register(Registry::default());
    let step = registry.get(id).unwrap();
    let params = step.check(&params).unwrap();
    let inputs = Inputs::new(inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone())));
    step.run(&RunContext::for_test("."), &params, &inputs)
}

pub fn wrong_params(id: &str, params: Value) -> Vec<String> {
    let registry = neuroloom_trsa::register(Registry::default());
    let issues = registry.get(id).unwrap().check(&params).unwrap_err();
    issues.iter().map(ToString::to_string).collect()
}

pub fn values(table: &Table, column: &str) -> Vec<f64> {
    let numbers = table.numbers(column).unwrap();
    (0..table.n_rows()).map(|row| numbers.get(row).unwrap()).collect()
}

fn folds() -> Array3<f64> {
    ring_cells(1, (3, 6, 4), 2.0)
}

fn rows() -> Vec<Response> {
    direction_rows("m1_day2", "adn", &folds())
}

/// Residuals of the four neurons, `n` of every fold.
fn residuals(n: usize) -> (Array2<f64>, Vec<i64>) {
    let mut rng = rng(3);
    let values = Array2::from_shape_fn((3 * n, 4), |(t, _)| (1.0 + (t / n) as f64) * gaussian(&mut rng));
    (values, (0..3 * n).map(|t| (t / n) as i64).collect())
}

fn residuals_table(values: &Array2<f64>, folds: &[i64]) -> Table {
    let cells = || values.indexed_iter();
    TableBuilder::new(kinds::RESIDUALS)
        .text("recording_id", cells().map(|_| "m1_day2"))
        .text("unit_id", cells().map(|((_, c), _)| format!("adn{c}")))
        .integers("observation", cells().map(|((t, _), _)| t as i64))
        .optional_integers("fold", cells().map(|((t, _), _)| folds.get(t).copied()))
        .numbers("residual", cells().map(|(_, value)| *value))
        .text("residual_unit", cells().map(|_| "Hz"))
        .finish()
        .unwrap()
}

#[test]
fn noise_comes_from_residuals_of_all_folds_or_of_each() {
    let responses = responses_table(&rows());
    let (x, fold_of) = residuals(20);
    let table = residuals_table(&x, &fold_of);
    let inputs = [("responses", &responses), ("residuals", &table)];
    let estimator = Estimator { noise: NoiseModel::ShrinkageEye, ..Estimator::new(Method::Crossnobis) };
    let patterns = folds();
    let found =
        |params: Value| values(&run("rsa.rdm", params, &inputs).unwrap().tables["rdms"], "dissimilarity");
    let params = json!({"noise": "shrinkage_eye", "noise_from": "residuals", "residual_dof": 50});
    let source = NoiseSource::Residuals(x.view(), Some(50));
    assert_close(&found(params), &estimator.estimate((&patterns).into(), source).unwrap(), 1e-12);
    let params = json!({"noise": "shrinkage_eye", "noise_from": "residuals", "per_fold": true});
    let parts: Vec<_> = x.axis_chunks_iter(Axis(0), 20).collect();
    let source = NoiseSource::PerFold(&parts);
    assert_close(&found(params), &estimator.estimate((&patterns).into(), source).unwrap(), 1e-12);
}

#[test]
fn unfit_residuals_are_refused_with_their_place() {
    let responses = responses_table(&rows());
    let (x, fold_of) = residuals(4);
    let report = |table: &Table, per_fold: bool| {
        let params = json!({"noise": "diag", "noise_from": "residuals", "per_fold": per_fold});
        run("rsa.rdm", params, &[("responses", &responses), ("residuals", table)]).unwrap_err().report()
    };
    let two = report(&residuals_table(&x.slice_move(ndarray::s![..8, ..]), &fold_of[..8]), true);
    assert!(two.contains("m1_day2/adn: fold 2"), "{two}");
    let none =
        run("rsa.rdm", json!({"noise": "diag", "noise_from": "residuals"}), &[("responses", &responses)]);
    assert!(none.unwrap_err().report().contains("residuals"));
    let lacking = report(&residuals_table(&residuals(4).0.slice_move(ndarray::s![.., ..3]), &[]), false);
    assert!(lacking.contains("adn3") && lacking.contains("missing"), "{lacking}");
}

#[test]
fn methods_between_runs_have_a_diagonal() {
    let responses = responses_table(&rows());
    let output =
        run("rsa.rdm", json!({"method": "cross_run_correlation"}), &[("responses", &responses)]).unwrap();
    let expected = cross_run_correlation(&folds()).unwrap();
    assert_close(&values(&output.tables["rdms"], "dissimilarity"), &expected.upper, 1e-12);
    assert_close(&values(&output.tables["diagonal"], "dissimilarity"), &expected.diagonal, 1e-12);
    let plain = run("rsa.rdm", json!({"method": "euclidean"}), &[("responses", &responses)]).unwrap();
    assert!(!plain.tables.contains_key("diagonal"));
}

#[test]
fn a_condition_may_be_absent_from_a_fold_where_pairs_are_compared() {
    let mut rows = rows();
    let missing: Vec<Response> =
        rows.extract_if(.., |row| row.fold == 1 && row.condition == "2.6180").collect();
    assert_eq!(missing.len(), 4);
    let responses = responses_table(&rows);
    let mut gaps = folds();
    gaps.slice_mut(ndarray::s![1, 2, ..]).fill(f64::NAN);
    for (weighting, name) in
        [(Default::default(), "number"), (neuroloom_trsa::estimators::Weighting::Equal, "equal")]
    {
        let estimator =
            Estimator { nan: NanPolicy::Pairwise, weighting, ..Estimator::new(Method::Crossnobis) };
        let params = json!({"nan": "pairwise", "weighting": name});
        let found = run("rsa.rdm", params, &[("responses", &responses)]).unwrap();
        let expected = estimator.estimate((&gaps).into(), NoiseSource::Repeats).unwrap();
        assert_close(&values(&found.tables["rdms"], "dissimilarity"), &expected, 1e-12);
    }
    let refused = run("rsa.rdm", json!({}), &[("responses", &responses)]).unwrap_err().report();
    assert!(refused.contains("nan: pairwise"), "{refused}");
}

#[test]
fn errors_name_recording_unit_condition_and_fold() {
    let refused = |change: &dyn Fn(&mut Vec<Response>), params: Value| {
        let mut rows = rows();
        rows.iter_mut().for_each(|row| row.response = row.response.abs());
        change(&mut rows);
        run("rsa.rdm", params, &[("responses", &responses_table(&rows))]).unwrap_err().report()
    };
    let negative =
        refused(&|rows| rows[5].response = -3.0, json!({"method": "poisson", "nan": "drop_channel"}));
    assert!(negative.contains("m1_day2/adn: unit m1_day2/adn1, condition \"1.5708\", fold 0"), "{negative}");
    let silent = |rows: &mut Vec<Response>| {
        rows.iter_mut().filter(|row| row.unit == "adn3").for_each(|row| row.response = 1.0);
    };
    let silent = refused(&silent, json!({"noise": "shrinkage_diag"}));
    assert!(silent.contains("unit m1_day2/adn3") && silent.contains("variance of 0"), "{silent}");
    let alone = |rows: &mut Vec<Response>| {
        rows.retain(|row| row.fold == 0 || row.condition != "0.5236");
    };
    let alone = refused(&alone, json!({"nan": "pairwise"}));
    assert!(alone.contains("condition \"0.5236\""), "{alone}");
    let one_fold = refused(&|rows| rows.retain(|row| row.fold == 0), json!({"noise": "diag"}));
    assert!(one_fold.contains("degree of freedom"), "{one_fold}");
}

#[test]
fn the_subject_is_the_recording_or_its_first_part() {
    let responses = responses_table(&rows());
    let subject = |params: Value| {
        let output = run("rsa.rdm", params, &[("responses", &responses)]).unwrap();
        output.tables["index"].text("subject").unwrap().get(0).map(str::to_owned)
    };
    assert_eq!(subject(json!({})).as_deref(), Some("m1_day2"));
    assert_eq!(subject(json!({"subject_before": "_"})).as_deref(), Some("m1"));
    assert_eq!(subject(json!({"group_by": "none"})), None);
}

#[test]
fn a_limit_of_memory_tells_how_much_is_needed() {
    let many = labels(300).len();
    let responses = responses_table(&direction_rows("r", "adn", &ring_cells(2, (2, many, 3), 1.0)));
    let inputs = [("responses", &responses)];
    let report = run("rsa.rdm", json!({"memory_limit_mib": 1}), &inputs).unwrap_err().report();
    assert!(report.contains("at most 1 MiB") && report.contains("an estimate of 6 MiB"), "{report}");
    run("rsa.rdm", json!({"memory_limit_mib": 6}), &inputs).unwrap();
}

#[test]
fn parameters_that_do_not_fit_together_are_named() {
    let issues = |params: Value| wrong_params("rsa.rdm", params);
    assert_eq!(
        issues(json!({"method": "poisson_cv", "nan": "pairwise", "prior": {"rate": 0.0}})),
        [
            "nan pairwise is not defined for poisson_cv; use error or drop_channel",
            "prior.rate must be a finite number above 0, got 0"
        ]
    );
    assert_eq!(
        issues(json!({"noise_from": "residuals"})),
        ["noise_from needs a model of the noise, `noise`"]
    );
    let per_fold = issues(json!({"per_fold": true, "noise": "diag", "residual_dof": 3}));
    assert!(
        per_fold[0].starts_with("per_fold needs") && per_fold[1].starts_with("residual_dof needs"),
        "{per_fold:?}"
    );
    assert_eq!(issues(json!({"subject_before": ""})), ["subject_before must not be empty"]);
}
