//! `simulate.bicluster` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_math::Contingency;
use neuroloom_table::kinds;

use super::{BiclusterParams, Simulation, figures, tables};

/// The step `simulate.bicluster`.
#[derive(Clone, Copy, Debug, Default)]
pub struct BiclusterStep;

/// Peak memory per count: itself, its expectation, both as samples and while they are written.
const BYTES_PER_COUNT: u64 = 48;
/// Peak memory per latent and bin: as drawn, as used, in the table, and errors of a state.
const BYTES_PER_LATENT: u64 = 48;

impl Step for BiclusterStep {
    type Params = BiclusterParams;
    const ID: &'static str = "simulate.bicluster";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Spike counts of neuron clusters with latents that switch between states",
            about: "Every cluster has a population baseline mu and p latents x. All of them move by X_{t+1} = A X_t + \
                    e, e ~ N(0, q I); A depends on the state, which is a hundredth of the identity in state 0 and \
                    a rotation of every cluster in a plane of its own, times `growth`, in the others. The expected \
                    count of a neuron is exp(d + mu + c' x) with d and c of its own; counts are negative binomial \
                    or Poisson. Latents are then centred and turned to their principal axes, which leaves expected \
                    counts as they are. A realisation with a count above 1000 is refused, and the next one taken. \
                    `setting` names the numbers of the paper and harder ones; every number can be given on its own.",
            reference: Some("Wei, arXiv 2309.02213"),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required("counts", kinds::TRACES, "Signal spike_count (1); missing counts are NaN"),
                PortSpec::required(
                    "units",
                    kinds::TABLE,
                    "Truth: cluster, baseline d, loadings c and dispersion r of every neuron",
                ),
                PortSpec::required(
                    "states",
                    kinds::TABLE,
                    "Truth: state of every bin, which drives the step to the next; and what a smoother that knows the \
                     latents makes of it",
                ),
                PortSpec::required("epochs", kinds::INTERVALS, "Truth: visits to states, as intervals"),
                PortSpec::required("latents", kinds::TABLE, "Truth: latents of every cluster in every bin"),
                PortSpec::required("rates", kinds::TRACES, "Truth: signal expected_count (1)"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &BiclusterParams, _: &PlannedInputs) -> Result<StepPlan> {
        let generator = params.generator();
        let (units, bins) = (generator.n_units() as u64, generator.n_bins as u64);
        let latents = generator.n_dimensions() as u64;
        let drawn = bins.saturating_add(generator.burn_in_bins as u64);
        let memory = units
            .saturating_mul(bins)
            .saturating_mul(BYTES_PER_COUNT)
            .saturating_add(latents.saturating_mul(drawn).saturating_mul(BYTES_PER_LATENT));
        let signal = [("recordings", 1), ("units", units), ("samples", bins), ("rows", units)];
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("counts", kinds::TRACES, signal)
            .output("units", kinds::TABLE, [("rows", units)])
            .output("states", kinds::TABLE, [("rows", bins)])
            .output("epochs", kinds::INTERVALS, [("recordings", 1)])
            .output("latents", kinds::TABLE, [("rows", latents)])
            .output("rates", kinds::TRACES, signal))
    }

    fn run(&self, ctx: &RunContext, params: &BiclusterParams, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let simulation = Simulation::draw(&params.generator(), ctx.seed())?;
        Ok(StepOutput::new(summary(params, &simulation))
            .table("counts", tables::counts(params, &simulation)?)
            .table("units", tables::units(params, &simulation)?)
            .table("states", tables::states(params, &simulation)?)
            .table("epochs", tables::epochs(params, &simulation)?)
            .table("latents", tables::latents(params, &simulation)?)
            .table("rates", tables::rates(params, &simulation)?))
    }
}

fn summary(params: &BiclusterParams, simulation: &Simulation) -> Summary {
    let total: u64 = simulation.counts.iter().map(|&count| u64::from(count)).sum();
    let missing = simulation.missing.iter().filter(|missing| **missing).count();
    let ceiling = Contingency::new(&simulation.ceiling_states(), &simulation.states);
    let summary = Summary::default()
        .count("neurons", simulation.labels.len())
        .count("clusters", simulation.generator.n_per.len())
        .count("bins", simulation.states.len())
        .count("visits to states", simulation.states.chunk_by(|a, b| a == b).count())
        .count("missing counts", missing)
        .number("mean count", total as f64 / simulation.counts.len() as f64, Unit::ONE)
        .number("ARI of states found by one who knows the latents", ceiling.adjusted_rand_index(), Unit::ONE)
        .figure(figures::counts(params, simulation))
        .figure(figures::latents(params, simulation));
    match simulation.n_refused {
        0 => summary,
        n => {
            summary.warn(format!("{n} realisations had a count above 1000 and were refused before this one"))
        }
    }
}
