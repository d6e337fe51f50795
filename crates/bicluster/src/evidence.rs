//! The evidence of a path, section 4.8: ln p(X | s) with the dynamics of every state integrated out.

use std::ops::Range;

use ndarray::ArrayView2;
use neuroloom_math::ln_gamma;

use crate::dynamics::Posterior;
use crate::{DynamicsPrior, Interaction, Result, StepStatistics};

/// ln p(X | s) of paths `[T, D]` of clusters of `width` rows, whose first bins are N(0, I). `statistics` are theirs.
///
/// # Errors
/// When a posterior scale is not positive definite, as from paths that overflow.
pub fn log_evidence(
    paths: ArrayView2<'_, f64>,
    statistics: &StepStatistics,
    segments: &[Range<usize>],
    prior: &DynamicsPrior,
    interaction: Interaction,
    width: usize,
) -> Result<f64> {
    let all: Vec<usize> = (0..statistics.n_steps().len()).collect();
    let steps = log_evidence_of_states(statistics, &all, prior, interaction, width)?;
    Ok(log_first_bins(paths, segments) + steps)
}

/// The part of [`log_evidence`] that the steps of some states have.
///
/// # Errors
/// As [`log_evidence`].
pub(crate) fn log_evidence_of_states(
    statistics: &StepStatistics,
    states: &[usize],
    prior: &DynamicsPrior,
    interaction: Interaction,
    width: usize,
) -> Result<f64> {
    let mut sum = 0.0;
    for block in interaction.blocks(statistics.n_latents(), width) {
        if block.len() == statistics.n_latents() {
            sum += log_steps(statistics, states, prior)?;
        } else {
            sum += log_steps(&statistics.select(&block.collect::<Vec<_>>()), states, prior)?;
        }
    }
    Ok(sum)
}

/// ln N(X_1; 0, I), summed over segments.
fn log_first_bins(paths: ArrayView2<'_, f64>, segments: &[Range<usize>]) -> f64 {
    let log_two_pi = (2.0 * std::f64::consts::PI).ln();
    let first = segments.iter().filter(|segment| !segment.is_empty()).map(|segment| paths.row(segment.start));
    first.map(|row| -0.5 * row.iter().map(|x| x * x + log_two_pi).sum::<f64>()).sum()
}

/// The steps of some states: a state without steps adds nothing.
fn log_steps(statistics: &StepStatistics, states: &[usize], prior: &DynamicsPrior) -> Result<f64> {
    let d = statistics.n_latents() as f64;
    let degrees = d + prior.extra_df;
    let mut sum = 0.0;
    let n_steps = |state: usize| statistics.n_steps()[state];
    for (state, n_steps) in states.iter().map(|&state| (state, n_steps(state))).filter(|(_, n)| *n > 0) {
        let posterior = Posterior::new(statistics, state, prior)?;
        let [columns, scale] = posterior.log_determinants();
        sum += -0.5 * n_steps as f64 * d * std::f64::consts::PI.ln();
        sum -= 0.5 * d * (columns + (d + 1.0) * prior.column_scale.ln());
        sum += 0.5 * (degrees * d * prior.scale.ln() - posterior.degrees() * scale);
        sum += log_gamma_ratio(statistics.n_latents(), posterior.degrees(), degrees);
    }
    Ok(sum)
}

/// ln Gamma_D(a / 2) - ln Gamma_D(b / 2) of the multivariate gamma function.
fn log_gamma_ratio(d: usize, a: f64, b: f64) -> f64 {
    (0..d).map(|j| ln_gamma(0.5 * (a - j as f64)) - ln_gamma(0.5 * (b - j as f64))).sum()
}
