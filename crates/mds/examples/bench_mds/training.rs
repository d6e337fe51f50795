//! Loss and gradient of a chunk of a movie.

use std::path::Path;

use ndarray::{Array1, Array2, Array4};
use neuroloom_mds::{Chunk, Clip, FitOptions, FitPass, Loss, Movies, Optimiser, Penalties};

use crate::harness::{Outcome, measure_each, network, read};

/// As in `benches/peers/mds/training.py`.
const LEN: usize = 150;
const SETTLE: usize = 30;

pub fn run(folder: &Path) -> Outcome {
    let parameters: Array1<f32> = read(folder, "parameters")?;
    let (movie, traces): (Array4<f32>, Array2<f32>) = (read(folder, "movie")?, read(folder, "traces")?);
    let network = network(folder)?;
    let (n_frames, n_units) = traces.dim();
    let clip = Clip {
        id: "movie".into(),
        frames: movie.iter().copied().collect(),
        n_frames,
        traces: traces.iter().copied().collect(),
    };
    let spec = network.spec();
    let screen = [spec.channels, spec.height, spec.width];
    let movies = Movies { screen, n_units, train: vec![clip], test: Vec::new() };
    let options = FitOptions {
        loss: Loss::Mse,
        optimiser: Optimiser::Adam,
        calcium_tau_frames: Some(12.0),
        chunk: LEN,
        settle: SETTLE,
        batch: 1,
        validation: 0.1,
        epochs: 1,
        lr: 0.01,
        lr_factor: 0.3,
        lr_patience: 4,
        stop_after: 10,
        weight_decay: 0.0,
        penalties: Penalties::default(),
        nonnegative: false,
        fit_places: true,
    };
    let mut pass = FitPass::new(&network, &options, LEN);
    let parameters = parameters.to_vec();
    let chunk = Chunk { clip: 0, start: n_frames - LEN };
    measure_each("loss and gradient of a chunk", 1.0, || {
        Ok(pass.loss_and_gradient(&parameters, &movies, chunk))
    })
}
