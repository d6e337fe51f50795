//! How a chain moves, beside what is believed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Family, FilterOptions, Interaction, Priors};

/// Everything that a chain needs to know beside the counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What is believed.
    pub priors: Priors,
    /// Law of a count given its expectation. Dispersions of a Poisson law stay as they are: they are those of the
    /// negative binomial laws that its proposals come from.
    pub family: Family,
    /// What of a proposed path of a Poisson law is accepted or refused as one.
    pub accept: Accept,
    /// Whether clusters drive one another.
    pub interaction: Interaction,
    /// Options of the filter.
    pub filter: FilterOptions,
    /// How single neurons change clusters.
    pub labels: LabelUpdate,
    /// Attempts at changing the cluster of a neuron with the paths integrated out, per sweep; none of Poisson counts.
    pub n_marginal_labels: usize,
    /// Attempts at births and deaths of clusters, per sweep.
    pub n_birth_death: usize,
    /// Attempts at splits and merges, per sweep.
    pub n_split_merge: usize,
    /// Attempts at moving stretches of bins between states, per sweep.
    pub n_state_blocks: usize,
    /// Whether dispersions also move by tables and gamma draws.
    pub crt_joint: bool,
    /// Whether the concentrations of states are drawn too.
    pub resample_concentrations: bool,
    /// Sweeps of the whole run of the published program, instead of the sweep that leaves the posterior invariant.
    pub released: Option<u64>,
    /// Pólya-Gamma draws of smaller shapes are exact; of larger ones they match three cumulants.
    pub exact_below: f64,
}

/// What of a proposed path is accepted or refused as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Accept {
    /// The paths of all clusters.
    #[default]
    Joint,
    /// The path of one cluster given those of the others.
    PerCluster,
}

/// How single neurons change clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelUpdate {
    /// Laplace approximations as proposals that are accepted or refused.
    #[default]
    Metropolis,
    /// Draws given Pólya-Gamma variables.
    Augmented,
}

impl Settings {
    /// The usual moves for these priors and `n_units` neurons.
    pub fn new(priors: Priors, n_units: usize) -> Self {
        Self {
            priors,
            family: Family::NegativeBinomial,
            accept: Accept::Joint,
            interaction: Interaction::Full,
            filter: FilterOptions::default(),
            labels: LabelUpdate::Metropolis,
            n_marginal_labels: 0,
            n_birth_death: (n_units / 10).max(3),
            n_split_merge: 3,
            n_state_blocks: 10,
            crt_joint: true,
            resample_concentrations: false,
            released: None,
            exact_below: f64::INFINITY,
        }
    }
}
