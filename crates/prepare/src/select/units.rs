//! Choosing units of a spikes table.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};

use super::SelectParams;
use super::choice::Choice;
use crate::{SpikeTrain, listing, spike_trains};

/// The rows of a spikes table that names choose.
///
/// # Errors
/// When a name does not occur, or nothing is left.
pub(super) fn by_name(spikes: &Table, params: &SelectParams) -> Result<Table> {
    Choice::all(spikes)
        .named("recordings", "recording_id", params.recordings.as_ref())?
        .named("regions", "region", params.regions.as_ref())?
        .named("unit_ids", "unit_id", params.unit_ids.as_ref())?
        .named("quality", "quality", params.quality.as_ref())?
        .take_some()
}

/// The rows whose units fire enough.
///
/// # Errors
/// When none does, or spike times cannot be used.
pub(super) fn by_activity(spikes: &Table, params: &SelectParams) -> Result<Table> {
    if params.min_rate_hz.is_none() && params.min_spikes.is_none() {
        return Ok(spikes.clone());
    }
    let trains = spike_trains(spikes)?;
    let spans = recording_lengths_s(&trains);
    let activity = |train: &SpikeTrain<'_>| {
        let n_spikes = train.times_s.len() as u64;
        let length = spans.get(train.recording_id).copied().unwrap_or(0.0);
        let seconds = train.observed.as_ref().map_or(length, crate::Support::duration_s);
        (n_spikes, if seconds > 0.0 { n_spikes as f64 / seconds } else { 0.0 })
    };
    let activities: Vec<(u64, f64)> = trains.iter().map(activity).collect();
    let enough = |row: usize| {
        activities.get(row).is_some_and(|&(n_spikes, rate_hz)| {
            params.min_spikes.is_none_or(|least| n_spikes >= least)
                && params.min_rate_hz.is_none_or(|least| rate_hz >= least)
        })
    };
    let chosen = Choice::all(spikes).retain(enough).take()?;
    if chosen.n_rows() == 0 && spikes.n_rows() > 0 {
        let found =
            activities.iter().map(|(n_spikes, rate_hz)| format!("{n_spikes} spikes, {rate_hz:.3} Hz"));
        return Err(Error::data("no unit fires enough")
            .at_object("min_rate_hz, min_spikes")
            .expected(format!(
                "at least {} spikes and {} Hz",
                params.min_spikes.unwrap_or(0),
                params.min_rate_hz.unwrap_or(0.0)
            ))
            .found(listing(found)));
    }
    Ok(chosen)
}

/// Length of a recording as far as its spikes tell: from 0, or the first spike if that is earlier, to the last spike.
fn recording_lengths_s<'a>(trains: &[SpikeTrain<'a>]) -> BTreeMap<&'a str, f64> {
    let mut ends: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for train in trains {
        let (start, stop) = ends.entry(train.recording_id).or_insert((0.0, 0.0));
        *start = train.times_s.first().map_or(*start, |&first| start.min(first));
        *stop = train.times_s.last().map_or(*stop, |&last| stop.max(last));
    }
    ends.into_iter().map(|(recording, (start, stop))| (recording, stop - start)).collect()
}
