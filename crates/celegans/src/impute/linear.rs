//! Straight lines in time.

use super::missing_runs;

/// Fills every stretch of NaN with the line in time between the samples around it; before the first and after the
/// last measured sample stands the nearest one. A trace without any measured sample stays as it is.
pub fn linear(trace: &mut [f64], times_s: &[f64]) {
    for run in missing_runs(trace) {
        let sample = |i: usize| Some((*times_s.get(i)?, *trace.get(i)?));
        let before = run.start.checked_sub(1).and_then(sample);
        let after = sample(run.end);
        let (Some(from), Some(to)) = (before.or(after), after.or(before)) else { continue };
        for i in run {
            if let (Some(value), Some(t_s)) = (trace.get_mut(i), times_s.get(i)) {
                *value = on_line(from, to, *t_s);
            }
        }
    }
}

fn on_line((t0, x0): (f64, f64), (t1, x1): (f64, f64), t: f64) -> f64 {
    if t1 > t0 { x0 + (t - t0) / (t1 - t0) * (x1 - x0) } else { x0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_become_lines_in_time_and_ends_the_nearest_value() {
        let mut trace = [f64::NAN, 1.0, f64::NAN, f64::NAN, 5.0, f64::NAN];
        linear(&mut trace, &[0.0, 1.0, 2.0, 4.0, 5.0, 6.0]);
        assert_eq!(trace, [1.0, 1.0, 2.0, 4.0, 5.0, 5.0]);
    }

    #[test]
    fn nothing_measured_stays_nothing() {
        let mut trace = [f64::NAN; 3];
        linear(&mut trace, &[0.0, 1.0, 2.0]);
        assert!(trace.iter().all(|value| value.is_nan()));
    }
}
