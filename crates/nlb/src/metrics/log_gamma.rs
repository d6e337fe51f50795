//! Logarithms of factorials.

/// Factorials below are in a table.
const TABLE: usize = 32;

/// `ln Gamma(count + 1)`: the log of the factorial of a count; counts need not be whole, as upsampled ones are.
///
/// Stirling's series after a shift to at least 16 (Abramowitz and Stegun 6.1.41); the relative error is below 1e-15.
pub fn log_factorial(count: f64) -> f64 {
    let whole = count as usize;
    if whole < TABLE && whole as f64 == count {
        return (2..=whole).map(|k| k as f64).product::<f64>().ln();
    }
    let mut x = count + 1.0;
    let mut shift = 1.0;
    while x < 16.0 {
        shift *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = 1.0 / 12.0
        + inverse * (-1.0 / 360.0 + inverse * (1.0 / 1260.0 + inverse * (-1.0 / 1680.0 + inverse / 1188.0)));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series / x - shift.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_are_sums_of_logs() {
        for n in [0_u32, 1, 2, 5, 20, 31, 32, 40, 170, 10_000] {
            let slow: f64 = (2..=n).map(|k| f64::from(k).ln()).sum();
            assert!((log_factorial(f64::from(n)) - slow).abs() <= 1e-13 * slow.max(1.0), "{n}");
        }
    }

    #[test]
    fn the_gamma_function_stands_between_the_factorials() {
        // Gamma(1/2) = sqrt(pi); Gamma(5/2) = 3/4 sqrt(pi).
        let half = 0.5 * std::f64::consts::PI.ln();
        assert!((log_factorial(-0.5) - half).abs() < 1e-14);
        assert!((log_factorial(1.5) - (half + 0.75_f64.ln())).abs() < 1e-14);
    }
}
