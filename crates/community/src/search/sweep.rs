//! Sweeps over the nodes of a level at infinite inverse temperature: each goes to the best of several groups.

use super::random::Random;
use super::state::State;

/// Up to this number of groups all are tried.
const TRY_ALL: usize = 16;
/// Above, as many as this.
const TRIED: usize = 4;
/// A gain below this is rounding.
pub(super) const LEAST_GAIN: f64 = 1e-8;

/// Which groups a node may go to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Targets {
    /// Some that are near.
    Nearby,
    /// All, if they are few, and a new one.
    AllAndNew,
}

impl State<'_> {
    /// Moves each node, in random order, to the group that shortens the description most; the change in nats.
    pub(super) fn sweep(&mut self, targets: Targets, random: &mut Random) -> f64 {
        let mut order: Vec<u32> = (0..self.graph.n_nodes() as u32).collect();
        random.shuffle(&mut order);
        order.into_iter().map(|node| self.improve(node as usize, targets, random)).sum()
    }

    /// Sweeps until one gains less than `least` nats, at most `most` times; the number of sweeps.
    pub(super) fn sweeps(&mut self, targets: Targets, least: f64, most: u64, random: &mut Random) -> u64 {
        (1..=most).find(|_| self.sweep(targets, random) > -least).unwrap_or(most)
    }

    fn improve(&mut self, node: usize, targets: Targets, random: &mut Random) -> f64 {
        self.take_node(node);
        let mut best = (-LEAST_GAIN, None);
        let all = if targets == Targets::Nearby { TRIED } else { TRY_ALL };
        if self.n_groups() <= all {
            for at in 0..self.n_groups() {
                let slot = self.tiers[0].occupied()[at];
                self.weigh(slot, &mut best);
            }
        } else {
            let mut tried = [u32::MAX; TRIED];
            for at in 0..TRIED {
                let slot = self.nearby(node, random);
                if !tried[..at].contains(&slot) {
                    self.weigh(slot, &mut best);
                }
                tried[at] = slot;
            }
        }
        if targets == Targets::AllAndNew
            && !self.empties()
            && let Some(slot) = self.new_group(self.bundle.from)
        {
            self.weigh(slot, &mut best);
        }
        match best {
            (gain, Some(slot)) => {
                if self.proposal.to != slot {
                    self.delta(slot);
                }
                self.commit();
                gain
            }
            _ => 0.0,
        }
    }

    /// Evaluates a move of the bundle to `slot` and keeps it if it is better.
    fn weigh(&mut self, slot: u32, best: &mut (f64, Option<u32>)) {
        if slot == self.bundle.from {
            return;
        }
        let gain = self.delta(slot);
        if gain < best.0 {
            *best = (gain, Some(slot));
        }
    }

    /// The group of a neighbour's neighbour, since nodes with common neighbours belong together.
    fn nearby(&self, node: usize, random: &mut Random) -> u32 {
        let tier = &self.tiers[0];
        let step = |node: usize, random: &mut Random| {
            let neighbours = self.graph.neighbours(node);
            (!neighbours.is_empty()).then(|| neighbours[random.index(neighbours.len())].0 as usize)
        };
        match step(node, random).and_then(|middle| step(middle, random)) {
            Some(other) => tier.labels[other],
            None => tier.occupied()[random.index(tier.occupied().len())],
        }
    }

    /// An empty slot, put into the upper group of `like`.
    pub(super) fn new_group(&mut self, like: u32) -> Option<u32> {
        let slot = self.tiers[0].an_empty_slot()?;
        if let Some(upper) = self.tiers.get_mut(1) {
            upper.labels[slot as usize] = upper.labels[like as usize];
        }
        Some(slot)
    }
}
