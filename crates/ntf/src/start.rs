//! One fit from one start: its state from sweep to sweep.

use ndarray::Array2;
use neuroloom_core::Seed;
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::error::{NtfError, Result};
use crate::factors::{Factor, model_squared_norm, serial};
use crate::update::Momentum;

/// How a fit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// The error hardly dropped any more.
    Converged,
    /// There were no sweeps left.
    MaxIterations,
}

impl Status {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::MaxIterations => "max_iter",
        }
    }
}

/// A fit on its way: everything that the next sweep needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    /// The factors.
    #[serde(with = "serial")]
    pub factors: Vec<Factor>,
    /// Relative error after every sweep.
    pub trace: Vec<f64>,
    /// What was made small, after every sweep: the relative error, or with penalties the root of twice the objective
    /// over the norm, or the divergence per unit of the tensor.
    pub objective: Vec<f64>,
    /// How it ended; none while it goes on.
    pub status: Option<Status>,
    /// The factors before the last sweep, for extrapolation.
    #[serde(with = "serial")]
    pub(crate) before: Vec<Factor>,
    pub(crate) momentum: Vec<Momentum>,
    pub(crate) extrapolation: Extrapolation,
    /// Components that were started anew.
    pub(crate) revived: Vec<bool>,
    /// Stream of the components that are started anew.
    pub(crate) revivals: Vec<f64>,
}

/// The state of the extrapolation between sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Extrapolation {
    pub(crate) beta: f64,
    pub(crate) beta_max: f64,
}

impl Default for Extrapolation {
    fn default() -> Self {
        Self { beta: 0.5, beta_max: 1.0 }
    }
}

impl Start {
    /// Start number `number`: entries uniform in (0, 1), a stream per mode, scaled so that the model has the norm of the
    /// tensor.
    pub fn random(shape: &[usize], rank: usize, squared_norm: f64, seed: &Seed, number: usize) -> Self {
        let seed = seed.child_index(number as u64);
        let mut factors: Vec<Factor> = shape
            .iter()
            .enumerate()
            .map(|(mode, length)| {
                let mut rng = seed.child_index(mode as u64).rng();
                Array2::from_shape_simple_fn((*length, rank), || rng.random::<f64>())
            })
            .collect();
        let model = model_squared_norm(&factors);
        if squared_norm > 0.0 && model > 0.0 {
            let scale = (squared_norm / model).sqrt().powf(1.0 / shape.len() as f64);
            factors.iter_mut().for_each(|factor| *factor *= scale);
        }
        let mut start = Self::from_factors(factors);
        let mut rng = seed.child("revivals").rng();
        start.revivals = (0..REVIVALS).map(|_| rng.random()).collect();
        start
    }

    /// A start from `factors`, one per mode.
    ///
    /// # Errors
    /// When their shapes do not fit, or an entry is negative (unless the mode is signed), not finite, or a column zero.
    pub fn given(
        shape: &[usize],
        rank: usize,
        factors: Vec<Factor>,
        signed: impl Fn(usize) -> bool,
    ) -> Result<Self> {
        for (mode, (factor, length)) in factors.iter().zip(shape).enumerate() {
            check_factor(mode, factor, [*length, rank], signed(mode))?;
        }
        Ok(Self::from_factors(factors))
    }

    fn from_factors(factors: Vec<Factor>) -> Self {
        let rank = factors.first().map_or(0, Factor::ncols);
        Self {
            momentum: vec![Momentum::default(); factors.len()],
            factors,
            trace: Vec::new(),
            objective: Vec::new(),
            status: None,
            before: Vec::new(),
            extrapolation: Extrapolation::default(),
            revived: vec![false; rank],
            revivals: Vec::new(),
        }
    }

    /// Sweeps so far.
    pub fn iterations(&self) -> usize {
        self.trace.len()
    }

    /// Relative error after the last sweep.
    pub fn error(&self) -> f64 {
        self.trace.last().copied().unwrap_or(f64::NAN)
    }

    /// What was made small, after the last sweep.
    pub fn last_objective(&self) -> f64 {
        self.objective.last().copied().unwrap_or(f64::INFINITY)
    }

    /// Lets it go on: what it reached was reached with another form of the tensor.
    pub(crate) fn reopen(&mut self) {
        self.status = None;
        self.before.clear();
        self.momentum.fill(Momentum::default());
        self.extrapolation = Extrapolation::default();
        self.objective.clear();
    }
}

/// Random numbers that are drawn for components that vanish; used over and over, each component from its own place.
const REVIVALS: usize = 4096;

/// Checks a given factor of `mode`.
pub(crate) fn check_factor(mode: usize, factor: &Factor, expected: [usize; 2], signed: bool) -> Result<()> {
    let found = [factor.nrows(), factor.ncols()];
    if found != expected {
        return Err(NtfError::FactorShape { mode, expected, found });
    }
    let wrong = factor.indexed_iter().find(|(_, value)| !value.is_finite() || (!signed && **value < 0.0));
    if let Some(((place, component), value)) = wrong {
        let expected = if signed { "a finite number" } else { "a finite number of at least 0" };
        return Err(NtfError::FactorEntry { mode, place, component, value: *value, expected });
    }
    let zero = factor.columns().into_iter().position(|column| column.iter().all(|value| *value == 0.0));
    zero.map_or(Ok(()), |component| Err(NtfError::ZeroColumn { mode, component }))
}
