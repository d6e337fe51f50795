//! Weights that give every node its strength.

use super::LfrParams;

/// Passes over all nodes at most.
const MOST_PASSES: usize = 1000;
/// The passes end when the sum of squares falls by less than this share of it.
const SMALLEST_GAIN: f64 = 1e-5;
/// The least weight of an edge, as a share of the mean weight: all weights stay above zero.
const LEAST: f64 = 0.01;

/// A weight above zero per edge, such that the strengths of the nodes come near `k^beta`, a share `1 - mu_w` of it within
/// communities: the greedy minimisation of the sum over nodes of
/// `(s - rho)^2 + (s_in - rho_in)^2 + (s_ext - rho_ext)^2`, where rho are the strengths that the weights give
/// (Lancichinetti and Fortunato 2009, section on weighted networks). A node gives each of its edges the same part of
/// what its strength lacks, then moves weight between its edges inside and outside.
pub(super) fn fit(params: &LfrParams, community: &[usize], edges: &[(usize, usize)]) -> Vec<f64> {
    let mut fit = Fit::new(params, community, edges);
    let mut before = f64::INFINITY;
    for _ in 0..MOST_PASSES {
        (0..community.len()).for_each(|node| fit.give(node));
        (0..community.len()).for_each(|node| fit.balance(node));
        let after = fit.sum_of_squares();
        if before - after <= SMALLEST_GAIN * before.min(f64::MAX) {
            break;
        }
        before = after;
    }
    fit.weights
}

struct Fit<'a> {
    edges: &'a [(usize, usize)],
    /// Edges of every node, inside and outside.
    of_node: Vec<[Vec<usize>; 2]>,
    /// Strength that every node is to have, inside and outside.
    wanted: Vec<[f64; 2]>,
    /// Strength that the weights give it.
    found: Vec<[f64; 2]>,
    least: f64,
    weights: Vec<f64>,
}

impl<'a> Fit<'a> {
    fn new(params: &LfrParams, community: &[usize], edges: &'a [(usize, usize)]) -> Self {
        let mut of_node = vec![[Vec::new(), Vec::new()]; community.len()];
        for (edge, &(i, j)) in edges.iter().enumerate() {
            let side = usize::from(community[i] != community[j]);
            of_node[i][side].push(edge);
            of_node[j][side].push(edge);
        }
        let wanted = of_node.iter().map(|[inside, outside]| {
            let strength = ((inside.len() + outside.len()) as f64).powf(params.beta);
            match (inside.is_empty(), outside.is_empty()) {
                (false, false) => [(1.0 - params.mu_w) * strength, params.mu_w * strength],
                (false, true) => [strength, 0.0],
                (true, false) => [0.0, strength],
                (true, true) => [0.0, 0.0],
            }
        });
        let wanted: Vec<[f64; 2]> = wanted.collect();
        let strength: f64 = wanted.iter().flatten().sum();
        let least = LEAST * strength / (2.0 * edges.len().max(1) as f64);
        let found = of_node.iter().map(|sides| [0, 1].map(|side| least * sides[side].len() as f64));
        let found = found.collect();
        Self { edges, of_node, wanted, found, least, weights: vec![least; edges.len()] }
    }

    /// Gives every edge of `node` the same part of the strength that the node lacks.
    fn give(&mut self, node: usize) {
        let n_edges: usize = self.of_node[node].iter().map(Vec::len).sum();
        let lacks: f64 = (0..2).map(|side| self.lacks(node, side)).sum();
        (0..2).for_each(|side| self.change(node, side, lacks / n_edges.max(1) as f64));
    }

    /// Moves weight from one side of `node` to the other.
    fn balance(&mut self, node: usize) {
        let counts = [0, 1].map(|side| self.of_node[node][side].len() as f64);
        if counts.contains(&0.0) {
            return;
        }
        // What the inside lacks beyond the outside: moving half of the difference makes both lack the same.
        let moved = (self.lacks(node, 0) - self.lacks(node, 1)) / 2.0;
        self.change(node, 0, moved / counts[0]);
        self.change(node, 1, -moved / counts[1]);
    }

    fn lacks(&self, node: usize, side: usize) -> f64 {
        self.wanted[node][side] - self.found[node][side]
    }

    /// Adds `by` to the edges on a side of `node`, or takes it from them as far as each can give.
    fn change(&mut self, node: usize, side: usize, by: f64) {
        for &edge in &self.of_node[node][side] {
            let before = self.weights[edge];
            self.weights[edge] = (before + by).max(self.least);
            let by = self.weights[edge] - before;
            let (i, j) = self.edges[edge];
            self.found[i][side] += by;
            self.found[j][side] += by;
        }
    }

    fn sum_of_squares(&self) -> f64 {
        let nodes = 0..self.wanted.len();
        let squares = nodes.map(|node| {
            let [inside, outside] = [0, 1].map(|side| self.lacks(node, side));
            (inside + outside).powi(2) + inside.powi(2) + outside.powi(2)
        });
        squares.sum()
    }
}
