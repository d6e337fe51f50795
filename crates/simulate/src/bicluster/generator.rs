//! What is simulated: every number of the generator, and the settings by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A named set of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// The paper's: 3 clusters of 10 neurons, 500 bins, 2 states, negative-binomial counts of dispersion 10.
    #[default]
    Standard,
    /// The same with Poisson counts.
    Poisson,
    /// Clusters of 24, 12, 6 and 3 neurons, 800 bins.
    Imbalanced,
    /// Three states of 60 bins on average, 900 bins, latents that decay slowly instead of growing.
    ThreeStates,
    /// One cluster of 30 neurons, one state: there is nothing to find.
    Null,
    /// Counts of dispersion 2.
    Overdispersed,
    /// No population baseline and larger loadings: neurons of a cluster go up and down together or in opposition.
    SignedLoadings,
    /// About one spike in seven bins, 1000 bins.
    LowRate,
    /// 4 clusters of 25 neurons, 2000 bins.
    Large,
}

/// The law of a count given its mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Variance m + m²/r.
    #[default]
    NegativeBinomial,
    /// Variance m.
    Poisson,
}

/// Every number of the generator.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    /// Neurons of every cluster.
    pub n_per: Vec<usize>,
    /// Latents of a cluster beside its population baseline, p.
    pub n_latents: usize,
    /// Bins, T.
    pub n_bins: usize,
    /// States; state 0 forgets at once, the others rotate.
    pub n_states: usize,
    /// Mean length of a visit to a state, bins.
    pub dwell_bins: f64,
    /// How much latents grow in a bin of a rotating state.
    pub growth: f64,
    /// Variance of what is added to every latent in every bin, q.
    pub noise_variance: f64,
    /// Mean of the baselines d, log expected counts.
    pub d_mean: f64,
    /// Their standard deviation.
    pub d_sd: f64,
    /// Standard deviation of the loadings c.
    pub c_sd: f64,
    /// Factor of the population baselines.
    pub mu_scale: f64,
    /// Law of the counts.
    pub family: Family,
    /// Dispersion r of the negative binomial law.
    pub dispersion: f64,
    /// Bins before the first one, so that latents do not remember their start.
    pub burn_in_bins: usize,
    /// Share of the counts that are missing, each on its own.
    pub missing_share: f64,
}

impl Default for Generator {
    fn default() -> Self {
        Self {
            n_per: vec![10, 10, 10],
            n_latents: 2,
            n_bins: 500,
            n_states: 2,
            dwell_bins: 50.0,
            growth: 1.01,
            noise_variance: 0.01,
            d_mean: 0.0,
            d_sd: 0.5,
            c_sd: 0.5,
            mu_scale: 1.0,
            family: Family::NegativeBinomial,
            dispersion: 10.0,
            burn_in_bins: 500,
            missing_share: 0.0,
        }
    }
}

impl Generator {
    /// The numbers of a setting.
    pub fn of(setting: Setting) -> Self {
        let standard = Self::default();
        match setting {
            Setting::Standard => standard,
            Setting::Poisson => Self { family: Family::Poisson, ..standard },
            Setting::Imbalanced => Self { n_per: vec![24, 12, 6, 3], n_bins: 800, ..standard },
            Setting::ThreeStates => {
                Self { n_states: 3, n_bins: 900, dwell_bins: 60.0, growth: 0.99, ..standard }
            }
            Setting::Null => Self { n_per: vec![30], n_states: 1, ..standard },
            Setting::Overdispersed => Self { dispersion: 2.0, ..standard },
            Setting::SignedLoadings => Self { mu_scale: 0.0, c_sd: 0.7, ..standard },
            Setting::LowRate => Self { d_mean: -2.0, n_bins: 1000, ..standard },
            Setting::Large => Self { n_per: vec![25; 4], n_bins: 2000, ..standard },
        }
    }

    /// Neurons, N.
    pub fn n_units(&self) -> usize {
        self.n_per.iter().copied().fold(0, usize::saturating_add)
    }

    /// Rows of a cluster's latents, p + 1.
    pub fn width(&self) -> usize {
        self.n_latents.saturating_add(1)
    }

    /// Latents of all clusters, D.
    pub fn n_dimensions(&self) -> usize {
        self.n_per.len().saturating_mul(self.width())
    }

    /// Cluster of every neuron, `[N]`: neurons of a cluster stand side by side.
    pub fn labels(&self) -> Vec<usize> {
        let runs = self.n_per.iter().enumerate();
        runs.flat_map(|(cluster, &size)| std::iter::repeat_n(cluster, size)).collect()
    }
}
