//! The precisions in which a network may compute.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use neuroloom_math::Element;
use pulp::Arch;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A floating point type of parameters and activations: `f32`, or `f64` for checks of gradients.
pub trait Real:
    Element
    + Debug
    + Default
    + PartialOrd
    + Serialize
    + DeserializeOwned
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
{
    /// Its name in files.
    const NAME: &'static str;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;

    /// The nearest value.
    fn from_f64(value: f64) -> Self;
    /// The value in 64 bits.
    fn to_f64(self) -> f64;
    /// Square root.
    fn root(self) -> Self;
    /// `exp(self)`; in `f32` within 2 units in the last place, 0 below -87.3 and infinite above 88.3.
    fn exponential(self) -> Self;
    /// `tanh(self)`; in `f32` within 3 units in the last place.
    fn hyperbolic_tangent(self) -> Self;
    /// `1/(1 + exp(-self))`.
    #[inline(always)]
    fn logistic(self) -> Self {
        Self::ONE / (Self::ONE + (-self).exponential())
    }
    /// The larger of the two; NaN stays where it is `self`.
    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        if self < low { low } else { self }
    }
    /// The smaller of the two; NaN stays where it is `self`.
    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        if self > high { high } else { self }
    }
    /// `|self|`.
    fn magnitude(self) -> Self;
    /// Whether it is neither infinite nor NaN.
    fn finite(self) -> bool;
}

/// Runs `work` with the widest vectors that the processor has. Loops over slices in it become vector code if all that
/// they call is inlined.
#[inline(always)]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

impl Real for f64 {
    const NAME: &'static str = "F64";
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn exponential(self) -> Self {
        self.exp()
    }
    #[inline(always)]
    fn hyperbolic_tangent(self) -> Self {
        self.tanh()
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn finite(self) -> bool {
        self.is_finite()
    }
}

impl Real for f32 {
    const NAME: &'static str = "F32";
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn exponential(self) -> Self {
        const LOW: f32 = -87.3;
        const HIGH: f32 = 88.3;
        let (power, rest) = split(self.at_least(LOW).at_most(HIGH));
        let value = power * (1.0 + minus_one(rest));
        let value = if self < LOW { 0.0 } else { value };
        if self > HIGH { f32::INFINITY } else { value }
    }
    #[inline(always)]
    fn hyperbolic_tangent(self) -> Self {
        const SATURATED: f32 = 10.0;
        let (power, rest) = split((2.0 * self.abs()).at_most(2.0 * SATURATED));
        let minus_one = power * minus_one(rest) + (power - 1.0);
        (minus_one / (minus_one + 2.0)).copysign(self)
    }
    #[inline(always)]
    fn magnitude(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn finite(self) -> bool {
        self.is_finite()
    }
}

/// `2^n` and `r` such that `x = n ln 2 + r`, `|r| <= ln(2)/2`; `x` between -87.3 and 88.3.
#[inline(always)]
fn split(x: f32) -> (f32, f32) {
    /// Numbers near 1.5 2^23 are whole: adding it rounds, and `n` stands in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts: products of the first with whole numbers up to 2^15 are exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let rest = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23));
    (power, rest)
}

/// `exp(r) - 1` for `|r| <= ln(2)/2` by its Taylor series, whose first term left out is below 2e-9 of `r`.
#[inline(always)]
fn minus_one(r: f32) -> f32 {
    let tail = 1.0 / 5040.0 + r * (1.0 / 40320.0);
    let tail = 1.0 / 720.0 + r * tail;
    let tail = 1.0 / 120.0 + r * tail;
    let tail = 1.0 / 24.0 + r * tail;
    let tail = 1.0 / 6.0 + r * tail;
    let tail = 0.5 + r * tail;
    r + (r * r) * tail
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Distance in units in the last place of `f32`.
    fn ulps(found: f32, expected: f64) -> f64 {
        let spacing = (expected as f32).abs().max(f32::MIN_POSITIVE);
        let spacing = f32::from_bits(spacing.to_bits() + 1) - spacing;
        (f64::from(found) - expected).abs() / f64::from(spacing)
    }

    fn points(low: f32, high: f32) -> impl Iterator<Item = f32> {
        const N: u32 = 400_000;
        (0..=N).map(move |i| low + (high - low) * (i as f32 / N as f32))
    }

    #[test]
    fn the_exponential_is_within_two_units_in_the_last_place() {
        let worst =
            points(-87.2, 88.2).map(|x| ulps(x.exponential(), f64::from(x).exp())).fold(0.0, f64::max);
        assert!(worst <= 2.0, "{worst}");
    }

    #[test]
    fn the_hyperbolic_tangent_is_within_three_units_in_the_last_place() {
        let all = points(-12.0, 12.0).chain(points(-1e-3, 1e-3));
        let worst = all.map(|x| ulps(x.hyperbolic_tangent(), f64::from(x).tanh())).fold(0.0, f64::max);
        assert!(worst <= 3.0, "{worst}");
    }

    #[test]
    fn the_ends_are_those_of_the_functions() {
        assert_eq!([(-100.0_f32).exponential(), 100.0_f32.exponential()], [0.0, f32::INFINITY]);
        assert_eq!([f32::INFINITY.exponential(), f32::NEG_INFINITY.exponential()], [f32::INFINITY, 0.0]);
        assert_eq!([0.0_f32.exponential(), 0.0_f32.hyperbolic_tangent()], [1.0, 0.0]);
        assert_eq!([f32::INFINITY.hyperbolic_tangent(), f32::NEG_INFINITY.hyperbolic_tangent()], [1.0, -1.0]);
        assert!(f32::NAN.exponential().is_nan() && f32::NAN.hyperbolic_tangent().is_nan());
    }

    #[test]
    fn what_is_computed_in_vectors_is_computed_alike() {
        let x: Vec<f32> = points(-9.0, 9.0).take(1003).collect();
        let mut y = x.clone();
        vectorised(|| y.iter_mut().for_each(|y| *y = y.exponential()));
        assert!(x.iter().zip(&y).all(|(x, y)| x.exponential().to_bits() == y.to_bits()));
    }
}
