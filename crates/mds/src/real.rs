//! The precisions in which stimuli and responses may be held.

use std::f32::consts::{LN_2, LOG2_E};

use ndarray::NdFloat;

/// A floating point type of stimuli: `f32` for work, `f64` for proofs. Objectives are always `f64`.
pub trait Real: NdFloat + neuroloom_nn::Real {
    /// The value in 64 bits.
    fn double(self) -> f64;

    /// `ln(1 + e^x)` and its derivative.
    fn softplus(self) -> (Self, Self);
}

impl Real for f64 {
    fn double(self) -> f64 {
        self
    }

    fn softplus(self) -> (Self, Self) {
        let e = (-self.abs()).exp();
        (self.max(0.0) + e.ln_1p(), slope(self, e))
    }
}

impl Real for f32 {
    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }

    /// To two units of the last place, by polynomials that become vector instructions.
    #[inline(always)]
    fn softplus(self) -> (Self, Self) {
        let e = exp_of_negative(-self.abs());
        (self.max(0.0) + ln_1p_of_share(e), slope(self, e))
    }
}

/// `1/(1 + e^-x)` of `x` and `e = e^-|x|`.
#[inline(always)]
fn slope<F: NdFloat>(x: F, e: F) -> F {
    let near = F::one() / (F::one() + e);
    if x < F::zero() { e * near } else { near }
}

/// `e^x` for `x <= 0`: `2^n e^r` with `|r| <= ln 2 / 2`.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    /// Adding and taking it away rounds to a whole number.
    const ROUND: f32 = 12_582_912.0;
    /// `ln 2` less its leading bits.
    const LN_2_HIGH: f32 = 355.0 / 512.0;
    const LN_2_LOW: f32 = LN_2 - LN_2_HIGH;
    const SMALLEST: f32 = -87.0;
    let x = x.max(SMALLEST);
    let n = (x * LOG2_E + ROUND) - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let series = 1.0 / 5040.0;
    let series = series * r + 1.0 / 720.0;
    let series = series * r + 1.0 / 120.0;
    let series = series * r + 1.0 / 24.0;
    let series = series * r + 1.0 / 6.0;
    let series = series * r + 0.5;
    let series = (series * r + 1.0) * r + 1.0;
    series * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

/// `ln(1 + e)` for `0 <= e <= 1`, as `2 artanh(e / (2 + e))`.
#[inline(always)]
fn ln_1p_of_share(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    let series = 1.0 / 13.0;
    let series = series * q + 1.0 / 11.0;
    let series = series * q + 1.0 / 9.0;
    let series = series * q + 1.0 / 7.0;
    let series = series * q + 1.0 / 5.0;
    let series = series * q + 1.0 / 3.0;
    2.0 * s * (series * q + 1.0)
}
