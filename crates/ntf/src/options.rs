//! How a model is fitted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{NtfError, Result};
use crate::update::{Penalty, Sign};

/// An update rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Hierarchical alternating least squares: column after column, exact for each. The fastest as a rule.
    #[default]
    Hals,
    /// Multiplicative updates: simple, slow at the end, never reach 0.
    Mu,
    /// Block coordinate descent: projected gradient steps with extrapolation.
    Bcd,
}

impl Method {
    /// Its name in parameters and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hals => "hals",
            Self::Mu => "mu",
            Self::Bcd => "bcd",
        }
    }
}

/// What is made small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Squared differences (Frobenius norm).
    #[default]
    Gaussian,
    /// Kullback-Leibler divergence: the likelihood of Poisson counts. By multiplicative updates.
    Kl,
}

impl Loss {
    /// Its name in parameters and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Kl => "kl",
        }
    }
}

/// What holds for one mode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ModeOptions {
    /// Its factor stays as it is given.
    pub fixed: bool,
    /// Its factor may take both signs (semi-NTF).
    pub signed: bool,
    /// What is asked of its factor besides the fit.
    pub penalty: Penalty,
}

impl ModeOptions {
    pub(crate) fn sign(&self) -> Sign {
        if self.signed { Sign::Free } else { Sign::NonNegative }
    }
}

/// How a model is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FitOptions {
    /// Components.
    pub rank: usize,
    /// Update rule.
    pub method: Method,
    /// What is made small.
    pub loss: Loss,
    /// Passes over the columns of a factor per sweep (HALS).
    pub inner: usize,
    /// Least diagonal of a Gram matrix in a division (HALS).
    pub floor: f64,
    /// A fit ends when the relative error drops by less than this in a sweep.
    pub tolerance: f64,
    /// Sweeps at most.
    pub max_iterations: usize,
    /// Whether factors are extrapolated between sweeps (Ang, Cohen, Hien and Gillis).
    pub extrapolate: bool,
    /// Whether a component that vanishes is started anew, once.
    pub revive: bool,
    /// One entry per mode; modes beyond the end have the default.
    pub modes: Vec<ModeOptions>,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            rank: 1,
            method: Method::default(),
            loss: Loss::default(),
            inner: 3,
            floor: 1e-12,
            tolerance: 1e-5,
            max_iterations: 500,
            extrapolate: false,
            revive: true,
            modes: Vec::new(),
        }
    }
}

impl FitOptions {
    /// The defaults with `rank` components.
    pub fn of_rank(rank: usize) -> Self {
        Self { rank, ..Self::default() }
    }

    /// The options of `mode`.
    pub fn mode(&self, mode: usize) -> ModeOptions {
        self.modes.get(mode).copied().unwrap_or_default()
    }

    /// Whether all factors are non-negative.
    pub fn is_non_negative(&self) -> bool {
        !self.modes.iter().any(|mode| mode.signed)
    }

    /// Checks the options against the shape of a tensor.
    ///
    /// # Errors
    /// When the rank is 0 or larger than a tensor of this shape can have, or all modes are fixed.
    pub fn check(&self, shape: &[usize]) -> Result<()> {
        let all: usize = shape.iter().product();
        let most = shape.iter().map(|length| all / (*length).max(1)).min().unwrap_or(0);
        if !(1..=most).contains(&self.rank) {
            return Err(NtfError::WrongRank { rank: self.rank, most, shape: shape.to_vec() });
        }
        if (0..shape.len()).all(|mode| self.mode(mode).fixed) {
            return Err(NtfError::NothingFree);
        }
        Ok(())
    }
}
