//! `prepare.tuning` as a step.

use std::collections::BTreeSet;

use ndarray::Array2;
use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table, Unit,
};
use neuroloom_table::{TableBuilder, kinds};
use rayon::prelude::*;

use super::behaviour::behaviour_conditions;
use super::neurons::{Neuron, spiking, traced};
use super::stimulus::stimulus_conditions;
use super::{Conditions, SmoothBins, Tally, TuningParams, figures};
use crate::interval_selector::{connected, supports_of};

/// The step `prepare.tuning`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TuningStep;

/// A neuron with what it did.
pub(super) struct Tuned<'a> {
    /// The neuron.
    pub(super) neuron: Neuron<'a>,
    /// Its sums.
    pub(super) tally: Tally,
    /// Its responses `[n_folds, n_conditions]`.
    pub(super) responses: Array2<f64>,
}

impl Step for TuningStep {
    type Params = TuningParams;
    const ID: &'static str = "prepare.tuning";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Mean responses to behaviour or stimuli, by cross-validation fold",
            about: "Spikes (or samples) in every bin of a behavioural variable, or in every stimulus, over the time \
                    spent there. Every moment takes the value of the nearest sample of the variable; gaps in the \
                    tracking count neither as time nor for spikes. Folds are blocks of time (behaviour) or repeats \
                    (stimuli), each with an occupancy of its own.",
            reference: Some(
                "occupancy-normalised tuning: O'Keefe and Dostrovsky 1971, Taube, Muller and Ranck 1990; \
                 information: Skaggs, McNaughton, Gothard and Markus 1993",
            ),
            inputs: vec![
                PortSpec::optional("spikes", kinds::SPIKES, "The spike trains; give these or `traces`"),
                PortSpec::optional("traces", kinds::TRACES, "The traces; give these or `spikes`"),
                PortSpec::optional("behaviour", kinds::BEHAVIOUR, "The signal that `behaviour` names"),
                PortSpec::optional("intervals", kinds::INTERVALS, "What `stimulus` and `within` choose from"),
            ],
            outputs: vec![PortSpec::required(
                "responses",
                kinds::RESPONSES,
                "Hz for spikes, the unit of the traces for traces; a row per neuron, fold and condition",
            )],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &TuningParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let source = one_of(inputs.optional("spikes"), inputs.optional("traces"))?;
        let behaviour = inputs.optional("behaviour");
        check_connected(params, behaviour.is_some(), inputs.optional("intervals").is_some())?;
        let conditions = params.behaviour.as_ref().map(|behaviour| behaviour.n_bins as u64);
        let folds = params.folds as u64;
        let rows =
            source.dim("units").zip(conditions).map(|(u, c)| u.saturating_mul(c).saturating_mul(folds));
        let events = source.dim("spikes").or(source.dim("samples")).unwrap_or(0);
        let samples = behaviour.and_then(|table| table.dim("samples")).unwrap_or(0);
        let memory =
            [events.saturating_mul(16), samples.saturating_mul(96), rows.unwrap_or(0).saturating_mul(160)];
        let known = ["recordings", "units"].into_iter().filter_map(|name| Some((name, source.dim(name)?)));
        let dims =
            known.chain([("folds", folds)]).chain(conditions.map(|conditions| ("conditions", conditions)));
        let resources = Resources::memory(memory.into_iter().fold(0, u64::saturating_add)).cores(ctx.threads);
        Ok(StepPlan::new(resources).output(
            "responses",
            kinds::RESPONSES,
            dims.chain(rows.map(|r| ("rows", r))),
        ))
    }

    fn run(&self, ctx: &RunContext, params: &TuningParams, inputs: &Inputs) -> Result<StepOutput> {
        let (neurons, unit) = match (inputs.optional("spikes"), inputs.optional("traces")) {
            (Some(spikes), None) => spiking(spikes)?,
            (None, Some(traces)) => traced(traces, params.trace_signal.as_deref())?,
            (spikes, traces) => one_of(spikes, traces).and(Err(Error::internal("an input is missing")))?,
        };
        let unit = if params.square_root { square_root_of(&unit)? } else { unit };
        let conditions = conditions(params, inputs, &neurons)?;
        let (used, unused): (Vec<_>, Vec<_>) = neurons
            .into_iter()
            .partition(|neuron| conditions.visits.get(neuron.recording_id).is_some_and(|v| !v.is_empty()));
        if used.is_empty() {
            return Err(nothing_to_do(unused.len(), &conditions));
        }
        let work = ctx.begin("tuning", Some(used.len() as u64));
        let tuned = used.into_par_iter().map(|neuron| {
            ctx.check_cancelled()?;
            let tuned = tune(params, &conditions, neuron);
            work.advance(1);
            tuned
        });
        let tuned = tuned.collect::<Result<Vec<_>>>()?;
        let summary = summary(params, &conditions, &tuned, unused.len());
        Ok(StepOutput::new(summary).table("responses", table(&conditions, &tuned, &unit)?))
    }
}

/// The unit of the square root of a rate.
///
/// # Errors
/// When the responses are no rates of spikes: samples of a trace may be negative.
fn square_root_of(unit: &Unit) -> Result<Unit> {
    if *unit == Unit::HERTZ {
        return Ok(Unit::parse("Hz^0.5"));
    }
    Err(Error::params("only rates have a square root in every case")
        .at_object("square_root")
        .expected("responses in Hz")
        .found(format!("responses in {unit}"))
        .hint("connect `spikes` instead of `traces`, or leave `square_root` out"))
}

fn one_of<T>(spikes: Option<T>, traces: Option<T>) -> Result<T> {
    match (spikes, traces) {
        (Some(source), None) | (None, Some(source)) => Ok(source),
        (spikes, _) => Err(Error::params("connect exactly one of the inputs `spikes` and `traces`")
            .expected("one")
            .found(if spikes.is_some() { "both" } else { "neither" })),
    }
}

fn check_connected(params: &TuningParams, behaviour: bool, intervals: bool) -> Result<()> {
    if params.behaviour.is_some() && !behaviour {
        return Err(Error::params("`behaviour` is asked for, but the input `behaviour` is not connected")
            .hint("connect it: `in: { spikes: source.spikes, behaviour: source.behaviour }`"));
    }
    let needed = params.stimulus.is_some() || params.within.is_some();
    connected((intervals || !needed).then_some(()))
}

fn conditions(params: &TuningParams, inputs: &Inputs, neurons: &[Neuron<'_>]) -> Result<Conditions> {
    let (behaviour, intervals) = (inputs.optional("behaviour"), inputs.optional("intervals"));
    check_connected(params, behaviour.is_some(), intervals.is_some())?;
    let within = supports_of(params.within.as_ref(), intervals)?;
    let recordings: BTreeSet<&str> = neurons.iter().map(|neuron| neuron.recording_id).collect();
    match (&params.behaviour, &params.stimulus, behaviour) {
        (Some(variable), None, Some(behaviour)) => {
            behaviour_conditions(params, variable, behaviour, &recordings, within.as_ref())
        }
        (None, Some(stimulus), _) => {
            stimulus_conditions(params, stimulus, connected(intervals)?, within.as_ref())
        }
        _ => Err(Error::internal("the parameters were not checked")),
    }
}

fn nothing_to_do(neurons: usize, conditions: &Conditions) -> Error {
    Error::data("no neuron was recorded while a condition held")
        .expected(format!("values of {:?} in the time that counts", conditions.variable))
        .found(format!("{neurons} neurons, no time in any condition"))
        .hint("look at the range of the variable, at `within`, and at whether the times share their zero")
}

fn tune<'a>(params: &TuningParams, conditions: &Conditions, neuron: Neuron<'a>) -> Result<Tuned<'a>> {
    let visits = conditions.visits.get(neuron.recording_id).map_or(&[][..], Vec::as_slice);
    let tally = neuron.tally(visits, params.folds, conditions.conditions.len())?;
    let smooth = conditions.geometry.filter(|_| params.smooth_bins > 0.0);
    let smooth = smooth.map(|geometry| SmoothBins { sigma: params.smooth_bins, geometry });
    let mut responses = tally.responses(params.min_occupancy_s, smooth);
    if params.square_root {
        responses.mapv_inplace(f64::sqrt);
    }
    Ok(Tuned { neuron, tally, responses })
}

/// One row of the responses table.
struct Row<'a> {
    tuned: &'a Tuned<'a>,
    fold: usize,
    condition: usize,
}

impl Row<'_> {
    fn place(&self) -> [usize; 2] {
        [self.fold, self.condition]
    }
}

fn table(conditions: &Conditions, tuned: &[Tuned<'_>], unit: &Unit) -> Result<Table> {
    let n_conditions = conditions.conditions.len();
    let rows = || {
        tuned.iter().flat_map(move |tuned| {
            let folds = 0..tuned.responses.nrows();
            folds.flat_map(move |fold| (0..n_conditions).map(move |condition| Row { tuned, fold, condition }))
        })
    };
    let condition = |row: &Row<'_>| &conditions.conditions[row.condition];
    let value_unit = conditions.unit.as_ref().map(Unit::as_str);
    TableBuilder::new(kinds::RESPONSES)
        .text("recording_id", rows().map(|row| row.tuned.neuron.recording_id))
        .text("unit_id", rows().map(|row| row.tuned.neuron.unit_id))
        .optional_text("region", rows().map(|row| row.tuned.neuron.region))
        .text("condition", rows().map(|row| condition(&row).label.as_str()))
        .optional_numbers("condition_value", rows().map(|row| condition(&row).value))
        .optional_text(
            "condition_unit",
            rows().map(|row| value_unit.filter(|_| condition(&row).value.is_some())),
        )
        .integers("fold", rows().map(|row| row.fold as i64))
        .numbers("response", rows().map(|row| row.tuned.responses[row.place()]))
        .text("response_unit", rows().map(|_| unit.as_str()))
        .numbers("occupancy_s", rows().map(|row| row.tuned.tally.occupancy_s[row.place()]))
        .finish()
}

fn summary(params: &TuningParams, conditions: &Conditions, tuned: &[Tuned<'_>], left_out: usize) -> Summary {
    let visits = || conditions.visits.values().flatten();
    let mut occupancy_s = Array2::zeros((params.folds, conditions.conditions.len()));
    for visit in visits() {
        if let Some(time) = occupancy_s.get_mut([visit.fold, visit.condition]) {
            *time += visit.span.duration_s();
        }
    }
    let absent = occupancy_s.iter().filter(|&&time| time <= 0.0 || time < params.min_occupancy_s).count();
    let mut summary = Summary::default()
        .count("neurons", tuned.len())
        .count("conditions", conditions.conditions.len())
        .count("folds", params.folds)
        .number("time that counts", visits().map(|visit| visit.span.duration_s()).sum(), Unit::SECOND)
        .number("shortest time in a condition and fold", shortest(&occupancy_s), Unit::SECOND)
        .figure(figures::tuning_curves(conditions, tuned))
        .figure(figures::occupancy(conditions, &occupancy_s));
    if tuned.iter().any(|each| each.neuron.is_spiking()) {
        summary = summary.figure(figures::information(tuned));
        for (region, members) in figures::by_region(tuned) {
            let mut bits: Vec<f64> = members.iter().map(|each| figures::neuron_information(each)).collect();
            bits.sort_by(f64::total_cmp);
            let name = format!("median information {region}");
            let bits_per_spike = Unit::parse("bits/spike");
            summary = summary.number(name.trim_end(), bits[bits.len() / 2], bits_per_spike);
        }
    }
    if absent > 0 {
        let places = occupancy_s.len();
        summary = summary.warn(format!(
            "{absent} of {places} pairs of fold and condition lack time (min_occupancy_s): their responses are NaN"
        ));
    }
    if left_out > 0 {
        summary =
            summary.warn(format!("{left_out} neurons are of recordings without a condition and left out"));
    }
    conditions.warnings.iter().fold(summary, |summary, warning| summary.warn(warning.as_str()))
}

fn shortest(occupancy_s: &Array2<f64>) -> f64 {
    occupancy_s.iter().copied().fold(f64::INFINITY, f64::min)
}
