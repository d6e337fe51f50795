//! What parameters mean for the chains of one recording.

use neuroloom_core::{Error, Result};

use super::input::Recording;
use super::params::{FamilyChoice, InteractionChoice, SampleParams, Variant};
use crate::{Family, FilterOptions, FirstBin, Interaction, Settings};

/// Settings of the chains of a recording with `n_latents` dimensions per cluster.
///
/// # Errors
/// More clusters than neurons.
pub(super) fn settings(params: &SampleParams, recording: &Recording, n_latents: usize) -> Result<Settings> {
    let n_units = recording.counts.n_units();
    if let Some(most) = params.priors.max_clusters.filter(|&most| most > n_units) {
        return Err(Error::params("there cannot be more clusters than neurons")
            .at_object("priors.max_clusters")
            .expected(format!("at most {n_units}, the neurons of recording {:?}", recording.name))
            .found(most.to_string()));
    }
    let usual = Settings::new(params.priors.priors(n_units, n_latents), n_units);
    let first_bin = match params.variant {
        Variant::Consistent => FirstBin::Direct,
        Variant::Released => FirstBin::ThroughDynamics,
    };
    Ok(Settings {
        family: match params.family {
            FamilyChoice::Nb => Family::NegativeBinomial,
            FamilyChoice::Poisson => Family::Poisson,
        },
        accept: params.poisson_accept,
        interaction: match params.interaction {
            InteractionChoice::Full => Interaction::Full,
            InteractionChoice::Block => Interaction::Block,
        },
        filter: FilterOptions { first_bin, shift: params.ffbs_shift },
        labels: params.labels,
        n_marginal_labels: params.marginal_labels,
        n_birth_death: params.birth_death.unwrap_or(usual.n_birth_death),
        n_split_merge: params.split_merge,
        n_state_blocks: params.state_blocks,
        crt_joint: params.crt_joint,
        resample_concentrations: params.priors.resample_concentrations,
        released: (params.variant == Variant::Released).then_some(params.sweeps),
        exact_below: params.pg_exact_below.unwrap_or(f64::INFINITY),
        ..usual
    })
}

impl SampleParams {
    /// Dispersion that chains begin with.
    pub(super) fn first_dispersion(&self) -> f64 {
        match self.family {
            FamilyChoice::Nb => 1.0,
            FamilyChoice::Poisson => self.poisson_r,
        }
    }
}
