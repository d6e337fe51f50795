//! Gains: how responses of different neurons are made comparable before they are averaged.

use neuroloom_core::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Divisors are at least this, in the unit of the encoder's responses.
const SMALLEST: f64 = 0.1;
/// Added to every divisor.
const ADDED: f64 = 1e-6;

/// How responses are normalised before clusters are averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gain {
    /// Not at all.
    #[default]
    None,
    /// Less the mean, over the standard deviation of the responses to windows of movies.
    Zscore,
    /// Over that standard deviation.
    UnitSd,
    /// Over the largest response to windows of movies.
    Max,
}

/// What is subtracted from the responses of every neuron, and what they are divided by.
#[derive(Clone, Debug, PartialEq)]
pub struct Gains {
    subtract: Vec<f64>,
    divisor: Vec<f64>,
}

impl Gains {
    /// Responses as they are.
    pub fn none(n_units: usize) -> Self {
        Self { subtract: vec![0.0; n_units], divisor: vec![1.0; n_units] }
    }

    /// Gains as a table gives them.
    ///
    /// # Errors
    /// When lengths differ or a number is not finite.
    pub fn new(subtract: Vec<f64>, divisor: Vec<f64>) -> Result<Self> {
        let finite = subtract.iter().chain(&divisor).all(|value| value.is_finite());
        if subtract.len() != divisor.len() || !finite {
            return Err(Error::data("gains must be finite, two per neuron").found(format!(
                "{} and {}",
                subtract.len(),
                divisor.len()
            )));
        }
        Ok(Self { subtract, divisor })
    }

    /// Gains by responses `[window][neuron]` to windows of movies.
    pub fn of_windows<R: crate::Real>(gain: Gain, windows: &[Vec<R>]) -> Self {
        let n_units = windows.first().map_or(0, Vec::len);
        if gain == Gain::None {
            return Self::none(n_units);
        }
        let of_unit = |unit: usize| {
            let values: Vec<f64> = windows.iter().map(|responses| responses[unit].double()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance =
                values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            match gain {
                Gain::None => (0.0, 1.0),
                Gain::Zscore => (mean, variance.sqrt()),
                Gain::UnitSd => (0.0, variance.sqrt()),
                Gain::Max => (0.0, values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
            }
        };
        let (subtract, divisor) = (0..n_units).map(of_unit).unzip();
        Self { subtract, divisor }
    }

    /// Those of some of the neurons.
    #[must_use]
    pub fn select(&self, units: &[usize]) -> Self {
        let pick = |values: &[f64]| units.iter().filter_map(|&unit| values.get(unit).copied()).collect();
        Self { subtract: pick(&self.subtract), divisor: pick(&self.divisor) }
    }

    /// Neurons whose divisor was below the smallest that is used.
    pub fn n_floored(&self) -> usize {
        self.divisor.iter().filter(|&&divisor| divisor < SMALLEST).count()
    }

    pub(crate) fn subtract(&self) -> &[f64] {
        &self.subtract
    }

    /// `1/(max(divisor, 0.1) + 1e-6)`.
    pub(crate) fn factors(&self) -> Vec<f64> {
        self.divisor.iter().map(|divisor| 1.0 / (divisor.max(SMALLEST) + ADDED)).collect()
    }

    /// The normalised response of a neuron.
    pub fn apply(&self, unit: usize, response: f64) -> f64 {
        (response - self.subtract[unit]) / (self.divisor[unit].max(SMALLEST) + ADDED)
    }
}
