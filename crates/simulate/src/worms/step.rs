//! `simulate.worms` as a step.

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;
use rayon::prelude::*;

use super::{Animal, Motif, WormsParams, figures, motifs, tables};

/// The step `simulate.worms`.
#[derive(Clone, Copy, Debug, Default)]
pub struct WormsStep;

/// Peak memory per sample: the traces, the column, and the column while it is sorted or written.
const BYTES_PER_SAMPLE: u64 = 20;
/// Peak memory per row of a table: its other columns, twice.
const BYTES_PER_ROW: u64 = 400;

impl Step for WormsStep {
    type Params = WormsParams;
    const ID: &'static str = "simulate.worms";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Calcium traces of several animals with planted motifs",
            about: "A motif is a group of neurons that are active together, in intervals and animals of its own. At \
                    each of its events (a Poisson train within its intervals) its neurons rise on a line over \
                    rise_frames and decay exponentially, with weights of neurons and gains of animals between 0.5 \
                    and 1 and times that jitter. Events are at the same times in all animals, as if a stimulus \
                    caused them. Every neuron also has events of its own, and noise. Some neurons of each animal \
                    are not identified: they are called by a number, is_labeled is false, and the column neuron has \
                    the truth. Every random stream belongs to a motif or to a neuron of an animal by name: more of \
                    them change none of the others.",
            reference: Some("for the question: Dyballa et al. 2024, ICLR, arXiv 2402.14102"),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required("traces", kinds::TRACES, "Signal dff (1), with `neuron` and `is_labeled`"),
                PortSpec::required("recordings", kinds::RECORDINGS, "The animals"),
                PortSpec::required(
                    "motif_neurons",
                    kinds::TABLE,
                    "Truth: neurons of every motif, with weights",
                ),
                PortSpec::required(
                    "motif_animals",
                    kinds::TABLE,
                    "Truth: animals of every motif, with gains",
                ),
                PortSpec::required(
                    "intervals",
                    kinds::INTERVALS,
                    "Truth: intervals of every motif in every animal that has it",
                ),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &WormsParams, _: &PlannedInputs) -> Result<StepPlan> {
        let worms = params.n_worms as u64;
        let rows = worms.saturating_mul(params.n_neurons as u64);
        let samples = rows.saturating_mul(params.n_frames as u64);
        let truth = (params.n_motifs as u64).saturating_mul(
            (params.motif_neurons as u64).saturating_add(worms.saturating_mul(params.n_intervals as u64)),
        );
        let memory = samples
            .saturating_mul(BYTES_PER_SAMPLE)
            .saturating_add(rows.saturating_add(truth).saturating_mul(BYTES_PER_ROW));
        let sizes =
            [("recordings", worms), ("units", rows), ("samples", params.n_frames as u64), ("rows", rows)];
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("traces", kinds::TRACES, sizes)
            .output("recordings", kinds::RECORDINGS, [("recordings", worms), ("rows", worms)])
            .output("motif_neurons", kinds::TABLE, [])
            .output("motif_animals", kinds::TABLE, [])
            .output("intervals", kinds::INTERVALS, [("recordings", worms)]))
    }

    fn run(&self, ctx: &RunContext, params: &WormsParams, _: &Inputs) -> Result<StepOutput> {
        let motifs = motifs(params, ctx.seed().child("motifs"));
        let work = ctx.begin("animals", Some(params.n_worms as u64));
        let animals = (0..params.n_worms).into_par_iter().map(|worm| {
            ctx.check_cancelled()?;
            let animal = Animal::simulate(worm, params, &motifs, ctx.seed().child("animals"));
            work.advance(1);
            Ok(animal)
        });
        let animals = animals.collect::<Result<Vec<_>>>()?;
        Ok(StepOutput::new(summary(params, &motifs, &animals))
            .table("traces", tables::traces(params, animals)?)
            .table("recordings", tables::recordings(params)?)
            .table("motif_neurons", tables::motif_neurons(params, &motifs)?)
            .table("motif_animals", tables::motif_animals(params, &motifs)?)
            .table("intervals", tables::intervals(params, &motifs)?))
    }
}

fn summary(params: &WormsParams, motifs: &[Motif], animals: &[Animal]) -> Summary {
    let unidentified = animals.iter().flat_map(|animal| &animal.identified).filter(|known| !**known).count();
    let events = motifs.iter().map(|motif| motif.events.len()).sum();
    let summary = Summary::default()
        .count("animals", params.n_worms)
        .count("neurons", params.n_neurons)
        .count("unidentified neurons of all animals", unidentified)
        .count("motifs", motifs.len())
        .count("events of motifs", events)
        .number("duration", params.dt_s * params.n_frames as f64, Unit::SECOND)
        .figure(figures::motifs(params, motifs));
    animals.iter().take(1).map(|animal| figures::traces(params, animal)).fold(summary, Summary::figure)
}
