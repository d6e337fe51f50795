//! The backward pass.

use std::ops::Range;

use ndarray::Array2;
use pulp::{Arch, NullaryFnOnce};

use super::Filtered;
use super::kernels::{add_transposed, dot};

/// Paths `[T, D]` of standard normal deviates `[T, D]`, from the last bin of every segment back; of zeros the smoothed
/// means.
pub(super) fn run(
    filtered: &Filtered,
    segments: &[Range<usize>],
    states: &[usize],
    deviates: Array2<f64>,
) -> Array2<f64> {
    let mut paths = deviates;
    if let Some(paths) = paths.as_slice_mut() {
        Arch::new().dispatch(Pass { filtered, segments, states, paths });
    }
    paths
}

struct Pass<'a> {
    filtered: &'a Filtered,
    segments: &'a [Range<usize>],
    states: &'a [usize],
    /// Deviates, then paths.
    paths: &'a mut [f64],
}

impl NullaryFnOnce for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { filtered, segments, states, paths } = self;
        let rows = filtered.n_latents;
        let mut room = Room::new(filtered.stride);
        for segment in segments {
            for bin in segment.clone().rev() {
                let path = &mut paths[bin * rows..][..rows];
                room.deviates[..rows].copy_from_slice(path);
                if bin + 1 < segment.end {
                    room.pull(filtered, bin, states[bin]);
                }
                room.draw(filtered, bin);
                path.copy_from_slice(&room.next[..rows]);
            }
        }
    }
}

/// Vectors `[stride]`.
struct Room {
    /// Latents of the bin that comes after, then of this one.
    next: Vec<f64>,
    residual: Vec<f64>,
    pulled: Vec<f64>,
    deviates: Vec<f64>,
}

impl Room {
    fn new(stride: usize) -> Self {
        let zeros = || vec![0.0; stride];
        Self { next: zeros(), residual: zeros(), pulled: zeros(), deviates: zeros() }
    }

    /// Adds S g to the deviates of a bin whose next latents are known.
    #[inline(always)]
    fn pull(&mut self, filtered: &Filtered, bin: usize, state: usize) {
        let (n, rows, dynamics) = (filtered.stride, filtered.n_latents, &filtered.system.states[state]);
        let mean = &filtered.means[bin * n..][..rows];
        for ((residual, next), b) in self.residual.iter_mut().zip(&self.next).zip(&dynamics.offset) {
            *residual = next - b;
        }
        add_transposed(n, -1.0, &dynamics.transition_transposed, mean, &mut self.residual);
        self.pulled.fill(0.0);
        add_transposed(n, 1.0, &dynamics.precision_times, &self.residual[..rows], &mut self.pulled);
        for (deviate, row) in self.deviates.iter_mut().zip(filtered.sampler(bin).chunks_exact(n)) {
            *deviate += dot(row, &self.pulled);
        }
    }

    /// mean + S' deviates.
    #[inline(always)]
    fn draw(&mut self, filtered: &Filtered, bin: usize) {
        let (n, rows) = (filtered.stride, filtered.n_latents);
        self.next.copy_from_slice(&filtered.means[bin * n..][..n]);
        add_transposed(n, 1.0, filtered.sampler(bin), &self.deviates[..rows], &mut self.next);
    }
}
