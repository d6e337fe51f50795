//! What is about to move: a node, or a whole group.

use super::flow::Flow;
use super::state::State;

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
    pub(super) losses: Vec<f64>,
    /// Their sum, that of its own slot left out.
    pub(super) loss: f64,
    /// What its leaving changes at its slot itself.
    pub(super) group_loss: f64,
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

    pub(super) fn clear(&mut self) {
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
}
