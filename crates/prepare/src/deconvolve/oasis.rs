//! OASIS for an autoregressive process of order 1.

/// The calcium `c` that minimises `1/2 sum_t (c_t - y_t)^2 + lambda sum_t s_t` with `s_t = c_t - gamma c_(t-1) >= 0` and
/// `s_0 = c_0` (Friedrich, Zhou & Paninski 2017, PLoS Comput Biol 13, equation 4 and algorithm 1). Exact for
/// `s_min = 0`, in one pass. With `s_min > 0` (and `lambda = 0`) their greedy algorithm for events of at least that size.
///
/// Samples are pooled as long as the jump to the next pool would be smaller than `s_min`; within a pool calcium decays.
/// NaN samples have no part in the first sum; calcium decays across them. `gamma` is in (0, 1).
///
/// ```
/// use neuroloom_prepare::deconvolve::{activity, oasis_ar1};
///
/// let calcium = oasis_ar1(&[0.0, 1.0, 0.5, 0.25], 0.5, 0.0, 0.0);
/// assert_eq!(calcium, [0.0, 1.0, 0.5, 0.25]);
/// assert_eq!(activity(&calcium, 0.5), [0.0, 1.0, 0.0, 0.0]);
/// ```
pub fn oasis_ar1(trace: &[f64], gamma: f64, lambda: f64, s_min: f64) -> Vec<f64> {
    let mut pools: Vec<Pool> = Vec::new();
    for (t, &y) in trace.iter().enumerate() {
        // sum_t s_t = (1 - gamma) sum_t c_t + gamma c_T
        let last = t + 1 == trace.len();
        let penalty = lambda * if last { 1.0 } else { 1.0 - gamma };
        let sample = if y.is_nan() {
            Pool { sum: -penalty, weight: 0.0, decay: gamma, length: 1 }
        } else {
            Pool { sum: y - penalty, weight: 1.0, decay: gamma, length: 1 }
        };
        pools.push(sample);
        merge_back(&mut pools, s_min);
    }
    let decay = |pool: Pool| {
        let start = pool.start().max(0.0);
        (0..pool.length).scan(start, move |calcium, _| {
            let now = *calcium;
            *calcium *= gamma;
            Some(now)
        })
    };
    pools.into_iter().flat_map(decay).collect()
}

/// `s_t = c_t - gamma c_(t-1)`, `s_0 = c_0`: what was there at the start counts as activity of the first sample.
pub fn activity(calcium: &[f64], gamma: f64) -> Vec<f64> {
    let before = std::iter::once(0.0).chain(calcium.iter().copied());
    // Within a pool the difference is 0 but for rounding.
    let jump = |(now, before): (&f64, f64)| {
        let jump = now - gamma * before;
        if jump > 1e-12 * now.abs() { jump } else { 0.0 }
    };
    calcium.iter().zip(before).map(jump).collect()
}

/// The first samples of the pools behind an activity: the first of all, and every one with activity.
pub(super) fn pool_starts(activity: &[f64]) -> Vec<usize> {
    let starts = activity.iter().enumerate().filter(|(t, s)| *t == 0 || **s > 0.0);
    starts.map(|(t, _)| t).collect()
}

/// Consecutive samples in which calcium decays from a start.
#[derive(Clone, Copy)]
struct Pool {
    /// `sum_k gamma^k (y_k - mu_k)` over the valid samples, less the penalties of the others.
    sum: f64,
    /// `sum_k gamma^(2k)` over the valid samples.
    weight: f64,
    /// `gamma^length`.
    decay: f64,
    length: usize,
}

impl Pool {
    /// Calcium at its first sample.
    fn start(self) -> f64 {
        if self.weight > 0.0 { self.sum / self.weight } else { f64::NEG_INFINITY }
    }

    fn then(self, next: Pool) -> Pool {
        Pool {
            sum: self.sum + self.decay * next.sum,
            weight: self.weight + self.decay * self.decay * next.weight,
            decay: self.decay * next.decay,
            length: self.length + next.length,
        }
    }
}

/// Joins the last pool to the one before as long as calcium would jump up by less than `s_min` between them.
fn merge_back(pools: &mut Vec<Pool>, s_min: f64) {
    while let [.., before, last] = pools.as_slice() {
        // Calcium is never below 0, so that a pool that starts there would start at 0.
        let decayed = before.decay * before.start().max(0.0);
        if last.start() >= decayed + s_min {
            return;
        }
        let joined = before.then(*last);
        pools.truncate(pools.len() - 2);
        pools.push(joined);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Kinetics;
    use super::super::least_squares::non_negative;
    use super::*;

    /// By how much the cost falls per unit of activity added at each sample. The problem is convex: calcium is the
    /// solution exactly if no slope is above 0 and those of samples with activity are 0.
    fn slopes(trace: &[f64], calcium: &[f64], gamma: f64, lambda: f64) -> Vec<f64> {
        let error = |t: usize| if trace[t].is_nan() { 0.0 } else { trace[t] - calcium[t] };
        let slope =
            |k: usize| (k..trace.len()).map(|t| gamma.powi((t - k) as i32) * error(t)).sum::<f64>() - lambda;
        (0..trace.len()).map(slope).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn oasis_equals_non_negative_least_squares(
            trace in prop::collection::vec(-1.0..3.0f64, 1..40), gamma in 0.3..0.97f64, lambda in 0.0..0.8f64,
        ) {
            let kinetics = Kinetics::new(gamma, 0.0);
            let fast = oasis_ar1(&trace, gamma, lambda, 0.0);
            let slow = kinetics.calcium(&non_negative(&trace, kinetics, lambda));
            for (a, b) in fast.iter().zip(&slow) {
                prop_assert!((a - b).abs() < 1e-8, "{fast:?} {slow:?}");
            }
        }

        #[test]
        fn with_nan_the_optimality_conditions_hold(
            trace in prop::collection::vec(prop_oneof![5 => -1.0..3.0f64, 1 => Just(f64::NAN)], 1..25),
            gamma in 0.3..0.9f64, lambda in 1e-3..0.8f64,
        ) {
            let calcium = oasis_ar1(&trace, gamma, lambda, 0.0);
            let events = activity(&calcium, gamma);
            for (k, slope) in slopes(&trace, &calcium, gamma, lambda).into_iter().enumerate() {
                prop_assert!(slope < 1e-9, "more activity at {k} would cost less: {slope}");
                prop_assert!(events[k] < 1e-9 || slope > -1e-9, "less activity at {k} would cost less: {slope}");
            }
        }

        #[test]
        fn activity_is_never_negative_and_no_smaller_than_asked_for(
            trace in prop::collection::vec(-1.0..3.0f64, 1..80), gamma in 0.3..0.98f64, s_min in 0.1..2.0f64,
        ) {
            let calcium = oasis_ar1(&trace, gamma, 0.0, s_min);
            prop_assert_eq!(calcium.len(), trace.len());
            for s in activity(&calcium, gamma).into_iter().skip(1) {
                prop_assert!(s == 0.0 || s >= s_min - 1e-9, "{s}");
            }
        }
    }

    #[test]
    fn events_are_found_at_their_time_and_size() {
        let gamma = 0.9;
        let events = [(10, 1.0), (40, 2.0), (43, 0.5)];
        let mut clean = vec![0.0; 100];
        for t in 1..100 {
            let event = events.iter().find(|(at, _)| *at == t).map_or(0.0, |(_, size)| *size);
            clean[t] = gamma * clean[t - 1] + event;
        }
        let found = activity(&oasis_ar1(&clean, gamma, 0.0, 0.2), gamma);
        for (t, s) in found.iter().enumerate() {
            let event = events.iter().find(|(at, _)| *at == t).map_or(0.0, |(_, size)| *size);
            assert!((s - event).abs() < 1e-9, "{t}: {s}");
        }
        assert!(oasis_ar1(&[], 0.5, 0.0, 0.0).is_empty());
        assert_eq!(oasis_ar1(&[f64::NAN; 3], 0.5, 0.1, 0.0), [0.0; 3]);
    }
}
