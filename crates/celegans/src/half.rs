//! Rounding to 16 bits, as the published tables were stored.

/// `value` rounded to the nearest IEEE half-precision number, ties to even: 11 significant bits, infinite from
/// 65520 on.
pub fn to_half_precision(value: f32) -> f32 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let magnitude = value.abs();
    // The spacing of half-precision numbers at this magnitude; below 2^-14 they are 2^-24 apart.
    let exponent = (i32::from((magnitude.to_bits() >> 23) as u16) - 127).max(-14);
    let spacing = 2.0_f64.powi(exponent - 10);
    let rounded = (f64::from(magnitude) / spacing).round_ties_even() * spacing;
    let rounded = if rounded > 65504.0 { f64::INFINITY } else { rounded };
    (rounded as f32).copysign(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_equal_those_of_numpy() {
        let cases = [
            (0.1_f32, 0.099_975_586),
            (961.9, 962.0),
            (1.0 + 1.0 / 2048.0, 1.0),
            (1.0 + 3.0 / 2048.0, 1.001_953_1),
            (65519.0, 65504.0),
            (65520.0, f32::INFINITY),
            (1e-7, 1.192_092_9e-7),
            (2.9e-8, 0.0),
            (6e-5, 6.002_187_7e-5),
            (-3600.7, -3600.0),
        ];
        for (value, half) in cases {
            assert_eq!(to_half_precision(value), half, "{value}");
        }
    }

    #[test]
    fn what_half_precision_can_say_stays() {
        for value in [0.0, -0.0, 1.5, -2048.0, 65504.0, f32::INFINITY] {
            assert_eq!(to_half_precision(value).to_bits(), f32::to_bits(value));
        }
        assert!(to_half_precision(f32::NAN).is_nan());
    }
}
