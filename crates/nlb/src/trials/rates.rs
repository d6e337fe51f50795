//! Predicted rates as a table of trials.

use ndarray::{Array3, Axis};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::recording::RATE;
use super::{Part, Recording};

/// The rates of a split.
pub(crate) struct RateRows<'a> {
    pub(crate) recording: &'a Recording,
    pub(crate) part: &'a Part,
    /// Expected counts per bin `[trials, bins, units]`.
    pub(crate) counts_per_bin: Array3<f64>,
}

/// A row per trial and unit, rates in Hz.
pub(crate) fn rate_table(all: &[RateRows<'_>]) -> Result<Table> {
    let rows = || {
        all.iter().flat_map(|own| {
            let units = own.recording.units.len();
            (0..own.part.n_trials()).flat_map(move |trial| (0..units).map(move |unit| (own, trial, unit)))
        })
    };
    let unit = |own: &RateRows<'_>, unit: usize| own.recording.units.get(unit).cloned();
    let held = |out: bool| if out { "held_out" } else { "held_in" };
    TableBuilder::new(kinds::TRIALS)
        .text("recording_id", rows().map(|(own, _, _)| own.recording.id.as_str()))
        .text("split", rows().map(|(own, _, _)| own.part.split.as_str()))
        .text("signal", rows().map(|_| RATE))
        .integers("trial", rows().map(|(own, trial, _)| own.part.trials.get(trial).copied().unwrap_or(0)))
        .text("unit_id", rows().map(|(own, _, k)| unit(own, k).map_or_else(String::new, |unit| unit.id)))
        .optional_text("held", rows().map(|(own, _, k)| unit(own, k).map(|unit| held(unit.held_out))))
        .numbers("t0_s", rows().map(|(own, _, _)| own.recording.t0_s))
        .numbers("dt_s", rows().map(|(own, _, _)| own.recording.dt_s))
        .integers("n_observed", rows().map(|(own, _, _)| own.recording.n_observed as i64))
        .lists_f32(
            "value",
            rows().map(|(own, trial, k)| {
                let rates = own.counts_per_bin.index_axis(Axis(0), trial);
                rates.column(k).iter().map(|rate| (rate / own.recording.dt_s) as f32).collect()
            }),
        )
        .text("value_unit", rows().map(|_| Unit::HERTZ.as_str().to_owned()))
        .finish()
}
