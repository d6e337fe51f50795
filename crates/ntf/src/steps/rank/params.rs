//! Parameters of `ntf.rank`.

use neuroloom_core::{Error, ParamIssues, Result, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::{FitOptions, Method};
use crate::rank::{Criterion, Curve};
use crate::steps::factorise::{Dtype, Init};
use crate::steps::input::{Data, Form, Missing, TensorInput};

/// Parameters of `ntf.rank`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RankParams {
    /// Numbers of components to try; sorted, each once.
    pub ranks: Vec<usize>,
    /// Starts per rank.
    pub starts: usize,
    /// Update rule.
    pub method: Method,
    /// Where the first factors come from.
    pub init: Init,
    /// A fit ends when the relative error drops by less than this in a sweep.
    pub tolerance: f64,
    /// Sweeps per start at most.
    pub max_iterations: usize,
    /// Precision in which the tensor is held.
    pub dtype: Dtype,
    /// Let starts run on one compressed tensor, shared by all ranks, and finish on the tensor itself; used where it pays.
    pub compression: bool,
    /// What to do with NaN or null entries of `tensor`.
    pub missing: Missing,
    /// Share of the entries that are held out for the cross-validated error, at most 0.5; 0 for none. Dense tensors only.
    pub cv_fraction: f64,
    /// How many times entries are held out, each time others.
    pub cv_folds: usize,
    /// The rank whose factors are returned: a number, or the criterion that suggests it.
    pub select: SelectRank,
}

/// A rank, or the criterion that suggests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SelectRank {
    /// This one.
    Rank(usize),
    /// The one that a criterion suggests.
    By(Criterion),
}

impl Default for RankParams {
    fn default() -> Self {
        Self {
            ranks: (2..=12).collect(),
            starts: 10,
            method: Method::default(),
            init: Init::default(),
            tolerance: 1e-5,
            max_iterations: 500,
            dtype: Dtype::default(),
            compression: true,
            missing: Missing::default(),
            cv_fraction: 0.1,
            cv_folds: 3,
            select: SelectRank::By(Criterion::NuclearNorm),
        }
    }
}

impl StepParams for RankParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.ranks.is_empty(), "ranks", || "must name at least one rank".into());
        issues.require(!self.ranks.contains(&0), "ranks", || "must be at least 1, got 0".into());
        for (value, name) in
            [(self.starts, "starts"), (self.max_iterations, "max_iterations"), (self.cv_folds, "cv_folds")]
        {
            issues.require(value >= 1, name, || "must be at least 1, got 0".into());
        }
        issues.require(self.tolerance.is_finite() && self.tolerance >= 0.0, "tolerance", || {
            format!("must be a finite number of at least 0, got {}", self.tolerance)
        });
        issues.require((0.0..=0.5).contains(&self.cv_fraction), "cv_fraction", || {
            format!("must be between 0 and 0.5, got {}", self.cv_fraction)
        });
        issues.require(self.init != Init::Given, "init", || {
            "`given` has factors of one rank: use `ntf.factorise`".into()
        });
        if let SelectRank::Rank(rank) = self.select {
            issues.require(self.ranks.contains(&rank), "select", || {
                format!("must be one of `ranks` or a criterion, got {rank}")
            });
        }
    }
}

impl RankParams {
    /// The ranks, ascending, each once.
    pub(super) fn sorted_ranks(&self) -> Vec<usize> {
        let mut ranks = self.ranks.clone();
        ranks.sort_unstable();
        ranks.dedup();
        ranks
    }

    pub(super) fn form(&self, largest: usize) -> Form {
        let compress = self.compression && self.method == Method::Hals;
        Form {
            symmetric: None,
            absent_is_masked: false,
            non_negative: true,
            compress: compress.then_some(largest),
        }
    }

    pub(super) fn fit_options(&self, rank: usize) -> FitOptions {
        FitOptions {
            method: self.method,
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
            ..FitOptions::of_rank(rank)
        }
    }

    /// The share of entries to hold out, where that is possible.
    pub(super) fn cv_share(&self, input: &TensorInput) -> Option<f64> {
        (self.cv_fraction > 0.0 && matches!(input.data, Data::Dense { .. })).then_some(self.cv_fraction)
    }
}

impl SelectRank {
    /// The rank that is selected.
    ///
    /// # Errors
    /// When its criterion suggests none.
    pub(super) fn rank(self, ranks: &[usize], curves: &[(Curve, Option<usize>)]) -> Result<usize> {
        let criterion = match self {
            Self::Rank(rank) => return Ok(rank),
            Self::By(criterion) => criterion,
        };
        let curve = curves.iter().find(|(curve, _)| curve.criterion == criterion);
        match curve {
            Some((_, Some(rank))) => Ok(*rank),
            // A plateau that is not reached yet says: at least the largest.
            Some((curve, None)) if criterion == Criterion::NuclearNorm => {
                Ok(*curve.ranks.last().unwrap_or(&1))
            }
            Some((_, None)) => {
                Err(Error::data(format!("no rank fulfils the criterion `{}`", criterion.name()))
                    .found(format!("ranks {ranks:?}"))
                    .hint("give other `ranks`, another criterion in `select`, or a number"))
            }
            None => Err(Error::params(format!("the criterion `{}` was not computed", criterion.name()))
                .hint("`cv_error` needs a dense tensor and `cv_fraction` above 0")),
        }
    }
}
