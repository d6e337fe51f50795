//! `langevin.train`

mod figures;
mod landscape;
mod leak;
mod params;
mod tables;

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Seed, Step,
    StepOutput, StepPlan, Summary, Unit,
};
use neuroloom_table::kinds;

pub use params::{LeakCheck, TrainParams, Variant};

use crate::card::ModelCard;
use crate::engine::Accelerator;
use crate::model::Model;
use crate::potential::Potential;
use crate::trainer::{Fit, TrainOptions, Trainer};
use crate::trial_set::TrialSet;

/// `langevin.train`: fits a model to trials.
#[derive(Clone, Copy, Debug, Default)]
pub struct Train {
    /// What `device: gpu` means, where the program has it.
    accelerator: Option<&'static dyn Accelerator>,
}

impl Train {
    /// The step with what `device: gpu` means.
    pub fn on(accelerator: &'static dyn Accelerator) -> Self {
        Self { accelerator: Some(accelerator) }
    }
}

/// Peak memory besides what grows with sizes that are known: activations of a batch, and the trials in memory.
const BASE_BYTES: u64 = 256 << 20;

impl Step for Train {
    type Params = TrainParams;
    const ID: &'static str = "langevin.train";
    const VERSION: u32 = 2;
    const RANDOM: bool = true;

    fn describe(&self) -> Description {
        Description {
            title: "Fits LangevinFlow: latent dynamics of a spiking population",
            about: "A GRU reads the counts of the units that are held in; position z and velocity v of the latents start from \
                its first state and follow underdamped Langevin dynamics in a learned potential (z' = z + step v, \
                v' = (1 - gamma)(v - step dU/dz) + sqrt(2 gamma) e); a transformer reads z, v and the GRU's states and gives the log \
                rates of all units in all bins. Adam minimises the Poisson loss of entries that the encoder did not see (coordinated \
                dropout) plus the weighted divergence of the latents from their prior. The parameters of the best epoch on the trials to \
                validate are the result. A fit whose likelihood of validation trials exceeds that of the true rates, where these \
                are known, fails: it has copied the counts.",
            reference: Some(
                "Song, Keller, Yue, Perona & Welling 2025, Langevin flows for modeling neural latent dynamics, CCN, arXiv 2507.11531; \
                 coordinated dropout: Keshtkaran & Pandarinath 2019",
            ),
            inputs: vec![PortSpec::required(
                "trials",
                kinds::TRIALS,
                "Spike counts of trials to train and to validate; true rates where they are known",
            )],
            outputs: vec![
                PortSpec::required("model", kinds::LANGEVIN_MODEL, "The fitted model"),
                PortSpec::required("history", kinds::LANGEVIN_HISTORY, "What happened in every epoch"),
                PortSpec::required("potential", kinds::LANGEVIN_POTENTIAL, "Numbers of the potential"),
            ],
        }
    }

    fn plan(&self, ctx: &PlanContext, params: &TrainParams, inputs: &PlannedInputs) -> Result<StepPlan> {
        params.device.choose(self.accelerator)?;
        let trials = inputs.required("trials")?;
        let units = trials.dim("units").unwrap_or(200);
        let bytes = params.planned_bytes(units, trials.dim("rows").unwrap_or(0));
        Ok(StepPlan::new(Resources::memory(BASE_BYTES.saturating_add(bytes)).cores(ctx.threads))
            .output("model", kinds::LANGEVIN_MODEL, [("units", units)])
            .output("history", kinds::LANGEVIN_HISTORY, [("rows", u64::from(params.epochs))])
            .output("potential", kinds::LANGEVIN_POTENTIAL, []))
    }

    fn run(&self, ctx: &RunContext, params: &TrainParams, inputs: &Inputs) -> Result<StepOutput> {
        let mut set = TrialSet::read(inputs.required("trials")?, &params.read_options())?;
        set.check_for_training()?;
        let model = Model::new(params.model_options(), set.size);
        let options = params.train_options(set.of(crate::Split::Train).len(), &mut set.warnings);
        options.val_metric.check(&set)?;
        let accelerator = params.device.choose(self.accelerator)?;
        let seed = params.seed(ctx.seed());
        let fit = fit(ctx, accelerator, &model, &options, &set, seed)?;
        let leak = leak::check(ctx, params.leak_check, &model, &fit, &set)?;
        let card = ModelCard::new(&model, &set);
        Ok(StepOutput::new(summary(&model, &fit, &set, leak))
            .table("model", card.table(&model, &fit.parameters)?)
            .table("history", tables::history(&fit.history)?)
            .table("potential", tables::potential(&model, &fit.parameters)?))
    }
}

/// The whole fit, from its last checkpoint if there is one.
fn fit(
    ctx: &RunContext,
    accelerator: Option<&dyn Accelerator>,
    model: &Model,
    options: &TrainOptions,
    set: &TrialSet,
    seed: Seed,
) -> Result<Fit<f32>> {
    let mut trainer = match accelerator {
        None => Trainer::new(model, options, set, seed, ctx.resume()?),
        Some(accelerator) => {
            let engine = accelerator.engine(model, set, options)?;
            Trainer::on(engine, model, options, set, seed, ctx.resume()?)
        }
    };
    let work = ctx.begin("epochs", Some(u64::from(options.epochs)));
    work.advance(u64::from(trainer.state().epoch));
    while !trainer.is_done() {
        ctx.boundary(trainer.state())?;
        let record = trainer.epoch()?;
        work.note(&format!("validation {:.5}", record.val_nll));
        work.advance(1);
    }
    Ok(trainer.finish())
}

fn summary(model: &Model, fit: &Fit<f32>, set: &TrialSet, leak: leak::Leak) -> Summary {
    let nat = || Unit::parse("nat");
    let best = fit.history.iter().find(|record| record.epoch == fit.epoch);
    let mut summary = Summary::default()
        .count("parameters", model.layout().len())
        .count("epochs", fit.history.len())
        .count("epoch of the result", fit.epoch as usize);
    if let Some(record) = best {
        summary = summary.number("validation loss per entry", record.val_nll, nat()).number(
            "divergence per trial, without its constant",
            record.kl,
            nat(),
        );
    }
    summary = leak.describe(summary);
    if let Some(growth) = tables::growth(model, &fit.parameters) {
        summary = summary.number("growth of latents over a trial, without noise", growth, Unit::ONE);
        if growth > tables::LARGEST_GROWTH {
            summary = summary.warn(format!(
                "without noise the latents grow by a factor of {growth:.1} over a trial: the potential does not confine them"
            ));
        }
    }
    if fit.n_rollbacks > 0 {
        summary = summary.warn(format!(
            "went back {} times to where numbers were finite, with half the learning rate",
            fit.n_rollbacks
        ));
    }
    let summary = set.warnings.iter().fold(summary, Summary::warn);
    let summary = summary.figure(figures::loss_curves(&fit.history));
    match model.potential() {
        Potential::None => summary,
        _ => summary.figure(landscape::potential(model, &fit.parameters)),
    }
}
