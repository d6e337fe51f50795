//! Batch normalisation with the statistics of the training, as networks have it after their fit.

use neuroloom_core::{Error, Result};

/// `y = (x - mean)/sqrt(variance + epsilon) weight + bias` of every channel.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BatchNorm {
    pub epsilon: f64,
    pub weight: Vec<f64>,
    pub bias: Vec<f64>,
    pub mean: Vec<f64>,
    pub variance: Vec<f64>,
}

impl BatchNorm {
    /// It as `y = scale x + shift` of every channel.
    ///
    /// # Errors
    /// When a variance is negative, or a scale is not finite.
    pub fn affine(&self, name: &str) -> Result<Vec<(f64, f64)>> {
        let wrong = |message: &str, channel: usize| {
            Error::data(message.to_owned()).at_object(name).at_offset(channel as u64)
        };
        let mut affine = Vec::with_capacity(self.weight.len());
        let channels = self.weight.iter().zip(&self.bias).zip(self.mean.iter().zip(&self.variance));
        for (channel, ((&weight, &bias), (&mean, &variance))) in channels.enumerate() {
            if variance < 0.0 {
                return Err(wrong("a batch normalisation has a negative variance", channel)
                    .expected("at least 0")
                    .found(variance.to_string()));
            }
            let scale = weight / (variance + self.epsilon).sqrt();
            let shift = bias - mean * scale;
            if !(scale.is_finite() && shift.is_finite()) {
                return Err(wrong("a batch normalisation is not finite", channel)
                    .expected("finite tensors, and variance + epsilon above 0")
                    .found(format!("weight {weight}, bias {bias}, mean {mean}, variance {variance}")));
            }
            affine.push((scale, shift));
        }
        Ok(affine)
    }
}
