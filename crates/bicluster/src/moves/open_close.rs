//! Moves between numbers of clusters: birth and death for one neuron, split and merge for several.
//!
//! All open a cluster for a group of neurons or close one; they differ in how the group is chosen.

use ndarray::{Array2, ArrayView2, s};
use rand::{Rng, RngExt};

use super::proposal::{choose, log_density_of_loading, log_probability_of_choice, sample_loading};
use super::{Cluster, LabelMoves};
use crate::evidence::log_evidence;
use crate::laplace::laplace;
use crate::metropolis::accept;
use crate::proposal_path::ProposalPath;
use crate::{Result, StepStatistics};

/// Steepness of the split's probabilities in the difference of correlations.
const STEEPNESS: f64 = 5.0;

impl LabelMoves<'_> {
    /// One try of a birth or a death, each with probability 1/2.
    ///
    /// # Errors
    /// When a likelihood or an evidence overflows.
    pub fn birth_or_death(&mut self, rng: &mut impl Rng) -> Result<()> {
        if rng.random::<f64>() < 0.5 {
            let accepted = self.birth(rng)?;
            self.tallies.birth.count(accepted);
        } else {
            let accepted = self.death(rng)?;
            self.tallies.death.count(accepted);
        }
        Ok(())
    }

    /// One try of a split or a merge, by whether two neurons drawn at random share their cluster.
    ///
    /// # Errors
    /// When a likelihood or an evidence overflows.
    pub fn split_or_merge(&mut self, rng: &mut impl Rng) -> Result<()> {
        let n_units = self.units.len();
        if n_units < 2 {
            return Ok(());
        }
        let leaver = rng.random_range(0..n_units);
        let stayer = (leaver + rng.random_range(1..n_units)) % n_units;
        if self.state.labels[leaver] == self.state.labels[stayer] {
            let accepted = self.split(leaver, stayer, rng)?;
            self.tallies.split.count(accepted);
        } else {
            let accepted = self.merge(leaver, stayer, rng)?;
            self.tallies.merge.count(accepted);
        }
        Ok(())
    }

    fn birth(&mut self, rng: &mut impl Rng) -> Result<bool> {
        let eligible: Vec<usize> =
            (0..self.units.len()).filter(|&unit| self.clusters[self.state.labels[unit]].size >= 2).collect();
        if eligible.is_empty() || !self.has_room() {
            return Ok(false);
        }
        let unit = eligible[rng.random_range(0..eligible.len())];
        let from = self.state.labels[unit];
        let left_alone = usize::from(self.clusters[from].size == 2);
        let singletons = self.singletons().len() + 1 + left_alone;
        let back = log_probability_of_choice(&self.log_choices(unit)?, from);
        let selection = back - (singletons as f64).ln() + (eligible.len() as f64).ln();
        self.open(&[unit], selection, rng)
    }

    fn death(&mut self, rng: &mut impl Rng) -> Result<bool> {
        let singletons = self.singletons();
        if singletons.is_empty() || self.n_clusters() < 2 {
            return Ok(false);
        }
        let cluster = singletons[rng.random_range(0..singletons.len())];
        let unit = self.members(cluster)[0];
        let (target, forward) = choose(&self.log_choices(unit)?, rng);
        // The neuron, and one that it joins, become eligible.
        let joins_one = usize::from(self.clusters[target].size == 1);
        let eligible = self.units.len() - singletons.len() + 1 + joins_one;
        let selection = (singletons.len() as f64).ln() - forward - (eligible as f64).ln();
        self.close(cluster, target, selection, rng)
    }

    fn split(&mut self, leaver: usize, stayer: usize, rng: &mut impl Rng) -> Result<bool> {
        if !self.has_room() {
            return Ok(false);
        }
        let (mut group, mut forward) = (vec![leaver], 0.0);
        for unit in self.members(self.state.labels[leaver]) {
            if unit != leaver && unit != stayer {
                let leaves = rng.random::<f64>() < self.log_leaving(unit, leaver, stayer).exp();
                if leaves {
                    group.push(unit);
                    forward += self.log_leaving(unit, leaver, stayer);
                } else {
                    forward += self.log_leaving(unit, stayer, leaver);
                }
            }
        }
        group.sort_unstable();
        self.open(&group, -forward, rng)
    }

    fn merge(&mut self, leaver: usize, stayer: usize, rng: &mut impl Rng) -> Result<bool> {
        let (cluster, target) = (self.state.labels[leaver], self.state.labels[stayer]);
        let leaving: f64 =
            self.members(cluster).iter().map(|&unit| self.log_leaving(unit, leaver, stayer)).sum();
        let staying: f64 =
            self.members(target).iter().map(|&unit| self.log_leaving(unit, stayer, leaver)).sum();
        // The two themselves are not drawn.
        let own = self.log_leaving(leaver, leaver, stayer) + self.log_leaving(stayer, stayer, leaver);
        self.close(cluster, target, leaving + staying - own, rng)
    }

    /// ln of the probability that a split of the two puts a neuron beside the first.
    fn log_leaving(&self, unit: usize, first: usize, second: usize) -> f64 {
        let correlations = self.setting.correlations;
        let difference = correlations[[unit, first]] - correlations[[unit, second]];
        -(-STEEPNESS * difference).exp().ln_1p()
    }

    /// Proposes a cluster of its own to a group that is a part of one; `selection` is ln of the probability of choosing the
    /// way back over that of choosing this group.
    fn open(&mut self, group: &[usize], selection: f64, rng: &mut impl Rng) -> Result<bool> {
        // Proposed dynamics may explode; nothing has changed then.
        self.try_open(group, selection, rng).or(Ok(false))
    }

    fn try_open(&mut self, group: &[usize], selection: f64, rng: &mut impl Rng) -> Result<bool> {
        let from = self.state.labels[group[0]];
        let counts = self.setting.counts;
        let (path, log_factor) = self.proposal(group, from).sample(rng)?;
        let mut opened = Cluster::new(path.view(), self.units.len(), group.len());
        let mut ratio = selection - log_factor;
        ratio += self.log_prior_of_opening(self.n_clusters(), self.clusters[from].size, group.len());
        let mut loadings = Vec::with_capacity(group.len());
        for &unit in group {
            let mode = laplace(&self.units[unit], &opened.design, &self.setting.priors.loading)?;
            let loading = sample_loading(&mode, rng)?;
            ratio += self.log_joint(unit, &opened.design, &loading) - log_density_of_loading(&mode, &loading);
            ratio -= self.log_weight_of_current(unit)?;
            opened.modes[unit] = Some(mode);
            loadings.push(loading);
        }
        let segments = counts.segments();
        let statistics =
            self.statistics.with_latents(self.state.paths.view(), path.view(), &self.state.states, segments);
        let paths = ndarray::concatenate![ndarray::Axis(1), self.state.paths, path];
        let evidence = self.evidence(paths.view(), &statistics)?;
        let accepted = accept(ratio + evidence - self.log_evidence, rng);
        if accepted {
            self.append_cluster(group, &path, opened);
            group.iter().zip(&loadings).for_each(|(&unit, loading)| self.set_coefficients(unit, loading));
            (self.statistics, self.log_evidence) = (statistics, evidence);
        }
        Ok(accepted)
    }

    /// Proposes to put the members of a cluster into `target`: the way back of [`Self::open`].
    fn close(&mut self, cluster: usize, target: usize, selection: f64, rng: &mut impl Rng) -> Result<bool> {
        self.try_close(cluster, target, selection, rng).or(Ok(false))
    }

    fn try_close(
        &mut self,
        cluster: usize,
        target: usize,
        selection: f64,
        rng: &mut impl Rng,
    ) -> Result<bool> {
        let group = self.members(cluster);
        let width = self.setting.priors.width();
        let path = self.state.paths.slice(s![.., cluster * width..(cluster + 1) * width]);
        let mut ratio = selection + self.proposal(&group, target).log_density(path, rng)?;
        let together = group.len() + self.clusters[target].size;
        ratio -= self.log_prior_of_opening(self.n_clusters() - 1, together, group.len());
        let mut loadings = Vec::with_capacity(group.len());
        for &unit in &group {
            let mode = self.mode(target, unit)?;
            let loading = sample_loading(mode, rng)?;
            ratio -= log_density_of_loading(mode, &loading);
            ratio += self.log_joint(unit, &self.clusters[target].design, &loading);
            ratio -= self.log_weight_of_current(unit)?;
            loadings.push(loading);
        }
        let latents = self.latents_without(cluster);
        let statistics = self.statistics.select(&latents);
        let paths: Array2<f64> = self.state.paths.select(ndarray::Axis(1), &latents);
        let evidence = self.evidence(paths.view(), &statistics)?;
        let accepted = accept(ratio + evidence - self.log_evidence, rng);
        if accepted {
            group.iter().zip(&loadings).for_each(|(&unit, loading)| self.set_coefficients(unit, loading));
            self.remove_cluster(cluster, target);
            (self.statistics, self.log_evidence) = (statistics, evidence);
        }
        Ok(accepted)
    }

    /// Paths for a group that leaves a cluster, or comes back to it.
    fn proposal(&self, group: &[usize], beside: usize) -> ProposalPath<'_> {
        let (counts, priors) = (self.setting.counts, self.setting.priors);
        let width = priors.width();
        let path = self.state.paths.slice(s![.., beside * width..(beside + 1) * width]);
        ProposalPath::new(counts, group, &self.state.states, priors.limits.max_states, path, &priors.dynamics)
    }

    /// ln of likelihood times prior over proposal density of a neuron's (d, c) where it is.
    fn log_weight_of_current(&mut self, unit: usize) -> Result<f64> {
        let (cluster, current) = (self.state.labels[unit], self.coefficients(unit));
        let proposal = log_density_of_loading(self.mode(cluster, unit)?, &current);
        Ok(self.log_joint(unit, &self.clusters[cluster].design, &current) - proposal)
    }

    /// ln of the ratio of the partition's prior when, beside `n_before` clusters, a group leaves one of `together`.
    fn log_prior_of_opening(&self, n_before: usize, together: usize, group: usize) -> f64 {
        let partition = self.setting.partition;
        partition.log_count_ratio(n_before)
            + partition.log_cluster(group)
            + partition.log_cluster(together - group)
            - partition.log_cluster(together)
    }

    fn evidence(&self, paths: ArrayView2<'_, f64>, statistics: &StepStatistics) -> Result<f64> {
        let (setting, width) = (&self.setting, self.setting.priors.width());
        let segments = setting.counts.segments();
        log_evidence(paths, statistics, segments, &setting.priors.dynamics, setting.interaction, width)
    }

    /// Whether the prior allows one cluster more.
    fn has_room(&self) -> bool {
        self.setting.partition.log_count_ratio(self.n_clusters()) > f64::NEG_INFINITY
    }

    /// Clusters of one neuron.
    fn singletons(&self) -> Vec<usize> {
        (0..self.n_clusters()).filter(|&cluster| self.clusters[cluster].size == 1).collect()
    }
}
