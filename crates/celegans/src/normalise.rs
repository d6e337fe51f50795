//! Normalisation of the resampled, smoothed signal, neuron by neuron.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Profile;
use crate::block::{LANES, Row, Rows};

/// Least variance that the causal form divides by.
const LEAST_VARIANCE: f64 = 1e-8;

/// How the signal of a neuron is brought to standard deviations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Mean and population standard deviation of the whole recording.
    #[default]
    Standard,
    /// Mean and variance of the samples up to the present one: no sample sees the future.
    Causal,
}

impl Normalisation {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Causal => "causal",
        }
    }

    /// Brings `y` to standard deviations. NaN samples take no part in the moments and stay NaN.
    #[inline(always)]
    pub fn normalise(self, y: &mut [Row], profile: Profile) {
        match (self, profile) {
            (Self::Standard, _) => standard(y),
            (Self::Causal, Profile::Exact) => causal(y),
            (Self::Causal, Profile::Compat) => causal_published(y),
        }
    }
}

#[inline(always)]
fn standard(y: &mut [Row]) {
    let scale = Standard::of(y);
    for row in y {
        *row = scale.apply(row);
    }
}

/// `z = (y - mean) / sd` with the population standard deviation; a constant neuron is 0.
#[derive(Clone, Copy, Debug)]
pub struct Standard {
    mean: Row,
    /// 1 / sd, or 0 for a constant.
    scale: Row,
}

impl Standard {
    /// The moments of `y`, NaN left out.
    #[inline(always)]
    pub fn of(y: &[Row]) -> Self {
        let mut sum = [0.0; LANES];
        let mut count = [0.0; LANES];
        let (mut least, mut most) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
        for row in y {
            for lane in 0..LANES {
                let value = row[lane];
                let there = !value.is_nan();
                sum[lane] += if there { value } else { 0.0 };
                count[lane] += f64::from(u8::from(there));
                // min and max pass over NaN
                least[lane] = least[lane].min(value);
                most[lane] = most[lane].max(value);
            }
        }
        let mean: Row = std::array::from_fn(|lane| sum[lane] / count[lane]);
        let mut squares = [0.0; LANES];
        for row in y {
            for lane in 0..LANES {
                let deviation = row[lane] - mean[lane];
                squares[lane] += if deviation.is_nan() { 0.0 } else { deviation * deviation };
            }
        }
        let scale = std::array::from_fn(|lane| {
            let sd = (squares[lane] / count[lane]).sqrt();
            if most[lane] > least[lane] && sd > 0.0 { 1.0 / sd } else { 0.0 }
        });
        Self { mean, scale }
    }

    /// `row` in standard deviations.
    #[inline(always)]
    pub fn apply(&self, row: &Row) -> Row {
        // A constant's deviation from its rounded mean is not 0, but times 0 it is; + 0.0 takes the sign off a zero.
        std::array::from_fn(|lane| (row[lane] - self.mean[lane]) * self.scale[lane] + 0.0)
    }
}

/// Rows in standard deviations, made one by one.
#[derive(Clone, Copy, Debug)]
pub struct Standardised<'a> {
    /// The rows as they are.
    pub rows: &'a [Row],
    /// Their moments.
    pub standard: Standard,
}

impl Rows for Standardised<'_> {
    #[inline(always)]
    fn row(&self, k: usize) -> Row {
        self.standard.apply(&self.rows[k])
    }
}

/// Moments of the samples so far by Welford's recurrence, `z_n = (y_n - mean_n) / sqrt(max(var_n, 1e-8))`.
#[inline(always)]
fn causal(y: &mut [Row]) {
    let (mut count, mut mean, mut squares) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for row in y {
        *row = std::array::from_fn(|lane| {
            let value: f64 = row[lane];
            if value.is_nan() {
                return value;
            }
            count[lane] += 1.0;
            let before = value - mean[lane];
            mean[lane] += before / count[lane];
            squares[lane] += before * (value - mean[lane]);
            let variance = f64::max(squares[lane] / count[lane], LEAST_VARIANCE);
            (value - mean[lane]) / variance.sqrt()
        });
    }
}

/// The published form of the same, in 32 bits and with `E[y²] - mean²`: it loses all digits where the variance is
/// small beside the mean.
#[inline(always)]
fn causal_published(y: &mut [Row]) {
    let (mut count, mut sum, mut squares) = ([0.0_f32; LANES], [0.0_f32; LANES], [0.0_f32; LANES]);
    for row in y {
        *row = std::array::from_fn(|lane| {
            let value = row[lane] as f32;
            if value.is_nan() {
                return f64::NAN;
            }
            count[lane] += 1.0;
            sum[lane] += value;
            squares[lane] += value * value;
            let mean = sum[lane] / count[lane];
            let variance = (squares[lane] / count[lane] - mean * mean).max(LEAST_VARIANCE as f32);
            f64::from((value - mean) / variance.sqrt())
        });
    }
}
