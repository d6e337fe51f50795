//! The adapter, arrays on it, and how near two of them are.

use std::sync::OnceLock;

use neuroloom_core::Seed;
use neuroloom_langevin::{Draws, EntryWeights};
use neuroloom_langevin_gpu::{Adapters, Gpu, Optimiser, Recorder, Shared, words};
use neuroloom_nn::CounterStream;

/// The adapter of this computer; where there is none, says so and gives none.
pub fn gpu() -> Option<&'static Gpu> {
    static GPU: OnceLock<Result<Gpu, String>> = OnceLock::new();
    match GPU.get_or_init(|| Gpu::open(Adapters::Any).map_err(|error| error.to_string())) {
        Ok(gpu) => Some(gpu),
        Err(error) => {
            neuroloom_testkit::skip(error);
            None
        }
    }
}

/// Normal numbers of a place.
pub fn normals(place: u32, len: usize) -> Vec<f64> {
    let mut values = vec![0.0; len];
    CounterStream::new(Seed::root(9)).normals([place, 0, 0], &mut values);
    values
}

pub fn single(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&x| x as f32).collect()
}

/// The largest difference over the largest value.
pub fn distance(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    let worst = found.iter().zip(expected).map(|(&a, &b)| (f64::from(a) - b).abs()).fold(0.0, f64::max);
    // NaN is far from everything.
    if found.iter().any(|x| !x.is_finite()) { f64::INFINITY } else { worst / largest.max(1e-30) }
}

/// Fails where two arrays differ by more than `tolerance` of the largest value.
#[track_caller]
pub fn assert_near(name: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    let distance = distance(found, expected);
    assert!(distance <= tolerance, "{name}: {distance:.2e}");
}

/// Shared arrays with `parameters`, for batches of `trials` with `draws`.
pub fn shared(gpu: &Gpu, parameters: &[f64], trials: &[u32], draws: &Draws) -> Shared {
    let shared = Shared::new(gpu, parameters.len(), trials.len()).unwrap();
    gpu.write(&shared.parameters, &single(parameters));
    gpu.write(&shared.trials, trials);
    let weights = EntryWeights { entry: 1.0, divergence: 0.0 };
    gpu.write(&shared.step, &words(draws, weights, Optimiser::default()));
    shared
}

/// Records and runs.
pub fn run(gpu: &Gpu, shared: &Shared, record: impl FnOnce(&mut Recorder<'_>) -> neuroloom_core::Result<()>) {
    let mut recorder = Recorder::new(gpu, shared);
    record(&mut recorder).unwrap();
    gpu.run(&[&recorder.finish()]);
}
