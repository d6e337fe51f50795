//! Sums over the edges between the groups of each level.

use std::collections::BTreeMap;

use crate::Graph;
use crate::weights::WeightCost;

/// What runs between two groups of a level, or inside one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockSum {
    /// The level, from 0.
    pub level: u32,
    /// The smaller group.
    pub r: u32,
    /// The larger group, or the same.
    pub s: u32,
    /// Edges of the graph.
    pub m: u64,
    /// Values that the weight model of the level sees: the edges at level 0, above it the non-empty pairs of groups
    /// of the level below.
    pub count: u64,
    /// Sum of the weights.
    pub sum: f64,
    /// Sum of the squares of the values: of the weights at level 0, above it of the sums of the pairs below.
    pub sum_of_squares: f64,
}

/// The non-empty pairs of groups of every level in the order of `(r, s)`. Without weights the sums are 0.
pub(crate) fn block_sums(graph: &Graph, levels: &[Vec<u32>]) -> Vec<Vec<BlockSum>> {
    let mut result: Vec<Vec<BlockSum>> = Vec::with_capacity(levels.len());
    for (level, labels) in levels.iter().enumerate() {
        let below: Vec<BlockSum> = match result.last() {
            None => edges(graph).collect(),
            Some(pairs) => pairs.iter().map(as_value).collect(),
        };
        result.push(grouped(&below, labels, level as u32));
    }
    result
}

fn edges(graph: &Graph) -> impl Iterator<Item = BlockSum> + '_ {
    graph.edges().iter().enumerate().map(|(edge, &(r, s))| {
        let sum = graph.weights().map_or(0.0, |weights| weights[edge]);
        BlockSum { level: 0, r, s, m: 1, count: 1, sum, sum_of_squares: sum * sum }
    })
}

/// A pair of groups as one edge of the level above.
fn as_value(pair: &BlockSum) -> BlockSum {
    BlockSum { count: 1, sum_of_squares: pair.sum * pair.sum, ..*pair }
}

fn grouped(below: &[BlockSum], labels: &[u32], level: u32) -> Vec<BlockSum> {
    let mut pairs = BTreeMap::new();
    for value in below {
        let (a, b) = (labels[value.r as usize], labels[value.s as usize]);
        let (r, s) = (a.min(b), a.max(b));
        let empty = BlockSum { level, r, s, m: 0, count: 0, sum: 0.0, sum_of_squares: 0.0 };
        let pair = pairs.entry((r, s)).or_insert(empty);
        pair.m += value.m;
        pair.count += value.count;
        pair.sum += value.sum;
        pair.sum_of_squares += value.sum_of_squares;
    }
    pairs.into_values().collect()
}

/// The pairs of two values or more and the sum of their squared deviations.
pub(crate) fn deviations(pairs: &[BlockSum]) -> (u64, f64) {
    let wide = pairs.iter().filter(|pair| pair.count >= 2);
    let sum = wide.clone().map(|p| WeightCost::deviation(p.count, p.sum, p.sum_of_squares)).sum();
    (wide.count() as u64, sum)
}
