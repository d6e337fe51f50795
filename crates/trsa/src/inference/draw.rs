//! Draws of conditions and subjects.

use neuroloom_core::Seed;
use rand::RngExt;

use super::bootstrap::Boot;

/// How often every condition or subject stands in a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiplicities(Vec<u32>);

impl Multiplicities {
    /// Each of `n` once.
    pub fn once(n: usize) -> Self {
        Self(vec![1; n])
    }

    /// Counts of `indices`, which are below `n`; others are ignored.
    pub fn count(indices: impl IntoIterator<Item = usize>, n: usize) -> Self {
        let mut counts = vec![0; n];
        for index in indices {
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        }
        Self(counts)
    }

    /// `n` of `n` with replacement, from a stream of its own.
    pub fn draw(n: usize, seed: Seed) -> Self {
        let mut rng = seed.rng();
        Self::count((0..n).map(|_| rng.random_range(0..n)), n)
    }

    /// The multiplicities, in order.
    pub fn counts(&self) -> &[u32] {
        &self.0
    }

    /// Those that stand in the sample at all, ascending.
    pub fn present(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|&place| self.0[place] > 0).collect()
    }

    /// The same for the places of `kept`, 0 for all others.
    #[must_use]
    pub fn restricted(&self, kept: &[usize]) -> Self {
        let mut counts = vec![0; self.0.len()];
        for &place in kept {
            counts[place] = self.0[place];
        }
        Self(counts)
    }
}

/// A bootstrap sample of conditions and subjects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Of the conditions.
    pub conditions: Multiplicities,
    /// Of the subjects.
    pub subjects: Multiplicities,
}

impl Draw {
    /// The data themselves.
    pub fn data(n_conditions: usize, n_subjects: usize) -> Self {
        Self { conditions: Multiplicities::once(n_conditions), subjects: Multiplicities::once(n_subjects) }
    }

    /// Sample number `index` of the streams of `seed`. Bootstraps of different sorts share their draws of conditions
    /// and of subjects.
    pub fn sample(boot: Boot, n_conditions: usize, n_subjects: usize, seed: Seed, index: u64) -> Self {
        let stream = |name: &str| seed.child(name).child_index(index);
        let data = Self::data(n_conditions, n_subjects);
        Self {
            conditions: match boot {
                Boot::Rdms => data.conditions,
                Boot::Conditions | Boot::Both => Multiplicities::draw(n_conditions, stream("conditions")),
            },
            subjects: match boot {
                Boot::Conditions => data.subjects,
                Boot::Rdms | Boot::Both => Multiplicities::draw(n_subjects, stream("subjects")),
            },
        }
    }
}
