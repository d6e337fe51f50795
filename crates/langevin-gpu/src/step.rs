//! What changes from step to step.

use neuroloom_langevin::{Draws, EntryWeights};
use neuroloom_nn::{Dropout, adam_scales};

/// Words of it: of seven sites of dropout, and numbers.
pub const WORDS: usize = 7 * 4 + 6;

/// Places of dropout in the order of the kernels.
pub(crate) mod site {
    pub(crate) const ATTENTION: usize = 2;
    pub(crate) const FEED_FORWARD: usize = 4;
}

/// The optimiser's part of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Optimiser {
    /// Number of the step, from 1.
    pub n_steps: u64,
    /// Learning rate.
    pub lr: f64,
    /// Weight of the parameters' own size.
    pub decay: f64,
    /// Largest norm of the gradient.
    pub clip: Option<f64>,
}

/// The words of a step.
pub fn words(draws: &Draws, weights: EntryWeights, optimiser: Optimiser) -> [u32; WORDS] {
    let decoder = &draws.decoder;
    let sites = [
        draws.encoder,
        decoder.shares,
        decoder.attention,
        decoder.hidden,
        decoder.feed_forward,
        draws.coordinated.unseen,
        draws.coordinated.held,
    ];
    let [size, correction] = adam_scales(optimiser.n_steps.max(1), optimiser.lr);
    let numbers =
        [weights.entry, weights.divergence, size, correction, optimiser.decay, optimiser.clip.unwrap_or(0.0)];
    let mut words = [0; WORDS];
    let (of_sites, of_numbers) = words.split_at_mut(7 * 4);
    for (words, dropout) in of_sites.chunks_exact_mut(4).zip(sites) {
        words.copy_from_slice(&of_site(dropout));
    }
    of_numbers.iter_mut().zip(numbers).for_each(|(word, number)| *word = (number as f32).to_bits());
    words
}

fn of_site(dropout: Dropout) -> [u32; 4] {
    let [a, b] = dropout.stream().key();
    [a, b, dropout.threshold(), (dropout.scale() as f32).to_bits()]
}
