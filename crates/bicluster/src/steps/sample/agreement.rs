//! Whether all chains tell the same.

use super::params::SampleParams;
use crate::Convergence;
use crate::chain::Chain;

/// Whether `until` is asked for, its time for a look has come, and log likelihood, number of clusters and number of
/// states have the R-hat and effective sizes that it wants. A number that never changed in any chain agrees.
pub(super) fn reached(params: &SampleParams, chains: &[Chain]) -> bool {
    let Some(until) = params.until else { return false };
    let done = chains.iter().map(|chain| chain.n_sweeps).min().unwrap_or(0);
    let n_kept = chains.iter().map(|chain| chain.trace.len()).min().unwrap_or(0);
    if !done.is_multiple_of(until.every) || n_kept < 4 {
        return false;
    }
    let scalars: [fn(&crate::chain::Traced) -> f64; 3] =
        [|at| at.log_lik, |at| f64::from(at.n_clusters), |at| f64::from(at.n_states)];
    scalars.into_iter().all(|scalar| {
        let traces: Vec<Vec<f64>> =
            chains.iter().map(|chain| chain.trace[..n_kept].iter().map(scalar).collect()).collect();
        let first = traces.first().and_then(|trace| trace.first()).copied();
        if traces.iter().flatten().all(|value| Some(*value) == first) {
            return true;
        }
        let traces: Vec<&[f64]> = traces.iter().map(Vec::as_slice).collect();
        let found = Convergence::of(&traces);
        found.r_hat < until.rhat && found.ess_bulk > until.ess && found.ess_tail > until.ess
    })
}
