//! One window of one trace.

use neuroloom_core::{Result, TimeBase};

use super::AlignParams;
use crate::resample::{Grid, interpolate_linearly, median_interval_s, usual_gap_s};
use crate::sampled::Sampled;
use crate::{Span, UniformBins};

/// How much of a sample's interval rounding may take off an end of the window.
const SLACK: f64 = 1e-6;

/// What a window holds of a segment.
pub(super) struct Cut {
    /// The samples, their times counted from the event.
    pub(super) samples: Sampled,
    /// Whether the segment reaches over the whole window.
    pub(super) complete: bool,
    /// How much of the window the segment reaches over, seconds.
    pub(super) overlap_s: f64,
}

/// A segment that windows are cut from.
pub(super) struct Segment {
    signal: Sampled,
    times_s: Vec<f64>,
    /// The usual interval between its samples, seconds.
    dt_s: f64,
}

impl Segment {
    /// A segment; none where it has no sample.
    pub(super) fn new(signal: Sampled) -> Option<Self> {
        let times_s = signal.base.times_s(signal.values.len());
        let dt_s = match signal.base {
            TimeBase::Regular { dt_s, .. } => dt_s,
            TimeBase::Explicit(_) => median_interval_s(&times_s).unwrap_or(0.0),
        };
        (!times_s.is_empty()).then_some(Self { signal, times_s, dt_s })
    }

    /// The window around an event at `event_s`; none where the segment does not touch it.
    ///
    /// # Errors
    /// When double precision cannot tell the new samples apart.
    pub(super) fn cut(&self, params: &AlignParams, event_s: f64) -> Result<Option<Cut>> {
        let window = Span::new(event_s + params.from_s, event_s + params.to_s);
        let reach = Span::new(self.first_s(), self.last_s() + self.dt_s.max(f64::MIN_POSITIVE));
        let Some(shared) = reach.intersection(window) else { return Ok(None) };
        let cut = match params.dt_s {
            Some(dt_s) => self.interpolated(params, event_s, dt_s)?,
            None => Some(self.as_they_are(window, event_s)),
        };
        Ok(cut.map(|(samples, complete)| Cut { samples, complete, overlap_s: shared.duration_s() }))
    }

    fn first_s(&self) -> f64 {
        self.times_s.first().copied().unwrap_or(f64::NAN)
    }

    fn last_s(&self) -> f64 {
        self.times_s.last().copied().unwrap_or(f64::NAN)
    }

    /// The samples inside the window. It is whole where one sample more at either end would lie outside.
    fn as_they_are(&self, window: Span, event_s: f64) -> (Sampled, bool) {
        let slack = SLACK * self.dt_s;
        let inside = self.signal.cut(&[Span::new(window.start_s - slack, window.stop_s - slack)]);
        let complete = self.first_s() - self.dt_s < window.start_s - slack
            && self.last_s() + self.dt_s >= window.stop_s - slack;
        let base = match inside.base {
            TimeBase::Regular { t0_s, dt_s } => TimeBase::Regular { t0_s: t0_s - event_s, dt_s },
            TimeBase::Explicit(times) => TimeBase::Explicit(times.into_iter().map(|t| t - event_s).collect()),
        };
        (Sampled { base, values: inside.values }, complete)
    }

    fn interpolated(&self, params: &AlignParams, event_s: f64, dt_s: f64) -> Result<Option<(Sampled, bool)>> {
        let Some(bins) = UniformBins::within(params.from_s, params.to_s, dt_s)? else { return Ok(None) };
        let grid = Grid { t0_s: event_s + params.from_s, dt_s, n: bins.n_bins() };
        let values =
            interpolate_linearly(&self.times_s, &self.signal.values, &grid, usual_gap_s(&self.times_s));
        let slack = SLACK * dt_s;
        let complete =
            self.first_s() <= grid.t0_s + slack && grid.time_s(grid.n - 1) <= self.last_s() + slack;
        let base = TimeBase::Regular { t0_s: params.from_s, dt_s };
        Ok(Some((Sampled { base, values }, complete)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::IntervalSelector;

    fn ramp(n: usize, t0_s: f64, dt_s: f64) -> Segment {
        let values = (0..n).map(|i| i as f64).collect();
        Segment::new(Sampled { base: TimeBase::Regular { t0_s, dt_s }, values }).unwrap()
    }

    fn params(from_s: f64, to_s: f64, dt_s: Option<f64>) -> AlignParams {
        AlignParams { dt_s, ..AlignParams::new(IntervalSelector::set("trials"), from_s, to_s) }
    }

    proptest! {
        #[test]
        fn a_window_of_whole_samples_holds_as_many_wherever_the_event_is(
            event in 20usize..60, phase in prop_oneof![Just(0.0), 0.0..1.0f64], before in 1usize..10, after in 1usize..10,
        ) {
            let dt_s = 0.1;
            let event_s = event as f64 * dt_s + phase * dt_s;
            let params = params(-(before as f64) * dt_s, after as f64 * dt_s, None);
            let cut = ramp(100, 0.0, dt_s).cut(&params, event_s).unwrap().unwrap();
            prop_assert!(cut.complete);
            prop_assert_eq!(cut.samples.values.len(), before + after);
            for (k, value) in cut.samples.values.iter().enumerate() {
                prop_assert!((cut.samples.base.time_s(k) + event_s - value * dt_s).abs() < 1e-9);
            }
        }

        #[test]
        fn interpolation_reads_the_trace_at_the_times_it_says(event_s in 3.0..6.0f64, dt_s in 0.01..0.5f64) {
            let cut = ramp(100, 0.0, 0.1).cut(&params(-1.0, 1.0, Some(dt_s)), event_s).unwrap().unwrap();
            prop_assert!(cut.complete);
            for (k, value) in cut.samples.values.iter().enumerate() {
                prop_assert!((value - (event_s - 1.0 + k as f64 * dt_s) / 0.1).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_window_beyond_the_trace_is_not_complete() {
        let trace = ramp(10, 0.05, 0.1);
        let complete = |from_s, to_s, dt_s, event_s| {
            trace.cut(&params(from_s, to_s, dt_s), event_s).unwrap().map(|cut| cut.complete)
        };
        assert_eq!(complete(-0.5, 0.5, None, 0.5), Some(true), "samples are the centres of bins");
        assert_eq!(complete(-0.5, 0.6, None, 0.5), Some(false));
        assert_eq!(complete(-0.6, 0.5, None, 0.5), Some(false));
        assert_eq!(
            complete(-0.5, 0.5, Some(0.1), 0.5),
            Some(false),
            "nothing is known before the first sample"
        );
        assert_eq!(complete(-0.4, 0.4, Some(0.1), 0.5), Some(true));
        assert_eq!(complete(-0.5, 0.5, None, 7.0), None);
    }
}
