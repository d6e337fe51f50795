//! Markov chain over hierarchies: moves of single nodes (Peixoto 2014) and splits and merges (Peixoto 2020) at each
//! level in turn, all with detailed balance with respect to exp(-beta DL) over partitions without labels.

use super::level_graph::LevelGraph;
use super::nested::spread;
use super::random::Random;
use super::shared::Shared;
use super::state::State;
use crate::blocks::block_sums;
use crate::hierarchy::n_groups;

/// The probability to propose a new group for a node.
pub(super) const NEW_GROUP: f64 = 0.01;
/// Splits, merges and exchanges per sweep.
const REGROUPINGS: usize = 3;

/// A chain and where it stands.
pub(crate) struct Chain<'a> {
    shared: &'a Shared,
    pub(crate) levels: Vec<Vec<u32>>,
    beta: f64,
    random: Random,
    /// Moves that were accepted and changed something.
    pub(crate) accepted: u64,
}

impl<'a> Chain<'a> {
    /// A chain that starts at `levels`, whose number stays.
    pub(crate) fn new(shared: &'a Shared, levels: Vec<Vec<u32>>, beta: f64, random: Random) -> Self {
        Self { shared, levels, beta, random, accepted: 0 }
    }

    /// One sweep over the nodes of each level; the change of the description length in nats.
    pub(crate) fn sweep(&mut self) -> f64 {
        (0..self.levels.len()).map(|level| self.sweep_level(level)).sum()
    }

    fn sweep_level(&mut self, level: usize) -> f64 {
        let sums = block_sums(&self.shared.graph, &self.levels[..level]);
        let groups = sums.last().map(|pairs| LevelGraph::of_groups(n_groups(&self.levels[level - 1]), pairs));
        let graph = groups.as_ref().unwrap_or(&self.shared.lowest);
        let n = graph.n_nodes();
        if n < 2 {
            return 0.0;
        }
        let mut at = At {
            state: State::new(self.shared, graph, spread(&sums), &self.levels[level..]),
            beta: self.beta,
        };
        let mut nats = 0.0;
        for _ in 0..n + REGROUPINGS {
            // A slot must be free for whatever is proposed, or the chain would avoid new groups.
            if at.state.tiers[0].an_empty_slot().is_none() {
                at.state = at.state.recounted();
            }
            nats += if self.random.index(n + REGROUPINGS) < n {
                at.move_node(&mut self.random)
            } else {
                at.regroup(&mut self.random)
            };
        }
        self.accepted += at.state.accepted_moves;
        self.levels.truncate(level);
        self.levels.extend(at.state.levels());
        nats
    }
}

/// A state at an inverse temperature.
pub(super) struct At<'a> {
    pub(super) state: State<'a>,
    pub(super) beta: f64,
}

impl At<'_> {
    /// Metropolis and Hastings: whether to accept a change of `nats` whose reverse is `ln_ratio` more likely to be
    /// proposed.
    pub(super) fn accepts(&self, nats: f64, ln_ratio: f64, random: &mut Random) -> bool {
        if self.beta.is_infinite() {
            return nats < -1e-8;
        }
        random.unit().ln() < ln_ratio - self.beta * nats
    }
}
