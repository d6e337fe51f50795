//! Loss and gradient of whole models against the processor in 64 bits, for every option.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{
    DataSize, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm, KlScale, ModelOptions,
    VelocityPrior,
};
use neuroloom_langevin::{
    Batch, BatchGradient, Draws, Engine, Model, Objective, PotentialKind, TrainOptions, Weights,
};
use neuroloom_langevin_gpu::GpuEngine;

use crate::models::{COORDINATED, SIZE, divergence, options, train_options, trials};
use crate::support::{gpu, single};

const BETA: f64 = 0.05;
/// Of the largest value of a tensor's gradient.
const TOLERANCE: f64 = 1e-4;

fn compare(name: &str, options: ModelOptions, divergence: DivergenceOptions) {
    compare_on(SIZE, name, options, divergence);
}

fn compare_on(size: DataSize, name: &str, options: ModelOptions, divergence: DivergenceOptions) {
    let Some(gpu) = gpu() else { return };
    let model = Model::new(options, size);
    let set = trials(20, size);
    // With the trial of which not all is known.
    let trials: Vec<u32> = (0..20).filter(|trial| trial % 7 != 1).collect();
    let draws = Draws::training(Seed::root(3), 0.2, COORDINATED);
    let parameters: Vec<f64> = model.initial(Seed::root(4));
    let mut expected = BatchGradient::default();
    let objective = Objective { divergence: &divergence, beta: BETA };
    let outcome = expected.compute(&model, &parameters, &set, &trials, &draws, objective);
    let expected = expected.gradient();

    let train = TrainOptions { divergence, ..train_options(1) };
    let mut engine = GpuEngine::new(gpu, &model, &set, &train).unwrap();
    engine.load(Weights::new(single(&parameters))).unwrap();
    let batch = Batch { trials: &trials, draws: &draws, beta: BETA, lr: 1e-3, decay: 0.0, grad_clip: None };
    let stepped = engine.step(&batch).unwrap();
    let near = |what: &str, found: f64, expected: f64| {
        let error = (found - expected).abs();
        assert!(error <= 1e-5 * expected.abs() + 1e-6, "{name}, {what}: {found} and {expected}");
    };
    near("likelihood", stepped.outcome.nll, outcome.nll);
    assert_eq!(stepped.outcome.n_entries, outcome.n_entries);
    near("likelihood of units held out", stepped.outcome.held_out_nll, outcome.held_out_nll);
    near("divergence", stepped.outcome.divergence.moving, outcome.divergence.moving);
    near("constant", stepped.outcome.divergence.constant, outcome.divergence.constant);
    near("norm", stepped.norm, expected.iter().map(|g| g * g).sum::<f64>().sqrt());
    let found = engine.gradient().unwrap();
    let largest = expected.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
    for tensor in model.layout().tensors() {
        let (found, expected) = (tensor.segment.of(&found), tensor.segment.of(expected));
        let scale = expected.iter().fold(1e-3 * largest, |largest, g| largest.max(g.abs()));
        let worst =
            found.iter().zip(expected).map(|(&a, &b)| (f64::from(a) - b).abs()).fold(0.0, f64::max) / scale;
        assert!(
            found.iter().all(|g| g.is_finite()) && worst < TOLERANCE,
            "{name}, {}: {worst:.1e}",
            tensor.name
        );
    }
}

#[test]
fn of_the_default_model() {
    compare("default", options(), divergence());
    // Widths beyond one workgroup.
    compare("wide", ModelOptions { hidden: 136, feed_forward: 150, heads: 4, ..options() }, divergence());
}

#[test]
fn of_the_shortest_trials() {
    let size = DataSize { n_observed: 2, n_bins: 2, ..SIZE };
    compare_on(size, "two bins", options(), divergence());
    compare_on(
        size,
        "two bins",
        ModelOptions { potential: PotentialKind::Quadratic, ..options() },
        divergence(),
    );
}

#[test]
fn of_every_potential_and_integrator() {
    for potential in [PotentialKind::Quadratic, PotentialKind::None] {
        compare(&format!("{potential:?}"), ModelOptions { potential, ..options() }, divergence());
    }
    compare("maruyama", ModelOptions { integrator: Integrator::EulerMaruyama, ..options() }, divergence());
    // Kernels smaller than the norm that they are divided by.
    compare("epsilon", ModelOptions { kernel_epsilon: 10.0, ..options() }, divergence());
}

#[test]
fn of_every_decoder_and_clamp() {
    compare("positions", ModelOptions { decoder_positions: 0.7, ..options() }, divergence());
    compare("causal", ModelOptions { decoder_mask: DecoderMask::Causal, ..options() }, divergence());
    compare("latents", ModelOptions { decoder_input: DecoderInput::Latents, ..options() }, divergence());
    compare("no latents", ModelOptions { decoder_input: DecoderInput::Encoder, ..options() }, divergence());
    compare("no lag", ModelOptions { input_lag: 0, ..options() }, divergence());
    compare("free", ModelOptions { logvar_clamp: None, lograte_clamp: None, ..options() }, divergence());
    let cut = ModelOptions { logvar_clamp: Some([-0.1, 0.1]), lograte_clamp: Some(0.2), ..options() };
    compare("cut", cut, divergence());
}

#[test]
fn of_every_divergence_and_drive() {
    let quiet = || ModelOptions { drive: Drive::None, ..options() };
    compare("no drive", quiet(), divergence());
    let fixed = DivergenceOptions { prior: VelocityPrior::Fixed, scale: KlScale::Batch, ..divergence() };
    compare("fixed prior", options(), fixed);
    compare("fixed prior, no drive", quiet(), fixed);
    compare("released", quiet(), DivergenceOptions { form: KlForm::Released, ..divergence() });
}
