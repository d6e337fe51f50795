//! Moves of single nodes that follow the edges (Peixoto 2014, section on efficient Markov chains).

use super::chain::{At, NEW_GROUP};
use super::random::Random;
use super::state::State;

/// How far proposals are from following edges alone, at the lowest level; twice as far at each level above.
const UNIFORM: f64 = 0.5;

impl At<'_> {
    /// Proposes another group for a random node; the change in nats.
    pub(super) fn move_node(&mut self, random: &mut Random) -> f64 {
        let node = random.index(self.state.graph.n_nodes());
        self.state.take_node(node);
        let from = self.state.bundle.from;
        let alone = self.state.tiers[0].sizes[from as usize] == 1;
        let (to, forward) = if random.unit() < NEW_GROUP {
            // A node alone is in a new group already.
            let Some((slot, chance)) = (!alone).then(|| self.found_group(random)).flatten() else {
                return 0.0;
            };
            (slot, chance)
        } else {
            let to = self.state.along_edges(node, random);
            if to == from {
                return 0.0;
            }
            (to, self.state.chance(to))
        };
        let nats = self.state.delta(to);
        let backward = if alone { self.state.chance_of_refounding() } else { self.state.chance_back(to) };
        if backward > 0.0 && self.accepts(nats, backward.ln() - forward.ln(), random) {
            self.state.commit();
            self.state.accepted_moves += 1;
            return nats;
        }
        0.0
    }

    /// An empty slot in the upper group of a random group, and the probability to propose it.
    fn found_group(&mut self, random: &mut Random) -> Option<(u32, f64)> {
        let groups = self.state.tiers[0].occupied();
        let like = groups[random.index(groups.len())];
        let slot = self.state.new_group(like)?;
        Some((slot, NEW_GROUP * self.state.share_of_upper(like, 0)))
    }
}

impl State<'_> {
    fn uniform(&self) -> f64 {
        if self.graph.lowest { UNIFORM } else { 2.0 * UNIFORM }
    }

    /// A group by the edges of a random neighbour's group, or now and then any.
    fn along_edges(&self, node: usize, random: &mut Random) -> u32 {
        let tier = &self.tiers[0];
        let any = |random: &mut Random| tier.occupied()[random.index(tier.occupied().len())];
        let neighbours = self.graph.neighbours(node);
        let edges: i64 = neighbours.iter().map(|(_, flow)| i64::from(flow.m)).sum();
        if edges == 0 {
            return any(random);
        }
        let mut left = random.index(edges as usize) as i64;
        let neighbour = neighbours.iter().find(|(_, flow)| {
            left -= i64::from(flow.m);
            left < 0
        });
        let Some(&(neighbour, _)) = neighbour else {
            return any(random);
        };
        let middle = tier.labels[neighbour as usize];
        let ends = tier.ends[middle as usize];
        let uniform = self.uniform() * tier.occupied().len() as f64;
        if random.unit() < uniform / (ends as f64 + uniform) {
            return any(random);
        }
        let mut left = random.index(ends as usize) as i64;
        for (slot, flow) in tier.row(middle).iter().enumerate() {
            left -= i64::from(flow.m) * if slot as u32 == middle { 2 } else { 1 };
            if left < 0 {
                return slot as u32;
            }
        }
        middle
    }

    /// The probability to propose the group `to` for the bundle's node.
    fn chance(&self, to: u32) -> f64 {
        let tier = &self.tiers[0];
        let ends = |slot: u32| tier.ends[slot as usize];
        let edges = |slot: u32| i64::from(tier.flow(slot, to).m) * if slot == to { 2 } else { 1 };
        self.chance_by(tier.occupied().len(), edges, ends)
    }

    /// The probability to propose the bundle's present group once the node is in `to`.
    fn chance_back(&self, to: u32) -> f64 {
        let (tier, bundle, from) = (&self.tiers[0], &self.bundle, self.bundle.from);
        let flow = |slot: u32| i64::from(bundle.flows[slot as usize].m);
        let ends = |slot: u32| {
            let moved = i64::from(slot == to) - i64::from(slot == from);
            tier.ends[slot as usize] + moved * bundle.ends
        };
        let edges = |slot: u32| {
            let now = i64::from(tier.flow(slot, from).m);
            match slot {
                slot if slot == from => 2 * (now - flow(from) - i64::from(bundle.own.m)),
                slot if slot == to => now + flow(from) - flow(to),
                slot => now - flow(slot),
            }
        };
        let groups = tier.occupied().len() + usize::from(tier.sizes[to as usize] == 0);
        self.chance_by(groups, edges, ends)
    }

    fn chance_by(&self, groups: usize, edges: impl Fn(u32) -> i64, ends: impl Fn(u32) -> i64) -> f64 {
        let uniform = self.uniform();
        let all: i64 = self.bundle.touched.iter().map(|&t| i64::from(self.bundle.flows[t as usize].m)).sum();
        if all == 0 {
            return (1.0 - NEW_GROUP) / groups as f64;
        }
        let by_group = |&t: &u32| {
            let share = f64::from(self.bundle.flows[t as usize].m) / all as f64;
            share * (edges(t) as f64 + uniform) / (ends(t) as f64 + uniform * groups as f64)
        };
        (1.0 - NEW_GROUP) * self.bundle.touched.iter().map(by_group).sum::<f64>()
    }

    /// The probability to propose a new group for the bundle's node, in the same upper group, once its own is empty;
    /// 0 when that upper group goes with it.
    fn chance_of_refounding(&self) -> f64 {
        NEW_GROUP * self.share_of_upper(self.bundle.from, 1)
    }

    /// The share of the groups that are in the upper group of `slot`, without `less` of these.
    fn share_of_upper(&self, slot: u32, less: i32) -> f64 {
        let groups = self.tiers[0].occupied().len() as i32 - less;
        match self.tiers.get(1) {
            None => 1.0,
            Some(upper) => {
                f64::from(upper.sizes[upper.labels[slot as usize] as usize] - less) / f64::from(groups)
            }
        }
    }
}
