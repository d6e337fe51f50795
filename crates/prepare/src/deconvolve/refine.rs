//! The decay, measured on the largest events.

use super::{Baseline, Fit, Kinetics, fit_to_noise};

/// Most rounds of fitting activity and decay in turn.
const MAX_ROUNDS: usize = 10;
/// Change of the time constant, relative, at which both stand.
const SETTLED: f64 = 1e-3;
/// Steps of the golden-section search: each leaves 62 % of the interval.
const SECTIONS: usize = 40;

/// Refines the decay of a process of order 1 and fits again, until both stand: the decay is the one with which the `n_events`
/// largest events, each from its sample up to that of the next event and with the height that suits it best, leave the smallest
/// squared residual (Friedrich, Zhou & Paninski 2017, section "Optimizing the autoregressive coefficients"). How large an event
/// is means the energy of its decay. The time constant is sought from a quarter to four times the one before.
pub fn refine_decay(trace: &[f64], start: Kinetics, sigma: f64, baseline: Baseline, n_events: usize) -> (Kinetics, Fit) {
    let (mut kinetics, mut fit) = (start, fit_to_noise(trace, start, sigma, baseline));
    for _ in 0..MAX_ROUNDS {
        let events = largest_events(trace, &fit, kinetics.decay(), n_events);
        if events.is_empty() {
            break;
        }
        let before = kinetics.decay().ln();
        kinetics = Kinetics::new(best_decay(&events, kinetics.decay()), 0.0);
        fit = fit_to_noise(trace, kinetics, sigma, baseline);
        if (kinetics.decay().ln() / before - 1.0).abs() < SETTLED {
            break;
        }
    }
    (kinetics, fit)
}

/// The samples above the baseline from each of the largest events up to the next event.
fn largest_events(trace: &[f64], fit: &Fit, decay: f64, n_events: usize) -> Vec<Vec<f64>> {
    let starts: Vec<usize> = (0..trace.len()).filter(|&t| fit.activity.get(t).is_some_and(|&s| s > 0.0)).collect();
    let stops = starts.iter().copied().skip(1).chain([trace.len()]);
    let mut spans: Vec<(f64, usize, usize)> = starts
        .iter()
        .zip(stops)
        .map(|(&start, stop)| {
            let height = fit.calcium.get(start).copied().unwrap_or(0.0);
            (height * height * (1.0 - decay.powf(2.0 * (stop - start) as f64)), start, stop)
        })
        // A single sample says nothing of a decay.
        .filter(|(_, start, stop)| stop - start > 1)
        .collect();
    spans.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let above = |(_, start, stop): &(f64, usize, usize)| {
        trace.get(*start..*stop).unwrap_or_default().iter().map(|y| y - fit.baseline).collect()
    };
    spans.iter().take(n_events).map(above).collect()
}

/// Golden-section search over the logarithm of the time constant.
fn best_decay(events: &[Vec<f64>], decay: f64) -> f64 {
    let tau = -1.0 / decay.ln();
    let cost = |log_tau: f64| {
        let decay = (-1.0 / log_tau.exp()).exp();
        events.iter().map(|event| squared_residual(event, decay)).sum::<f64>()
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = ((tau / 4.0).ln(), (tau * 4.0).ln());
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (cost(left), cost(right));
    for _ in 0..SECTIONS {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = cost(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = cost(right);
        }
    }
    (-1.0 / f64::midpoint(low, high).exp()).exp()
}

/// Of samples around a decay from the height that suits them best.
fn squared_residual(samples: &[f64], decay: f64) -> f64 {
    let (mut own, mut cross, mut norm, mut power) = (0.0, 0.0, 0.0, 1.0);
    for y in samples {
        if !y.is_nan() {
            own += y * y;
            cross += power * y;
            norm += power * power;
        }
        power *= decay;
    }
    if norm > 0.0 { own - cross * cross / norm } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::spectrum::tests::noise;
    use super::*;

    #[test]
    fn a_wrong_decay_is_put_right() {
        let truth = Kinetics::new(0.95, 0.0);
        let events: Vec<f64> = (0..3000).map(|t| if t % 150 == 40 { 1.5 } else { 0.0 }).collect();
        let trace: Vec<f64> =
            truth.calcium(&events).iter().zip(noise(3000)).map(|(c, x)| 0.2 + c + 0.1 * x).collect();
        for start in [0.9, 0.98] {
            let start = Kinetics::new(start, 0.0);
            let (found, fit) = refine_decay(&trace, start, 0.1, Baseline::Free, 10);
            assert!((found.decay().ln() / 0.95_f64.ln() - 1.0).abs() < 0.1, "{}", found.decay());
            assert!((fit.baseline - 0.2).abs() < 0.05);
        }
    }

    #[test]
    fn without_events_the_decay_stays() {
        let start = Kinetics::new(0.9, 0.0);
        let (found, _) = refine_decay(&[0.1; 20], start, 0.5, Baseline::Free, 10);
        assert_eq!(found, start);
    }
}
