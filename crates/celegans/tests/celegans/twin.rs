//! The whole homogenisation against the numbers of `benches/peers/celegans_twin.py`, an independent numpy
//! version of the equations.

use std::fs::File;
use std::path::Path;

use crate::support::{run, used};
use ndarray::{Array1, Array2, Array3};
use ndarray_npy::NpzReader;
use neuroloom_celegans::normalise::Normalisation;
use neuroloom_celegans::smooth::SmoothMethod;
use neuroloom_celegans::{AggregateTimestamp, HomogeniseParams, Profile, RawColumn, Recording, StoredSignal};

/// Every 11th sample is in the fixture.
const STRIDE: usize = 11;

fn cases() -> [HomogeniseParams; 6] {
    let default = HomogeniseParams::default;
    [
        default(),
        HomogeniseParams { resample_dt_s: 1.4, ..default() },
        HomogeniseParams {
            resample_dt_s: 0.9,
            aggregate_timestamp: AggregateTimestamp::Centroid,
            smooth: SmoothMethod::Gaussian,
            sigma: 3.0,
            ..default()
        },
        HomogeniseParams {
            smooth: SmoothMethod::Exponential,
            alpha: 0.3,
            normalise: Normalisation::Causal,
            ..default()
        },
        HomogeniseParams { smooth: SmoothMethod::None, ..default() },
        HomogeniseParams { window: 4, profile: Profile::Compat, ..default() },
    ]
}

#[test]
fn every_signal_equals_that_of_the_numpy_twin() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/homogenise_twin.npz");
    let mut file = NpzReader::new(File::open(path).unwrap()).unwrap();
    let times_s: Array1<f64> = file.by_name("times_s").unwrap();
    let traces: Array2<f64> = file.by_name("traces").unwrap();
    let names = ["ADAL", "ADAR", "ADEL", "ADER"];
    let columns = names.iter().zip(traces.columns()).enumerate().map(|(i, (name, trace))| RawColumn {
        raw_column: i as i64,
        label_given: Some((*name).to_owned()),
        trace: trace.to_vec().into(),
    });
    let recording = Recording {
        times_s: times_s.to_vec().into(),
        columns: columns.collect(),
        ..crate::support::recording(&[], vec![])
    };
    for (number, params) in cases().iter().enumerate() {
        let found = used(run(&recording, params));
        let stamps: Array1<f64> = file.by_name(&format!("stamps_{number}")).unwrap();
        assert_eq!(found.times_s.len(), stamps.len());
        assert!(found.times_s.iter().zip(&stamps).all(|(a, b)| (a - b).abs() < 1e-9));
        let signals: Array3<f64> = file.by_name(&format!("signals_{number}")).unwrap();
        for (signal, expected) in StoredSignal::ALL[1..].iter().zip(signals.outer_iter()) {
            compare(number, *signal, &found.signals[signal], &expected.to_owned());
        }
    }
}

/// rtol 1e-4, atol 1e-5: the tolerance of the method for 32-bit columns.
fn compare(case: usize, signal: StoredSignal, found: &Array2<f32>, expected: &Array2<f64>) {
    assert_eq!((found.nrows(), found.ncols().div_ceil(STRIDE)), expected.dim());
    for ((neuron, k), expected) in expected.indexed_iter() {
        let found = f64::from(found[[neuron, k * STRIDE]]);
        let close = (found - expected).abs() <= 1e-5 + 1e-4 * expected.abs();
        assert!(close, "case {case}, {signal:?}, neuron {neuron}, sample {k}: {found} {expected}");
    }
}
