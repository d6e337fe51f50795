//! The time base of a series, and its contiguous stretches.

use std::ops::Range;

use neuroloom_core::TimeBase;

use super::object::Support;

/// Pynapple rounds times to nanoseconds: what lies nearer to a regular time base than this is regular.
const ROUNDING_S: f64 = 1e-9;

/// The time base of `times_s`: regular where all intervals between them are equal.
pub(super) fn time_base(times_s: &[f64]) -> TimeBase {
    let explicit = || TimeBase::Explicit(times_s.to_vec());
    let (Some(&first), Some(&last)) = (times_s.first(), times_s.last()) else { return explicit() };
    let n_intervals = times_s.len() - 1;
    let dt_s = (last - first) / n_intervals as f64;
    // Of a single sample, or of several at one time, the interval is not known.
    if !(dt_s.is_finite() && dt_s > 2.0 * ROUNDING_S) {
        return explicit();
    }
    let regular = TimeBase::Regular { t0_s: first, dt_s };
    let fits = |(i, &time): (usize, &f64)| (time - regular.time_s(i)).abs() <= ROUNDING_S;
    if times_s.iter().enumerate().all(fits) { regular } else { explicit() }
}

/// The samples of each stretch from `starts` to `ends`, and the number of samples outside all of them. Without a stretch
/// that has samples, all samples are one.
pub(super) fn segments(times_s: &[f64], support: Option<&Support>) -> (Vec<Range<usize>>, usize) {
    let all = || std::iter::once(0..times_s.len()).collect();
    let Some(Support { starts, ends }) = support else { return (all(), 0) };
    let range = |(start, end): (&f64, &f64)| {
        let first = times_s.partition_point(|time| time < &(start - ROUNDING_S));
        first..times_s.partition_point(|time| time <= &(end + ROUNDING_S)).max(first)
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    for own in starts.iter().zip(ends).map(range) {
        // A sample where two stretches meet belongs to the first.
        let first = found.last().map_or(own.start, |before: &Range<usize>| own.start.max(before.end));
        if first < own.end {
            found.push(first..own.end);
        }
    }
    if found.is_empty() {
        return (all(), 0);
    }
    let inside: usize = found.iter().map(ExactSizeIterator::len).sum();
    (found, times_s.len() - inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_rounded_to_nanoseconds_are_regular() {
        let times: Vec<f64> = (0..1000).map(|i| (f64::from(i) / 30.0 * 1e9).round() / 1e9).collect();
        let TimeBase::Regular { t0_s, dt_s } = time_base(&times) else { panic!("{times:?}") };
        assert_eq!(t0_s, 0.0);
        assert!((dt_s - 1.0 / 30.0).abs() < 1e-11, "{dt_s}");
        let jittered: Vec<f64> = times.iter().enumerate().map(|(i, t)| t + 1e-6 * (i % 2) as f64).collect();
        assert!(matches!(time_base(&jittered), TimeBase::Explicit(_)));
        assert!(matches!(time_base(&[0.5]), TimeBase::Explicit(_)));
        assert!(matches!(time_base(&[1.0, 1.0, 1.0]), TimeBase::Explicit(_)));
    }

    #[test]
    fn the_time_support_cuts_segments() {
        let times = [0.0, 1.0, 2.0, 5.0, 6.0, 9.0];
        let support = |starts: &[f64], ends: &[f64]| Support { starts: starts.to_vec(), ends: ends.to_vec() };
        let three = support(&[0.0, 5.0, 7.0], &[2.0, 6.0, 8.0]);
        assert_eq!(segments(&times, Some(&three)), (vec![0..3, 3..5], 1));
        assert_eq!(segments(&times, None), (std::iter::once(0..6).collect(), 0));
        // Stretches that meet in a sample do not both have it.
        let touching = support(&[0.0, 2.0], &[2.0, 6.0]);
        assert_eq!(segments(&times, Some(&touching)), (vec![0..3, 3..5], 1));
        assert_eq!(segments(&times, Some(&support(&[20.0], &[30.0]))), (std::iter::once(0..6).collect(), 0));
    }
}
