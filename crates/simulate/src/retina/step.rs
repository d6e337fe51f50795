//! `simulate.retina` as a step.

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed,
    Step, StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

use super::figures;
use super::params::RetinaParams;
use super::population::{Noise, Retina};
use super::stimuli::{Stimulus, stimuli};
use super::tables::{self, Presentation};
use crate::names::unit_ids;

/// The step `simulate.retina`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RetinaStep;

/// Peak memory per frame and cell while the longest stimulus is filtered, per sample and per pixel.
const BYTES_PER_FILTERED: u64 = 64;
const BYTES_PER_SAMPLE: u64 = 24;
const BYTES_PER_PIXEL: u64 = 40;

impl Step for RetinaStep {
    type Params = RetinaParams;
    const ID: &'static str = "simulate.retina";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Retinal ganglion cells of known types, under movies, a chirp and bars",
            about: "ON and OFF cells, transient and sustained, small and large; ON-OFF cells, cells selective for \
                    direction, and cells suppressed by contrast. Within a type, receptive fields, time constants, \
                    thresholds and gains vary from cell to cell. On a screen with colour (green and UV) \
                    there are cells that hold one against the other. The cells see movies that drift over images with a \
                    1/f spectrum, a chirp and bars in 8 directions; recorded is a slow calcium signal with noise. \
                    Known are the types and every parameter of every cell (`cells`).",
            reference: Some(
                "for the types: Baden et al. 2016, Nature 529:345; motion energy: Adelson and Bergen 1985, J Opt \
                 Soc Am A 2:284",
            ),
            inputs: Vec::new(),
            outputs: vec![
                PortSpec::required("responses", kinds::STIMULUS_RESPONSES, "Recordings of all cells"),
                PortSpec::required("stimuli", kinds::STIMULI, "What they were shown"),
                PortSpec::required("units", kinds::STIMULUS_UNITS, "Where the receptive fields are"),
                PortSpec::required("known_types", kinds::CELL_TYPES, "Truth: the type of every cell"),
                PortSpec::required("cells", kinds::RETINA_CELLS, "Truth: the parameters of every cell"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &RetinaParams, _: &PlannedInputs) -> Result<StepPlan> {
        let cells = params.n_cells() as u64;
        let longest = (params.train_clips as u64 * super::movie::CLIP_FRAMES as u64).max(720);
        let memory = [
            longest.saturating_mul(cells).saturating_mul(BYTES_PER_FILTERED),
            params.n_samples().saturating_mul(cells).saturating_mul(BYTES_PER_SAMPLE),
            params.n_frames().saturating_mul(params.grid().n_values() as u64).saturating_mul(BYTES_PER_PIXEL),
        ];
        let memory = memory.into_iter().fold(0, u64::saturating_add);
        let units = [("recordings", 1), ("units", cells), ("rows", cells)];
        Ok(StepPlan::new(Resources::memory(memory).cores(ctx.threads))
            .output("responses", kinds::STIMULUS_RESPONSES, [("recordings", 1), ("units", cells)])
            .output("stimuli", kinds::STIMULI, [("samples", longest)])
            .output("units", kinds::STIMULUS_UNITS, units)
            .output("known_types", kinds::CELL_TYPES, units)
            .output("cells", kinds::RETINA_CELLS, units))
    }

    fn run(&self, ctx: &RunContext, params: &RetinaParams, _: &Inputs) -> Result<StepOutput> {
        let stimuli = stimuli(params, ctx.seed());
        ctx.check_cancelled()?;
        let Some(training) = stimuli.first() else { return Err(Error::internal("a retina without a movie")) };
        let retina = Retina::new(params, training.frames.view(), ctx.seed());
        let task = ctx.begin("stimuli", Some(stimuli.len() as u64));
        let mut shown = Vec::new();
        for stimulus in &stimuli {
            ctx.check_cancelled()?;
            shown.extend(present(&retina, stimulus, params.noise(), ctx.seed()));
            task.advance(1);
        }
        let summary = summary(params, &retina, &stimuli);
        let ids: Vec<String> = unit_ids(retina.cells.len()).collect();
        Ok(StepOutput::new(summary)
            .table("responses", tables::responses(&params.recording_id, &ids, params.dt_s(), shown)?)
            .table("stimuli", tables::stimuli(params, &stimuli)?)
            .table("units", tables::units(&params.recording_id, &retina)?)
            .table("known_types", tables::known_types(&params.recording_id, &retina)?)
            .table("cells", tables::cells(&params.recording_id, &retina)?))
    }
}

/// All repeats of a stimulus.
fn present<'a>(
    retina: &'a Retina,
    stimulus: &'a Stimulus,
    noise: Noise,
    seed: Seed,
) -> impl Iterator<Item = Presentation> + 'a {
    let calcium = retina.calcium(stimulus.frames.view(), false);
    let seed = seed.child("recording").child(&stimulus.id);
    (0..stimulus.repeats).map(move |repeat| Presentation {
        stimulus_id: stimulus.id.clone(),
        repeat,
        traces: retina.record(&calcium, noise, seed.child_index(repeat as u64)),
    })
}

fn summary(params: &RetinaParams, retina: &Retina, stimuli: &[Stimulus]) -> Summary {
    let types = params.counts().values().filter(|count| **count > 0).count();
    let frames: usize = stimuli.iter().map(|stimulus| stimulus.repeats * stimulus.frames.nrows()).sum();
    let summary = Summary::default()
        .count("cells", retina.cells.len())
        .count("types", types)
        .count("stimuli", stimuli.len())
        .number("time on the screen", frames as f64 * params.dt_s(), Unit::SECOND);
    figures::all(params, retina).into_iter().fold(summary, Summary::figure)
}
