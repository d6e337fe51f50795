//! Random streams of a chain: one for every sweep, purpose and unit, so that no draw depends on the order of work.

use neuroloom_core::Seed;
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Where a chain begins.
    Start,
    /// Pólya-Gamma variables of the latents.
    Augmentation,
    /// Clusters of single neurons, with the latents integrated out.
    MarginalLabels,
    /// Latents.
    Paths,
    /// Whether a proposed path of the Poisson family is accepted.
    Acceptance,
    /// Stretches of bins that change states.
    StateBlocks,
    /// Transitions after these.
    TransitionsAgain,
    /// Dynamics, before the states are drawn.
    Dynamics,
    /// States.
    States,
    /// Weights and transitions of the states.
    Transitions,
    /// Baselines and loadings.
    Loadings,
    /// Dispersions.
    Dispersions,
    /// Pólya-Gamma variables of the clusters of single neurons.
    LabelAugmentation,
    /// Clusters of single neurons.
    Labels,
    /// Births and deaths of clusters.
    BirthDeath,
    /// Splits and merges of clusters.
    SplitMerge,
    /// Dynamics, after clusters have changed.
    DynamicsAgain,
    /// Auxiliary clusters of the released variant.
    Auxiliary,
    /// Pólya-Gamma variables of clusters that it has opened.
    OpenedAugmentation,
    /// Latents of these.
    OpenedPaths,
    /// Loadings of their members.
    OpenedLoadings,
}

/// The streams of one chain.
#[derive(Clone, Copy, Debug)]
pub struct Streams(Seed);

impl Streams {
    /// Those of chain number `chain`.
    pub fn new(seed: Seed, chain: u64) -> Self {
        Self(seed.child("chain").child_index(chain))
    }

    /// Those of one sweep.
    pub fn sweep(&self, sweep: u64) -> SweepStreams {
        SweepStreams { seed: self.0.child_index(sweep), number: sweep }
    }

    /// Those of the start.
    pub fn start(&self) -> SweepStreams {
        SweepStreams { seed: self.0.child("start"), number: 0 }
    }
}

/// The streams of one sweep of a chain.
#[derive(Clone, Copy, Debug)]
pub struct SweepStreams {
    seed: Seed,
    number: u64,
}

impl SweepStreams {
    /// The sweep, from 0.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The stream for a purpose that concerns all neurons at once.
    pub fn of(&self, purpose: Purpose) -> ChaCha8Rng {
        self.seed.child_index(purpose as u64).rng()
    }

    /// The stream for a purpose that concerns one neuron.
    pub fn unit(&self, purpose: Purpose, unit: usize) -> ChaCha8Rng {
        self.seed.child_index(purpose as u64).child_index(unit as u64).rng()
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn every_chain_sweep_purpose_and_unit_has_a_stream_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for chain in 0..2 {
            for sweep in 0..3 {
                let streams = Streams::new(Seed::root(1), chain).sweep(sweep);
                for purpose in [Purpose::Paths, Purpose::Labels] {
                    assert!(seen.insert(streams.of(purpose).next_u64()));
                    for unit in 0..3 {
                        assert!(seen.insert(streams.unit(purpose, unit).next_u64()));
                    }
                }
            }
        }
    }
}
