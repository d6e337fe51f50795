//! All cells of a retina, what they see and what is recorded of them.

use ndarray::{Array2, ArrayView2};
use neuroloom_core::Seed;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::cell::Cell;
use super::filters::{Grid, TAPS, convolve, low_pass};
use super::movie::mean_and_sd;
use super::params::RetinaParams;

/// Time constant of the calcium signal, frames.
pub const CALCIUM_TAU_FRAMES: f64 = 12.0;

/// The cells of a retina, in a random order.
#[derive(Clone, Debug, PartialEq)]
pub struct Retina {
    /// Its screen.
    pub grid: Grid,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// How a recording differs from the calcium signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Standard deviation of the logarithm of the gain, which changes from repeat to repeat.
    pub gain_sd: f64,
    /// Standard deviation of what is added to every frame, in standard deviations of the calcium signal.
    pub noise_sd: f64,
}

impl Retina {
    /// Draws the cells and calibrates them on the training movie, `[frame, channel * pixel]`.
    pub fn new(params: &RetinaParams, training: ArrayView2<'_, f64>, seed: Seed) -> Self {
        let counts = params.counts();
        let types = counts.iter().flat_map(|(&kind, &count)| std::iter::repeat_n(kind, count));
        let cells = types.enumerate();
        let mut cells: Vec<Cell> =
            cells.map(|(k, kind)| Cell::draw(kind, seed.child("cells").child_index(k as u64))).collect();
        cells.shuffle(&mut seed.child("order").rng());
        let mut retina = Self { grid: params.grid(), cells };
        retina.calibrate(training, params.noise(), seed);
        retina
    }

    /// Rates `[cell][frame]` to a stimulus `[frame, channel * pixel]`, before which the screen was at 0. With `centred` all
    /// receptive fields stand in the middle of the screen.
    pub fn rates(&self, stimulus: ArrayView2<'_, f64>, centred: bool) -> Vec<Vec<f64>> {
        let drives = self.drives(stimulus, centred);
        self.cells.par_iter().zip(drives).map(|(cell, drive)| cell.rate(&drive)).collect()
    }

    /// Calcium signals `[cell][frame]`, in the unit of the rates.
    pub fn calcium(&self, stimulus: ArrayView2<'_, f64>, centred: bool) -> Vec<Vec<f64>> {
        self.rates(stimulus, centred).into_par_iter().map(calcium).collect()
    }

    /// Noisy recordings `[cell][frame]` of calcium signals, in standard deviations of the recording of the training
    /// movie. The noise of a cell depends on `seed` and its place alone.
    pub fn record(&self, calcium: &[Vec<f64>], noise: Noise, seed: Seed) -> Vec<Vec<f32>> {
        let cells = self.cells.par_iter().zip(calcium).enumerate();
        cells
            .map(|(k, (cell, calcium))| {
                let recorded = noisy(calcium, cell.calcium_sd, noise, seed.child_index(k as u64));
                recorded.into_iter().map(|value| (value / cell.recording_sd) as f32).collect()
            })
            .collect()
    }

    /// Standard deviations over the training movie, the noise of its recording included.
    fn calibrate(&mut self, training: ArrayView2<'_, f64>, noise: Noise, seed: Seed) {
        let drives = self.drives(training, false);
        let seed = training_noise(seed);
        self.cells.par_iter_mut().zip(drives).enumerate().for_each(|(k, (cell, drive))| {
            cell.drive_sd = positive(mean_and_sd(&drive).1);
            let calcium = calcium(cell.rate(&drive));
            cell.calcium_sd = positive(mean_and_sd(&calcium).1);
            let recorded = noisy(&calcium, cell.calcium_sd, noise, seed.child_index(k as u64));
            cell.recording_sd = positive(mean_and_sd(&recorded).1);
        });
    }

    /// Drives `[cell][frame]` before they are divided by their standard deviation.
    fn drives(&self, stimulus: ArrayView2<'_, f64>, centred: bool) -> Vec<Vec<f64>> {
        let spatial: Vec<Vec<Vec<f64>>> =
            self.cells.par_iter().map(|cell| cell.spatial_filters(self.grid, centred)).collect();
        let filters: Vec<&Vec<f64>> = spatial.iter().flatten().collect();
        let bank = Array2::from_shape_fn((self.grid.n_values(), filters.len()), |(p, k)| filters[k][p]);
        let seen = stimulus.dot(&bank);
        let starts = spatial.iter().scan(0, |next, own| {
            let start = *next;
            *next += own.len();
            Some(start)
        });
        let starts: Vec<usize> = starts.collect();
        let cells = self.cells.par_iter().zip(starts);
        cells
            .map(|(cell, start)| {
                let temporal: Vec<[f64; TAPS]> = cell.temporal_filters();
                let filtered = cell.filter_pairs().iter().map(|&(space, time)| {
                    let signal = seen.column(start + space).to_vec();
                    convolve(&signal, &temporal[time])
                });
                cell.drive(&filtered.collect::<Vec<_>>())
            })
            .collect()
    }
}

/// The seed of the noise in the recording of the training movie.
pub(super) fn training_noise(seed: Seed) -> Seed {
    seed.child("recording").child("movie_train").child_index(0)
}

fn calcium(rate: Vec<f64>) -> Vec<f64> {
    low_pass(rate.into_iter(), CALCIUM_TAU_FRAMES).collect()
}

fn noisy(calcium: &[f64], calcium_sd: f64, noise: Noise, seed: Seed) -> Vec<f64> {
    let mut stream = seed.rng();
    let gain = (noise.gain_sd * normal(&mut stream)).exp();
    let added = noise.noise_sd * calcium_sd;
    calcium.iter().map(|value| gain * value + added * normal(&mut stream)).collect()
}

fn normal(stream: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(stream)
}

/// A cell that never changes is divided by 1.
fn positive(sd: f64) -> f64 {
    if sd > 0.0 { sd } else { 1.0 }
}
