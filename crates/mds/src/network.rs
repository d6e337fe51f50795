//! Convolutional encoders: layers over space and time, and a Gaussian mask per neuron.
//!
//! A stimulus passes through a list of layers ([`LayerSpec`]): convolutions in space, convolutions in time, and
//! pointwise nonlinearities. The features `phi` at the end are read by every neuron `i` at its own place,
//! `a_i(t) = sum_c u_ic sum_yx g_i(y, x) phi_c(t, y, x) + b_i` with a Gaussian `g_i` of sum 1, and its rate is
//! `gain_i ln(1 + e^(a_i))`. Forward pass and both gradients, to parameters and to the stimulus, are written by hand.

mod geometry;
mod initial;
mod mask;
mod penalty;
mod pointwise;
mod readout;
mod spatial;
mod spec;
mod tape;
mod temporal;

use neuroloom_core::Result;
use neuroloom_nn::Layout;

use crate::real::Real;

pub use geometry::Region;
pub use mask::MaskShape;
pub use penalty::Penalties;
pub(crate) use spec::MOST_CHANNELS;
pub use spec::{LayerSpec, NetworkKind, NetworkSpec};
pub use tape::Tape;

pub(crate) use mask::Masks;
pub(crate) use readout::ReadoutLayout;

use geometry::Shape;
use pointwise::Pointwise;
use spatial::Spatial;
use temporal::Temporal;

/// A network of a given shape; its parameters are a flat vector by [`Network::layout`].
#[derive(Clone, Debug)]
pub struct Network {
    spec: NetworkSpec,
    layout: Layout,
    layers: Vec<Layer>,
    readout: ReadoutLayout,
}

#[derive(Clone, Copy, Debug)]
enum Layer {
    Spatial(Spatial),
    Temporal(Temporal),
    Pointwise(Pointwise),
}

impl Network {
    /// The network of `spec`.
    ///
    /// # Errors
    /// When its sizes cannot be: see [`NetworkSpec::check`].
    pub fn new(spec: NetworkSpec) -> Result<Self> {
        spec.check()?;
        let (mut layout, mut layers) = (Layout::default(), Vec::new());
        let mut channels = spec.channels;
        for (place, layer) in spec.layers.iter().enumerate() {
            let name = format!("layers.{place}");
            let (layer, out) = match *layer {
                LayerSpec::Spatial { channels: out, size, padding } => {
                    let layer = Spatial::new(&mut layout, &name, [channels, out], size, padding, place == 0);
                    (Layer::Spatial(layer), out)
                }
                LayerSpec::Temporal { channels: out, taps } => {
                    (Layer::Temporal(Temporal::new(&mut layout, &name, [channels, out], taps)), out)
                }
                LayerSpec::Elu => (Layer::Pointwise(Pointwise::Elu), channels),
                LayerSpec::Rectify => (Layer::Pointwise(Pointwise::Rectify), channels),
                LayerSpec::Softplus => (Layer::Pointwise(Pointwise::Softplus), channels),
                LayerSpec::RectifyBoth => (Layer::Pointwise(Pointwise::RectifyBoth), 2 * channels),
            };
            layers.push(layer);
            channels = out;
        }
        let readout = ReadoutLayout::new(&mut layout, spec.n_units, channels, spec.mask);
        Ok(Self { spec, layout, layers, readout })
    }

    /// What it is made of.
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Its tensors.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Frames before a frame that its rates depend on.
    pub fn memory(&self) -> usize {
        let of_layer = |layer: &Layer| if let Layer::Temporal(layer) = layer { layer.taps - 1 } else { 0 };
        self.layers.iter().map(of_layer).sum()
    }

    /// Weights of the features of every neuron, `[neuron][feature]`, times its gain.
    pub fn readout_rows<F: Real>(&self, parameters: &[F]) -> Vec<Vec<f64>> {
        let features = self.readout.features.of(parameters).chunks_exact(self.readout.channels.max(1));
        let gains = self.readout.log_gain.of(parameters);
        let row =
            |(row, gain): (&[F], &F)| row.iter().map(|value| value.double() * gain.double().exp()).collect();
        features.zip(gains).map(row).collect()
    }

    pub(crate) fn readout(&self) -> ReadoutLayout {
        self.readout
    }

    /// Rows and columns of the features.
    pub(crate) fn map_size(&self) -> [usize; 2] {
        self.map_sizes().last().copied().unwrap_or([self.spec.height, self.spec.width])
    }

    /// The map before the first layer and behind every layer.
    fn map_sizes(&self) -> Vec<[usize; 2]> {
        let mut sizes = vec![[self.spec.height, self.spec.width]];
        let mut size = sizes[0];
        for layer in &self.layers {
            if let Layer::Spatial(layer) = layer {
                size = layer.map_out(size);
            }
            sizes.push(size);
        }
        sizes
    }

    /// What there is before the first layer and behind every layer for `frames` frames, where only `region` of the
    /// features is asked for.
    pub(crate) fn shapes(&self, frames: usize, region: Region) -> Vec<Shape> {
        let sizes = self.map_sizes();
        let mut regions = vec![region; sizes.len()];
        for (place, layer) in self.layers.iter().enumerate().rev() {
            regions[place] = match layer {
                // All of the screen, so that stimuli need no cutting.
                Layer::Spatial(_) if place == 0 => Region::whole(sizes[0]),
                Layer::Spatial(layer) => layer.needed(regions[place + 1], sizes[place]),
                _ => regions[place + 1],
            };
        }
        let (mut frames, mut channels) = (frames, self.spec.channels);
        let mut shapes = vec![Shape { region: regions[0], frames, channels }];
        for (place, layer) in self.layers.iter().enumerate() {
            (frames, channels) = match layer {
                Layer::Spatial(layer) => (frames, layer.channels[1]),
                Layer::Temporal(layer) => (frames + 1 - layer.taps, layer.channels[1]),
                Layer::Pointwise(layer) => (frames, layer.channels_out(channels)),
            };
            shapes.push(Shape { region: regions[place + 1], frames, channels });
        }
        shapes
    }

    /// Features of what lies on the tape: its activations behind every layer.
    pub(crate) fn features<F: Real>(&self, parameters: &[F], tape: &mut Tape<F>) {
        for place in 0..self.layers.len() {
            self.layer_forward(place, parameters, tape);
        }
    }

    fn layer_forward<F: Real>(&self, place: usize, parameters: &[F], tape: &mut Tape<F>) {
        let (before, behind) = tape.activations.split_at_mut(place + 1);
        let (from, to) = (&tape.shapes[place], &tape.shapes[place + 1]);
        let (x, y) = (before[place].as_slice(), behind[0].as_mut_slice());
        match &self.layers[place] {
            Layer::Spatial(layer) => layer.forward(parameters, [from, to], x, &mut tape.columns[place], y),
            Layer::Temporal(layer) => layer.forward(parameters, [from, to], x, y),
            Layer::Pointwise(layer) => layer.forward(from.channels, x, y),
        }
    }

    /// From the gradient with respect to the features, which lies behind the last of `tape.gradients`, those with
    /// respect to parameters (added to `gradient`) and, with `to_input`, to the input.
    pub(crate) fn features_backward<F: Real>(
        &self,
        parameters: &[F],
        tape: &mut Tape<F>,
        mut gradient: Option<&mut [F]>,
        to_input: bool,
    ) {
        for place in (0..self.layers.len()).rev() {
            let (before, behind) = tape.gradients.split_at_mut(place + 1);
            let (from, to) = (&tape.shapes[place], &tape.shapes[place + 1]);
            let dy = behind[0].as_slice();
            let dx = (place > 0 || to_input).then_some(before[place].as_mut_slice());
            let own = gradient.as_deref_mut();
            match &self.layers[place] {
                Layer::Spatial(layer) => {
                    let x = tape.activations[place].as_slice();
                    let columns = [&mut tape.columns[place], &mut tape.scratch];
                    layer.backward(parameters, [from, to], x, columns, dy, own, dx);
                }
                Layer::Temporal(layer) => {
                    let x = tape.activations[place].as_slice();
                    layer.backward(parameters, [from, to], x, &mut tape.scratch, dy, own, dx);
                }
                Layer::Pointwise(layer) => {
                    if let Some(dx) = dx {
                        layer.backward(from.channels, &tape.activations[place + 1], dy, dx);
                    }
                }
            }
        }
    }
}
