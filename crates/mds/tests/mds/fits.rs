//! Fits of encoders to a small simulated retina, and the steps around them.

use neuroloom_core::{Seed, Table};
use neuroloom_mds::{
    Clip, EncoderCard, EncoderFit, EncoderTrainer, FitOptions, Loss, MaskShape, Movies, Network, NetworkKind,
    NetworkSpec, Optimiser, Penalties, encoder_from_safetensors, encoder_to_safetensors,
};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

use crate::support::{run, run_in};

fn options() -> FitOptions {
    FitOptions {
        loss: Loss::Mse,
        optimiser: Optimiser::Adam,
        calcium_tau_frames: None,
        chunk: 40,
        settle: 0,
        batch: 2,
        validation: 0.2,
        epochs: 12,
        lr: 0.01,
        lr_factor: 0.3,
        lr_patience: 4,
        stop_after: 12,
        weight_decay: 0.0,
        penalties: Penalties { smooth_space: 1e-4, smooth_time: 1e-4, sparse: 1e-6 },
        nonnegative: false,
        fit_places: false,
    }
}

/// Two neurons that rectify the contrast in the middle two frames ago, one each sign.
fn movies() -> (Movies, Network) {
    let (n_frames, pixels) = (400, 6 * 6);
    let noise = |k: usize| ((k * 7919 + 13) % 1009) as f32 / 504.5 - 1.0;
    let frames: Vec<f32> = (0..n_frames * pixels).map(noise).collect();
    let traces = (0..n_frames).flat_map(|frame: usize| {
        let seen =
            frame.checked_sub(2).map_or(0.0, |past| frames[past * pixels + 14] + frames[past * pixels + 15]);
        [2.0 * seen.max(0.0), 2.0 * (-seen).max(0.0)]
    });
    let clip = Clip { id: "noise".into(), traces: traces.collect(), frames, n_frames };
    let spec = NetworkSpec {
        channels: 1,
        height: 6,
        width: 6,
        layers: NetworkKind::Lnln.layers(4, 5, 4),
        n_units: 2,
        mask: MaskShape::Round,
    };
    (
        Movies { screen: [1, 6, 6], n_units: 2, train: vec![clip], test: Vec::new() },
        Network::new(spec).unwrap(),
    )
}

#[test]
fn fits_learn_resume_to_the_same_bytes_and_do_not_depend_on_threads() {
    let options = options();
    let fit = |stop, threads| fitted(&options, stop, threads).0;
    let whole = fit(None, 1);
    let (first, best) = (&whole.history[0], &whole.history[whole.epoch as usize]);
    assert!(best.valid_loss < 0.5 * first.valid_loss, "{} {}", first.valid_loss, best.valid_loss);
    assert!(whole.history.iter().all(|record| record.valid_loss >= best.valid_loss));
    assert!(whole == fit(Some(5), 1));
    assert!(whole == fit(None, 3));
}

/// A fit that begins anew from its state before epoch `stop`.
fn fitted(options: &FitOptions, stop: Option<u32>, threads: usize) -> (EncoderFit<f32>, u32) {
    let (movies, network) = movies();
    let places = [[-0.5, -0.5], [-0.5, 0.0]];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let begin = |state| {
            EncoderTrainer::<f32>::new(&network, options, &movies, &places, Seed::root(2), state).unwrap()
        };
        let mut trainer = begin(None);
        while !trainer.is_done() {
            if Some(trainer.state().epoch) == stop {
                trainer = begin(Some(trainer.state().clone()));
            }
            trainer.epoch().unwrap();
        }
        let epochs = trainer.state().epoch;
        (trainer.finish(), epochs)
    })
}

#[test]
fn lbfgs_fits_descend_below_adam_resume_and_do_not_depend_on_threads() {
    let options = FitOptions { optimiser: Optimiser::Lbfgs, epochs: 40, stop_after: 40, ..options() };
    let (whole, _) = fitted(&options, None, 1);
    let losses: Vec<f64> = whole.history.iter().map(|record| record.train_loss).collect();
    // Penalties apart, which are small here.
    assert!(losses.windows(2).all(|pair| pair[1] <= pair[0] * 1.01), "{losses:?}");
    let (adam, _) = fitted(&FitOptions { epochs: 40, stop_after: 40, ..self::options() }, None, 1);
    let last = |fit: &EncoderFit<f32>| fit.history.last().unwrap().train_loss;
    assert!(last(&whole) < last(&adam), "{} {}", last(&whole), last(&adam));
    let best = &whole.history[whole.epoch as usize];
    assert!(best.valid_loss < 0.1 * whole.history[0].valid_loss);
    assert!(whole.history.iter().all(|record| record.valid_loss >= best.valid_loss));
    assert!(whole == fitted(&options, Some(7), 1).0);
    assert!(whole == fitted(&options, None, 3).0);
}

#[test]
fn lbfgs_stops_early_where_the_movies_that_are_not_fitted_say_so() {
    let long = FitOptions { optimiser: Optimiser::Lbfgs, epochs: 400, stop_after: 3, ..options() };
    let (fit, epochs) = fitted(&long, None, 1);
    let best = &fit.history[fit.epoch as usize];
    assert!(epochs < 400 && epochs - fit.epoch <= 4, "{epochs} {}", fit.epoch);
    assert!(fit.history.iter().all(|record| record.valid_loss >= best.valid_loss));
    // A ridge makes parameters smaller.
    let size = |fit: &EncoderFit<f32>| fit.parameters.iter().map(|x| x * x).sum::<f32>();
    let short = FitOptions { epochs: 15, stop_after: 15, ..long };
    let plain = size(&fitted(&short, None, 1).0);
    let ridge = size(&fitted(&FitOptions { weight_decay: 0.01, ..short }, None, 1).0);
    assert!(ridge < 0.9 * plain, "{ridge} {plain}");
}

#[test]
fn lbfgs_keeps_no_bounds() {
    let registry = neuroloom_mds::register(neuroloom_core::Registry::default());
    let params = json!({"optimiser": "lbfgs", "nonnegative": true});
    let Err(issues) = registry.get("mds.fit_encoder").unwrap().check(&params) else {
        panic!("bounds were taken");
    };
    assert_eq!(
        issues.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["nonnegative L-BFGS keeps no bounds; use `optimiser: adam`"]
    );
}

fn simulated() -> std::collections::BTreeMap<&'static str, Table> {
    let cells = json!({"ON-s-large": 10, "OFF-s-large": 10});
    let params = json!({"cells": cells, "train_clips": 3, "test_clips": 1, "battery_repeats": 0});
    run("simulate.retina", params, &[]).unwrap().tables
}

fn quick() -> serde_json::Value {
    json!({"features": 3, "size": 7, "taps": 10, "encoder": "ln", "epochs": 12, "calcium_tau_s": 0.4, "batch": 1})
}

#[test]
fn an_encoder_of_recordings_clusters_them_and_survives_a_file() {
    let retina = simulated();
    let inputs =
        [("responses", &retina["responses"]), ("stimuli", &retina["stimuli"]), ("units", &retina["units"])];
    let fitted = run("mds.fit_encoder", quick(), &inputs).unwrap().tables;
    let quality = fitted["quality"].numbers("correlation").unwrap();
    let mean = (0..20).map(|row| quality.get(row).unwrap()).sum::<f64>() / 20.0;
    assert!(mean > 0.5, "{mean}");
    let bytes = encoder_to_safetensors(&fitted["encoder"]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("encoder.safetensors"), &bytes).unwrap();
    let base = folder.path().to_str().unwrap();
    let imported = run_in(base, "mds.import_encoder", json!({"path": "encoder.safetensors"}), &[]).unwrap();
    assert_eq!(encoder_to_safetensors(&imported.tables["encoder"]).unwrap(), bytes);
    let params = json!({"frames": 30, "k_init": 4, "restarts": 3, "steps": 10, "steps_first": 20, "em_max": 5,
        "final_steps": 20, "split": {"max_passes": 0}, "min_cluster": 2});
    let inputs = [
        ("encoder", &imported.tables["encoder"]),
        ("quality", &fitted["quality"]),
        ("stimuli", &retina["stimuli"]),
    ];
    for init in ["chunks", "readouts"] {
        let mut params = params.clone();
        params["init"] = json!(init);
        let found = run("mds.cluster", params, &inputs).unwrap();
        let evaluated = run(
            "mds.evaluate",
            json!({}),
            &[
                ("known_types", &retina["known_types"]),
                ("clusters", &found.tables["clusters"]),
                ("encoder", &fitted["encoder"]),
            ],
        );
        let agreement = &evaluated.unwrap().tables["agreement"];
        let rows = 0..agreement.n_rows();
        let text = |name: &str, row: usize| agreement.text(name).unwrap().get(row).unwrap().to_owned();
        let purity = rows.clone().find(|&row| {
            text("method", row) == "mds" && text("split", row) == "fit" && text("metric", row) == "purity"
        });
        let purity = agreement.numbers("value").unwrap().get(purity.unwrap()).unwrap();
        assert!(purity > 0.9, "{init}: {purity}");
        assert!(rows.clone().any(|row| text("method", row) == "kmeans_readouts"));
    }
}

/// A movie of one pixel column of noise, or what `value` makes of it.
fn movie(id: &str, split: &str, dt_s: f64, value: fn(usize) -> f32) -> Vec<(String, String, f64, Vec<f32>)> {
    vec![(id.to_owned(), split.to_owned(), dt_s, (0..100 * 16).map(value).collect())]
}

fn noise(k: usize) -> f32 {
    ((k * 7919 + 13) % 1009) as f32 / 504.5 - 1.0
}

fn stimuli(movies: &[(String, String, f64, Vec<f32>)]) -> Table {
    let n = movies.len();
    let same = |value: i64| std::iter::repeat_n(value, n);
    TableBuilder::new(kinds::STIMULI)
        .text("stimulus_id", movies.iter().map(|one| &one.0))
        .integers("channel", same(0))
        .text("channel_name", movies.iter().map(|_| "contrast"))
        .text("stimulus_kind", movies.iter().map(|_| "movie"))
        .text("split", movies.iter().map(|one| &one.1))
        .integers("n_frames", same(100))
        .integers("height", same(4))
        .integers("width", same(4))
        .numbers("dt_s", movies.iter().map(|one| one.2))
        .lists_f32("values", movies.iter().map(|one| one.3.clone()))
        .finish()
        .unwrap()
}

/// Responses of neurons `u0`, `u1`, ... to the movie `a`.
fn responses(dt_s: f64, traces: &[Vec<f32>]) -> Table {
    let n = traces.len();
    TableBuilder::new(kinds::STIMULUS_RESPONSES)
        .text("recording_id", std::iter::repeat_n("r", n))
        .text("unit_id", (0..n).map(|k| format!("u{k}")))
        .text("stimulus_id", std::iter::repeat_n("a", n))
        .integers("repeat", std::iter::repeat_n(0, n))
        .numbers("t0_s", std::iter::repeat_n(0.0, n))
        .numbers("dt_s", std::iter::repeat_n(dt_s, n))
        .lists_f32("trace", traces.iter().cloned())
        .text("trace_unit", std::iter::repeat_n("1", n))
        .finish()
        .unwrap()
}

#[test]
fn wrong_recordings_are_told() {
    let params = json!({"encoder": "ln", "features": 2, "size": 3, "taps": 3, "chunk": 20, "epochs": 2});
    let fit = |responses: &Table, stimuli: &Table| {
        run("mds.fit_encoder", params.clone(), &[("responses", responses), ("stimuli", stimuli)])
    };
    let refused = |responses: &Table, stimuli: &Table| fit(responses, stimuli).unwrap_err().report();
    let good = stimuli(&movie("a", "train", 0.1, noise));
    let trace: Vec<f32> = (0..100).map(noise).collect();
    let whole = responses(0.1, std::slice::from_ref(&trace));

    let report = refused(&whole, &stimuli(&movie("a", "test", 0.1, noise)));
    assert!(report.contains("there is no stimulus to fit an encoder to"), "{report}");
    let report = refused(&responses(0.2, std::slice::from_ref(&trace)), &good);
    assert!(
        report.contains("100 samples every 0.1 s") && report.contains("100 samples every 0.2 s"),
        "{report}"
    );
    let report = refused(&responses(0.1, &[trace[..99].to_vec()]), &good);
    assert!(report.contains("99 samples"), "{report}");
    let report = refused(&responses(0.1, &[vec![0.5; 100]]), &good);
    assert!(report.contains("1 neurons, all constant"), "{report}");
    let mut holed = trace.clone();
    holed[7] = f32::NAN;
    let report = refused(&responses(0.1, &[holed]), &good);
    assert!(report.contains("a response has a value that is not finite") && report.contains('7'), "{report}");
    let report = refused(&whole, &stimuli(&movie("a", "train", 0.1, |_| 1.0)));
    assert!(report.contains("a channel of a movie never changes"), "{report}");
    let two = [movie("a", "train", 0.1, noise), movie("b", "test", 0.2, noise)].concat();
    let report = refused(&whole, &stimuli(&two));
    assert!(report.contains("the movies have different frame rates"), "{report}");
    let two = [movie("a", "train", 0.1, noise), movie("b", "test", 0.1, noise)].concat();
    let report = refused(&whole, &stimuli(&two));
    assert!(report.contains("not shown a movie as often as others"), "{report}");
    let found = fit(&responses(0.1, &[trace, vec![0.5; 100]]), &good).unwrap();
    assert_eq!(
        EncoderCard::read(&found.tables["encoder"]).unwrap().0.units,
        [("r".to_owned(), "u0".to_owned())]
    );
    assert!(found.summary.warnings.iter().any(|warning| warning.contains("u1")));
}

#[test]
fn damaged_encoders_are_told() {
    let card = json!({
        "network": {"channels": 1, "height": 6, "width": 6, "n_units": 1,
            "layers": [{"kind": "spatial", "channels": 1, "size": 3, "padding": 0}, {"kind": "temporal", "channels": 1, "taps": 2}]},
        "dt_s": 0.1, "calcium_tau_s": null, "units": [["r", "u"]],
    });
    let tensors = |weight: f32, extra: Option<&str>, width: usize| {
        use neuroloom_nn::safetensors::{Tensor, TensorFile, Values, write};
        let mut tensors: std::collections::BTreeMap<String, Tensor> = [
            ("layers.0.weight", vec![1, 3, width, 1]),
            ("layers.1.weight", vec![1, 2, 1]),
            ("layers.1.bias", vec![1]),
            ("readout.features", vec![1, 1]),
            ("readout.bias", vec![1]),
            ("readout.log_gain", vec![1]),
            ("readout.place", vec![1, 2]),
            ("readout.log_sigma", vec![1]),
        ]
        .into_iter()
        .map(|(name, shape)| {
            let n = shape.iter().product();
            (name.to_owned(), Tensor { shape, values: Values::F32(vec![weight; n]) })
        })
        .collect();
        if let Some(name) = extra {
            tensors.insert(name.to_owned(), Tensor { shape: vec![1], values: Values::F32(vec![0.0]) });
        }
        write(&TensorFile { tensors, metadata: Default::default() }).unwrap()
    };
    let text = card.to_string();
    let refused =
        |bytes: &[u8], card: Option<&str>| encoder_from_safetensors(bytes, card).unwrap_err().report();
    assert!(encoder_from_safetensors(&tensors(0.5, None, 3), Some(&text)).is_ok());
    assert!(
        refused(&tensors(f32::NAN, None, 3), Some(&text)).contains("a weight of the encoder is not finite")
    );
    assert!(
        refused(&tensors(0.5, Some("other"), 3), Some(&text)).contains("a tensor that it should not have")
    );
    assert!(refused(&tensors(0.5, None, 4), Some(&text)).contains("another shape"));
    assert!(refused(&tensors(0.5, None, 3), None).contains("does not say what the encoder is"));
    let unknown = text.replace("\"temporal\"", "\"attention\"");
    let report = refused(&tensors(0.5, None, 3), Some(&unknown));
    assert!(report.contains("attention") && report.contains("rectify_both"), "{report}");
    let nameless = text.replace("[[\"r\",\"u\"]]", "[]");
    assert!(refused(&tensors(0.5, None, 3), Some(&nameless)).contains("does not name all of its neurons"));
}
