//! Rates and latents as trials.

use std::sync::Arc;

use arrow_array::Int64Array;
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use crate::predict::Prediction;
use crate::trial_set::TrialSet;

/// Names of the latents' signals.
pub(super) const LATENTS: [&str; 3] = ["position", "velocity", "encoder"];

/// A signal of all trials: values `[trials, bins, channels]`.
struct Signal<'a> {
    name: &'static str,
    unit: Unit,
    values: &'a [f32],
    scale: f64,
    /// Names of the channels, and whether each is held out.
    channels: Vec<(String, Option<bool>)>,
}

/// A row of the table: a channel of a trial.
#[derive(Clone, Copy)]
struct Row<'a> {
    signal: &'a Signal<'a>,
    trial: usize,
    channel: usize,
}

impl<'a> Row<'a> {
    fn channel(self) -> Option<&'a (String, Option<bool>)> {
        self.signal.channels.get(self.channel)
    }

    fn held(self) -> Option<&'static str> {
        let out = self.channel().and_then(|(_, out)| *out)?;
        Some(if out { "held_out" } else { "held_in" })
    }
}

/// Rates and their standard deviations over draws, Hz.
pub(super) fn rates(set: &TrialSet, prediction: &Prediction) -> Result<Table> {
    let channels = || {
        let units = set.units.iter().enumerate();
        units.map(|(unit, id)| (id.clone(), Some(set.is_held_out(unit)))).collect::<Vec<_>>()
    };
    let signal = |name, values| Signal {
        name,
        unit: Unit::HERTZ,
        values,
        scale: 1.0 / set.dt_s,
        channels: channels(),
    };
    table(set, &[signal("rate", &prediction.rate_counts), signal("rate_sd", &prediction.rate_sd)])
}

/// Latents, means over draws: those that there are.
pub(super) fn latents(set: &TrialSet, latents: &[Vec<f32>], dim: usize) -> Result<Table> {
    let signals: Vec<Signal<'_>> = LATENTS
        .into_iter()
        .zip(latents)
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| {
            let channels = (0..dim).map(|channel| (format!("{channel:04}"), None)).collect();
            Signal { name, unit: Unit::ONE, values, scale: 1.0, channels }
        })
        .collect();
    table(set, &signals)
}

fn table(set: &TrialSet, signals: &[Signal<'_>]) -> Result<Table> {
    let n_trials = set.trials.len();
    let rows = || {
        signals.iter().flat_map(move |signal| {
            let channels =
                move |trial| (0..signal.channels.len()).map(move |channel| Row { signal, trial, channel });
            (0..n_trials).flat_map(channels)
        })
    };
    let infos = || rows().filter_map(|row| set.trials.get(row.trial));
    let n = rows().count();
    let conditions: Int64Array = infos().map(|info| info.condition).collect();
    TableBuilder::new(kinds::TRIALS)
        .text("recording_id", std::iter::repeat_n(&set.recording_id, n))
        .text("split", infos().map(|info| info.split.name()))
        .text("signal", rows().map(|row| row.signal.name))
        .integers("trial", infos().map(|info| info.trial))
        .text("unit_id", rows().map(|row| row.channel().map_or("", |(id, _)| id.as_str())))
        .optional_text("held", rows().map(Row::held))
        .optional_integers("source_trial", infos().map(|info| info.source_trial))
        .numbers("t0_s", std::iter::repeat_n(set.t0_s, n))
        .numbers("dt_s", std::iter::repeat_n(set.dt_s, n))
        .integers("n_observed", std::iter::repeat_n(set.size.n_observed as i64, n))
        .lists_f32("value", rows().map(|row| values(set, row)))
        .text("value_unit", rows().map(|row| row.signal.unit.as_str().to_owned()))
        .extra("condition", None, Arc::new(conditions))
        .finish()
}

/// The values of a row, bin by bin.
fn values(set: &TrialSet, row: Row<'_>) -> Vec<f32> {
    let (n, n_bins) = (row.signal.channels.len(), set.size.n_bins);
    let first = row.trial * n_bins * n + row.channel;
    let values = row.signal.values.iter().skip(first).step_by(n.max(1)).take(n_bins);
    values.map(|&value| (f64::from(value) * row.signal.scale) as f32).collect()
}
