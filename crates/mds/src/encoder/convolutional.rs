//! A fitted network as an encoder.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;
use neuroloom_core::{Error, Result};
use neuroloom_math::{Factor, Target, product};
use neuroloom_nn::vectorised;

use super::Encoder;
use super::bank::factored;
use super::readout::Readout;
use crate::network::{Masks, Network, Region, Tape};
use crate::real::Real;
use crate::stimulus::StimulusShape;

/// Positions count where a mask is at least this share of its largest value.
const SMALLEST_MASK: f64 = 1e-3;
/// Directions of the space of masks are kept that hold more than this share of its largest: below the rounding of 32 bits
/// in a response.
const SMALLEST_DIRECTION: f64 = 1e-14;

/// Neurons of a fitted [`Network`], all of them reading the middle of the screen.
///
/// Centred masks differ by their width alone and span few images: features are projected on those first
/// (`[frame, position] x [position, rank]`, channel by channel), then mixed to neurons.
#[derive(Clone, Debug)]
pub struct Convolutional<F> {
    network: Arc<Network>,
    parameters: Arc<Vec<F>>,
    shape: StimulusShape,
    /// Frames of a blank screen before the first frame that matters.
    lead: usize,
    /// Frames of a stimulus before that.
    skipped: usize,
    region: Region,
    /// Orthonormal masks `[rank][position]`.
    basis: Arc<Vec<F>>,
    rank: usize,
    /// `[neuron][channel * rank]`.
    mix: Vec<F>,
    bias: Vec<F>,
    gain: Vec<F>,
    /// Weight of the rate in every frame that comes out.
    weights: Arc<Vec<F>>,
    name: &'static str,
}

/// What a response of [`Convolutional`] leaves behind.
#[derive(Clone, Debug)]
pub struct ConvolutionalTape<F> {
    network: Tape<F>,
    /// `[frame][channel * rank]`.
    pooled: Vec<F>,
    /// `[frame][neuron]`: drives, then derivatives of the responses with respect to them.
    drive: Vec<F>,
    /// `[frame][neuron]`.
    cotangents: Vec<F>,
}

/// What is before the first frame of a stimulus.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum History {
    /// A blank screen, long enough for all filters: every frame has a rate.
    #[default]
    Blank,
    /// Nothing: rates begin where all filters are filled.
    None,
}

impl<F: Real> Convolutional<F> {
    /// The neurons of `network` as they respond to stimuli of `frames` frames: the mean of the last `window` frames of
    /// the rate, or with `calcium_tau_frames` of the rate through that low pass. `centred: false` leaves the neurons where
    /// they look.
    ///
    /// # Errors
    /// When the stimulus is too short for the filters and the window.
    pub fn new(
        network: Arc<Network>,
        parameters: Vec<F>,
        [frames, window]: [usize; 2],
        calcium_tau_frames: Option<f64>,
        history: History,
        centred: bool,
    ) -> Result<Self> {
        let lead = if history == History::Blank { network.memory() } else { 0 };
        let frames_out = (frames + lead).saturating_sub(network.memory());
        if window == 0 || frames_out < window {
            return Err(Error::params("a stimulus is shorter than what the encoder sees, and its window")
                .expected(format!("at least {} frames", network.memory() - lead + window.max(1)))
                .found(format!("{frames} frames, a window of {window}"))
                .hint("raise `frames`, lower `window`, or let `history` be blank"));
        }
        let readout = match calcium_tau_frames {
            Some(tau) => Readout::low_pass(frames_out, window, tau),
            None => Readout::rate(frames_out, window),
        };
        // Rates before the first that counts are not computed.
        let first = readout.first_frame();
        let layout = network.readout();
        let map = network.map_size();
        let places =
            if centred { vec![F::zero(); 2 * layout.n_units] } else { layout.place.of(&parameters).to_vec() };
        let masks = Masks::new(map, &places, layout.log_sigma.of(&parameters));
        let region = live(&masks, map, layout.n_units);
        let (basis, mix, rank) = Self::pooling(&network, &parameters, &masks, region)?;
        let spec = network.spec();
        let shape = StimulusShape { channels: spec.channels, frames, height: spec.height, width: spec.width };
        Ok(Self {
            shape,
            lead: lead.saturating_sub(first),
            skipped: first.saturating_sub(lead),
            region,
            basis: Arc::new(basis),
            rank,
            mix,
            bias: layout.bias.of(&parameters).to_vec(),
            gain: layout.log_gain.of(&parameters).iter().map(|gain| gain.exponential()).collect(),
            weights: Arc::new(readout.weights[first..].iter().map(|&weight| F::from_f64(weight)).collect()),
            parameters: Arc::new(parameters),
            name: "network",
            network,
        })
    }

    fn pooling(
        network: &Network,
        parameters: &[F],
        masks: &Masks<F>,
        region: Region,
    ) -> Result<(Vec<F>, Vec<F>, usize)> {
        let layout = network.readout();
        let [_, width] = network.map_size();
        let at = |position: usize| {
            (region.y + position / region.width) * width + region.x + position % region.width
        };
        let images = Array2::from_shape_fn((region.n_positions(), layout.n_units), |(position, unit)| {
            masks.of(unit)[at(position)].double()
        });
        let (basis, coefficients) = factored(images.view(), SMALLEST_DIRECTION)?;
        let rank = basis.ncols();
        let basis = (0..rank).flat_map(|r| basis.column(r).to_vec()).map(F::from_f64).collect();
        let features = layout.features.of(parameters);
        let mut mix = Vec::with_capacity(layout.n_units * layout.channels * rank);
        for unit in 0..layout.n_units {
            for channel in 0..layout.channels {
                let feature = features[unit * layout.channels + channel];
                mix.extend((0..rank).map(|r| F::from_f64(coefficients[[r, unit]]) * feature));
            }
        }
        Ok((basis, mix, rank))
    }

    fn width(&self) -> usize {
        self.network.readout().channels * self.rank
    }
}

/// The smallest rectangle with all that a mask counts.
fn live<F: Real>(masks: &Masks<F>, [height, width]: [usize; 2], n_units: usize) -> Region {
    let mut ends = [height, 0, width, 0];
    for unit in 0..n_units {
        let mask = masks.of(unit);
        let least =
            F::from_f64(SMALLEST_MASK) * mask.iter().copied().fold(F::zero(), neuroloom_nn::Real::at_least);
        for (position, _) in mask.iter().enumerate().filter(|(_, weight)| **weight >= least) {
            let (y, x) = (position / width, position % width);
            ends = [ends[0].min(y), ends[1].max(y + 1), ends[2].min(x), ends[3].max(x + 1)];
        }
    }
    let [top, bottom, left, right] = ends;
    Region {
        y: top.min(bottom),
        x: left.min(right),
        height: bottom.saturating_sub(top),
        width: right.saturating_sub(left),
    }
}

impl<F: Real> Encoder<F> for Convolutional<F> {
    type Tape = ConvolutionalTape<F>;

    fn shape(&self) -> StimulusShape {
        self.shape
    }

    fn n_units(&self) -> usize {
        self.bias.len()
    }

    fn frames(&self) -> Range<usize> {
        self.skipped..self.shape.frames
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn tape(&self) -> ConvolutionalTape<F> {
        let network = Tape::new(&self.network, self.shape.frames + self.lead - self.skipped, self.region);
        let frames = network.frames_out();
        let of_neurons = vec![F::zero(); frames * self.n_units()];
        let pooled = vec![F::zero(); frames * self.width()];
        ConvolutionalTape { network, pooled, cotangents: of_neurons.clone(), drive: of_neurons }
    }

    fn respond(&self, stimulus: &[F], tape: &mut ConvolutionalTape<F>, responses: &mut [F]) {
        let skipped = self.skipped * self.shape.n_pixels();
        tape.network.load(&stimulus[skipped..], self.shape.channel_len(), self.lead);
        self.network.features(&self.parameters, &mut tape.network);
        tape.network.pool(&self.basis, self.rank, &mut tape.pooled);
        let (n, width) = (self.n_units(), self.width());
        let frames = self.weights.len();
        let mix = Factor::transposed(&self.mix, width);
        let target = Target::replace(&mut tape.drive, n);
        product(target, [frames, width, n], Factor::rows(&tape.pooled, width), mix, F::one());
        responses.fill(F::zero());
        vectorised(
            #[inline(always)]
            || {
                for (row, &weight) in tape.drive.chunks_exact_mut(n.max(1)).zip(self.weights.iter()) {
                    let units =
                        row.iter_mut().zip(responses.iter_mut()).zip(self.bias.iter().zip(&self.gain));
                    for ((drive, response), (&bias, &gain)) in units {
                        let (value, slope) = (*drive + bias).softplus();
                        *response += weight * gain * value;
                        *drive = weight * gain * slope;
                    }
                }
            },
        );
    }

    fn vjp(&self, cotangent: &[F], tape: &mut ConvolutionalTape<F>, gradient: &mut [F]) {
        let (n, width) = (self.n_units(), self.width());
        let rows = tape.drive.chunks_exact(n.max(1)).zip(tape.cotangents.chunks_exact_mut(n.max(1)));
        for (derivatives, out) in rows {
            let units = out.iter_mut().zip(derivatives.iter().zip(cotangent));
            units.for_each(|(out, (&derivative, &cotangent))| *out = derivative * cotangent);
        }
        let shape = [self.weights.len(), n, width];
        let (target, mix) = (Target::replace(&mut tape.pooled, width), Factor::rows(&self.mix, width));
        product(target, shape, Factor::rows(&tape.cotangents, n), mix, F::one());
        tape.network.unpool(&self.basis, self.rank, &tape.pooled);
        self.network.features_backward(&self.parameters, &mut tape.network, None, true);
        tape.network.unload(self.lead, self.skipped, self.shape.channel_len(), gradient);
    }

    fn select(&self, units: &[usize]) -> Self {
        let known: Vec<usize> = units.iter().copied().filter(|&unit| unit < self.n_units()).collect();
        let pick = |values: &[F]| known.iter().map(|&unit| values[unit]).collect::<Vec<F>>();
        let width = self.width();
        let rows = known.iter().flat_map(|&unit| &self.mix[unit * width..(unit + 1) * width]);
        Self { mix: rows.copied().collect(), bias: pick(&self.bias), gain: pick(&self.gain), ..self.clone() }
    }
}
