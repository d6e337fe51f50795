//! Draws of the search.

use neuroloom_core::Seed;
use rand::Rng;

/// A source of random numbers.
pub(crate) struct Random(Box<dyn Rng>);

impl Random {
    /// The stream of a node of the seed tree.
    pub(crate) fn new(seed: Seed) -> Self {
        Self(Box::new(seed.rng()))
    }

    /// One of `0..n`, for n from 1 to 2^32.
    #[inline]
    pub(crate) fn index(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    /// Uniform on [0, 1).
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Puts the items into random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}
