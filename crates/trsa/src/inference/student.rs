//! Student's t distribution.

/// Student's t distribution with some degrees of freedom, above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentT {
    df: f64,
}

impl StudentT {
    /// With `df` degrees of freedom.
    pub fn new(df: f64) -> Self {
        Self { df }
    }

    /// `P(T > t)`.
    pub fn upper_tail(self, t: f64) -> f64 {
        if t.is_infinite() {
            return if t > 0.0 { 0.0 } else { 1.0 };
        }
        let tail = 0.5 * incomplete_beta(self.df / 2.0, 0.5, self.df / (self.df + t * t));
        if t >= 0.0 { tail } else { 1.0 - tail }
    }

    /// The t whose upper tail is `p`, `0 < p < 1`, by bisection to the last bit.
    pub fn upper_quantile(self, p: f64) -> f64 {
        if !(p > 0.0 && p < 1.0) || self.df.is_nan() || self.df <= 0.0 {
            return f64::NAN;
        }
        if p > 0.5 {
            return -self.upper_quantile(1.0 - p);
        }
        let (mut low, mut high) = (0.0, 1.0);
        while self.upper_tail(high) > p && high < f64::MAX / 4.0 {
            (low, high) = (high, 2.0 * high);
        }
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return middle;
            }
            if self.upper_tail(middle) > p { low = middle } else { high = middle }
        }
    }
}

/// Regularised incomplete beta function `I_x(a, b)` by its continued fraction (Numerical recipes 6.4; DLMF 8.17.22).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const TERMS: usize = 500;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = away(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut value = d;
    for m in 1..TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = value;
        for term in [even, odd] {
            d = away(1.0 + term * d).recip();
            c = away(1.0 + term / c);
            value *= c * d;
        }
        if (value - before).abs() <= 1e-16 * value.abs() {
            break;
        }
    }
    value
}

/// Logarithm of the gamma function for positive arguments, by Stirling's series after shifting the argument up.
fn ln_gamma(x: f64) -> f64 {
    const SHIFTED: f64 = 15.0;
    let (mut x, mut product) = (x, 1.0);
    while x < SHIFTED {
        product *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    let correction = series.iter().rev().fold(0.0, |sum, term| sum * inverse + term) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + correction - product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: df 1 is Cauchy's distribution, `P(T > t) = 1/2 - atan(t)/π`; df 2 `1/2 - t/(2 sqrt(2 + t²))`.
    #[test]
    fn tails_equal_their_closed_forms() {
        for t in [0.0_f64, 0.1, 1.0, 2.5, 30.0] {
            let cauchy = 0.5 - t.atan() / std::f64::consts::PI;
            assert!((StudentT::new(1.0).upper_tail(t) - cauchy).abs() < 1e-14, "{t}");
            let two = 0.5 - t / (2.0 * (2.0 + t * t).sqrt());
            assert!((StudentT::new(2.0).upper_tail(t) - two).abs() < 1e-14, "{t}");
            let sum = StudentT::new(7.0).upper_tail(t) + StudentT::new(7.0).upper_tail(-t);
            assert!((sum - 1.0).abs() < 1e-15);
        }
    }

    /// Tables: 97.5 % points.
    #[test]
    fn quantiles_equal_the_tables() {
        for (df, t) in
            [(1.0, 12.706_204_736), (5.0, 2.570_581_836), (19.0, 2.093_024_054), (91.0, 1.986_377_154)]
        {
            assert!((StudentT::new(df).upper_quantile(0.025) - t).abs() < 1e-8, "{df}");
            assert!((StudentT::new(df).upper_quantile(0.975) + t).abs() < 1e-8);
        }
    }
}
