//! Cross-validation: models are fitted to some subjects and conditions and tested on others.

use super::ceiling::Ceiling;
use super::gram::GramView;
use super::problem::Entry;
use super::view::{Split, View, sample_mean};
use super::{Draw, Evaluator, Fold, Multiplicities};
use crate::Result;
use crate::fit::ModelKind;

/// What came of a cross-validation.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldOutcome {
    /// Mean similarity over folds, of every model. NaN where a fold has too few conditions.
    pub similarities: Vec<f64>,
    /// Mean noise ceiling over folds: lower from the pool of the training subjects, upper from the pool of all.
    pub ceiling: Ceiling,
    /// The weights of the components: per fold and model.
    pub weights: Vec<Vec<Vec<f64>>>,
}

/// Fits and tests all models on `folds` of a sample.
///
/// # Errors
/// When a ridge fit is singular, or the measure refuses a prediction.
pub fn cross_validate(evaluator: &Evaluator<'_>, draw: &Draw, folds: &[Fold]) -> Result<FoldOutcome> {
    cross_validate_view(evaluator, &evaluator.view(&draw.conditions)?, draw, folds)
}

/// The same where the similarities of the whole sample, `full`, are known.
pub(super) fn cross_validate_view(
    evaluator: &Evaluator<'_>,
    full: &View,
    draw: &Draw,
    folds: &[Fold],
) -> Result<FoldOutcome> {
    let problem = evaluator.problem();
    let mut outcome = FoldOutcome {
        similarities: vec![0.0; problem.n_models()],
        ceiling: Ceiling { lower: 0.0, upper: 0.0 },
        weights: Vec::with_capacity(folds.len()),
    };
    let n = folds.len() as f64;
    for fold in folds {
        let part = |places: &[usize]| draw.subjects.restricted(places);
        let (test, train) = (part(&fold.test_subjects), part(&fold.train_subjects));
        let view = evaluator.view(&draw.conditions.restricted(&fold.test_conditions))?;
        let weights = fit(evaluator, &draw.conditions.restricted(&fold.train_conditions), &train)?;
        for ((sum, model), weights) in outcome.similarities.iter_mut().zip(problem.models()).zip(&weights) {
            let values = view.mixture(evaluator, model.components.clone(), weights)?;
            *sum += sample_mean(&values, problem.groups(), &test) / n;
        }
        let split = Split { test: &test, train: &train, all: &draw.subjects };
        let ceiling = view.fold_ceiling(full, evaluator, &split)?;
        outcome.ceiling.lower += ceiling.lower / n;
        outcome.ceiling.upper += ceiling.upper / n;
        outcome.weights.push(weights);
    }
    Ok(outcome)
}

/// The weights of all models that suit a training sample best.
pub(super) fn fit(
    evaluator: &Evaluator<'_>,
    conditions: &Multiplicities,
    subjects: &Multiplicities,
) -> Result<Vec<Vec<f64>>> {
    let problem = evaluator.problem();
    if !problem.is_flexible() {
        return Ok(vec![vec![1.0]; problem.n_models()]);
    }
    let view = evaluator.view(conditions)?;
    let own = match &view {
        View::Gram(_) => None,
        _ => Some(evaluator.fitting_view(conditions)),
    };
    let gram = match (&view, &own) {
        (View::Gram(gram), _) => gram,
        (_, Some(gram)) => gram,
        _ => return Ok(vec![vec![1.0]; problem.n_models()]),
    };
    let fit = |model: &Entry| fit_one(evaluator, &view, gram, model, subjects);
    problem.models().iter().map(fit).collect()
}

fn fit_one(
    evaluator: &Evaluator<'_>,
    view: &View,
    gram: &GramView,
    model: &Entry,
    subjects: &Multiplicities,
) -> Result<Vec<f64>> {
    if model.kind == ModelKind::Fixed {
        return Ok(vec![1.0]);
    }
    let problem = evaluator.problem();
    let similarity = |component: usize| {
        sample_mean(&view.component(component, problem.n_rdms()), problem.groups(), subjects)
    };
    let similarities = model.components.clone().map(similarity).collect();
    let training = gram.training(model.components.clone(), problem.groups(), subjects, similarities);
    let has_gap = training.products.iter().chain(&training.pooled_products).any(|value| value.is_nan());
    if has_gap && model.kind != ModelKind::Select {
        // A component is constant among the training pairs: nothing can be fitted, and no similarity is known.
        return Ok(vec![f64::NAN; model.components.len()]);
    }
    model.kind.fit(&training).map_err(|error| error.in_model(&model.name))
}
