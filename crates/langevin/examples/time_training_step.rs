//! CPU seconds of training steps and predictions, for comparison with a peer (Linux alone tells them), and seconds on the clock, for
//! comparison between numbers of threads: `RAYON_NUM_THREADS=2`.
//!
//! `cargo run --release -p neuroloom-langevin --example time_training_step [lorenz|maze] [steps] [predictions]`

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use neuroloom_core::{Seed, files};
use neuroloom_langevin::options::{
    CoordinatedOptions, DataSize, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm,
    KlScale, ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{
    Average, BatchGradient, Draws, LatentSource, Model, Objective, PotentialKind, PredictOptions, Split,
    TrialInfo, TrialSet, predict,
};
use neuroloom_nn::{Adam, CounterStream, Decay};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let maze = args.get(1).is_some_and(|name| name == "maze");
    let n_steps: usize = args.get(2).map_or(Ok(20), |n| n.parse())?;
    let n_predictions: usize = args.get(3).map_or(Ok(3), |n| n.parse())?;
    let (size, n_trials, hidden) = if maze {
        (DataSize { n_in: 137, n_out: 182, n_observed: 35, n_bins: 45 }, 256, 280)
    } else {
        (DataSize { n_in: 29, n_out: 29, n_observed: 50, n_bins: 50 }, 64, 64)
    };
    let model = Model::new(options(hidden), size);
    let set = trials(n_trials, size)?;
    let numbers: Vec<u32> = (0..n_trials as u32).collect();
    let coordinated = CoordinatedOptions { keep: 0.5, pass: 0.0 };
    let divergence = divergence();
    let objective = Objective { divergence: &divergence, beta: 0.1 };
    let mut parameters: Vec<f32> = model.initial(Seed::root(1));
    let mut adam = Adam::new(parameters.len());
    let mut batch = BatchGradient::default();
    let mut times = Vec::new();
    for step in 0..n_steps {
        let start = Start::now()?;
        let draws = Draws::training(Seed::root(step as u64), 0.05, coordinated);
        batch.compute(&model, &parameters, &set, &numbers, &draws, objective);
        adam.step(&mut parameters, batch.gradient(), 1e-3, Decay::Coupled(2e-5));
        times.push(start.elapsed()?);
    }
    report("training step", &times);
    let options = PredictOptions {
        samples: 50,
        average: Average::Lograte,
        dropout: 0.0,
        latents: LatentSource::Posterior,
    };
    let mut times = Vec::new();
    for _ in 0..n_predictions {
        let start = Start::now()?;
        predict(&model, &parameters, &set, &numbers, &options, Seed::root(1));
        times.push(start.elapsed()?);
    }
    report("prediction with 50 samples", &times);
    Ok(())
}

/// When something began.
struct Start {
    cpu_s: f64,
    clock: Instant,
}

/// How long it took, seconds.
#[derive(Clone, Copy)]
struct Times {
    cpu_s: f64,
    clock_s: f64,
}

impl Start {
    fn now() -> Result<Self, Box<dyn Error>> {
        Ok(Self { cpu_s: cpu_seconds()?, clock: Instant::now() })
    }

    fn elapsed(&self) -> Result<Times, Box<dyn Error>> {
        Ok(Times { cpu_s: cpu_seconds()? - self.cpu_s, clock_s: self.clock.elapsed().as_secs_f64() })
    }
}

/// CPU seconds of this process so far.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    // Nanoseconds that every thread ran: the first number of its `schedstat`.
    let mut seconds = 0.0;
    for thread in files::list(Path::new("/proc/self/task"))? {
        let text = files::read_text(&thread.join("schedstat"))?;
        let nanoseconds: f64 = text.split_whitespace().next().unwrap_or("0").parse()?;
        seconds += 1e-9 * nanoseconds;
    }
    Ok(seconds)
}

fn report(what: &str, times: &[Times]) {
    let sorted = |pick: fn(&Times) -> f64| {
        let mut values: Vec<f64> = times.iter().map(|times| 1e3 * pick(times)).collect();
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        (at(values.len() / 2), at(0))
    };
    let ((median, least), (_, shortest)) = (sorted(|times| times.cpu_s), sorted(|times| times.clock_s));
    println!("{what}: CPU median {median:.1} ms, least {least:.1} ms; clock {shortest:.1} ms");
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

fn divergence() -> DivergenceOptions {
    DivergenceOptions {
        form: KlForm::Transition,
        prior: VelocityPrior::Fixed,
        prior_var: 0.1,
        weight: 0.1,
        ramp: 500,
        scale: KlScale::Batch,
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
