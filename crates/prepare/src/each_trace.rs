//! Steps that turn every trace into another one.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray};
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};
use neuroloom_core::{Error, Figure, Result, RunContext, Table, TimeBase};
use neuroloom_table::Columns;
use rayon::prelude::*;

use crate::listing;
use crate::sampled::Sampled;
use crate::signal_lists::take_rows;

/// `work` on the trace of every row, in parallel; the results stand in the order of the rows.
///
/// # Errors
/// When a trace cannot be read or `work` fails on it, with the recording and the unit; or when the user stops.
pub(crate) fn each_trace<T: Send>(
    ctx: &RunContext,
    label: &str,
    traces: &Table,
    work: impl Fn(usize, &Sampled) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let task = ctx.begin(label, Some(traces.n_rows() as u64));
    let rows = (0..traces.n_rows()).into_par_iter().map(|row| {
        ctx.check_cancelled()?;
        let result = Sampled::read(traces, "trace", row).and_then(|sampled| work(row, &sampled));
        task.advance(1);
        result.map_err(|error| error.at_object(place(traces, row)))
    });
    rows.collect()
}

/// How messages call a row: recording, unit and, where there are several, segment.
pub(crate) fn place(traces: &Table, row: usize) -> String {
    let name = |column: &str| traces.text(column).map_or("", |text| text.get_or_empty(row));
    let segment = traces.numbers("segment").ok().and_then(|segments| segments.get(row)).unwrap_or(0.0);
    let segment = if segment > 0.0 { format!(", segment {segment}") } else { String::new() };
    format!("recording {:?}, unit {:?}{segment}", name("recording_id"), name("unit_id"))
}

/// The interval between samples of a signal on a regular time base, seconds.
///
/// # Errors
/// When it has a time for every sample instead; `why` says what the interval is needed for.
pub(crate) fn regular_dt_s(signal: &Sampled, why: &str) -> Result<f64> {
    match signal.base {
        TimeBase::Regular { dt_s, .. } => Ok(dt_s),
        TimeBase::Explicit(_) => Err(Error::data("the trace has no regular time base")
            .expected("t0_s and dt_s")
            .found("a time for every sample (t_s)")
            .hint(format!("{why}: use `prepare.resample` with `method: linear` first"))),
    }
}

/// The rows of one signal, in their order.
///
/// # Errors
/// When there are none: the error lists the signals that there are. `parameter` is where the name comes from.
pub(crate) fn rows_of_signal(traces: &Table, parameter: &str, signal: &str) -> Result<Vec<usize>> {
    let signals = traces.text("signal")?;
    let rows: Vec<usize> = (0..traces.n_rows()).filter(|&row| signals.get(row) == Some(signal)).collect();
    if rows.is_empty() {
        let known: BTreeSet<&str> = (0..traces.n_rows()).filter_map(|row| signals.get(row)).collect();
        return Err(Error::data("no trace is of the signal that is asked for")
            .at_object(parameter)
            .expected(format!("{signal:?}"))
            .found(listing(known))
            .hint(format!("set `{parameter}` to one of those found")));
    }
    Ok(rows)
}

/// The traces of one signal.
///
/// # Errors
/// As [`rows_of_signal`].
pub(crate) fn traces_of_signal(traces: &Table, parameter: &str, signal: &str) -> Result<Table> {
    take_rows(traces, &rows_of_signal(traces, parameter, signal)?)
}

/// A column that says the same word in each of `n` rows.
pub(crate) fn same_word(word: &str, n: usize) -> ArrayRef {
    Arc::new(std::iter::repeat_n(Some(word), n).collect::<DictionaryArray<Int32Type>>())
}

/// Two panels: the first samples of the liveliest trace before, and of the same unit after. `source` gives the row of
/// `before` that a row of `after` comes from.
pub(crate) fn before_and_after(
    before: &Table,
    after: &Table,
    source: impl Fn(usize) -> usize,
    what: &str,
) -> Result<Option<Figure>> {
    let Some(row) = liveliest_row(after)? else { return Ok(None) };
    let caption = format!("The first {SHOWN} samples at most of one trace before and after {what}.");
    let figure = Figure::new("example", "A trace before and after", caption);
    let before = panel(before, source(row), "before")?;
    Ok(Some(figure.panel(before).panel(panel(after, row, "after")?)))
}

/// The row whose shown samples vary most; none without rows.
pub(crate) fn liveliest_row(traces: &Table) -> Result<Option<usize>> {
    let lists = traces.lists("trace")?;
    let liveliness = |row: usize| {
        let trace = lists.get(row).unwrap_or_default();
        let shown = || trace.iter().take(SHOWN).filter(|value| value.is_finite());
        let mean = shown().sum::<f64>() / shown().count().max(1) as f64;
        shown().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let rows = (0..traces.n_rows()).map(|row| (liveliness(row), row));
    Ok(rows.reduce(|a, b| if b.0 > a.0 { b } else { a }).map(|(_, row)| row))
}

/// Most samples that a figure shows.
pub(crate) const SHOWN: usize = 500;

/// The first samples of one trace as a curve.
pub(crate) fn panel(traces: &Table, row: usize, name: &str) -> Result<Panel> {
    let samples = traces.lists("trace")?.get(row).unwrap_or_default();
    let y: Vec<f64> = samples.iter().take(SHOWN).copied().collect();
    let x = traces.time_base(row)?.times_s(y.len());
    let word = |column: &str| Ok::<_, Error>(traces.text(column)?.get_or_empty(row));
    Ok(Panel {
        title: format!("unit {}, {name}", word("unit_id")?),
        x: Axis::new("time (s)"),
        y: Axis::new(format!("{} ({})", word("signal")?, word("trace_unit")?)),
        content: Content::Lines(Lines { series: vec![Series { name: String::new(), x, y }] }),
    })
}
