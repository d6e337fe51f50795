//! `langevin.infer`

mod figures;
mod params;
mod score_table;
mod tables;

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, Summary,
};
use neuroloom_table::kinds;

pub use params::InferParams;

use crate::card::ModelCard;
use crate::engine::Accelerator;
use crate::model::Model;
use crate::predict::{LatentSource, predict};
use crate::trial_set::TrialSet;
use score_table::Score;

/// `langevin.infer`: rates and latents of trials under a fitted model.
#[derive(Clone, Copy, Debug, Default)]
pub struct Infer {
    /// What `device: gpu` means, where the program has it.
    accelerator: Option<&'static dyn Accelerator>,
}

impl Infer {
    /// The step with what `device: gpu` means.
    pub fn on(accelerator: &'static dyn Accelerator) -> Self {
        Self { accelerator: Some(accelerator) }
    }
}

const BASE_BYTES: u64 = 256 << 20;
/// Peak memory per row of trials: values of 100 bins in memory, averaged, and in the tables that come out.
const BYTES_PER_ROW: u64 = 100 * 64;

impl Step for Infer {
    type Params = InferParams;
    const ID: &'static str = "langevin.infer";
    const VERSION: u32 = 2;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Rates and latents of trials under a LangevinFlow model",
            about: "The latents of every trial are drawn `samples` times; the log rates (or rates) of the draws are averaged. Units that were \
                held out when the model was fitted, and bins behind the observed ones, are predicted. Scores compare the rates with the counts, \
                as gain in log likelihood over the units' mean counts in bits per spike, and with the true rates where these are known. \
                `latents: prior` draws the latents without the data: what the rates lose is what the latents carry.",
            reference: Some("Scores: Pei et al. 2021, Neural Latents Benchmark, arXiv 2109.04463"),
            inputs: vec![
                PortSpec::required("model", kinds::LANGEVIN_MODEL, "The fitted model"),
                PortSpec::required(
                    "trials",
                    kinds::TRIALS,
                    "Spike counts of the units that the model is for",
                ),
            ],
            outputs: vec![
                PortSpec::required("rates", kinds::TRIALS, "Signals rate and rate_sd (Hz)"),
                PortSpec::required("latents", kinds::TRIALS, "Signals position, velocity and encoder"),
                PortSpec::required("scores", kinds::LANGEVIN_SCORES, "Scores of every split"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &InferParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        params.device.choose(self.accelerator)?;
        let rows = inputs.required("trials")?.dim("rows").unwrap_or(0);
        let units = inputs.required("trials")?.dim("units").unwrap_or(1);
        let latent_rows = rows.saturating_mul(if params.latents { 200 } else { 0 }) / units.max(1);
        let bytes = rows.saturating_add(latent_rows).saturating_mul(BYTES_PER_ROW);
        Ok(StepPlan::new(Resources::memory(BASE_BYTES.saturating_add(bytes)).cores(ctx.threads))
            .output("rates", kinds::TRIALS, [("units", units)])
            .output("latents", kinds::TRIALS, [])
            .output("scores", kinds::LANGEVIN_SCORES, [("rows", 18)]))
    }

    fn run(&self, ctx: &RunContext, params: &InferParams, inputs: &Inputs) -> Result<StepOutput> {
        let (card, model, parameters) = ModelCard::read(inputs.required("model")?)?;
        let set = TrialSet::read(inputs.required("trials")?, &params.read_options())?;
        check_fit(&card, &set)?;
        check_source(params, &model)?;
        let trials: Vec<u32> = (0..set.trials.len() as u32).collect();
        let options = params.options();
        let prediction = match params.device.choose(self.accelerator)? {
            None => predict(&model, &parameters, &set, &trials, &options, ctx.seed()),
            Some(accelerator) => {
                accelerator.predict(&model, &parameters, &set, &trials, &options, ctx.seed())?
            }
        };
        ctx.check_cancelled()?;
        let scores = score_table::scores(&set, &prediction.rate_counts);
        let dim = card.options.hidden;
        let mut summary = summary(&scores).figure(figures::rates(&set, &prediction));
        if let Some(figure) = figures::latents(&set, &prediction, dim) {
            summary = summary.figure(figure);
        }
        let latents = if params.latents { &prediction.latents[..] } else { &[] };
        Ok(StepOutput::new(set.warnings.iter().fold(summary, Summary::warn))
            .table("rates", tables::rates(&set, &prediction)?)
            .table("latents", tables::latents(&set, latents, dim)?)
            .table("scores", score_table::table(&scores)?))
    }
}

/// Whether the model has what is asked of it.
fn check_source(params: &InferParams, model: &Model) -> Result<()> {
    if params.latents_from == LatentSource::Prior && !model.has_latents() {
        return Err(Error::data("the model has no latents that could come from the prior")
            .at_object("latents_from")
            .expected("a model whose decoder sees latents")
            .found("decoder_input: encoder")
            .hint("leave `latents_from` out"));
    }
    Ok(())
}

/// Whether a model is for such trials.
fn check_fit(card: &ModelCard, set: &TrialSet) -> Result<()> {
    let wrong = |what: &str, expected: String, found: String| {
        Error::data(format!("the model is for trials with other {what}"))
            .at_object(what)
            .expected(expected)
            .found(found)
            .hint("give the trials that it was fitted to, or others of the same units and bins")
    };
    if card.units != set.units || card.size.n_in != set.size.n_in {
        let words = |units: &[String], n_in: usize| {
            let (seen, held_out) = units.split_at(n_in.min(units.len()));
            format!("held in: {}; held out: {}", seen.join(", "), held_out.join(", "))
        };
        return Err(wrong("units", words(&card.units, card.size.n_in), words(&set.units, set.size.n_in)));
    }
    if card.size != set.size || (card.dt_s - set.dt_s).abs() > 1e-9 * card.dt_s {
        let words = |n_bins: usize, n_observed: usize, dt_s: f64| {
            format!("{n_bins} bins of {dt_s} s, {n_observed} of them observed")
        };
        return Err(wrong(
            "bins",
            words(card.size.n_bins, card.size.n_observed, card.dt_s),
            words(set.size.n_bins, set.size.n_observed, set.dt_s),
        ));
    }
    Ok(())
}

fn summary(scores: &[Score]) -> Summary {
    let mut summary = Summary::default();
    for score in scores {
        let unit = score.unit();
        let name = format!("{} ({})", score.metric, score.split.name());
        summary = match score.value {
            Some(value) => summary.number(&name, value, unit.clone()),
            None => summary.warn(format!("{name} is not known: there is no spike to score, or no variance")),
        };
        if let Some(truth) = score.truth {
            summary = summary.number(format!("{name} of the true rates"), truth, unit);
        }
    }
    summary
}
