//! The tables of a simulated recording.

use std::sync::Arc;

use arrow_array::Float64Array;
use arrow_array::types::{Float32Type, Float64Type};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::{Ring, RingAttractorStep, RingParams, Samples, Simulation};
use crate::lists::lists;
use crate::names::unit_ids;

/// Name of the behaviour signal with the true direction of the head.
pub(super) const HEADING: &str = "heading";
/// Name of the behaviour signal with the place of the bump.
pub(super) const BUMP: &str = "bump";

/// Spike trains, with the true preferred direction of each unit; ids ascend with it.
pub(super) fn spikes(params: &RingParams, ring: &Ring, simulation: &Simulation) -> Result<Table> {
    let n_spikes = simulation.units(ring).map(|(_, train)| train.len()).sum();
    let mut times_s = Vec::with_capacity(n_spikes);
    simulation.units(ring).for_each(|(_, train)| times_s.extend(train.times_s()));
    let lengths = simulation.units(ring).map(|(_, train)| train.len());
    let preferred: Float64Array =
        simulation.units(ring).map(|(preferred_rad, _)| Some(preferred_rad)).collect();
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", vec![&params.recording_id; params.n_units])
        .text("unit_id", unit_ids(params.n_units))
        .array("spike_times_s", lists::<Float64Type>(lengths, times_s)?)
        .extra("preferred_rad", Some(&Unit::RADIAN), Arc::new(preferred))
        .finish()
}

/// Where the head pointed and where the bump stood.
pub(super) fn behaviour(params: &RingParams, samples: &Samples) -> Result<Table> {
    let both = [&samples.bump_rad, &samples.heading_rad];
    TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", [&params.recording_id; 2])
        .text("signal", [BUMP, HEADING])
        .integers("channel", [0; 2])
        .numbers("t0_s", [0.0; 2])
        .numbers("dt_s", [params.sample_dt_s; 2])
        .array("value", lists::<Float32Type>(both.map(Vec::len), both.map(Vec::as_slice).concat())?)
        .text("value_unit", [Unit::RADIAN.as_str(); 2])
        .finish()
}

/// The one recording.
pub(super) fn recordings(params: &RingParams) -> Result<Table> {
    let about = "Head-direction cells of a simulated ring attractor";
    TableBuilder::new(kinds::RECORDINGS)
        .text("recording_id", [&params.recording_id])
        .text("source", [<RingAttractorStep as neuroloom_core::Step>::ID])
        .text("source_file", [""])
        .text("description", [about])
        .integers("n_units", [params.n_units as i64])
        .numbers("duration_s", [params.duration_s])
        .finish()
}
