//! Poisson counts: negative binomial draws as proposals (section 4.9).

mod one_path;

use ndarray::{Array2, s};
use rand::Rng;

use crate::metropolis::accept;
use crate::streams::{Purpose, SweepStreams};
use crate::sweep::{Sampler, eta};
use crate::{Accept, Result, State, Tally};
use one_path::OnePath;

impl Sampler<'_> {
    /// Paths of Poisson counts: `proposed` is a draw for the negative binomial law, reversible for its posterior, so that
    /// only the ratio of the two laws is left.
    pub(crate) fn accept_paths(&self, state: &mut State, proposed: Array2<f64>, rng: &mut impl Rng) -> Tally {
        let all: Vec<usize> = (0..state.labels.len()).collect();
        let before = self.log_poisson_over_nb_of(state, &all);
        let current = std::mem::replace(&mut state.paths, proposed);
        let accepted = accept(self.log_poisson_over_nb_of(state, &all) - before, rng);
        if !accepted {
            state.paths = current;
        }
        Tally::one(accepted)
    }

    /// The same cluster by cluster, each drawn and accepted given the paths of the others. Needs fresh weights before
    /// every cluster alone: those of other clusters' neurons are not looked at.
    ///
    /// # Errors
    /// When a covariance is not positive definite.
    pub(crate) fn draw_paths_by_cluster(&self, state: &mut State, streams: &SweepStreams) -> Result<Tally> {
        let (mut tally, width) = (Tally::default(), self.settings().priors.width());
        let (rng, judge) = (&mut streams.of(Purpose::Paths), &mut streams.of(Purpose::Acceptance));
        for cluster in 0..state.n_clusters() {
            let members = members(state, cluster);
            let before = self.log_poisson_over_nb_of(state, &members);
            let path = OnePath::new(self.counts(), state, self.weights(), cluster, width)?.sample(rng);
            let columns = s![.., cluster * width..(cluster + 1) * width];
            let current = state.paths.slice(columns).to_owned();
            state.paths.slice_mut(columns).assign(&path);
            let accepted = accept(self.log_poisson_over_nb_of(state, &members) - before, judge);
            if !accepted {
                state.paths.slice_mut(columns).assign(&current);
            }
            tally += Tally::one(accepted);
        }
        Ok(tally)
    }

    /// Paths drawn together, accepted or refused cluster by cluster, as the published program does: exact only where
    /// clusters do not drive one another.
    pub(crate) fn accept_paths_by_cluster(
        &self,
        state: &mut State,
        proposed: &Array2<f64>,
        rng: &mut impl Rng,
    ) -> Tally {
        let (mut tally, width) = (Tally::default(), self.settings().priors.width());
        for cluster in 0..state.n_clusters() {
            let members = members(state, cluster);
            let before = self.log_poisson_over_nb_of(state, &members);
            let columns = s![.., cluster * width..(cluster + 1) * width];
            let current = state.paths.slice(columns).to_owned();
            state.paths.slice_mut(columns).assign(&proposed.slice(columns));
            let accepted = accept(self.log_poisson_over_nb_of(state, &members) - before, rng);
            if !accepted {
                state.paths.slice_mut(columns).assign(&current);
            }
            tally += Tally::one(accepted);
        }
        tally
    }

    /// Log of the Poisson likelihood of some neurons over that of their negative binomial laws.
    pub(crate) fn log_poisson_over_nb_of(&self, state: &State, units: &[usize]) -> f64 {
        let width = self.settings().priors.width();
        let of =
            |&unit: &usize| self.log_poisson_over_nb(unit, &eta(state, unit, width), state.dispersions[unit]);
        units.iter().map(of).sum()
    }

    /// Whether paths are proposed cluster by cluster.
    pub(crate) fn by_cluster(&self) -> bool {
        self.settings().accept == Accept::PerCluster
    }
}

fn members(state: &State, cluster: usize) -> Vec<usize> {
    (0..state.labels.len()).filter(|&unit| state.labels[unit] == cluster).collect()
}
