//! Counting spikes.

use crate::{Span, Support, UniformBins};

/// Number of spikes in every bin: `n_k = #{ i : e_k <= t_i < e_(k+1) }` with the edges
/// `e_k = start + k width` of `bins`. A spike on an edge falls into the later bin; spikes outside all bins do
/// not count. The order of the spikes does not matter.
///
/// ```
/// use neuroloom_prepare::{UniformBins, binning::count_spikes};
///
/// let bins = UniformBins::new(0.0, 0.5, 3)?;
/// assert_eq!(count_spikes(&[0.1, 0.4, 0.5, 1.5], &bins), [2, 1, 0]);
/// # Ok::<(), neuroloom_core::Error>(())
/// ```
pub fn count_spikes(times_s: &[f64], bins: &UniformBins) -> Vec<u64> {
    let mut counts = vec![0; bins.n_bins()];
    for bin in times_s.iter().filter_map(|&time| bins.index(time)) {
        counts[bin] += 1;
    }
    counts
}

/// Counts as samples, NaN in every bin that `observed` does not cover whole: a count over a part of a bin is no
/// count of the bin.
pub fn mask_unobserved(counts: &[u64], bins: &UniformBins, observed: Option<&Support>) -> Vec<f32> {
    let seen = |k: usize| observed.is_none_or(|seen| seen.covers(Span::new(bins.edge(k), bins.edge(k + 1))));
    counts.iter().enumerate().map(|(k, &count)| if seen(k) { count as f32 } else { f32::NAN }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_equal_a_search_through_all_spikes(
            times in prop::collection::vec(-5.0..25.0f64, 0..200), width in 0.05..3.0, n_bins in 1usize..60,
        ) {
            let bins = UniformBins::new(0.0, width, n_bins).unwrap();
            let slow: Vec<u64> = (0..n_bins)
                .map(|k| times.iter().filter(|&&t| bins.edge(k) <= t && t < bins.edge(k + 1)).count() as u64)
                .collect();
            prop_assert_eq!(count_spikes(&times, &bins), slow);
        }

        #[test]
        fn every_spike_of_the_window_is_counted_once(
            ticks in prop::collection::vec(0u32..4000, 0..300), width in 1u32..50,
        ) {
            // Spikes on a 20 kHz clock and bins of whole ticks: half of all spikes would sit on edges that
            // accumulated additions of the width miss.
            let times: Vec<f64> = ticks.iter().map(|&tick| f64::from(tick) / 20_000.0).collect();
            let bins = UniformBins::covering(0.0, 0.2, f64::from(width) / 20_000.0).unwrap();
            prop_assert_eq!(count_spikes(&times, &bins).iter().sum::<u64>(), times.len() as u64);
        }
    }

    #[test]
    fn a_bin_that_was_observed_in_part_has_no_count() {
        let bins = UniformBins::new(0.0, 1.0, 4).unwrap();
        let observed = Support::new([Span::new(0.5, 3.0)]);
        let samples = mask_unobserved(&[1, 2, 0, 4], &bins, Some(&observed));
        assert_eq!(samples[1..3], [2.0, 0.0]);
        assert!(samples[0].is_nan() && samples[3].is_nan());
    }
}
