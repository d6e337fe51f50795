//! A gradient step of a stimulus.

use std::path::Path;
use std::sync::Arc;

use ndarray::{Array1, Array5};
use neuroloom_mds::{Ascent, Convolutional, Gains, Groups, History, Objective, Projection, Stop};

use crate::harness::{Outcome, network, read};

/// As in `benches/peers/mds/step.py`.
const FRAMES: [usize; 2] = [50, 10];
const STEPS: usize = 4;
const TAU: f64 = 1.6;

pub fn run(folder: &Path) -> Outcome {
    let parameters: Array1<f32> = read(folder, "parameters")?;
    let labels: Array1<i64> = read(folder, "labels")?;
    let starts: Array5<f32> = read(folder, "starts")?;
    let network = Arc::new(network(folder)?);
    let encoder = Convolutional::new(network, parameters.to_vec(), FRAMES, None, History::None, true)?;
    let groups = Groups::new(&labels.iter().map(|&label| label as usize).collect::<Vec<_>>());
    let objective = Objective::new(&groups, &Gains::none(labels.len()), TAU);
    let ascent = Ascent {
        learning_rate: 100.0,
        smooth: 0.0,
        stop: Stop::Steps,
        display_scale: 1.0,
        projection: Projection { norm: Some(30.0), clip: vec![(-0.654, 6.269), (-0.913, 6.269)] },
        init_scale: 1.0,
    };
    let starts: Vec<(usize, Vec<f32>)> =
        starts.outer_iter().map(|one| one.iter().copied().collect()).enumerate().collect();
    let n = (starts.len() * STEPS) as f64;
    crate::harness::measure_each("step of a stimulus", n, || {
        Ok(ascent.run(&encoder, &objective, starts.clone(), STEPS)?)
    })
}
