//! How calcium follows activity.

/// An autoregressive process with real roots: `c_t = g_1 c_(t-1) + g_2 c_(t-2) + s_t` with `g_1 = d + r`, `g_2 = -d r`.
/// Its response to an event of 1 is `h_k = (d^(k+1) - r^(k+1)) / (d - r)`; it decays by the factor `d` per sample after a
/// rise that ends by the factor `r` per sample. With `r = 0` (order 1) calcium jumps by the size of the event.
///
/// ```
/// use neuroloom_prepare::deconvolve::Kinetics;
///
/// let kinetics = Kinetics::new(0.5, 0.0);
/// assert_eq!(kinetics.calcium(&[0.0, 1.0, 0.0, 2.0]), [0.0, 1.0, 0.5, 2.25]);
/// assert_eq!(kinetics.activity(&[0.0, 1.0, 0.5, 2.25]), [0.0, 1.0, 0.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kinetics {
    decay: f64,
    rise: f64,
}

impl Kinetics {
    /// From the factors per sample of decay and rise, `0 <= rise < decay < 1`.
    pub fn new(decay: f64, rise: f64) -> Self {
        Self { decay, rise }
    }

    /// From time constants, seconds: `d = exp(-dt / tau_decay)`, `r = exp(-dt / tau_rise)`, 0 without a rise.
    pub fn of_time_constants(dt_s: f64, tau_decay_s: f64, tau_rise_s: Option<f64>) -> Self {
        let factor = |tau_s: f64| (-dt_s / tau_s).exp();
        Self::new(factor(tau_decay_s), tau_rise_s.map_or(0.0, factor))
    }

    /// From the coefficients `g_1` and `g_2`; none where the roots are not real, distinct and in `(0, 1)`
    /// (order 1, `g_2 = 0`: where `g_1` is not).
    pub fn of_coefficients(g1: f64, g2: f64) -> Option<Self> {
        let discriminant = g1 * g1 + 4.0 * g2;
        let root = discriminant.max(0.0).sqrt();
        let (decay, rise) = (f64::midpoint(g1, root), f64::midpoint(g1, -root));
        let stable = discriminant > 0.0 && decay < 1.0 && decay > 0.0;
        if g2 == 0.0 {
            return stable.then_some(Self::new(g1, 0.0));
        }
        (stable && rise > 0.0).then_some(Self::new(decay, rise))
    }

    /// Factor per sample by which calcium decays.
    pub fn decay(&self) -> f64 {
        self.decay
    }

    /// Whether calcium rises within a sample (order 1).
    pub fn is_first_order(&self) -> bool {
        self.rise == 0.0
    }

    /// The coefficients `[g_1, g_2]`.
    pub fn coefficients(&self) -> [f64; 2] {
        [self.decay + self.rise, -self.decay * self.rise]
    }

    /// Time constant of the decay, seconds.
    pub fn tau_decay_s(&self, dt_s: f64) -> f64 {
        -dt_s / self.decay.ln()
    }

    /// Time constant of the rise, seconds; none for order 1.
    pub fn tau_rise_s(&self, dt_s: f64) -> Option<f64> {
        (!self.is_first_order()).then(|| -dt_s / self.rise.ln())
    }

    /// The calcium that activity makes; none was there before.
    pub fn calcium(&self, activity: &[f64]) -> Vec<f64> {
        let [g1, g2] = self.coefficients();
        let follow = |last: &mut [f64; 2], s: &f64| {
            let now = g1 * last[0] + g2 * last[1] + s;
            *last = [now, last[0]];
            Some(now)
        };
        activity.iter().scan([0.0; 2], follow).collect()
    }

    /// The activity that makes this calcium: the inverse of [`calcium`](Self::calcium).
    pub fn activity(&self, calcium: &[f64]) -> Vec<f64> {
        let [g1, g2] = self.coefficients();
        let lead = |last: &mut [f64; 2], c: &f64| {
            let jump = c - g1 * last[0] - g2 * last[1];
            *last = [*c, last[0]];
            Some(jump)
        };
        calcium.iter().scan([0.0; 2], lead).collect()
    }

    /// `q_t = sum_k h_k r_(t+k)`: how much the response to an event at each sample has in common with `residual`.
    pub fn correlation(&self, residual: &[f64]) -> Vec<f64> {
        let reversed: Vec<f64> = residual.iter().rev().copied().collect();
        let mut correlation = self.calcium(&reversed);
        correlation.reverse();
        correlation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_a_difference_of_exponentials() {
        let (d, r) = (0.9_f64, 0.4_f64);
        let mut event = vec![0.0; 20];
        event[0] = 1.0;
        for (k, h) in Kinetics::new(d, r).calcium(&event).iter().enumerate() {
            let power = k as i32 + 1;
            assert!((h - (d.powi(power) - r.powi(power)) / (d - r)).abs() < 1e-12);
        }
    }

    #[test]
    fn coefficients_and_time_constants_come_back() {
        let kinetics = Kinetics::of_time_constants(0.05, 0.8, Some(0.1));
        let [g1, g2] = kinetics.coefficients();
        let back = Kinetics::of_coefficients(g1, g2).unwrap();
        assert!((back.tau_decay_s(0.05) - 0.8).abs() < 1e-9);
        assert!((back.tau_rise_s(0.05).unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(Kinetics::of_coefficients(0.9, 0.0), Some(Kinetics::new(0.9, 0.0)));
        for unstable in [(1.0, 0.0), (-0.1, 0.0), (1.2, -0.5), (1.2, -0.1), (0.5, 0.1), (f64::NAN, 0.0)] {
            assert_eq!(Kinetics::of_coefficients(unstable.0, unstable.1), None, "{unstable:?}");
        }
    }

    #[test]
    fn the_correlation_is_the_transpose_of_the_response() {
        let kinetics = Kinetics::new(0.8, 0.3);
        let (a, b) = ([1.0, 0.0, 2.0, -1.0, 0.5], [0.3, -2.0, 1.0, 1.0, 4.0]);
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        assert!((dot(&kinetics.calcium(&a), &b) - dot(&a, &kinetics.correlation(&b))).abs() < 1e-12);
    }
}
