//! What a pass leaves behind, and the room that it needs.

use neuroloom_math::{Factor, Target, product};

use super::geometry::{Region, Shape};
use super::{Layer, Network};
use crate::real::Real;

/// Activations of a stimulus and their gradients. Made once, used for any number of stimuli of the same length.
#[derive(Clone, Debug)]
pub struct Tape<F> {
    pub(super) shapes: Vec<Shape>,
    /// Before the first layer and behind every layer.
    pub(super) activations: Vec<Vec<F>>,
    /// The same of the gradient.
    pub(super) gradients: Vec<Vec<F>>,
    /// What the filters of a spatial layer see, a column or row per place and frame.
    pub(super) columns: Vec<Vec<F>>,
    pub(super) scratch: Vec<F>,
    /// Features with the places of a frame side by side, `[frame][position][channel]`.
    pub(crate) flat: Vec<F>,
    pub(crate) flat_gradient: Vec<F>,
}

impl<F: Real> Tape<F> {
    /// Room for stimuli of `frames` frames, of whose features only `region` is asked for.
    pub(crate) fn new(network: &Network, frames: usize, region: Region) -> Self {
        let shapes = network.shapes(frames, region);
        let zeros = |shape: &Shape| vec![F::zero(); shape.len()];
        let columns = network.layers.iter().enumerate().map(|(place, layer)| match layer {
            Layer::Spatial(layer) => vec![F::zero(); layer.columns_len(&shapes[place + 1])],
            _ => Vec::new(),
        });
        let last = shapes.last().map_or(0, Shape::len);
        Self {
            activations: shapes.iter().map(zeros).collect(),
            gradients: shapes.iter().map(zeros).collect(),
            columns: columns.collect(),
            scratch: Vec::new(),
            flat: vec![F::zero(); last],
            flat_gradient: vec![F::zero(); last],
            shapes,
        }
    }

    /// Frames with features.
    pub(crate) fn frames_out(&self) -> usize {
        self.shapes.last().map_or(0, |shape| shape.frames)
    }

    /// Copies frames `[channel][frame][pixel]` behind `lead` frames of 0. `stride` is the distance of channels in `stimulus`.
    pub(crate) fn load(&mut self, stimulus: &[F], stride: usize, lead: usize) {
        let Shape { region, frames, .. } = self.shapes[0];
        let n_pixels = region.n_positions();
        let planes = self.activations[0].chunks_exact_mut(n_pixels * frames);
        for (plane, channel) in planes.zip(stimulus.chunks(stride)) {
            for (pixel, row) in plane.chunks_exact_mut(frames).enumerate() {
                row[..lead].fill(F::zero());
                let values = channel[pixel..].iter().step_by(n_pixels);
                row[lead..].iter_mut().zip(values).for_each(|(out, value)| *out = *value);
            }
        }
    }

    /// The gradient with respect to a stimulus `[channel][frame][pixel]` whose first `skipped` frames were not loaded, the others
    /// behind `lead` frames. `stride` is the distance of channels.
    pub(crate) fn unload(&self, lead: usize, skipped: usize, stride: usize, gradient: &mut [F]) {
        let Shape { region, frames, .. } = self.shapes[0];
        let n_pixels = region.n_positions();
        let planes = self.gradients[0].chunks_exact(n_pixels * frames);
        for (plane, channel) in planes.zip(gradient.chunks_exact_mut(stride)) {
            let (before, behind) = channel.split_at_mut(skipped * n_pixels);
            before.fill(F::zero());
            for (pixel, row) in plane.chunks_exact(frames).enumerate() {
                let places = behind[pixel..].iter_mut().step_by(n_pixels);
                row[lead..].iter().zip(places).for_each(|(value, out)| *out = *value);
            }
        }
    }

    /// Puts the features of a frame side by side.
    pub(crate) fn flatten(&mut self) -> &[F] {
        let (shape, features) =
            (self.shapes[self.shapes.len() - 1], &self.activations[self.shapes.len() - 1]);
        let width = shape.region.n_positions() * shape.channels;
        for (position, rows) in features.chunks_exact(shape.row_len()).enumerate() {
            for (frame, row) in rows.chunks_exact(shape.channels).enumerate() {
                let start = frame * width + position * shape.channels;
                self.flat[start..start + shape.channels].copy_from_slice(row);
            }
        }
        &self.flat
    }

    /// The inverse for the gradient.
    pub(crate) fn unflatten_gradient(&mut self) {
        let last = self.shapes.len() - 1;
        let shape = self.shapes[last];
        let width = shape.region.n_positions() * shape.channels;
        for (position, rows) in self.gradients[last].chunks_exact_mut(shape.row_len()).enumerate() {
            for (frame, row) in rows.chunks_exact_mut(shape.channels).enumerate() {
                let start = frame * width + position * shape.channels;
                row.copy_from_slice(&self.flat_gradient[start..start + shape.channels]);
            }
        }
    }

    /// `pooled [frame][channel * rank]`: the features through every image of `basis [rank][position]`.
    pub(crate) fn pool(&self, basis: &[F], rank: usize, pooled: &mut [F]) {
        let last = self.shapes.len() - 1;
        let (positions, row) = (self.shapes[last].region.n_positions(), self.shapes[last].row_len());
        let features = Factor::transposed(&self.activations[last], row);
        let basis = Factor::transposed(basis, positions);
        product(Target::replace(pooled, rank), [row, positions, rank], features, basis, F::one());
    }

    /// Its adjoint, to the gradient of the features.
    pub(crate) fn unpool(&mut self, basis: &[F], rank: usize, pooled: &[F]) {
        let last = self.shapes.len() - 1;
        let (positions, row) = (self.shapes[last].region.n_positions(), self.shapes[last].row_len());
        let target = Target::replace(&mut self.gradients[last], row);
        let (basis, pooled) = (Factor::transposed(basis, positions), Factor::transposed(pooled, rank));
        product(target, [positions, rank, row], basis, pooled, F::one());
    }
}
