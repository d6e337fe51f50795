//! Latents of a recording, aligned to the point estimate.

use neuroloom_core::{Error, Result};

use super::analysis::Analysis;
use super::draws::WithStates;
use crate::{MeanDynamics, PosteriorLatents};

/// Latents, and the mean dynamics of every state.
pub(super) struct Latents {
    pub(super) posterior: PosteriorLatents,
    pub(super) dynamics: Vec<Option<MeanDynamics>>,
}

/// None where no draw has latents.
///
/// # Errors
/// When latents cannot be aligned.
pub(super) fn align(draws: Vec<WithStates>, analysis: &Analysis) -> Result<Option<Latents>> {
    if draws.is_empty() {
        return Ok(None);
    }
    let (latents, states): (Vec<_>, Vec<_>) = draws.into_iter().unzip();
    let posterior = PosteriorLatents::new(latents, &analysis.neurons.labels)
        .map_err(|e| Error::data(format!("latents cannot be brought into one form: {e}")))?;
    let dynamics = posterior.dynamics(&analysis.bins.labels, &states);
    Ok(Some(Latents { posterior, dynamics }))
}
