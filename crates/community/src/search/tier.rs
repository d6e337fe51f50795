//! One level of the state of a search.

use super::flow::Flow;
use crate::weights::WeightCost;

/// The groups of a level in dense tables. A group is a slot; slots may be empty.
#[derive(Clone, Debug)]
pub(crate) struct Tier {
    /// The slot of each node: of the graph at the lowest tier, of the slots of the tier below above it.
    pub(crate) labels: Vec<u32>,
    /// Nodes of each slot.
    pub(crate) sizes: Vec<i32>,
    /// Half-edges of each slot.
    pub(crate) ends: Vec<i64>,
    /// The cost of each slot, at the tier that is searched.
    pub(crate) group_costs: Vec<f64>,
    /// Nodes of the level that are not empty slots.
    pub(crate) n_nodes: i64,
    pub(crate) totals: Totals,
    /// Slots with nodes, in no particular order.
    occupied: Vec<u32>,
    /// Where each slot stands in `occupied`.
    position: Vec<u32>,
    empty: Vec<u32>,
    capacity: usize,
    flows: Vec<Flow>,
    /// The cost of each pair, at the lowest level of all, where it depends on nothing else.
    costs: Vec<f64>,
}

/// Sums over the pairs of a level that its weight model needs as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    /// Non-empty pairs.
    pub(crate) pairs: i64,
    /// Squares of their sums.
    pub(crate) squares: f64,
    /// Pairs of two values or more.
    pub(crate) wide: i64,
    /// Their squared deviations.
    pub(crate) deviation: f64,
}

impl Totals {
    /// Adds a pair (`sign` 1) or takes it away (-1).
    #[inline]
    pub(crate) fn add(&mut self, flow: &Flow, variances: bool, sign: i64) {
        if flow.m == 0 {
            return;
        }
        self.pairs += sign;
        if variances {
            self.squares += sign as f64 * flow.sum * flow.sum;
            if flow.count >= 2 {
                self.wide += sign;
                let deviation = WeightCost::deviation(flow.count as u64, flow.sum, flow.squares);
                self.deviation += sign as f64 * deviation;
            }
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            squares: self.squares + other.squares,
            wide: self.wide + other.wide,
            deviation: self.deviation + other.deviation,
        }
    }
}

impl Tier {
    /// A tier of `labels` that occupy slots `0..n_groups` of `capacity`; nodes at and after `n_nodes` are empty slots.
    pub(crate) fn new(labels: Vec<u32>, n_nodes: usize, n_groups: usize, capacity: usize) -> Self {
        let mut sizes = vec![0; capacity];
        for &label in &labels[..n_nodes] {
            sizes[label as usize] += 1;
        }
        Self {
            labels,
            sizes,
            ends: vec![0; capacity],
            group_costs: Vec::new(),
            n_nodes: n_nodes as i64,
            totals: Totals::default(),
            occupied: (0..n_groups as u32).collect(),
            position: (0..capacity as u32).collect(),
            empty: (n_groups as u32..capacity as u32).rev().collect(),
            capacity,
            flows: vec![Flow::default(); capacity * capacity],
            costs: Vec::new(),
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(crate) fn occupied(&self) -> &[u32] {
        &self.occupied
    }

    pub(crate) fn n_groups(&self) -> i64 {
        self.occupied.len() as i64
    }

    /// A slot without nodes, the same until it is used.
    pub(crate) fn an_empty_slot(&self) -> Option<u32> {
        self.empty.last().copied()
    }

    #[inline]
    pub(crate) fn flow(&self, r: u32, s: u32) -> Flow {
        self.flows[r as usize * self.capacity + s as usize]
    }

    /// What runs between a slot and each slot.
    #[inline]
    pub(crate) fn row(&self, r: u32) -> &[Flow] {
        &self.flows[r as usize * self.capacity..(r as usize + 1) * self.capacity]
    }

    #[inline]
    pub(crate) fn set_flow(&mut self, r: u32, s: u32, flow: Flow) {
        self.flows[r as usize * self.capacity + s as usize] = flow;
        self.flows[s as usize * self.capacity + r as usize] = flow;
    }

    /// Sets the costs of all pairs.
    pub(crate) fn price(&mut self, cost: impl Fn(bool, &Flow) -> f64) {
        let capacity = self.capacity;
        let costs = self.flows.iter().enumerate();
        self.costs = costs.map(|(pair, flow)| cost(pair / capacity == pair % capacity, flow)).collect();
    }

    #[inline]
    pub(crate) fn costs(&self, r: u32) -> &[f64] {
        &self.costs[r as usize * self.capacity..(r as usize + 1) * self.capacity]
    }

    #[inline]
    pub(crate) fn set_cost(&mut self, r: u32, s: u32, cost: f64) {
        self.costs[r as usize * self.capacity + s as usize] = cost;
        self.costs[s as usize * self.capacity + r as usize] = cost;
    }

    /// Changes the size of a slot, which may become occupied or empty by that.
    pub(crate) fn resize(&mut self, slot: u32, change: i32) {
        let size = &mut self.sizes[slot as usize];
        let before = *size;
        *size += change;
        match (before, *size) {
            (0, after) if after > 0 => self.occupy(slot),
            (before, 0) if before > 0 => self.vacate(slot),
            _ => {}
        }
    }

    fn occupy(&mut self, slot: u32) {
        self.empty.retain(|&empty| empty != slot);
        self.position[slot as usize] = self.occupied.len() as u32;
        self.occupied.push(slot);
    }

    fn vacate(&mut self, slot: u32) {
        let position = self.position[slot as usize] as usize;
        self.occupied.swap_remove(position);
        if let Some(&moved) = self.occupied.get(position) {
            self.position[moved as usize] = position as u32;
        }
        self.empty.push(slot);
    }
}
