use neuroloom_core::RunContext;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CommunityError, Result};

/// Whether groups explain the edges alone or edges beside given degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DegCorr {
    /// Degree-corrected: nodes of one group may differ in degree.
    True,
    /// Not degree-corrected.
    False,
    /// Both are fitted, the one of lower description length is kept.
    #[default]
    Best,
}

/// How the weights of the edges between two groups are distributed. All models are microcanonical: their sums
/// are part of the description, none has a free parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightModel {
    /// Weights are not looked at.
    None,
    /// Positive reals.
    #[default]
    Exponential,
    /// Reals.
    Normal,
    /// Positive reals whose logarithms are normal.
    Lognormal,
    /// Counts, geometric.
    Geometric,
    /// Counts, Poisson.
    Poisson,
    /// Counts up to the largest weight, binomial.
    Binomial,
    /// Exponential, normal and lognormal are fitted, the one of lowest description length is kept.
    Best,
}

impl WeightModel {
    /// The name in a parameter file.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Exponential => "exponential",
            Self::Normal => "normal",
            Self::Lognormal => "lognormal",
            Self::Geometric => "geometric",
            Self::Poisson => "poisson",
            Self::Binomial => "binomial",
            Self::Best => "best",
        }
    }
}

/// Whose definition of the description length is used where two exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Compat {
    /// The published formulas.
    #[default]
    #[serde(rename = "none")]
    None,
    /// As graph-tool 2.45 has it: its table of degree counts leaves out partitions with fewer parts than allowed,
    /// and nested fits of weights pay for the sums of the lowest level too.
    #[serde(rename = "graph-tool-2.45")]
    GraphTool245,
}

/// Markov chain that refines the best fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mcmc {
    /// None: the multilevel search alone.
    #[default]
    None,
    /// Moves of single nodes, splits and merges of groups.
    MergeSplit,
}

/// Options of [`fit`](crate::fit) and [`marginals`](crate::marginals).
#[derive(Clone, Debug, PartialEq)]
pub struct SbmOptions {
    /// Degree correction.
    pub deg_corr: DegCorr,
    /// Whether the groups are grouped in turn, which finds smaller groups in large graphs.
    pub nested: bool,
    /// Model of the weights.
    pub weights: WeightModel,
    /// Independent searches; the best is kept.
    pub restarts: u32,
    /// Forbids a level with as many groups as the one below, which tells nothing and which some weight models favour.
    pub levels_distinct: bool,
    /// Whose description length.
    pub compat: Compat,
    /// Most sweeps over the nodes of a level in one search.
    pub max_sweeps: u32,
    /// Markov chain after the search.
    pub mcmc: Mcmc,
    /// Sweeps of that chain.
    pub mcmc_sweeps: u32,
    /// Samples of [`marginals`](crate::marginals), ten sweeps apart.
    pub samples: u32,
    /// Inverse temperature of that chain; infinite accepts improvements alone. Marginals are always sampled at 1.
    pub beta: f64,
    /// Bytes that the tables of the searches of all threads may take together.
    pub memory_limit_bytes: u64,
}

impl Default for SbmOptions {
    fn default() -> Self {
        Self {
            deg_corr: DegCorr::default(),
            nested: true,
            weights: WeightModel::default(),
            restarts: 10,
            levels_distinct: true,
            compat: Compat::default(),
            max_sweeps: 10_000,
            mcmc: Mcmc::default(),
            mcmc_sweeps: 1000,
            samples: 1000,
            beta: f64::INFINITY,
            memory_limit_bytes: 1 << 30,
        }
    }
}

impl SbmOptions {
    /// # Errors
    /// An option outside its range.
    pub fn check(&self) -> Result<()> {
        let at_least_1 = [
            ("restarts", self.restarts),
            ("samples", self.samples),
            ("max_sweeps", self.max_sweeps),
            ("mcmc_sweeps", self.mcmc_sweeps),
        ];
        if let Some((name, value)) = at_least_1.into_iter().find(|&(_, value)| value < 1) {
            return Err(CommunityError::BadOption { name, expected: "at least 1", found: value.to_string() });
        }
        if self.beta.is_nan() || self.beta <= 0.0 {
            let found = self.beta.to_string();
            return Err(CommunityError::BadOption { name: "beta", expected: "above 0", found });
        }
        Ok(())
    }
}

/// One model, without alternatives: what a description length is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// Whether it is degree-corrected.
    pub deg_corr: bool,
    /// The model of the weights. [`WeightModel::Best`] is no model: it counts as none.
    pub weights: WeightModel,
    /// Whether the fit was nested, which under `compat` matters for hierarchies of one level too.
    pub nested: bool,
    /// Whose description length.
    pub compat: Compat,
}

/// Who is told how a fit gets on, from any thread, and may stop it.
pub trait Observer: Sync {
    /// Asked often; true stops the fit with [`CommunityError::Cancelled`].
    fn is_cancelled(&self) -> bool;

    /// One search of `total` has ended.
    fn advance(&self, total: u64);
}

/// Nobody watches.
impl Observer for () {
    fn is_cancelled(&self) -> bool {
        false
    }

    fn advance(&self, _: u64) {}
}

/// A step's surroundings: cancellation alone. Progress is shown by the step, which knows the graph's name.
impl Observer for RunContext {
    fn is_cancelled(&self) -> bool {
        self.check_cancelled().is_err()
    }

    fn advance(&self, _: u64) {}
}
