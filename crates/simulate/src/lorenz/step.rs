//! `simulate.lorenz` as a step.

use ndarray::Axis;
use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;
use rayon::prelude::*;

use super::tables::{self, Population, n_trials};
use super::{Latents, LorenzParams, Readout, Split, figures, held_out, spike_counts, trials};

/// The step `simulate.lorenz`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LorenzStep;

/// Peak memory per value of the table: the counts, the column, and the column while it is written.
const BYTES_PER_VALUE: u64 = 16;
/// Peak memory per row of the table: its other columns, twice.
const BYTES_PER_ROW: u64 = 320;
/// Peak memory per step and condition: three states.
const BYTES_PER_STEP: u64 = 24;

impl Step for LorenzStep {
    type Params = LorenzParams;
    const ID: &'static str = "simulate.lorenz";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Spiking population driven by the Lorenz system, with true rates and latents",
            about: "Every condition is a start of the Lorenz system (Runge-Kutta of order 4), drawn at random and run \
                    onto the attractor. The states of all conditions are centred and scaled to at most 1; the rate of \
                    a unit is rate_hz exp(w . s), its weights w have sizes in [1, 2) and random signs. Trials are \
                    repeats of the conditions in random order, with Poisson counts of their own. Every random stream \
                    belongs to a condition, repeat or unit by name: more of them change none of the others.",
            reference: Some(
                "Lorenz 1963, J Atmos Sci 20:130; as a benchmark: Sussillo et al. 2016, arXiv 1608.06315; \
                 Pandarinath et al. 2018, Nat Methods 15:805",
            ),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required(
                    "trials",
                    kinds::TRIALS,
                    "Signals spike_count (1), rate_truth (Hz) and latent (1; units x, y, z), with `condition`",
                ),
                PortSpec::required("readout", kinds::TABLE, "Weights of x, y and z, a row per unit"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &LorenzParams, _: &PlannedInputs) -> Result<StepPlan> {
        let rows = params.n_rows();
        let values = rows.saturating_mul(params.n_bins as u64);
        let steps = (params.n_conditions as u64).saturating_mul(params.steps_per_trial() as u64);
        let memory = [(values, BYTES_PER_VALUE), (rows, BYTES_PER_ROW), (steps, BYTES_PER_STEP)];
        let memory =
            memory.into_iter().map(|(n, bytes)| n.saturating_mul(bytes)).fold(0, u64::saturating_add);
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output(
                "trials",
                kinds::TRIALS,
                [("recordings", 1), ("units", params.n_units as u64), ("rows", rows)],
            )
            .output("readout", kinds::TABLE, [("rows", params.n_units as u64)]))
    }

    fn run(&self, ctx: &RunContext, params: &LorenzParams, _: &Inputs) -> Result<StepOutput> {
        let population = simulate(ctx, params)?;
        Ok(StepOutput::new(summary(params, &population))
            .table("trials", tables::trials(params, &population)?)
            .table("readout", tables::readout(params, &population)?))
    }
}

fn simulate(ctx: &RunContext, params: &LorenzParams) -> Result<Population> {
    let seed = ctx.seed();
    let latents = Latents::simulate(ctx, params)?;
    let readout = Readout::draw(params.n_units, seed.child("readout"));
    let rates_hz = readout.rates(ctx, params, &latents)?;
    let trials = trials(params, seed.child("order"));
    let work = ctx.begin("trials", Some(trials.len() as u64));
    let counts = trials.par_iter().map(|trial| {
        ctx.check_cancelled()?;
        let rates_hz = rates_hz.index_axis(Axis(0), trial.condition);
        let counts = spike_counts(trial, rates_hz, params.bin_s, seed.child("spikes"));
        work.advance(1);
        Ok(counts)
    });
    let counts = counts.collect::<Result<Vec<_>>>()?;
    let held_out = held_out(params, seed.child("held_out"));
    Ok(Population { latents: latents.binned(params), rates_hz, readout, held_out, trials, counts })
}

fn summary(params: &LorenzParams, population: &Population) -> Summary {
    let spikes: f64 = population.counts.iter().flatten().map(|&count| f64::from(count)).sum();
    let time_s = params.n_trials() as f64 * params.n_bins as f64 * params.bin_s;
    Summary::default()
        .count("conditions", params.n_conditions)
        .count("train trials", n_trials(&population.trials, Split::Train))
        .count("valid trials", n_trials(&population.trials, Split::Valid))
        .count("held-in units", params.n_units - params.n_held_out())
        .count("held-out units", params.n_held_out())
        .number("mean rate", spikes / (time_s * params.n_units as f64), Unit::HERTZ)
        .number("mean true rate", population.rates_hz.mean().unwrap_or(0.0), Unit::HERTZ)
        .figure(figures::latents(params, population))
        .figure(figures::rates(params, population))
}
