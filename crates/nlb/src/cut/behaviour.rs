//! Behaviour on the bins of the session.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::decimate::decimate;
use super::events::Trial;
use super::grid::first_from;
use super::params::{BehaviourSignal, CutParams};

/// Most samples of a session: 2^31.
const MAX_SAMPLES: f64 = 2_147_483_648.0;

/// A channel of a behaviour on all bins of a session.
pub(super) struct Channel {
    /// Its number.
    pub(super) channel: i64,
    pub(super) unit: String,
    /// A value per bin, from the start of the session.
    values: Vec<f64>,
}

impl Channel {
    /// The values in the window of a trial that a model may see, later by the lag; NaN where there are none.
    pub(super) fn window(&self, params: &CutParams, behaviour: &BehaviourSignal, trial: &Trial) -> Vec<f32> {
        let first =
            first_from(trial.event_s + params.from_s + behaviour.lag_s, params.bin_s) + trial.jitter_bins;
        let value = |bin: i64| usize::try_from(bin).ok().and_then(|bin| self.values.get(bin)).copied();
        (first..).take(params.n_observed()).map(|bin| value(bin).unwrap_or(f64::NAN) as f32).collect()
    }
}

/// The channels of a behaviour of every recording.
///
/// # Errors
/// When there is no such signal, several are meant, or its samples are not on the grid.
pub(super) fn channels(
    params: &CutParams,
    behaviour: &BehaviourSignal,
    table: &Table,
) -> Result<BTreeMap<String, Vec<Channel>>> {
    let (signals, recordings) = (table.text("signal")?, table.text("recording_id")?);
    let name = meant(table, &behaviour.signal)?;
    let mut channels: BTreeMap<String, Vec<Channel>> = BTreeMap::new();
    for row in (0..table.n_rows()).filter(|&row| signals.get(row) == Some(&name)) {
        let own = channel(params, table, row).map_err(|e| e.at_object(format!("behaviour {name}")))?;
        channels.entry(recordings.get_or_empty(row).to_owned()).or_default().push(own);
    }
    Ok(channels)
}

/// The signal that a name means: of that name, or the only one whose last part it is.
fn meant(table: &Table, name: &str) -> Result<String> {
    let signals = table.text("signal")?;
    let mut names: Vec<&str> = (0..table.n_rows()).filter_map(|row| signals.get(row)).collect();
    names.sort_unstable();
    names.dedup();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    let ending: Vec<&&str> = names.iter().filter(|own| own.rsplit('/').next() == Some(name)).collect();
    match ending.as_slice() {
        [only] => Ok((**only).to_owned()),
        found => Err(Error::data(format!(
            "{} signals are called {name:?}",
            if found.is_empty() { "no" } else { "several" }
        ))
        .at_object("behaviour")
        .expected("the name of one signal, or the last part of it")
        .found(names.join(", "))),
    }
}

fn channel(params: &CutParams, table: &Table, row: usize) -> Result<Channel> {
    let samples = table.lists("value")?.get(row).unwrap_or_default();
    let base = table.time_base(row)?;
    let mut on_grid: Vec<f64> = Vec::new();
    for (place, &value) in samples.iter().enumerate() {
        let time_s = base.time_s(place);
        let step = (time_s / params.grid_s).round();
        if (time_s / params.grid_s - step).abs() > 0.01 || !(0.0..MAX_SAMPLES).contains(&step) {
            return Err(Error::data("a sample is not on the grid of the session")
                .at_offset(place as u64)
                .expected(format!("times from 0 that are whole multiples of {} s", params.grid_s))
                .found(format!("{time_s} s"))
                .hint("set `grid_s` to the sampling interval"));
        }
        let step = step as usize;
        if step >= on_grid.len() {
            on_grid.resize(step + 1, f64::NAN);
        }
        on_grid[step] = value;
    }
    Ok(Channel {
        channel: table.integers("channel")?.value(row),
        unit: table.text("value_unit")?.get_or_empty(row).to_owned(),
        values: decimate(&on_grid, params.steps_per_bin()),
    })
}
