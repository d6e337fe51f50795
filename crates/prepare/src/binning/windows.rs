//! Which bins a recording is cut into.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};

use super::BinParams;
use crate::interval_selector::connected;
use crate::{Span, SpikeTrain, Support, UniformBins};

/// The bins of one segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Segment {
    /// The interval that it covers, if intervals were chosen.
    pub(super) interval_id: Option<i64>,
    /// Its bins.
    pub(super) bins: UniformBins,
}

/// The segments of every recording, and how many intervals were too short for one bin.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// Segments by recording, in time.
    pub(super) segments: BTreeMap<String, Vec<Segment>>,
    /// Intervals without a segment.
    pub(super) too_short: usize,
}

/// Lays the bins out.
///
/// # Errors
/// When the chosen intervals cannot be found, or no recording gets a bin.
pub(super) fn lay_out(
    params: &BinParams,
    trains: &[SpikeTrain<'_>],
    intervals: Option<&Table>,
) -> Result<Windows> {
    let windows = match &params.within {
        Some(within) => in_intervals(params, within.intervals(connected(intervals)?)?)?,
        None => whole_recordings(params, trains)?,
    };
    if windows.segments.values().any(|segments| !segments.is_empty()) {
        return Ok(windows);
    }
    Err(Error::data("there is nothing to bin")
        .expected(format!("a spike train, or an interval of at least dt_s = {} s", params.dt_s))
        .found(format!("{} units, {} intervals that are too short", trains.len(), windows.too_short)))
}

fn in_intervals(
    params: &BinParams,
    chosen: BTreeMap<String, Vec<crate::SelectedInterval>>,
) -> Result<Windows> {
    let limits =
        Span::new(params.start_s.unwrap_or(f64::NEG_INFINITY), params.stop_s.unwrap_or(f64::INFINITY));
    let mut windows = Windows::default();
    for (recording, intervals) in chosen {
        let mut segments = Vec::with_capacity(intervals.len());
        for interval in intervals {
            let span = interval.span.intersection(limits);
            let bins = span.map(|span| UniformBins::within(span.start_s, span.stop_s, params.dt_s));
            match bins.transpose()?.flatten() {
                Some(bins) => segments.push(Segment { interval_id: Some(interval.id), bins }),
                None => windows.too_short += 1,
            }
        }
        windows.segments.insert(recording, segments);
    }
    Ok(windows)
}

fn whole_recordings(params: &BinParams, trains: &[SpikeTrain<'_>]) -> Result<Windows> {
    let mut by_recording: BTreeMap<&str, Vec<&SpikeTrain<'_>>> = BTreeMap::new();
    for train in trains {
        by_recording.entry(train.recording_id).or_default().push(train);
    }
    let mut windows = Windows::default();
    for (recording, trains) in by_recording {
        let bins =
            whole_recording(params, &trains).map_err(|e| e.at_object(format!("recording {recording:?}")))?;
        windows.segments.insert(recording.to_owned(), vec![Segment { interval_id: None, bins }]);
    }
    Ok(windows)
}

fn whole_recording(params: &BinParams, trains: &[&SpikeTrain<'_>]) -> Result<UniformBins> {
    let observed = observed_span(trains);
    let first = trains.iter().filter_map(|train| train.times_s.first()).fold(0.0_f64, |a, &b| a.min(b));
    let start_s = params.start_s.unwrap_or(observed.map_or(first, |span| span.start_s));
    if let Some(stop_s) = params.stop_s.or(observed.map(|span| span.stop_s)) {
        return UniformBins::within(start_s, stop_s, params.dt_s)?.ok_or_else(|| {
            Error::data("the recording is shorter than a bin")
                .expected(format!("at least dt_s = {} s", params.dt_s))
                .found(format!("[{start_s}, {stop_s}) s"))
        });
    }
    let last = trains.iter().filter_map(|train| train.times_s.last()).copied().reduce(f64::max);
    let last = last.filter(|&last| last >= start_s).ok_or_else(|| {
        Error::data("no unit has a spike from which the end of the recording could be told")
            .expected("a spike after the start of the first bin")
            .found(format!("{} silent units", trains.len()))
            .hint("give `stop_s`")
    })?;
    let bins = UniformBins::covering(start_s, last, params.dt_s)?;
    // The last spike itself must be inside: a bin ends before its upper edge.
    let n_bins = bins.n_bins() + usize::from(bins.index(last).is_none());
    UniformBins::new(start_s, params.dt_s, n_bins)
}

/// From the first to the last moment in which any unit was observed; none where a source does not say.
fn observed_span(trains: &[&SpikeTrain<'_>]) -> Option<Span> {
    let spans = trains.iter().filter_map(|train| train.observed.as_ref()).flat_map(Support::spans);
    let finite = spans.filter(|span| span.start_s.is_finite() && span.stop_s.is_finite());
    finite.copied().reduce(|a, b| Span::new(a.start_s.min(b.start_s), a.stop_s.max(b.stop_s)))
}
