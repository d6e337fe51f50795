//! Parameters of `simulate.bicluster`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dynamics::MAX_STATES;
use super::{Family, Generator, Setting};
use crate::lists::MAX_VALUES;

/// Parameters of `simulate.bicluster`. A setting gives every number; those given on their own replace it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BiclusterParams {
    /// Name of the recording.
    pub recording_id: String,
    /// The setting.
    pub setting: Setting,
    /// Width of a bin, seconds.
    pub dt_s: f64,
    /// Neurons of every cluster.
    pub n_per: Option<Vec<usize>>,
    /// Latents of a cluster beside its population baseline, p.
    pub n_latents: Option<usize>,
    /// Bins, T.
    pub n_bins: Option<usize>,
    /// States, 1 to 4: state 0 forgets at once, the others rotate by 9, 18 and 30 degrees a bin.
    pub n_states: Option<usize>,
    /// Mean length of a visit to a state, bins.
    pub dwell_bins: Option<f64>,
    /// Factor by which latents grow in a bin of a rotating state.
    pub growth: Option<f64>,
    /// Variance of what is added to every latent in every bin, q.
    pub noise_variance: Option<f64>,
    /// Mean of the baselines d: logarithms of expected counts.
    pub d_mean: Option<f64>,
    /// Standard deviation of the baselines.
    pub d_sd: Option<f64>,
    /// Standard deviation of the loadings c.
    pub c_sd: Option<f64>,
    /// Factor of the population baselines mu; 0 leaves the loadings alone to say who belongs together.
    pub mu_scale: Option<f64>,
    /// Law of the counts.
    pub family: Option<Family>,
    /// Dispersion r of negative-binomial counts: their variance is m + m²/r.
    pub dispersion: Option<f64>,
    /// Bins before the first one, so that latents do not remember their start.
    pub burn_in_bins: Option<usize>,
    /// Share of the counts that are missing (NaN), each on its own, at least 0 and less than 1.
    pub missing_share: Option<f64>,
}

impl Default for BiclusterParams {
    fn default() -> Self {
        Self {
            recording_id: "bicluster".into(),
            setting: Setting::Standard,
            dt_s: 0.1,
            n_per: None,
            n_latents: None,
            n_bins: None,
            n_states: None,
            dwell_bins: None,
            growth: None,
            noise_variance: None,
            d_mean: None,
            d_sd: None,
            c_sd: None,
            mu_scale: None,
            family: None,
            dispersion: None,
            burn_in_bins: None,
            missing_share: None,
        }
    }
}

impl BiclusterParams {
    /// The numbers of the setting, with those that were given in their place.
    pub fn generator(&self) -> Generator {
        let of = Generator::of(self.setting);
        Generator {
            n_per: self.n_per.clone().unwrap_or(of.n_per),
            n_latents: self.n_latents.unwrap_or(of.n_latents),
            n_bins: self.n_bins.unwrap_or(of.n_bins),
            n_states: self.n_states.unwrap_or(of.n_states),
            dwell_bins: self.dwell_bins.unwrap_or(of.dwell_bins),
            growth: self.growth.unwrap_or(of.growth),
            noise_variance: self.noise_variance.unwrap_or(of.noise_variance),
            d_mean: self.d_mean.unwrap_or(of.d_mean),
            d_sd: self.d_sd.unwrap_or(of.d_sd),
            c_sd: self.c_sd.unwrap_or(of.c_sd),
            mu_scale: self.mu_scale.unwrap_or(of.mu_scale),
            family: self.family.unwrap_or(of.family),
            dispersion: self.dispersion.unwrap_or(of.dispersion),
            burn_in_bins: self.burn_in_bins.unwrap_or(of.burn_in_bins),
            missing_share: self.missing_share.unwrap_or(of.missing_share),
        }
    }
}

impl StepParams for BiclusterParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_name(Some(&self.recording_id), "recording_id");
        issues.require_positive(self.dt_s, "dt_s");
        let generator = self.generator();
        check_counts(&generator, issues);
        check_numbers(&generator, issues);
        if issues.is_empty() {
            check_sizes(&generator, issues);
        }
    }
}

fn check_counts(generator: &Generator, issues: &mut ParamIssues) {
    const MOST_LATENTS: usize = 32;
    issues.require_any(Some(&generator.n_per), "n_per", "cluster");
    issues.require(!generator.n_per.contains(&0), "n_per", || {
        format!("must have at least 1 neuron in every cluster, got {:?}", generator.n_per)
    });
    issues.require((1..=MOST_LATENTS).contains(&generator.n_latents), "n_latents", || {
        format!("must be between 1 and {MOST_LATENTS}, got {}", generator.n_latents)
    });
    issues
        .require(generator.n_bins >= 3, "n_bins", || format!("must be at least 3, got {}", generator.n_bins));
    issues.require((1..=MAX_STATES).contains(&generator.n_states), "n_states", || {
        format!("must be between 1 and {MAX_STATES}, got {}", generator.n_states)
    });
}

fn check_numbers(generator: &Generator, issues: &mut ParamIssues) {
    issues.require_positive(generator.noise_variance, "noise_variance");
    issues.require_positive(generator.dispersion, "dispersion");
    issues.require_positive(generator.growth, "growth");
    let dwell = generator.dwell_bins;
    issues.require(dwell.is_finite() && (1.0..1e9).contains(&dwell), "dwell_bins", || {
        format!("must be at least 1 and below 1e9, got {dwell}")
    });
    let at_least_0 = [(generator.d_sd, "d_sd"), (generator.c_sd, "c_sd"), (generator.mu_scale, "mu_scale")];
    for (value, path) in at_least_0 {
        let holds = value.is_finite() && value >= 0.0;
        issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
    }
    issues.require(generator.d_mean.is_finite(), "d_mean", || {
        format!("must be finite, got {}", generator.d_mean)
    });
    issues.require((0.0..1.0).contains(&generator.missing_share), "missing_share", || {
        format!("must be at least 0 and less than 1, got {}", generator.missing_share)
    });
}

fn check_sizes(generator: &Generator, issues: &mut ParamIssues) {
    let rows = (generator.n_units() as u64).max(generator.n_dimensions() as u64);
    let values = rows.saturating_mul(generator.n_bins as u64);
    issues.require(values <= MAX_VALUES, "", || {
        format!("ask for {values} counts (neurons x bins); one table can hold {MAX_VALUES}")
    });
    let steps = (generator.burn_in_bins as u64).saturating_mul(generator.n_dimensions() as u64);
    issues.require(steps <= MAX_VALUES, "burn_in_bins", || {
        format!("times the latents of all clusters must be at most {MAX_VALUES}, got {steps}")
    });
}
