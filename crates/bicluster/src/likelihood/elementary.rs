//! Exponentials and logarithms without branches, so that a loop over them is compiled to vectors.
//!
//! Relative errors are below 2e-15 over the range in which a likelihood asks.

/// e^x for -708 <= x <= 709, held there beyond.
#[inline(always)]
pub(crate) fn exp(x: f64) -> f64 {
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// Added to a number, it leaves the number's nearest integer in the last bits.
    const ROUNDING: f64 = 6_755_399_441_055_744.0;
    let x = x.clamp(-708.0, 709.0);
    let shifted = x.mul_add(std::f64::consts::LOG2_E, ROUNDING);
    let exponent = shifted - ROUNDING;
    let r = exponent.mul_add(-LN_2_LOW, exponent.mul_add(-LN_2_HIGH, x));
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    // Taylor's series in pairs, which do not wait for each other: |r| <= ln 2 / 2, where the first term left out is
    // below 1e-17.
    let (r2, pair) = (r * r, |low: f64, high: f64| high.mul_add(r, low));
    let r4 = r2 * r2;
    let low = r2.mul_add(pair(0.5, 1.0 / 6.0), pair(1.0, 1.0));
    let middle = r2.mul_add(pair(1.0 / 720.0, 1.0 / 5_040.0), pair(1.0 / 24.0, 1.0 / 120.0));
    let high = r2.mul_add(pair(1.0 / 3_628_800.0, 1.0 / 39_916_800.0), pair(1.0 / 40_320.0, 1.0 / 362_880.0));
    let highest = pair(1.0 / 479_001_600.0, 1.0 / 6_227_020_800.0);
    let sum = (r4 * r4).mul_add(r4.mul_add(highest, high), r4.mul_add(middle, low));
    sum * power
}

/// 1 + u for 0 <= u <= 1, halved where that is nearer to 1, as (1 + s)/(1 - s) with |s| <= 0.172.
struct Reduced {
    /// s, as a fraction.
    numerator: f64,
    denominator: f64,
    /// ln 2 where halved.
    base: f64,
}

impl Reduced {
    #[inline(always)]
    fn new(u: f64) -> Self {
        let halved = u > std::f64::consts::SQRT_2 - 1.0;
        Self {
            numerator: if halved { u - 1.0 } else { u },
            denominator: if halved { u + 3.0 } else { u + 2.0 },
            base: if halved { std::f64::consts::LN_2 } else { 0.0 },
        }
    }

    /// ln(1 + u) = 2 artanh s, by its series in pairs.
    #[inline(always)]
    fn ln(&self, s: f64) -> f64 {
        let w = s * s;
        let (w2, pair) = (w * w, |low: f64, high: f64| high.mul_add(w, low));
        let w4 = w2 * w2;
        let low = w2.mul_add(pair(1.0 / 5.0, 1.0 / 7.0), pair(1.0, 1.0 / 3.0));
        let middle = w2.mul_add(pair(1.0 / 13.0, 1.0 / 15.0), pair(1.0 / 9.0, 1.0 / 11.0));
        let high = w2.mul_add(1.0 / 21.0, pair(1.0 / 17.0, 1.0 / 19.0));
        let sum = (w4 * w4).mul_add(high, w4.mul_add(middle, low));
        (2.0 * s).mul_add(sum, self.base)
    }
}

/// ln(1 + u) for 0 <= u <= 1.
#[inline(always)]
pub(crate) fn ln_1p(u: f64) -> f64 {
    let reduced = Reduced::new(u);
    reduced.ln(reduced.numerator / reduced.denominator)
}

/// ln(1 + e^x) and e^x/(1 + e^x).
#[inline(always)]
pub(crate) fn softplus_and_sigmoid(x: f64) -> (f64, f64) {
    let u = exp(-x.abs());
    let (reduced, one_plus) = (Reduced::new(u), 1.0 + u);
    // Two quotients from one division.
    let both = 1.0 / (one_plus * reduced.denominator);
    let (inverse, s) = (both * reduced.denominator, reduced.numerator * (both * one_plus));
    (x.max(0.0) + reduced.ln(s), if x >= 0.0 { inverse } else { u * inverse })
}

/// ln(1 + e^x).
#[inline(always)]
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + ln_1p(exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_equal_those_of_the_standard_library() {
        for step in -70_000..=70_000 {
            let x = f64::from(step) * 0.01;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-15, "exp {x}");
        }
        for step in 0..=100_000 {
            let u = f64::from(step) * 1e-5;
            assert!((ln_1p(u) - u.ln_1p()).abs() <= 1e-15 * u.ln_1p(), "ln_1p {u}");
        }
        for x in [-700.0, -40.0, -1e-3, 0.0, 1e-9, 3.0, 50.0, 800.0] {
            let (softplus, sigmoid) = softplus_and_sigmoid(x);
            let expected = if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() };
            assert!((softplus - expected).abs() <= 2e-15 * expected, "softplus {x}");
            assert!((sigmoid * (1.0 + (-x).exp()) - 1.0).abs() < 2e-15, "sigmoid {x}");
        }
    }
}
