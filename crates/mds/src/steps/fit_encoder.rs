//! `mds.fit_encoder`

mod figures;
mod params;
mod recording;
mod tables;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary, Unit as Units,
};
use neuroloom_table::kinds;

pub use params::FitEncoderParams;

use crate::card::EncoderCard;
use crate::fit::{EncoderFit, EncoderTrainer, FitOptions, UnitQuality, quality};
use crate::network::{Network, NetworkSpec};
use recording::Recording;

/// The step `mds.fit_encoder`.
#[derive(Clone, Copy, Debug, Default)]
pub struct FitEncoderStep;

impl Step for FitEncoderStep {
    type Params = FitEncoderParams;
    const ID: &'static str = "mds.fit_encoder";
    const VERSION: u32 = 1;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "An encoder: a model that predicts the responses of many neurons to any stimulus",
            about: "Convolutions in space and time give features that all neurons share; every neuron weights them at its own \
                    place on the screen, and a softplus makes a rate of it. Where calcium was recorded, an exponential low \
                    pass stands between rate and recording. Adam (over chunks of the training movies) or L-BFGS (over all of \
                    them) minimises the squared error or the Poisson loss, with smooth filters and sparse weights; the parameters of the epoch that \
                    predicted the last part of the movies best are the result. `ln` is blind to ON-OFF cells, to \
                    cells selective for direction and to cells that contrast suppresses; `lnln` sees them in part.",
            reference: Some(
                "Hoefling et al. 2024, eLife 13:RP86860 (separable convolutions); Schoppe et al. 2016, Front Comput \
                 Neurosci 10:10 (noise ceiling)",
            ),
            inputs: vec![
                PortSpec::required("responses", kinds::STIMULUS_RESPONSES, "Responses to the movies"),
                PortSpec::required(
                    "stimuli",
                    kinds::STIMULI,
                    "The movies: those of the split `train` are fitted, those of `test` judge",
                ),
                PortSpec::optional(
                    "units",
                    kinds::STIMULUS_UNITS,
                    "Where the receptive fields are; without it, all are looked for from the middle",
                ),
            ],
            outputs: vec![
                PortSpec::required("encoder", kinds::MDS_ENCODER, "The encoder"),
                PortSpec::required("history", kinds::MDS_HISTORY, "How the fit went"),
                PortSpec::required("quality", kinds::MDS_QUALITY, "How well it predicts the test movies"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &FitEncoderParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        let responses = inputs.required("responses")?;
        let units = responses.dim("units").unwrap_or(1000);
        let frames = inputs.required("stimuli")?.dim("samples").unwrap_or(10_000);
        Ok(StepPlan::new(Resources::memory(params.planned_bytes(units, frames)).cores(ctx.threads))
            .output("encoder", kinds::MDS_ENCODER, [("units", units)])
            .output("history", kinds::MDS_HISTORY, [("rows", u64::from(params.epochs))])
            .output("quality", kinds::MDS_QUALITY, [("units", units), ("rows", units)]))
    }

    fn run(&self, ctx: &RunContext, params: &FitEncoderParams, inputs: &Inputs) -> Result<StepOutput> {
        let recording = Recording::read(
            inputs.required("responses")?,
            inputs.required("stimuli")?,
            inputs.optional("units"),
        )?;
        let [channels, height, width] = recording.movies.screen;
        let spec = NetworkSpec {
            channels,
            height,
            width,
            layers: params.layers(),
            n_units: recording.units.len(),
            mask: params.mask,
        };
        let network = Network::new(spec)?;
        let options = params.options(recording.dt_s, recording.has_places);
        let fit = fit(ctx, &network, &options, &recording)?;
        let quality = quality(&network, &options, &fit.parameters, &recording.movies);
        let card = EncoderCard {
            network: network.spec().clone(),
            dt_s: recording.dt_s,
            calcium_tau_s: params.calcium_tau_s,
            units: recording.units.clone(),
        };
        Ok(StepOutput::new(summary(&network, &fit, &recording, &quality))
            .table("encoder", card.table(&network, &fit.parameters)?)
            .table("history", tables::history(&fit.history)?)
            .table("quality", tables::quality(&recording.units, &quality)?))
    }
}

/// The whole fit, from its last checkpoint if there is one.
fn fit(
    ctx: &RunContext,
    network: &Network,
    options: &FitOptions,
    recording: &Recording,
) -> Result<EncoderFit<f32>> {
    let (movies, places) = (&recording.movies, &recording.places);
    let mut trainer = EncoderTrainer::new(network, options, movies, places, ctx.seed(), ctx.resume()?)?;
    let work = ctx.begin("epochs", Some(u64::from(options.epochs)));
    work.advance(u64::from(trainer.state().epoch));
    while !trainer.is_done() {
        ctx.boundary(trainer.state())?;
        let record = trainer.epoch()?;
        work.note(&format!("validation {:.5}", record.valid_loss));
        work.advance(1);
    }
    Ok(trainer.finish())
}

fn summary(
    network: &Network,
    fit: &EncoderFit<f32>,
    recording: &Recording,
    quality: &[UnitQuality],
) -> Summary {
    let mut summary = Summary::default()
        .count("neurons", recording.units.len())
        .count("parameters", network.layout().len())
        .count("epochs", fit.history.len())
        .count("epoch of the result", fit.epoch as usize);
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    if let Some(value) = median(quality.iter().map(|one| one.correlation).collect()) {
        summary = summary.number("test correlation (median)", value, Units::ONE);
    }
    if let Some(value) = median(quality.iter().filter_map(|one| one.ceiling).collect()) {
        summary = summary.number("noise ceiling (median)", value, Units::ONE);
    }
    if !recording.constant.is_empty() {
        let names: Vec<String> = recording.constant.iter().map(|(_, unit)| unit.clone()).collect();
        summary = summary.warn(format!("left out, their responses never change: {}", names.join(", ")));
    }
    let summary = summary.figure(figures::losses(&fit.history));
    let summary = summary.figure(figures::filters(network, &fit.parameters, recording.dt_s));
    if quality.is_empty() { summary } else { summary.figure(figures::quality(quality)) }
}
