//! Real recordings and names, where they are at hand.

use std::path::PathBuf;

use crate::support::{run, slow, used};
use neuroloom_celegans::{HomogeniseParams, RawColumn, Recording, StoredSignal, names};
use serde_json::Value;

fn real(file: &str) -> Option<PathBuf> {
    neuroloom_testkit::shared_data(&format!("celegans/{file}"))
}

#[test]
fn the_names_and_classes_are_those_of_the_list() {
    let Some(path) = real("neurons/neurons_300.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<(&str, &str)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',');
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect();
    rows.sort_unstable();
    let ours: Vec<_> = names::NAMES.iter().map(|name| (*name, names::class(name).unwrap())).collect();
    assert_eq!(ours, rows);
}

fn flavell() -> Option<Recording<'static>> {
    let text = std::fs::read(real("flavell2023/derived_wormwideweb_layout.json")?).unwrap();
    let file: Value = serde_json::from_slice(&text).unwrap();
    let numbers =
        |list: &Value| -> Vec<f64> { list.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect() };
    let label = |roi: usize| file["labeled"][roi.to_string()]["label"].as_str().map(str::to_owned);
    let columns = file["trace_array"].as_array().unwrap().iter().enumerate().map(|(column, trace)| {
        RawColumn { raw_column: column as i64, label_given: label(column + 1), trace: numbers(trace).into() }
    });
    Some(Recording {
        id: "Flavell2023/worm".into(),
        source: "Flavell2023".into(),
        file: "worm.json".into(),
        signal_unit: "z".into(),
        licence_note: None,
        times_s: numbers(&file["timestamp_confocal"]).into(),
        columns: columns.collect(),
    })
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let z = |values: &[f32]| -> Vec<f64> {
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
        let centred: Vec<f64> = values.iter().map(|v| f64::from(*v) - mean).collect();
        let length = centred.iter().map(|v| v * v).sum::<f64>().sqrt();
        centred.into_iter().map(|v| v / length).collect()
    };
    z(a).iter().zip(z(b)).map(|(a, b)| a * b).sum()
}

#[test]
fn a_real_worm_has_2889_samples_and_neurons_that_move_together() {
    let Some(worm) = flavell() else { return };
    let found = used(run(&worm, &HomogeniseParams::default()));
    assert_eq!(found.times_s.len(), 2889);
    assert!((found.clock.median_dt_s - 0.600).abs() < 1e-3 && (found.clock.duration_s() - 961.9).abs() < 0.1);
    let original = |name: &str| {
        let row = found.neurons.iter().position(|neuron| neuron.name == name).unwrap();
        found.signals[&StoredSignal::Original].row(row).to_vec()
    };
    for (left, right, expected) in [("AVAL", "AVAR", 0.97), ("AVEL", "AVER", 0.96), ("AIBL", "AIBR", 0.94)] {
        let r = correlation(&original(left), &original(right));
        assert!((r - expected).abs() < 0.006, "{left} {right} {r}");
    }
}

#[test]
fn a_real_worm_equals_the_method_written_out_slowly() {
    let Some(worm) = flavell() else { return };
    let found = used(run(&worm, &HomogeniseParams::default()));
    let t: Vec<f64> = worm.times_s.iter().map(|t| t - worm.times_s[0]).collect();
    for (row, neuron) in found.neurons.iter().enumerate().step_by(9) {
        let x = &worm.columns[neuron.raw_column as usize].trace;
        let r = slow::residual(x, &t);
        let smooth = slow::resample(&slow::moving(x, 15), &t, 0.333, true);
        let mean = smooth.iter().sum::<f64>() / smooth.len() as f64;
        let sd = (smooth.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / smooth.len() as f64).sqrt();
        let expected = [
            (StoredSignal::Raw, slow::resample(x, &t, 0.333, true)),
            (StoredSignal::Residual, slow::resample(&r, &t, 0.333, true)),
            (StoredSignal::SmoothResidual, slow::resample(&slow::moving(&r, 15), &t, 0.333, true)),
            (StoredSignal::Calcium, smooth.iter().map(|v| (v - mean) / sd).collect()),
            (StoredSignal::Smooth, smooth),
        ];
        for (signal, expected) in expected {
            for (k, expected) in expected.iter().enumerate() {
                let found = f64::from(found.signals[&signal][[row, k]]);
                assert!(
                    (found - expected).abs() <= 1e-5 + 1e-4 * expected.abs(),
                    "{} {signal:?} {k}",
                    neuron.name
                );
            }
        }
    }
}
