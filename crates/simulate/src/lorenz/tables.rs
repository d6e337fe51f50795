//! The tables of a simulated population.

use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{Float64Array, Int64Array, StringArray};
use ndarray::{Array3, Axis};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::dynamics::N_STATES;
use super::{LorenzParams, Readout, Split, Trial};
use crate::lists::lists;
use crate::names::unit_ids;

/// Names of the latents.
pub(super) const STATES: [&str; N_STATES] = ["x", "y", "z"];

/// What a population did and why.
pub(super) struct Population {
    /// Latents, means over the bins `[n_conditions, 3, n_bins]`.
    pub(super) latents: Array3<f64>,
    /// Rates, Hz `[n_conditions, n_units, n_bins]`.
    pub(super) rates_hz: Array3<f64>,
    /// How one follows from the other.
    pub(super) readout: Readout,
    /// Whether each unit is held out.
    pub(super) held_out: Vec<bool>,
    /// The trials, sorted by split and number.
    pub(super) trials: Vec<Trial>,
    /// Spikes per bin, `[n_units * n_bins]` of each trial.
    pub(super) counts: Vec<Vec<f32>>,
}

/// A signal of the table of trials; the order is that of their names.
#[derive(Clone, Copy)]
enum Signal {
    Latent,
    RateTruth,
    SpikeCount,
}

impl Signal {
    const ALL: [Self; 3] = [Self::Latent, Self::RateTruth, Self::SpikeCount];

    fn name(self) -> &'static str {
        match self {
            Self::Latent => "latent",
            Self::RateTruth => "rate_truth",
            Self::SpikeCount => "spike_count",
        }
    }

    fn unit(self) -> Unit {
        match self {
            Self::RateTruth => Unit::HERTZ,
            Self::Latent | Self::SpikeCount => Unit::ONE,
        }
    }

    fn n_units(self, params: &LorenzParams) -> usize {
        if matches!(self, Self::Latent) { N_STATES } else { params.n_units }
    }
}

/// A row of the table of trials.
struct Row<'a> {
    signal: Signal,
    trial: &'a Trial,
    unit: usize,
}

/// Counts, true rates and latents of all trials.
pub(super) fn trials(params: &LorenzParams, population: &Population) -> Result<Table> {
    let n = params.n_rows() as usize;
    let rows = || rows(params, &population.trials);
    let names: Vec<String> = unit_ids(params.n_units).collect();
    let unit_id = |row: &Row<'_>| match row.signal {
        Signal::Latent => STATES.get(row.unit).copied().unwrap_or_default(),
        _ => names.get(row.unit).map_or("", String::as_str),
    };
    let conditions: Int64Array = rows().map(|row| row.trial.condition as i64).collect();
    TableBuilder::new(kinds::TRIALS)
        .text("recording_id", std::iter::repeat_n(&params.recording_id, n))
        .text("split", rows().map(|row| row.trial.split.name()))
        .text("signal", rows().map(|row| row.signal.name()))
        .integers("trial", rows().map(|row| row.trial.number as i64))
        .text("unit_id", rows().map(|row| unit_id(&row)))
        .optional_text("held", rows().map(|row| held(&row, &population.held_out)))
        .integers("source_trial", rows().map(|row| row.trial.place as i64))
        .numbers("t0_s", std::iter::repeat_n(0.0, n))
        .numbers("dt_s", std::iter::repeat_n(params.bin_s, n))
        .integers("n_observed", std::iter::repeat_n((params.n_bins - params.n_forward_bins) as i64, n))
        .array(
            "value",
            lists::<Float32Type>(std::iter::repeat_n(params.n_bins, n), values(params, population))?,
        )
        .text("value_unit", rows().map(|row| row.signal.unit().as_str().to_owned()))
        .extra("condition", None, Arc::new(conditions))
        .finish()
}

/// The weights of the latents, a row per unit.
pub(super) fn readout(params: &LorenzParams, population: &Population) -> Result<Table> {
    let ids: StringArray = unit_ids(params.n_units).map(Some).collect();
    let held: StringArray = population.held_out.iter().map(|&out| Some(held_name(out))).collect();
    let mut table = TableBuilder::new(kinds::TABLE).extra("unit_id", None, Arc::new(ids)).extra(
        "held",
        None,
        Arc::new(held),
    );
    for (state, name) in STATES.into_iter().enumerate() {
        let weights: Float64Array =
            population.readout.weights.iter().map(|weights| Some(weights[state])).collect();
        table = table.extra(&format!("weight_{name}"), Some(&Unit::ONE), Arc::new(weights));
    }
    table.finish()
}

/// All rows in the order of the key: by split, signal, trial and unit.
fn rows<'a>(params: &'a LorenzParams, trials: &'a [Trial]) -> impl Iterator<Item = Row<'a>> {
    by_split(trials).flat_map(move |trials| {
        Signal::ALL.into_iter().flat_map(move |signal| {
            let units = 0..signal.n_units(params);
            trials.iter().flat_map(move |trial| units.clone().map(move |unit| Row { signal, trial, unit }))
        })
    })
}

/// The values of all rows.
fn values(params: &LorenzParams, population: &Population) -> Vec<f32> {
    let mut values = Vec::with_capacity(params.n_rows() as usize * params.n_bins);
    let mut first = 0;
    for trials in by_split(&population.trials) {
        for signal in Signal::ALL {
            for (trial, counts) in trials.iter().zip(population.counts.iter().skip(first)) {
                match signal {
                    Signal::Latent => extend(&mut values, &population.latents, trial.condition),
                    Signal::RateTruth => extend(&mut values, &population.rates_hz, trial.condition),
                    Signal::SpikeCount => values.extend_from_slice(counts),
                }
            }
        }
        first += trials.len();
    }
    values
}

fn extend(values: &mut Vec<f32>, conditions: &Array3<f64>, condition: usize) {
    values.extend(conditions.index_axis(Axis(0), condition).iter().map(|&value| value as f32));
}

fn by_split(trials: &[Trial]) -> impl Iterator<Item = &[Trial]> {
    trials.chunk_by(|a, b| a.split == b.split)
}

fn held(row: &Row<'_>, held_out: &[bool]) -> Option<&'static str> {
    match row.signal {
        Signal::Latent => None,
        Signal::RateTruth | Signal::SpikeCount => held_out.get(row.unit).map(|&out| held_name(out)),
    }
}

fn held_name(out: bool) -> &'static str {
    if out { "held_out" } else { "held_in" }
}

/// Number of trials of a split.
pub(super) fn n_trials(trials: &[Trial], split: Split) -> usize {
    trials.iter().filter(|trial| trial.split == split).count()
}
