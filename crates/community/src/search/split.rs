//! Splits of groups and exchanges between two groups, undone where they do not help (after Peixoto 2020).

use super::random::Random;
use super::state::State;
use super::sweep::LEAST_GAIN;

/// Passes over the nodes of two groups.
const PASSES: usize = 6;

impl State<'_> {
    /// Tries to split each group; the change in nats.
    pub(super) fn split_groups(&mut self, random: &mut Random) -> f64 {
        let mut groups = self.tiers[0].occupied().to_vec();
        groups.sort_unstable();
        groups.into_iter().map(|group| self.try_split(group, random)).sum()
    }

    /// Tries to share the nodes of each group and a near one between the two anew; the change in nats.
    pub(super) fn reshare_groups(&mut self, random: &mut Random) -> f64 {
        let mut groups = self.tiers[0].occupied().to_vec();
        groups.sort_unstable();
        random.shuffle(&mut groups);
        let mut total = 0.0;
        for at in 0..groups.len() {
            let (first, second) = (groups[at], groups[random.index(groups.len())]);
            let alive = |slot: u32| self.tiers[0].sizes[slot as usize] > 0;
            if first != second && alive(first) && alive(second) {
                total += self.try_reshare(first, second, random);
            }
        }
        total
    }

    fn try_split(&mut self, group: u32, random: &mut Random) -> f64 {
        let nodes = self.members(&[group]);
        let Some(fresh) = self.new_group(group).filter(|_| nodes.len() > 1) else {
            return 0.0;
        };
        let before: Vec<u32> = vec![group; nodes.len()];
        let nats = self.share(&nodes, [group, fresh], random);
        self.keep_or_restore(nats, &nodes, &before)
    }

    fn try_reshare(&mut self, first: u32, second: u32, random: &mut Random) -> f64 {
        let nodes = self.members(&[first, second]);
        let before: Vec<u32> = nodes.iter().map(|&node| self.tiers[0].labels[node]).collect();
        let nats = self.share(&nodes, [first, second], random);
        self.keep_or_restore(nats, &nodes, &before)
    }

    /// Shares nodes of two slots at random between them, then moves each to the better one; the change in nats.
    fn share(&mut self, nodes: &[usize], slots: [u32; 2], random: &mut Random) -> f64 {
        let mut order = nodes.to_vec();
        random.shuffle(&mut order);
        // From a random half, or from one node against the rest.
        let half = random.index(2) == 0;
        let mut nats = 0.0;
        for (at, &node) in order.iter().enumerate() {
            let second = if half { random.index(2) == 0 } else { at == 0 };
            nats += self.go(node, slots[usize::from(second)]);
        }
        for _ in 0..PASSES {
            random.shuffle(&mut order);
            let gain: f64 = order.iter().map(|&node| self.go_if_better(node, slots)).sum();
            nats += gain;
            if gain > -LEAST_GAIN {
                break;
            }
        }
        nats
    }

    /// Moves a node to a slot and says what that changes.
    pub(super) fn go(&mut self, node: usize, slot: u32) -> f64 {
        if self.tiers[0].labels[node] == slot {
            return 0.0;
        }
        self.take_node(node);
        let nats = self.delta(slot);
        self.commit();
        nats
    }

    fn go_if_better(&mut self, node: usize, [first, second]: [u32; 2]) -> f64 {
        let to = if self.tiers[0].labels[node] == first { second } else { first };
        self.take_node(node);
        let nats = self.delta(to);
        if nats < -LEAST_GAIN {
            self.commit();
            nats
        } else {
            0.0
        }
    }

    fn keep_or_restore(&mut self, nats: f64, nodes: &[usize], before: &[u32]) -> f64 {
        if nats < -LEAST_GAIN {
            return nats;
        }
        for (&node, &slot) in nodes.iter().zip(before) {
            self.go(node, slot);
        }
        0.0
    }

    /// The nodes of some slots in ascending order.
    pub(super) fn members(&self, slots: &[u32]) -> Vec<usize> {
        let labels = self.tiers[0].labels.iter().enumerate();
        labels.filter(|(_, label)| slots.contains(label)).map(|(node, _)| node).collect()
    }
}
