//! Naturalistic movies: windows that drift over images with the spectrum of natural scenes.

use std::f64::consts::TAU;

use ndarray::Array2;
use neuroloom_core::Seed;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use super::filters::{Grid, low_pass};

/// Frames of a clip.
pub const CLIP_FRAMES: usize = 150;
/// Pixels along a side of an image.
const IMAGE: usize = 160;
/// Exponent of its amplitude spectrum.
const EXPONENT: f64 = 1.1;
/// How much of its velocity a window keeps, what is added, and what it starts with, pixels per frame.
const VELOCITY_KEPT: f64 = 0.95;
const VELOCITY_NOISE: f64 = 0.18;
const VELOCITY_START: f64 = 0.5;
/// Probability of a jump to a new velocity, per frame.
const JUMP: f64 = 1.0 / 60.0;
/// Full-field flicker: its largest weight, the range of weights, and its time constant, frames.
const FLICKER: f64 = 1.2;
const FLICKER_RANGE: std::ops::Range<f64> = 0.2..1.0;
const FLICKER_TAU_FRAMES: f64 = 12.0;
/// Correlation of UV with green, which natural scenes have (about 0.8 in mice's visual field).
const COLOUR_CORRELATION: f64 = 0.8;

/// `n_clips` clips one behind the other, `[frame, channel * pixel]`, all z-scored together.
pub(super) fn movie(n_clips: usize, grid: Grid, seed: Seed) -> Array2<f64> {
    let images = Images::new();
    let clips = (0..n_clips as u64).into_par_iter();
    let clips: Vec<Vec<f64>> = clips.map(|k| clip(&images, grid, seed.child_index(k))).collect();
    let mut values = clips.concat();
    standardise(&mut values);
    // The lengths agree by construction.
    Array2::from_shape_vec((n_clips * CLIP_FRAMES, grid.n_values()), values).unwrap_or_default()
}

fn clip(images: &Images, grid: Grid, seed: Seed) -> Vec<f64> {
    let channels: Vec<Channel> = (0..grid.channels).map(|number| channel(images, number, seed)).collect();
    let mut stream = seed.child("window").rng();
    let mut velocity = [0, 1].map(|_| VELOCITY_START * normal(&mut stream));
    let mut place = [0, 1].map(|_| stream.random_range(0.0..IMAGE as f64));
    let mut frames = Vec::with_capacity(CLIP_FRAMES * grid.n_values());
    for frame in 0..CLIP_FRAMES {
        velocity = if stream.random::<f64>() < JUMP {
            [0, 1].map(|_| normal(&mut stream))
        } else {
            velocity.map(|v| VELOCITY_KEPT * v + VELOCITY_NOISE * normal(&mut stream))
        };
        place = [0, 1].map(|axis| place[axis] + velocity[axis]);
        for Channel { image, flicker } in &channels {
            let rows = (0..grid.height).flat_map(|y| (0..grid.width).map(move |x| (y as f64, x as f64)));
            frames.extend(rows.map(|(y, x)| sample(image, place[0] + y, place[1] + x) + flicker[frame]));
        }
    }
    frames
}

/// What a channel shows during a clip.
struct Channel {
    image: Array2<f64>,
    flicker: Vec<f64>,
}

/// Green, or UV, which resembles it.
fn channel(images: &Images, number: usize, seed: Seed) -> Channel {
    let image = images.draw(&mut seed.child("image").rng());
    let flicker = flicker(&mut seed.child("flicker").rng());
    if number == 0 {
        return Channel { image, flicker };
    }
    let own = channel(images, 0, seed.child("uv"));
    let rest = (1.0 - COLOUR_CORRELATION * COLOUR_CORRELATION).sqrt();
    Channel {
        image: COLOUR_CORRELATION * image + rest * own.image,
        flicker: flicker.iter().zip(own.flicker).map(|(a, b)| COLOUR_CORRELATION * a + rest * b).collect(),
    }
}

fn flicker(stream: &mut ChaCha8Rng) -> Vec<f64> {
    let weight = FLICKER * stream.random_range(FLICKER_RANGE);
    let noise: Vec<f64> = (0..CLIP_FRAMES).map(|_| normal(stream)).collect();
    let slow: Vec<f64> = low_pass(noise.into_iter(), FLICKER_TAU_FRAMES).collect();
    let (_, sd) = mean_and_sd(&slow);
    slow.into_iter().map(|value| weight * value / sd).collect()
}

/// Bilinear sampling of a periodic image.
fn sample(image: &Array2<f64>, y: f64, x: f64) -> f64 {
    let wrap = |place: f64| place.rem_euclid(IMAGE as f64) as usize % IMAGE;
    let (fy, fx) = (y - y.floor(), x - x.floor());
    let (y0, x0) = (wrap(y.floor()), wrap(x.floor()));
    let (y1, x1) = ((y0 + 1) % IMAGE, (x0 + 1) % IMAGE);
    let row = |y: usize| (1.0 - fx) * image[[y, x0]] + fx * image[[y, x1]];
    (1.0 - fy) * row(y0) + fy * row(y1)
}

/// The waves that images are made of.
struct Images {
    cos: Array2<f64>,
    sin: Array2<f64>,
    amplitude: Array2<f64>,
}

impl Images {
    fn new() -> Self {
        let angle = |(y, k): (usize, usize)| TAU * ((y * k) % IMAGE) as f64 / IMAGE as f64;
        let cycles = |k: usize| k.min(IMAGE - k) as f64;
        let amplitude = |(ky, kx): (usize, usize)| match cycles(ky).hypot(cycles(kx)) {
            0.0 => 1.0,
            f => f.powf(-EXPONENT),
        };
        Self {
            cos: Array2::from_shape_fn((IMAGE, IMAGE), |place| angle(place).cos()),
            sin: Array2::from_shape_fn((IMAGE, IMAGE), |place| angle(place).sin()),
            amplitude: Array2::from_shape_fn((IMAGE, IMAGE), amplitude),
        }
    }

    /// The real part of a sum of waves with Gaussian coefficients, z-scored.
    fn draw(&self, stream: &mut ChaCha8Rng) -> Array2<f64> {
        let mut coefficients = || self.amplitude.mapv(|amplitude| amplitude * normal(stream));
        let (real, imaginary) = (coefficients(), coefficients());
        let rows_real = self.cos.dot(&real) - self.sin.dot(&imaginary);
        let rows_imaginary = self.cos.dot(&imaginary) + self.sin.dot(&real);
        let mut image = rows_real.dot(&self.cos) - rows_imaginary.dot(&self.sin);
        if let Some(values) = image.as_slice_mut() {
            standardise(values);
        }
        image
    }
}

fn standardise(values: &mut [f64]) {
    let (mean, sd) = mean_and_sd(values);
    for value in values {
        *value = (*value - mean) / sd;
    }
}

/// Mean and standard deviation (divided by n).
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

fn normal(stream: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(stream)
}
