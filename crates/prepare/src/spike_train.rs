//! The spikes of one unit, as they stand in a row of a spikes table.

use std::borrow::Cow;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use crate::{Span, Support};

/// The spikes of one unit.
#[derive(Clone, Debug)]
pub struct SpikeTrain<'a> {
    /// The recording.
    pub recording_id: &'a str,
    /// The unit.
    pub unit_id: &'a str,
    /// Its brain region, if known.
    pub region: Option<&'a str>,
    /// Spike times in seconds, finite, ascending; empty for a silent unit.
    pub times_s: Cow<'a, [f64]>,
    /// When the unit was observed; none where the source does not say.
    pub observed: Option<Support>,
}

impl SpikeTrain<'_> {
    /// Number of spikes in `[start_s, stop_s)`.
    pub fn count_in(&self, span: Span) -> usize {
        let before = |t_s: f64| self.times_s.partition_point(|&spike| spike < t_s);
        before(span.stop_s).saturating_sub(before(span.start_s))
    }
}

/// The spike trains of a spikes table, in the order of its rows.
///
/// # Errors
/// When spike times are not finite or run backwards, or a stretch of observation lacks its other end.
pub fn spike_trains(spikes: &Table) -> Result<Vec<SpikeTrain<'_>>> {
    (0..spikes.n_rows()).map(|row| spike_train(spikes, row)).collect()
}

fn spike_train(spikes: &Table, row: usize) -> Result<SpikeTrain<'_>> {
    let (recording_id, unit_id) =
        (spikes.text("recording_id")?.get_or_empty(row), spikes.text("unit_id")?.get_or_empty(row));
    let place = |error: Error| error.at_object(format!("recording {recording_id:?}, unit {unit_id:?}"));
    let times_s = spikes.lists("spike_times_s")?.get(row).unwrap_or_default();
    check_ascending(&times_s, "spike times").map_err(place)?;
    let observed = observed(spikes, row).map_err(place)?;
    Ok(SpikeTrain { recording_id, unit_id, region: spikes.text("region")?.get(row), times_s, observed })
}

/// # Errors
/// When a time is not finite or earlier than the one before it; `what` names the times.
pub(crate) fn check_ascending(times_s: &[f64], what: &str) -> Result<()> {
    if let Some(index) = times_s.iter().position(|time| !time.is_finite()) {
        return Err(Error::data(format!("{what} must be finite"))
            .at_offset(index as u64)
            .expected("a number of seconds")
            .found(times_s[index].to_string())
            .hint("remove the entry from the source"));
    }
    match times_s.windows(2).position(|pair| pair[1] < pair[0]) {
        Some(index) => Err(Error::data(format!("{what} run backwards"))
            .at_offset(index as u64 + 1)
            .expected("times that do not decrease")
            .found(format!("{} s after {} s", times_s[index + 1], times_s[index]))
            .hint("sort the times in the source; where they restart, its segments were joined wrongly")),
        None => Ok(()),
    }
}

fn observed(spikes: &Table, row: usize) -> Result<Option<Support>> {
    let (starts, stops) =
        (spikes.lists("observed_start_s")?.get(row), spikes.lists("observed_stop_s")?.get(row));
    let (Some(starts), Some(stops)) = (&starts, &stops) else {
        return if starts.is_none() && stops.is_none() { Ok(None) } else { Err(unpaired(&starts, &stops)) };
    };
    if starts.len() != stops.len() || starts.iter().chain(stops.iter()).any(|time| time.is_nan()) {
        return Err(unpaired(&Some(starts.as_ref()), &Some(stops.as_ref())));
    }
    Ok(Some(Support::new(starts.iter().zip(stops.iter()).map(|(&start, &stop)| Span::new(start, stop)))))
}

fn unpaired<T: AsRef<[f64]>>(starts: &Option<T>, stops: &Option<T>) -> Error {
    let length = |list: &Option<T>| list.as_ref().map_or(0, |list| list.as_ref().len());
    Error::data("stretches of observation do not pair up")
        .expected("as many starts as stops, none of them NaN")
        .found(format!("{} starts and {} stops", length(starts), length(stops)))
}
