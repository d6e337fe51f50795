//! Samples of all measures, in batches between which a checkpoint may be kept.

use ndarray::Array2;
use neuroloom_core::{Error, Result, RunContext, Task};
use serde::{Deserialize, Serialize};

use super::{EvaluateParams, Inference};
use crate::compare::Measure;
use crate::inference::{
    Draw, Evaluator, FixedResult, FoldOutcome, PermutationResult, Record, Resampling, Tests, cross_validate,
    evaluate_fixed, k_folds, permutation_test, resample, t_tests, variances,
};

/// Samples between two looks at the clock and the stop button.
const BATCH: u64 = 64;

/// What is known of one measure.
pub struct Outcome {
    pub measure: Measure,
    pub tests: Tests,
    /// Samples of a bootstrap, or means under permutations.
    pub records: Vec<Record>,
    pub resampling: Option<Resampling>,
    /// Similarities of fixed models with every RDM `[n_models, n_rdms]`; none where a model has parameters.
    pub similarities: Option<Array2<f64>>,
    /// One cross-validation of the data, and the fit to all of them; where a model has parameters.
    pub fits: Option<(FoldOutcome, FoldOutcome)>,
}

impl Outcome {
    /// Samples that are left out.
    pub fn n_undefined(&self) -> usize {
        self.records.iter().filter(|record| record.iter().any(|value| !value.is_finite())).count()
    }
}

/// Records of the measures so far, the last one on its way: what a checkpoint keeps.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Progress {
    records: Vec<Vec<Record>>,
}

/// Evaluates all measures; goes on from the last checkpoint.
pub fn evaluate(
    ctx: &RunContext,
    params: &EvaluateParams,
    evaluators: &[Evaluator<'_>],
) -> Result<Vec<Outcome>> {
    let records = draw_all(ctx, params, evaluators)?;
    let outcome = |(evaluator, records)| outcome(ctx, params, evaluator, records);
    evaluators.iter().zip(records).map(outcome).collect()
}

fn draw_all(
    ctx: &RunContext,
    params: &EvaluateParams,
    evaluators: &[Evaluator<'_>],
) -> Result<Vec<Vec<Record>>> {
    if params.inference == Inference::Fixed {
        return Ok(vec![Vec::new(); evaluators.len()]);
    }
    let n = params.n_samples as u64;
    let mut progress: Progress = ctx.resume()?.unwrap_or_default();
    let work = ctx.begin("samples", Some(n.saturating_mul(evaluators.len() as u64)));
    work.advance(progress.records.iter().map(|records| records.len() as u64).sum());
    for (place, evaluator) in evaluators.iter().enumerate() {
        if progress.records.len() <= place {
            progress.records.push(Vec::with_capacity(params.n_samples));
        }
        work.note(evaluator.measure().name());
        while progress.records[place].len() < params.n_samples {
            ctx.boundary(&progress)?;
            let batch = next_batch(ctx, params, evaluator, progress.records[place].len() as u64, &*work)?;
            progress.records[place].extend(batch);
        }
    }
    Ok(progress.records)
}

fn next_batch(
    ctx: &RunContext,
    params: &EvaluateParams,
    evaluator: &Evaluator<'_>,
    first: u64,
    work: &dyn Task,
) -> Result<Vec<Record>> {
    let problem = evaluator.problem();
    let samples = first..(first + BATCH).min(params.n_samples as u64);
    let n = samples.end - first;
    // All measures see the same draws.
    let records = match params.resampling(problem.n_groups(), problem.n_conditions()) {
        Some(resampling) => resample(evaluator, &resampling, ctx.seed(), samples)?,
        None => {
            let found = permutation_test(evaluator, ctx.seed(), samples)?.similarities;
            found.outer_iter().map(|row| row.to_vec()).collect()
        }
    };
    work.advance(n);
    Ok(records)
}

fn outcome(
    ctx: &RunContext,
    params: &EvaluateParams,
    evaluator: &Evaluator<'_>,
    records: Vec<Record>,
) -> Result<Outcome> {
    let problem = evaluator.problem();
    let fixed = if problem.is_flexible() { None } else { Some(evaluate_fixed(evaluator)?) };
    let resampling = params.resampling(problem.n_groups(), problem.n_conditions());
    let tests = match (&resampling, &fixed) {
        (Some(resampling), _) => t_tests(&variances(evaluator, resampling, &records)?, params.alpha),
        (None, Some(fixed)) => without_bootstrap(ctx, params, fixed, &records)?,
        (None, None) => return Err(Error::internal("models with parameters were not cross-validated")),
    };
    let fits = match (&fixed, &resampling) {
        (None, Some(resampling)) => Some(fits(ctx, evaluator, resampling)?),
        _ => None,
    };
    let similarities = fixed.map(|fixed| fixed.similarities);
    Ok(Outcome { measure: evaluator.measure(), tests, records, resampling, similarities, fits })
}

fn without_bootstrap(
    ctx: &RunContext,
    params: &EvaluateParams,
    fixed: &FixedResult,
    records: &[Record],
) -> Result<Tests> {
    match (&fixed.variances, params.inference) {
        (_, Inference::Permutation) => {
            let shape = (records.len(), fixed.similarities.nrows());
            let similarities = Array2::from_shape_vec(shape, records.concat())
                .map_err(|_| Error::internal("permutations of different numbers of models"))?;
            Ok(PermutationResult { similarities }.tests(fixed, ctx.seed()))
        }
        (Some(variances), _) => Ok(t_tests(variances, params.alpha)),
        (None, _) => Err(Error::internal("a single subject was not refused")),
    }
}

/// One cross-validation of the data themselves, and the fit to all of them.
fn fits(
    ctx: &RunContext,
    evaluator: &Evaluator<'_>,
    resampling: &Resampling,
) -> Result<(FoldOutcome, FoldOutcome)> {
    let problem = evaluator.problem();
    let data = Draw::data(problem.n_conditions(), problem.n_groups());
    let folds =
        |k_rdms, k_conditions| k_folds(&data, k_rdms, k_conditions, ctx.seed().child("folds of the data"));
    let divided = folds(resampling.k_rdms, resampling.k_conditions);
    Ok((cross_validate(evaluator, &data, &divided)?, cross_validate(evaluator, &data, &folds(1, 1))?))
}
