//! Causal smoothers over samples, on the source's clock.
//!
//! All are written as the present sample plus a mean of differences to it, so that a constant trace stays
//! exactly constant.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::{LANES, Row, sized, zip_with};

/// How traces are smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmoothMethod {
    /// Mean of the present and the last `window / 2` samples: a window of 15 has 8 taps, as published.
    #[default]
    Moving,
    /// Past half of a normal density of standard deviation `sigma` samples.
    Gaussian,
    /// `s_j = alpha x_j + (1 - alpha) s_{j-1}`.
    Exponential,
    /// Nothing.
    None,
}

impl SmoothMethod {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moving => "moving",
            Self::Gaussian => "gaussian",
            Self::Exponential => "exponential",
            Self::None => "none",
        }
    }
}

/// A smoother with its parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Smoother {
    /// Mean over the present and the last samples; the number of the latter.
    Moving {
        /// Samples before the present one.
        past: usize,
    },
    /// Weighted mean; weights of the present, the last, ... sample.
    Gaussian {
        /// `exp(-d² / (2 sigma²))` for `d = 0, 1, ...` up to 9 sigma, beyond which they are below 3e-18.
        weights: Vec<f64>,
    },
    /// Recursive mean.
    Exponential {
        /// Weight of the present sample.
        alpha: f64,
    },
    /// Identity.
    None,
}

impl Smoother {
    /// Moving mean; `window` is made odd, half of it lies in the past and the other half is not used.
    pub fn moving(window: usize) -> Self {
        Self::Moving { past: (window | 1) / 2 }
    }

    /// Causal gaussian of standard deviation `sigma` samples.
    pub fn gaussian(sigma: f64) -> Self {
        let reach = (9.0 * sigma).ceil() as usize;
        let weight = |d: usize| (-((d * d) as f64) / (2.0 * sigma * sigma)).exp();
        Self::Gaussian { weights: (0..=reach).map(weight).collect() }
    }

    /// `x` smoothed, sample for sample, to `out`.
    #[inline(always)]
    pub fn smooth(&self, x: &[Row], out: &mut Vec<Row>) {
        let out = sized(out, x.len());
        match self {
            Self::Moving { past } => {
                for (j, smoothed) in out.iter_mut().enumerate() {
                    *smoothed = window_mean(&x[j.saturating_sub(*past)..=j]);
                }
            }
            Self::Gaussian { weights } => {
                let norms = running_sums(weights);
                for (j, smoothed) in out.iter_mut().enumerate() {
                    *smoothed = weighted_mean(&x[..=j], weights, &norms);
                }
            }
            Self::Exponential { alpha } => {
                let mut last = x.first().copied().unwrap_or([0.0; LANES]);
                for (smoothed, row) in out.iter_mut().zip(x) {
                    last = zip_with(&last, row, |last, x| last + alpha * (x - last));
                    *smoothed = last;
                }
            }
            Self::None => out.copy_from_slice(x),
        }
    }
}

/// Mean of a window about its last sample. It is taken afresh for every window: a running sum loses digits
/// along the trace.
#[inline(always)]
fn window_mean(window: &[Row]) -> Row {
    let Some((here, past)) = window.split_last() else { return [0.0; LANES] };
    let mut sum = [0.0; LANES];
    for row in past {
        for lane in 0..LANES {
            sum[lane] += row[lane] - here[lane];
        }
    }
    let share = 1.0 / window.len() as f64;
    zip_with(here, &sum, |here, sum| here + sum * share)
}

/// Mean of the samples so far about the last one, weighted by their age.
#[inline(always)]
fn weighted_mean(so_far: &[Row], weights: &[f64], norms: &[f64]) -> Row {
    let Some(here) = so_far.last() else { return [0.0; LANES] };
    let mut sum = [0.0; LANES];
    for (row, weight) in so_far.iter().rev().zip(weights) {
        for lane in 0..LANES {
            sum[lane] += weight * (row[lane] - here[lane]);
        }
    }
    let norm = norms.get(so_far.len() - 1).or(norms.last()).copied().unwrap_or(1.0);
    zip_with(here, &sum, |here, sum| here + sum / norm)
}

fn running_sums(values: &[f64]) -> Vec<f64> {
    let add = |sum: &mut f64, value: &f64| {
        *sum += value;
        Some(*sum)
    };
    values.iter().scan(0.0, add).collect()
}
