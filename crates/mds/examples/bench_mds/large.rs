//! 10,000 neurons and 40 clusters: for the memory that it takes (`/usr/bin/time -v`).

use std::sync::Arc;

use neuroloom_mds::{
    Ascent, Convolutional, Encoder, Gains, Groups, History, MaskShape, Network, NetworkKind, NetworkSpec,
    Objective, Projection, Stop,
};

use crate::harness::{Outcome, measure_each};

const N_UNITS: usize = 10_000;
const N_CLUSTERS: usize = 40;

pub fn run() -> Outcome {
    let layers = NetworkKind::Sepconv.layers(16, 11, 15);
    let network = Network::new(NetworkSpec {
        channels: 1,
        height: 18,
        width: 16,
        layers,
        n_units: N_UNITS,
        mask: MaskShape::Round,
    })?;
    let noise = |k: usize| ((k * 7919 + 13) % 1009) as f32 / 5045.0 - 0.1;
    let parameters: Vec<f32> = (0..network.layout().len()).map(noise).collect();
    let encoder =
        Convolutional::new(Arc::new(network), parameters, [50, 10], Some(12.0), History::Blank, true)?;
    let labels: Vec<usize> = (0..N_UNITS).map(|unit| unit % N_CLUSTERS).collect();
    let objective = Objective::new(&Groups::new(&labels), &Gains::none(N_UNITS), 1.6);
    let ascent = Ascent {
        learning_rate: 10.0,
        smooth: 0.0,
        stop: Stop::Steps,
        display_scale: 1.0,
        projection: Projection { norm: Some(30.0), clip: Vec::new() },
        init_scale: 1.0,
    };
    let seed = neuroloom_core::Seed::root(1);
    let starts = || -> Vec<(usize, Vec<f32>)> {
        (0..N_CLUSTERS).map(|k| (k, ascent.start(&encoder, seed.child_index(k as u64)))).collect()
    };
    assert_eq!(encoder.n_units(), N_UNITS);
    measure_each("step of a stimulus, 10000 neurons", N_CLUSTERS as f64, || {
        Ok(ascent.run(&encoder, &objective, starts(), 1)?)
    })
}
