//! Rows of spike trains, into a table of spikes.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::signals::Extra;

/// The spikes of one unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TrainRow {
    pub(crate) recording_id: String,
    pub(crate) unit_id: String,
    pub(crate) times_s: Vec<f64>,
}

/// The table of spikes of `rows`, whose times ascend.
///
/// # Errors
/// When a unit is there twice in one recording.
pub(crate) fn spikes(rows: Vec<TrainRow>, extras: Vec<Extra>) -> Result<Table> {
    let mut names: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.recording_id.as_str(), row.unit_id.as_str())).collect();
    names.sort_unstable();
    if let Some([(_, unit), _]) = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
        return Err(Error::data("a unit is there twice")
            .at_object(*unit)
            .expected("every unit once in a recording"));
    }
    let builder = TableBuilder::new(kinds::SPIKES)
        .text("recording_id", rows.iter().map(|row| row.recording_id.as_str()))
        .text("unit_id", rows.iter().map(|row| row.unit_id.as_str()))
        .lists("spike_times_s", rows.into_iter().map(|row| row.times_s));
    extras.into_iter().try_fold(builder, |builder, extra| extra.add_to(builder, kinds::SPIKES))?.finish()
}
