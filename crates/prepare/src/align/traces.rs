//! Trials cut out of traces.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Error, Result, RunContext, StepOutput, Summary, Table, Unit};
use neuroloom_table::Columns;
use rayon::prelude::*;

use super::cut::{Cut, Segment};
use super::events::{Event, Events, describe};
use super::{AlignParams, Incomplete};
use crate::each_trace::{before_and_after, place};
use crate::sampled::{Pieces, Sampled};
use crate::signal_lists::{MAX_SAMPLES, with_extra};

/// Adds the trials of all traces, and what there is to say of them, to an output.
pub(super) fn align_traces(
    ctx: &RunContext,
    params: &AlignParams,
    before: &Table,
    events: &Events,
    output: StepOutput,
) -> Result<StepOutput> {
    let groups = groups(before)?;
    let work = ctx.begin("align traces", Some(groups.len() as u64));
    let trials = groups.par_iter().map(|rows| {
        ctx.check_cancelled()?;
        let trials = trials_of_unit(before, rows, params, events);
        work.advance(1);
        trials
    });
    let trials: Vec<UnitTrials> = trials.collect::<Result<_>>()?;
    check_some(params, events, &trials)?;
    let mut summary = summarise(output.summary, &trials);
    let rows: Vec<usize> = trials.iter().flat_map(|unit| unit.trials.iter().map(|trial| trial.row)).collect();
    let after = table(before, trials)?;
    let source = |row: usize| rows.get(row).copied().unwrap_or(0);
    summary.figures.extend(before_and_after(before, &after, source, "cutting (one trial, from its event)")?);
    Ok(StepOutput { summary, ..output }.table("traces", after))
}

/// The rows of each signal of each unit, in the order of the table: its segments.
fn groups(traces: &Table) -> Result<Vec<Vec<usize>>> {
    let (recordings, signals, units) =
        (traces.text("recording_id")?, traces.text("signal")?, traces.text("unit_id")?);
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for row in 0..traces.n_rows() {
        groups.entry((recordings.get(row), signals.get(row), units.get(row))).or_default().push(row);
    }
    Ok(groups.into_values().collect())
}

/// One trial of one unit.
struct Trial {
    /// The row of the segment that it is cut from.
    row: usize,
    /// Its number within the recording.
    number: i64,
    event: Event,
    samples: Sampled,
}

/// The trials of one signal of one unit.
struct UnitTrials {
    trials: Vec<Trial>,
    /// Events whose window is not covered by any segment.
    n_incomplete: usize,
}

fn trials_of_unit(
    traces: &Table,
    rows: &[usize],
    params: &AlignParams,
    events: &Events,
) -> Result<UnitTrials> {
    let mut segments = Vec::with_capacity(rows.len());
    for &row in rows {
        let signal =
            Sampled::read(traces, "trace", row).map_err(|error| error.at_object(place(traces, row)))?;
        segments.extend(Segment::new(signal).map(|segment| (row, segment)));
    }
    let recording = rows
        .first()
        .map_or("", |&row| traces.text("recording_id").map_or("", |recordings| recordings.get_or_empty(row)));
    let mut unit = UnitTrials { trials: Vec::new(), n_incomplete: 0 };
    for (number, &event) in events.get(recording).into_iter().flatten().enumerate() {
        let best = best_cut(&segments, params, event)?;
        unit.n_incomplete += usize::from(best.as_ref().is_none_or(|(_, cut)| !cut.complete));
        let kept = best.filter(|(_, cut)| {
            cut.complete || (params.incomplete == Incomplete::Keep && !cut.samples.values.is_empty())
        });
        unit.trials.extend(kept.map(|(row, cut)| Trial {
            row,
            number: number as i64,
            event,
            samples: cut.samples,
        }));
    }
    Ok(unit)
}

/// The window in the segment that reaches over most of it, of equals the first.
fn best_cut(
    segments: &[(usize, Segment)],
    params: &AlignParams,
    event: Event,
) -> Result<Option<(usize, Cut)>> {
    let mut best: Option<(usize, Cut)> = None;
    for (row, segment) in segments {
        if let Some(cut) = segment.cut(params, event.time_s)?
            && best.as_ref().is_none_or(|(_, best)| cut.overlap_s > best.overlap_s)
        {
            best = Some((*row, cut));
        }
    }
    Ok(best)
}

fn check_some(params: &AlignParams, events: &Events, trials: &[UnitTrials]) -> Result<()> {
    let n_samples: usize =
        trials.iter().flat_map(|unit| &unit.trials).map(|trial| trial.samples.values.len()).sum();
    if n_samples > MAX_SAMPLES {
        return Err(Error::params("the trials hold too many samples for one table")
            .expected(format!("at most {MAX_SAMPLES}"))
            .found(n_samples.to_string())
            .hint("choose fewer units or events, or a shorter window"));
    }
    if trials.is_empty() || trials.iter().any(|unit| !unit.trials.is_empty()) {
        return Ok(());
    }
    Err(Error::data("no trial lies within a trace")
        .at_object("events")
        .expected(format!("an event with samples from {} s to {} s around it", params.from_s, params.to_s))
        .found(describe(events))
        .hint("make the window shorter, set `incomplete: keep`, or check the clocks of traces and events"))
}

fn table(before: &Table, trials: Vec<UnitTrials>) -> Result<Table> {
    let (mut pieces, mut numbers, mut ids, mut times) = (Pieces::default(), vec![], vec![], vec![]);
    for trial in trials.into_iter().flat_map(|unit| unit.trials) {
        numbers.push(trial.number);
        ids.push(trial.event.interval_id);
        times.push(trial.event.time_s);
        pieces.push(trial.row, trial.samples);
    }
    let segment: ArrayRef = Arc::new(Int64Array::from(numbers));
    let table = pieces.table(before, "trace", vec![("segment", segment)])?;
    let table = with_extra(&table, "interval_id", None, Arc::new(Int64Array::from(ids)))?;
    with_extra(&table, "event_s", Some(&Unit::SECOND), Arc::new(Float64Array::from(times)))
}

fn summarise(summary: Summary, trials: &[UnitTrials]) -> Summary {
    let n_trials = trials.iter().map(|unit| unit.trials.len()).sum();
    let incomplete: usize = trials.iter().map(|unit| unit.n_incomplete).sum();
    let without = trials.iter().filter(|unit| unit.trials.is_empty()).count();
    let mut summary = summary.count("unit signals", trials.len()).count("trials of units", n_trials);
    if incomplete > 0 {
        summary =
            summary.warn(format!("{incomplete} windows (events times units) reach out of their traces"));
    }
    if without > 0 {
        summary = summary.warn(format!("{without} unit signals have no trial and are left out"));
    }
    summary
}
