//! What the report says of a recording: counts, a raster, stacked traces.

use std::collections::BTreeMap;

use neuroloom_core::figure::{Axis, Content, Figure, Lines, Panel, Raster, Series};
use neuroloom_core::{Result, Summary, Table, Unit};
use neuroloom_table::Columns;

use super::read::Recording;

/// Units that a raster shows at most.
const RASTER_UNITS: usize = 60;
/// Seconds that a raster shows at most.
const RASTER_S: f64 = 20.0;
/// Events that a raster shows at most.
const RASTER_EVENTS: usize = 20_000;
/// Traces that are stacked at most.
const TRACES: usize = 12;
/// Points of a trace at most.
const TRACE_POINTS: usize = 1_500;

/// Metrics, figures and warnings of `recording`.
///
/// # Errors
/// An internal one, if a table is not what it was built as.
pub(super) fn summary(recording: &Recording) -> Result<Summary> {
    let mut summary = Summary::default();
    if let Some(duration_s) = recording.recordings.numbers("duration_s")?.get(0) {
        summary = summary.number("duration", duration_s, Unit::SECOND);
    }
    if let Some(table) = &recording.spikes {
        summary = spikes(summary, table)?;
    }
    if let Some(table) = &recording.traces {
        summary = traces(summary, table)?;
    }
    if let Some(behaviour) = &recording.behaviour {
        summary = summary.count("behaviour channels", behaviour.n_rows());
    }
    if let Some(table) = &recording.intervals {
        summary = intervals(summary, table)?;
    }
    Ok(recording.notes.iter().fold(summary, Summary::warn))
}

/// Adds what is worth knowing of a table of spikes.
///
/// # Errors
/// An internal one, if the table is not what it was built as.
pub(crate) fn spikes(summary: Summary, spikes: &Table) -> Result<Summary> {
    let trains = spikes.lists("spike_times_s")?;
    let regions = spikes.text("region")?;
    let counts: Vec<usize> = (0..spikes.n_rows()).map(|row| trains.length(row)).collect();
    let total: usize = counts.iter().sum();
    let mut summary = summary.count("units", spikes.n_rows()).count("spikes", total);
    let mut per_region: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..spikes.n_rows() {
        *per_region.entry(regions.get(row).unwrap_or("no region")).or_default() += 1;
    }
    if per_region.len() > 1 || !per_region.contains_key("no region") {
        summary = per_region
            .iter()
            .fold(summary, |summary, (region, &n)| summary.count(format!("units in {region}"), n));
    }
    let (first, last) = ends(spikes)?;
    if last > first {
        let rates: Vec<f64> = counts.iter().map(|&n| n as f64 / (last - first)).collect();
        summary = summary
            .number("lowest firing rate", rates.iter().copied().fold(f64::INFINITY, f64::min), Unit::HERTZ)
            .number("highest firing rate", rates.iter().copied().fold(0.0, f64::max), Unit::HERTZ);
    }
    let silent = counts.iter().filter(|&&n| n == 0).count();
    if silent > 0 {
        summary = summary.warn(format!("{silent} units have no spikes"));
    }
    Ok(summary.figure(raster(spikes, first)?))
}

/// The first and the last spike of all.
fn ends(spikes: &Table) -> Result<(f64, f64)> {
    let trains = spikes.lists("spike_times_s")?;
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    for row in 0..spikes.n_rows() {
        if let Some(train) = trains.get(row)
            && let (Some(first), Some(last)) = (train.first(), train.last())
        {
            ends = (ends.0.min(*first), ends.1.max(*last));
        }
    }
    Ok(ends)
}

fn raster(spikes: &Table, first: f64) -> Result<Figure> {
    let (trains, units, regions) =
        (spikes.lists("spike_times_s")?, spikes.text("unit_id")?, spikes.text("region")?);
    let n = spikes.n_rows().min(RASTER_UNITS);
    let shown: Vec<Vec<f64>> =
        (0..n).map(|row| window(&trains.get(row).unwrap_or_default(), first)).collect();
    let step = shown.iter().map(Vec::len).sum::<usize>().div_ceil(RASTER_EVENTS).max(1);
    let labels = (0..n).map(|row| match regions.get(row) {
        Some(region) => format!("{} {region}", units.get_or_empty(row)),
        None => units.get_or_empty(row).to_owned(),
    });
    let content = Raster {
        labels: labels.collect(),
        events: shown.iter().map(|train| train.iter().copied().step_by(step).collect()).collect(),
    };
    let thinned = if step > 1 { format!(", one of {step} spikes drawn") } else { String::new() };
    let caption = format!("The first {RASTER_S} s of {n} of {} units, a row each{thinned}.", spikes.n_rows());
    let (x, y) = (Axis::new("time (s)"), Axis::new("unit"));
    let panel = Panel { title: String::new(), x, y, content: Content::Raster(content) };
    Ok(Figure::new("raster", "Spikes", caption).panel(panel))
}

fn window(train: &[f64], first: f64) -> Vec<f64> {
    let start = train.partition_point(|&time| time < first);
    let stop = train.partition_point(|&time| time < first + RASTER_S);
    train.get(start..stop).unwrap_or_default().to_vec()
}

/// Adds what is worth knowing of a table of traces.
///
/// # Errors
/// An internal one, if the table is not what it was built as.
pub(crate) fn traces(summary: Summary, traces: &Table) -> Result<Summary> {
    let signals = traces.text("signal")?;
    let mut per_signal: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for row in 0..traces.n_rows() {
        per_signal.entry(signals.get_or_empty(row)).or_default().push(row);
    }
    let mut summary = summary;
    for (signal, rows) in &per_signal {
        summary = summary.count(format!("traces of {signal}"), rows.len());
    }
    let preferred = ["dff", "fluorescence"].into_iter().find(|signal| per_signal.contains_key(signal));
    let Some((signal, rows)) =
        preferred.or(per_signal.keys().next().copied()).and_then(|s| per_signal.get_key_value(s))
    else {
        return Ok(summary);
    };
    Ok(summary.figure(stacked(traces, signal, rows)?))
}

fn stacked(traces: &Table, signal: &str, rows: &[usize]) -> Result<Figure> {
    let (samples, units) = (traces.lists("trace")?, traces.text("unit_id")?);
    let mut series = Vec::new();
    for (i, &row) in rows.iter().take(TRACES).enumerate() {
        let trace = samples.get(row).unwrap_or_default();
        let step = trace.len().div_ceil(TRACE_POINTS).max(1);
        let times = traces.time_base(row)?;
        let (low, high) = range(&trace);
        let height = if high > low { high - low } else { 1.0 };
        series.push(Series {
            name: units.get_or_empty(row).to_owned(),
            x: (0..trace.len()).step_by(step).map(|i| times.time_s(i)).collect(),
            y: trace.iter().step_by(step).map(|value| (value - low) / height + i as f64).collect(),
        });
    }
    let caption = format!(
        "{} of {} traces, each scaled to its own range and drawn above the one before.",
        series.len(),
        rows.len()
    );
    let panel = Panel {
        title: String::new(),
        x: Axis::new("time (s)"),
        y: Axis::new("trace (own range)"),
        content: Content::Lines(Lines { series }),
    };
    Ok(Figure::new("traces", format!("Traces of {signal}"), caption).panel(panel))
}

fn range(trace: &[f64]) -> (f64, f64) {
    let finite = trace.iter().copied().filter(|value| value.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Adds what is worth knowing of a table of intervals.
///
/// # Errors
/// An internal one, if the table is not what it was built as.
pub(crate) fn intervals(summary: Summary, intervals: &Table) -> Result<Summary> {
    let sets = intervals.text("interval_set")?;
    let mut per_set: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..intervals.n_rows() {
        *per_set.entry(sets.get_or_empty(row)).or_default() += 1;
    }
    Ok(per_set.iter().fold(summary, |summary, (set, &n)| summary.count(format!("intervals in {set}"), n)))
}
