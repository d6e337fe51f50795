use neuroloom_core::ParamIssues;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::params::at_least_one;
use crate::{DispersionPrior, DynamicsPrior, HdpPrior, Limits, LoadingPrior, NeuronPrior, Priors};

/// What is believed before any count is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PriorParams {
    /// Law of the partition of the neurons.
    pub neurons: NeuronLaw,
    /// `mfm`: success probability of the geometric number of clusters; 0.415 believes in at most 3 with probability 0.8.
    pub rho: f64,
    /// `mfm`, `fixed`: concentration of the weights of clusters.
    pub g: f64,
    /// `dp`: concentration.
    pub concentration: f64,
    /// `fixed`: clusters; some may be empty.
    pub n_clusters: usize,
    /// At most so many occupied clusters; by default half of the neurons.
    pub max_clusters: Option<usize>,
    /// Weak limit L of the number of states.
    pub max_states: usize,
    /// Concentration of a row of state transitions.
    pub alpha: f64,
    /// Concentration of the weights of states.
    pub gamma: f64,
    /// Extra weight of staying in a state.
    pub kappa: f64,
    /// Whether alpha, gamma and kappa are drawn (alpha + kappa ~ Gamma(1, 0.01), gamma ~ Gamma(1, 0.01), their share
    /// ~ Beta(10, 1), Fox et al. 2011) instead of kept.
    pub resample_concentrations: bool,
    /// Mean of the baselines d.
    pub baseline_mean: f64,
    /// Standard deviation of the baselines d.
    pub baseline_sd: f64,
    /// Shape of the gamma law of dispersions r.
    pub dispersion_shape: f64,
    /// Its rate.
    pub dispersion_rate: f64,
    /// Scale of the inverse Wishart law of the noise Q of latents.
    pub noise_scale: f64,
    /// Its degrees of freedom beyond the number of latents; above -1.
    pub noise_extra_df: f64,
    /// Variance of the columns of (A, b), beside Q.
    pub column_scale: f64,
}

/// Law of the partition of the neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeuronLaw {
    /// Mixture of finite mixtures: a geometric number of clusters.
    #[default]
    Mfm,
    /// Dirichlet process.
    Dp,
    /// A finite mixture of `n_clusters`.
    Fixed,
}

impl Default for PriorParams {
    fn default() -> Self {
        Self {
            neurons: NeuronLaw::default(),
            rho: 0.2,
            g: 1.0,
            concentration: 1.0,
            n_clusters: 3,
            max_clusters: None,
            max_states: 10,
            alpha: 5.0,
            gamma: 5.0,
            kappa: 10.0,
            resample_concentrations: false,
            baseline_mean: 0.0,
            baseline_sd: 1.0,
            dispersion_shape: 1.0,
            dispersion_rate: 1.0,
            noise_scale: 0.01,
            noise_extra_df: 2.0,
            column_scale: 1.0,
        }
    }
}

impl PriorParams {
    pub(super) fn check(&self, issues: &mut ParamIssues) {
        let positive = [
            ("priors.g", self.g),
            ("priors.concentration", self.concentration),
            ("priors.alpha", self.alpha),
            ("priors.gamma", self.gamma),
            ("priors.baseline_sd", self.baseline_sd),
            ("priors.dispersion_shape", self.dispersion_shape),
            ("priors.dispersion_rate", self.dispersion_rate),
            ("priors.noise_scale", self.noise_scale),
            ("priors.column_scale", self.column_scale),
        ];
        for (path, value) in positive {
            issues.require_positive(value, path);
        }
        let (rho, kappa, mean, df) = (self.rho, self.kappa, self.baseline_mean, self.noise_extra_df);
        issues
            .require(rho > 0.0 && rho < 1.0, "priors.rho", || format!("must be between 0 and 1, got {rho}"));
        issues.require(kappa.is_finite() && kappa >= 0.0, "priors.kappa", || {
            format!("must be a finite number, at least 0, got {kappa}")
        });
        issues.require(mean.is_finite(), "priors.baseline_mean", || format!("must be finite, got {mean}"));
        issues.require(df.is_finite() && df > -1.0, "priors.noise_extra_df", || {
            format!("must be a finite number above -1, got {df}")
        });
        at_least_one(issues, "priors.n_clusters", self.n_clusters as u64);
        at_least_one(issues, "priors.max_states", self.max_states as u64);
        if let Some(most) = self.max_clusters {
            at_least_one(issues, "priors.max_clusters", most as u64);
        }
    }

    /// The priors for `n_units` neurons and `n_latents` dimensions per cluster.
    pub(super) fn priors(&self, n_units: usize, n_latents: usize) -> Priors {
        let neurons = match self.neurons {
            NeuronLaw::Mfm => NeuronPrior::Mfm { rho: self.rho, g: self.g },
            NeuronLaw::Dp => NeuronPrior::Dp { concentration: self.concentration },
            NeuronLaw::Fixed => NeuronPrior::Fixed { n_clusters: self.n_clusters, g: self.g },
        };
        let most = self.max_clusters.unwrap_or((n_units / 2).max(1));
        let max_clusters = if self.neurons == NeuronLaw::Fixed { most.min(self.n_clusters) } else { most };
        Priors {
            n_latents,
            loading: LoadingPrior { mean: self.baseline_mean, sd: self.baseline_sd },
            dispersion: DispersionPrior { shape: self.dispersion_shape, rate: self.dispersion_rate },
            dynamics: DynamicsPrior {
                scale: self.noise_scale,
                extra_df: self.noise_extra_df,
                column_scale: self.column_scale,
            },
            hdp: HdpPrior { alpha: self.alpha, gamma: self.gamma, kappa: self.kappa },
            neurons,
            limits: Limits { max_clusters, max_states: self.max_states },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_prior_is_named() {
        let wrong = |params: PriorParams| {
            let mut issues = ParamIssues::default();
            params.check(&mut issues);
            issues.into_vec().into_iter().map(|issue| issue.path).collect::<Vec<_>>()
        };
        let of = PriorParams::default;
        assert!(wrong(of()).is_empty());
        assert_eq!(wrong(PriorParams { rho: 1.0, kappa: -1.0, ..of() }), ["priors.rho", "priors.kappa"]);
        assert_eq!(wrong(PriorParams { noise_extra_df: -1.0, ..of() }), ["priors.noise_extra_df"]);
        assert_eq!(
            wrong(PriorParams { max_states: 0, max_clusters: Some(0), ..of() }),
            ["priors.max_states", "priors.max_clusters"]
        );
        assert_eq!(
            wrong(PriorParams { baseline_sd: 0.0, alpha: f64::NAN, ..of() }),
            ["priors.alpha", "priors.baseline_sd"]
        );
    }
}
