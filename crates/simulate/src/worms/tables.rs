//! The tables of simulated worms.

use std::sync::Arc;

use arrow_array::types::Float32Type;
use arrow_array::{BooleanArray, Float64Array, Int64Array, StringArray};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::{Animal, Motif, WormsParams, WormsStep};
use crate::lists::lists;
use crate::names::unit_ids;

/// Names of the animals.
pub(super) fn worm_ids(params: &WormsParams) -> Vec<String> {
    unit_ids(params.n_worms).map(|number| format!("worm_{number}")).collect()
}

/// Names of the neurons.
pub(super) fn neuron_names(params: &WormsParams) -> Vec<String> {
    unit_ids(params.n_neurons).map(|number| format!("N{number}")).collect()
}

/// The traces of all animals. A neuron that is not identified is called by its number; the column `neuron` has the
/// truth.
pub(super) fn traces(params: &WormsParams, animals: Vec<Animal>) -> Result<Table> {
    let (ids, names) = (worm_ids(params), neuron_names(params));
    let numbers: Vec<String> = unit_ids(params.n_neurons).collect();
    let n = params.n_worms * params.n_neurons;
    let identified: Vec<bool> = animals.iter().flat_map(|animal| animal.identified.clone()).collect();
    let units = identified.iter().zip(names.iter().zip(&numbers).cycle());
    let units = units.map(|(&identified, (name, number))| if identified { name } else { number });
    let truth: StringArray = names.iter().cycle().take(n).map(Some).collect();
    let samples: Vec<f32> = animals.into_iter().flat_map(|animal| animal.traces).collect();
    TableBuilder::new(kinds::TRACES)
        .text("recording_id", ids.iter().flat_map(|id| std::iter::repeat_n(id, params.n_neurons)))
        .text("unit_id", units)
        .text("signal", std::iter::repeat_n("dff", n))
        .integers("segment", std::iter::repeat_n(0, n))
        .numbers("t0_s", std::iter::repeat_n(0.0, n))
        .numbers("dt_s", std::iter::repeat_n(params.dt_s, n))
        .array("trace", lists::<Float32Type>(std::iter::repeat_n(params.n_frames, n), samples)?)
        .text("trace_unit", std::iter::repeat_n(Unit::ONE.as_str(), n))
        .extra("neuron", None, Arc::new(truth))
        .extra("is_labeled", None, Arc::new(BooleanArray::from(identified)))
        .finish()
}

/// The animals.
pub(super) fn recordings(params: &WormsParams) -> Result<Table> {
    let n = params.n_worms;
    let duration_s = params.dt_s * params.n_frames.saturating_sub(1) as f64;
    TableBuilder::new(kinds::RECORDINGS)
        .text("recording_id", worm_ids(params))
        .text("source", std::iter::repeat_n(<WormsStep as neuroloom_core::Step>::ID, n))
        .text("source_file", std::iter::repeat_n("", n))
        .text("description", std::iter::repeat_n("Simulated animal with planted motifs", n))
        .integers("n_units", std::iter::repeat_n(params.n_neurons as i64, n))
        .numbers("duration_s", std::iter::repeat_n(duration_s, n))
        .finish()
}

/// A row per motif and neuron of it.
pub(super) fn motif_neurons(params: &WormsParams, motifs: &[Motif]) -> Result<Table> {
    members("neuron", &neuron_names(params), "weight", motifs.iter().map(|motif| motif.neurons.as_slice()))
}

/// A row per motif and animal that has it.
pub(super) fn motif_animals(params: &WormsParams, motifs: &[Motif]) -> Result<Table> {
    members("recording_id", &worm_ids(params), "gain", motifs.iter().map(|motif| motif.worms.as_slice()))
}

fn members<'a>(
    member: &str,
    names: &[String],
    weight: &str,
    motifs: impl Iterator<Item = &'a [(usize, f64)]>,
) -> Result<Table> {
    let rows: Vec<(usize, usize, f64)> = motifs
        .enumerate()
        .flat_map(|(motif, members)| members.iter().map(move |&(member, weight)| (motif, member, weight)))
        .collect();
    let number: Int64Array = rows.iter().map(|row| Some(row.0 as i64)).collect();
    let name: StringArray = rows.iter().map(|row| names.get(row.1)).collect();
    let weights: Float64Array = rows.iter().map(|row| Some(row.2)).collect();
    TableBuilder::new(kinds::TABLE)
        .extra("motif", None, Arc::new(number))
        .extra(member, None, Arc::new(name))
        .extra(weight, Some(&Unit::ONE), Arc::new(weights))
        .finish()
}

/// A row per interval of a motif and animal that has it.
pub(super) fn intervals(params: &WormsParams, motifs: &[Motif]) -> Result<Table> {
    let ids = worm_ids(params);
    let mut rows = Vec::new();
    for (number, motif) in motifs.iter().enumerate() {
        for &(worm, _) in &motif.worms {
            rows.extend(motif.intervals.iter().enumerate().map(|(k, interval)| (worm, number, k, *interval)));
        }
    }
    let id = |worm: usize| ids.get(worm).map_or("", String::as_str);
    let motif_numbers: Int64Array = rows.iter().map(|row| Some(row.1 as i64)).collect();
    TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", rows.iter().map(|row| id(row.0)))
        .text("interval_set", rows.iter().map(|row| format!("motif_{}", row.1)))
        .integers("interval_id", rows.iter().map(|row| row.2 as i64))
        .numbers("start_s", rows.iter().map(|row| row.3[0] as f64 * params.dt_s))
        .numbers("stop_s", rows.iter().map(|row| row.3[1] as f64 * params.dt_s))
        .extra("motif", None, Arc::new(motif_numbers))
        .finish()
}
