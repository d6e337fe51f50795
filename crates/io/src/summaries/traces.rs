//! Traces: counts, and some of them drawn above each other.

use neuroloom_core::figure::{Axis, Content, Figure, Lines, Panel, Series};
use neuroloom_core::{Result, Summary, Table};
use neuroloom_table::Columns;

use super::{count_each, rows_by};

/// Traces that are stacked at most.
const TRACES: usize = 12;
/// Points of a trace at most.
const TRACE_POINTS: usize = 1_500;
/// The signals that are drawn, the first that there is; without them the first by name.
const PREFERRED: [&str; 2] = ["dff", "fluorescence"];

/// Adds the number of traces of each signal, and a figure of some traces of one signal.
///
/// # Errors
/// When `table` is no table of traces.
pub(crate) fn traces(summary: Summary, table: &Table) -> Result<Summary> {
    let signals = rows_by(table, "signal", "no signal")?;
    let summary = count_each(summary, "traces of", &signals);
    let preferred = PREFERRED.into_iter().find_map(|signal| signals.get_key_value(signal));
    match preferred.or(signals.first_key_value()) {
        Some((signal, rows)) => Ok(summary.figure(stacked(table, signal, rows)?)),
        None => Ok(summary),
    }
}

fn stacked(table: &Table, signal: &str, rows: &[usize]) -> Result<Figure> {
    let (samples, units) = (table.lists("trace")?, table.text("unit_id")?);
    let mut series = Vec::new();
    for (level, &row) in rows.iter().take(TRACES).enumerate() {
        let trace = samples.get(row).unwrap_or_default();
        let step = trace.len().div_ceil(TRACE_POINTS).max(1);
        let times = table.time_base(row)?;
        let (low, high) = range(&trace);
        let height = if high > low { high - low } else { 1.0 };
        series.push(Series {
            name: units.get_or_empty(row).to_owned(),
            x: (0..trace.len()).step_by(step).map(|i| times.time_s(i)).collect(),
            y: trace.iter().step_by(step).map(|value| (value - low) / height + level as f64).collect(),
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
