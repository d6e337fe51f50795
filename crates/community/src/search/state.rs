//! A partition of one level in tables that make moves cheap, with the levels above it.

use super::bundle::Bundle;
use super::flow::Flow;
use super::level_graph::LevelGraph;
use super::proposal::Proposal;
use super::shared::Shared;
use super::tier::{Tier, Totals};
use crate::hierarchy::{canonical, n_groups};
use crate::log_gamma::ln_factorial;
use crate::weights::LevelSpread;

/// Room for groups that a search may add.
const SPARE_SLOTS: usize = 4;

/// A level and those above it; those below are fixed.
pub(crate) struct State<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) graph: &'a LevelGraph,
    /// The level that is searched, then those above it.
    pub(crate) tiers: Vec<Tier>,
    /// Nodes of each degree in each slot, `[slot][class]`; empty unless degree-corrected at the lowest level.
    pub(crate) histogram: Vec<u32>,
    /// The spread of the levels below.
    pub(crate) below: LevelSpread,
    /// What no pair or group of a level pays alone: see [`extras`](Self::extras).
    pub(crate) extras: f64,
    pub(crate) bundle: Bundle,
    pub(crate) proposal: Proposal,
    /// Moves and merges that were made.
    pub(crate) accepted: u64,
    /// Proposals of a Markov chain that were accepted.
    pub(crate) accepted_moves: u64,
}

impl<'a> State<'a> {
    /// The state of a graph with `levels`: groups of its nodes, groups of these, and so on, numbered without gaps.
    pub(crate) fn new(
        shared: &'a Shared,
        graph: &'a LevelGraph,
        below: LevelSpread,
        levels: &[Vec<u32>],
    ) -> Self {
        let mut tiers: Vec<Tier> = Vec::with_capacity(levels.len());
        for labels in levels {
            let groups = n_groups(labels);
            let capacity = if tiers.is_empty() { groups + SPARE_SLOTS } else { groups };
            let mut padded = labels.clone();
            padded.resize(tiers.last().map_or(labels.len(), Tier::capacity), 0);
            tiers.push(Tier::new(padded, labels.len(), groups, capacity));
        }
        let capacity = tiers[0].capacity();
        let bundle = Bundle::new(capacity);
        let proposal = Proposal::new(&tiers);
        let mut state = Self {
            shared,
            graph,
            tiers,
            histogram: Vec::new(),
            below,
            extras: 0.0,
            bundle,
            proposal,
            accepted: 0,
            accepted_moves: 0,
        };
        state.count();
        state
    }

    /// The same with empty slots again.
    pub(crate) fn recounted(&self) -> Self {
        let fresh = Self::new(self.shared, self.graph, self.below, &self.levels());
        Self { accepted: self.accepted, accepted_moves: self.accepted_moves, ..fresh }
    }

    /// Fills the tables from the labels.
    fn count(&mut self) {
        let variances = self.shared.cost.has_variances();
        for (r, s, flow) in self.graph.pairs() {
            add(&mut self.tiers[0], r, s, flow);
        }
        for upper in 1..self.tiers.len() {
            let (lower, upper) = self.tiers.split_at_mut(upper);
            let (lower, upper) = (&lower[lower.len() - 1], &mut upper[0]);
            for (r, s, flow) in pairs(lower) {
                add(upper, r, s, Flow::lifted(Flow::default(), flow));
            }
        }
        for tier in &mut self.tiers {
            let mut totals = Totals::default();
            pairs(tier).for_each(|(_, _, flow)| totals.add(&flow, variances, 1));
            tier.totals = totals;
        }
        if self.graph.lowest {
            let shared = self.shared;
            self.tiers[0].price(|same, flow| shared.lowest_pair(same, flow));
        }
        let (shared, lowest, tier) = (self.shared, self.graph.lowest, &mut self.tiers[0]);
        let groups = tier.sizes.iter().zip(&tier.ends);
        tier.group_costs = groups.map(|(&size, &ends)| shared.group(lowest, size, ends)).collect();
        if self.has_histogram() {
            self.histogram = vec![0; self.tiers[0].capacity() * self.shared.n_classes];
            for (&label, &class) in self.tiers[0].labels.iter().zip(&self.shared.degree_class) {
                self.histogram[label as usize * self.shared.n_classes + class as usize] += 1;
            }
        }
        self.extras = self.extras(|tier| self.tiers[tier].totals);
    }

    pub(crate) fn has_histogram(&self) -> bool {
        self.graph.lowest && self.shared.model.deg_corr
    }

    /// Number of groups.
    pub(crate) fn n_groups(&self) -> usize {
        self.tiers[0].occupied().len()
    }

    /// The hierarchy from this level on, groups numbered by first appearance.
    pub(crate) fn levels(&self) -> Vec<Vec<u32>> {
        let levels: Vec<Vec<u32>> = self.tiers.iter().map(|tier| tier.labels.clone()).collect();
        canonical(&levels)
    }

    /// The part of the description length, in nats, that this level and those above it pay, but for constants.
    pub(crate) fn total(&self) -> f64 {
        let lowest = |tier: usize| tier == 0 && self.graph.lowest;
        let mut nats = self.extras(|tier| self.tiers[tier].totals);
        for (level, tier) in self.tiers.iter().enumerate() {
            let size = |slot: u32| tier.sizes[slot as usize];
            nats += Shared::partition(tier.n_nodes, tier.n_groups());
            for (r, s, flow) in pairs(tier) {
                nats += self.shared.pair(lowest(level), r == s, size(r), size(s), &flow);
            }
            for &slot in tier.occupied() {
                nats += self.shared.group(lowest(level), size(slot), tier.ends[slot as usize]);
            }
        }
        nats -= self.histogram.iter().map(|&nodes| ln_factorial(nodes.into())).sum::<f64>();
        nats + self.tiers.last().map_or(0.0, |top| self.shared.top(top.n_groups()))
    }

    /// Hyperpriors of the weights, given the totals of each tier.
    pub(crate) fn extras(&self, totals: impl Fn(usize) -> Totals) -> f64 {
        if !self.shared.weighted {
            return 0.0;
        }
        let cost = &self.shared.cost;
        let hyperprior = |t: Totals| cost.hyperprior(t.pairs as u64, self.shared.sum, t.squares);
        let top = self.tiers.len() - 1;
        let mut nats = hyperprior(totals(top));
        if self.shared.pays_twice() && self.graph.lowest && top > 0 {
            nats += hyperprior(totals(0));
        }
        if cost.has_variances() {
            let mut spread = self.below;
            for tier in 0..=top {
                let totals = totals(tier);
                nats += cost.variances(totals.wide as u64, totals.deviation);
                spread.add(totals.wide as u64, totals.deviation);
            }
            if self.shared.model.nested {
                nats += cost.levels(&spread);
            }
        }
        nats
    }
}

fn add(tier: &mut Tier, r: u32, s: u32, flow: Flow) {
    let (r, s) = (tier.labels[r as usize], tier.labels[s as usize]);
    let sum = tier.flow(r, s).plus(flow);
    tier.set_flow(r, s, sum);
    tier.ends[r as usize] += i64::from(flow.m);
    tier.ends[s as usize] += i64::from(flow.m);
}

/// The non-empty pairs of a tier.
fn pairs(tier: &Tier) -> impl Iterator<Item = (u32, u32, Flow)> + '_ {
    let slots = tier.capacity() as u32;
    (0..slots).flat_map(move |r| (r..slots).map(move |s| (r, s, tier.flow(r, s)))).filter(|(_, _, f)| f.m > 0)
}
