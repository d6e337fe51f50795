//! Kinetics from the autocovariance of a trace.

use super::Kinetics;

/// Equations beyond the order of the process.
const FURTHER_LAGS: usize = 10;

/// The kinetics of a trace with white noise of standard deviation `sigma`, by least squares on the autocovariances of lags 1 to
/// `order + 10` (Pnevmatikakis et al. 2016, Neuron 89, equation 8 of the supplement): with `C_0` less `sigma^2`,
///
/// `C_k = g_1 C_(k-1) + g_2 C_(k-2)`.
///
/// Pairs with NaN do not count. None where the roots are not those of a rise and a decay: real, distinct, within `(0, 1)`. The
/// estimate takes everything slow for the decay of calcium: remove drift first.
pub fn estimate_kinetics(trace: &[f64], sigma: f64, order: Order) -> Option<Kinetics> {
    let n_lags = FURTHER_LAGS + if order == Order::First { 1 } else { 2 };
    let mut covariance = autocovariance(trace, n_lags);
    *covariance.first_mut()? -= sigma * sigma;
    let at = |k: usize| covariance.get(k).copied().unwrap_or(f64::NAN);
    let (mut g11, mut g12, mut g22, mut r1, mut r2) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for k in 1..=n_lags {
        // The process runs both ways: C_(-1) is C_1.
        let (now, one, two) = (at(k), at(k - 1), at(k.abs_diff(2)));
        (g11, g12, g22) = (g11 + one * one, g12 + one * two, g22 + two * two);
        (r1, r2) = (r1 + one * now, r2 + two * now);
    }
    match order {
        Order::First => Kinetics::of_coefficients(r1 / g11, 0.0),
        Order::Second => {
            let determinant = g11 * g22 - g12 * g12;
            let (g1, g2) = ((r1 * g22 - r2 * g12) / determinant, (r2 * g11 - r1 * g12) / determinant);
            Kinetics::of_coefficients(g1, g2).filter(|kinetics| !kinetics.is_first_order())
        }
    }
}

/// Order of the autoregressive process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Calcium jumps and decays.
    First,
    /// It rises and decays.
    Second,
}

/// `C_k = mean of (y_t - m) (y_(t+k) - m)` for `k` from 0 to `n_lags`, over the pairs without NaN; NaN where there is none.
fn autocovariance(trace: &[f64], n_lags: usize) -> Vec<f64> {
    let valid = || trace.iter().filter(|y| !y.is_nan());
    let mean = valid().sum::<f64>() / valid().count() as f64;
    let at_lag = |lag: usize| {
        let later = trace.iter().skip(lag);
        let products = trace.iter().zip(later).map(|(a, b)| (a - mean) * (b - mean));
        let (sum, n) =
            products.filter(|product| !product.is_nan()).fold((0.0, 0.0), |(sum, n), p| (sum + p, n + 1.0));
        sum / n
    };
    (0..=n_lags).map(at_lag).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spectrum::tests::noise;
    use super::*;

    /// Random activity, its calcium, and noise.
    fn simulated(kinetics: Kinetics, sigma: f64) -> Vec<f64> {
        let chance = noise(60_000);
        let events: Vec<f64> = chance[..30_000].iter().map(|&x| if x > 1.7 { 1.0 } else { 0.0 }).collect();
        kinetics.calcium(&events).iter().zip(&chance[30_000..]).map(|(c, x)| c + sigma * x).collect()
    }

    #[test]
    fn time_constants_are_recovered() {
        let dt_s = 0.05;
        let truth = Kinetics::of_time_constants(dt_s, 0.8, None);
        let found = estimate_kinetics(&simulated(truth, 0.3), 0.3, Order::First).unwrap();
        assert!((found.tau_decay_s(dt_s) / 0.8 - 1.0).abs() < 0.1, "{}", found.tau_decay_s(dt_s));
        let truth = Kinetics::of_time_constants(dt_s, 0.8, Some(0.15));
        let found = estimate_kinetics(&simulated(truth, 0.3), 0.3, Order::Second).unwrap();
        assert!((found.tau_decay_s(dt_s) / 0.8 - 1.0).abs() < 0.15, "{}", found.tau_decay_s(dt_s));
        assert!((found.tau_rise_s(dt_s).unwrap() / 0.15 - 1.0).abs() < 0.3, "{:?}", found.tau_rise_s(dt_s));
    }

    #[test]
    fn without_a_decay_there_is_no_estimate() {
        let alternating: Vec<f64> = (0..200).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        for order in [Order::First, Order::Second] {
            for trace in [&alternating[..], &[], &[1.0], &[f64::NAN; 30], &[2.0; 50]] {
                assert_eq!(estimate_kinetics(trace, 0.1, order), None);
            }
        }
    }
}
