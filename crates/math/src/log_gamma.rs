//! The logarithm of the gamma function and its derivative.

/// From here the asymptotic series are exact to the last digits.
const SERIES_FROM: f64 = 16.0;

/// ln Γ(x) for x > 0, to about 1e-15 relative: recurrence up to 16, then Stirling's series.
pub fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x, 1.0);
    while x < SERIES_FROM {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0
            - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0))));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - f64::ln(product)
}

/// ψ(x) = d ln Γ(x) / dx for x > 0, to about 1e-15 of the larger of 1 and |ψ|: recurrence up to 16, then its
/// asymptotic series (Abramowitz and Stegun 6.3.18).
pub fn digamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < SERIES_FROM {
        sum += 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0)))));
    x.ln() - 0.5 / x - series - sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_takes_known_values() {
        let sqrt_pi = std::f64::consts::PI.sqrt();
        for (x, expected) in [(1.0, 0.0), (2.0, 0.0), (0.5, sqrt_pi.ln()), (6.0, 120_f64.ln())] {
            assert!((ln_gamma(x) - expected).abs() < 1e-14, "{x}");
        }
    }

    #[test]
    fn digamma_takes_known_values() {
        let euler = 0.577_215_664_901_532_9;
        for (x, expected) in [(1.0, -euler), (0.5, -euler - 2.0 * 2_f64.ln()), (3.0, 1.5 - euler)] {
            assert!((digamma(x) - expected).abs() < 1e-14, "{x}: {}", digamma(x));
        }
    }

    #[test]
    fn digamma_is_the_derivative_of_ln_gamma() {
        for x in [0.3, 1.7, 9.0, 15.99, 16.01, 250.0] {
            let step = 1e-4 * x;
            let slope = (ln_gamma(x + step) - ln_gamma(x - step)) / (2.0 * step);
            assert!((slope - digamma(x)).abs() < 1e-6 * digamma(x).abs().max(1.0), "{x}");
        }
    }
}
