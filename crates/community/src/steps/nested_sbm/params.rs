//! Parameters of `community.nested_sbm`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Compat, DegCorr, Mcmc, SbmOptions, WeightModel};

/// Parameters of `community.nested_sbm`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NestedSbmParams {
    /// Column that tells graphs apart. Without such a column, all edges are of one graph; it must be there if it is
    /// named otherwise than by default.
    pub graph: String,
    /// Column of one end of an edge: names or integers.
    pub pre: String,
    /// Column of the other end.
    pub post: String,
    /// Column of the weight; rows without a value are no edges. Not needed with `weights: none`.
    pub weight: String,
    /// Column of the names in the table of nodes.
    pub node: String,
    /// What rows of the same pair, in the same order, are.
    pub duplicates: Duplicates,
    /// What to do with edges from a node to itself.
    pub self_loops: SelfLoops,
    /// What to do where (a, b) and (b, a) have different weights. Where they are the same, they are one edge.
    pub directed: Directed,
    /// Edges of this weight and below are left out. Default: 0, so that positive weights stay; none with weights that
    /// may be 0 or less (normal, geometric, Poisson, binomial).
    pub edge_min: Option<f64>,
    /// Share of the edges that is kept, the heaviest ones; above 0, at most 1.
    pub top_fraction: f64,
    /// Degree correction: true, false, or best, which fits both and keeps the shorter description.
    pub deg_corr: DegCorrChoice,
    /// Whether groups are grouped in turn. A nested model finds smaller groups in large graphs.
    pub nested: bool,
    /// Distribution of the weights between two groups; best is the shortest of exponential, normal and lognormal.
    pub weights: WeightModel,
    /// Searches from different starts, of which the best is kept.
    pub restarts: u32,
    /// Markov chain that goes on from the best search.
    pub mcmc: Mcmc,
    /// Sweeps of this chain.
    pub mcmc_sweeps: u32,
    /// Inverse temperature of this chain; absent for infinite, which accepts improvements alone.
    pub beta: Option<f64>,
    /// Whether to sample how certain the groups of nodes are, at inverse temperature 1.
    pub marginals: bool,
    /// Samples, ten sweeps apart.
    pub samples: u32,
    /// Forbids a level with as many groups as the one below.
    pub levels_distinct: bool,
    /// Whose description length: the published formulas, or graph-tool-2.45 with its deviations from them.
    pub compat: Compat,
    /// Takes every edge twice, as a published notebook did: all evidence counts double.
    pub mirror_edges: bool,
    /// Most sweeps over the nodes of a level in one search.
    pub max_sweeps: u32,
    /// Memory that the tables of the searches may take, MiB.
    pub memory_limit_mib: u64,
}

/// What rows of the same pair are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// A mistake.
    #[default]
    Error,
    /// One edge, of the sum of their weights.
    Sum,
    /// Parallel edges; (a, b) and (b, a) too.
    Multigraph,
}

/// What to do with edges from a node to itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SelfLoops {
    /// They are left out and counted.
    #[default]
    Drop,
    /// They stay.
    Keep,
}

/// What to do where (a, b) and (b, a) have different weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Directed {
    /// A mistake: the method is for undirected graphs.
    #[default]
    Error,
    /// They are one edge, of the sum of the weights, also where these are the same.
    Sum,
}

/// Degree correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected true, false or best")]
pub enum DegCorrChoice {
    /// Whether nodes of one group may differ in degree.
    Given(bool),
    /// Whichever describes the graph in fewer nats.
    Chosen(Best),
}

/// The word `best`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Best {
    /// Whichever describes the graph in fewer nats.
    Best,
}

/// Default of `graph`: the one name that may be absent.
pub(super) const GRAPH: &str = "graph_id";

impl Default for NestedSbmParams {
    fn default() -> Self {
        let options = SbmOptions::default();
        Self {
            graph: GRAPH.into(),
            pre: "pre".into(),
            post: "post".into(),
            weight: "weight".into(),
            node: "node".into(),
            duplicates: Duplicates::default(),
            self_loops: SelfLoops::default(),
            directed: Directed::default(),
            edge_min: None,
            top_fraction: 1.0,
            deg_corr: DegCorrChoice::Chosen(Best::Best),
            nested: options.nested,
            weights: options.weights,
            restarts: options.restarts,
            mcmc: options.mcmc,
            mcmc_sweeps: options.mcmc_sweeps,
            beta: None,
            marginals: false,
            samples: options.samples,
            levels_distinct: options.levels_distinct,
            compat: options.compat,
            mirror_edges: false,
            max_sweeps: options.max_sweeps,
            memory_limit_mib: options.memory_limit_bytes >> 20,
        }
    }
}

impl StepParams for NestedSbmParams {
    fn check(&self, issues: &mut ParamIssues) {
        let columns = [
            (&self.graph, "graph"),
            (&self.pre, "pre"),
            (&self.post, "post"),
            (&self.weight, "weight"),
            (&self.node, "node"),
        ];
        columns.into_iter().for_each(|(name, path)| issues.require_name(Some(name), path));
        issues.require(self.pre != self.post, "post", || {
            format!("must be another column than `pre`, got {}", self.post)
        });
        if let Some(edge_min) = self.edge_min {
            issues.require(edge_min.is_finite(), "edge_min", || {
                format!("must be a finite number, got {edge_min}")
            });
        }
        let share = self.top_fraction;
        issues.require(share > 0.0 && share <= 1.0, "top_fraction", || {
            format!("must be above 0 and at most 1, got {share}")
        });
        let counts = [
            (self.restarts, "restarts"),
            (self.mcmc_sweeps, "mcmc_sweeps"),
            (self.samples, "samples"),
            (self.max_sweeps, "max_sweeps"),
        ];
        for (count, path) in counts {
            issues.require(count >= 1, path, || "must be at least 1, got 0".into());
        }
        if let Some(beta) = self.beta {
            issues.require_positive(beta, "beta");
        }
        issues.require(self.memory_limit_mib >= 1, "memory_limit_mib", || "must be at least 1, got 0".into());
    }
}

impl NestedSbmParams {
    /// Options of the fit.
    pub(super) fn options(&self) -> SbmOptions {
        SbmOptions {
            deg_corr: match self.deg_corr {
                DegCorrChoice::Given(true) => DegCorr::True,
                DegCorrChoice::Given(false) => DegCorr::False,
                DegCorrChoice::Chosen(Best::Best) => DegCorr::Best,
            },
            nested: self.nested,
            weights: self.weights,
            restarts: self.restarts,
            levels_distinct: self.levels_distinct,
            compat: self.compat,
            max_sweeps: self.max_sweeps,
            mcmc: self.mcmc,
            mcmc_sweeps: self.mcmc_sweeps,
            samples: self.samples,
            beta: self.beta.unwrap_or(f64::INFINITY),
            memory_limit_bytes: self.memory_limit_mib.saturating_mul(1 << 20),
        }
    }

    /// The weight that an edge must be above, if any.
    pub(super) fn least_weight(&self) -> Option<f64> {
        let default = match self.weights {
            WeightModel::Normal | WeightModel::Geometric | WeightModel::Poisson | WeightModel::Binomial => {
                None
            }
            WeightModel::None | WeightModel::Exponential | WeightModel::Lognormal | WeightModel::Best => {
                Some(0.0)
            }
        };
        self.edge_min.or(default)
    }
}
