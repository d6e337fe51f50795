//! All that the simulated retina is shown.

use ndarray::Array2;
use neuroloom_core::Seed;

use super::battery::{BAR_DIRECTIONS, bar, chirp};
use super::movie::{CLIP_FRAMES, movie};
use super::params::RetinaParams;

/// One stimulus.
#[derive(Clone, Debug, PartialEq)]
pub struct Stimulus {
    /// Its name.
    pub id: String,
    /// `movie`, `full_field` or `bar`.
    pub kind: &'static str,
    /// What it is for: `train`, `test` or `battery`.
    pub split: &'static str,
    /// How often it is shown.
    pub repeats: usize,
    /// Contrasts, `[frame, channel * pixel]`.
    pub frames: Array2<f64>,
}

/// The training movie, its test clips, the chirp and the bars, each with the screen at 0 before.
pub fn stimuli(params: &RetinaParams, seed: Seed) -> Vec<Stimulus> {
    let all = clips(params, seed);
    let n_train = params.train_clips * CLIP_FRAMES;
    let (train, test) = all.view().split_at(ndarray::Axis(0), n_train);
    let mut stimuli = vec![Stimulus {
        id: "movie_train".into(),
        kind: "movie",
        split: "train",
        repeats: 1,
        frames: train.to_owned(),
    }];
    let tests = test.axis_chunks_iter(ndarray::Axis(0), CLIP_FRAMES).enumerate();
    stimuli.extend(tests.map(|(k, frames)| Stimulus {
        id: format!("movie_test_{k:02}"),
        kind: "movie",
        split: "test",
        repeats: params.test_repeats,
        frames: frames.to_owned(),
    }));
    if params.battery_repeats > 0 {
        stimuli.extend(battery(params));
    }
    stimuli
}

/// The training movie alone, `[frame, channel * pixel]`.
pub fn training_movie(params: &RetinaParams, seed: Seed) -> Array2<f64> {
    let all = clips(params, seed);
    all.slice(ndarray::s![..params.train_clips * CLIP_FRAMES, ..]).to_owned()
}

/// The clips of training and test, z-scored together.
fn clips(params: &RetinaParams, seed: Seed) -> Array2<f64> {
    movie(params.train_clips + params.test_clips, params.grid(), seed.child("movie"))
}

fn battery(params: &RetinaParams) -> impl Iterator<Item = Stimulus> {
    let (grid, repeats) = (params.grid(), params.battery_repeats);
    let of = move |id: String, kind, frames| Stimulus { id, kind, split: "battery", repeats, frames };
    let bars = (0..BAR_DIRECTIONS).map(move |k| of(format!("bar_{k}"), "bar", bar(grid, k)));
    std::iter::once(of("chirp".into(), "full_field", chirp(grid))).chain(bars)
}
