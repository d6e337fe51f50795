//! Rows of a table of traces, each checked on its own.

use neuroloom_core::{Error, Result, Table, TimeBase};
use neuroloom_table::Columns;

/// Largest count that a bin may hold.
const MAX_COUNT: f64 = 1e6;

/// Counts of a neuron in one segment.
pub(in crate::steps::sample) struct Row {
    pub unit: String,
    pub region: Option<String>,
    pub segment: i64,
    /// Start of the first bin, seconds.
    pub start_s: f64,
    pub dt_s: f64,
    /// None where it is missing.
    pub counts: Vec<Option<u32>>,
}

/// All rows of the signal, each with the name of its recording.
///
/// # Errors
/// A bin without a width; an entry that is no count.
pub(super) fn rows_of(traces: &Table, signal: &str) -> Result<Vec<(String, Row)>> {
    let signals = traces.text("signal")?;
    let rows = (0..traces.n_rows()).filter(|&row| signals.get(row) == Some(signal));
    rows.map(|row| read(traces, row)).collect()
}

fn read(traces: &Table, row: usize) -> Result<(String, Row)> {
    let recording = traces.text("recording_id")?.get_or_empty(row).to_owned();
    let unit = traces.text("unit_id")?.get_or_empty(row).to_owned();
    let segment = traces.integers("segment")?.value(row);
    let place = format!("recording {recording:?}, unit {unit:?}, segment {segment}");
    let (start_s, dt_s) = bins(traces, row, &place)?;
    let samples = traces.lists("trace")?.get(row).unwrap_or_default();
    let counts = samples.iter().enumerate().map(|(bin, &value)| count(value, bin, &place));
    let counts = counts.collect::<Result<_>>()?;
    let region = traces.text("region")?.get(row).map(str::to_owned);
    Ok((recording, Row { unit, region, segment, start_s, dt_s, counts }))
}

/// Start of the first bin and width of all, seconds.
fn bins(traces: &Table, row: usize, place: &str) -> Result<(f64, f64)> {
    match traces.time_base(row)? {
        TimeBase::Regular { t0_s, dt_s } if dt_s > 0.0 && dt_s.is_finite() && t0_s.is_finite() => {
            Ok((t0_s - 0.5 * dt_s, dt_s))
        }
        TimeBase::Regular { t0_s, dt_s } => Err(Error::data("bins have no width")
            .at_object(place)
            .expected("dt_s above 0 and a finite t0_s")
            .found(format!("dt_s {dt_s}, t0_s {t0_s}"))),
        TimeBase::Explicit(_) => Err(Error::data("bins have no common width")
            .at_object(place)
            .expected("t0_s and dt_s")
            .found("explicit times t_s")
            .hint("count spikes in regular bins with prepare.bin")),
    }
}

fn count(value: f64, bin: usize, place: &str) -> Result<Option<u32>> {
    if value.is_nan() {
        return Ok(None);
    }
    let expected = if !value.is_finite() {
        "a finite count, or NaN where it is missing"
    } else if value < 0.0 {
        "no spikes, or some"
    } else if value.fract() != 0.0 {
        "a whole number of spikes: raw counts, neither rates nor smoothed"
    } else if value > MAX_COUNT {
        "at most 1e6 spikes in a bin"
    } else {
        return Ok(Some(value as u32));
    };
    Err(Error::data("an entry is no spike count")
        .at_object(place)
        .at_offset(bin as u64)
        .expected(expected)
        .found(value.to_string()))
}
