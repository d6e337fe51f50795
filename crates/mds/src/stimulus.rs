//! What a stimulus is made of.

use neuroloom_core::{Error, Result, Seed};
use rand_distr::{Distribution, StandardNormal};

use crate::real::Real;

/// Sizes of a stimulus. Its values stand channel by channel, frame by frame, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StimulusShape {
    /// Channels.
    pub channels: usize,
    /// Frames.
    pub frames: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

impl StimulusShape {
    /// Pixels of a frame of one channel.
    pub fn n_pixels(self) -> usize {
        self.height * self.width
    }

    /// Values of one channel.
    pub fn channel_len(self) -> usize {
        self.frames * self.n_pixels()
    }

    /// Values in all.
    pub fn len(self) -> usize {
        self.channels * self.channel_len()
    }

    /// Whether it has no value.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// # Errors
    /// Where `stimulus` has another number of values.
    pub fn check(self, stimulus: &[impl Real]) -> Result<()> {
        if stimulus.len() == self.len() {
            return Ok(());
        }
        let Self { channels, frames, height, width } = self;
        Err(Error::data("a stimulus has another shape than the encoder takes")
            .expected(format!("{channels} x {frames} x {height} x {width} = {} values", self.len()))
            .found(format!("{} values", stimulus.len())))
    }
}

/// White noise of standard deviation `scale`; the stream belongs to `seed` alone.
pub(crate) fn white_noise<F: Real>(shape: StimulusShape, scale: f64, seed: Seed) -> Vec<F> {
    let mut stream = seed.rng();
    let draw = || {
        let value: f64 = StandardNormal.sample(&mut stream);
        F::from_f64(scale * value)
    };
    std::iter::repeat_with(draw).take(shape.len()).collect()
}
