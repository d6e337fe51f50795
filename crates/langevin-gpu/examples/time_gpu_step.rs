//! Times training steps and predictions on the graphics processor, for comparison with `benches/peers/langevin/compare_on_gpu.py`.
//!
//! `cargo run --release -p neuroloom-langevin-gpu --features gpu --example time_gpu_step [lorenz|maze] [steps] [any]`
//!
//! `any` takes a driver that computes on the processor where there is no other.

use std::error::Error;
use std::time::Instant;

use neuroloom_core::Seed;
use neuroloom_langevin::options::{
    CoordinatedOptions, DataSize, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm,
    KlScale, ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{
    Average, Batch, Draws, Engine, KeepWeights, LatentSource, LrSchedule, Model, OnNan, PotentialKind,
    PredictOptions, Split, TrainOptions, TrialInfo, TrialSet, ValidationKind, ValidationMetric, Weights,
};
use neuroloom_langevin_gpu::{Adapters, Gpu, GpuEngine, predict};
use neuroloom_nn::CounterStream;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let maze = args.get(1).is_some_and(|name| name == "maze");
    let n_steps: usize = args.get(2).map_or(Ok(50), |n| n.parse())?;
    let any = args.iter().any(|argument| argument == "any");
    let gpu = Gpu::open(if any { Adapters::Any } else { Adapters::Hardware })?;
    println!("{}", gpu.name());
    let (size, n_trials, hidden) = if maze {
        (DataSize { n_in: 137, n_out: 182, n_observed: 35, n_bins: 45 }, 256, 280)
    } else {
        (DataSize { n_in: 29, n_out: 29, n_observed: 50, n_bins: 50 }, 64, 64)
    };
    let (model, set, train) =
        (Model::new(options(hidden), size), trials(n_trials, size)?, train_options(n_trials));
    let numbers: Vec<u32> = (0..n_trials as u32).collect();
    let parameters = model.initial::<f32>(Seed::root(1));
    let mut engine = GpuEngine::new(&gpu, &model, &set, &train)?;
    engine.load(Weights::new(parameters.clone()))?;
    let mut times = Vec::new();
    for step in 0..n_steps as u64 {
        let start = Instant::now();
        let draws = Draws::training(Seed::root(step), train.dropout, train.coordinated);
        let batch =
            Batch { trials: &numbers, draws: &draws, beta: 0.1, lr: 1e-3, decay: 2e-5, grad_clip: None };
        // It ends when the loss is back.
        engine.step(&batch)?;
        times.push(start.elapsed().as_secs_f64());
    }
    report("training step", &mut times);
    let options = PredictOptions {
        samples: 50,
        average: Average::Lograte,
        dropout: 0.0,
        latents: LatentSource::Posterior,
    };
    let mut times = Vec::new();
    for _ in 0..n_steps.div_ceil(10) {
        let start = Instant::now();
        predict(&gpu, &model, &parameters, &set, &numbers, &options, Seed::root(1))?;
        times.push(start.elapsed().as_secs_f64());
    }
    report("prediction with 50 samples", &mut times);
    Ok(())
}

fn report(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    let least = times.first().copied().unwrap_or(f64::NAN);
    println!("{what}: median {:.2} ms, least {:.2} ms", 1e3 * median, 1e3 * least);
}

fn options(hidden: usize) -> ModelOptions {
    ModelOptions {
        hidden,
        feed_forward: 512,
        heads: 2,
        potential: PotentialKind::Oscillators,
        kernel_epsilon: 1e-3,
        kernel_sd: 0.1,
        step: 0.01,
        gamma: 0.55,
        integrator: Integrator::Released,
        drive: Drive::None,
        input_lag: 1,
        decoder_input: DecoderInput::All,
        decoder_positions: 0.0,
        decoder_mask: DecoderMask::Full,
        logvar_clamp: Some([1e-4_f64.ln(), 5.0]),
        lograte_clamp: Some(8.0),
    }
}

fn train_options(batch: usize) -> TrainOptions {
    TrainOptions {
        divergence: DivergenceOptions {
            form: KlForm::Transition,
            prior: VelocityPrior::Fixed,
            prior_var: 0.1,
            weight: 0.1,
            ramp: 500,
            scale: KlScale::Batch,
        },
        coordinated: CoordinatedOptions { keep: 0.5, pass: 0.0 },
        dropout: 0.05,
        batch,
        epochs: 1,
        lr: 1e-3,
        lr_schedule: LrSchedule::Plateau,
        lr_factor: 0.95,
        lr_patience: 10,
        lr_min: 1e-5,
        weight_decay: 2e-5,
        decay_ramp: 500,
        grad_clip: None,
        validation: ValidationKind::Quiet,
        val_metric: ValidationMetric::Nll,
        keep: KeepWeights::Best,
        stop_after: None,
        on_nan: OnNan::Error,
    }
}

fn trials(n: usize, size: DataSize) -> neuroloom_core::Result<TrialSet> {
    let info = |trial: usize| TrialInfo {
        split: Split::Train,
        trial: trial as i64,
        source_trial: None,
        condition: None,
    };
    let mut draws = vec![0.0; n * size.n_bins * size.n_out];
    CounterStream::new(Seed::root(5)).uniforms([0, 0, 0], &mut draws);
    let counts = draws.into_iter().map(|u| (3.0 * u * u * u).floor() as f32).collect();
    TrialSet::from_counts(size, 0.02, (0..n).map(info).collect(), counts, None)
}
