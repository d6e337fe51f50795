//! Normal numbers from words, side by side.

use std::f64::consts::{FRAC_PI_2, LN_2, SQRT_2};

/// Pairs of independent standard normal numbers from pairs of words (Box and Muller 1958), `L` side by side: within
/// 1e-14 of what the functions of the standard library give.
#[inline(always)]
pub(crate) fn box_muller<const L: usize>(a: [u32; L], b: [u32; L]) -> [[f64; L]; 2] {
    let (mut first, mut second) = ([0.0; L], [0.0; L]);
    for lane in 0..L {
        let radius = (-2.0 * logarithm(unit(a[lane]))).sqrt();
        let [cos, sin] = turned(unit(b[lane]));
        first[lane] = radius * cos;
        second[lane] = radius * sin;
    }
    [first, second]
}

/// The middle of the cell of a word in (0, 1).
#[inline(always)]
pub(crate) fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / (f64::from(u32::MAX) + 1.0)
}

/// `ln x` of a normal number above 0: `n ln 2 + 2 artanh((m - 1)/(m + 1))` with `x = m 2^n`, `m` near 1. The first term of
/// the series that is left out is below 1e-17.
#[inline(always)]
fn logarithm(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    const ONE: u64 = 1023 << 52;
    /// Numbers near 1.5 2^52 are whole, with their low bits as an integer.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let bits = x.to_bits();
    let mantissa = f64::from_bits(bits & MANTISSA | ONE);
    // The exponent as a float without a conversion, which has no vector form.
    let exponent = f64::from_bits(WHOLE.to_bits() + (bits >> 52)) - WHOLE - 1023.0;
    let high = mantissa > SQRT_2;
    let m = if high { 0.5 * mantissa } else { mantissa };
    let n = if high { exponent + 1.0 } else { exponent };
    let s = (m - 1.0) / (m + 1.0);
    let q = s * s;
    let tail = 1.0 / 19.0 + q * (1.0 / 21.0);
    let tail = 1.0 / 17.0 + q * tail;
    let tail = 1.0 / 15.0 + q * tail;
    let tail = 1.0 / 13.0 + q * tail;
    let tail = 1.0 / 11.0 + q * tail;
    let tail = 1.0 / 9.0 + q * tail;
    let tail = 1.0 / 7.0 + q * tail;
    let tail = 1.0 / 5.0 + q * tail;
    let tail = 1.0 / 3.0 + q * tail;
    n * LN_2 + 2.0 * (s + s * q * tail)
}

/// Cosine and sine of `x` turns, from 0 to 1: Taylor series within an eighth of a turn of the nearest quarter, whose first
/// terms left out are below 1e-16.
#[inline(always)]
fn turned(x: f64) -> [f64; 2] {
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let shifted = 4.0 * x + WHOLE;
    let r = (4.0 * x - (shifted - WHOLE)) * FRAC_PI_2;
    let q = r * r;
    let tail = -1.0 / 39_916_800.0 + q * (1.0 / 6_227_020_800.0 - q * (1.0 / 1_307_674_368_000.0));
    let tail = 1.0 / 362_880.0 + q * tail;
    let tail = -1.0 / 5040.0 + q * tail;
    let tail = 1.0 / 120.0 + q * tail;
    let sin = r + r * q * (-1.0 / 6.0 + q * tail);
    let tail = 1.0 / 479_001_600.0 - q * (1.0 / 87_178_291_200.0 - q * (1.0 / 20_922_789_888_000.0));
    let tail = -1.0 / 3_628_800.0 + q * tail;
    let tail = 1.0 / 40_320.0 + q * tail;
    let tail = -1.0 / 720.0 + q * tail;
    let tail = 1.0 / 24.0 + q * tail;
    let cos = 1.0 + q * (-0.5 + q * tail);
    let quarter = shifted.to_bits();
    let odd = quarter & 1 == 1;
    let (a, b) = if odd { (sin, cos) } else { (cos, sin) };
    // Cosine is negative in the quarters around 1 and 2, sine in those around 2 and 3.
    let a = if (quarter + 1) & 2 == 2 { -a } else { a };
    let b = if quarter & 2 == 2 { -b } else { b };
    [a, b]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn logarithms_and_turns_are_those_of_the_standard_library() {
        for i in 0..=1_000_000_u32 {
            let x = unit(i.wrapping_mul(4_294_967).wrapping_add(i));
            assert!((logarithm(x) - x.ln()).abs() <= 4e-16 * x.ln().abs().max(1.0), "{x}");
            let [cos, sin] = turned(x);
            let (expected_sin, expected_cos) = (TAU * x).sin_cos();
            assert!((cos - expected_cos).abs() < 2e-15 && (sin - expected_sin).abs() < 2e-15, "{x}");
        }
        assert!((logarithm(unit(0)) - unit(0).ln()).abs() < 1e-14);
    }
}
