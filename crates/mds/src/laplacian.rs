//! How rough the frames of a stimulus are.

use crate::real::Real;
use crate::stimulus::StimulusShape;

/// The kernel, row by row.
const KERNEL: [f64; 9] = [0.25, 0.5, 0.25, 0.5, -3.0, 0.5, 0.25, 0.5, 0.25];
/// Pixels that are reflected at every edge.
const PADDING: isize = 2;

/// Mean square of the frames through `[[.25, .5, .25], [.5, -3, .5], [.25, .5, .25]]`, reflected by two pixels at the
/// edges, so that the result has two rows and columns more than a frame. 0 for constant frames.
pub fn roughness<F: Real>(shape: StimulusShape, stimulus: &[F]) -> f64 {
    let mut total = 0.0;
    for frame in stimulus.chunks_exact(shape.n_pixels().max(1)) {
        for_each_output(shape, |pixels| {
            let value: f64 = pixels.iter().map(|&(pixel, weight)| weight * frame[pixel].double()).sum();
            total += value * value;
        });
    }
    total / n_outputs(shape)
}

/// Adds `scale` times the gradient of [`roughness`] to `gradient`.
pub fn add_gradient<F: Real>(shape: StimulusShape, stimulus: &[F], scale: f64, gradient: &mut [F]) {
    let factor = 2.0 * scale / n_outputs(shape);
    let n_pixels = shape.n_pixels().max(1);
    for (frame, gradient) in stimulus.chunks_exact(n_pixels).zip(gradient.chunks_exact_mut(n_pixels)) {
        for_each_output(shape, |pixels| {
            let value: f64 = pixels.iter().map(|&(pixel, weight)| weight * frame[pixel].double()).sum();
            for &(pixel, weight) in pixels {
                gradient[pixel] += F::from_f64(factor * weight * value);
            }
        });
    }
}

fn n_outputs(shape: StimulusShape) -> f64 {
    (shape.channels * shape.frames * (shape.height + 2) * (shape.width + 2)) as f64
}

/// Pixels and weights of every place of the result.
fn for_each_output(shape: StimulusShape, mut visit: impl FnMut(&[(usize, f64); 9])) {
    let (height, width) = (shape.height as isize, shape.width as isize);
    for y in -1..=height {
        for x in -1..=width {
            let mut pixels = [(0, 0.0); 9];
            for (k, (pixel, weight)) in pixels.iter_mut().zip(KERNEL).enumerate() {
                let (dy, dx) = (k as isize / 3 - 1, k as isize % 3 - 1);
                let place = reflected(y + dy, height) * width + reflected(x + dx, width);
                *pixel = (place as usize, weight);
            }
            visit(&pixels);
        }
    }
}

/// The pixel that stands for one up to [`PADDING`] outside, mirrored at the middle of the outermost pixel.
fn reflected(place: isize, length: isize) -> isize {
    debug_assert!((-PADDING..length + PADDING).contains(&place));
    let inside = if place < 0 { -place } else { place };
    let inside = if inside >= length { 2 * (length - 1) - inside } else { inside };
    inside.clamp(0, length - 1)
}
