//! Small models and trials, as the tests of the processor have them.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{
    CoordinatedOptions, DataSize, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm,
    KlScale, ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{
    KeepWeights, LrSchedule, OnNan, PotentialKind, Split, TrainOptions, TrialInfo, TrialSet, ValidationKind,
    ValidationMetric,
};
use neuroloom_nn::CounterStream;

pub const SIZE: DataSize = DataSize { n_in: 5, n_out: 7, n_observed: 9, n_bins: 11 };

pub fn options() -> ModelOptions {
    ModelOptions {
        hidden: 12,
        feed_forward: 20,
        heads: 2,
        potential: PotentialKind::Oscillators,
        kernel_epsilon: 1e-3,
        kernel_sd: 0.1,
        step: 0.3,
        gamma: 0.4,
        integrator: Integrator::Released,
        drive: Drive::Encoder,
        input_lag: 1,
        decoder_input: DecoderInput::All,
        decoder_positions: 0.0,
        decoder_mask: DecoderMask::Full,
        logvar_clamp: Some([1e-4_f64.ln(), 5.0]),
        lograte_clamp: Some(8.0),
    }
}

pub fn divergence() -> DivergenceOptions {
    DivergenceOptions {
        form: KlForm::Transition,
        prior: VelocityPrior::Flow,
        prior_var: 0.1,
        weight: 0.1,
        ramp: 10,
        scale: KlScale::Elbo,
    }
}

pub const COORDINATED: CoordinatedOptions = CoordinatedOptions { keep: 0.5, pass: 0.2 };

pub fn train_options(epochs: u32) -> TrainOptions {
    TrainOptions {
        divergence: divergence(),
        coordinated: COORDINATED,
        dropout: 0.1,
        batch: 20,
        epochs,
        lr: 3e-3,
        lr_schedule: LrSchedule::Plateau,
        lr_factor: 0.5,
        lr_patience: 1,
        lr_min: 1e-5,
        weight_decay: 1e-4,
        decay_ramp: 3,
        grad_clip: Some(0.5),
        validation: ValidationKind::Quiet,
        val_metric: ValidationMetric::Nll,
        keep: KeepWeights::Last,
        stop_after: None,
        on_nan: OnNan::Error,
    }
}

/// Trials with counts from 0 to 3, two to train of every three; an entry of the first, which is to test, is not known.
pub fn trials(n: usize, size: DataSize) -> TrialSet {
    let info = |trial: usize| TrialInfo {
        split: match trial {
            0 => Split::Test,
            trial if trial % 3 == 2 => Split::Valid,
            _ => Split::Train,
        },
        trial: trial as i64,
        source_trial: None,
        condition: None,
    };
    let mut draws = vec![0.0; n * size.n_bins * size.n_out];
    CounterStream::new(Seed::root(5)).uniforms([0, 0, 0], &mut draws);
    let mut counts: Vec<f32> = draws.into_iter().map(|u| (4.0 * u * u).floor() as f32).collect();
    let held_out = size.n_out - 1;
    counts[held_out] = f32::NAN;
    TrialSet::from_counts(size, 0.02, (0..n).map(info).collect(), counts, None).unwrap()
}
