//! Splits and merges of groups and exchanges between two (Peixoto 2020), proposed through a pair of random nodes
//! (Jain and Neal 2004): two nodes of one group are to be parted, two of different groups to be united, or all others
//! of their groups to be shared anew. The pair tells the two parts apart, so that the reverse of each proposal is known.

use super::chain::At;
use super::random::Random;
use super::state::State;

/// Gibbs sweeps before the one whose probability counts.
const LAUNCH: usize = 3;

/// What is known of the end of the final sweep.
enum Final<'a> {
    /// Nothing: it is drawn.
    Drawn,
    /// Where each node has to go.
    Forced(&'a [u32]),
}

impl At<'_> {
    /// Proposes a split, a merge or an exchange; the change in nats.
    pub(super) fn regroup(&mut self, random: &mut Random) -> f64 {
        let n = self.state.graph.n_nodes();
        let first = random.index(n);
        let second = (first + 1 + random.index(n - 1)) % n;
        let labels = &self.state.tiers[0].labels;
        let slots = [labels[first], labels[second]];
        match (slots[0] == slots[1], random.index(2) == 0) {
            (true, _) => self.split(first, second, random),
            (false, true) => self.merge(first, second, random),
            (false, false) => self.exchange(first, second, random),
        }
    }

    fn split(&mut self, first: usize, second: usize, random: &mut Random) -> f64 {
        let group = self.state.tiers[0].labels[first];
        let Some(fresh) = self.state.new_group(group) else {
            return 0.0;
        };
        let (others, before) = self.others(first, second, [group, group], random);
        let mut nats = self.state.go(second, fresh);
        nats += self.launch(&others, [group, fresh], random);
        let (change, ln_chance) = self.gibbs(&others, [group, fresh], &Final::Drawn, random);
        nats += change;
        // Back, the pair would have to be merged, not shared anew.
        if self.accepts(nats, 0.5_f64.ln() - ln_chance, random) {
            self.state.accepted_moves += 1;
            return nats;
        }
        self.state.put(&others, &before);
        self.state.go(second, group);
        0.0
    }

    fn merge(&mut self, first: usize, second: usize, random: &mut Random) -> f64 {
        let labels = &self.state.tiers[0].labels;
        let slots = [labels[first], labels[second]];
        let apart = |upper: &[u32]| upper[slots[0] as usize] != upper[slots[1] as usize];
        if self.state.tiers.get(1).is_some_and(|upper| apart(&upper.labels)) {
            // A split leaves both halves in one upper group, so this could not be undone.
            return 0.0;
        }
        let ln_chance = self.ln_chance_of_present(first, second, slots, random);
        self.state.take_group(slots[1]);
        let nats = self.state.delta(slots[0]);
        if self.accepts(nats, ln_chance - 0.5_f64.ln(), random) {
            self.state.commit();
            self.state.accepted_moves += 1;
            return nats;
        }
        0.0
    }

    fn exchange(&mut self, first: usize, second: usize, random: &mut Random) -> f64 {
        let labels = &self.state.tiers[0].labels;
        let slots = [labels[first], labels[second]];
        let (others, before) = self.others(first, second, slots, random);
        let mut nats = self.launch(&others, slots, random);
        let launched: Vec<u32> = others.iter().map(|&node| self.state.tiers[0].labels[node]).collect();
        let (_, ln_back) = self.gibbs(&others, slots, &Final::Forced(&before), random);
        // The same launch for both directions.
        self.state.put(&others, &launched);
        let (change, ln_chance) = self.gibbs(&others, slots, &Final::Drawn, random);
        nats += change;
        let changed =
            others.iter().zip(&before).any(|(&node, &slot)| self.state.tiers[0].labels[node] != slot);
        if changed && self.accepts(nats, ln_back - ln_chance, random) {
            self.state.accepted_moves += 1;
            return nats;
        }
        self.state.put(&others, &before);
        0.0
    }

    /// ln of the probability that a split of the two groups, united, would give them as they are.
    fn ln_chance_of_present(
        &mut self,
        first: usize,
        second: usize,
        slots: [u32; 2],
        random: &mut Random,
    ) -> f64 {
        if self.beta.is_infinite() {
            return 0.0;
        }
        let (others, before) = self.others(first, second, slots, random);
        self.launch(&others, slots, random);
        self.gibbs(&others, slots, &Final::Forced(&before), random).1
    }

    /// The other nodes of two groups in random order, and their groups.
    fn others(
        &self,
        first: usize,
        second: usize,
        slots: [u32; 2],
        random: &mut Random,
    ) -> (Vec<usize>, Vec<u32>) {
        let mut others = self.state.members(&slots);
        others.retain(|&node| node != first && node != second);
        random.shuffle(&mut others);
        let labels = &self.state.tiers[0].labels;
        let before = others.iter().map(|&node| labels[node]).collect();
        (others, before)
    }

    /// Shares nodes at random between two slots, then by Gibbs sweeps; the change in nats.
    fn launch(&mut self, nodes: &[usize], slots: [u32; 2], random: &mut Random) -> f64 {
        let mut nats = 0.0;
        for &node in nodes {
            nats += self.state.go(node, slots[random.index(2)]);
        }
        for _ in 0..LAUNCH {
            nats += self.gibbs(nodes, slots, &Final::Drawn, random).0;
        }
        nats
    }

    /// One Gibbs sweep: the change in nats, and ln of the probability of where it ended.
    fn gibbs(
        &mut self,
        nodes: &[usize],
        slots: [u32; 2],
        end: &Final<'_>,
        random: &mut Random,
    ) -> (f64, f64) {
        let (mut nats, mut ln_chance) = (0.0, 0.0);
        for (at, &node) in nodes.iter().enumerate() {
            let here = self.state.tiers[0].labels[node];
            let there = if here == slots[0] { slots[1] } else { slots[0] };
            self.state.take_node(node);
            let delta = self.state.delta(there);
            let leaves = match end {
                Final::Drawn => self.leaves(delta, random),
                Final::Forced(slots) => slots[at] == there,
            };
            ln_chance -= softplus(if leaves { self.beta * delta } else { -self.beta * delta });
            if leaves {
                self.state.commit();
                nats += delta;
            }
        }
        (nats, ln_chance)
    }

    fn leaves(&self, delta: f64, random: &mut Random) -> bool {
        if self.beta.is_infinite() {
            return delta < 0.0;
        }
        random.unit() * (1.0 + (self.beta * delta).exp()) < 1.0
    }
}

impl State<'_> {
    fn put(&mut self, nodes: &[usize], slots: &[u32]) {
        for (&node, &slot) in nodes.iter().zip(slots) {
            self.go(node, slot);
        }
    }
}

/// ln(1 + e^x)
fn softplus(x: f64) -> f64 {
    if x > 30.0 { x } else { x.exp().ln_1p() }
}
