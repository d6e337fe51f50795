//! Moves of a node or of a whole group to another group: what they would change, and doing so.
//!
//! Either is a bundle of edges that leaves one slot for another (Peixoto 2014): only the pairs of these two slots
//! change, at this level and, where the bundle changes its group there too, at those above.

use super::flow::Flow;
use super::state::State;
use super::tier::{Tier, Totals};
use super::upper::TierChange;
use crate::log_gamma::ln_factorial;

/// What the last evaluated move would change above the level itself.
pub(crate) struct Proposal {
    pub(crate) to: u32,
    /// Changes of the sums of each tier.
    pub(crate) totals: Vec<Totals>,
    /// Changed pairs of each tier but the lowest, and of that for the tier above.
    pub(crate) tiers: Vec<TierChange>,
    pub(crate) extras: f64,
}

/// What the level above sees when a pair of slots changes.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) r: u32,
    pub(crate) s: u32,
    pub(crate) flow: Flow,
}

impl Proposal {
    pub(crate) fn new(tiers: &[Tier]) -> Self {
        Self {
            to: 0,
            totals: vec![Totals::default(); tiers.len()],
            tiers: tiers.iter().map(TierChange::new).collect(),
            extras: 0.0,
        }
    }
}

impl State<'_> {
    /// The change of the description length, in nats, if the bundle went to the slot `to`, another than its own.
    pub(crate) fn delta(&mut self, to: u32) -> f64 {
        self.proposal.to = to;
        for totals in &mut self.proposal.totals {
            *totals = Totals::default();
        }
        let mut nats = self.group_change();
        nats += if self.graph.lowest { self.lowest_pair_change() } else { self.pair_change() };
        nats += self.upper_change();
        if self.shared.weighted {
            let extras = self.extras(|tier| self.tiers[tier].totals.plus(self.proposal.totals[tier]));
            self.proposal.extras = extras;
            nats += extras - self.extras;
        }
        nats
    }

    /// Makes the move that was evaluated last.
    pub(crate) fn commit(&mut self) {
        self.accepted += 1;
        self.move_flows();
        let (from, to, size) = (self.bundle.from, self.proposal.to, self.bundle.size);
        self.move_histogram();
        let tier = &mut self.tiers[0];
        tier.ends[from as usize] -= self.bundle.ends;
        tier.ends[to as usize] += self.bundle.ends;
        tier.resize(from, -size);
        tier.resize(to, size);
        for slot in [from as usize, to as usize] {
            tier.group_costs[slot] = self.shared.group(self.graph.lowest, tier.sizes[slot], tier.ends[slot]);
        }
        match self.bundle.node {
            Some(node) => tier.labels[node as usize] = to,
            None => tier.labels.iter_mut().filter(|label| **label == from).for_each(|label| *label = to),
        }
        self.commit_upper();
        for (tier, totals) in self.tiers.iter_mut().zip(&self.proposal.totals) {
            tier.totals = tier.totals.plus(*totals);
        }
        if self.shared.weighted {
            self.extras = self.proposal.extras;
        }
        self.bundle.clear();
    }

    /// Whether the move empties the bundle's slot.
    pub(crate) fn empties(&self) -> bool {
        self.tiers[0].sizes[self.bundle.from as usize] == self.bundle.size
    }

    /// Whether the move fills an empty slot.
    pub(crate) fn fills(&self) -> bool {
        self.tiers[0].sizes[self.proposal.to as usize] == 0
    }

    fn group_change(&self) -> f64 {
        let (tier, bundle, lowest) = (&self.tiers[0], &self.bundle, self.graph.lowest);
        let (r, s) = (bundle.from as usize, self.proposal.to as usize);
        let grown = (tier.sizes[s] + bundle.size, tier.ends[s] + bundle.ends);
        let mut nats = bundle.group_loss + self.shared.group(lowest, grown.0, grown.1) - tier.group_costs[s];
        if self.has_histogram() {
            nats += self.histogram_change(r, s);
        }
        nats
    }

    fn histogram_change(&self, r: usize, s: usize) -> f64 {
        let classes = self.shared.n_classes;
        match self.bundle.node {
            Some(node) => {
                let class = self.shared.degree_class[node as usize] as usize;
                let (in_r, in_s) = (self.histogram[r * classes + class], self.histogram[s * classes + class]);
                ln_factorial(in_r.into()) - ln_factorial(u64::from(in_r) - 1) + ln_factorial(in_s.into())
                    - ln_factorial(u64::from(in_s) + 1)
            }
            None => {
                let of = |slot: usize| &self.histogram[slot * classes..(slot + 1) * classes];
                let nats = |(&a, &b): (&u32, &u32)| match (a, b) {
                    (0, _) | (_, 0) => 0.0,
                    (a, b) => {
                        ln_factorial(a.into()) + ln_factorial(b.into())
                            - ln_factorial(u64::from(a) + u64::from(b))
                    }
                };
                of(r).iter().zip(of(s)).map(nats).sum()
            }
        }
    }

    fn move_histogram(&mut self) {
        if !self.has_histogram() {
            return;
        }
        let classes = self.shared.n_classes;
        let (r, s) = (self.bundle.from as usize * classes, self.proposal.to as usize * classes);
        match self.bundle.node {
            Some(node) => {
                let class = self.shared.degree_class[node as usize] as usize;
                self.histogram[r + class] -= 1;
                self.histogram[s + class] += 1;
            }
            None => {
                for class in 0..classes {
                    let moved = std::mem::take(&mut self.histogram[r + class]);
                    self.histogram[s + class] += moved;
                }
            }
        }
    }
}
