//! Whether chains agree on scalars that do not depend on names of clusters.

use super::draws::{Chain, Draws, ScalarOf, cells};
use super::index::Recording;
use crate::Convergence;

/// R-hat above this, or fewer effective draws, is worth a warning.
pub(super) const R_HAT: f64 = 1.01;
/// Effective draws that are wanted.
pub(super) const ESS: f64 = 400.0;

/// A scalar and what chains say of it.
pub(super) struct Diagnostic {
    pub(super) scalar: String,
    pub(super) n_chains: usize,
    pub(super) n_draws: usize,
    pub(super) found: Convergence,
}

impl Diagnostic {
    /// Whether chains agree, on enough draws. What never differs agrees.
    pub(super) fn converged(&self) -> bool {
        let agrees = self.found.r_hat.is_nan() || self.found.r_hat < R_HAT;
        let enough = |ess: f64| ess.is_nan() || ess >= ESS;
        agrees && enough(self.found.ess_bulk) && enough(self.found.ess_tail)
    }
}

/// All scalars of a recording: log likelihood, numbers of clusters and states, dispersions, some log expected counts.
pub(super) fn diagnostics(recording: &Recording, draws: &Draws) -> Vec<Diagnostic> {
    let chains: Vec<&Chain> = draws.chains.values().collect();
    let plain: [(&str, ScalarOf); 4] = [
        ("log_joint", |chain| &chain.log_joint),
        ("log_lik_train", |chain| &chain.log_lik_train),
        ("n_clusters", |chain| &chain.n_clusters),
        ("n_states", |chain| &chain.n_states),
    ];
    let mut found: Vec<Diagnostic> = plain
        .into_iter()
        .map(|(name, of)| {
            diagnostic(name.into(), &chains.iter().map(|chain| of(chain).clone()).collect::<Vec<_>>())
        })
        .collect();
    for (unit, named) in recording.units.iter().enumerate() {
        let of = |chain: &&Chain| chain.dispersions.iter().map(|draw| draw[unit]).collect::<Vec<_>>();
        let values: Vec<Vec<f64>> = chains.iter().map(of).collect();
        found.push(diagnostic(format!("dispersion {}", named.name), &values));
    }
    for (place, (unit, bin)) in cells(recording.units.len(), recording.bins.len()).into_iter().enumerate() {
        let of = |chain: &&Chain| chain.cells.iter().map(|draw| draw[place]).collect::<Vec<_>>();
        let values: Vec<Vec<f64>> = chains.iter().map(of).collect();
        if values.iter().all(|chain| chain.len() >= 4) {
            found.push(diagnostic(format!("eta {} bin {bin}", recording.units[unit].name), &values));
        }
    }
    found
}

fn diagnostic(scalar: String, chains: &[Vec<f64>]) -> Diagnostic {
    let lists: Vec<&[f64]> = chains.iter().map(Vec::as_slice).collect();
    let n_draws = lists.iter().map(|chain| chain.len()).min().unwrap_or(0);
    Diagnostic { scalar, n_chains: chains.len(), n_draws, found: Convergence::of(&lists) }
}
