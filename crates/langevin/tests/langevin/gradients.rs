//! The gradient of whole models against central differences, in 64 bits, for every option.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{
    CoordinatedOptions, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm, KlScale,
    ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{BatchGradient, Draws, Model, Objective, PotentialKind};
use neuroloom_nn::Real;

use crate::support::{COORDINATED, SIZE, divergence, options, trials};

const BETA: f64 = 0.05;

/// Value and gradient of the objective where every entry passes a gradient, so that the value is what it is the gradient of.
fn compare(options: ModelOptions, divergence: DivergenceOptions, coordinated: CoordinatedOptions) {
    let model = Model::new(options, SIZE);
    let set = trials(20, SIZE);
    let batch: Vec<u32> = (1..19).collect(); // two chunks
    let draws = Draws::training(Seed::root(3), 0.2, coordinated);
    let objective = Objective { divergence: &divergence, beta: BETA };
    let parameters: Vec<f64> = model.initial(Seed::root(4));
    let per_trial = (SIZE.n_bins * SIZE.n_out) as f64;
    let scale = if divergence.scale == KlScale::Batch { 1.0 } else { per_trial };
    let value = |parameters: &[f64]| {
        let mut batch_gradient = BatchGradient::default();
        let outcome = batch_gradient.compute(&model, parameters, &set, &batch, &draws, objective);
        let n = batch.len() as f64;
        outcome.nll / (n * per_trial) + BETA * outcome.divergence.total() / (n * scale)
    };
    let mut batch_gradient = BatchGradient::default();
    batch_gradient.compute(&model, &parameters, &set, &batch, &draws, objective);
    let gradient = batch_gradient.gradient().to_vec();
    let largest = gradient.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
    for tensor in model.layout().tensors() {
        let range = tensor.segment.range();
        for i in range.clone().step_by(range.len().div_ceil(5)) {
            let moved = |by: f64| {
                let mut parameters = parameters.clone();
                parameters[i] += by;
                value(&parameters)
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let error = (slope - gradient[i]).abs() / largest;
            assert!(error < 1e-6, "{} {i}: {slope} and {}", tensor.name, gradient[i]);
        }
    }
}

/// Every entry is seen.
const ALL: CoordinatedOptions = CoordinatedOptions { keep: 1.0, pass: 0.0 };
/// Some are not, and all pass a gradient.
const SOME: CoordinatedOptions = CoordinatedOptions { keep: 0.5, pass: 1.0 };

#[test]
fn of_the_default_model() {
    compare(options(), divergence(), ALL);
    compare(options(), divergence(), SOME);
}

#[test]
fn of_every_potential_and_integrator() {
    for potential in [PotentialKind::Quadratic, PotentialKind::Network, PotentialKind::None] {
        compare(ModelOptions { potential, ..options() }, divergence(), ALL);
    }
    compare(ModelOptions { integrator: Integrator::EulerMaruyama, ..options() }, divergence(), ALL);
    // Kernels smaller than the norm that they are divided by.
    compare(ModelOptions { kernel_epsilon: 10.0, ..options() }, divergence(), ALL);
}

#[test]
fn of_every_decoder() {
    compare(ModelOptions { decoder_mask: DecoderMask::Causal, ..options() }, divergence(), ALL);
    compare(ModelOptions { decoder_positions: 0.7, ..options() }, divergence(), ALL);
    compare(ModelOptions { decoder_input: DecoderInput::Latents, ..options() }, divergence(), ALL);
    compare(ModelOptions { decoder_input: DecoderInput::Encoder, ..options() }, divergence(), ALL);
    compare(ModelOptions { input_lag: 0, ..options() }, divergence(), ALL);
    let free = ModelOptions { logvar_clamp: None, lograte_clamp: None, ..options() };
    compare(free, divergence(), ALL);
    // Clamps that cut: what lies outside has no slope.
    let cut = ModelOptions { logvar_clamp: Some([-0.1, 0.1]), lograte_clamp: Some(0.2), ..options() };
    compare(cut, divergence(), ALL);
}

#[test]
fn of_every_divergence_and_drive() {
    let driven = || ModelOptions { drive: Drive::Encoder, ..options() };
    for prior in [VelocityPrior::Fixed, VelocityPrior::Flow] {
        compare(driven(), DivergenceOptions { prior, ..divergence() }, ALL);
    }
    compare(driven(), DivergenceOptions { scale: KlScale::Elbo, ..divergence() }, ALL);
    compare(driven(), DivergenceOptions { form: KlForm::Released, ..divergence() }, ALL);
    compare(options(), DivergenceOptions { form: KlForm::Released, ..divergence() }, ALL);
}

#[test]
fn an_entry_that_is_seen_passes_no_gradient() {
    // Bits of the readout: with half the entries masked the gradient is that of the other half alone.
    let model = Model::new(options(), SIZE);
    let set = trials(20, SIZE);
    let batch: Vec<u32> = (0..16).collect();
    let divergence = divergence();
    let parameters: Vec<f64> = model.initial(Seed::root(4));
    let bias = |coordinated: CoordinatedOptions| {
        let draws = Draws::training(Seed::root(3), 0.0, coordinated);
        let mut gradient = BatchGradient::default();
        let objective = Objective { divergence: &divergence, beta: 0.0 };
        gradient.compute(&model, &parameters, &set, &batch, &draws, objective);
        let bias = model.layout().get("readout.bias").unwrap().segment;
        bias.of(gradient.gradient()).to_vec()
    };
    let (none, all) = (bias(COORDINATED), bias(SOME));
    let held_out = SIZE.n_in;
    assert_eq!(none[held_out].to_bits(), all[held_out].to_bits());
    assert!((0..held_out).all(|unit| none[unit] != all[unit] && none[unit] != 0.0));
}

#[test]
fn single_precision_is_near_double_precision() {
    fn gradient<T: Real>() -> Vec<f64> {
        let model = Model::new(options(), SIZE);
        let (set, divergence) = (trials(20, SIZE), divergence());
        let parameters: Vec<T> = model.initial(Seed::root(4));
        let draws = Draws::training(Seed::root(3), 0.2, COORDINATED);
        let mut gradient = BatchGradient::default();
        let objective = Objective { divergence: &divergence, beta: BETA };
        gradient.compute(&model, &parameters, &set, &[0, 1, 2, 3], &draws, objective);
        gradient.gradient().iter().map(|g| g.to_f64()).collect()
    }
    let (single, double) = (gradient::<f32>(), gradient::<f64>());
    let largest = double.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
    assert!(single.iter().zip(&double).all(|(a, b)| (a - b).abs() < 1e-5 * largest));
}
