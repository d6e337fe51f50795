//! The tables of a simulated volume.

use std::sync::Arc;

use arrow_array::{BooleanArray, Float64Array, StringArray};
use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::{Volume, VolumeParams, directions_rad};
use crate::names::unit_ids;

/// Name of the recording.
pub(super) const RECORDING: &str = "volume";

/// Names of the voxels.
fn voxel_ids(n_voxels: usize) -> Vec<String> {
    unit_ids(n_voxels).map(|number| format!("v{number}")).collect()
}

/// A row per voxel, fold and condition.
pub(super) fn responses(params: &VolumeParams, volume: &Volume) -> Result<Table> {
    let voxels = voxel_ids(volume.positions_mm.len());
    let degrees: Vec<f64> = directions_rad(params.n_conditions).map(f64::to_degrees).collect();
    let labels: Vec<String> = degrees.iter().map(|degrees| format!("{degrees:05.1}")).collect();
    let rows = || volume.responses.indexed_iter();
    let n = volume.responses.len();
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", std::iter::repeat_n(RECORDING, n))
        .text("unit_id", rows().map(|((voxel, ..), _)| &voxels[voxel]))
        .text("condition", rows().map(|((.., condition), _)| &labels[condition]))
        .numbers("condition_value", rows().map(|((.., condition), _)| degrees[condition]))
        .text("condition_unit", std::iter::repeat_n("deg", n))
        .integers("fold", rows().map(|((_, fold, _), _)| fold as i64))
        .numbers("response", rows().map(|(_, &response)| response))
        .text("response_unit", std::iter::repeat_n(Unit::ONE.as_str(), n))
        .finish()
}

/// A row per voxel: where it lies.
pub(super) fn positions(volume: &Volume) -> Result<Table> {
    let n = volume.positions_mm.len();
    let coordinate = |axis: usize| volume.positions_mm.iter().map(move |position| position[axis]);
    TableBuilder::new(kinds::POSITIONS)
        .text("recording_id", std::iter::repeat_n(RECORDING, n))
        .text("unit_id", voxel_ids(n))
        .numbers("x", coordinate(0))
        .numbers("y", coordinate(1))
        .numbers("z", coordinate(2))
        .text("position_unit", std::iter::repeat_n("mm", n))
        .finish()
}

/// A row per voxel: whether it is tuned, and to what.
pub(super) fn truth(volume: &Volume) -> Result<Table> {
    let voxels: StringArray = voxel_ids(volume.positions_mm.len()).into_iter().map(Some).collect();
    let tuned: BooleanArray =
        volume.preferred_rad.iter().map(|preferred| Some(preferred.is_some())).collect();
    let preferred: Float64Array = volume.preferred_rad.iter().copied().collect();
    TableBuilder::new(kinds::TABLE)
        .extra("unit_id", None, Arc::new(voxels))
        .extra("is_tuned", None, Arc::new(tuned))
        .extra("preferred_rad", Some(&Unit::RADIAN), Arc::new(preferred))
        .finish()
}
