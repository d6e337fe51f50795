//! What is known of one graph once it is fitted.

use super::edges::GraphEdges;
use crate::{Graph, Marginals, Model, SbmFit};

pub(super) struct Fitted {
    pub edges: GraphEdges,
    pub graph: Graph,
    pub fit: SbmFit,
    pub marginals: Option<Marginals>,
}

impl Fitted {
    /// Groups at `level`.
    pub fn n_groups(&self, level: usize) -> usize {
        self.fit.levels.get(level).and_then(|groups| groups.iter().max()).map_or(0, |&last| last as usize + 1)
    }

    /// Groups of a node at every level, the lowest first.
    pub fn lineage(&self, node: usize) -> Vec<u32> {
        let mut member = node as u32;
        let up = |groups: &Vec<u32>| {
            member = groups[member as usize];
            member
        };
        self.fit.levels.iter().map(up).collect()
    }

    /// Nodes in the order of their groups, from the top of the hierarchy down.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.graph.n_nodes()).collect();
        order.sort_by_cached_key(|&node| {
            let mut lineage = self.lineage(node);
            lineage.reverse();
            lineage
        });
        order
    }

    pub fn model_id(&self) -> String {
        model_id(&self.fit.model)
    }
}

/// `dc nested exponential`: degree correction, hierarchy, weights.
pub(super) fn model_id(model: &Model) -> String {
    let deg_corr = if model.deg_corr { "dc" } else { "ndc" };
    let nested = if model.nested { "nested" } else { "flat" };
    format!("{deg_corr} {nested} {}", model.weights.name())
}
