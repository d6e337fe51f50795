//! Bootstrap samples, with cross-validation inside where models have parameters.

use std::ops::Range;

use neuroloom_core::Seed;
use rayon::prelude::*;

use super::crossval::cross_validate_view;
use super::view::{View, sample_mean};
use super::{Ceiling, Draw, Evaluator, k_folds};
use crate::{Result, RsaError};

/// What is drawn with replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// Subjects, with all their RDMs.
    Rdms,
    /// Conditions.
    Conditions,
    /// Both.
    Both,
}

/// A bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Of one sort.
    Single(Boot),
    /// Of all three sorts on the same draws, for a variance that counts each source once (Schütt et al. 2023).
    Dual,
}

impl Scheme {
    /// Its bootstraps, in the order of a [`Record`].
    pub fn boots(self) -> &'static [Boot] {
        match self {
            Self::Single(Boot::Rdms) => &[Boot::Rdms],
            Self::Single(Boot::Conditions) => &[Boot::Conditions],
            Self::Single(Boot::Both) => &[Boot::Both],
            Self::Dual => &[Boot::Both, Boot::Rdms, Boot::Conditions],
        }
    }
}

/// How samples are drawn and evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    /// The bootstrap.
    pub scheme: Scheme,
    /// Folds over subjects; 1 for none.
    pub k_rdms: usize,
    /// Folds over conditions; 1 for none.
    pub k_conditions: usize,
    /// Cross-validations per sample, each with folds of its own; their variance is taken out of the bootstrap's.
    pub n_cv: usize,
}

/// The evaluation of one sample: `[bootstraps, cross-validations, models + 2]`, the last two the noise ceiling. All NaN
/// where the sample has too few subjects or conditions.
pub type Record = Vec<f64>;

impl Resampling {
    /// A bootstrap without cross-validation.
    pub fn plain(scheme: Scheme) -> Self {
        Self { scheme, k_rdms: 1, k_conditions: 1, n_cv: 1 }
    }

    /// Whether models are fitted and tested on different data.
    pub fn is_cross_validated(&self) -> bool {
        self.k_rdms > 1 || self.k_conditions > 1
    }

    /// Cross-validations per sample: without folds one is like the other.
    pub fn n_cv(&self) -> usize {
        if self.is_cross_validated() { self.n_cv } else { 1 }
    }

    /// # Errors
    /// Flexible models without cross-validation, fewer subjects or conditions than the bootstrap and its folds need, no
    /// cross-validation at all, a measure that copies of a condition make singular.
    pub fn check(&self, evaluator: &Evaluator<'_>) -> Result<()> {
        let problem = evaluator.problem();
        let (n_groups, n_conditions) = (problem.n_groups(), problem.n_conditions());
        let draws = |sort: Boot| self.scheme.boots().iter().any(|boot| *boot == sort || *boot == Boot::Both);
        if problem.is_flexible() && !self.is_cross_validated() {
            return Err(RsaError::NotCrossValidated);
        }
        if self.n_cv == 0 || self.k_rdms == 0 || self.k_conditions == 0 {
            return Err(RsaError::Nothing { what: "fold" });
        }
        let least = if draws(Boot::Rdms) { self.k_rdms.max(2) } else { self.k_rdms };
        if n_groups < least {
            return Err(RsaError::TooFewSubjects { needed: least, found: n_groups });
        }
        if n_conditions < 3 * self.k_conditions {
            return Err(RsaError::TooFewConditions { needed: 3 * self.k_conditions, found: n_conditions });
        }
        let divides = draws(Boot::Conditions) || self.k_conditions > 1;
        if divides && !evaluator.can_resample_conditions() {
            return Err(RsaError::WholeRdmsOnly { measure: evaluator.measure().name() });
        }
        Ok(())
    }
}

/// Evaluates the samples of these numbers, in parallel. A sample depends on the seed and its number alone.
///
/// # Errors
/// What [`Resampling::check`] refuses; a singular ridge fit.
pub fn resample(
    evaluator: &Evaluator<'_>,
    resampling: &Resampling,
    seed: Seed,
    samples: Range<u64>,
) -> Result<Vec<Record>> {
    resampling.check(evaluator)?;
    let records: Vec<Result<Record>> =
        samples.into_par_iter().map(|index| record(evaluator, resampling, seed, index)).collect();
    records.into_iter().collect()
}

fn record(evaluator: &Evaluator<'_>, resampling: &Resampling, seed: Seed, index: u64) -> Result<Record> {
    let problem = evaluator.problem();
    let boots = resampling.scheme.boots();
    let draw = |boot| Draw::sample(boot, problem.n_conditions(), problem.n_groups(), seed, index);
    let length = boots.len() * resampling.n_cv() * (problem.n_models() + 2);
    if boots.iter().any(|&boot| !allows(&draw(boot), resampling)) {
        return Ok(vec![f64::NAN; length]);
    }
    let mut record = Vec::with_capacity(length);
    let mut resampled = None;
    for &boot in boots {
        let draw = draw(boot);
        let view: &View = match (boot, &mut resampled) {
            (Boot::Rdms, _) => evaluator.whole(),
            (_, Some(view)) => view,
            (_, none) => none.insert(evaluator.view(&draw.conditions)?),
        };
        for cv in 0..resampling.n_cv() {
            let seed = seed.child("folds").child_index(index).child(boot.name()).child_index(cv as u64);
            let (similarities, ceiling) = evaluate(evaluator, view, &draw, resampling, seed)?;
            record.extend(similarities);
            record.extend([ceiling.lower, ceiling.upper]);
        }
    }
    Ok(record)
}

impl Boot {
    /// `rdms`, `conditions`, `both`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rdms => "rdms",
            Self::Conditions => "conditions",
            Self::Both => "both",
        }
    }
}

/// Whether a sample has subjects for all folds, and three different conditions for each.
fn allows(draw: &Draw, resampling: &Resampling) -> bool {
    draw.subjects.present().len() >= resampling.k_rdms
        && draw.conditions.present().len() >= 3 * resampling.k_conditions
}

fn evaluate(
    evaluator: &Evaluator<'_>,
    view: &View,
    draw: &Draw,
    resampling: &Resampling,
    seed: Seed,
) -> Result<(Vec<f64>, Ceiling)> {
    if resampling.is_cross_validated() {
        let folds = k_folds(draw, resampling.k_rdms, resampling.k_conditions, seed);
        let outcome = cross_validate_view(evaluator, view, draw, &folds)?;
        return Ok((outcome.similarities, outcome.ceiling));
    }
    Ok((fixed_means(evaluator, view, draw), view.ceiling(evaluator, &draw.subjects)?))
}

/// Mean similarity of the models, all of them fixed, over the RDMs of a sample.
fn fixed_means(evaluator: &Evaluator<'_>, view: &View, draw: &Draw) -> Vec<f64> {
    let problem = evaluator.problem();
    let mean = |component: usize| {
        sample_mean(&view.component(component, problem.n_rdms()), problem.groups(), &draw.subjects)
    };
    problem.models().iter().map(|model| mean(model.components.start)).collect()
}

impl Evaluator<'_> {
    /// The evaluation of one given sample without cross-validation: the mean similarity of every model, all of them
    /// fixed, over the RDMs of the sample, and the noise ceiling.
    ///
    /// # Errors
    /// When a model has parameters, or the measure cannot be had of resampled conditions.
    pub fn evaluate(&self, draw: &Draw) -> Result<(Vec<f64>, Ceiling)> {
        let n = self.problem().n_conditions();
        let is_whole = draw.conditions == super::Multiplicities::once(n);
        if self.problem().is_flexible() {
            return Err(RsaError::NotCrossValidated);
        }
        if !is_whole && !self.can_resample_conditions() {
            return Err(RsaError::WholeRdmsOnly { measure: self.measure().name() });
        }
        let view = self.view(&draw.conditions)?;
        Ok((fixed_means(self, &view, draw), view.ceiling(self, &draw.subjects)?))
    }
}
