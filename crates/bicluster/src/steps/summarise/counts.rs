//! The counts that the draws are of, for pictures and plain methods.

use std::collections::BTreeMap;

use ndarray::Array2;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::index::Recording;
use crate::Counts;

/// Counts of the neurons that the draws have; those that were held out, or are missing, are not seen.
///
/// # Errors
/// When a neuron has no counts, or as many bins as the draws have not.
pub(super) fn read(table: &Table, signal: &str, recording: &Recording) -> Result<Counts> {
    let rows = rows_by_unit(table, signal, &recording.name)?;
    let (n_units, n_bins) = (recording.units.len(), recording.bins.len());
    let traces = table.lists("trace")?;
    let mut counts = Array2::zeros((n_units, n_bins));
    let mut seen = Array2::from_elem((n_units, n_bins), false);
    for (unit, named) in recording.units.iter().enumerate() {
        let rows = rows.get(named.name.as_str()).map_or(&[][..], Vec::as_slice);
        let samples: Vec<f64> =
            rows.iter().flat_map(|&(_, row)| traces.get(row).unwrap_or_default().into_owned()).collect();
        if samples.len() != n_bins {
            return Err(Error::data("counts do not fit the draws")
                .at_object(format!(
                    "recording {:?}, unit {:?}, signal {signal:?}",
                    recording.name, named.name
                ))
                .expected(format!("{n_bins} bins"))
                .found(samples.len().to_string())
                .hint("connect at `counts` the table that the draws were made of"));
        }
        for (bin, sample) in samples.into_iter().enumerate().filter(|(_, sample)| sample.is_finite()) {
            counts[[unit, bin]] = sample.max(0.0) as u32;
            seen[[unit, bin]] = true;
        }
    }
    for &(unit, bin, _) in &recording.held_out {
        seen[[unit, bin]] = false;
    }
    Ok(Counts::new(counts, seen, segments(recording)))
}

/// Rows of every neuron, by segment.
fn rows_by_unit<'a>(
    table: &'a Table,
    signal: &str,
    recording: &str,
) -> Result<BTreeMap<&'a str, Vec<(i64, usize)>>> {
    let [recordings, units, signals] = ["recording_id", "unit_id", "signal"].map(|name| table.text(name));
    let (recordings, units, signals) = (recordings?, units?, signals?);
    let segments = table.integers("segment")?;
    let mut rows: BTreeMap<&str, Vec<(i64, usize)>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        if recordings.get(row) == Some(recording) && signals.get(row) == Some(signal) {
            rows.entry(units.get_or_empty(row)).or_default().push((segments.value(row), row));
        }
    }
    rows.values_mut().for_each(|rows| rows.sort_unstable());
    Ok(rows)
}

/// Stretches of bins of one segment.
fn segments(recording: &Recording) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    let runs = recording.bins.chunk_by(|a, b| a.segment == b.segment);
    runs.map(|run| {
        let range = start..start + run.len();
        start = range.end;
        range
    })
    .collect()
}
