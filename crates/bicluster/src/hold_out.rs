//! Which counts the chains do not see, so that their predictions can be scored.

use ndarray::Array2;
use neuroloom_core::Seed;
use rand::RngExt;
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How entries are held out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldOut {
    /// None are.
    None,
    /// Every entry with the same probability, on its own.
    #[default]
    Speckled,
    /// Of every neuron a random half of its bins.
    HalfBins,
}

/// An entry that the chains do not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldOutEntry {
    /// The neuron, by position.
    pub unit: usize,
    /// The bin.
    pub bin: usize,
    /// Its count.
    pub count: u32,
}

impl HoldOut {
    /// Bins of a neuron that are held out, ascending, of those that were observed. A neuron's choice depends on its name
    /// and on `seed` alone, neither on its counts nor on other neurons.
    pub fn bins(self, unit_id: &str, observed: &[bool], fraction: f64, seed: Seed) -> Vec<usize> {
        let mut stream = seed.child("hold_out").child(unit_id).rng();
        match self {
            Self::None => Vec::new(),
            Self::Speckled => {
                let chosen: Vec<bool> = observed.iter().map(|_| stream.random::<f64>() < fraction).collect();
                let places = observed.iter().zip(chosen).enumerate();
                places.filter(|(_, (observed, chosen))| **observed && *chosen).map(|(bin, _)| bin).collect()
            }
            Self::HalfBins => {
                let mut bins: Vec<usize> = (0..observed.len()).filter(|&bin| observed[bin]).collect();
                bins.shuffle(&mut stream);
                bins.truncate(bins.len() / 2);
                bins.sort_unstable();
                bins
            }
        }
    }
}

/// Entries at `bins` of every neuron, by neuron and bin, with what is left to be seen.
pub fn split(
    counts: &Array2<u32>,
    observed: &Array2<bool>,
    bins: &[Vec<usize>],
) -> (Vec<HeldOutEntry>, Array2<bool>) {
    let mut seen = observed.clone();
    let mut entries = Vec::new();
    for (unit, bins) in bins.iter().enumerate() {
        for &bin in bins {
            seen[[unit, bin]] = false;
            entries.push(HeldOutEntry { unit, bin, count: counts[[unit, bin]] });
        }
    }
    (entries, seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speckles_have_their_share_and_leave_out_what_was_never_observed() {
        let observed: Vec<bool> = (0..20_000).map(|bin| bin % 4 != 0).collect();
        let bins = HoldOut::Speckled.bins("a", &observed, 0.1, Seed::root(1));
        assert!(bins.iter().all(|&bin| observed[bin]));
        assert!((bins.len() as f64 - 1500.0).abs() < 150.0, "{}", bins.len());
        assert_ne!(bins, HoldOut::Speckled.bins("b", &observed, 0.1, Seed::root(1)));
    }

    #[test]
    fn half_of_the_bins_is_half_of_the_observed_ones() {
        let observed: Vec<bool> = (0..100).map(|bin| bin >= 20).collect();
        let bins = HoldOut::HalfBins.bins("a", &observed, 0.1, Seed::root(1));
        assert_eq!(bins.len(), 40);
        assert!(bins.is_sorted() && bins.iter().all(|&bin| bin >= 20));
    }
}
