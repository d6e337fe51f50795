//! Fixed models tested over subjects.

use ndarray::Array2;

use super::variance::{contrast_variance, covariance};
use super::view::sample_mean;
use super::{Ceiling, Evaluator, Multiplicities, Variances};
use crate::{Result, RsaError};

/// The evaluation of fixed models on the data themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedResult {
    /// Similarity of every model with every RDM, `[n_models, n_rdms]`.
    pub similarities: Array2<f64>,
    /// Mean over the RDMs of every subject, `[n_subjects, n_models]`.
    pub of_subjects: Array2<f64>,
    /// The noise ceiling; none with a single subject, whose others do not exist.
    pub ceiling: Option<Ceiling>,
    /// Variances over subjects; none with a single one.
    pub variances: Option<Variances>,
}

/// Similarities of fixed models with the data, their means over subjects and variances of the means: sample covariance
/// over the n subjects, over n; `df = n - 1`. The noise ceiling counts as known when models are compared with it.
///
/// # Errors
/// When a model has parameters.
pub fn evaluate_fixed(evaluator: &Evaluator<'_>) -> Result<FixedResult> {
    let problem = evaluator.problem();
    if problem.is_flexible() {
        return Err(RsaError::NotCrossValidated);
    }
    let (n_models, n_groups) = (problem.n_models(), problem.n_groups());
    let mut similarities = Array2::zeros((n_models, problem.n_rdms()));
    for (mut row, model) in similarities.outer_iter_mut().zip(problem.models()) {
        let values = evaluator.whole().component(model.components.start, problem.n_rdms());
        row.iter_mut().zip(values).for_each(|(entry, value)| *entry = value);
    }
    let once = Multiplicities::once(n_groups);
    let of_subjects = Array2::from_shape_fn((n_groups, n_models), |(group, model)| {
        let values = similarities.row(model);
        sample_mean(values.to_slice().unwrap_or_default(), problem.groups(), &once.restricted(&[group]))
    });
    let ceilings = match n_groups {
        0 | 1 => Vec::new(),
        _ => evaluator.whole().ceilings(evaluator, &once)?,
    };
    let ceiling = (!ceilings.is_empty()).then(|| Ceiling::mean(&ceilings));
    let variances = ceiling.map(|ceiling| over_subjects(&of_subjects, ceiling, &ceilings));
    Ok(FixedResult { similarities, of_subjects, ceiling, variances })
}

fn over_subjects(of_subjects: &Array2<f64>, ceiling: Ceiling, ceilings: &[Ceiling]) -> Variances {
    let (n_groups, n_models) = of_subjects.dim();
    let n = n_groups as f64;
    let of_means = covariance(of_subjects) / n;
    let ends = Array2::from_shape_fn((n_groups, 2), |(group, end)| match end {
        0 => ceilings[group].lower,
        _ => ceilings[group].upper,
    });
    let of_ends = covariance(&ends) / n;
    let models: Vec<f64> = (0..n_models).map(|model| of_means[[model, model]]).collect();
    let difference = |(a, b)| contrast_variance(&of_means, &[(a, 1.0), (b, -1.0)]);
    Variances {
        means: of_subjects.columns().into_iter().map(|column| column.sum() / n).collect(),
        ceiling: [ceiling.lower, ceiling.upper],
        pairs: crate::pairs(n_models).map(difference).collect(),
        below_ceiling: models.clone(),
        models,
        ceiling_variances: [of_ends[[0, 0]], of_ends[[1, 1]]],
        df: n - 1.0,
    }
}
