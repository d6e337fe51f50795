//! Percentiles of windows that slide.

use std::ops::Range;

use super::bit_set::BitSet;

/// The percentile (0 to 100, linear between order statistics) of the samples in each window; NaN samples do not count,
/// and a window without others gives NaN.
///
/// The windows must slide: neither their starts nor their ends go back. Exact, and for any length of the window little more
/// than the sorting of the trace: the samples inside are marked in the order of their ranks, and a cursor stays at the `k`-th
/// mark, which moves by a mark or two when the window moves by a sample.
///
/// ```
/// use neuroloom_prepare::dff::{centred_windows, running_percentile};
///
/// let trace = [5.0, 1.0, 2.0, 9.0];
/// assert_eq!(running_percentile(&trace, &centred_windows(4, 1), 0.0), [1.0, 1.0, 1.0, 2.0]);
/// assert_eq!(running_percentile(&trace, &centred_windows(4, 1), 50.0), [3.0, 2.0, 2.0, 5.5]);
/// ```
pub fn running_percentile(trace: &[f64], windows: &[Range<usize>], percentile: f64) -> Vec<f64> {
    let mut marked = MarkedRanks::new(trace);
    let (mut start, mut stop) = (0, 0);
    let slide = |window: &Range<usize>| {
        while stop < window.end {
            marked.mark(stop);
            stop += 1;
        }
        while start < window.start.min(stop) {
            marked.unmark(start);
            start += 1;
        }
        marked.percentile(percentile)
    };
    windows.iter().map(slide).collect()
}

/// Samples by rank, some of them marked.
struct MarkedRanks {
    /// All valid samples, ascending.
    sorted: Vec<f64>,
    /// Rank of each sample; none for NaN.
    ranks: Vec<Option<usize>>,
    marks: BitSet,
    n_marked: usize,
    /// A rank, and how many marks there are below it.
    cursor: usize,
    before: usize,
}

impl MarkedRanks {
    fn new(trace: &[f64]) -> Self {
        let valid = trace.iter().enumerate().filter(|(_, value)| !value.is_nan());
        let mut order: Vec<(i64, usize)> = valid.map(|(i, value)| (sort_key(*value), i)).collect();
        // Which of equal samples comes first does not matter.
        order.sort_unstable_by_key(|(key, _)| *key);
        let mut ranks = vec![None; trace.len()];
        for (rank, &(_, i)) in order.iter().enumerate() {
            ranks[i] = Some(rank);
        }
        let marks = BitSet::new(order.len());
        let sorted = order.iter().filter_map(|&(_, i)| trace.get(i).copied()).collect();
        Self { sorted, ranks, marks, n_marked: 0, cursor: 0, before: 0 }
    }

    fn mark(&mut self, sample: usize) {
        let Some(&Some(rank)) = self.ranks.get(sample) else { return };
        self.marks.insert(rank);
        self.n_marked += 1;
        self.before += usize::from(rank < self.cursor);
    }

    fn unmark(&mut self, sample: usize) {
        let Some(&Some(rank)) = self.ranks.get(sample) else { return };
        self.marks.remove(rank);
        self.n_marked -= 1;
        self.before -= usize::from(rank < self.cursor);
    }

    fn percentile(&mut self, percentile: f64) -> f64 {
        let Some(last) = self.n_marked.checked_sub(1) else { return f64::NAN };
        let place = last as f64 * (percentile / 100.0);
        let below = (place.floor() as usize).min(last);
        self.go_to(below);
        let value =
            |rank: Option<usize>| rank.and_then(|rank| self.sorted.get(rank)).copied().unwrap_or(f64::NAN);
        let low = value(Some(self.cursor));
        if below == last {
            low
        } else {
            low + place.fract() * (value(self.marks.next(self.cursor + 1)) - low)
        }
    }

    /// Puts the cursor on the `k`-th mark, from 0; there must be more than `k`.
    fn go_to(&mut self, k: usize) {
        while self.before > k {
            let Some(rank) = self.marks.previous(self.cursor) else { return };
            (self.cursor, self.before) = (rank, self.before - 1);
        }
        self.cursor = self.marks.next(self.cursor).unwrap_or(self.cursor);
        while self.before < k {
            let Some(rank) = self.marks.next(self.cursor + 1) else { return };
            (self.cursor, self.before) = (rank, self.before + 1);
        }
    }
}

/// An integer that is ordered as the numbers are (IEEE 754, totalOrder): sorting compares integers faster.
fn sort_key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(test)]
mod tests {
    use neuroloom_math::quantile;
    use proptest::prelude::*;

    use super::super::{centred_windows, windows_in_time};
    use super::*;

    fn samples() -> impl Strategy<Value = Vec<f64>> {
        // Few distinct values: ties must not matter.
        let value = prop_oneof![4 => (-9..9i32).prop_map(f64::from), 4 => -9.0..9.0f64, 1 => Just(f64::NAN)];
        prop::collection::vec(value, 0..80)
    }

    fn slow(trace: &[f64], window: Range<usize>, percentile: f64) -> f64 {
        let mut inside: Vec<f64> = trace[window].iter().copied().filter(|x| !x.is_nan()).collect();
        quantile(&mut inside, percentile / 100.0).unwrap_or(f64::NAN)
    }

    fn same(fast: &[f64], slow: &[f64]) -> bool {
        fast.len() == slow.len()
            && fast.iter().zip(slow).all(|(a, b)| (a - b).abs() < 1e-12 || (a.is_nan() && b.is_nan()))
    }

    proptest! {
        #[test]
        fn sliding_equals_sorting_every_window(trace in samples(), half in 0usize..50, percentile in 0.0..=100.0f64) {
            let windows = centred_windows(trace.len(), half);
            let slow: Vec<f64> = windows.iter().map(|w| slow(&trace, w.clone(), percentile)).collect();
            prop_assert!(same(&running_percentile(&trace, &windows, percentile), &slow));
        }

        #[test]
        fn windows_of_irregular_samples_slide_too(
            trace in samples(), gaps in prop::collection::vec(0.0..2.0f64, 80), half_s in 0.0..9.0f64,
        ) {
            let mut time = 0.0;
            let times: Vec<f64> = gaps.iter().take(trace.len()).map(|gap| { time += gap; time }).collect();
            let windows = windows_in_time(&times, half_s);
            for (i, window) in windows.iter().enumerate() {
                let slow: Vec<usize> =
                    (0..times.len()).filter(|&j| times[j] >= times[i] - half_s && times[j] <= times[i] + half_s).collect();
                prop_assert_eq!(window.clone().collect::<Vec<_>>(), slow);
            }
            let slow: Vec<f64> = windows.iter().map(|w| slow(&trace, w.clone(), 8.0)).collect();
            prop_assert!(same(&running_percentile(&trace, &windows, 8.0), &slow));
        }

        #[test]
        fn the_baseline_moves_with_the_trace(trace in samples(), shift in -5.0..5.0f64, scale in 0.1..3.0f64) {
            let windows = centred_windows(trace.len(), 7);
            let moved: Vec<f64> = trace.iter().map(|x| scale * x + shift).collect();
            let expected: Vec<f64> =
                running_percentile(&trace, &windows, 30.0).iter().map(|b| scale * b + shift).collect();
            prop_assert!(same(&running_percentile(&moved, &windows, 30.0), &expected));
        }
    }
}
