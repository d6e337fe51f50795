use crate::{CommunityError, Result};

/// The most nodes of a graph; above, tables of groups would be the wrong data structure.
const MAX_NODES: usize = 100_000;
/// The most edges: twice their number, the sum of the degrees, is counted in 32 bits.
const MAX_EDGES: usize = i32::MAX as usize / 2;

/// An undirected multigraph: parallel edges and self-loops are allowed, and each edge may have a weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    n_nodes: usize,
    edges: Vec<(u32, u32)>,
    weights: Option<Vec<f64>>,
}

impl Graph {
    /// A graph of nodes `0..n_nodes` with an entry per edge; the order of the two nodes of an edge is of no
    /// importance. `weights` has one finite number per edge.
    ///
    /// # Errors
    /// Fewer than two or too many nodes, no or too many edges, an edge to a node that is not there, weights that
    /// are not one finite number per edge.
    pub fn new(n_nodes: usize, edges: &[(u32, u32)], weights: Option<&[f64]>) -> Result<Self> {
        check_sizes(n_nodes, edges.len())?;
        let outside = |&(pre, post): &(u32, u32)| pre.max(post) as usize >= n_nodes;
        if let Some(edge) = edges.iter().position(outside) {
            let (pre, post) = edges[edge];
            return Err(CommunityError::NoSuchNode { edge, pre, post, n_nodes });
        }
        if let Some(weights) = weights {
            check_weights(weights, edges.len())?;
        }
        let edges = edges.iter().map(|&(pre, post)| (pre.min(post), pre.max(post))).collect();
        Ok(Self { n_nodes, edges, weights: weights.map(<[f64]>::to_vec) })
    }

    /// Number of nodes, isolated ones included.
    pub fn n_nodes(&self) -> usize {
        self.n_nodes
    }

    /// The edges in the given order, the smaller node first.
    pub fn edges(&self) -> &[(u32, u32)] {
        &self.edges
    }

    /// The weight of each edge.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// Number of edges at each node; a self-loop counts twice.
    pub fn degrees(&self) -> Vec<u32> {
        let mut degrees = vec![0; self.n_nodes];
        for &(pre, post) in &self.edges {
            degrees[pre as usize] += 1;
            degrees[post as usize] += 1;
        }
        degrees
    }

    /// The same edges with other weights, of which there must be one each.
    pub(crate) fn with_weights(&self, weights: Vec<f64>) -> Self {
        debug_assert_eq!(weights.len(), self.edges.len());
        Self { weights: Some(weights), ..self.clone() }
    }
}

fn check_sizes(n_nodes: usize, n_edges: usize) -> Result<()> {
    if n_nodes < 2 {
        return Err(CommunityError::TooFewNodes { found: n_nodes });
    }
    if n_nodes > MAX_NODES {
        return Err(CommunityError::TooManyNodes { found: n_nodes, limit: MAX_NODES });
    }
    if n_edges == 0 {
        return Err(CommunityError::NoEdges);
    }
    if n_edges > MAX_EDGES {
        return Err(CommunityError::TooManyEdges { found: n_edges, limit: MAX_EDGES });
    }
    Ok(())
}

fn check_weights(weights: &[f64], n_edges: usize) -> Result<()> {
    if weights.len() != n_edges {
        return Err(CommunityError::WeightCount { expected: n_edges, found: weights.len() });
    }
    match weights.iter().position(|weight| !weight.is_finite()) {
        Some(edge) => Err(CommunityError::NonFiniteWeight { edge, value: weights[edge] }),
        None => Ok(()),
    }
}
