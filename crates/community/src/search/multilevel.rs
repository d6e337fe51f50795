//! Agglomerative search over the number of groups of one level (Peixoto 2014, section on the multilevel heuristic).

use neuroloom_core::Seed;

use super::level_graph::LevelGraph;
use super::random::Random;
use super::shared::Shared;
use super::state::State;
use super::sweep::{LEAST_GAIN, Targets};
use crate::hierarchy::{canonical, composed, n_groups};
use crate::weights::LevelSpread;
use crate::{CommunityError, Observer, Result};

/// The share of groups that a step keeps.
const KEPT: f64 = 0.8;
/// Most sweeps after each step.
const SWEEPS: u64 = 10;
/// With more groups than this, details are left to later steps.
const COARSE_BELOW: usize = 40;
/// Most sweeps after a step until then.
const FINE_SWEEPS: u64 = 1;
/// A sweep that gains fewer nats ends a step.
const ENOUGH: f64 = 1.0;
/// Steps in a row that are worse than the best, after which no better one is expected.
const MOST_WORSE: u32 = 5;
/// Nodes of each random group that a search begins with where variances matter.
const NODES_OF_RANDOM_GROUP: usize = 6;
/// Most groups that the search begins with: its tables are square.
pub(super) const MOST_GROUPS: usize = 1000;
/// Rounds of refinement without gain, after which it ends.
const PATIENCE: u32 = 2;

/// How much a search may still do, and what it did.
pub(crate) struct Effort<'a> {
    pub(crate) sweeps: u64,
    pub(crate) accepted: u64,
    /// Sweeps left for the level in work.
    pub(crate) left: u64,
    /// Whether sweeps ran out.
    pub(crate) exhausted: bool,
    pub(crate) observer: &'a dyn Observer,
}

impl Effort<'_> {
    fn spend(&mut self, sweeps: u64) -> Result<()> {
        self.sweeps += sweeps;
        self.left = self.left.saturating_sub(sweeps);
        self.exhausted |= self.left == 0;
        if self.observer.is_cancelled() { Err(CommunityError::Cancelled) } else { Ok(()) }
    }
}

/// A level and those above it with the part of the description length that they pay.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) levels: Vec<Vec<u32>>,
    pub(super) total: f64,
}

impl Candidate {
    fn n_groups(&self) -> usize {
        n_groups(&self.levels[0])
    }
}

/// One level of a hierarchy to search, with those above it.
pub(super) struct Level<'a> {
    pub(super) shared: &'a Shared,
    pub(super) graph: &'a LevelGraph,
    pub(super) below: LevelSpread,
    /// Whether as many groups as nodes are forbidden.
    pub(super) distinct: bool,
}

impl<'a> Level<'a> {
    pub(super) fn state(&self, levels: &[Vec<u32>]) -> State<'a> {
        State::new(self.shared, self.graph, self.below, levels)
    }

    pub(super) fn candidate(&self, levels: &[Vec<u32>]) -> Candidate {
        self.found(&self.state(levels))
    }

    /// The partition of a state; a forbidden one is infinitely long.
    fn found(&self, state: &State<'_>) -> Candidate {
        let forbidden = self.distinct && state.n_groups() == self.graph.n_nodes();
        Candidate { levels: state.levels(), total: if forbidden { f64::INFINITY } else { state.total() } }
    }

    /// The best partition on the way from one group per node to few groups, refined.
    pub(super) fn search(
        &self,
        levels: &[Vec<u32>],
        random: &mut Random,
        effort: &mut Effort<'_>,
    ) -> Result<Candidate> {
        let start = self.finest(levels, random);
        let best = self.descend(&start, random, effort)?;
        let merged = self.refine(best, random, effort)?;
        if !self.shared.cost.has_variances() {
            return Ok(merged);
        }
        // Small groups have hardly a variance, so their merges are blind: larger random groups are begun with too.
        let groups = (self.graph.n_nodes() / NODES_OF_RANDOM_GROUP).clamp(1, MOST_GROUPS);
        let start = self.random_groups(levels, groups, random);
        let mut state = self.state(&start);
        effort.spend(state.sweeps(Targets::AllAndNew, ENOUGH, SWEEPS.min(effort.left), random))?;
        let start = state.levels();
        let sorted = self.descend(&start, random, effort)?;
        let sorted = self.refine(sorted, random, effort)?;
        Ok(if sorted.total < merged.total { sorted } else { merged })
    }

    /// Random groups of equal sizes under a single group.
    fn random_groups(&self, levels: &[Vec<u32>], groups: usize, random: &mut Random) -> Vec<Vec<u32>> {
        let mut labels: Vec<u32> = (0..self.graph.n_nodes()).map(|node| (node % groups) as u32).collect();
        random.shuffle(&mut labels);
        let mut start = canonical(&[labels]);
        start.extend((1..levels.len()).map(|level| vec![0; if level == 1 { groups } else { 1 }]));
        start
    }

    /// One group per node, or as many as the tables allow.
    fn finest(&self, levels: &[Vec<u32>], random: &mut Random) -> Vec<Vec<u32>> {
        let n = self.graph.n_nodes();
        if n > MOST_GROUPS {
            return self.random_groups(levels, MOST_GROUPS, random);
        }
        let mut finest = vec![(0..n as u32).collect()];
        if let Some(upper) = levels.get(1) {
            finest.push(composed(&levels[0], upper));
        }
        finest.extend(levels.iter().skip(2).cloned());
        finest
    }

    fn descend(&self, start: &[Vec<u32>], random: &mut Random, effort: &mut Effort<'_>) -> Result<Candidate> {
        let mut state = self.state(start);
        let mut best = self.found(&state);
        let mut finer = best.clone();
        let mut last = best.clone();
        let mut worse = 0;
        while state.n_groups() > 1 && worse < MOST_WORSE && !effort.exhausted {
            let groups = state.n_groups();
            state.merge_down(((groups as f64 * KEPT) as usize).clamp(1, groups - 1), random);
            let most = if state.n_groups() > COARSE_BELOW { FINE_SWEEPS } else { SWEEPS };
            effort.spend(state.sweeps(Targets::Nearby, ENOUGH, most.min(effort.left), random))?;
            let here = self.found(&state);
            if here.total < best.total {
                (finer, best, worse) = (last, here.clone(), 0);
            } else {
                worse += 1;
            }
            // Smaller tables are faster, and counting anew takes away rounding.
            effort.accepted += state.accepted;
            state = self.state(&here.levels);
            last = here;
        }
        self.step_down(finer, best, random, effort)
    }

    /// From the partition before the best one, in steps of one group.
    fn step_down(
        &self,
        finer: Candidate,
        mut best: Candidate,
        random: &mut Random,
        effort: &mut Effort<'_>,
    ) -> Result<Candidate> {
        let fewest = (best.n_groups() as f64 * KEPT) as usize;
        let mut state = self.state(&finer.levels);
        while state.n_groups() > fewest.max(1) && !effort.exhausted {
            let target = state.n_groups() - 1;
            state.merge_down(target, random);
            effort.spend(state.sweeps(Targets::Nearby, ENOUGH, SWEEPS.min(effort.left), random))?;
            let here = self.found(&state);
            if here.total < best.total {
                best = here;
            }
        }
        effort.accepted += state.accepted;
        Ok(best)
    }

    /// Moves of nodes, merges, splits and exchanges as long as they help.
    pub(super) fn refine(
        &self,
        start: Candidate,
        random: &mut Random,
        effort: &mut Effort<'_>,
    ) -> Result<Candidate> {
        let mut best = start;
        let mut idle = 0;
        while idle < PATIENCE && !effort.exhausted {
            let mut state = self.state(&best.levels);
            let sweeps = state.sweeps(Targets::AllAndNew, LEAST_GAIN, SWEEPS.min(effort.left), random);
            state.merge_while_better(random);
            state.split_groups(random);
            state.reshare_groups(random);
            effort.spend(sweeps + 1)?;
            effort.accepted += state.accepted;
            let here = self.found(&state);
            if here.total < best.total - LEAST_GAIN {
                (best, idle) = (here, 0);
            } else {
                idle += 1;
            }
        }
        Ok(best)
    }
}

/// The stream of one search.
pub(super) fn stream(seed: Seed, restart: u32) -> Random {
    Random::new(seed.child_index(u64::from(restart)))
}
