//! The log density of counts and unknowns together, with the dynamics and the rows of transitions integrated out.

use std::ops::Range;

use neuroloom_math::ln_gamma;

use crate::{
    Counts, DispersionPrior, HdpPrior, LoadingPrior, PartitionPrior, Priors, Result, Settings, State,
    StepStatistics, log_evidence,
};

/// ln p(y, z, X, s, beta, d, c, r): a number to follow chains by, of one scale whatever the number of clusters.
/// `log_likelihood` is that of the counts.
///
/// # Errors
/// When a scale of the dynamics is not positive definite.
pub fn log_joint(
    counts: &Counts,
    settings: &Settings,
    partition: &PartitionPrior,
    hdp: &HdpPrior,
    state: &State,
    log_likelihood: f64,
) -> Result<f64> {
    let Priors { loading, dispersion, limits, .. } = &settings.priors;
    let units = 0..counts.n_units();
    let parameters: f64 = units
        .map(|unit| {
            log_loadings(loading, state.loadings.row(unit).as_slice().unwrap_or_default())
                + log_dispersion(dispersion, state.dispersions[unit])
        })
        .sum();
    Ok(log_likelihood
        + partition.log_probability(&sizes(&state.labels, state.n_clusters()))
        + parameters
        + log_paths(counts, settings, state)?
        + log_states(
            hdp,
            &state.states,
            counts.segments(),
            &state.transitions.log_weights[..limits.max_states],
        ))
}

/// Neurons of every cluster.
pub(crate) fn sizes(labels: &[usize], n_clusters: usize) -> Vec<usize> {
    let mut sizes = vec![0; n_clusters];
    for &label in labels {
        sizes[label] += 1;
    }
    sizes
}

/// ln of N(d; mean, sd²) N(c; 0, I).
pub(crate) fn log_loadings(prior: &LoadingPrior, coefficients: &[f64]) -> f64 {
    let log_two_pi = (2.0 * std::f64::consts::PI).ln();
    let Some((&d, c)) = coefficients.split_first() else { return 0.0 };
    let squares = ((d - prior.mean) / prior.sd).powi(2) + c.iter().map(|c| c * c).sum::<f64>();
    -0.5 * (squares + coefficients.len() as f64 * log_two_pi) - prior.sd.ln()
}

/// ln of Gamma(r; shape, rate), without the constant of its truncation.
fn log_dispersion(prior: &DispersionPrior, r: f64) -> f64 {
    let DispersionPrior { shape, rate } = *prior;
    shape * rate.ln() - ln_gamma(shape) + (shape - 1.0) * r.ln() - rate * r
}

fn log_paths(counts: &Counts, settings: &Settings, state: &State) -> Result<f64> {
    let Priors { dynamics, limits, .. } = &settings.priors;
    let statistics =
        StepStatistics::new(state.paths.view(), &state.states, counts.segments(), limits.max_states);
    log_evidence(
        state.paths.view(),
        &statistics,
        counts.segments(),
        dynamics,
        settings.interaction,
        settings.priors.width(),
    )
}

/// ln p(s, beta): rows of transitions integrated out given beta.
pub(crate) fn log_states(
    prior: &HdpPrior,
    states: &[usize],
    segments: &[Range<usize>],
    log_weights: &[f64],
) -> f64 {
    let n_states = log_weights.len();
    let mut counts = vec![0_u32; n_states * n_states];
    let mut log = 0.0;
    for segment in segments {
        let steps = states.get(segment.start..segment.end.saturating_sub(1)).unwrap_or_default();
        if !steps.is_empty() {
            log -= (n_states as f64).ln();
        }
        for pair in steps.windows(2) {
            counts[pair[0] * n_states + pair[1]] += 1;
        }
    }
    let all = prior.alpha + prior.kappa;
    for from in 0..n_states {
        let row = &counts[from * n_states..(from + 1) * n_states];
        let total: u32 = row.iter().sum();
        log += ln_gamma(all) - ln_gamma(all + f64::from(total));
        for (to, &count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
            let own = if from == to { prior.kappa } else { 0.0 };
            let weight = (prior.alpha * log_weights[to].exp() + own).max(f64::MIN_POSITIVE);
            log += ln_gamma(weight + f64::from(count)) - ln_gamma(weight);
        }
    }
    let even = prior.gamma / n_states as f64;
    let normaliser = ln_gamma(prior.gamma) - n_states as f64 * ln_gamma(even);
    log + normaliser + (even - 1.0) * log_weights.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_state_is_certain() {
        let prior = HdpPrior { alpha: 5.0, gamma: 5.0, kappa: 10.0 };
        assert!(log_states(&prior, &[0; 6], &[0..3, 3..6], &[0.0]).abs() < 1e-12);
    }

    #[test]
    fn rows_are_integrated_out() {
        // Pólya's urn: the second transition is drawn from counts plus weights.
        let prior = HdpPrior { alpha: 2.0, gamma: 2.0, kappa: 1.0 };
        let log_weights = [0.25_f64.ln(), 0.75_f64.ln()];
        let log = log_states(&prior, &[0, 0, 1, 1], std::slice::from_ref(&(0..4)), &log_weights);
        let expected = 0.5_f64.ln() + (1.5_f64 / 3.0).ln() + (1.5_f64 / 4.0).ln();
        // Beta(1, 1) of the weights has density 1.
        assert!((log - expected).abs() < 1e-12, "{log} {expected}");
    }
}
