//! The decay, measured on the largest events.

use super::{Baseline, Fit, Kinetics, fit_to_noise};

/// Most rounds of fitting activity and decay in turn.
const MAX_ROUNDS: usize = 10;
/// Change of the time constant, relative, at which both stand.
const SETTLED: f64 = 1e-3;
/// Size of a following event, relative to the event, from which it counts as another.
const FOLLOWER: f64 = 0.25;
/// Steps of the golden-section search: each leaves 62 % of the interval.
const SECTIONS: usize = 40;

/// Refines the decay of a process of order 1 and fits again, until both stand: the decay is the one with which the `n_events`
/// largest events, each up to the next that is not much smaller and with the height that suits it best, leave the smallest squared
/// residual around a common level (Friedrich, Zhou & Paninski 2017, section "Optimizing the autoregressive coefficients"). The size of an
/// event is the energy of its decay up to there. The time constant is sought from a quarter to four times
/// that of `start`.
pub fn refine_decay(
    trace: &[f64],
    start: Kinetics,
    sigma: f64,
    baseline: Baseline,
    n_events: usize,
) -> (Kinetics, Fit) {
    let (mut kinetics, mut fit) = (start, fit_to_noise(trace, start, sigma, baseline));
    for _ in 0..MAX_ROUNDS {
        let events = largest_events(trace, &fit, kinetics.decay(), n_events);
        if events.is_empty() {
            break;
        }
        let before = kinetics.decay().ln();
        kinetics = Kinetics::new(best_decay(&events, start), 0.0);
        fit = fit_to_noise(trace, kinetics, sigma, baseline);
        if (kinetics.decay().ln() / before - 1.0).abs() < SETTLED {
            break;
        }
    }
    (kinetics, fit)
}

/// The samples above the baseline from each of the largest events up to the next that is not much smaller. With a decay that is
/// too fast small events follow a large one to make up for it: they must not end it.
fn largest_events(trace: &[f64], fit: &Fit, decay: f64, n_events: usize) -> Vec<Vec<f64>> {
    let events: Vec<(usize, f64)> =
        fit.activity.iter().copied().enumerate().filter(|(_, s)| *s > 0.0).collect();
    let mut spans: Vec<(f64, usize, usize)> = events
        .iter()
        .enumerate()
        .map(|(place, &(start, size))| {
            let next = events.iter().skip(place + 1).find(|(_, other)| *other > FOLLOWER * size);
            let stop = next.map_or(trace.len(), |(stop, _)| *stop);
            (size * size * (1.0 - decay.powf(2.0 * (stop - start) as f64)), start, stop)
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

/// Golden-section search over the logarithm of the time constant, from a quarter to four times that of `start`.
fn best_decay(events: &[Vec<f64>], start: Kinetics) -> f64 {
    let tau = -1.0 / start.decay().ln();
    let cost = |log_tau: f64| squared_residual(events, (-1.0 / log_tau.exp()).exp());
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

/// Of events around decays from the heights, and to the one level, that suit them best: least squares with the heights, then the
/// level, eliminated.
fn squared_residual(events: &[Vec<f64>], decay: f64) -> f64 {
    let (mut own, mut with_level, mut level) = (0.0, 0.0, 0.0);
    for event in events {
        // Products of the samples y, the decay g and the constant 1.
        let (mut yy, mut y1, mut yg, mut g1, mut gg, mut n, mut g) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0);
        for y in event {
            if !y.is_nan() {
                (yy, y1, n) = (yy + y * y, y1 + y, n + 1.0);
                (yg, g1, gg) = (yg + y * g, g1 + g, gg + g * g);
            }
            g *= decay;
        }
        if gg > 0.0 {
            own += yy - yg * yg / gg;
            with_level += y1 - yg * g1 / gg;
            level += n - g1 * g1 / gg;
        }
    }
    if level > 0.0 { own - with_level * with_level / level } else { own }
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
