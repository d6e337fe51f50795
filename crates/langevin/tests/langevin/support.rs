//! Small models and trials.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{
    CoordinatedOptions, DataSize, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm,
    KlScale, ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{PotentialKind, Split, TrialInfo, TrialSet};
use neuroloom_nn::CounterStream;

/// Sizes of the small trials.
pub const SIZE: DataSize = DataSize { n_in: 3, n_out: 4, n_observed: 4, n_bins: 5 };

/// A small model of the default kind.
pub fn options() -> ModelOptions {
    ModelOptions {
        hidden: 8,
        feed_forward: 6,
        heads: 2,
        potential: PotentialKind::Oscillators,
        kernel_epsilon: 1e-3,
        kernel_sd: 0.1,
        step: 0.3,
        gamma: 0.4,
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

/// A divergence that weighs as much as the likelihood.
pub fn divergence() -> DivergenceOptions {
    DivergenceOptions {
        form: KlForm::Transition,
        prior: VelocityPrior::Fixed,
        prior_var: 0.1,
        weight: 0.1,
        ramp: 10,
        scale: KlScale::Batch,
    }
}

/// Half of the entries seen, none of them with a gradient.
pub const COORDINATED: CoordinatedOptions = CoordinatedOptions { keep: 0.5, pass: 0.0 };

/// Trials with counts from 0 to 3: two to train of every three.
pub fn trials(n: usize, size: DataSize) -> TrialSet {
    let info = |trial: usize| TrialInfo {
        split: if trial % 3 == 2 { Split::Valid } else { Split::Train },
        trial: trial as i64,
        source_trial: None,
        condition: Some(trial as i64 % 2),
    };
    let mut draws = vec![0.0; n * size.n_bins * size.n_out];
    CounterStream::new(Seed::root(5)).uniforms([0, 0, 0], &mut draws);
    let counts = draws.into_iter().map(|u| (4.0 * u * u).floor() as f32).collect();
    TrialSet::from_counts(size, 0.02, (0..n).map(info).collect(), counts, None).unwrap()
}
