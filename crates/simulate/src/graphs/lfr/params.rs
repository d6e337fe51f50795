//! Parameters of `simulate.lfr`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graphs::run::MOST_EDGES;

/// Parameters of `simulate.lfr`; the defaults are the reference set of the benchmark of weighted graphs of 125 nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LfrParams {
    /// Number of graphs.
    pub n_graphs: usize,
    /// Nodes of a graph (N); at most 10,000.
    pub n_nodes: usize,
    /// Mean degree (k).
    pub mean_degree: f64,
    /// Largest degree (maxk); less than `n_nodes`.
    pub max_degree: usize,
    /// Mixing of topology: share of the edges of a node that lead to other communities.
    pub mu_t: f64,
    /// Mixing of weights: share of the strength of a node that lies on edges to other communities.
    pub mu_w: f64,
    /// Exponent of the strength: a node of degree k has the strength k^beta.
    pub beta: f64,
    /// Exponent of the power law of degrees (t1).
    pub tau1: f64,
    /// Exponent of the power law of sizes of communities (t2).
    pub tau2: f64,
    /// Smallest community. Default: room for the node with the smallest degree inside, at least 3.
    pub min_community: Option<usize>,
    /// Largest community. Default: room for the node with the largest degree inside.
    pub max_community: Option<usize>,
}

impl Default for LfrParams {
    fn default() -> Self {
        Self {
            n_graphs: 1,
            n_nodes: 125,
            mean_degree: 25.0,
            max_degree: 100,
            mu_t: 0.5,
            mu_w: 0.5,
            beta: 2.0,
            tau1: 2.0,
            tau2: 1.0,
            min_community: None,
            max_community: None,
        }
    }
}

impl StepParams for LfrParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(self.n_graphs >= 1, "n_graphs", || "must be at least 1, got 0".into());
        let n_nodes = self.n_nodes;
        issues.require((4..=10_000).contains(&n_nodes), "n_nodes", || {
            format!("must be between 4 and 10000, got {n_nodes}")
        });
        issues.require((1..n_nodes.max(2)).contains(&self.max_degree), "max_degree", || {
            format!(
                "must be between 1 and `n_nodes` - 1 ({}), got {}",
                n_nodes.saturating_sub(1),
                self.max_degree
            )
        });
        let most = self.max_degree as f64;
        issues.require((1.0..=most).contains(&self.mean_degree), "mean_degree", || {
            format!("must be between 1 and `max_degree` ({most}), got {}", self.mean_degree)
        });
        for (share, path) in [(self.mu_t, "mu_t"), (self.mu_w, "mu_w")] {
            issues.require((0.0..=1.0).contains(&share), path, || {
                format!("must be between 0 and 1, got {share}")
            });
        }
        for (exponent, path) in [(self.beta, "beta"), (self.tau1, "tau1"), (self.tau2, "tau2")] {
            issues.require((0.0..=10.0).contains(&exponent), path, || {
                format!("must be between 0 and 10, got {exponent}")
            });
        }
        self.check_communities(issues);
        let edges = self.n_graphs as f64 * n_nodes as f64 * self.mean_degree / 2.0;
        issues.require(edges <= MOST_EDGES || edges.is_nan(), "n_graphs", || {
            format!("would give {edges:.0} edges; at most {MOST_EDGES:.0} fit")
        });
    }
}

impl LfrParams {
    fn check_communities(&self, issues: &mut ParamIssues) {
        let sizes = 2..self.n_nodes.max(3);
        for (size, path) in [(self.min_community, "min_community"), (self.max_community, "max_community")] {
            issues.require(size.is_none_or(|size| sizes.contains(&size)), path, || {
                format!("must be between 2 and `n_nodes` - 1, got {}", size.unwrap_or(0))
            });
        }
        if let (Some(least), Some(most)) = (self.min_community, self.max_community) {
            issues.require(least <= most, "min_community", || {
                format!("must not be above `max_community` ({most}), got {least}")
            });
        }
    }
}
