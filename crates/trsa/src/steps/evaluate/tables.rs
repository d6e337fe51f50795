//! Results as tables.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::run::Outcome;
use crate::inference::Problem;

/// A number, or a gap for NaN.
fn known(value: f64) -> Option<f64> {
    Some(value).filter(|value| !value.is_nan())
}

/// A row per measure and model.
pub fn stats(problem: &Problem, outcomes: &[Outcome]) -> Result<Table> {
    let names: Vec<&str> = problem.model_names().collect();
    let rows = || {
        outcomes.iter().flat_map(|outcome| {
            outcome.tests.models.iter().zip(&names).map(move |(test, name)| (outcome, test, *name))
        })
    };
    TableBuilder::new(kinds::RSA_MODEL_STATS)
        .text("measure", rows().map(|(outcome, ..)| outcome.measure.name()))
        .text("model_id", rows().map(|(.., name)| name))
        .numbers("mean", rows().map(|(_, test, _)| test.mean))
        .optional_numbers("variance", rows().map(|(_, test, _)| known(test.variance)))
        .optional_numbers("df", rows().map(|(outcome, ..)| known(outcome.tests.df)))
        .optional_numbers("ci_low", rows().map(|(_, test, _)| known(test.interval.0)))
        .optional_numbers("ci_high", rows().map(|(_, test, _)| known(test.interval.1)))
        .optional_numbers("p_zero", rows().map(|(_, test, _)| known(test.p_zero)))
        .optional_numbers("q_zero", rows().map(|(_, test, _)| known(test.q_zero)))
        .optional_numbers("p_ceiling", rows().map(|(_, test, _)| known(test.p_ceiling)))
        .optional_numbers("q_ceiling", rows().map(|(_, test, _)| known(test.q_ceiling)))
        .finish()
}

/// A row per measure and pair of models.
pub fn pairs(problem: &Problem, outcomes: &[Outcome]) -> Result<Table> {
    let names: Vec<&str> = problem.model_names().collect();
    let rows =
        || outcomes.iter().flat_map(|outcome| outcome.tests.pairs.iter().map(move |pair| (outcome, pair)));
    TableBuilder::new(kinds::RSA_MODEL_PAIRS)
        .text("measure", rows().map(|(outcome, _)| outcome.measure.name()))
        .text("model_a", rows().map(|(_, pair)| names[pair.models.0]))
        .text("model_b", rows().map(|(_, pair)| names[pair.models.1]))
        .numbers("difference", rows().map(|(_, pair)| pair.difference))
        .optional_numbers("variance", rows().map(|(_, pair)| known(pair.variance)))
        .optional_numbers("df", rows().map(|(outcome, _)| known(outcome.tests.df)))
        .optional_numbers("p", rows().map(|(_, pair)| known(pair.p)))
        .optional_numbers("q", rows().map(|(_, pair)| known(pair.q)))
        .finish()
}

/// A row per measure.
pub fn ceiling(outcomes: &[Outcome]) -> Result<Table> {
    let end = |end: usize| outcomes.iter().map(move |outcome| known(outcome.tests.ceiling.ends[end]));
    let variance =
        |end: usize| outcomes.iter().map(move |outcome| known(outcome.tests.ceiling.variances[end]));
    TableBuilder::new(kinds::RSA_CEILING)
        .text("measure", outcomes.iter().map(|outcome| outcome.measure.name()))
        .optional_numbers("lower", end(0))
        .optional_numbers("upper", end(1))
        .optional_numbers("variance_lower", variance(0))
        .optional_numbers("variance_upper", variance(1))
        .optional_numbers("p_zero", outcomes.iter().map(|outcome| known(outcome.tests.ceiling.p_zero)))
        .finish()
}

struct Evaluation<'a> {
    measure: &'a str,
    model: &'a str,
    resampled: Option<&'static str>,
    resample: Option<usize>,
    rdm: Option<&'a str>,
    value: f64,
}

/// A row per measure, model and RDM, or sample.
pub fn evaluations(problem: &Problem, outcomes: &[Outcome]) -> Result<Table> {
    let rows: Vec<Evaluation<'_>> = outcomes
        .iter()
        .flat_map(|outcome| of_data(problem, outcome).chain(of_samples(problem, outcome)))
        .collect();
    TableBuilder::new(kinds::RSA_EVALUATIONS)
        .text("measure", rows.iter().map(|row| row.measure))
        .text("model_id", rows.iter().map(|row| row.model))
        .optional_text("resampled", rows.iter().map(|row| row.resampled))
        .optional_integers("resample", rows.iter().map(|row| row.resample.map(|n| n as i64)))
        .optional_text("rdm_id", rows.iter().map(|row| row.rdm))
        .numbers("value", rows.iter().map(|row| row.value))
        .finish()
}

/// Similarities with the data: of fixed models with every RDM, else the mean of a cross-validation.
fn of_data<'a>(problem: &'a Problem, outcome: &'a Outcome) -> impl Iterator<Item = Evaluation<'a>> {
    let measure = outcome.measure.name();
    let row =
        move |model, rdm, value| Evaluation { measure, model, resampled: None, resample: None, rdm, value };
    let of_rdms = outcome.similarities.iter().flat_map(move |similarities| {
        problem.model_names().zip(similarities.outer_iter()).flat_map(move |(model, values)| {
            let values = values.to_vec();
            problem.rdm_names().zip(values).map(move |(rdm, value)| row(model, Some(rdm), value))
        })
    });
    let of_folds = outcome.fits.iter().flat_map(move |(divided, _)| {
        problem.model_names().zip(&divided.similarities).map(move |(model, value)| row(model, None, *value))
    });
    of_rdms.chain(of_folds)
}

/// Means over cross-validations in every sample.
fn of_samples<'a>(problem: &'a Problem, outcome: &'a Outcome) -> impl Iterator<Item = Evaluation<'a>> {
    let n_models = problem.n_models();
    let measure = outcome.measure.name();
    let blocks: Vec<(&'static str, usize)> = match &outcome.resampling {
        Some(resampling) => {
            resampling.scheme.boots().iter().map(|boot| (boot.name(), resampling.n_cv())).collect()
        }
        None => vec![("labels", 1)],
    };
    let width = if outcome.resampling.is_some() { n_models + 2 } else { n_models };
    outcome.records.iter().enumerate().flat_map(move |(sample, record)| {
        let mut rows = Vec::with_capacity(blocks.len() * n_models);
        let mut start = 0;
        for (resampled, n_cv) in &blocks {
            for (place, model) in problem.model_names().enumerate() {
                let values = (0..*n_cv).map(|cv| record[start + cv * width + place]);
                rows.push(Evaluation {
                    measure,
                    model,
                    resampled: Some(resampled),
                    resample: Some(sample),
                    rdm: None,
                    value: values.sum::<f64>() / *n_cv as f64,
                });
            }
            start += n_cv * width;
        }
        rows
    })
}

/// A row per measure, model, fold of the data and component.
pub fn weights(problem: &Problem, outcomes: &[Outcome]) -> Result<Table> {
    let mut rows: Vec<(&str, &str, Option<i64>, &str, f64)> = Vec::new();
    for outcome in outcomes {
        let Some((divided, whole)) = &outcome.fits else { continue };
        let splits = divided.weights.iter().enumerate().map(|(split, weights)| (Some(split as i64), weights));
        for (split, weights) in whole.weights.iter().map(|weights| (None, weights)).chain(splits) {
            for (model, component, weight) in problem.components_with(weights) {
                rows.push((outcome.measure.name(), model, split, component, weight));
            }
        }
    }
    TableBuilder::new(kinds::RSA_MODEL_WEIGHTS)
        .text("measure", rows.iter().map(|row| row.0))
        .text("model_id", rows.iter().map(|row| row.1))
        .optional_integers("split", rows.iter().map(|row| row.2))
        .text("component", rows.iter().map(|row| row.3))
        .numbers("weight", rows.iter().map(|row| row.4))
        .finish()
}
