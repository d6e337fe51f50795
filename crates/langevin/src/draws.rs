//! The random numbers of a pass.

use neuroloom_core::Seed;
use neuroloom_nn::{CounterStream, Dropout, LayerDropout};

use crate::options::CoordinatedOptions;

/// All random numbers of a pass over a set of trials: a function of trial, time and dimension.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    /// Noise of the latents.
    pub noise: CounterStream,
    /// Dropout of the encoder's states.
    pub encoder: Dropout,
    /// Dropout of the decoder.
    pub decoder: LayerDropout,
    /// Coordinated dropout of the counts.
    pub coordinated: Coordinated,
}

/// Masks of coordinated dropout, as dropouts.
#[derive(Clone, Copy, Debug)]
pub struct Coordinated {
    /// Drops what the encoder does not see.
    pub unseen: Dropout,
    /// Drops what passes no gradient although it is seen.
    pub held: Dropout,
}

impl Coordinated {
    /// Everything is seen and passes a gradient.
    pub fn off() -> Self {
        Self { unseen: Dropout::off(), held: Dropout::off() }
    }

    fn new(options: CoordinatedOptions, seed: Seed) -> Self {
        if options.keep >= 1.0 {
            return Self::off();
        }
        let stream = |name: &str| CounterStream::new(seed.child(name));
        Self {
            unseen: Dropout::new(stream("keep"), 1.0 - options.keep),
            held: Dropout::certain(stream("pass"), 1.0 - options.pass),
        }
    }
}

impl Draws {
    /// What there is of the noise of a step besides time and trial.
    pub const STEP_NOISE: u32 = 0;
    /// What there is of the noise of the start besides the trial: of the position, of the velocity.
    pub const START_NOISE: [u32; 2] = [1, 2];

    /// Those of a pass with noise alone.
    pub fn noise(seed: Seed) -> Self {
        let noise = CounterStream::new(seed.child("noise"));
        let (encoder, decoder) = (Dropout::off(), LayerDropout::off());
        Self { noise, encoder, decoder, coordinated: Coordinated::off() }
    }

    /// Those of a pass with dropout of `probability`.
    pub fn dropout(seed: Seed, probability: f64) -> Self {
        let site = |name: &str| Dropout::new(CounterStream::new(seed.child(name)), probability);
        Self {
            encoder: site("dropout.encoder"),
            decoder: LayerDropout {
                shares: site("dropout.shares"),
                attention: site("dropout.attention"),
                hidden: site("dropout.hidden"),
                feed_forward: site("dropout.feed_forward"),
            },
            ..Self::noise(seed)
        }
    }

    /// Those of an epoch of training.
    pub fn training(seed: Seed, probability: f64, coordinated: CoordinatedOptions) -> Self {
        Self { coordinated: Coordinated::new(coordinated, seed), ..Self::dropout(seed, probability) }
    }
}
