//! The tables of a realisation.

use std::iter::repeat_n;
use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Float64Array, Int64Array, StringArray};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::{BiclusterParams, Simulation};
use crate::lists::lists;
use crate::names::unit_ids;

/// Names of the neurons.
pub(super) fn names(simulation: &Simulation) -> Vec<String> {
    unit_ids(simulation.labels.len()).map(|number| format!("unit_{number}")).collect()
}

/// Signal `spike_count`; a missing count is NaN.
pub(super) fn counts(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let samples = simulation.counts.iter().zip(&simulation.missing);
    let samples = samples.map(|(&count, &missing)| if missing { f32::NAN } else { count as f32 });
    signal(params, simulation, "spike_count", samples.collect())
}

/// Signal `expected_count`: the truth behind every count.
pub(super) fn rates(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let samples = simulation.rates.iter().map(|&rate| rate as f32);
    signal(params, simulation, "expected_count", samples.collect())
}

fn signal(params: &BiclusterParams, simulation: &Simulation, name: &str, samples: Vec<f32>) -> Result<Table> {
    let (n, n_bins) = simulation.counts.dim();
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", repeat_n(&params.recording_id, n))
        .text("unit_id", names(simulation))
        .text("signal", repeat_n(name, n))
        .integers("segment", repeat_n(0, n))
        .numbers("t0_s", repeat_n(params.dt_s / 2.0, n))
        .numbers("dt_s", repeat_n(params.dt_s, n))
        .array("trace", lists::<Float32Type>(repeat_n(n_bins, n), samples)?)
        .text("trace_unit", repeat_n(Unit::ONE.as_str(), n))
        .finish()
}

/// A row per neuron: its cluster, d, c and r.
pub(super) fn units(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let n = simulation.labels.len();
    let width = simulation.generator.n_latents;
    let loadings = simulation.loadings.outer_iter().flat_map(|row| row.to_vec().split_off(1)).collect();
    let dispersion = match simulation.generator.family {
        super::Family::NegativeBinomial => Some(simulation.generator.dispersion),
        super::Family::Poisson => None,
    };
    TableBuilder::new(kinds::TABLE)
        .extra("recording_id", None, text(repeat_n(&params.recording_id, n)))
        .extra("unit_id", None, text(names(simulation)))
        .extra("cluster", None, integers(simulation.labels.iter().copied()))
        .extra("baseline", Some(&Unit::ONE), numbers(simulation.loadings.column(0).iter().copied()))
        .extra("loadings", Some(&Unit::ONE), lists::<Float64Type>(repeat_n(width, n), loadings)?)
        .extra("dispersion", Some(&Unit::ONE), Arc::new(repeat_n(dispersion, n).collect::<Float64Array>()))
        .finish()
}

/// A row per bin: its state, which drives the step to the next bin, and the one that is found by who knows the latents.
pub(super) fn states(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let n = simulation.states.len();
    TableBuilder::new(kinds::TABLE)
        .extra("recording_id", None, text(repeat_n(&params.recording_id, n)))
        .extra("bin", None, integers(0..n))
        .extra("start_s", Some(&Unit::SECOND), numbers((0..n).map(|bin| bin as f64 * params.dt_s)))
        .extra("state", None, integers(simulation.states.iter().copied()))
        .extra("ceiling_state", None, integers(simulation.ceiling_states()))
        .finish()
}

/// A row per visit to a state, as intervals: what [`states`] says in another form.
pub(super) fn epochs(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let mut start = 0;
    let visits: Vec<(usize, usize, usize)> = simulation
        .states
        .chunk_by(|a, b| a == b)
        .map(|visit| {
            let first = start;
            start += visit.len();
            (visit[0], first, start)
        })
        .collect();
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", repeat_n(&params.recording_id, visits.len()))
        .text("interval_set", repeat_n("states", visits.len()))
        .integers("interval_id", (0..visits.len()).map(|id| id as i64))
        .numbers("start_s", visits.iter().map(|visit| visit.1 as f64 * params.dt_s))
        .numbers("stop_s", visits.iter().map(|visit| visit.2 as f64 * params.dt_s))
        .optional_text_lists("tags", visits.iter().map(|visit| Some(vec![format!("state_{}", visit.0)])))
        .finish()
}

/// A row per latent of every cluster, with its value in every bin; latent 0 is the population baseline.
pub(super) fn latents(params: &BiclusterParams, simulation: &Simulation) -> Result<Table> {
    let (n_bins, n) = simulation.paths.dim();
    let width = simulation.generator.width();
    let values = simulation.paths.columns().into_iter().flat_map(|column| column.to_vec()).collect();
    TableBuilder::new(kinds::TABLE)
        .extra("recording_id", None, text(repeat_n(&params.recording_id, n)))
        .extra("cluster", None, integers((0..n).map(|row| row / width)))
        .extra("latent", None, integers((0..n).map(|row| row % width)))
        .extra("values", Some(&Unit::ONE), lists::<Float64Type>(repeat_n(n_bins, n), values)?)
        .finish()
}

fn text<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Arc<StringArray> {
    Arc::new(values.into_iter().map(Some).collect())
}

fn integers(values: impl IntoIterator<Item = usize>) -> Arc<Int64Array> {
    Arc::new(Int64Array::from_iter_values(values.into_iter().map(|value| value as i64)))
}

fn numbers(values: impl IntoIterator<Item = f64>) -> Arc<Float64Array> {
    Arc::new(Float64Array::from_iter_values(values))
}
