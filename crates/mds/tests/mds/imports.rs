//! Encoders from elsewhere whose layers are normalised: folded, they are what a slow twin writes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_mds::{
    Convolutional, Encoder, EncoderCard, History, LayerSpec, MaskShape, Network, NetworkSpec,
    encoder_from_safetensors, encoder_to_safetensors,
};
use neuroloom_nn::safetensors::{Tensor, TensorFile, Values, write};
use serde_json::{Value, json};

use crate::slow::{Map, batch_norm, responses, spatial, temporal};

const FRAMES: usize = 12;
const WINDOW: usize = 3;
const SCREEN: [usize; 2] = [7, 6];

/// Numbers between -0.5 and 0.5.
fn numbers(n: usize, key: usize) -> Vec<f64> {
    (0..n)
        .map(|k| ((k * 7919 + 131 * key + 13) % 1009) as f64 / 1009.0 - 0.5)
        .map(|x| f64::from(x as f32))
        .collect()
}

struct File {
    layers: Vec<Value>,
    tensors: BTreeMap<String, Tensor>,
}

impl File {
    /// Layers with tensors of numbers; those of variances are above 0.
    fn new(layers: Vec<Value>) -> Self {
        let (mut file, mut channels) = (Self { layers, tensors: BTreeMap::new() }, 2);
        for (place, layer) in file.layers.clone().iter().enumerate() {
            let size = |name: &str| layer[name].as_u64().unwrap() as usize;
            let shapes = match layer["kind"].as_str().unwrap() {
                "spatial" => {
                    let (side, seen) = (size("size"), std::mem::replace(&mut channels, size("channels")));
                    vec![("weight", vec![channels, side, side, seen])]
                }
                "temporal" => {
                    let seen = std::mem::replace(&mut channels, size("channels"));
                    vec![("weight", vec![channels, size("taps"), seen]), ("bias", vec![channels])]
                }
                "batch_norm" => ["weight", "bias", "running_mean", "running_var"]
                    .map(|name| (name, vec![channels]))
                    .to_vec(),
                _ => Vec::new(),
            };
            for (key, (name, shape)) in shapes.into_iter().enumerate() {
                file.put(&format!("layers.{place}.{name}"), shape, 10 * place + key);
            }
        }
        for (name, shape) in [
            ("features", vec![2, channels]),
            ("bias", vec![2]),
            ("log_gain", vec![2]),
            ("place", vec![2, 2]),
            ("log_sigma", vec![2]),
        ] {
            file.put(&format!("readout.{name}"), shape, name.len());
        }
        file
    }

    fn put(&mut self, name: &str, shape: Vec<usize>, key: usize) {
        let mut values = numbers(shape.iter().product(), key);
        if name.ends_with("running_var") {
            values.iter_mut().for_each(|value| *value = f64::from((*value + 0.6) as f32));
        }
        if name.ends_with("log_sigma") {
            // So wide that no place is below the share of the peak from which masks count.
            values.iter_mut().for_each(|value| *value = f64::from((*value + 1.0) as f32));
        }
        let values = Values::F32(values.into_iter().map(|value| value as f32).collect());
        self.tensors.insert(name.to_owned(), Tensor { shape, values });
    }

    fn values(&self, name: &str) -> Vec<f64> {
        self.tensors[name].values.to_f64()
    }

    fn card(&self) -> String {
        let [height, width] = SCREEN;
        let network =
            json!({"channels": 2, "height": height, "width": width, "n_units": 2, "layers": self.layers});
        json!({"network": network, "dt_s": 0.1, "calcium_tau_s": null, "units": [["r", "a"], ["r", "b"]]})
            .to_string()
    }

    fn imported(&self) -> neuroloom_core::Result<neuroloom_core::Table> {
        let file = TensorFile { tensors: self.tensors.clone(), metadata: BTreeMap::new() };
        encoder_from_safetensors(&write(&file).unwrap(), Some(&self.card()))
    }

    fn refused(&self) -> String {
        self.imported().unwrap_err().report()
    }

    /// Layer by layer, each written out.
    fn slow_responses(&self, stimulus: &[f64]) -> Vec<f64> {
        let mut map = Map::of_stimulus(stimulus, 2, FRAMES, SCREEN);
        for (place, layer) in self.layers.iter().enumerate() {
            let values = |name: &str| self.values(&format!("layers.{place}.{name}"));
            let size = |name: &str| layer[name].as_u64().unwrap() as usize;
            map = match layer["kind"].as_str().unwrap() {
                "spatial" => {
                    spatial(&map, &values("weight"), [size("channels"), size("size"), size("padding")])
                }
                "temporal" => temporal(&map, &values("weight"), &values("bias"), size("taps")),
                "batch_norm" => {
                    let tensors = ["weight", "bias", "running_mean", "running_var"].map(values);
                    batch_norm(&map, &tensors, layer["epsilon"].as_f64().unwrap())
                }
                "elu" => map.each(|x| if x > 0.0 { x } else { x.exp_m1() }),
                "softplus" => map.each(|x| x.max(0.0) + (-x.abs()).exp().ln_1p()),
                other => panic!("{other}"),
            };
        }
        let readout =
            ["features", "bias", "log_gain", "log_sigma"].map(|name| self.values(&format!("readout.{name}")));
        responses(&map, &readout, WINDOW)
    }

    fn assert_folds(&self, what: &str) {
        let (card, network, parameters) = EncoderCard::read(&self.imported().unwrap()).unwrap();
        let text = serde_json::to_string(&card.network.layers).unwrap();
        assert!(!text.contains("batch_norm"), "{text}");
        let encoder =
            Convolutional::new(Arc::new(network), parameters, [FRAMES, WINDOW], None, History::None, true)
                .unwrap();
        let stimulus = numbers(2 * FRAMES * 42, 77);
        let found = encoder.respond_all(&[stimulus.iter().map(|&x| x as f32).collect()]).remove(0);
        for (found, slow) in found.iter().zip(self.slow_responses(&stimulus)) {
            assert!((f64::from(*found) - slow).abs() <= 1e-6 * slow.abs(), "{what}: {found} {slow}");
        }
    }
}

fn space(channels: usize, padding: usize) -> Value {
    json!({"kind": "spatial", "channels": channels, "size": 3, "padding": padding})
}

fn time(channels: usize, taps: usize) -> Value {
    json!({"kind": "temporal", "channels": channels, "taps": taps})
}

fn norm(epsilon: f64) -> Value {
    json!({"kind": "batch_norm", "epsilon": epsilon})
}

fn plain(kind: &str) -> Value {
    json!({"kind": kind})
}

#[test]
fn folded_normalisations_are_those_of_the_slow_twin() {
    let cases = [
        (
            "in time",
            vec![
                space(3, 0),
                time(4, 3),
                norm(1e-5),
                plain("elu"),
                space(3, 1),
                time(2, 2),
                norm(1e-3),
                plain("elu"),
            ],
        ),
        ("in space, before time", vec![space(3, 1), norm(1e-5), time(4, 3), plain("softplus")]),
        (
            "in space, before a nonlinearity",
            vec![space(3, 0), norm(1e-5), plain("elu"), space(3, 1), time(2, 3)],
        ),
        (
            "in space, before space with a margin",
            vec![space(3, 0), norm(1e-5), space(2, 1), time(2, 3), plain("elu")],
        ),
        ("in space, at the end", vec![space(3, 0), norm(1e-5)]),
        ("twice", vec![space(3, 0), norm(1e-5), time(4, 3), norm(0.1), norm(1e-5), plain("elu")]),
    ];
    for (what, layers) in cases {
        File::new(layers).assert_folds(what);
    }
}

#[test]
fn normalisations_that_cannot_be_folded_are_told() {
    let good = || File::new(vec![space(3, 0), time(4, 3), norm(1e-5), plain("elu")]);
    assert!(good().imported().is_ok());
    for layers in [vec![norm(1e-5), space(3, 0)], vec![space(3, 0), time(2, 2), plain("elu"), norm(1e-5)]] {
        let report = File::new(layers).refused();
        assert!(report.contains("no convolution right before it") && report.contains("layers."), "{report}");
    }
    let with = |change: fn(&mut File)| {
        let mut file = good();
        change(&mut file);
        file.refused()
    };
    let tensor = |values: Vec<f32>| Tensor { shape: vec![values.len()], values: Values::F32(values) };
    let mut file = good();
    file.tensors.insert("layers.2.running_var".into(), tensor(vec![0.5, 0.5, -0.25, 0.5]));
    let report = file.refused();
    assert!(report.contains("negative variance") && report.contains("-0.25"), "{report}");
    file.tensors.insert("layers.2.running_var".into(), tensor(vec![0.5, f32::NAN, 0.5, 0.5]));
    assert!(file.refused().contains("not finite"));
    file.tensors.insert("layers.2.running_var".into(), tensor(vec![0.5; 3]));
    let report = file.refused();
    assert!(report.contains("another shape") && report.contains("[4]") && report.contains("[3]"), "{report}");
    let report = with(|file| drop(file.tensors.remove("layers.2.running_mean")));
    assert!(report.contains("missing") && report.contains("layers.2.running_mean"), "{report}");
    let report = with(|file| file.put("layers.3.bias", vec![4], 1));
    assert!(report.contains("should not have"), "{report}");
    assert!(with(|file| file.layers[2] = norm(-1.0)).contains("epsilon"));
    let flat = |file: &mut File| {
        file.layers[2] = norm(0.0);
        let zeros = Values::F32(vec![0.0; 4]);
        file.tensors.insert("layers.2.running_var".into(), Tensor { shape: vec![4], values: zeros });
    };
    assert!(with(flat).contains("variance + epsilon above 0"));
    let report = with(|file| file.layers[3] = plain("attention"));
    assert!(report.contains("attention") && report.contains("layers.3"), "{report}");
    let report = with(|file| file.layers[2] = json!({"kind": "batch_norm", "momentum": 0.1}));
    assert!(report.contains("momentum"), "{report}");
}

#[test]
fn an_oval_mask_survives_a_file_and_a_round_one_is_not_named() {
    let card = |mask: MaskShape| {
        let layers = vec![LayerSpec::Spatial { channels: 2, size: 3, padding: 0 }];
        let network = NetworkSpec { channels: 1, height: 5, width: 5, layers, n_units: 2, mask };
        let units = ["a", "b"].map(|unit| ("r".to_owned(), unit.to_owned())).to_vec();
        EncoderCard { network, dt_s: 0.1, calcium_tau_s: None, units }
    };
    assert!(!card(MaskShape::Round).text().unwrap().contains("mask"));
    let oval = card(MaskShape::Oval);
    let network = Network::new(oval.network.clone()).unwrap();
    assert_eq!(network.layout().get("readout.log_sigma").unwrap().shape, [2, 2]);
    let parameters: Vec<f32> = numbers(network.layout().len(), 3).into_iter().map(|x| x as f32).collect();
    let bytes = encoder_to_safetensors(&oval.table(&network, &parameters).unwrap()).unwrap();
    let (read, _, again) = EncoderCard::read(&encoder_from_safetensors(&bytes, None).unwrap()).unwrap();
    assert_eq!((read, again), (oval, parameters));
}
