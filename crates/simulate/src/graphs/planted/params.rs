//! Parameters of `simulate.planted_graph`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graphs::run::MOST_EDGES;

/// Parameters of `simulate.planted_graph`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlantedGraphParams {
    /// Number of graphs.
    pub n_graphs: usize,
    /// Nodes of a graph, 2 to 50,000.
    pub n_nodes: usize,
    /// Groups of a graph.
    pub n_groups: usize,
    /// Expected edges of a node; less than `n_nodes`. With `n_nodes - 1` and no structure in the edges the graph is
    /// complete.
    pub mean_degree: f64,
    /// Where the groups can be seen.
    pub structure: Structure,
    /// How many times likelier an edge is within a group than between two, where they show in the edges.
    pub edge_contrast: f64,
    /// What the weights are drawn from.
    pub weights: WeightModel,
    /// Mean weight of an edge between groups (median, of log-normal ones).
    pub mean_weight: f64,
    /// How many times heavier an edge is within a group, where they show in the weights.
    pub weight_contrast: f64,
}

/// Where the groups can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Structure {
    /// In which nodes are joined.
    Edges,
    /// In the weights alone.
    Weights,
    /// In both.
    Both,
    /// Nowhere: a random graph (Erdős–Rényi) with weights of one distribution.
    None,
}

/// What weights are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightModel {
    /// All are 1.
    None,
    /// Exponential distribution.
    Exponential,
    /// Normal distribution of standard deviation 1.
    Normal,
    /// Log-normal distribution, of which the logarithm has standard deviation 1.
    Lognormal,
    /// Geometric distribution on 0, 1, 2 …
    Geometric,
}

impl Default for PlantedGraphParams {
    fn default() -> Self {
        Self {
            n_graphs: 1,
            n_nodes: 120,
            n_groups: 4,
            mean_degree: 20.0,
            structure: Structure::Both,
            edge_contrast: 6.0,
            weights: WeightModel::Exponential,
            mean_weight: 1.0,
            weight_contrast: 4.0,
        }
    }
}

impl PlantedGraphParams {
    /// Probability of an edge within a group and between two.
    pub fn edge_probabilities(&self) -> (f64, f64) {
        let (n, groups) = (self.n_nodes as f64, self.n_groups as f64);
        let density = self.mean_degree / (n - 1.0);
        if !matches!(self.structure, Structure::Edges | Structure::Both) {
            return (density, density);
        }
        let inside = ((n / groups - 1.0) / (n - 1.0)).max(0.0);
        let between = density / (inside * self.edge_contrast + 1.0 - inside);
        (between * self.edge_contrast, between)
    }

    /// Mean weight of an edge within a group and between two.
    pub fn mean_weights(&self) -> (f64, f64) {
        match self.structure {
            Structure::Weights | Structure::Both => {
                (self.mean_weight * self.weight_contrast, self.mean_weight)
            }
            Structure::Edges | Structure::None => (self.mean_weight, self.mean_weight),
        }
    }
}

impl StepParams for PlantedGraphParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.n_graphs >= 1, "n_graphs", || "must be at least 1, got 0".into());
        let n_nodes = self.n_nodes;
        issues.require((2..=50_000).contains(&n_nodes), "n_nodes", || {
            format!("must be between 2 and 50000, got {n_nodes}")
        });
        issues.require((1..=n_nodes.max(1)).contains(&self.n_groups), "n_groups", || {
            format!("must be between 1 and `n_nodes` ({n_nodes}), got {}", self.n_groups)
        });
        let positive = [
            (self.mean_degree, "mean_degree"),
            (self.edge_contrast, "edge_contrast"),
            (self.mean_weight, "mean_weight"),
            (self.weight_contrast, "weight_contrast"),
        ];
        positive.into_iter().for_each(|(value, path)| issues.require_positive(value, path));
        if issues.is_empty() {
            self.check_density(issues);
        }
    }
}

impl PlantedGraphParams {
    fn check_density(&self, issues: &mut ParamIssues) {
        let (inside, between) = self.edge_probabilities();
        issues.require(inside.max(between) <= 1.0, "mean_degree", || {
            format!(
                "needs an edge to have probability {:.3}; lower it or `edge_contrast`, got {}",
                inside.max(between),
                self.mean_degree
            )
        });
        let edges = self.n_graphs as f64 * self.n_nodes as f64 * self.mean_degree / 2.0;
        issues.require(edges <= MOST_EDGES, "n_graphs", || {
            format!("would give {edges:.0} edges; at most {MOST_EDGES:.0} fit")
        });
    }
}
