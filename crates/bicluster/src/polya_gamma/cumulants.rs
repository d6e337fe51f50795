//! Cumulants of J*(1, c). What a caller does not use is not computed, because all is inlined.

/// The first four cumulants of J*(1, c); those of J*(h, c) are h times as large.
///
/// With m(w) = tanh √w / √w at w = c² they are m, -2 m', 4 m'', -8 m''', because the cumulant generating function is
/// ln cosh c - ln cosh √(c² - 2 t).
pub(super) struct Cumulants(pub(super) [f64; 4]);

/// Below this w the closed forms lose digits.
const SERIES_BELOW: f64 = 0.1;

/// Taylor coefficients of tanh √w / √w; they fall by a factor of about 4/π².
const TAYLOR: [f64; 14] = [
    1.0,
    -1.0 / 3.0,
    2.0 / 15.0,
    -17.0 / 315.0,
    62.0 / 2835.0,
    -1382.0 / 155_925.0,
    3.592_128_036_572_481e-3,
    -1.455_834_387_051_318_3e-3,
    5.900_274_409_455_86e-4,
    -2.391_291_142_435_524_8e-4,
    9.691_537_956_929_451e-5,
    -3.927_832_388_331_683e-5,
    1.591_890_506_932_896_4e-5,
    -6.451_689_215_655_431e-6,
];

impl Cumulants {
    #[inline]
    pub(super) fn of(tilt: f64) -> Self {
        Self::from_derivatives(if tilt * tilt < SERIES_BELOW {
            taylor(tilt * tilt)
        } else {
            closed(tilt, tanh(tilt), tilt * tilt)
        })
    }

    /// At w = c², or at w in (-π²/4, 0), where tanh √w / √w is tan √-w / √-w: the law tilted towards larger values.
    #[inline]
    pub(super) fn at(w: f64) -> Self {
        let root = w.abs().sqrt();
        Self::from_derivatives(if w.abs() < SERIES_BELOW {
            taylor(w)
        } else {
            closed(root, if w > 0.0 { tanh(root) } else { root.tan() }, w)
        })
    }

    #[inline]
    fn from_derivatives([m, m1, m2, m3]: [f64; 4]) -> Self {
        Self([m, -2.0 * m1, 4.0 * m2, -8.0 * m3])
    }
}

/// m and its derivatives from its Taylor series.
#[inline]
fn taylor(w: f64) -> [f64; 4] {
    let mut sums = [0.0; 4];
    for (power, coefficient) in TAYLOR.iter().enumerate().rev() {
        let n = power as f64;
        let falling = [1.0, n, n * (n - 1.0), n * (n - 1.0) * (n - 2.0)];
        for (order, sum) in sums.iter_mut().enumerate() {
            // below its order a term vanishes, and must not be multiplied by w
            if power >= order {
                *sum = *sum * w + coefficient * falling[order];
            }
        }
    }
    sums
}

/// m and its derivatives from 2 w m' = 1 - m - w m², differentiated; by √|w| and its tanh, or tan for w < 0.
#[inline]
fn closed(root: f64, tangent: f64, w: f64) -> [f64; 4] {
    let inverse = 1.0 / root;
    let m = tangent * inverse;
    let half = (0.5 * inverse * inverse).copysign(w);
    let m1 = (1.0 - m - w * m * m) * half;
    let m2 = -(3.0 * m1 + m * m + 2.0 * w * m * m1) * half;
    let m3 = -(5.0 * m2 + 4.0 * m * m1 + 2.0 * w * (m1 * m1 + m * m2)) * half;
    [m, m1, m2, m3]
}

/// tanh of what is not near 0, where this form loses nothing.
#[inline]
fn tanh(x: f64) -> f64 {
    let small = (-2.0 * x).exp();
    (1.0 - small) / (1.0 + small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_closed_forms_meet() {
        for w in [SERIES_BELOW, -SERIES_BELOW] {
            let root = SERIES_BELOW.sqrt();
            let tangent = if w > 0.0 { root.tanh() } else { root.tan() };
            for (order, (a, b)) in taylor(w).iter().zip(closed(root, tangent, w)).enumerate() {
                assert!((a / b - 1.0).abs() < 1e-11, "{w}, derivative {order}: {a} {b}");
            }
        }
    }

    #[test]
    fn cumulants_are_sums_over_the_gamma_convolution() {
        for tilt in [0.0, 0.2, 0.49, 0.51, 1.5, 6.0, 20.0] {
            let found = Cumulants::of(tilt).0;
            for (order, found) in found.iter().enumerate() {
                let order = order as i32 + 1;
                let factorial: f64 = (1..order).map(f64::from).product();
                let rate = |k: f64| 0.5 * (std::f64::consts::PI.powi(2) * (k - 0.5).powi(2) + tilt * tilt);
                let terms = 20_000;
                let sum: f64 = (1..=terms).rev().map(|k| rate(f64::from(k)).powi(-order)).sum();
                // what is left of the sum of the means is an integral
                let left =
                    if order == 1 { 2.0 / (std::f64::consts::PI.powi(2) * f64::from(terms)) } else { 0.0 };
                let expected = factorial * (sum + left);
                assert!((found / expected - 1.0).abs() < 1e-7, "{tilt}, order {order}: {found} {expected}");
            }
        }
    }
}
