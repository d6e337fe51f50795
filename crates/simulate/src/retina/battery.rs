//! The stimuli that retinal cells are usually told apart by: a chirp and moving bars.

use std::f64::consts::{PI, TAU};

use ndarray::Array2;

use super::filters::Grid;

/// Frames per second.
pub const FRAMES_PER_S: f64 = 30.0;
/// Frames of the chirp.
pub const CHIRP_FRAMES: usize = 720;
/// Frames of a bar, and directions in which bars move.
pub const BAR_FRAMES: usize = 90;
/// Directions in which bars move.
pub const BAR_DIRECTIONS: usize = 8;
const CONTRAST: f64 = 2.0;
const BACKGROUND: f64 = -0.8;
/// Frame in which a bar starts, its place then (pixels from the middle), speed (pixels/s) and half-width.
const BAR_START: usize = 10;
const BAR_PLACE_PX: f64 = -22.0;
const BAR_SPEED_PX_PER_S: f64 = 20.0;
const BAR_HALF_WIDTH_PX: f64 = 2.0;

/// A full field that steps on and off, then flickers ever faster, then ever stronger, white: `[frame, channel * pixel]`.
pub fn chirp(grid: Grid) -> Array2<f64> {
    Array2::from_shape_fn((CHIRP_FRAMES, grid.n_values()), |(frame, _)| chirp_contrast(frame))
}

/// Contrast of the chirp in a frame.
fn chirp_contrast(frame: usize) -> f64 {
    let since = |start: usize| (frame - start) as f64 / FRAMES_PER_S;
    match frame {
        60..150 => CONTRAST,
        150..240 => -CONTRAST,
        270..510 => {
            let t = since(270);
            CONTRAST * (TAU * (0.5 * t + 0.46875 * t * t)).sin()
        }
        530..710 => {
            let t = since(530);
            CONTRAST * t / 6.0 * (2.0 * TAU * t).sin()
        }
        _ => 0.0,
    }
}

/// A white bar that moves in direction `k` of [`BAR_DIRECTIONS`], 45 degrees apart: `[frame, channel * pixel]`.
pub fn bar(grid: Grid, k: usize) -> Array2<f64> {
    let (sin, cos) = (k as f64 * PI / 4.0).sin_cos();
    let along = grid.map(|y, x| x * cos + y * sin);
    Array2::from_shape_fn((BAR_FRAMES, grid.n_values()), |(frame, value)| {
        let since = (frame.max(BAR_START) - BAR_START) as f64 / FRAMES_PER_S;
        let place = BAR_PLACE_PX + BAR_SPEED_PX_PER_S * since;
        let inside = (along[value % grid.n_pixels()] - place).abs() < BAR_HALF_WIDTH_PX;
        if frame >= BAR_START && inside { CONTRAST } else { BACKGROUND }
    })
}
