//! Spikes around events, and their peri-stimulus time histogram.

use crate::binning::{count_spikes, mask_unobserved};
use crate::{Span, SpikeTrain, Support, UniformBins};

/// The spikes of one unit around one event.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeTrial {
    /// Spike times from the event, seconds, ascending.
    pub times_s: Vec<f64>,
    /// When the unit was observed inside the window, from the event; none where that is not known.
    pub observed: Option<Support>,
    /// Whether it was observed throughout the window, as far as is known.
    pub complete: bool,
}

impl SpikeTrial {
    /// The spikes in `window`, which counts from the event at `event_s`; none where the unit was not observed at all.
    pub fn around(train: &SpikeTrain<'_>, event_s: f64, window: Span) -> Option<Self> {
        let absolute = Span::new(event_s + window.start_s, event_s + window.stop_s);
        let observed = train.observed.as_ref().map(|seen| {
            let shift = |span: Span| Span::new(span.start_s - event_s, span.stop_s - event_s);
            Support::new(seen.clip(absolute).map(shift))
        });
        if observed.as_ref().is_some_and(Support::is_empty) {
            return None;
        }
        let first = train.times_s.partition_point(|&spike| spike < absolute.start_s);
        let last = train.times_s.partition_point(|&spike| spike < absolute.stop_s);
        let inside = train.times_s.get(first..last).unwrap_or_default();
        let complete = observed.as_ref().is_none_or(|seen| seen.covers(window));
        Some(Self { times_s: inside.iter().map(|spike| spike - event_s).collect(), observed, complete })
    }

    /// Counts in `bins`, which count from the event; NaN in bins that were not observed throughout.
    pub fn counts(&self, bins: &UniformBins) -> Vec<f32> {
        mask_unobserved(&count_spikes(&self.times_s, bins), bins, self.observed.as_ref())
    }
}

/// Mean rates around events.
#[derive(Clone, Debug, PartialEq)]
pub struct Psth {
    /// Rate per bin, Hz; NaN where no trial was observed.
    pub rates_hz: Vec<f64>,
    /// Time observed per bin over all trials, seconds.
    pub occupancy_s: Vec<f64>,
}

/// The peri-stimulus time histogram of the counts `[n_bins]` of some trials: per bin the spikes of all trials over their time,
/// `r_k = sum_j n_jk / (J_k dt)`. NaN counts are of trials that were not observed in the bin.
///
/// ```
/// use neuroloom_prepare::align::peri_stimulus_histogram;
///
/// let psth = peri_stimulus_histogram([&[2.0, 0.0][..], &[1.0, f32::NAN]], 2, 0.5);
/// assert_eq!(psth.rates_hz, [3.0, 0.0]);
/// assert_eq!(psth.occupancy_s, [1.0, 0.5]);
/// ```
pub fn peri_stimulus_histogram<'a>(
    trials: impl IntoIterator<Item = &'a [f32]>,
    n_bins: usize,
    dt_s: f64,
) -> Psth {
    let (mut spikes, mut occupancy_s) = (vec![0.0; n_bins], vec![0.0; n_bins]);
    for counts in trials {
        for ((count, sum), time) in counts.iter().zip(&mut spikes).zip(&mut occupancy_s) {
            if !count.is_nan() {
                *sum += f64::from(*count);
                *time += dt_s;
            }
        }
    }
    let rates_hz = spikes.iter().zip(&occupancy_s).map(|(n, time)| n / time).collect();
    Psth { rates_hz, occupancy_s }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn train(times: &[f64], observed: Option<Support>) -> SpikeTrain<'_> {
        SpikeTrain { recording_id: "rec", unit_id: "0", region: None, times_s: times.into(), observed }
    }

    proptest! {
        #[test]
        fn every_spike_of_the_window_is_there_once(
            mut times in prop::collection::vec(-5.0..15.0f64, 0..100), event in 0.0..10.0f64, n_bins in 1usize..20,
        ) {
            times.sort_by(f64::total_cmp);
            let bins = UniformBins::new(-1.0, 0.125, n_bins).unwrap();
            let window = Span::new(-1.0, bins.edge(n_bins));
            let trial = SpikeTrial::around(&train(&times, None), event, window).unwrap();
            let slow: Vec<f64> = times.iter().filter(|&&t| event - 1.0 <= t && t < event + window.stop_s).map(|t| t - event).collect();
            prop_assert_eq!(&trial.times_s, &slow);
            let counted: f32 = trial.counts(&bins).iter().sum();
            // Rounding may move a spike over an outer edge.
            prop_assert!((counted - slow.len() as f32).abs() <= 1.0);
        }
    }

    #[test]
    fn what_was_not_observed_has_no_count() {
        let seen = Support::new([Span::new(0.0, 10.4)]);
        let spikes = [9.8, 10.1, 10.3];
        let window = Span::new(-0.5, 1.0);
        let trial = SpikeTrial::around(&train(&spikes, Some(seen.clone())), 10.0, window).unwrap();
        assert!(!trial.complete);
        let counts = trial.counts(&UniformBins::new(-0.5, 0.5, 3).unwrap());
        assert!(counts[0] == 1.0 && counts[1].is_nan() && counts[2].is_nan());
        assert_eq!(SpikeTrial::around(&train(&spikes, Some(seen)), 50.0, window), None);
    }
}
