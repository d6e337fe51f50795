//! What all searches on one graph with one model share.

use std::f64::consts::LN_2;

use super::flow::Flow;
use super::level_graph::LevelGraph;
use super::multilevel::MOST_GROUPS;
use crate::degree_counts::DegreeCounts;
use crate::description_length::itemised;
use crate::log_gamma::{factorials, ln_binomial, ln_factorial, ln_multiset};
use crate::weights::{WeightCost, prepared};
use crate::{CommunityError, Compat, DescriptionLength, Graph, Model, Result};

/// A graph, a model and its tables; read by all threads.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The graph with weights as the model sees them.
    pub(crate) graph: Graph,
    pub(crate) lowest: LevelGraph,
    pub(crate) model: Model,
    pub(crate) cost: WeightCost,
    pub(crate) weighted: bool,
    pub(crate) n_edges: u64,
    /// Sum of all weights.
    pub(crate) sum: f64,
    factorials: &'static [f64],
    jacobian: f64,
    counts: Option<DegreeCounts>,
    /// Which of the distinct degrees each node has.
    pub(crate) degree_class: Vec<u32>,
    pub(crate) n_classes: usize,
}

impl Shared {
    /// # Errors
    /// Weights that the model cannot have, and with `compat`, when the table of degree counts would be too large.
    pub(crate) fn new(graph: &Graph, model: Model) -> Result<Self> {
        let (graph, jacobian) = prepared(graph, model.weights)?;
        let counts = DegreeCounts::of(&graph, &model)?;
        let lowest = LevelGraph::of_graph(&graph);
        let mut distinct = lowest.degrees.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let class = |degree: &u32| distinct.partition_point(|known| known < degree) as u32;
        let cost = WeightCost::new(model.weights, &graph);
        Ok(Self {
            degree_class: lowest.degrees.iter().map(class).collect(),
            n_classes: distinct.len(),
            weighted: cost.is_used(),
            sum: graph.weights().map_or(0.0, |weights| weights.iter().sum()),
            n_edges: graph.edges().len() as u64,
            graph,
            jacobian,
            factorials: factorials(),
            lowest,
            model,
            cost,
            counts,
        })
    }

    /// The description length of a hierarchy that fits the graph.
    pub(crate) fn description_length(&self, levels: &[Vec<u32>]) -> DescriptionLength {
        itemised(&self.graph, self.jacobian, levels, &self.model, self.counts.as_ref())
    }

    /// # Errors
    /// The tables of one search per thread would take more than `limit` bytes.
    pub(crate) fn check_memory(&self, limit: u64) -> Result<()> {
        let groups = self.graph.n_nodes().min(MOST_GROUPS) as u64;
        let counts = self.counts.as_ref().map_or(0, DegreeCounts::bytes);
        // Two states, each with the pairs of a level and of that above, and with histograms.
        let pairs = 4 * size_of::<Flow>() as u64 * groups * groups;
        let histograms = 2 * size_of::<u32>() as u64 * groups * self.n_classes as u64;
        let needed = counts + rayon::current_num_threads() as u64 * (pairs + histograms);
        if needed > limit { Err(CommunityError::OutOfMemoryLimit { needed, limit }) } else { Ok(()) }
    }

    /// Whether the lowest level of a hierarchy pays for its sums too.
    pub(crate) fn pays_twice(&self) -> bool {
        self.model.compat == Compat::GraphTool245 && self.model.nested
    }

    /// Two groups of sizes `n_r` and `n_s`, or one group (`same`).
    #[inline]
    pub(crate) fn pair(&self, lowest: bool, same: bool, n_r: i32, n_s: i32, flow: &Flow) -> f64 {
        if lowest {
            return self.lowest_pair(same, flow);
        }
        if flow.m == 0 {
            return 0.0;
        }
        let (n_r, n_s) = (n_r as u64, n_s as u64);
        let edges = ln_multiset(if same { n_r * (n_r + 1) / 2 } else { n_r * n_s }, flow.m as u64);
        edges + self.weights(false, flow)
    }

    /// Two groups of the graph's own level, or one (`same`).
    #[inline]
    pub(crate) fn lowest_pair(&self, same: bool, flow: &Flow) -> f64 {
        if flow.m == 0 {
            return 0.0;
        }
        let edges = -self.ln_factorial(flow.m);
        let edges = if same { edges - LN_2 * f64::from(flow.m) } else { edges };
        edges + self.weights(true, flow)
    }

    #[inline]
    fn weights(&self, lowest: bool, flow: &Flow) -> f64 {
        if !self.weighted {
            return 0.0;
        }
        self.cost.pair(lowest, flow.count as u64, flow.sum, flow.squares)
    }

    #[inline]
    fn ln_factorial(&self, n: i32) -> f64 {
        match self.factorials.get(n as usize) {
            Some(&value) => value,
            None => ln_factorial(n as u64),
        }
    }

    /// A group of `n` nodes with `ends` half-edges, but for its histogram of degrees.
    #[inline]
    pub(crate) fn group(&self, lowest: bool, n: i32, ends: i64) -> f64 {
        if n == 0 {
            return 0.0;
        }
        match (&self.counts, lowest) {
            (Some(counts), true) => ln_factorial(ends as u64) + counts.ln(ends as u64, n as u64),
            (None, true) => ends as f64 * f64::from(n).ln() - ln_factorial(n as u64),
            (_, false) => -ln_factorial(n as u64),
        }
    }

    /// A partition of `nodes` nodes into `groups` groups, but for the sizes of the groups.
    pub(crate) fn partition(nodes: i64, groups: i64) -> f64 {
        let nodes = nodes as u64;
        ln_binomial(nodes - 1, groups as u64 - 1) + ln_factorial(nodes) + (nodes as f64).ln()
    }

    /// The edges between the groups of the top level.
    pub(crate) fn top(&self, groups: i64) -> f64 {
        let groups = groups as u64;
        ln_multiset(groups * (groups + 1) / 2, self.n_edges)
    }
}
