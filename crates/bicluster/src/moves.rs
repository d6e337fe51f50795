//! Moves of neurons between clusters, section 4.8: reallocation, birth and death, split and merge. Each leaves the
//! posterior of labels, loadings and paths invariant, with the dynamics integrated out where clusters come and go.

mod augmented;
mod open_close;
mod proposal;
mod reallocate;

pub(crate) use proposal::{choose, log_density_of_loading, sample_loading};

use ndarray::{Array2, Axis, concatenate, s};
use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::evidence::log_evidence;
use crate::laplace::{Mode, laplace, log_prior};
use crate::likelihood::{Design, Family, UnitCounts};
use crate::{Counts, Interaction, PartitionPrior, Priors, Result, State, StepStatistics, sample_dynamics};

/// Bins over all searches from which on threads are woken.
const WORTH_THREADS: usize = 4096;

/// What moves need beside the state.
#[derive(Clone, Copy, Debug)]
pub struct MoveSetting<'a> {
    /// Counts that are seen.
    pub counts: &'a Counts,
    /// Priors.
    pub priors: &'a Priors,
    /// Prior of the partition of these neurons.
    pub partition: &'a PartitionPrior,
    /// Correlations of smoothed counts, `[N, N]`, which splits are proposed from
    /// ([`crate::correlations`] of [`crate::smoothed_roots`]).
    pub correlations: &'a Array2<f64>,
    /// Distribution of a count.
    pub family: Family,
    /// Whether clusters drive each other.
    pub interaction: Interaction,
}

/// How often a move was tried and accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Times tried, those that were impossible included.
    pub tried: u64,
    /// Times accepted.
    pub accepted: u64,
}

/// Tallies of all moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveTallies {
    /// Of single neurons among the clusters there are.
    pub reallocation: Tally,
    /// Of a cluster for one neuron.
    pub birth: Tally,
    /// Of the cluster of one neuron.
    pub death: Tally,
    /// Of a cluster in two.
    pub split: Tally,
    /// Of two clusters.
    pub merge: Tally,
}

impl Tally {
    fn count(&mut self, accepted: bool) {
        self.tried += 1;
        self.accepted += u64::from(accepted);
    }
}

/// Moves on one state. Modes of every (neuron, cluster) are kept as long as the cluster's path stays, so that all moves
/// of a sweep belong to one value of this. [`LabelMoves::finish`] makes the state whole again.
pub struct LabelMoves<'a> {
    setting: MoveSetting<'a>,
    state: &'a mut State,
    units: Vec<UnitCounts>,
    clusters: Vec<Cluster>,
    statistics: StepStatistics,
    log_evidence: f64,
    tallies: MoveTallies,
}

/// What is known of a cluster's path.
struct Cluster {
    design: Design,
    /// Per neuron, where already looked for.
    modes: Vec<Option<Mode>>,
    size: usize,
}

impl Cluster {
    fn new(path: ndarray::ArrayView2<'_, f64>, n_units: usize, size: usize) -> Self {
        Self { design: Design::new(path), modes: vec![None; n_units], size }
    }
}

impl<'a> LabelMoves<'a> {
    /// Moves on `state`.
    ///
    /// # Errors
    /// When the evidence of its path overflows.
    pub fn new(setting: MoveSetting<'a>, state: &'a mut State) -> Result<Self> {
        let MoveSetting { counts, priors, family, interaction, .. } = setting;
        let n_units = counts.n_units();
        let units = (0..n_units).map(|unit| UnitCounts::new(counts, unit, state.dispersions[unit], family));
        let width = priors.width();
        let sizes = sizes(&state.labels, state.n_clusters());
        let path = |cluster: usize| state.paths.slice(s![.., cluster * width..(cluster + 1) * width]);
        let clusters = sizes
            .iter()
            .enumerate()
            .map(|(cluster, &size)| Cluster::new(path(cluster), n_units, size))
            .collect();
        let (segments, n_states) = (counts.segments(), priors.limits.max_states);
        let statistics = StepStatistics::new(state.paths.view(), &state.states, segments, n_states);
        let log_evidence =
            log_evidence(state.paths.view(), &statistics, segments, &priors.dynamics, interaction, width)?;
        let units = units.collect();
        Ok(Self {
            setting,
            state,
            units,
            clusters,
            statistics,
            log_evidence,
            tallies: MoveTallies::default(),
        })
    }

    /// Draws the dynamics anew given the paths, which the moves may have changed, and gives back the tallies. The state is
    /// not to be read before: its dynamics are still those of the clusters before the moves.
    ///
    /// # Errors
    /// When a scale of the dynamics overflows.
    pub fn finish(self, rng: &mut impl Rng) -> Result<MoveTallies> {
        let MoveSetting { priors, interaction, .. } = self.setting;
        self.state.dynamics =
            sample_dynamics(&priors.dynamics, &self.statistics, interaction, priors.width(), rng)?;
        Ok(self.tallies)
    }

    /// Labels as they are now.
    pub fn labels(&self) -> &[usize] {
        &self.state.labels
    }

    /// ln p(X | s) of the paths as they are now.
    pub fn log_evidence(&self) -> f64 {
        self.log_evidence
    }

    /// K.
    fn n_clusters(&self) -> usize {
        self.clusters.len()
    }

    /// Finds the modes of all neurons in all clusters that are not known yet, on as many threads as there are.
    fn find_modes(&mut self) -> Result<()> {
        let missing: Vec<(usize, usize)> = (0..self.n_clusters())
            .flat_map(|cluster| (0..self.units.len()).map(move |unit| (cluster, unit)))
            .filter(|&(cluster, unit)| self.clusters[cluster].modes[unit].is_none())
            .collect();
        let prior = &self.setting.priors.loading;
        let find = |&(cluster, unit): &(usize, usize)| {
            laplace(&self.units[unit], &self.clusters[cluster].design, prior)
        };
        // Waking threads costs more than a few short searches.
        let found: Vec<Mode> = if missing.len() * self.setting.counts.n_bins() < WORTH_THREADS {
            missing.iter().map(find).collect::<Result<_>>()?
        } else {
            missing.par_iter().map(find).collect::<Result<_>>()?
        };
        for ((cluster, unit), mode) in missing.into_iter().zip(found) {
            self.clusters[cluster].modes[unit] = Some(mode);
        }
        Ok(())
    }

    /// The mode of a neuron in a cluster.
    fn mode(&mut self, cluster: usize, unit: usize) -> Result<&Mode> {
        let Cluster { design, modes, .. } = &mut self.clusters[cluster];
        let mode = match modes[unit].take() {
            Some(mode) => mode,
            None => laplace(&self.units[unit], design, &self.setting.priors.loading)?,
        };
        Ok(modes[unit].insert(mode))
    }

    /// ln p(y | X, d, c) + ln p(d, c), up to what does not depend on them.
    fn log_joint(&self, unit: usize, design: &Design, coefficients: &[f64]) -> f64 {
        self.units[unit].kernel(design, coefficients) + log_prior(&self.setting.priors.loading, coefficients)
    }

    /// (d, c) of a neuron.
    fn coefficients(&self, unit: usize) -> Vec<f64> {
        self.state.loadings.row(unit).to_vec()
    }

    fn set_coefficients(&mut self, unit: usize, coefficients: &[f64]) {
        self.state.loadings.row_mut(unit).iter_mut().zip(coefficients).for_each(|(out, &value)| *out = value);
    }

    /// ln of the weights with which a neuron chooses among the clusters, given how many others each holds: -∞ for one
    /// that holds none.
    fn log_choices(&mut self, unit: usize) -> Result<Vec<f64>> {
        let label = self.state.labels[unit];
        (0..self.n_clusters())
            .map(|cluster| {
                let others = self.clusters[cluster].size - usize::from(cluster == label);
                if others == 0 {
                    return Ok(f64::NEG_INFINITY);
                }
                let urn = self.setting.partition.log_existing(others);
                Ok(urn + self.mode(cluster, unit)?.log_evidence)
            })
            .collect()
    }

    /// Members of a cluster, ascending.
    fn members(&self, cluster: usize) -> Vec<usize> {
        (0..self.state.labels.len()).filter(|&unit| self.state.labels[unit] == cluster).collect()
    }

    /// Puts `group` into a new cluster with the given path.
    fn append_cluster(&mut self, group: &[usize], path: &Array2<f64>, cluster: Cluster) {
        let label = self.n_clusters();
        for &unit in group {
            self.clusters[self.state.labels[unit]].size -= 1;
            self.state.labels[unit] = label;
        }
        self.clusters.push(cluster);
        self.state.paths = concatenate(Axis(1), &[self.state.paths.view(), path.view()]).unwrap_or_default();
    }

    /// Puts the members of a cluster into `target` and takes the cluster away.
    fn remove_cluster(&mut self, cluster: usize, target: usize) {
        self.clusters[target].size += self.clusters[cluster].size;
        self.state.paths = self.state.paths.select(Axis(1), &self.latents_without(cluster));
        self.clusters.remove(cluster);
        for label in &mut self.state.labels {
            let moved = if *label == cluster { target } else { *label };
            *label = moved - usize::from(moved > cluster);
        }
    }

    /// Columns of all clusters but one.
    fn latents_without(&self, cluster: usize) -> Vec<usize> {
        let width = self.setting.priors.width();
        (0..self.n_clusters() * width).filter(|latent| latent / width != cluster).collect()
    }
}

/// Number of neurons of every cluster.
fn sizes(labels: &[usize], n_clusters: usize) -> Vec<usize> {
    let mut sizes = vec![0; n_clusters];
    labels.iter().for_each(|&label| sizes[label] += 1);
    sizes
}
