//! Cores from ONNX files: against PyTorch (`benches/peers/mds/make_onnx_fixtures.py`), and what is refused.

use std::sync::Arc;

use neuroloom_core::{CancelToken, NoProgress, RunContext, Seed, Table};
use neuroloom_mds::{Convolutional, Encoder, EncoderCard, History, Real, encoder_from_onnx};
use neuroloom_nn::safetensors::{Tensor, TensorFile, read, write};
use serde_json::{Value, json};

use crate::support::run_on;

const FRAMES: usize = 14;
const WINDOW: usize = 4;
const MOVIE: &[u8] = include_bytes!("../fixtures/movie.onnx");
const IMAGE: &[u8] = include_bytes!("../fixtures/image.onnx");

fn fixtures() -> TensorFile {
    read(include_bytes!("../fixtures/onnx_responses.safetensors")).unwrap()
}

fn tensor<F: Real>(name: &str) -> Vec<F> {
    fixtures().tensors[name].values.to_f64().into_iter().map(F::from_f64).collect()
}

fn card() -> Value {
    let units: Vec<[String; 2]> = (0..3).map(|unit| ["r".to_owned(), unit.to_string()]).collect();
    let network = json!({"channels": 2, "height": 7, "width": 6, "n_units": 3});
    json!({"network": network, "dt_s": 0.1, "calcium_tau_s": null, "units": units})
}

/// The readout of a case as a file.
fn readout(case: &str) -> Vec<u8> {
    let own = |(name, tensor): (String, Tensor)| {
        let name = name.strip_prefix(case)?.strip_prefix('/')?.to_owned();
        name.starts_with("readout").then_some((name, tensor))
    };
    let tensors = fixtures().tensors.into_iter().filter_map(own).collect();
    write(&TensorFile { tensors, metadata: Default::default() }).unwrap()
}

fn imported(core: &[u8], case: &str) -> Table {
    encoder_from_onnx(core, &readout(case), Some(&card().to_string())).unwrap()
}

fn assert_close<F: Real>(what: &str, found: &[F], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.double() - expected).abs() / scale;
        assert!(error <= tolerance, "{what} {i}: {} and {expected}", found.double());
    }
}

fn is_that_of_pytorch<F: Real>(core: &[u8], case: &str, tolerance: f64) {
    let (_, network, parameters) = EncoderCard::read(&imported(core, case)).unwrap();
    let parameters = parameters.into_iter().map(|x| F::from_f64(f64::from(x))).collect();
    let sizes = [FRAMES, WINDOW];
    let encoder =
        Convolutional::new(Arc::new(network), parameters, sizes, None, History::None, true).unwrap();
    let (mut tape, mut responses) = (encoder.tape(), vec![F::zero(); 3]);
    encoder.respond(&tensor::<F>("movie"), &mut tape, &mut responses);
    assert_close(case, &responses, &tensor::<f64>(&format!("{case}/responses")), tolerance);
    let mut gradient = vec![F::zero(); encoder.shape().len()];
    encoder.vjp(&tensor::<F>("cotangent"), &mut tape, &mut gradient);
    assert_close(case, &gradient, &tensor::<f64>(&format!("{case}/d_stimulus")), tolerance);
}

#[test]
fn responses_and_gradients_are_those_of_pytorch() {
    for (core, case) in [(MOVIE, "movie"), (IMAGE, "image")] {
        is_that_of_pytorch::<f32>(core, case, 1e-5);
        // Folded weights are kept in 32 bits.
        is_that_of_pytorch::<f64>(core, case, 1e-6);
    }
}

#[test]
fn the_step_takes_a_core_and_a_readout() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    put("core.onnx", MOVIE);
    put("readout.safetensors", &readout("movie"));
    put("card.json", card().to_string().as_bytes());
    let ctx = RunContext::new(folder.path(), 1, Seed::root(1), Arc::new(NoProgress), CancelToken::default());
    let params = json!({"path": "readout.safetensors", "card": "card.json", "onnx": "core.onnx"});
    let found = run_on(&ctx, "mds.import_encoder", params.clone(), &[]).unwrap();
    assert_eq!(found.tables["encoder"].batch(), imported(MOVIE, "movie").batch());
    put("core.onnx", &MOVIE[..MOVIE.len() / 2]);
    let report = run_on(&ctx, "mds.import_encoder", params, &[]).unwrap_err().report();
    assert!(report.contains("core.onnx"), "{report}");
}

#[test]
fn a_file_that_is_cut_or_changed_anywhere_gives_no_panic() {
    let (readout, card) = (readout("image"), card().to_string());
    for end in 0..IMAGE.len() {
        let _ = encoder_from_onnx(&IMAGE[..end], &readout, Some(&card));
    }
    for at in 0..IMAGE.len() {
        let mut changed = IMAGE.to_vec();
        changed[at] ^= 0x5A;
        let _ = encoder_from_onnx(&changed, &readout, Some(&card));
    }
}

#[test]
fn cards_that_do_not_fit_are_told() {
    let refused = |change: fn(&mut Value)| {
        let mut card = card();
        change(&mut card);
        encoder_from_onnx(MOVIE, &readout("movie"), Some(&card.to_string())).unwrap_err().report()
    };
    let report = refused(|card| card["network"]["height"] = json!(8));
    assert!(report.contains("another stimulus") && report.contains("1 x 2 x 14 x 7 x 6"), "{report}");
    let report = refused(|card| card["network"]["layers"] = json!([{"kind": "elu"}]));
    assert!(report.contains("stand twice"), "{report}");
    let report = refused(|card| drop(card["network"].as_object_mut().unwrap().remove("width")));
    assert!(report.contains("no `width`"), "{report}");
    let report = refused(|card| card["network"]["n_units"] = json!(2));
    assert!(report.contains("does not name all"), "{report}");
    let report = encoder_from_onnx(b"no model", &readout("movie"), Some(&card().to_string())).unwrap_err();
    assert!(report.report().contains("no ONNX model"), "{}", report.report());
}

/// A field of a message: its number, and bytes with their length before them.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.len() < 1 << 21 && number < 16);
    let n = bytes.len();
    let length = [0x80 | (n & 127) as u8, 0x80 | (n >> 7 & 127) as u8, (n >> 14) as u8];
    [&[number << 3 | 2][..], &length, bytes].concat()
}

/// A field that is a whole number of at least 0.
fn number(number: u8, value: u8) -> Vec<u8> {
    vec![number << 3, value | 0x80, 0]
}

fn floats(name: &str, dims: &[u8], data_type: u8) -> Vec<u8> {
    let n = dims.iter().map(|&dim| usize::from(dim)).product::<usize>();
    let raw: Vec<u8> = (0..n).flat_map(|k| (k as f32 / 8.0).to_le_bytes()).collect();
    let dims = dims.iter().map(|&dim| number(1, dim)).collect::<Vec<_>>().concat();
    [dims, number(2, data_type), field(8, name.as_bytes()), field(9, &raw)].concat()
}

fn integers(name: &str, values: &[u8]) -> Vec<u8> {
    let values = values.iter().map(|&value| number(8, value)).collect::<Vec<_>>().concat();
    [field(1, name.as_bytes()), values].concat()
}

fn integer(name: &str, value: u8) -> Vec<u8> {
    [field(1, name.as_bytes()), number(3, value)].concat()
}

fn node(kind: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let inputs = inputs.iter().map(|input| field(1, input.as_bytes())).collect::<Vec<_>>().concat();
    let attributes = attributes.iter().map(|one| field(5, one)).collect::<Vec<_>>().concat();
    [inputs, field(2, output.as_bytes()), field(4, kind.as_bytes()), attributes].concat()
}

/// A model of `x [1, 1, frames, 5, 5]` that gives `y`.
fn model(nodes: &[Vec<u8>], weights: &[Vec<u8>]) -> Vec<u8> {
    let dims = [1, 1, 9, 5, 5].map(|dim| field(1, &number(1, dim))).concat();
    let input = [field(1, b"x"), field(2, &field(1, &field(2, &dims)))].concat();
    let nodes = nodes.iter().map(|node| field(1, node)).collect::<Vec<_>>().concat();
    let weights = weights.iter().map(|weight| field(5, weight)).collect::<Vec<_>>().concat();
    field(7, &[nodes, weights, field(11, &input), field(12, &field(1, b"y"))].concat())
}

fn read_model(model: &[u8]) -> neuroloom_core::Result<Table> {
    let shapes = [
        ("features", vec![1, 2]),
        ("bias", vec![1]),
        ("log_gain", vec![1]),
        ("place", vec![1, 2]),
        ("log_sigma", vec![1]),
    ];
    let tensors = shapes.map(|(name, shape)| {
        let values = neuroloom_nn::safetensors::Values::F32(vec![0.1; shape.iter().product()]);
        (format!("readout.{name}"), Tensor { shape, values })
    });
    let readout = write(&TensorFile { tensors: tensors.into(), metadata: Default::default() }).unwrap();
    let network = json!({"channels": 1, "height": 5, "width": 5, "n_units": 1});
    let card = json!({"network": network, "dt_s": 0.1, "calcium_tau_s": null, "units": [["r", "u"]]});
    encoder_from_onnx(model, &readout, Some(&card.to_string()))
}

#[test]
fn nodes_that_no_layer_stands_for_are_told() {
    let one = |attributes: &[Vec<u8>], dims: &[u8]| {
        model(&[node("Conv", &["x", "w"], "y", attributes)], &[floats("w", dims, 1)])
    };
    let refused = |bytes: &[u8]| read_model(bytes).unwrap_err().report();
    assert!(read_model(&one(&[], &[2, 1, 1, 3, 3])).is_ok());
    let valid = [field(1, b"auto_pad"), field(4, b"VALID")].concat();
    assert!(read_model(&one(&[valid, integers("pads", &[0, 1, 1, 0, 1, 1])], &[2, 1, 3, 3, 3])).is_ok());
    for (attributes, dims, message) in [
        (vec![integer("group", 2)], [2, 1, 1, 3, 3], "group 2"),
        (vec![integers("strides", &[1, 2, 2])], [2, 1, 1, 3, 3], "strides [1, 2, 2]"),
        (vec![integers("dilations", &[2, 1, 1])], [2, 1, 3, 1, 1], "dilations [2, 1, 1]"),
        (vec![[field(1, b"auto_pad"), field(4, b"SAME_UPPER")].concat()], [2, 1, 1, 3, 3], "SAME_UPPER"),
        (vec![integers("pads", &[1, 0, 0, 1, 0, 0])], [2, 1, 3, 1, 1], "none in time"),
        (vec![integers("pads", &[0, 1, 1, 0, 2, 1])], [2, 1, 1, 3, 3], "the same padding on all sides"),
        (vec![integers("pads", &[1, 1])], [2, 1, 1, 3, 3], "pads for every side"),
        (vec![integer("other", 1)], [2, 1, 1, 3, 3], "an attribute that is not known"),
        (vec![], [2, 1, 1, 3, 2], "square filters"),
        (vec![], [2, 3, 1, 3, 3], "[channels out, 1, and 3 sides]"),
    ] {
        let report = refused(&one(&attributes, &dims));
        assert!(report.contains(message) && report.contains("node 0 (Conv)"), "{message}: {report}");
    }
    // In time alone the readout is what does not fit; over space and time at once there are too many filters.
    let report = refused(&one(&[], &[100, 1, 11, 1, 1]));
    assert!(report.contains("readout.features"), "{report}");
    let report = refused(&one(&[], &[94, 1, 11, 2, 2]));
    assert!(report.contains("too many filters") && report.contains("94 channels, 11 frames"), "{report}");
    let weights = [floats("w", &[2, 1, 1, 3, 3], 1), floats("v", &[2], 1)];
    let conv = node("Conv", &["x", "w"], "a", &[]);
    let then = |last: Vec<u8>| refused(&model(&[conv.clone(), last], &weights));
    for kind in ["Gelu", "MaxPool", "Identity"] {
        let report = then(node(kind, &["a"], "y", &[]));
        assert!(report.contains("no layer of an encoder stands for") && report.contains(kind), "{report}");
        assert!(report.contains("Conv, BatchNormalization, Elu, Relu, Softplus"), "{report}");
    }
    let half = [field(1, b"alpha"), [2 << 3 | 5].to_vec(), 0.5_f32.to_le_bytes().to_vec()].concat();
    assert!(then(node("Elu", &["a"], "y", &[half])).contains("alpha 1"));
    let norm =
        |attributes: &[Vec<u8>]| node("BatchNormalization", &["a", "v", "v", "v", "v"], "y", attributes);
    assert!(read_model(&model(&[conv.clone(), norm(&[])], &weights)).is_ok());
    assert!(then(norm(&[integer("training_mode", 1)])).contains("model.eval()"));
    let alone = node("BatchNormalization", &["x", "u", "u", "u", "u"], "y", &[]);
    assert!(refused(&model(&[alone], &[floats("u", &[1], 1)])).contains("no convolution right before it"));
    assert!(then(node("Relu", &["x"], "y", &[])).contains("no chain of layers"));
    assert!(then(node("Relu", &["a"], "z", &[])).contains("what its last node gives"));
    assert!(
        refused(&model(&[node("Conv", &["x", "q"], "y", &[])], &weights)).contains("no constant weights")
    );
    let typed = model(&[node("Conv", &["x", "w"], "y", &[])], &[floats("w", &[2, 1, 1, 3, 3], 6)]);
    assert!(refused(&typed).contains("another type"));
    let outside = [floats("w", &[2, 1, 1, 3, 3], 1), number(14, 1)].concat();
    assert!(refused(&model(&[node("Conv", &["x", "w"], "y", &[])], &[outside])).contains("another file"));
}
