//! How many proposals were made and accepted.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::{MoveTallies, Tally};

/// Proposals of all sorts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallies {
    /// Paths of a Poisson law.
    pub paths: Tally,
    /// Loadings of a Poisson law.
    pub loadings: Tally,
    /// Clusters of single neurons, with the paths integrated out.
    pub marginal_labels: Tally,
    /// Stretches of bins between states.
    pub state_blocks: Tally,
    /// Clusters of neurons.
    pub moves: MoveTallies,
}

impl Tallies {
    /// All of them with their names.
    pub fn named(&self) -> [(&'static str, Tally); 9] {
        [
            ("paths", self.paths),
            ("loadings", self.loadings),
            ("changes of clusters without paths", self.marginal_labels),
            ("stretches of states", self.state_blocks),
            ("changes of clusters", self.moves.reallocation),
            ("births of clusters", self.moves.birth),
            ("deaths of clusters", self.moves.death),
            ("splits of clusters", self.moves.split),
            ("merges of clusters", self.moves.merge),
        ]
    }
}

impl Tally {
    /// One proposal.
    pub fn one(accepted: bool) -> Self {
        Self { tried: 1, accepted: u64::from(accepted) }
    }

    /// Share of the proposals that were accepted; NaN where there were none.
    pub fn rate(self) -> f64 {
        self.accepted as f64 / self.tried as f64
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.tried += other.tried;
        self.accepted += other.accepted;
    }
}

impl AddAssign for Tallies {
    fn add_assign(&mut self, other: Self) {
        self.paths += other.paths;
        self.loadings += other.loadings;
        self.marginal_labels += other.marginal_labels;
        self.state_blocks += other.state_blocks;
        self.moves.reallocation += other.moves.reallocation;
        self.moves.birth += other.moves.birth;
        self.moves.death += other.moves.death;
        self.moves.split += other.moves.split;
        self.moves.merge += other.moves.merge;
    }
}
