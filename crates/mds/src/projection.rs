//! The stimuli that a screen can show: of a given norm, within the range of every channel.

use neuroloom_core::{Error, Result};

use crate::real::Real;
use crate::stimulus::StimulusShape;

/// A stimulus is first brought to a norm as a whole, then clamped channel by channel; not brought to the norm again.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Euclidean norm over channels, frames and pixels; none leaves it free.
    pub norm: Option<f64>,
    /// Lowest and highest value of every channel; empty for no limits.
    pub clip: Vec<(f64, f64)>,
}

/// Norms below this are those of blanks.
const SMALLEST_NORM: f64 = 1e-12;

impl Projection {
    /// # Errors
    /// When the norm is not above 0, limits are the wrong way round or not one pair per channel.
    pub fn check(&self, shape: StimulusShape) -> Result<()> {
        if let Some(norm) = self.norm.filter(|norm| !(norm.is_finite() && *norm > 0.0)) {
            return Err(
                Error::params("the norm of stimuli must be a finite number above 0").found(norm.to_string())
            );
        }
        let one_each = self.clip.is_empty() || self.clip.len() == shape.channels;
        match self.clip.iter().find(|(low, high)| low.partial_cmp(high) != Some(std::cmp::Ordering::Less)) {
            Some((low, high)) => Err(Error::params("a range of values is the wrong way round")
                .expected("lower < upper")
                .found(format!("[{low}, {high}]"))),
            None if !one_each => Err(Error::params("every channel needs its range of values")
                .expected(format!("{} ranges", shape.channels))
                .found(format!("{}", self.clip.len()))),
            None => Ok(()),
        }
    }

    /// Whether the ranges can hold a stimulus of the norm.
    pub fn holds_norm(&self, shape: StimulusShape) -> bool {
        let largest: f64 = self
            .clip
            .iter()
            .map(|(low, high)| low.abs().max(high.abs()).powi(2) * shape.channel_len() as f64)
            .sum();
        self.clip.is_empty() || self.norm.is_none_or(|norm| norm <= largest.sqrt())
    }

    /// Projects `stimulus`; false where it is blank, and left as it is.
    pub fn apply<F: Real>(&self, shape: StimulusShape, stimulus: &mut [F]) -> bool {
        let norm = norm(stimulus);
        // Not a number is caught where the objective is looked at.
        if norm < SMALLEST_NORM {
            return false;
        }
        if let Some(wanted) = self.norm {
            let factor = F::from_f64(wanted / norm);
            stimulus.iter_mut().for_each(|value| *value *= factor);
        }
        let channels = stimulus.chunks_exact_mut(shape.channel_len().max(1));
        for (values, &(low, high)) in channels.zip(&self.clip) {
            let (low, high) = (F::from_f64(low), F::from_f64(high));
            values.iter_mut().for_each(|value| *value = value.max(low).min(high));
        }
        true
    }
}

/// Euclidean norm, summed in lanes so that long stimuli keep their digits.
pub fn norm<F: Real>(values: &[F]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0_f64; LANES];
    for chunk in values.chunks(LANES) {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value.double() * value.double();
        }
    }
    sums.iter().sum::<f64>().sqrt()
}
