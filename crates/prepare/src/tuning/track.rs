//! A behaviour signal of one recording.

use std::collections::BTreeSet;

use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::Columns;

use super::{BehaviourParams, sample_cells};
use crate::spike_train::check_ascending;
use crate::{Span, listing};

/// A sampled variable and the stretch of time that every sample stands for.
#[derive(Clone, Debug)]
pub(super) struct Track {
    /// The stretches, a sample each, ascending.
    pub(super) cells: Vec<Span>,
    /// The samples, in `unit`.
    pub(super) values: Vec<f64>,
    /// Unit of the samples.
    pub(super) unit: String,
    /// Seconds in gaps of the tracking.
    pub(super) gaps_s: f64,
}

/// The signal that `params` names, of `recording`.
///
/// # Errors
/// When there is no such signal (the error lists those that there are) or its times cannot be used.
pub(super) fn track(behaviour: &Table, params: &BehaviourParams, recording: &str) -> Result<Track> {
    let row = find_row(behaviour, params, recording)?;
    let place = format!("recording {recording:?}, behaviour {:?}", params.signal);
    read_row(behaviour, params, row).map_err(|error| error.at_object(place))
}

fn find_row(behaviour: &Table, params: &BehaviourParams, recording: &str) -> Result<usize> {
    let (recordings, signals) = (behaviour.text("recording_id")?, behaviour.text("signal")?);
    let channels = behaviour.integers("channel")?;
    let of_recording: Vec<usize> =
        (0..behaviour.n_rows()).filter(|&row| recordings.get(row) == Some(recording)).collect();
    let wanted = |&&row: &&usize| {
        signals.get(row) == Some(params.signal.as_str()) && channels.value(row) == params.channel
    };
    of_recording.iter().find(wanted).copied().ok_or_else(|| {
        let names: BTreeSet<String> = of_recording
            .iter()
            .map(|&row| format!("{} channel {}", signals.get_or_empty(row), channels.value(row)))
            .collect();
        Error::data("no such behaviour signal")
            .at_object(format!("recording {recording:?}"))
            .expected(format!("{} channel {}", params.signal, params.channel))
            .found(listing(names))
            .hint("name one of them in `behaviour: { signal: ..., channel: ... }`")
    })
}

fn read_row(behaviour: &Table, params: &BehaviourParams, row: usize) -> Result<Track> {
    let values = behaviour.lists("value")?.get(row).unwrap_or_default().into_owned();
    let base = behaviour.time_base(row)?;
    let (times_s, usual_s) = sample_times(&base, values.len())?;
    let max_gap_s = params.max_gap_s.unwrap_or(5.0 * usual_s);
    let gaps = times_s.windows(2).map(|pair| pair[1] - pair[0]).filter(|&gap| gap > max_gap_s);
    Ok(Track {
        gaps_s: gaps.sum(),
        cells: sample_cells(&times_s, usual_s, max_gap_s),
        values,
        unit: behaviour.text("value_unit")?.get_or_empty(row).to_owned(),
    })
}

/// The times of `n` samples and the usual interval between them: `dt_s`, or the median.
///
/// # Errors
/// When there are fewer than two, not one for every sample, or they do not ascend.
pub(super) fn sample_times(base: &TimeBase, n: usize) -> Result<(Vec<f64>, f64)> {
    if let TimeBase::Explicit(times) = base
        && times.len() != n
    {
        return Err(Error::data("samples and times differ in number")
            .expected(format!("a time for each of {n} samples"))
            .found(format!("{} times", times.len())));
    }
    let times_s = base.times_s(n);
    check_ascending(&times_s, "sample times")?;
    let usual_s = match base {
        TimeBase::Regular { dt_s, .. } => *dt_s,
        TimeBase::Explicit(times) => median_interval_s(times),
    };
    if usual_s.is_finite() && usual_s > 0.0 {
        return Ok((times_s, usual_s));
    }
    Err(Error::data("the interval between samples cannot be told")
        .expected("two samples or more, mostly at different times")
        .found(format!("{n} samples, usual interval {usual_s} s")))
}

fn median_interval_s(times_s: &[f64]) -> f64 {
    let mut intervals: Vec<f64> = times_s.windows(2).map(|pair| pair[1] - pair[0]).collect();
    intervals.sort_by(f64::total_cmp);
    let n = intervals.len();
    let at = |index: usize| intervals.get(index).copied().unwrap_or(f64::NAN);
    if n % 2 == 1 { at(n / 2) } else { (at((n / 2).wrapping_sub(1)) + at(n / 2)) / 2.0 }
}
