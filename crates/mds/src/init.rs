//! Clusters to start from.

use neuroloom_core::Seed;
use rand::seq::SliceRandom;

use crate::groups::Groups;

/// Neurons in a random order, cut in chunks of `ceil(n / k)`.
pub fn chunks(n_units: usize, k: usize, seed: Seed) -> Groups {
    let mut order: Vec<usize> = (0..n_units).collect();
    order.shuffle(&mut seed.rng());
    let length = n_units.div_ceil(k.max(1)).max(1);
    let mut labels = vec![0; n_units];
    for (place, unit) in order.into_iter().enumerate() {
        labels[unit] = place / length;
    }
    Groups::new(&labels)
}
