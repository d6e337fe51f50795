//! Windows around samples.

use std::ops::Range;

/// For each of `n` samples the samples at most `half` places away.
pub fn centred_windows(n: usize, half: usize) -> Vec<Range<usize>> {
    (0..n).map(|i| i.saturating_sub(half)..i.saturating_add(half).saturating_add(1).min(n)).collect()
}

/// For each sample the samples at most `half_s` seconds away. `times_s` must be ascending.
pub fn windows_in_time(times_s: &[f64], half_s: f64) -> Vec<Range<usize>> {
    let window = |&t: &f64| {
        let start = times_s.partition_point(|&other| other < t - half_s);
        start..times_s.partition_point(|&other| other <= t + half_s)
    };
    times_s.iter().map(window).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_cut_at_the_ends() {
        assert_eq!(centred_windows(4, 1), [0..2, 0..3, 1..4, 2..4]);
        assert_eq!(centred_windows(2, usize::MAX), [0..2, 0..2]);
        assert_eq!(windows_in_time(&[0.0, 1.0, 1.5, 9.0], 1.0), [0..2, 0..3, 1..3, 3..4]);
    }
}
