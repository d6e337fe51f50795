//! Parameters of `rsa.evaluate`.

use std::collections::BTreeSet;

use neuroloom_core::{ParamIssues, Result, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::RsaError;
use crate::compare::Measure;
use crate::fit::ModelKind;
use crate::inference::{Boot, Evaluator, Resampling, Scheme, default_k_conditions, default_k_rdms};

/// Parameters of `rsa.evaluate`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluateParams {
    /// The measures of similarity, each once.
    #[serde(default = "corr")]
    pub measures: Vec<Measure>,
    /// How uncertainty is estimated.
    #[serde(default)]
    pub inference: Inference,
    /// Models made of several RDMs of `models`. Every RDM that none of them names is a fixed model of its own.
    #[serde(default)]
    pub models: Vec<FlexibleModel>,
    /// Bootstrap samples or permutations, at least 1; from 2 on there are variances.
    #[serde(default = "thousand")]
    pub n_samples: usize,
    /// What is drawn in `crossval`.
    #[serde(default)]
    pub resampled: Resampled,
    /// Folds over subjects in `crossval` and `dual`; 1 for none. By default 2 to 5, by the number of subjects, and in `dual` 1 if all models are fixed.
    #[serde(default)]
    pub k_rdms: Option<usize>,
    /// Folds over conditions in `crossval` and `dual`; 1 for none. By default 2 to 5, by the number of conditions, and in `dual` 1 if all models are fixed.
    #[serde(default)]
    pub k_patterns: Option<usize>,
    /// Cross-validations per sample; from 2 on, what they add to the variance is taken out.
    #[serde(default = "two")]
    pub n_cv: usize,
    /// Confidence intervals have the level 1 - alpha; rates of false discoveries up to alpha are marked in the figure.
    #[serde(default = "five_percent")]
    pub alpha: f64,
}

/// How uncertainty is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Inference {
    /// Over the subjects at hand: generalises to other subjects, not to other conditions.
    Fixed,
    /// Draws subjects.
    BootstrapRdm,
    /// Draws conditions.
    BootstrapPattern,
    /// Draws both; its variance is too large.
    BootstrapBoth,
    /// Draws subjects, conditions and both, and counts each source of variance once.
    #[default]
    Dual,
    /// Draws as `resampled` says, and cross-validates every sample.
    Crossval,
    /// Relabels the conditions of the models; models are compared by flipping signs over subjects.
    Permutation,
}

/// What `crossval` draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resampled {
    /// Subjects.
    Rdms,
    /// Conditions.
    Patterns,
    /// Both.
    #[default]
    Both,
}

/// A model of several RDMs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlexibleModel {
    /// Its name.
    pub name: String,
    /// How it makes one RDM of them.
    pub kind: FlexibleKind,
    /// The RDMs, by `rdm_id`; for `interpolate` in their order.
    pub of: Vec<String>,
    /// For `weighted`: whether weights below 0 are forbidden.
    #[serde(default = "yes")]
    pub non_negative: bool,
    /// For `weighted`: the ridge, added to the diagonal of the normal equations, at least 0.
    #[serde(default)]
    pub ridge: f64,
}

/// How several RDMs become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlexibleKind {
    /// The only one: keeps an RDM a model of its own though another names it.
    Fixed,
    /// The most similar one.
    Select,
    /// Their weighted sum, by least squares.
    Weighted,
    /// A mixture of two neighbours.
    Interpolate,
}

fn corr() -> Vec<Measure> {
    vec![Measure::Corr]
}

fn thousand() -> usize {
    1000
}

fn two() -> usize {
    2
}

fn yes() -> bool {
    true
}

fn five_percent() -> f64 {
    0.05
}

impl StepParams for EvaluateParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.measures.is_empty(), "measures", || "must name at least one measure".into());
        for (place, measure) in self.measures.iter().enumerate() {
            let path = format!("measures.{place}");
            let first = !self.measures[..place].contains(measure);
            issues.require(first, &path, || format!("names {} a second time", measure.name()));
            issues.require(!measure.is_distance(), &path, || {
                format!("{} is a distance, and models are ranked by similarity: use bures", measure.name())
            });
            issues.require(!measure.needs_copies(self), &path, || {
                format!("{} is not defined for resampled conditions: use `inference: fixed`, `bootstrap_rdm` or `permutation`", measure.name())
            });
        }
        issues.require(self.n_samples >= 1, "n_samples", || "must be at least 1, got 0".into());
        issues.require(self.n_cv >= 1, "n_cv", || "must be at least 1, got 0".into());
        for (name, k) in [("k_rdms", self.k_rdms), ("k_patterns", self.k_patterns)] {
            issues.require(k != Some(0), name, || "must be at least 1, got 0".into());
        }
        let is_level = self.alpha > 0.0 && self.alpha < 1.0;
        issues.require(is_level, "alpha", || format!("must lie between 0 and 1, got {}", self.alpha));
        self.check_models(issues);
    }
}

impl EvaluateParams {
    fn check_models(&self, issues: &mut ParamIssues) {
        let mut seen = BTreeSet::new();
        for (place, model) in self.models.iter().enumerate() {
            let path = |field: &str| format!("models.{place}.{field}");
            issues.require(seen.insert(&model.name), &path("name"), || {
                format!("names {:?} a second time", model.name)
            });
            let least = if model.kind == FlexibleKind::Interpolate { 2 } else { 1 };
            let n = model.of.len();
            issues.require(n >= least, &path("of"), || format!("needs at least {least}, found {n}"));
            let one = model.kind != FlexibleKind::Fixed || n == 1;
            issues.require(one, &path("of"), || format!("a fixed model has one RDM, found {n}"));
            let mut named = BTreeSet::new();
            for id in &model.of {
                issues.require(named.insert(id), &path("of"), || format!("names {id:?} a second time"));
            }
            issues.require(model.ridge.is_finite() && model.ridge >= 0.0, &path("ridge"), || {
                format!("must be a finite number of at least 0, got {}", model.ridge)
            });
        }
        let fits = matches!(self.inference, Inference::Crossval | Inference::Dual);
        issues.require(fits || !self.has_flexible_models(), "inference", || {
            "models with parameters need `crossval` or `dual`, which test them on other data than they are fitted to"
                .into()
        });
    }

    /// Whether any model has parameters.
    pub(super) fn has_flexible_models(&self) -> bool {
        self.models.iter().any(|model| model.kind != FlexibleKind::Fixed)
    }

    /// The bootstrap; none for `fixed` and `permutation`.
    pub(super) fn resampling(&self, n_rdms: usize, n_conditions: usize) -> Option<Resampling> {
        let scheme = match (self.inference, self.resampled) {
            (Inference::Fixed | Inference::Permutation, _) => return None,
            (Inference::Dual, _) => Scheme::Dual,
            (Inference::BootstrapRdm, _) | (Inference::Crossval, Resampled::Rdms) => {
                Scheme::Single(Boot::Rdms)
            }
            (Inference::BootstrapPattern, _) | (Inference::Crossval, Resampled::Patterns) => {
                Scheme::Single(Boot::Conditions)
            }
            (Inference::BootstrapBoth, _) | (Inference::Crossval, Resampled::Both) => {
                Scheme::Single(Boot::Both)
            }
        };
        let divides = match self.inference {
            Inference::Crossval => true,
            Inference::Dual => {
                self.has_flexible_models() || self.k_rdms.is_some() || self.k_patterns.is_some()
            }
            _ => false,
        };
        if !divides {
            return Some(Resampling::plain(scheme));
        }
        // A sample holds this share of them.
        let share = 1.0 - (-1.0_f64).exp();
        let k_rdms = self.k_rdms.unwrap_or(match n_rdms {
            1 => 1,
            n => default_k_rdms(share * n as f64),
        });
        let k_conditions = self.k_patterns.unwrap_or(default_k_conditions(share * n_conditions as f64));
        Some(Resampling { scheme, k_rdms, k_conditions, n_cv: self.n_cv })
    }

    /// # Errors
    /// What the inference needs and the data have not.
    pub(super) fn check_against(&self, evaluator: &Evaluator<'_>) -> Result<()> {
        let problem = evaluator.problem();
        let (found, needed) = (problem.n_groups(), 2);
        if self.inference == Inference::Fixed && found < needed {
            return Err(RsaError::TooFewSubjects { needed, found }.into());
        }
        match self.resampling(problem.n_groups(), problem.n_conditions()) {
            Some(resampling) => Ok(resampling.check(evaluator)?),
            None => Ok(()),
        }
    }
}

impl Measure {
    /// Whether it is to be had of resampled conditions and cannot.
    fn needs_copies(self, params: &EvaluateParams) -> bool {
        let keeps_conditions =
            matches!(params.inference, Inference::Fixed | Inference::BootstrapRdm | Inference::Permutation);
        matches!(self, Self::Bures | Self::NegRiemDist) && !keeps_conditions
    }
}

impl FlexibleModel {
    /// Its kind, with parameters.
    pub(super) fn kind(&self) -> ModelKind {
        match self.kind {
            FlexibleKind::Fixed => ModelKind::Fixed,
            FlexibleKind::Select => ModelKind::Select,
            FlexibleKind::Interpolate => ModelKind::Interpolate,
            FlexibleKind::Weighted => {
                ModelKind::Weighted { non_negative: self.non_negative, ridge: self.ridge }
            }
        }
    }
}
