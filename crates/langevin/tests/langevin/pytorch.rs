//! A whole training step against the twin in PyTorch (`benches/peers/langevin/make_model_fixtures.py`): the same parameters, masks
//! and noise.

use neuroloom_langevin::options::{
    DataSize, DivergenceOptions, Drive, Integrator, KlForm, ModelOptions, VelocityPrior,
};
use neuroloom_langevin::{
    BatchGradient, Coordinated, Draws, Model, Objective, Pass, Split, TrialInfo, TrialSet,
};
use neuroloom_nn::safetensors::{TensorFile, read};
use neuroloom_nn::{CounterStream, Dropout, LayerDropout, Real, Sites};

use crate::support::{divergence, options};

const SIZE: DataSize = DataSize { n_in: 3, n_out: 4, n_observed: 4, n_bins: 6 };
const TRIALS: &[u32] = &[0, 1, 2];
const BETA: f64 = 0.05;

fn fixtures() -> TensorFile {
    read(include_bytes!("../fixtures/torch_model.safetensors")).unwrap()
}

fn stream(key: u32) -> CounterStream {
    CounterStream::with_key([key, 0])
}

/// The draws of the twin.
fn draws() -> Draws {
    let site = |key: u32| Dropout::new(stream(key), 0.2);
    Draws {
        noise: stream(1),
        encoder: site(2),
        decoder: LayerDropout { shares: site(3), attention: site(4), hidden: site(5), feed_forward: site(6) },
        coordinated: Coordinated {
            unseen: Dropout::new(stream(7), 0.5),
            held: Dropout::certain(stream(8), 1.0),
        },
    }
}

fn trials(file: &TensorFile) -> TrialSet {
    let info = |trial: i64| TrialInfo { split: Split::Train, trial, source_trial: None, condition: None };
    let counts = file.tensors["counts"].values.to_f64().into_iter().map(|count| count as f32).collect();
    TrialSet::from_counts(SIZE, 0.02, (0..3).map(info).collect(), counts, None).unwrap()
}

fn assert_near<T: Real>(what: &str, found: &[T], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.to_f64() - expected).abs() / scale;
        assert!(error <= tolerance, "{what} {i}: {found:?} and {expected}");
    }
}

fn compare<T: Real>(case: &str, options: ModelOptions, divergence: DivergenceOptions, tolerance: f64) {
    let file = fixtures();
    let (model, set) = (Model::new(options, SIZE), trials(&file));
    let names = || model.layout().tensors().iter().map(|tensor| tensor.name.as_str());
    let flat = |kind: &str| {
        names()
            .flat_map(|name| file.tensors[&format!("{case}/{kind}/{name}")].values.to_f64())
            .collect::<Vec<_>>()
    };
    let parameters: Vec<T> = flat("p").into_iter().map(T::from_f64).collect();
    let mut pass = Pass::new(&model, 3, false);
    pass.forward(&model, &parameters, &set, Sites { trials: TRIALS, n_steps: SIZE.n_bins }, &draws());
    assert_near(
        "log rates",
        pass.log_rates(),
        &file.tensors[&format!("{case}/rates")].values.to_f64(),
        tolerance,
    );
    let mut batch = BatchGradient::default();
    let objective = Objective { divergence: &divergence, beta: BETA };
    let outcome = batch.compute(&model, &parameters, &set, TRIALS, &draws(), objective);
    let total = outcome.divergence.total();
    let loss = outcome.nll / outcome.n_entries as f64 + BETA * total / 3.0;
    assert_near("loss", &[loss, total], &file.tensors[&format!("{case}/loss")].values.to_f64(), tolerance);
    assert_near("gradient", batch.gradient(), &flat("g"), 10.0 * tolerance);
}

fn compare_both(case: &str, options: ModelOptions, divergence: DivergenceOptions) {
    compare::<f64>(case, options.clone(), divergence, 1e-12);
    compare::<f32>(case, options, divergence, 1e-5);
}

#[test]
fn a_step_is_that_of_pytorch() {
    compare_both("consistent", options(), divergence());
    compare_both("driven", ModelOptions { drive: Drive::Encoder, ..options() }, divergence());
}

#[test]
fn a_step_of_the_default_is_that_of_pytorch() {
    let options = ModelOptions {
        drive: Drive::Encoder,
        integrator: Integrator::EulerMaruyama,
        decoder_positions: 0.5,
        ..options()
    };
    compare_both("default", options, DivergenceOptions { prior: VelocityPrior::Flow, ..divergence() });
}

#[test]
fn a_step_as_released_is_that_of_pytorch() {
    let options =
        ModelOptions { kernel_epsilon: 1e-12, logvar_clamp: None, lograte_clamp: None, ..options() };
    compare_both("released", options, DivergenceOptions { form: KlForm::Released, ..divergence() });
}
