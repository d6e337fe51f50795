//! Trials cut out of spike trains.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array};
use neuroloom_core::{Error, Result, RunContext, StepOutput, Summary, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};
use rayon::prelude::*;

use super::events::{Event, Events, describe};
use super::figures::peri_stimulus;
use super::psth::{Psth, SpikeTrial, peri_stimulus_histogram};
use super::{AlignParams, Incomplete};
use crate::signal_lists::MAX_SAMPLES;
use crate::{Span, SpikeTrain, UniformBins, spike_trains};

/// The trials of one unit.
pub(super) struct UnitTrials<'a> {
    pub(super) train: &'a SpikeTrain<'a>,
    /// Number of the event within the recording, the event, and the spikes around it.
    pub(super) trials: Vec<(usize, Event, SpikeTrial)>,
    n_incomplete: usize,
}

/// Adds the trials of all spike trains, and what there is to say of them, to an output.
pub(super) fn align_spikes(
    ctx: &RunContext,
    params: &AlignParams,
    spikes: &Table,
    events: &Events,
    output: StepOutput,
) -> Result<StepOutput> {
    let trains = spike_trains(spikes)?;
    let units: Vec<UnitTrials<'_>> =
        trains.par_iter().map(|train| trials_of_unit(train, params, events)).collect();
    ctx.check_cancelled()?;
    check_some(params, events, &units)?;
    let mut output = StepOutput { summary: summarise(output.summary, &units), ..output };
    output.summary.figures.extend(peri_stimulus(params, &units)?);
    output = output.table("spikes", spike_table(&units)?);
    let Some(bins) = bins(params)? else { return Ok(output) };
    check_size(&units, &bins, params.folds)?;
    let counts: Vec<Vec<Vec<f32>>> = units
        .par_iter()
        .map(|unit| unit.trials.iter().map(|(_, _, trial)| trial.counts(&bins)).collect())
        .collect();
    let responses = response_table(&units, &counts, &bins, params.folds as usize)?;
    Ok(output.table("responses", responses).table("counts", count_table(&units, counts, &bins)?))
}

/// The bins of the window; none without a width.
pub(super) fn bins(params: &AlignParams) -> Result<Option<UniformBins>> {
    match params.dt_s {
        Some(dt_s) => UniformBins::within(params.from_s, params.to_s, dt_s),
        None => Ok(None),
    }
}

fn trials_of_unit<'a>(train: &'a SpikeTrain<'a>, params: &AlignParams, events: &Events) -> UnitTrials<'a> {
    let window = Span::new(params.from_s, params.to_s);
    let mut unit = UnitTrials { train, trials: Vec::new(), n_incomplete: 0 };
    for (number, &event) in events.get(train.recording_id).into_iter().flatten().enumerate() {
        let trial = SpikeTrial::around(train, event.time_s, window);
        unit.n_incomplete += usize::from(trial.as_ref().is_none_or(|trial| !trial.complete));
        let kept = trial.filter(|trial| trial.complete || params.incomplete == Incomplete::Keep);
        unit.trials.extend(kept.map(|trial| (number, event, trial)));
    }
    unit
}

fn check_some(params: &AlignParams, events: &Events, units: &[UnitTrials<'_>]) -> Result<()> {
    let n_spikes: usize = all(units).map(|(_, _, trial)| trial.times_s.len()).sum();
    if n_spikes > MAX_SAMPLES {
        return Err(too_many(n_spikes as f64));
    }
    if units.is_empty() || all(units).next().is_some() {
        return Ok(());
    }
    Err(Error::data("no trial lies within the time in which a unit was observed")
        .at_object("events")
        .expected(format!(
            "an event with a unit observed from {} s to {} s around it",
            params.from_s, params.to_s
        ))
        .found(describe(events))
        .hint("make the window shorter, set `incomplete: keep`, or check the clocks of spikes and events"))
}

fn check_size(units: &[UnitTrials<'_>], bins: &UniformBins, folds: u32) -> Result<()> {
    let rows = all(units).count().max(units.len().saturating_mul(folds as usize));
    let values = rows as f64 * bins.n_bins() as f64;
    if values <= MAX_SAMPLES as f64 { Ok(()) } else { Err(too_many(values)) }
}

fn too_many(values: f64) -> Error {
    Error::params("the trials hold too much for one table")
        .expected(format!("at most {MAX_SAMPLES} spikes, bins or responses"))
        .found(format!("{values:.0}"))
        .hint("choose fewer units or events, a shorter window or a wider `dt_s`")
}

fn all<'u>(units: &'u [UnitTrials<'_>]) -> impl Iterator<Item = &'u (usize, Event, SpikeTrial)> {
    units.iter().flat_map(|unit| &unit.trials)
}

/// A table with a row per unit and trial, the columns that all have in common filled.
fn per_trial(kind: neuroloom_core::TableKind, units: &[UnitTrials<'_>]) -> TableBuilder {
    let trains = || units.iter().flat_map(|unit| unit.trials.iter().map(|_| unit.train));
    TableBuilder::new(kind)
        .text("recording_id", trains().map(|train| train.recording_id))
        .text("unit_id", trains().map(|train| train.unit_id))
        .optional_text("region", trains().map(|train| train.region))
}

fn spike_table(units: &[UnitTrials<'_>]) -> Result<Table> {
    per_trial(kinds::ALIGNED_SPIKES, units)
        .integers("trial", all(units).map(|(number, _, _)| *number as i64))
        .integers("interval_id", all(units).map(|(_, event, _)| event.interval_id))
        .numbers("event_s", all(units).map(|(_, event, _)| event.time_s))
        .lists("spike_times_s", all(units).map(|(_, _, trial)| trial.times_s.clone()))
        .finish()
}

fn count_table(units: &[UnitTrials<'_>], counts: Vec<Vec<Vec<f32>>>, bins: &UniformBins) -> Result<Table> {
    let ids: ArrayRef =
        Arc::new(all(units).map(|(_, event, _)| Some(event.interval_id)).collect::<Int64Array>());
    let times: ArrayRef =
        Arc::new(all(units).map(|(_, event, _)| Some(event.time_s)).collect::<Float64Array>());
    per_trial(kinds::TRACES, units)
        .text("signal", all(units).map(|_| "spike_count"))
        .integers("segment", all(units).map(|(number, _, _)| *number as i64))
        .numbers("t0_s", all(units).map(|_| bins.centre(0)))
        .numbers("dt_s", all(units).map(|_| bins.width()))
        .text("trace_unit", all(units).map(|_| Unit::ONE.as_str().to_owned()))
        .lists_f32("trace", counts.into_iter().flatten())
        .extra("interval_id", None, ids)
        .extra("event_s", Some(&Unit::SECOND), times)
        .finish()
}

/// A row per unit, fold and bin.
fn response_table(
    units: &[UnitTrials<'_>],
    counts: &[Vec<Vec<f32>>],
    bins: &UniformBins,
    folds: usize,
) -> Result<Table> {
    let n = bins.n_bins();
    let histogram = |unit: &UnitTrials<'_>, counts: &[Vec<f32>], fold: usize| -> Psth {
        let own = unit.trials.iter().zip(counts).filter(|((number, _, _), _)| number % folds == fold);
        peri_stimulus_histogram(own.map(|(_, counts)| counts.as_slice()), n, bins.width())
    };
    let histograms: Vec<(&SpikeTrain<'_>, usize, Psth)> = units
        .iter()
        .zip(counts)
        .filter(|(unit, _)| !unit.trials.is_empty())
        .flat_map(|(unit, counts)| {
            (0..folds).map(move |fold| (unit.train, fold, histogram(unit, counts, fold)))
        })
        .collect();
    let rows = || histograms.iter().flat_map(|each| (0..n).map(move |bin| (each, bin)));
    let label = |bin: usize| format!("{} s", (bins.centre(bin) * 1e6).round() / 1e6);
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", rows().map(|((train, _, _), _)| train.recording_id))
        .text("unit_id", rows().map(|((train, _, _), _)| train.unit_id))
        .optional_text("region", rows().map(|((train, _, _), _)| train.region))
        .text("condition", rows().map(|(_, bin)| label(bin)))
        .numbers("condition_value", rows().map(|(_, bin)| bins.centre(bin)))
        .text("condition_unit", rows().map(|_| Unit::SECOND.as_str().to_owned()))
        .integers("fold", rows().map(|((_, fold, _), _)| *fold as i64))
        .numbers(
            "response",
            rows().map(|((_, _, psth), bin)| psth.rates_hz.get(bin).copied().unwrap_or(f64::NAN)),
        )
        .text("response_unit", rows().map(|_| Unit::HERTZ.as_str().to_owned()))
        .numbers(
            "occupancy_s",
            rows().map(|((_, _, psth), bin)| psth.occupancy_s.get(bin).copied().unwrap_or(0.0)),
        )
        .finish()
}

fn summarise(summary: Summary, units: &[UnitTrials<'_>]) -> Summary {
    let incomplete: usize = units.iter().map(|unit| unit.n_incomplete).sum();
    let without = units.iter().filter(|unit| unit.trials.is_empty()).count();
    let mut summary = summary
        .count("units with spikes", units.len())
        .count("trials of spike trains", all(units).count())
        .count("spikes in trials", all(units).map(|(_, _, trial)| trial.times_s.len()).sum());
    if incomplete > 0 {
        summary = summary
            .warn(format!("in {incomplete} windows (events times units) a unit was not observed throughout"));
    }
    if without > 0 {
        summary = summary.warn(format!("{without} units with spikes have no trial and are left out"));
    }
    summary
}
