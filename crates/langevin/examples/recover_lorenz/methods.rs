//! What predicts rates.

use std::error::Error;

use neuroloom_core::{Inputs, Seed, Step, Table};
use neuroloom_langevin::options::DecoderInput;
use neuroloom_langevin::{Infer, InferParams, Train, TrainParams};
use neuroloom_nlb::baselines::{
    ConditionMeanParams, ConditionMeanStep, FactorAnalysisParams, FactorAnalysisStep, SmoothRatesParams,
    SmoothRatesStep,
};

use crate::context;

/// Draws of the latents: more change the scores in the fourth place.
const SAMPLES: u32 = 20;

type Rates = fn(Seed, &TrainParams, &Table) -> Result<Table, Box<dyn Error>>;

pub struct Method {
    pub name: &'static str,
    pub rates: Rates,
}

/// LangevinFlow alone, or with what it has to beat.
pub fn all(compare: bool) -> Vec<Method> {
    let method = |(name, rates): (&'static str, Rates)| Method { name, rates };
    let own: [(&'static str, Rates); 1] = [("langevin", langevin)];
    let others: [(&'static str, Rates); 4] =
        [("gru", autoencoder), ("smooth", smooth), ("factors", factors), ("condition", condition_mean)];
    own.into_iter().chain(others.into_iter().filter(|_| compare)).map(method).collect()
}

fn langevin(root: Seed, train: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    fitted(root, train, trials)
}

fn autoencoder(root: Seed, train: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    fitted(root, &TrainParams { decoder_input: DecoderInput::Encoder, ..train.clone() }, trials)
}

fn fitted(root: Seed, train: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    let inputs = Inputs::new([("trials".to_owned(), trials.clone())]);
    let fit = Train::default().run(&context(root, "fit"), train, &inputs)?;
    for metric in &fit.summary.metrics {
        eprintln!("{}: {:?}", metric.name, metric.value);
    }
    fit.summary.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    let model = fit.tables.get("model").ok_or("no model")?.clone();
    let inputs = Inputs::new([("trials".to_owned(), trials.clone()), ("model".to_owned(), model)]);
    let params = InferParams { latents: false, samples: SAMPLES, ..InferParams::default() };
    let output = Infer::default().run(&context(root, "infer"), &params, &inputs)?;
    Ok(output.tables.get("rates").ok_or("no rates")?.clone())
}

fn smooth(root: Seed, _: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    baseline(&SmoothRatesStep, &SmoothRatesParams::default(), root, trials)
}

fn factors(root: Seed, _: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    // The Lorenz system has three state variables.
    let params = FactorAnalysisParams { n_factors: 3, ..FactorAnalysisParams::default() };
    baseline(&FactorAnalysisStep, &params, root, trials)
}

fn condition_mean(root: Seed, _: &TrainParams, trials: &Table) -> Result<Table, Box<dyn Error>> {
    baseline(&ConditionMeanStep, &ConditionMeanParams::default(), root, trials)
}

fn baseline<S: Step>(
    step: &S,
    params: &S::Params,
    root: Seed,
    trials: &Table,
) -> Result<Table, Box<dyn Error>> {
    let inputs = Inputs::new([("trials".to_owned(), trials.clone())]);
    let output = step.run(&context(root, "baseline"), params, &inputs)?;
    Ok(output.tables.get("rates").ok_or("no rates")?.clone())
}
