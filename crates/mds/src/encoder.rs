//! Encoders: models that say how every neuron would respond to any stimulus.

mod bank;
mod convolutional;
mod ensemble;
mod readout;
mod true_cells;

use std::ops::Range;

use rayon::prelude::*;

use crate::real::Real;
use crate::stimulus::StimulusShape;

pub use bank::SeparableBank;
pub use convolutional::{Convolutional, ConvolutionalTape, History};
pub use ensemble::{Ensemble, EnsembleTape};
pub use readout::{Output, Readout};
pub use true_cells::TrueCells;

/// A model of many neurons: one number per stimulus and neuron, and how it changes with the stimulus.
///
/// Receptive fields are centred: neurons differ by what they do, not by where they look.
pub trait Encoder<F: Real>: Sync {
    /// What a response leaves behind for its adjoint, and the room that both need: neither allocates.
    type Tape: Send;

    /// Sizes of the stimuli that it takes.
    fn shape(&self) -> StimulusShape;

    /// Number of neurons.
    fn n_units(&self) -> usize;

    /// The frames that can influence a response.
    fn frames(&self) -> Range<usize> {
        0..self.shape().frames
    }

    /// What it is called in tables.
    fn name(&self) -> &'static str;

    /// Room for one stimulus.
    fn tape(&self) -> Self::Tape;

    /// Responses of all neurons to one stimulus.
    fn respond(&self, stimulus: &[F], tape: &mut Self::Tape, responses: &mut [F]);

    /// Gradient of `sum(cotangent * responses)` with respect to the stimulus that [`respond`](Self::respond) last left
    /// on the tape.
    fn vjp(&self, cotangent: &[F], tape: &mut Self::Tape, gradient: &mut [F]);

    /// The same model of some of its neurons, in the given order. Numbers without a neuron are passed over.
    #[must_use]
    fn select(&self, units: &[usize]) -> Self
    where
        Self: Sized;

    /// Responses of all neurons to many stimuli, `[stimulus][neuron]`.
    fn respond_all(&self, stimuli: &[Vec<F>]) -> Vec<Vec<F>>
    where
        Self: Sized,
    {
        let respond = |tape: &mut Self::Tape, stimulus: &Vec<F>| {
            let mut responses = vec![F::zero(); self.n_units()];
            self.respond(stimulus, tape, &mut responses);
            responses
        };
        stimuli.par_iter().map_init(|| self.tape(), respond).collect()
    }
}
