//! The graph that one level of a hierarchy groups.

use std::collections::BTreeMap;

use super::flow::Flow;
use crate::Graph;
use crate::blocks::BlockSum;

/// Nodes and what runs between them: the graph itself, or the groups of a level.
#[derive(Clone, Debug)]
pub(crate) struct LevelGraph {
    /// Whether this is the graph itself.
    pub(crate) lowest: bool,
    offsets: Vec<u32>,
    neighbours: Vec<(u32, Flow)>,
    loops: Vec<Flow>,
    /// Edges at each node, self-loops twice.
    pub(crate) degrees: Vec<u32>,
}

impl LevelGraph {
    pub(crate) fn of_graph(graph: &Graph) -> Self {
        let mut pairs: BTreeMap<(u32, u32), Flow> = BTreeMap::new();
        for (edge, &pair) in graph.edges().iter().enumerate() {
            let sum = graph.weights().map_or(0.0, |weights| weights[edge]);
            let flow = pairs.entry(pair).or_default();
            *flow = flow.plus(Flow { m: 1, count: 1, sum, squares: sum * sum });
        }
        let pairs: Vec<_> = pairs.into_iter().map(|((r, s), flow)| (r, s, flow)).collect();
        Self::new(graph.n_nodes(), &pairs, true)
    }

    /// Of the `n_groups` groups whose pairs are given.
    pub(crate) fn of_groups(n_groups: usize, sums: &[BlockSum]) -> Self {
        let value = |sum: f64, m: u64| Flow { m: m as i32, count: 1, sum, squares: sum * sum };
        let pairs: Vec<_> = sums.iter().map(|pair| (pair.r, pair.s, value(pair.sum, pair.m))).collect();
        Self::new(n_groups, &pairs, false)
    }

    fn new(n_nodes: usize, pairs: &[(u32, u32, Flow)], lowest: bool) -> Self {
        let mut loops = vec![Flow::default(); n_nodes];
        let mut degrees = vec![0; n_nodes];
        let mut lists = vec![Vec::new(); n_nodes];
        for &(r, s, flow) in pairs {
            degrees[r as usize] += flow.m as u32;
            degrees[s as usize] += flow.m as u32;
            if r == s {
                loops[r as usize] = flow;
            } else {
                lists[r as usize].push((s, flow));
                lists[s as usize].push((r, flow));
            }
        }
        let mut offsets = vec![0; n_nodes + 1];
        for (node, list) in lists.iter().enumerate() {
            offsets[node + 1] = offsets[node] + list.len() as u32;
        }
        Self { lowest, offsets, neighbours: lists.concat(), loops, degrees }
    }

    pub(crate) fn n_nodes(&self) -> usize {
        self.degrees.len()
    }

    /// The other nodes that a node is joined to.
    #[inline]
    pub(crate) fn neighbours(&self, node: usize) -> &[(u32, Flow)] {
        &self.neighbours[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }

    /// The self-loops of a node.
    #[inline]
    pub(crate) fn own(&self, node: usize) -> Flow {
        self.loops[node]
    }

    /// Each joined pair once, self-loops included.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32, Flow)> + '_ {
        (0..self.n_nodes()).flat_map(move |node| {
            let later = self.neighbours(node).iter().filter(move |(other, _)| *other as usize > node);
            let own = (self.loops[node].m > 0).then_some((node as u32, node as u32, self.loops[node]));
            own.into_iter().chain(later.map(move |&(other, flow)| (node as u32, other, flow)))
        })
    }
}
