//! Moves of a node or of a whole group to another group: what they would change, and doing so.
//!
//! Either is a bundle of edges that leaves one slot for another (Peixoto 2014): only the pairs of these two slots
//! change, at this level and, where the bundle changes its group there too, at those above.

use super::flow::Flow;
use super::state::State;
use super::tier::{Tier, Totals};
use super::upper::TierChange;
use crate::log_gamma::ln_factorial;

/// A node, or all nodes of a slot, and what runs from there to each slot.
pub(crate) struct Bundle {
    /// The slot that it is in.
    pub(crate) from: u32,
    /// Nodes.
    pub(crate) size: i32,
    /// The node; none when it is all nodes of the slot.
    pub(crate) node: Option<u32>,
    /// To the nodes of each slot that are not of the bundle.
    pub(crate) flows: Vec<Flow>,
    /// Slots with such edges.
    pub(crate) touched: Vec<u32>,
    /// Inside the bundle.
    pub(crate) own: Flow,
    /// Half-edges.
    pub(crate) ends: i64,
    /// What its leaving changes at the pair of its slot and each touched one, wherever it goes; lowest level only.
    losses: Vec<f64>,
    /// Their sum, that of its own slot left out.
    loss: f64,
    /// What its leaving changes at its slot itself.
    group_loss: f64,
}

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

impl Bundle {
    pub(crate) fn new(capacity: usize) -> Self {
        let (flows, touched) = (vec![Flow::default(); capacity], Vec::with_capacity(capacity));
        let losses = vec![0.0; capacity];
        Self {
            from: 0,
            size: 0,
            node: None,
            flows,
            touched,
            own: Flow::default(),
            ends: 0,
            losses,
            loss: 0.0,
            group_loss: 0.0,
        }
    }

    fn clear(&mut self) {
        for &slot in &self.touched {
            self.flows[slot as usize] = Flow::default();
        }
        self.touched.clear();
    }

    #[inline]
    fn add(&mut self, slot: u32, flow: Flow) {
        let sum = &mut self.flows[slot as usize];
        if sum.m == 0 {
            self.touched.push(slot);
        }
        *sum = sum.plus(flow);
    }
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
    /// Makes `node` the bundle that [`delta`](Self::delta) is about.
    pub(crate) fn take_node(&mut self, node: usize) {
        let labels = &self.tiers[0].labels;
        let bundle = &mut self.bundle;
        bundle.clear();
        for &(other, flow) in self.graph.neighbours(node) {
            bundle.add(labels[other as usize], flow);
        }
        bundle.from = labels[node];
        bundle.size = 1;
        bundle.node = Some(node as u32);
        bundle.own = self.graph.own(node);
        bundle.ends = i64::from(self.graph.degrees[node]);
        self.weigh_leaving();
    }

    /// Makes all nodes of `slot` the bundle.
    pub(crate) fn take_group(&mut self, slot: u32) {
        let (tier, bundle) = (&self.tiers[0], &mut self.bundle);
        bundle.clear();
        let row = tier.row(slot);
        for &other in tier.occupied().iter().filter(|&&other| other != slot && row[other as usize].m > 0) {
            bundle.add(other, row[other as usize]);
        }
        bundle.from = slot;
        bundle.size = tier.sizes[slot as usize];
        bundle.node = None;
        bundle.own = row[slot as usize];
        bundle.ends = tier.ends[slot as usize];
        self.weigh_leaving();
    }

    fn weigh_leaving(&mut self) {
        let Self { shared, graph, tiers, bundle, .. } = self;
        let (r, tier) = (bundle.from, &tiers[0]);
        let left = (tier.sizes[r as usize] - bundle.size, tier.ends[r as usize] - bundle.ends);
        bundle.group_loss = shared.group(graph.lowest, left.0, left.1) - tier.group_costs[r as usize];
        if !graph.lowest {
            return;
        }
        let (row, costs) = (tier.row(r), tier.costs(r));
        bundle.loss = 0.0;
        for &t in bundle.touched.iter().filter(|&&t| t != r) {
            let t = t as usize;
            let left = row[t].minus(bundle.flows[t]).settled();
            bundle.losses[t] = shared.lowest_pair(false, &left) - costs[t];
            bundle.loss += bundle.losses[t];
        }
    }

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

    /// Which changed pairs of the level the tier above has to know.
    fn noted(&self) -> Noted {
        let Some(upper) = self.tiers.get(1) else {
            return Noted::None;
        };
        let stays = upper.labels[self.bundle.from as usize] == upper.labels[self.proposal.to as usize];
        match (stays, self.shared.weighted) {
            (false, _) => Noted::All,
            (true, false) => Noted::None,
            // Sums above stay; squares of sums matter to variances alone.
            (true, true) if self.shared.cost.has_variances() => Noted::All,
            (true, true) => Noted::FilledOrEmptied,
        }
    }

    /// Pairs of the graph's own level, where sizes do not matter; notes them for the tier above.
    fn lowest_pair_change(&mut self) -> f64 {
        let noted = self.noted();
        let Self { shared, tiers, bundle, proposal, .. } = self;
        let (tier, r, s) = (&tiers[0], bundle.from, proposal.to);
        let variances = shared.cost.has_variances();
        let changes = &mut proposal.tiers[0].changes;
        let totals = &mut proposal.totals[0];
        changes.clear();
        let mut note = |a: u32, b: u32, old: Flow, new: Flow| {
            if shared.weighted {
                totals.add(&old, variances, -1);
                totals.add(&new, variances, 1);
            }
            if let Some(flow) = noted.lifted(old, new) {
                changes.push(Change { r: a, s: b, flow });
            }
        };
        let mut nats = bundle.loss;
        let (row_r, row_s, costs_s) = (tier.row(r), tier.row(s), tier.costs(s));
        for &t in &bundle.touched {
            if t == r {
                continue;
            }
            if t == s {
                nats -= bundle.losses[t as usize];
                continue;
            }
            let (at, k) = (t as usize, bundle.flows[t as usize]);
            let new = row_s[at].plus(k);
            nats += shared.lowest_pair(false, &new) - costs_s[at];
            if shared.weighted || noted != Noted::None {
                note(r, t, row_r[at], row_r[at].minus(k).settled());
                note(s, t, row_s[at], new);
            }
        }
        for (a, b, old, new) in inner(tier, bundle, s) {
            nats += shared.lowest_pair(a == b, &new) - tier.costs(a)[b as usize];
            note(a, b, old, new);
        }
        nats
    }

    /// Pairs of a level above the lowest, where sizes matter to each pair; notes them for the tier above.
    fn pair_change(&mut self) -> f64 {
        let noted = self.noted();
        let Self { shared, tiers, bundle, proposal, .. } = self;
        let tier = &tiers[0];
        let (r, s, size) = (bundle.from, proposal.to, bundle.size);
        let variances = shared.cost.has_variances();
        let changes = &mut proposal.tiers[0].changes;
        let totals = &mut proposal.totals[0];
        changes.clear();
        let (n_r, n_s) = (tier.sizes[r as usize], tier.sizes[s as usize]);
        let mut nats = 0.0;
        let mut visit = |a: u32, b: u32, old: Flow, new: Flow, before: (i32, i32), after: (i32, i32)| {
            let same = a == b;
            nats += shared.pair(false, same, after.0, after.1, &new)
                - shared.pair(false, same, before.0, before.1, &old);
            if shared.weighted {
                totals.add(&old, variances, -1);
                totals.add(&new, variances, 1);
            }
            if let Some(flow) = noted.lifted(old, new) {
                changes.push(Change { r: a, s: b, flow });
            }
        };
        let (row_r, row_s) = (tier.row(r), tier.row(s));
        for &t in tier.occupied().iter().filter(|&&t| t != r && t != s) {
            let (k, n_t) = (bundle.flows[t as usize], tier.sizes[t as usize]);
            let (old_r, old_s) = (row_r[t as usize], row_s[t as usize]);
            visit(r, t, old_r, old_r.minus(k).settled(), (n_r, n_t), (n_r - size, n_t));
            visit(s, t, old_s, old_s.plus(k).settled(), (n_s, n_t), (n_s + size, n_t));
        }
        for (a, b, old, new) in inner(tier, bundle, s) {
            let (before, after) = match (a == r, b == r) {
                (true, true) => ((n_r, n_r), (n_r - size, n_r - size)),
                (false, false) => ((n_s, n_s), (n_s + size, n_s + size)),
                _ => ((n_r, n_s), (n_r - size, n_s + size)),
            };
            visit(a, b, old, new, before, after);
        }
        nats
    }

    fn move_flows(&mut self) {
        let Self { shared, graph, tiers, bundle, proposal, .. } = self;
        let (tier, r, s) = (&mut tiers[0], bundle.from, proposal.to);
        let changed = inner(tier, bundle, s);
        let set = |tier: &mut Tier, a: u32, b: u32, flow: Flow| {
            tier.set_flow(a, b, flow);
            if graph.lowest {
                tier.set_cost(a, b, shared.lowest_pair(a == b, &flow));
            }
        };
        for &t in bundle.touched.iter().filter(|&&t| t != r && t != s) {
            let k = bundle.flows[t as usize];
            let (from, to) = (tier.flow(r, t).minus(k).settled(), tier.flow(s, t).plus(k).settled());
            set(tier, r, t, from);
            set(tier, s, t, to);
        }
        for (a, b, _, new) in changed {
            set(tier, a, b, new);
        }
    }
}

/// Which pairs of a level the level above has to know when they change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noted {
    None,
    FilledOrEmptied,
    All,
}

impl Noted {
    #[inline]
    fn lifted(self, old: Flow, new: Flow) -> Option<Flow> {
        match self {
            Self::None => None,
            // Its edges and sums stay in the same pair above.
            Self::FilledOrEmptied => {
                let count = i32::from(new.m > 0) - i32::from(old.m > 0);
                (count != 0).then(|| Flow { count, ..Flow::default() })
            }
            Self::All => Some(Flow::lifted(old, new)),
        }
    }
}

/// The pairs (r, r), (s, s) and (r, s) of a bundle that goes from r to s, before and after.
fn inner(tier: &Tier, bundle: &Bundle, s: u32) -> [(u32, u32, Flow, Flow); 3] {
    let r = bundle.from;
    let (to_r, to_s) = (bundle.flows[r as usize], bundle.flows[s as usize]);
    let (rr, ss, rs) = (tier.flow(r, r), tier.flow(s, s), tier.flow(r, s));
    [
        (r, r, rr, rr.minus(to_r).minus(bundle.own).settled()),
        (s, s, ss, ss.plus(to_s).plus(bundle.own).settled()),
        (r, s, rs, rs.plus(to_r).minus(to_s).settled()),
    ]
}
