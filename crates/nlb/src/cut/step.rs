//! `nlb.trials` as a step.

use arrow_array::Array;
use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Table,
};
use neuroloom_prepare::spike_trains;
use neuroloom_table::{Columns, kinds};

use super::behaviour::channels;
use super::events;
use super::params::CutParams;
use super::tables::{self, Session};

/// The step `nlb.trials`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CutStep;

/// Peak memory per spike and sample of the session: the grid, its filtered copy.
const BYTES_PER_VALUE: u64 = 40;
/// Peak memory per bin of a trial and unit: the counts, the column.
const BYTES_PER_BIN: u64 = 12;
/// Peak memory per row.
const BYTES_PER_ROW: u64 = 320;
/// Trials where their number is not known.
const USUAL_TRIALS: u64 = 2000;
/// Most values of a table of trials: 2^31.
const MAX_VALUES: usize = 1 << 31;

impl Step for CutStep {
    type Params = CutParams;
    const ID: &'static str = "nlb.trials";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Cut a session into the trials of the Neural Latents Benchmark",
            about: "Counts the spikes of all units around an event of each trial, in bins of a grid that begins with the \
                    session, and the bins behind the window that a model has to predict. Which part a trial belongs to and \
                    which units are held out stand in the session's own tables. Behaviour is decimated to the same bins \
                    and its window lags behind. Reference responses are spikes smoothed on the fine grid, averaged over \
                    the trials of a condition. Trials with bins in which units were not observed are left out.",
            reference: Some(
                "Pei et al. 2021, arXiv 2109.04463; the same counts as nlb_tools 0.0.4, another jitter",
            ),
            inputs: vec![
                PortSpec::required(
                    "spikes",
                    kinds::SPIKES,
                    "Spike trains; a column says which units are held out",
                ),
                PortSpec::required(
                    "intervals",
                    kinds::INTERVALS,
                    "The trials, with their events, splits and conditions",
                ),
                PortSpec::optional("behaviour", kinds::BEHAVIOUR, "What `behaviour` names"),
            ],
            outputs: vec![
                PortSpec::required("trials", kinds::TRIALS, "Signal `spike_count` and the behaviours"),
                PortSpec::optional("psth", kinds::NLB_PSTH, "Reference responses; with psth_sigma_s"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &CutParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        check_connected(params, inputs.optional("behaviour").is_some())?;
        let size =
            |port: &str, dim: &str| inputs.optional(port).and_then(|table| table.dim(dim)).unwrap_or(0);
        let rows = size("spikes", "units").saturating_mul(USUAL_TRIALS);
        let values = size("spikes", "spikes")
            .saturating_add(size("behaviour", "samples"))
            .saturating_mul(BYTES_PER_VALUE);
        let bins = rows.saturating_mul(params.n_bins() as u64).saturating_mul(BYTES_PER_BIN);
        let memory = values.saturating_add(bins).saturating_add(rows.saturating_mul(BYTES_PER_ROW));
        let plan =
            StepPlan::new(Resources::memory(memory).cores(ctx.threads)).output("trials", kinds::TRIALS, []);
        Ok(if params.psth_sigma_s.is_some() { plan.output("psth", kinds::NLB_PSTH, []) } else { plan })
    }

    fn run(&self, ctx: &RunContext, params: &CutParams, inputs: &Inputs) -> Result<StepOutput> {
        check_connected(params, inputs.optional("behaviour").is_some())?;
        let (spikes, intervals) = (inputs.required("spikes")?, inputs.required("intervals")?);
        let trials = events::trials(params, intervals, ctx.seed().child("jitter"))?;
        let (trains, held_out) = (spike_trains(spikes)?, held_out(params, spikes)?);
        let behaviours = params.behaviour.iter().map(|behaviour| match inputs.optional("behaviour") {
            Some(table) => Ok((behaviour, channels(params, behaviour, table)?)),
            None => Err(Error::internal("the input behaviour is not connected")),
        });
        let behaviours = behaviours.collect::<Result<Vec<_>>>()?;
        ctx.check_cancelled()?;
        let mut sessions = Vec::new();
        let mut dropped = 0;
        for (recording_id, trials) in &trials {
            let own = trains.iter().zip(&held_out).filter(|(train, _)| train.recording_id == recording_id);
            let mut session = Session {
                recording_id,
                trials: trials.clone(),
                trains: own.map(|(train, out)| (train, *out)).collect(),
                behaviours: behaviours
                    .iter()
                    .map(|(behaviour, all)| {
                        (*behaviour, all.get(recording_id).map_or(&[][..], Vec::as_slice))
                    })
                    .collect(),
            };
            dropped += session.drop_unobserved(params);
            check_session(params, &session)?;
            sessions.push(session);
        }
        ctx.check_cancelled()?;
        let output = StepOutput::new(summary(params, &sessions, dropped))
            .table("trials", tables::trials(params, &sessions, intervals)?);
        Ok(match tables::psth(params, &sessions)? {
            Some(psth) => output.table("psth", psth),
            None => output,
        })
    }
}

fn check_connected(params: &CutParams, connected: bool) -> Result<()> {
    if connected || params.behaviour.is_empty() {
        return Ok(());
    }
    Err(Error::params("behaviours are named, but the input that they are in is not connected")
        .at_object("behaviour")
        .hint("connect `behaviour`, or leave the parameter out"))
}

/// Whether each unit is held out: by its column, or by its name.
fn held_out(params: &CutParams, spikes: &Table) -> Result<Vec<bool>> {
    let names = spikes.text("unit_id")?;
    let mut held_out = held_out_by_column(params, spikes)?;
    for name in &params.held_out_units {
        let mut found = false;
        for (_, out) in held_out.iter_mut().enumerate().filter(|(row, _)| names.get(*row) == Some(name)) {
            (*out, found) = (true, true);
        }
        if !found {
            return Err(Error::data("a unit that is to be held out is not there")
                .at_object("held_out_units")
                .expected(format!("a unit of the spikes: {}", listed(spikes)?))
                .found(name.clone()));
        }
    }
    Ok(held_out)
}

/// Names of the units, each once.
fn listed(spikes: &Table) -> Result<String> {
    let names = spikes.text("unit_id")?;
    let all: std::collections::BTreeSet<&str> =
        (0..spikes.n_rows()).map(|row| names.get_or_empty(row)).collect();
    Ok(all.into_iter().collect::<Vec<_>>().join(", "))
}

fn held_out_by_column(params: &CutParams, spikes: &Table) -> Result<Vec<bool>> {
    if spikes.batch().column_by_name(&params.held_out).is_none() {
        return Ok(vec![false; spikes.n_rows()]);
    }
    if let Ok(flags) = spikes.bools(&params.held_out) {
        return Ok((0..spikes.n_rows()).map(|row| flags.is_valid(row) && flags.value(row)).collect());
    }
    let numbers = spikes.numbers(&params.held_out).map_err(|e| e.at_object("held_out"))?;
    Ok((0..spikes.n_rows()).map(|row| numbers.get(row).is_some_and(|value| value != 0.0)).collect())
}

fn check_session(params: &CutParams, session: &Session<'_>) -> Result<()> {
    let place = format!("recording {}", session.recording_id);
    if session.trains.is_empty() || session.trials.is_empty() {
        return Err(Error::data("a recording has no trial in which its units were observed")
            .at_object(place)
            .found(format!("{} units, {} trials", session.trains.len(), session.trials.len())));
    }
    let values = session.trains.len().saturating_mul(session.trials.len()).saturating_mul(params.n_bins());
    if values > MAX_VALUES {
        return Err(Error::params("too many bins for one table")
            .at_object(place)
            .expected(format!("at most {MAX_VALUES} counts"))
            .found(values.to_string())
            .hint("make `bin_s` wider, or the window shorter"));
    }
    Ok(())
}

fn summary(params: &CutParams, sessions: &[Session<'_>], dropped: usize) -> Summary {
    let trials = || sessions.iter().flat_map(|session| &session.trials);
    let units = || sessions.iter().flat_map(|session| &session.trains);
    let mut summary = Summary::default();
    for split in ["train", "valid", "test"] {
        summary =
            summary.count(format!("{split} trials"), trials().filter(|trial| trial.split == split).count());
    }
    summary = summary
        .count("held-in units", units().filter(|(_, out)| !out).count())
        .count("held-out units", units().filter(|(_, out)| *out).count())
        .count("observed bins", params.n_observed())
        .count("forward bins", params.n_bins() - params.n_observed());
    if dropped > 0 {
        summary = summary
            .warn(format!("{dropped} trials have bins in which units were not observed and are left out"));
    }
    if units().all(|(_, out)| !out) {
        summary = summary.warn(format!(
            "no unit is held out: the spikes have no column {:?} that is true of any, and `held_out_units` names none",
            params.held_out
        ));
    }
    summary
}
