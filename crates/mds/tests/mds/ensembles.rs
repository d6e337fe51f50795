//! Several encoders as one: the mean of their responses, and what they must have in common.

use std::sync::Arc;

use neuroloom_core::{CancelToken, Inputs, NoProgress, RunContext, Seed, StepOutput, Table, Variant};
use neuroloom_mds::{
    Convolutional, Encoder, EncoderCard, Ensemble, History, LayerSpec, MaskShape, Network, NetworkKind,
    NetworkSpec, Real,
};
use serde_json::json;

use crate::support::{run, run_with};

const FRAMES: usize = 12;
const N_UNITS: usize = 4;

fn spec(features: usize) -> NetworkSpec {
    let layers = match features {
        1 => NetworkKind::Lnln.layers(3, 3, 4),
        _ => vec![
            LayerSpec::Spatial { channels: features, size: 4, padding: 1 },
            LayerSpec::Temporal { channels: features, taps: 5 },
            LayerSpec::Elu,
        ],
    };
    NetworkSpec { channels: 1, height: 7, width: 6, layers, n_units: N_UNITS, mask: MaskShape::Round }
}

/// Numbers between -0.5 and 0.5.
fn numbers<F: Real>(n: usize, key: usize) -> Vec<F> {
    (0..n).map(|k| F::from_f64(((k * 7919 + 131 * key + 13) % 1009) as f64 / 1009.0 - 0.5)).collect()
}

fn member<F: Real>(features: usize) -> Convolutional<F> {
    let network = Network::new(spec(features)).unwrap();
    let parameters = numbers(network.layout().len(), features);
    Convolutional::new(Arc::new(network), parameters, [FRAMES, 3], None, History::Blank, true).unwrap()
}

#[test]
fn the_response_is_the_mean_of_the_members_responses() {
    let members = [1, 2, 5].map(member::<f32>);
    let ensemble = Ensemble::new::<f32>(members.to_vec()).unwrap();
    let stimuli = [1, 2].map(|key| numbers::<f32>(FRAMES * 42, key));
    let (all, own) =
        (ensemble.respond_all(&stimuli), members.each_ref().map(|one| one.respond_all(&stimuli)));
    for (k, responses) in all.iter().enumerate() {
        for (unit, response) in responses.iter().enumerate() {
            let mean = (own[0][k][unit] + own[1][k][unit] + own[2][k][unit]) / 3.0;
            assert!((response - mean).abs() <= 1e-6 * mean.abs(), "{response} {mean}");
        }
    }
    // The longest memory decides which frames matter.
    assert_eq!(ensemble.frames(), members.iter().map(|one| one.frames().start).min().unwrap()..FRAMES);
    let few = ensemble.select(&[3, 0]).respond_all(&stimuli);
    assert!((few[1][0] - all[1][3]).abs() <= 1e-6 && (few[1][1] - all[1][0]).abs() <= 1e-6);
    assert_eq!(Ensemble::new::<f32>(vec![member::<f32>(2)]).unwrap().respond_all(&stimuli), own[1]);
}

#[test]
fn the_adjoint_is_the_derivative_by_central_differences() {
    let ensemble = Ensemble::new::<f64>([1, 2, 5].map(member::<f64>).to_vec()).unwrap();
    let (base, cotangent) = (numbers::<f64>(FRAMES * 42, 9), numbers::<f64>(N_UNITS, 8));
    let (mut tape, mut responses) = (ensemble.tape(), vec![0.0; N_UNITS]);
    let mut gradient = vec![0.0; base.len()];
    ensemble.respond(&base, &mut tape, &mut responses);
    ensemble.vjp(&cotangent, &mut tape, &mut gradient);
    let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    assert!(scale > 1e-3);
    for place in (0..base.len()).step_by(7) {
        let mut along = |step: f64| -> f64 {
            let mut moved = base.clone();
            moved[place] += step;
            ensemble.respond(&moved, &mut tape, &mut responses);
            responses.iter().zip(&cotangent).map(|(a, b)| a * b).sum()
        };
        let slope = (along(1e-5) - along(-1e-5)) / 2e-5;
        assert!((slope - gradient[place]).abs() < 1e-6 * scale, "{place}: {slope} {}", gradient[place]);
    }
}

#[test]
fn members_of_different_shapes_are_told() {
    let network = Arc::new(Network::new(spec(2)).unwrap());
    let parameters = numbers::<f32>(network.layout().len(), 2);
    let longer =
        Convolutional::new(network, parameters, [FRAMES + 1, 3], None, History::Blank, true).unwrap();
    let refused = Ensemble::new::<f32>(vec![member(2), longer]).unwrap_err().report();
    assert!(refused.contains("encoder 1") && refused.contains("13 frames"), "{refused}");
    let refused = Ensemble::new::<f32>(vec![member(2), member(5).select(&[0, 1])]).unwrap_err().report();
    assert!(refused.contains("4 neurons") && refused.contains("2 neurons"), "{refused}");
    assert!(Ensemble::<Convolutional<f32>>::new::<f32>(Vec::new()).is_err());
}

/// An encoder as a table, changed by `change`.
fn table(features: usize, change: impl Fn(&mut EncoderCard)) -> Table {
    let units = (0..N_UNITS).map(|unit| ("r".to_owned(), format!("u{unit}"))).collect();
    let mut card = EncoderCard { network: spec(features), dt_s: 0.05, calcium_tau_s: None, units };
    change(&mut card);
    let network = Network::new(card.network.clone()).unwrap();
    let parameters = numbers::<f32>(network.layout().len(), features);
    card.table(&network, &parameters).unwrap()
}

fn clustered(tables: &[Table]) -> neuroloom_core::Result<StepOutput> {
    let params = json!({"frames": FRAMES, "window": 3, "norm": 8, "k_init": 2, "restarts": 1, "steps": 3, "steps_first": 3,
        "em_max": 2, "final_steps": 3, "held_out": 0, "min_cluster": 1, "split": {"max_passes": 0}});
    let variant = |(k, table): (usize, &Table)| Variant {
        labels: vec![("fold".to_owned(), k.to_string())],
        table: Arc::new(table.clone()),
    };
    let inputs = Inputs::default().with_variants("encoder", tables.iter().enumerate().map(variant).collect());
    let ctx = RunContext::new(".", 1, Seed::root(5), Arc::new(NoProgress), CancelToken::default());
    run_with(&ctx, "mds.cluster", params, &inputs)
}

#[test]
fn collected_encoders_are_clustered_as_one() {
    let (one, other) = (table(2, |_| ()), table(5, |_| ()));
    let single = clustered(std::slice::from_ref(&one)).unwrap();
    let both = clustered(&[one.clone(), other.clone()]).unwrap();
    assert_ne!(single.tables["confusion"].batch(), both.tables["confusion"].batch());
    // The same neurons in another order are the same neurons.
    let turned = table(5, |card| card.units.reverse());
    let other_order = clustered(&[one.clone(), turned]).unwrap();
    assert_eq!(other_order.tables["clusters"].n_rows(), N_UNITS);
    let twice = clustered(&[one.clone(), one.clone()]).unwrap();
    assert_eq!(twice.tables["clusters"].batch(), single.tables["clusters"].batch());
    let alone = [("encoder", &one)];
    let connected = run(
        "mds.cluster",
        json!({"frames": FRAMES, "window": 3, "norm": 8, "k_init": 2, "restarts": 1, "steps": 3, "steps_first": 3,
        "em_max": 2, "final_steps": 3, "held_out": 0, "min_cluster": 1, "split": {"max_passes": 0}}),
        &alone,
    );
    assert_eq!(connected.unwrap().tables["mds_stimuli"].batch(), single.tables["mds_stimuli"].batch());
}

#[test]
fn collected_encoders_that_do_not_fit_are_told() {
    let first = table(2, |_| ());
    let refused = |other: Table| clustered(&[first.clone(), other]).unwrap_err().report();
    let report = refused(table(5, |card| card.network.height = 8));
    assert!(report.contains("see different screens") && report.contains("encoder fold=1"), "{report}");
    assert!(report.contains("1 channels of 8 x 6"), "{report}");
    let report = refused(table(5, |card| card.dt_s = 0.1));
    assert!(report.contains("different frame rates") && report.contains("10 Hz"), "{report}");
    let report = refused(table(5, |card| card.units[1].1 = "other".into()));
    assert!(report.contains("of different neurons") && report.contains("without r: u1"), "{report}");
    let report = refused(table(5, |card| {
        card.network.n_units += 1;
        card.units.push(("r".into(), "more".into()));
    }));
    assert!(report.contains("5 neurons, among them r: more"), "{report}");
    let report = refused(table(5, |card| card.calcium_tau_s = Some(0.4)));
    assert!(report.contains("predict different things") && report.contains("0.4 s"), "{report}");
}
