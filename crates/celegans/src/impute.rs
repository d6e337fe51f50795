//! Filling samples that were not measured. What is filled is always marked.

mod chained;
mod linear;
mod ridge;

use std::borrow::Cow;
use std::ops::Range;

pub use chained::chained;
pub use linear::linear;
use neuroloom_core::{Result, Seed};
pub use ridge::{BayesianRidge, bayesian_ridge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How samples that were not measured are filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impute {
    /// Not at all: NaN stays NaN.
    None,
    /// On a line in time between the nearest measured samples; the nearest one at the ends.
    #[default]
    Linear,
    /// Chained Bayesian ridge regressions on other neurons. Not causal, and random.
    Chained,
}

impl Impute {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Linear => "linear",
            Self::Chained => "chained",
        }
    }

    /// Fills the NaN of `traces` `[n_neurons][n_samples]`, each of which has a measured sample, on the clock
    /// `times_s`. Traces without NaN are not copied by [`Impute::Linear`].
    ///
    /// # Errors
    /// As [`chained`].
    pub fn fill(self, traces: &mut [&mut Cow<'_, [f64]>], times_s: &[f64], seed: Seed) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Linear => {
                let gappy = traces.iter_mut().filter(|trace| trace.iter().any(|value| value.is_nan()));
                gappy.for_each(|trace| linear(trace.to_mut(), times_s));
                Ok(())
            }
            Self::Chained => {
                let mut filled: Vec<Vec<f64>> = traces.iter().map(|trace| trace.to_vec()).collect();
                chained(&mut filled, seed)?;
                traces.iter_mut().zip(filled).for_each(|(trace, filled)| **trace = Cow::Owned(filled));
                Ok(())
            }
        }
    }
}

/// The stretches of `trace` that were not measured, ascending.
pub fn missing_runs(trace: &[f64]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (i, _) in trace.iter().enumerate().filter(|(_, value)| value.is_nan()) {
        match runs.last_mut() {
            Some(run) if run.end == i => run.end = i + 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}
