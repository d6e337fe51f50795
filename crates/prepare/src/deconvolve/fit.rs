//! The best activity for a trace: with a given penalty, or with the one that leaves the noise.

use super::interior_point::non_negative_activity;
use super::newton::fit_size;
use super::root::increasing_zero;
use super::{Kinetics, activity, oasis_ar1};

/// The level that calcium stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline {
    /// Known, in the unit of the trace.
    Fixed(f64),
    /// Found together with the activity.
    Free,
}

/// What explains a trace `y_t = b + c_t + noise`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Activity `s_t >= 0`, in the unit of the trace.
    pub activity: Vec<f64>,
    /// The calcium `c_t` that it makes, in the unit of the trace.
    pub calcium: Vec<f64>,
    /// The baseline `b`.
    pub baseline: f64,
    /// The L1 penalty that it was found with.
    pub lambda: f64,
}

impl Fit {
    /// `y_t - b - c_t` of the valid samples.
    pub fn residuals<'a>(&'a self, trace: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let errors = trace.iter().zip(&self.calcium).map(|(y, c)| y - self.baseline - c);
        errors.filter(|error| !error.is_nan())
    }

    fn squared_residual(&self, trace: &[f64]) -> f64 {
        self.residuals(trace).map(|error| error * error).sum()
    }
}

/// The activity `s >= 0` that minimises `1/2 sum_t (c_t + b - y_t)^2 + lambda sum_t s_t` over the valid samples (Friedrich,
/// Zhou & Paninski 2017, equations 3 and 4), exactly: order 1 by OASIS, order 2 by an interior-point method. `lambda` must be
/// above 0 where the baseline is free.
pub fn fit_with_penalty(trace: &[f64], kinetics: Kinetics, lambda: f64, baseline: Baseline) -> Fit {
    match baseline {
        _ if !kinetics.is_first_order() => {
            let (activity, baseline) = non_negative_activity(trace, kinetics, lambda, baseline);
            Fit { calcium: kinetics.calcium(&activity), activity, baseline, lambda }
        }
        Baseline::Fixed(level) => on_level(trace, kinetics, lambda, level),
        Baseline::Free => on_best_level(trace, kinetics, lambda),
    }
}

/// Order 1 on a known level.
pub(super) fn on_level(trace: &[f64], kinetics: Kinetics, lambda: f64, baseline: f64) -> Fit {
    let above: Vec<f64> = trace.iter().map(|y| y - baseline).collect();
    let calcium = oasis_ar1(&above, kinetics.decay(), lambda, 0.0);
    Fit { activity: activity(&calcium, kinetics.decay()), calcium, baseline, lambda }
}

/// Order 1 on the level at which the residuals sum to 0: there the cost, convex in the level, is lowest.
fn on_best_level(trace: &[f64], kinetics: Kinetics, lambda: f64) -> Fit {
    let valid = || trace.iter().copied().filter(|y| !y.is_nan());
    let n = valid().count() as f64;
    let (least, most) = valid().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)));
    let range = most - least;
    if n == 0.0 || range <= 0.0 {
        return on_level(trace, kinetics, lambda, if n == 0.0 { 0.0 } else { least });
    }
    let slope = |level: f64| {
        let fit = on_level(trace, kinetics, lambda, level);
        (-fit.residuals(trace).sum::<f64>() / n, fit)
    };
    // Without calcium the best level is the mean: with it, it is never higher.
    let mean = valid().sum::<f64>() / n;
    let (mut low, mut depth) = (mean, range / 2.0);
    let (mut below, mut fit) = slope(low);
    let mut high = (low, below);
    while below > 1e-11 * range {
        (high, low) = ((low, below), mean - depth);
        depth *= 2.0;
        (below, fit) = slope(low);
    }
    increasing_zero(slope, (low, below), high, 1e-11 * range).map_or(fit, |(_, fit)| fit)
}

/// The sparsest fit whose squared residual is `sigma^2` per valid sample: the noise-constrained problem of Friedrich, Zhou &
/// Paninski 2017 (equation 3), solved for its multiplier `lambda`. The penalty is 0 where even the best fit on a known baseline
/// leaves a larger residual, or where `sigma` is not a positive number.
pub fn fit_to_noise(trace: &[f64], kinetics: Kinetics, sigma: f64, baseline: Baseline) -> Fit {
    let valid = || trace.iter().copied().filter(|y| !y.is_nan());
    let n = valid().count() as f64;
    let allowed = if sigma > 0.0 { sigma * n.sqrt() } else { 0.0 };
    let excess = |fit: &Fit| fit.squared_residual(trace).sqrt() - allowed;
    let silent = without_activity(trace, kinetics, baseline);
    if allowed > 0.0 && excess(&silent) <= 0.0 {
        return silent;
    }
    let least = match baseline {
        Baseline::Free if allowed > 0.0 => -allowed,
        _ => {
            let level = if let Baseline::Fixed(level) = baseline { level } else { silent.baseline };
            let fit = fit_with_penalty(trace, kinetics, 0.0, Baseline::Fixed(level));
            let least = excess(&fit);
            if allowed == 0.0 || least >= 0.0 {
                return fit;
            }
            least
        }
    };
    if kinetics.is_first_order() {
        // A small penalty to start from: there most pools are already there that stay.
        let start = (0.01 * silent.lambda * (1.0 - kinetics.decay()), silent.baseline);
        if let Some(fit) = fit_size(trace, kinetics, allowed * allowed, baseline, start) {
            return fit;
        }
    }
    let tried = |lambda: f64| {
        let fit = fit_with_penalty(trace, kinetics, lambda, baseline);
        (excess(&fit), fit)
    };
    let ends = ((0.0, least), (silent.lambda, excess(&silent)));
    increasing_zero(tried, ends.0, ends.1, 1e-9 * allowed).map_or(silent, |(_, fit)| fit)
}

/// No activity, and the smallest penalty at which that is the best fit.
fn without_activity(trace: &[f64], kinetics: Kinetics, baseline: Baseline) -> Fit {
    let valid = || trace.iter().copied().filter(|y| !y.is_nan());
    let level = match baseline {
        Baseline::Fixed(level) => level,
        Baseline::Free => valid().sum::<f64>() / valid().count().max(1) as f64,
    };
    let residual: Vec<f64> = trace.iter().map(|y| if y.is_nan() { 0.0 } else { y - level }).collect();
    let lambda = kinetics.correlation(&residual).into_iter().fold(0.0, f64::max);
    let nothing = vec![0.0; trace.len()];
    Fit { activity: nothing.clone(), calcium: nothing, baseline: level, lambda }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::least_squares::non_negative_with_level;
    use super::*;

    /// Events every 50 samples on a level of 0.4 under noise of a standard deviation of 0.1.
    fn trace(kinetics: Kinetics) -> Vec<f64> {
        let events: Vec<f64> = (0..500).map(|t| if t % 50 == 20 { 1.0 } else { 0.0 }).collect();
        let noise = |t: usize| 0.1 * ((t * t) as f64 * 0.7).sin() * 2.0_f64.sqrt();
        kinetics.calcium(&events).iter().enumerate().map(|(t, c)| 0.4 + c + noise(t)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn order_1_on_a_free_level_equals_non_negative_least_squares(
            trace in prop::collection::vec(-1.0..3.0f64, 3..25), decay in 0.6..0.95f64, lambda in 0.05..0.8f64,
        ) {
            let kinetics = Kinetics::new(decay, 0.0);
            let fit = fit_with_penalty(&trace, kinetics, lambda, Baseline::Free);
            let (twin, level) = non_negative_with_level(&trace, kinetics, lambda);
            prop_assert!((fit.baseline - level).abs() < 1e-6, "{} {level}", fit.baseline);
            for (a, b) in fit.calcium.iter().zip(kinetics.calcium(&twin)) {
                prop_assert!((a - b).abs() < 1e-6, "{a} {b}");
            }
        }
    }

    #[test]
    fn the_residual_is_as_large_as_the_noise_and_the_baseline_is_found() {
        for kinetics in [Kinetics::new(0.9, 0.0), Kinetics::new(0.9, 0.5)] {
            let trace = trace(kinetics);
            for baseline in [Baseline::Fixed(0.4), Baseline::Free] {
                let fit = fit_to_noise(&trace, kinetics, 0.1, baseline);
                assert!(fit.lambda > 0.0);
                assert!((fit.squared_residual(&trace) / (0.01 * 500.0) - 1.0).abs() < 1e-7);
                assert!((fit.baseline - 0.4).abs() < 0.06, "{}", fit.baseline);
            }
        }
    }

    #[test]
    fn newton_finds_what_the_search_finds() {
        let kinetics = Kinetics::new(0.9, 0.0);
        let trace = trace(kinetics);
        for baseline in [Baseline::Fixed(0.4), Baseline::Free] {
            let fit = fit_size(&trace, kinetics, 0.01 * 500.0, baseline, (0.01, 0.5)).unwrap();
            let searched = |lambda: f64| {
                let fit = fit_with_penalty(&trace, kinetics, lambda, baseline);
                (fit.squared_residual(&trace) - 0.01 * 500.0, fit)
            };
            let (lambda, other) = increasing_zero(searched, (0.0, -5.0), (50.0, 500.0), 1e-9).unwrap();
            assert!((fit.lambda - lambda).abs() < 1e-6 && (fit.baseline - other.baseline).abs() < 1e-6);
        }
    }

    #[test]
    fn a_noise_that_cannot_be_reached_leaves_no_penalty() {
        let (trace, kinetics) = ([-5.0, 3.0, -5.0, 3.0], Kinetics::new(0.9, 0.0));
        for sigma in [1e-3, f64::NAN] {
            assert_eq!(fit_to_noise(&trace, kinetics, sigma, Baseline::Fixed(0.0)).lambda, 0.0);
        }
        assert!(fit_to_noise(&[], kinetics, 0.1, Baseline::Free).calcium.is_empty());
        assert_eq!(fit_to_noise(&[f64::NAN; 2], kinetics, 0.1, Baseline::Free).activity, [0.0; 2]);
    }

    #[test]
    fn noise_as_large_as_the_trace_leaves_nothing() {
        for kinetics in [Kinetics::new(0.9, 0.0), Kinetics::new(0.9, 0.5)] {
            let fit = fit_to_noise(&[0.1, 0.2, 0.1, 0.3, 0.1], kinetics, 9.0, Baseline::Free);
            assert!(fit.activity.iter().all(|&s| s == 0.0) && (fit.baseline - 0.16).abs() < 1e-12);
        }
    }
}
