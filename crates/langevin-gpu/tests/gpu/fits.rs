//! Fits, their checkpoints, and predictions.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{DecoderInput, ModelOptions};
use neuroloom_langevin::{
    Average, Fit, LatentSource, LrSchedule, Model, PotentialKind, PredictOptions, TrainOptions, TrainState,
    Trainer, TrialSet, ValidationMetric, predict,
};
use neuroloom_langevin_gpu::{Adapters, Gpu, GpuEngine, MAX_HIDDEN, predict as predict_on_gpu};
use neuroloom_nn::Real;

use crate::models::{SIZE, options, train_options, trials};
use crate::support::{assert_near, gpu};

/// A fit on the device, that goes on from a checkpoint in another engine before epoch `stop_at`.
fn fit(gpu: &Gpu, model: &Model, options: &TrainOptions, set: &TrialSet, stop_at: Option<u32>) -> Fit<f32> {
    let trainer = |state| {
        let engine = Box::new(GpuEngine::new(gpu, model, set, options).unwrap());
        Trainer::on(engine, model, options, set, Seed::root(1), state)
    };
    let mut running = trainer(None);
    while !running.is_done() {
        if stop_at == Some(running.state().epoch) {
            let bytes = serde_json::to_vec(running.state()).unwrap();
            let state: TrainState<f32> = serde_json::from_slice(&bytes).unwrap();
            running = trainer(Some(state));
        }
        running.epoch().unwrap();
    }
    running.finish()
}

/// The same fit on the processor.
fn fit_on_processor<T: Real>(model: &Model, options: &TrainOptions, set: &TrialSet) -> Fit<T> {
    let mut trainer = Trainer::new(model, options, set, Seed::root(1), None);
    while !trainer.is_done() {
        trainer.epoch().unwrap();
    }
    trainer.finish()
}

/// Losses of training and validation, divergence and norm of the gradient of every epoch, each over the number beside it; and bits per
/// spike of units held out, which may be 0, as they are.
fn distance<T: Real>(found: &Fit<f32>, expected: &Fit<T>) -> [f64; 5] {
    let mut worst = [0.0_f64; 5];
    for (a, b) in found.history.iter().zip(&expected.history) {
        assert_eq!((a.lr, a.beta, a.kl_constant), (b.lr, b.beta, b.kl_constant));
        let pairs =
            [(a.train_nll, b.train_nll), (a.val_nll, b.val_nll), (a.kl, b.kl), (a.grad_norm, b.grad_norm)];
        let relative = pairs.map(|(a, b)| if a == b { 0.0 } else { (a - b).abs() / b.abs() });
        let bits = (a.val_co_bps.unwrap() - b.val_co_bps.unwrap()).abs();
        for (worst, distance) in worst.iter_mut().zip(relative.into_iter().chain([bits])) {
            assert!(distance.is_finite());
            *worst = worst.max(distance);
        }
    }
    worst
}

#[test]
fn twenty_steps_stay_as_near_to_64_bits_as_those_of_the_processor() {
    stays_near(options(), train_options(7));
}

#[test]
fn so_do_those_of_a_model_without_latents_along_a_cosine() {
    let without = ModelOptions { decoder_input: DecoderInput::Encoder, ..options() };
    let cosine = TrainOptions {
        lr_schedule: LrSchedule::Cosine,
        val_metric: ValidationMetric::CoBps,
        ..train_options(7)
    };
    stays_near(without, cosine);
}

fn stays_near(model: ModelOptions, options: TrainOptions) {
    let Some(gpu) = gpu() else { return };
    // 50 trials to train are three batches, of which the last is short.
    let (model, set) = (Model::new(model, SIZE), trials(75, SIZE));
    let exact = fit_on_processor::<f64>(&model, &options, &set);
    let single = fit_on_processor::<f32>(&model, &options, &set);
    let found = fit(gpu, &model, &options, &set, None);
    assert_eq!(found.history.len(), 7);
    // The first steps of Adam follow the sign of a gradient, and that of a gradient near 0 is rounding's: fits come apart.
    let (found, processor) = (distance(&found, &exact), distance(&single, &exact));
    println!("relative distances from 64 bits: {found:?}, of the processor in 32 bits: {processor:?}");
    for (found, processor) in found.into_iter().zip(processor) {
        assert!(found < 1e-4_f64.max(4.0 * processor), "{found:.1e} and {processor:.1e}");
    }
}

#[test]
fn the_same_adapter_gives_the_same_bytes_again_and_after_a_stop() {
    let Some(gpu) = gpu() else { return };
    let (model, set, options) = (Model::new(options(), SIZE), trials(75, SIZE), train_options(4));
    let bits = |fit: &Fit<f32>| fit.parameters.iter().map(|p| p.to_bits()).collect::<Vec<_>>();
    let expected = fit(gpu, &model, &options, &set, None);
    for stop_at in [None, Some(1), Some(3)] {
        let found = fit(gpu, &model, &options, &set, stop_at);
        assert!(bits(&found) == bits(&expected), "stopped at {stop_at:?}");
        assert_eq!(found.history, expected.history);
    }
}

#[test]
fn numbers_that_are_not_finite_end_a_fit_and_move_nothing() {
    let Some(gpu) = gpu() else { return };
    let free = ModelOptions { lograte_clamp: None, ..options() };
    let (model, set) = (Model::new(free, SIZE), trials(30, SIZE));
    let options = TrainOptions { lr: 1e6, grad_clip: None, ..train_options(5) };
    let engine = Box::new(GpuEngine::new(gpu, &model, &set, &options).unwrap());
    let mut trainer = Trainer::on(engine, &model, &options, &set, Seed::root(1), None);
    let error = loop {
        if let Err(error) = trainer.epoch() {
            break error;
        }
    };
    assert!(error.report().contains("not finite any more"), "{}", error.report());
    let state = serde_json::to_value(trainer.state()).unwrap();
    let parameters = state["weights"]["parameters"].as_array().unwrap();
    assert!(parameters.iter().all(serde_json::Value::is_number));
}

#[test]
fn predictions_are_those_of_the_processor() {
    let Some(gpu) = gpu() else { return };
    let without = ModelOptions { decoder_input: DecoderInput::Encoder, ..options() };
    for options in [options(), without] {
        predicts_as_the_processor(gpu, &Model::new(options, SIZE));
    }
}

fn predicts_as_the_processor(gpu: &Gpu, model: &Model) {
    let set = trials(30, SIZE);
    let parameters: Vec<f32> = model.initial(Seed::root(4));
    let double: Vec<f64> = parameters.iter().map(|&p| f64::from(p)).collect();
    let trials: Vec<u32> = (3..28).collect();
    let all = [
        (LatentSource::Posterior, Average::Lograte, 0.0),
        (LatentSource::Prior, Average::Rate, 0.0),
        (LatentSource::Posterior, Average::Rate, 0.1),
    ];
    for (latents, average, dropout) in all {
        let options = PredictOptions { samples: 20, average, dropout, latents };
        let expected = predict(model, &double, &set, &trials, &options, Seed::root(2));
        let found = predict_on_gpu(gpu, model, &parameters, &set, &trials, &options, Seed::root(2)).unwrap();
        let near = |name: &str, found: &[f32], expected: &[f32]| {
            let expected: Vec<f64> = expected.iter().map(|&x| f64::from(x)).collect();
            assert_near(name, found, &expected, 1e-5);
        };
        near("rates", &found.rate_counts, &expected.rate_counts);
        near("deviations", &found.rate_sd, &expected.rate_sd);
        for ((name, found), expected) in
            ["z", "v", "h"].into_iter().zip(&found.latents).zip(&expected.latents)
        {
            near(name, found, expected);
        }
    }
}

#[test]
fn what_cannot_run_says_why() {
    let Some(gpu) = gpu() else { return };
    let set = trials(6, SIZE);
    let refuse = |options: ModelOptions| {
        let model = Model::new(options, SIZE);
        GpuEngine::new(gpu, &model, &set, &train_options(1)).map(|_| ()).unwrap_err().report()
    };
    let report = refuse(ModelOptions { potential: PotentialKind::Network, ..options() });
    assert!(report.contains("network") && report.contains("device: cpu"), "{report}");
    let report = refuse(ModelOptions { hidden: MAX_HIDDEN + 4, ..options() });
    assert!(report.contains("hidden") && report.contains("1024"), "{report}");
    if let Err(error) = Gpu::open(Adapters::Hardware) {
        let report = error.report();
        assert!(report.contains(gpu.name()) && report.contains("device: cpu"), "{report}");
    }
}
