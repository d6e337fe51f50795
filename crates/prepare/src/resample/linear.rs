//! Straight lines between samples.

use neuroloom_math::quantile;

use super::Grid;

/// How near to a sample, as a share of the interval, a moment takes its value and nothing of the next one.
const ON_SAMPLE: f64 = 1e-6;

/// The values at the moments of `grid`, linear between neighbours no further than `max_gap_s` apart. NaN beside a NaN
/// sample, in a longer gap, and beyond the ends. `times_s` must be ascending and as many as `values`.
///
/// ```
/// use neuroloom_prepare::resample::{Grid, interpolate_linearly};
///
/// let grid = Grid { t0_s: 0.0, dt_s: 0.5, n: 4 };
/// let values = interpolate_linearly(&[0.0, 1.0, 9.0], &[2.0, 4.0, 0.0], &grid, 1.0);
/// assert_eq!(values[..3], [2.0, 3.0, 4.0]);
/// assert!(values[3].is_nan());
/// ```
pub fn interpolate_linearly(times_s: &[f64], values: &[f64], grid: &Grid, max_gap_s: f64) -> Vec<f64> {
    // The first sample later than the moment: as the moments ascend it only ever moves on.
    let mut after = times_s.partition_point(|&time| time <= grid.t0_s);
    let at = |k: usize| {
        let t = grid.time_s(k);
        while times_s.get(after).is_some_and(|&time| time <= t) {
            after += 1;
        }
        let sample = |i: usize| Some((*times_s.get(i)?, *values.get(i)?));
        match (after.checked_sub(1).and_then(sample), sample(after)) {
            (Some(left), Some(right)) => between(left, right, t, max_gap_s),
            (Some((time, value)), None) if t - time <= ON_SAMPLE * grid.dt_s => value,
            (None, Some((time, value))) if time - t <= ON_SAMPLE * grid.dt_s => value,
            _ => f64::NAN,
        }
    };
    (0..grid.n).map(at).collect()
}

fn between(left: (f64, f64), right: (f64, f64), t: f64, max_gap_s: f64) -> f64 {
    let gap = right.0 - left.0;
    let share = (t - left.0) / gap;
    if share <= ON_SAMPLE {
        left.1
    } else if share >= 1.0 - ON_SAMPLE {
        right.1
    } else if gap > max_gap_s {
        f64::NAN
    } else {
        left.1 + share * (right.1 - left.1)
    }
}

/// The longest gap between samples that is no gap: 5 times the median interval, infinite where there is none.
pub(crate) fn usual_gap_s(times_s: &[f64]) -> f64 {
    5.0 * median_interval_s(times_s).unwrap_or(f64::INFINITY)
}

/// The median interval between samples; none for fewer than two.
pub(crate) fn median_interval_s(times_s: &[f64]) -> Option<f64> {
    let mut intervals: Vec<f64> = times_s.windows(2).map(|pair| pair[1] - pair[0]).collect();
    quantile(&mut intervals, 0.5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(gaps: &[f64]) -> Vec<f64> {
        gaps.iter()
            .scan(0.0, |time, gap| {
                *time += gap;
                Some(*time)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn a_straight_line_stays_one(
            gaps in prop::collection::vec(0.01..1.0f64, 2..40), slope in -5.0..5.0f64, dt_s in 0.01..0.9f64,
        ) {
            let times = times(&gaps);
            let values: Vec<f64> = times.iter().map(|t| slope * t - 1.0).collect();
            let grid = Grid::inside(times[0], times[times.len() - 1], 0.0, dt_s).unwrap();
            for (k, value) in interpolate_linearly(&times, &values, &grid, f64::INFINITY).iter().enumerate() {
                prop_assert!((value - (slope * grid.time_s(k) - 1.0)).abs() < 1e-5);
            }
        }

        #[test]
        fn a_search_through_all_pairs_finds_the_same(
            gaps in prop::collection::vec(0.1..1.0f64, 2..40), dt_s in 0.05..0.9f64, max_gap_s in 0.2..1.0f64,
        ) {
            let times = times(&gaps);
            let values: Vec<f64> = times.iter().map(|t| (7.0 * t).sin()).collect();
            let grid = Grid { t0_s: -1.0, dt_s, n: 60 };
            for (k, value) in interpolate_linearly(&times, &values, &grid, max_gap_s).iter().enumerate() {
                let t = grid.time_s(k);
                // On a sample up to rounding, beside a gap: another test.
                if times.iter().any(|time| (time - t).abs() < 1e-6) {
                    continue;
                }
                let pair = (1..times.len()).find(|&i| times[i - 1] <= t && t < times[i]);
                let slow = pair.filter(|&i| times[i] - times[i - 1] <= max_gap_s).map(|i| {
                    let w = (t - times[i - 1]) / (times[i] - times[i - 1]);
                    (1.0 - w) * values[i - 1] + w * values[i]
                });
                prop_assert!(slow.map_or(value.is_nan(), |slow| (slow - value).abs() < 1e-4), "{t} {value} {slow:?}");
            }
        }
    }

    #[test]
    fn a_sample_keeps_its_value_beside_nan() {
        let grid = Grid { t0_s: 0.0, dt_s: 0.1, n: 5 };
        let values = interpolate_linearly(&[0.0, 0.2, 0.3, 0.4], &[1.0, 2.0, f64::NAN, 4.0], &grid, 1.0);
        assert_eq!([values[0], values[1], values[2], values[4]], [1.0, 1.5, 2.0, 4.0]);
        assert!(values[3].is_nan());
    }
}
