//! The layers of a model and their start values.

use neuroloom_core::Seed;
use neuroloom_nn::{CounterStream, EncoderLayer, Gru, Layout, Linear, Real, Segment, fill_uniform};

use crate::flow::Flow;
use crate::options::{DataSize, Drive, ModelOptions};
use crate::potential::{Potential, PotentialKind};

/// T-Fixup's scale of the decoder's output projections (Huang et al. 2020), with the number of layers that the released
/// program has written in: `0.67 * 3^(-1/4)`.
const FIXUP: f64 = 0.67 * 0.759_835_685_651_592_5;

/// A model: an encoder, the flow of the latents, a decoder. Parameters are a flat vector of its [`Layout`].
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) options: ModelOptions,
    pub(crate) size: DataSize,
    pub(crate) layout: Layout,
    pub(crate) encoder: Gru,
    /// Means and log variances of the start of position and velocity; none where there are no latents.
    pub(crate) start: Option<[Linear; 4]>,
    pub(crate) drive: Option<Linear>,
    pub(crate) potential: Potential,
    pub(crate) decoder: EncoderLayer,
    pub(crate) readout: Linear,
    pub(crate) flow: Flow,
}

impl Model {
    /// A model for data of `size`. `options` have been checked.
    pub fn new(options: ModelOptions, size: DataSize) -> Self {
        let mut layout = Layout::default();
        let dim = options.hidden;
        let encoder = Gru::new(&mut layout, "encoder", size.n_in, dim);
        let has_latents = options.decoder_input.has_latents();
        let mut square = |name| Linear::new(&mut layout, name, dim, dim);
        let start = has_latents.then(|| ["z_mu", "z_logvar", "v_mu", "v_logvar"].map(&mut square));
        let drive = (has_latents && options.drive == Drive::Encoder).then(|| square("drive"));
        let kind = if has_latents { options.potential } else { PotentialKind::None };
        let potential = Potential::new(&mut layout, kind, dim, options.oscillator_rule());
        let shape = [options.decoder_width(), options.heads, options.feed_forward];
        let decoder = EncoderLayer::new(&mut layout, "decoder", shape, options.decoder_mask.into());
        let readout = Linear::new(&mut layout, "readout", options.decoder_width(), size.n_out);
        let flow = Flow::new(&options);
        Self { options, size, layout, encoder, start, drive, potential, decoder, readout, flow }
    }

    /// Its options.
    pub fn options(&self) -> &ModelOptions {
        &self.options
    }

    /// Sizes of the data that it is for.
    pub fn size(&self) -> DataSize {
        self.size
    }

    /// Its tensors.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its encoder.
    pub fn encoder(&self) -> &Gru {
        &self.encoder
    }

    /// Whether it has latents.
    pub fn has_latents(&self) -> bool {
        self.start.is_some()
    }

    /// Means and log variances of the start of position and velocity; none where there are no latents.
    pub fn start(&self) -> Option<&[Linear; 4]> {
        self.start.as_ref()
    }

    /// What pushes the velocity, as a map of the encoder's states.
    pub fn drive(&self) -> Option<&Linear> {
        self.drive.as_ref()
    }

    /// Its decoder.
    pub fn decoder(&self) -> &EncoderLayer {
        &self.decoder
    }

    /// The map to log rates.
    pub fn readout(&self) -> &Linear {
        &self.readout
    }

    /// Its potential.
    pub fn potential(&self) -> &Potential {
        &self.potential
    }

    /// Its flow.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// Start values. Those of a tensor depend on its place in the layout alone.
    pub fn initial<T: Real>(&self, seed: Seed) -> Vec<T> {
        let stream = CounterStream::new(seed);
        let mut parameters = vec![T::ZERO; self.layout.len()];
        let mut uniform = |segment: Segment, bound: f64| {
            fill_uniform(stream, self.number(segment), bound, segment.of_mut(&mut parameters));
        };
        let by_width = |n: usize| 1.0 / (n as f64).sqrt();
        self.encoder.segments().into_iter().for_each(|s| uniform(s, by_width(self.options.hidden)));
        let (attention, feed_forward) = (self.decoder.attention(), self.decoder.feed_forward());
        let linears = self.start.into_iter().flatten().chain(self.drive).chain([self.readout]);
        for linear in linears.chain([feed_forward.first(), feed_forward.second()]) {
            uniform(linear.weight(), by_width(linear.n_in()));
            uniform(linear.bias(), by_width(linear.n_in()));
        }
        let input = attention.input();
        uniform(input.weight(), (6.0 / (input.n_in() + input.n_out()) as f64).sqrt());
        uniform(attention.output().weight(), by_width(attention.output().n_in()));
        for norm in self.decoder.norms() {
            norm.weight().of_mut(&mut parameters).fill(T::ONE);
        }
        for linear in [attention.output(), feed_forward.first(), feed_forward.second()] {
            let weight = linear.weight().of_mut(&mut parameters);
            weight.iter_mut().for_each(|w| *w *= T::from_f64(FIXUP));
        }
        self.potential.initialise(stream, self.layout.tensors().len() as u32, &mut parameters);
        parameters
    }

    /// The place of a tensor in the layout.
    fn number(&self, segment: Segment) -> u32 {
        let place = self.layout.tensors().iter().position(|tensor| tensor.segment == segment);
        place.unwrap_or(self.layout.tensors().len()) as u32
    }
}
