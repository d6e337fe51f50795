//! What a move does to the levels above the one that it is made at.

use super::flow::Flow;
use super::proposal::Change;
use super::shared::Shared;
use super::state::State;
use super::tier::Tier;

/// The pairs of one tier that a move changes.
pub(crate) struct TierChange {
    pub(crate) changes: Vec<Change>,
    from: u32,
    to: u32,
    /// Nodes that `from` and `to` win.
    resized: (i32, i32),
    /// Whether this tier is changed at all.
    active: bool,
    /// Changes of the pairs of `from` and of `to`, by slot.
    rows: [Vec<Flow>; 2],
    /// The slots with an entry in each row, which are marked.
    touched: [Vec<u32>; 2],
    marks: [Vec<bool>; 2],
}

impl TierChange {
    pub(crate) fn new(tier: &Tier) -> Self {
        let row = || vec![Flow::default(); tier.capacity()];
        Self {
            changes: Vec::new(),
            from: 0,
            to: 0,
            resized: (0, 0),
            active: false,
            rows: [row(), row()],
            touched: [Vec::new(), Vec::new()],
            marks: [vec![false; tier.capacity()], vec![false; tier.capacity()]],
        }
    }

    /// Collects what changes of the tier below mean here; every pair of them has `from` or `to` in it.
    fn lift(&mut self, below: &[Change], labels: &[u32]) {
        for change in below {
            let (a, b) = (labels[change.r as usize], labels[change.s as usize]);
            let (row, other) = match (a == self.from, b == self.from, a == self.to) {
                (true, _, _) => (0, b),
                (_, true, _) => (0, a),
                (_, _, true) => (1, b),
                _ => (1, a),
            };
            if !std::mem::replace(&mut self.marks[row][other as usize], true) {
                self.touched[row].push(other);
            }
            let sum = &mut self.rows[row][other as usize];
            *sum = sum.plus(change.flow);
        }
    }

    fn clear(&mut self) {
        for ((row, touched), marks) in self.rows.iter_mut().zip(&mut self.touched).zip(&mut self.marks) {
            for slot in touched.drain(..) {
                row[slot as usize] = Flow::default();
                marks[slot as usize] = false;
            }
        }
    }

    /// How many nodes a slot wins.
    fn resized(&self, slot: u32) -> i32 {
        let (from, to) = self.resized;
        i32::from(slot == self.from) * from + i32::from(slot == self.to) * to
    }
}

impl State<'_> {
    /// Partition terms of all tiers, the pairs of those above the first, and the edges of the top.
    pub(crate) fn upper_change(&mut self) -> f64 {
        let (mut lost, mut won) = (self.empties(), self.fills());
        let mut nats = self.regrouped(0, 0, i64::from(won) - i64::from(lost));
        let (mut from, mut to) = (self.bundle.from, self.proposal.to);
        for tier in 1..self.tiers.len() {
            let idle = !lost && !won && self.proposal.tiers[tier - 1].changes.is_empty();
            self.proposal.tiers[tier].active = !idle;
            if idle {
                self.proposal.tiers[tier..].iter_mut().for_each(|change| change.active = false);
                break;
            }
            let labels = &self.tiers[tier].labels;
            (from, to) = (labels[from as usize], labels[to as usize]);
            let (emptied, filled, change) = self.tier_change(tier, from, to, (lost, won));
            let nodes = i64::from(won) - i64::from(lost);
            nats += change + self.regrouped(tier, nodes, i64::from(filled) - i64::from(emptied));
            (lost, won) = (emptied, filled);
        }
        nats
    }

    /// The partition term, but for sizes, of a tier that wins `nodes` nodes and `groups` groups; the edges of the top.
    fn regrouped(&self, tier: usize, nodes: i64, groups: i64) -> f64 {
        if nodes == 0 && groups == 0 {
            return 0.0;
        }
        let (n, b) = (self.tiers[tier].n_nodes, self.tiers[tier].n_groups());
        let mut nats = Shared::partition(n + nodes, b + groups) - Shared::partition(n, b);
        if tier + 1 == self.tiers.len() && groups != 0 {
            nats += self.shared.top(b + groups) - self.shared.top(b);
        }
        nats
    }

    /// Pairs and sizes of a tier above the first, and whether a group of it is emptied or filled.
    fn tier_change(
        &mut self,
        tier: usize,
        from: u32,
        to: u32,
        (lost, won): (bool, bool),
    ) -> (bool, bool, f64) {
        let Self { shared, tiers, proposal, .. } = self;
        let (below, here) = proposal.tiers.split_at_mut(tier);
        let (change, level) = (&mut here[0], &tiers[tier]);
        change.clear();
        (change.from, change.to) = (from, to);
        change.resized = (-i32::from(lost), i32::from(won));
        change.lift(&below[tier - 1].changes, &level.labels);
        change.changes.clear();

        let same_group = from == to;
        let noted = tiers
            .get(tier + 1)
            .is_some_and(|upper| shared.weighted || upper.labels[from as usize] != upper.labels[to as usize]);
        let resized = (change.resized(from), change.resized(to));
        let mut nats = sizes(shared, level, from, resized.0);
        if !same_group {
            nats += sizes(shared, level, to, resized.1);
        }
        let variances = shared.cost.has_variances();
        let totals = &mut proposal.totals[tier];
        let TierChange { rows, touched, changes, .. } = change;
        let mut visit = |slot: u32, other: u32, row: usize| {
            let (old, shift) = (level.flow(slot, other), rows[row][other as usize]);
            let new = old.plus(shift).settled();
            let same = slot == other;
            let (n, n_other) = (level.sizes[slot as usize], level.sizes[other as usize]);
            let grown = |slot: u32, n: i32| match (slot == from, slot == to) {
                (true, _) => n + resized.0,
                (_, true) => n + resized.1,
                _ => n,
            };
            nats += shared.pair(false, same, grown(slot, n), grown(other, n_other), &new)
                - shared.pair(false, same, n, n_other, &old);
            if shared.weighted {
                totals.add(&old, variances, -1);
                totals.add(&new, variances, 1);
            }
            if noted && old != new {
                changes.push(Change { r: slot, s: other, flow: Flow::lifted(old, new) });
            }
        };
        // A group that was empty is in no list of groups yet.
        let filled = !same_group && level.sizes[to as usize] == 0 && resized.1 > 0;
        let all = level.occupied();
        let list = |row: usize, resized: i32| if resized != 0 { all } else { &touched[row] };
        let (of_from, of_to) = (list(0, resized.0), list(1, resized.1));
        for &other in of_from {
            visit(from, other, 0);
        }
        if !same_group {
            // The pair of both is in the row of `from`, where it is met if that is listed whole or touches `to`.
            let met = if resized.0 != 0 { level.sizes[to as usize] > 0 } else { touched[0].contains(&to) };
            if !met && resized != (0, 0) {
                visit(from, to, 0);
            }
            if filled {
                visit(to, to, 1);
            }
            for &other in of_to.iter().filter(|&&other| other != from) {
                visit(to, other, 1);
            }
        }
        (level.sizes[from as usize] + resized.0 == 0, filled, nats)
    }

    /// Writes the changes of the tiers above the first.
    pub(crate) fn commit_upper(&mut self) {
        for (tier, change) in self.tiers.iter_mut().zip(&self.proposal.tiers).skip(1) {
            if !change.active {
                break;
            }
            for (row, slot) in [(0, change.from), (1, change.to)] {
                for &other in &change.touched[row] {
                    let flow = tier.flow(slot, other).plus(change.rows[row][other as usize]).settled();
                    tier.set_flow(slot, other, flow);
                }
            }
            tier.n_nodes += i64::from(change.resized.0 + change.resized.1);
            if change.from == change.to {
                tier.resize(change.from, change.resized.0 + change.resized.1);
            } else {
                tier.resize(change.from, change.resized.0);
                tier.resize(change.to, change.resized.1);
            }
        }
    }
}

/// The sizes in the partition term when `slot` wins `change` nodes.
fn sizes(shared: &Shared, tier: &Tier, slot: u32, change: i32) -> f64 {
    let n = tier.sizes[slot as usize];
    if change == 0 { 0.0 } else { shared.group(false, n + change, 0) - shared.group(false, n, 0) }
}
