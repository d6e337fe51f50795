//! Spikes of all units in one list, into a row per unit.

use std::collections::BTreeMap;
use std::path::Path;

use neuroloom_core::{Error, Result, Summary, Table, Unit};
use neuroloom_table::{Columns, TableBuilder, kinds};

use crate::{recording_row, summaries};

/// The tables of a recording of spikes.
#[derive(Clone, Debug)]
pub struct SpikeRecording {
    /// The session, one row.
    pub recordings: Table,
    /// A row per unit.
    pub spikes: Table,
    /// What was left out or looks odd.
    pub notes: Vec<String>,
}

impl SpikeRecording {
    pub(crate) fn new(
        id: &str,
        source: &str,
        path: &Path,
        spikes: Table,
        notes: Vec<String>,
    ) -> Result<Self> {
        let span = summaries::ends(&spikes)?.map(|(first, last)| last - first);
        let recordings = recording_row::table(id, source, path, spikes.n_rows(), span)?;
        Ok(Self { recordings, spikes, notes })
    }

    /// Counts, rates, a raster, and the notes as warnings.
    pub(crate) fn summary(&self) -> Result<Summary> {
        let mut summary = Summary::default();
        if let Some(duration_s) = self.recordings.numbers("duration_s")?.get(0) {
            summary = summary.number("duration", duration_s, Unit::SECOND);
        }
        let summary = summaries::spikes(summary, &self.spikes)?;
        Ok(self.notes.iter().fold(summary, Summary::warn))
    }
}

/// What is known of a unit beside its spikes.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitRow {
    pub(crate) unit_id: String,
    pub(crate) region: Option<String>,
    pub(crate) electrode_group: Option<String>,
    pub(crate) quality: Option<String>,
    pub(crate) spike_times_s: Vec<f64>,
}

/// A table of spikes with the columns that all formats share; further ones may be added.
pub(crate) fn table(recording_id: &str, units: Vec<UnitRow>) -> TableBuilder {
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", std::iter::repeat_n(recording_id, units.len()))
        .text("unit_id", units.iter().map(|unit| unit.unit_id.as_str()))
        .optional_text("region", units.iter().map(|unit| unit.region.as_deref()))
        .optional_text("electrode_group", units.iter().map(|unit| unit.electrode_group.as_deref()))
        .optional_text("quality", units.iter().map(|unit| unit.quality.as_deref()))
        .lists("spike_times_s", units.into_iter().map(|unit| unit.spike_times_s))
}

/// The spikes of each unit, by its id. Within a unit they must ascend unless `sort` puts them in order. The offset of
/// an error is the index of the spike.
///
/// # Errors
/// When there are more or fewer times than units, or a time is no finite number or earlier than the one before.
pub(crate) fn group<Id: Ord + Clone>(
    times_s: &[f64],
    units: &[Id],
    sort: bool,
) -> Result<BTreeMap<Id, Vec<f64>>> {
    if times_s.len() != units.len() {
        return Err(Error::data("spike times and their units differ in number")
            .expected(format!("a unit for each of {} spikes", times_s.len()))
            .found(units.len().to_string()));
    }
    let mut trains: BTreeMap<Id, Vec<f64>> = BTreeMap::new();
    for (i, (&time, unit)) in times_s.iter().zip(units).enumerate() {
        if !time.is_finite() {
            return Err(Error::data("a spike time is no finite number")
                .at_offset(i as u64)
                .expected("seconds from the start of the session")
                .found(time.to_string()));
        }
        let train = trains.entry(unit.clone()).or_default();
        if let Some(&last) = train.last()
            && time < last
            && !sort
        {
            return Err(Error::data("spike times run backwards")
                .at_offset(i as u64)
                .expected("times that do not decrease within a unit")
                .found(format!("{time} s after {last} s"))
                .hint("set `sort_spikes: true` if only the order is wrong"));
        }
        train.push(time);
    }
    if sort {
        trains.values_mut().for_each(|train| train.sort_by(f64::total_cmp));
    }
    Ok(trains)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_go_to_their_units_in_order() {
        let trains = group(&[0.1, 0.2, 0.3], &[7, 2, 7], false).unwrap();
        assert_eq!(trains, BTreeMap::from([(2, vec![0.2]), (7, vec![0.1, 0.3])]));
    }

    #[test]
    fn times_that_run_backwards_are_sorted_only_on_request() {
        let error = group(&[0.3, 0.1], &[1, 1], false).unwrap_err();
        assert_eq!(error.location().offset, Some(1));
        assert_eq!(group(&[0.3, 0.1], &[1, 1], true).unwrap()[&1], [0.1, 0.3]);
        // The order between units says nothing.
        assert!(group(&[0.3, 0.1], &[1, 2], false).is_ok());
        assert!(group(&[f64::NAN], &[1], true).is_err());
        assert!(group(&[0.1], &[1, 2], true).is_err());
    }
}
