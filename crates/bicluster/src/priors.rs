//! What is believed before any count is seen (section 3 of the model).

use serde::{Deserialize, Serialize};

/// All priors of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Priors {
    /// Latent dimensions per cluster beside its population baseline, p.
    pub n_latents: usize,
    /// Of baseline and loadings.
    pub loading: LoadingPrior,
    /// Of dispersions.
    pub dispersion: DispersionPrior,
    /// Of the dynamics of a state.
    pub dynamics: DynamicsPrior,
    /// Of states.
    pub hdp: HdpPrior,
    /// Of clusters of neurons.
    pub neurons: NeuronPrior,
    /// Bounds on the numbers of clusters and states.
    pub limits: Limits,
}

impl Priors {
    /// Rows of a cluster's latents, p + 1.
    pub fn width(&self) -> usize {
        self.n_latents + 1
    }
}

/// d ~ N(mean, sd²), c ~ N(0, I).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadingPrior {
    /// Mean of a baseline.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

/// r ~ Gamma(shape, rate), truncated to [`DispersionPrior::RANGE`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DispersionPrior {
    /// Shape a0.
    pub shape: f64,
    /// Rate h.
    pub rate: f64,
}

impl DispersionPrior {
    /// Where a dispersion lies.
    pub const RANGE: [f64; 2] = [1e-3, 1e6];
}

/// Q ~ IW(scale I, D + extra_df), \[A b\] ~ MN(\[I 0\], rows Q, columns column_scale I): for any D, the same form.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DynamicsPrior {
    /// S0 = scale I.
    pub scale: f64,
    /// nu0 = D + extra_df.
    pub extra_df: f64,
    /// K0 = column_scale I.
    pub column_scale: f64,
}

/// Sticky hierarchical Dirichlet process, weak limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HdpPrior {
    /// Concentration alpha of a row of transitions.
    pub alpha: f64,
    /// Concentration gamma of the shared weights.
    pub gamma: f64,
    /// Extra weight kappa of staying.
    pub kappa: f64,
}

/// Partition of the neurons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NeuronPrior {
    /// Mixture of finite mixtures (Miller and Harrison 2018): K* ~ Geometric(rho), weights ~ Dir(g, .., g).
    Mfm {
        /// Success probability of the geometric number of clusters.
        rho: f64,
        /// Concentration of the weights.
        g: f64,
    },
    /// Dirichlet process.
    Dp {
        /// Concentration.
        concentration: f64,
    },
    /// Exactly so many clusters, weights ~ Dir(g, .., g); some may be empty.
    Fixed {
        /// Clusters.
        n_clusters: usize,
        /// Concentration of the weights.
        g: f64,
    },
}

/// Bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// At most so many occupied clusters.
    pub max_clusters: usize,
    /// Weak limit L of the states.
    pub max_states: usize,
}
