//! `simulate.ring_attractor` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::network::mean_share;
use super::{Ring, RingParams, Samples, Simulation, figures, tables};
use crate::difference_rad;

/// The step `simulate.ring_attractor`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RingAttractorStep;

/// Steps between two boundaries: some ten milliseconds of work on a ring of 128 cells.
const BLOCK_STEPS: u64 = 10_000;
/// Peak memory per spike: its gap (in a vector that doubles), its time in the table, and the column while it is written.
const BYTES_PER_SPIKE: f64 = 40.0;
/// Peak memory per sample of the behaviour, which has two signals, reckoned as for spikes.
const BYTES_PER_SAMPLE: f64 = 64.0;
/// Wall time of a step on one core, and more for every cell of the ring; generous by a factor of three.
const SECONDS_PER_STEP: f64 = 2e-7;
const SECONDS_PER_STEP_AND_CELL: f64 = 3e-8;

impl Step for RingAttractorStep {
    type Params = RingParams;
    const ID: &'static str = "simulate.ring_attractor";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Head-direction cells of a ring attractor, with the true heading",
            about: "A ring of rate cells holds one bump of activity, which turning connections move along with the \
                    angular velocity of the head, an Ornstein-Uhlenbeck process, and landmarks pull to the true \
                    heading. Some cells are recorded: they emit Poisson spikes at their rate. Known are the heading, \
                    the place of the bump (the animal's belief) and the preferred direction of every unit. One long \
                    computation, Euler-Maruyama in steps of `dt_s`: it goes on from checkpoints.",
            reference: Some(
                "Zhang 1996, J Neurosci 16:2112; Skaggs, Knierim, Kudrimoti and McNaughton 1995, NIPS 7; \
                 connections: Ben-Yishai, Bar-Or and Sompolinsky 1995, PNAS 92:3844",
            ),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required(
                    "spikes",
                    kinds::SPIKES,
                    "Spike trains, with `preferred_rad`, the true preferred direction",
                ),
                PortSpec::required(
                    "behaviour",
                    kinds::BEHAVIOUR,
                    "`heading` of the head and `bump` of the ring, rad",
                ),
                PortSpec::required("recordings", kinds::RECORDINGS, "The recording"),
            ],
        }
    }

    fn plan(&self, _: &PlanContext, params: &RingParams, _: &PlannedInputs) -> Result<StepPlan> {
        let (units, samples) = (params.n_units as u64, params.n_samples());
        let spikes = most_spikes(params);
        let memory = spikes * BYTES_PER_SPIKE + samples as f64 * BYTES_PER_SAMPLE;
        let per_step = SECONDS_PER_STEP + SECONDS_PER_STEP_AND_CELL * params.ring_units as f64;
        let time_s = (params.n_steps() as f64 * per_step).ceil() as u64;
        let dims = [("recordings", 1), ("units", units), ("spikes", spikes as u64)];
        Ok(StepPlan::new(Resources::memory(memory as u64).time_s(1 + time_s))
            .output("spikes", kinds::SPIKES, dims)
            .output("behaviour", kinds::BEHAVIOUR, [("recordings", 1), ("samples", samples)])
            .output("recordings", kinds::RECORDINGS, [("recordings", 1), ("rows", 1)]))
    }

    fn run(&self, ctx: &RunContext, params: &RingParams, _: &Inputs) -> Result<StepOutput> {
        let ring = Ring::new(params);
        let simulation = simulate(ctx, params, &ring)?;
        Ok(StepOutput::new(summary(params, &ring, &simulation))
            .table("spikes", tables::spikes(params, &ring, &simulation)?)
            .table("behaviour", tables::behaviour(params, simulation.samples())?)
            .table("recordings", tables::recordings(params)?))
    }
}

/// The whole simulation, from its last checkpoint if there is one.
fn simulate(ctx: &RunContext, params: &RingParams, ring: &Ring) -> Result<Simulation> {
    let begin = || Simulation::new(params, ring, ctx.seed());
    let mut simulation: Simulation = ctx.resume()?.unwrap_or_else(begin);
    let n_steps = params.n_steps();
    let work = ctx.begin("ring attractor", Some(n_steps));
    work.advance(simulation.steps_done());
    while simulation.steps_done() < n_steps {
        ctx.boundary(&simulation)?;
        let block = BLOCK_STEPS.min(n_steps - simulation.steps_done());
        simulation.advance(params, ring, block);
        work.advance(block);
    }
    Ok(simulation)
}

/// More spikes than will hardly ever be: the rate of the bump over the ring, what noise adds to it where it is
/// rectified (at most 0.4 standard deviations), and chance.
fn most_spikes(params: &RingParams) -> f64 {
    let amplitude_hz = params.peak_rate_hz / (1.0 - params.half_width_rad.cos());
    let bump_hz = amplitude_hz * mean_share(params.half_width_rad);
    let rate_hz = bump_hz + 0.4 * params.noise_hz + params.baseline_rate_hz;
    let expected = rate_hz * params.duration_s * params.n_units as f64;
    1.2 * expected + 1000.0
}

fn summary(params: &RingParams, ring: &Ring, simulation: &Simulation) -> Summary {
    let n_spikes: usize = simulation.units(ring).map(|(_, train)| train.len()).sum();
    let rate_hz = n_spikes as f64 / (params.duration_s * params.n_units as f64);
    Summary::default()
        .count("units", params.n_units)
        .count("spikes", n_spikes)
        .number("duration", params.duration_s, Unit::SECOND)
        .number("mean rate", rate_hz, Unit::HERTZ)
        .number(
            "distance of the bump from the heading (root mean square)",
            compass_error(simulation.samples()),
            Unit::RADIAN,
        )
        .figure(figures::tracking(params, simulation.samples()))
        .figure(figures::raster(params, ring, simulation))
}

fn compass_error(samples: &Samples) -> f64 {
    let pairs = samples.bump_rad.iter().zip(&samples.heading_rad);
    let squares = pairs.map(|(&bump, &heading)| difference_rad(f64::from(bump), f64::from(heading)).powi(2));
    (squares.sum::<f64>() / samples.heading_rad.len().max(1) as f64).sqrt()
}
