//! `simulate.lfr` and `simulate.planted_graph`: weighted graphs of which the communities are known.
//!
//! [`lfr`] is the weighted benchmark of Lancichinetti and Fortunato: degrees, strengths and sizes of communities follow
//! power laws. [`planted`] has groups of one size and says where they can be seen: in which pairs are joined, in the
//! weights, in both, or nowhere.

mod figures;
pub mod lfr;
pub mod planted;
mod run;
mod tables;

pub use lfr::{LfrParams, LfrStep};
pub use planted::{PlantedGraphParams, PlantedGraphStep, Structure, WeightModel};

/// An undirected graph without loops and parallel edges, and the group of each node.
#[derive(Clone, Debug, PartialEq)]
pub struct PlantedGraph {
    /// Group of every node, from 0, in the order of first appearance.
    pub groups: Vec<usize>,
    /// Edges `(i, j, weight)` with `i < j`, sorted.
    pub edges: Vec<(usize, usize, f64)>,
}

impl PlantedGraph {
    /// A graph of `edges` among nodes with the `labels`, which are numbered anew. Edges are sorted, ends too.
    pub fn new(labels: &[usize], edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Self {
        let mut edges: Vec<_> =
            edges.into_iter().map(|(i, j, weight)| (i.min(j), i.max(j), weight)).collect();
        edges.sort_by_key(|&(i, j, _)| (i, j));
        Self { groups: by_first_appearance(labels), edges }
    }

    /// Number of nodes.
    pub fn n_nodes(&self) -> usize {
        self.groups.len()
    }

    /// Number of groups.
    pub fn n_groups(&self) -> usize {
        self.groups.iter().max().map_or(0, |last| last + 1)
    }

    /// Number of edges of every node.
    pub fn degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.n_nodes()];
        for &(i, j, _) in &self.edges {
            degrees[i] += 1;
            degrees[j] += 1;
        }
        degrees
    }

    /// Sum of the weights of the edges of every node.
    pub fn strengths(&self) -> Vec<f64> {
        let mut strengths = vec![0.0; self.n_nodes()];
        for &(i, j, weight) in &self.edges {
            strengths[i] += weight;
            strengths[j] += weight;
        }
        strengths
    }

    /// Share of the edges that join different groups: the mixing of topology. NaN without edges.
    pub fn mixing_of_edges(&self) -> f64 {
        self.mixing(|_| 1.0)
    }

    /// Share of the weight that lies on edges between different groups: the mixing of weights. NaN without edges.
    pub fn mixing_of_weights(&self) -> f64 {
        self.mixing(|weight| weight)
    }

    fn mixing(&self, share: impl Fn(f64) -> f64) -> f64 {
        let (mut between, mut all) = (0.0, 0.0);
        for &(i, j, weight) in &self.edges {
            all += share(weight);
            if self.groups[i] != self.groups[j] {
                between += share(weight);
            }
        }
        between / all
    }
}

/// `labels` as numbers from 0, in the order in which each appears first.
fn by_first_appearance(labels: &[usize]) -> Vec<usize> {
    let mut numbers = std::collections::BTreeMap::new();
    let number = |label: &usize| {
        let next = numbers.len();
        *numbers.entry(*label).or_insert(next)
    };
    labels.iter().map(number).collect()
}
