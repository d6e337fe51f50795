//! Fits a model to a population that the Lorenz system drives, and scores it beside the true rates.
//!
//! `cargo run --release -p neuroloom-langevin --example fit_lorenz [TRAIN_PARAMS.json] [LORENZ_PARAMS.json] [SEED]`; both files may be `-`.

use std::error::Error;

use neuroloom_core::{CancelToken, Inputs, NoProgress, RunContext, Seed, Step, StepParams, files};
use neuroloom_langevin::{Infer, InferParams, LatentSource, Train, TrainParams};
use neuroloom_simulate::lorenz::{LorenzParams, LorenzStep};
use neuroloom_table::Columns;

fn main() -> Result<(), Box<dyn Error>> {
    let train: TrainParams = argument(1)?;
    let lorenz: LorenzParams = argument(2)?;
    let seed: u64 = std::env::args().nth(3).map_or(Ok(1), |seed| seed.parse())?;
    let root = Seed::root(seed);
    let context = |name: &str| {
        RunContext::new("", 1, root.child(name), std::sync::Arc::new(NoProgress), CancelToken::default())
    };
    let population = LorenzStep.run(&context("population"), &lorenz, &Inputs::default())?;
    let trials = population.tables.get("trials").ok_or("no trials")?.clone();
    let fit = Train::default().run(
        &context("fit"),
        &train,
        &Inputs::new([("trials".to_owned(), trials.clone())]),
    )?;
    for metric in &fit.summary.metrics {
        println!("{}: {:?}", metric.name, metric.value);
    }
    fit.summary.warnings.iter().for_each(|warning| println!("warning: {warning}"));
    let model = fit.tables.get("model").ok_or("no model")?.clone();
    for latents_from in [LatentSource::Posterior, LatentSource::Prior] {
        let params = InferParams { latents_from, latents: false, samples: 20, ..InferParams::default() };
        let inputs =
            Inputs::new([("trials".to_owned(), trials.clone()), ("model".to_owned(), model.clone())]);
        let scores = Infer::default().run(&context("infer"), &params, &inputs)?;
        let scores = scores.tables.get("scores").ok_or("no scores")?;
        let (split, metric) = (scores.text("split")?, scores.text("metric")?);
        let (value, truth) = (scores.numbers("value")?, scores.numbers("truth")?);
        for row in 0..scores.n_rows() {
            let (value, truth) = (value.get(row).unwrap_or(f64::NAN), truth.get(row).unwrap_or(f64::NAN));
            let (split, metric) = (split.get_or_empty(row), metric.get_or_empty(row));
            println!("{latents_from:?} {split} {metric}: {value:.4} (true rates {truth:.4})");
        }
    }
    Ok(())
}

/// The parameters in the file that is argument `i`; the default ones without it.
fn argument<P: StepParams + Default>(i: usize) -> Result<P, Box<dyn Error>> {
    match std::env::args().nth(i).filter(|path| path != "-") {
        None => Ok(P::default()),
        Some(path) => Ok(serde_json::from_str(&files::read_text(path.as_ref())?)?),
    }
}
