//! Layers and optimisers against PyTorch on the same parameters (`benches/peers/langevin/make_layer_fixtures.py`).

use neuroloom_nn::safetensors::{TensorFile, read};
use neuroloom_nn::{
    Adam, AttentionMask, Decay, Dropout, EncoderLayer, EncoderState, Gru, GruState, LayerDropout, Layout,
    Plateau, Real, Sites,
};

const TRIALS: &[u32] = &[0, 1, 2];
const SITES: Sites<'static> = Sites { trials: TRIALS, n_steps: 5 };
const WIDTH: usize = 12;

fn fixtures() -> TensorFile {
    read(include_bytes!("../fixtures/torch_layers.safetensors")).unwrap()
}

/// The tensor called `name` in the precision asked for.
fn tensor<T: Real>(file: &TensorFile, name: &str) -> Vec<T> {
    file.tensors[name].values.to_f64().into_iter().map(T::from_f64).collect()
}

/// Parameters (`p`) or gradients (`g`) of a layer, in the order of the layout.
fn flat<T: Real>(file: &TensorFile, layout: &Layout, prefix: &str) -> Vec<T> {
    let names = layout.tensors().iter().map(|spec| spec.name.strip_prefix("a.").unwrap());
    names.flat_map(|name| tensor::<T>(file, &format!("{prefix}/{name}"))).collect()
}

fn assert_close<T: Real>(what: &str, found: &[T], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.to_f64() - expected).abs() / scale;
        assert!(error <= tolerance, "{what} {i}: {found:?} and {expected}");
    }
}

fn encoder_layer_is_that_of_pytorch<T: Real>(case: &str, mask: AttentionMask, tolerance: f64) {
    let file = fixtures();
    let mut layout = Layout::default();
    let layer = EncoderLayer::new(&mut layout, "a", [WIDTH, 2, 20], mask);
    let theta: Vec<T> = flat(&file, &layout, "encoder/p");
    let x: Vec<T> = tensor(&file, &format!("{case}/x"));
    let mut state = EncoderState::new(&layer, 3, 5, true);
    let mut y = vec![T::ZERO; x.len()];
    layer.forward(&theta, SITES, &LayerDropout::off(), &x, &mut state, &mut y);
    assert_close("y", &y, &tensor::<f64>(&file, &format!("{case}/y")), tolerance);
    let mut d: Vec<T> = tensor(&file, &format!("{case}/c"));
    let mut gradient = vec![T::ZERO; theta.len()];
    layer.backward(&theta, SITES, &LayerDropout::off(), &x, &mut state, &mut d, &mut gradient);
    assert_close("dx", &d, &tensor::<f64>(&file, &format!("{case}/dx")), tolerance);
    assert_close("gradient", &gradient, &flat::<f64>(&file, &layout, &format!("{case}/g")), tolerance);
}

#[test]
fn encoder_layers_are_those_of_pytorch() {
    for (case, mask) in [("encoder", AttentionMask::Full), ("causal", AttentionMask::Causal)] {
        encoder_layer_is_that_of_pytorch::<f64>(case, mask, 1e-12);
        encoder_layer_is_that_of_pytorch::<f32>(case, mask, 1e-5);
    }
}

fn gru_is_that_of_pytorch<T: Real>(tolerance: f64) {
    let file = fixtures();
    let mut layout = Layout::default();
    let gru = Gru::new(&mut layout, "a", 7, WIDTH);
    let theta: Vec<T> = flat(&file, &layout, "gru/p");
    let u: Vec<T> = tensor(&file, "gru/x");
    let mut state = GruState::new(&gru, 3, 5);
    let mut h = vec![T::ZERO; 15 * WIDTH];
    gru.forward(&theta, SITES, Dropout::off(), &u, &mut state, &mut h);
    assert_close("h", &h, &tensor::<f64>(&file, "gru/y"), tolerance);
    let mut gradient = vec![T::ZERO; theta.len()];
    let dh: Vec<T> = tensor(&file, "gru/c");
    gru.backward(&theta, SITES, Dropout::off(), &u, &mut state, &h, &dh, &mut gradient);
    assert_close("gradient", &gradient, &flat::<f64>(&file, &layout, "gru/g"), tolerance);
}

#[test]
fn a_gru_is_that_of_pytorch() {
    gru_is_that_of_pytorch::<f64>(1e-12);
    gru_is_that_of_pytorch::<f32>(1e-5);
}

fn adam_is_that_of_pytorch<T: Real>(tolerance: f64) {
    let file = fixtures();
    let gradients: Vec<T> = tensor(&file, "adam/gradients");
    for (name, decay) in [("adam", Decay::Coupled(0.1)), ("adamw", Decay::Decoupled(0.1))] {
        let mut theta: Vec<T> = tensor(&file, "adam/start");
        let mut adam = Adam::new(theta.len());
        for gradient in gradients.chunks_exact(theta.len()) {
            adam.step(&mut theta, gradient, 3e-3, decay);
        }
        assert_close(name, &theta, &tensor::<f64>(&file, &format!("{name}/end")), tolerance);
    }
}

#[test]
fn a_hundred_steps_of_adam_are_those_of_pytorch() {
    adam_is_that_of_pytorch::<f64>(1e-12);
    adam_is_that_of_pytorch::<f32>(1e-5);
}

#[test]
fn a_hundred_epochs_of_the_schedule_are_those_of_pytorch() {
    let file = fixtures();
    let mut plateau = Plateau::new(1e-2, 0.5, 2, 1e-4);
    let losses: Vec<f64> = tensor(&file, "plateau/losses");
    let found: Vec<f64> = losses
        .into_iter()
        .map(|loss| {
            plateau.observe(loss);
            plateau.lr()
        })
        .collect();
    assert_eq!(found, tensor::<f64>(&file, "plateau/lr"));
}
