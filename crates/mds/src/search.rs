//! One search: clusters and stimuli in alternation, splits, merges, the last stimuli.

use neuroloom_core::{Result, Seed};
use serde::{Deserialize, Serialize};

use crate::alternation::{Phase, alternate};
use crate::ascent::Optimised;
use crate::encoder::Encoder;
use crate::gain::Gains;
use crate::groups::Groups;
use crate::merge::merge;
use crate::objective::Objective;
use crate::options::{Merge, Options};
use crate::real::Real;
use crate::split::split_phase;

/// Asks whether to go on: an error stops a search between its iterations.
pub type Check<'a> = &'a (dyn Fn() -> Result<()> + Sync);

/// What a search works on.
#[derive(Debug)]
pub struct Problem<'a, E> {
    /// The neurons.
    pub encoder: &'a E,
    /// Their gains.
    pub gains: &'a Gains,
    /// The settings.
    pub options: &'a Options,
}

// By hand: an encoder need not be `Clone` for a reference to it to be.
impl<E> Clone for Problem<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Problem<'_, E> {}

/// Clusters, their stimuli, and what every neuron responds to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clusters<F> {
    /// The clusters of the fitted neurons.
    pub groups: Groups,
    /// A stimulus per cluster.
    pub stimuli: Vec<Vec<F>>,
    /// Responses `[cluster][neuron]` to the stimuli.
    pub responses: Vec<Vec<F>>,
    /// Objectives of the stimuli, nat.
    pub objectives: Vec<f64>,
    /// Losses of the stimuli, nat.
    pub losses: Vec<f64>,
    /// Most gradient steps of a stimulus.
    pub steps: usize,
}

/// One iteration, for the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    /// Where in the search.
    pub phase: Phase,
    /// Which alternation, from 0.
    pub pass: usize,
    /// Which iteration of it, from 0.
    pub iteration: usize,
    /// Clusters whose stimuli were optimised.
    pub n_clusters: usize,
    /// Neurons that went to another cluster.
    pub changed: usize,
    /// Mean objective, nat.
    pub mean_j: f64,
    /// Smallest and largest cluster.
    pub sizes: (usize, usize),
    /// Most gradient steps of a stimulus.
    pub steps: usize,
}

/// One cluster that was tried to be split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitTrial {
    /// The pass over all clusters, from 0.
    pub pass: usize,
    /// The cluster.
    pub cluster: usize,
    /// Parts that the local alternation ended with.
    pub n_sub: usize,
    /// Mean loss without and with the split; none where there was nothing to split.
    pub losses: Option<(f64, f64)>,
    /// Whether it was kept.
    pub accepted: bool,
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Search<F> {
    /// Where it ended.
    pub clusters: Clusters<F>,
    /// All iterations.
    pub trace: Vec<Iteration>,
    /// All splits that were tried.
    pub splits: Vec<SplitTrial>,
}

impl<F: Real> Clusters<F> {
    /// Clusters with the stimuli that were found for them.
    pub(crate) fn new(groups: Groups, optimised: Vec<Optimised<F>>) -> Self {
        let steps = optimised.iter().map(|one| one.steps).max().unwrap_or(0);
        let (mut stimuli, mut responses) = (Vec::new(), Vec::new());
        let (mut objectives, mut losses) = (Vec::new(), Vec::new());
        for one in optimised {
            stimuli.push(one.stimulus);
            responses.push(one.responses);
            objectives.push(one.objective);
            losses.push(one.loss);
        }
        Self { groups, stimuli, responses, objectives, losses, steps }
    }

    /// Mean objective of the stimuli, nat.
    pub fn mean_j(&self) -> f64 {
        mean(&self.objectives)
    }

    /// Mean objective over its largest value, `ln K`; 0 of one cluster.
    pub fn mean_j_share(&self) -> f64 {
        if self.objectives.len() < 2 { 0.0 } else { self.mean_j() / (self.objectives.len() as f64).ln() }
    }

    /// Mean loss of the stimuli, nat.
    pub fn mean_loss(&self) -> f64 {
        mean(&self.losses)
    }
}

impl<E> Problem<'_, E> {
    /// The objective for clusters at temperature `tau`.
    pub(crate) fn objective(&self, groups: &Groups, tau: f64) -> Objective {
        Objective::new(groups, self.gains, tau)
    }

    /// Stimuli for `groups`, `steps` steps from `starts`.
    pub(crate) fn stimuli<F: Real>(
        &self,
        groups: Groups,
        starts: Vec<Vec<F>>,
        tau: f64,
        steps: usize,
    ) -> Result<Clusters<F>>
    where
        E: Encoder<F>,
    {
        let objective = self.objective(&groups, tau);
        let starts = starts.into_iter().enumerate().collect();
        let optimised = self.options.ascent.run(self.encoder, &objective, starts, steps)?;
        Ok(Clusters::new(groups, optimised))
    }

    /// A fresh stimulus per cluster; that of cluster `k` belongs to child `k` of `seed`.
    pub(crate) fn fresh<F: Real>(&self, k: usize, seed: Seed) -> Vec<Vec<F>>
    where
        E: Encoder<F>,
    {
        (0..k as u64).map(|k| self.options.ascent.start(self.encoder, seed.child_index(k))).collect()
    }
}

/// A whole search from the clusters `start`.
///
/// # Errors
/// When an objective is not finite, or `check` says stop.
pub fn search<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    start: Groups,
    seed: Seed,
    check: Check<'_>,
) -> Result<Search<F>> {
    let mut found =
        Search { clusters: Clusters::new(start, Vec::new()), trace: Vec::new(), splits: Vec::new() };
    let options = problem.options;
    alternate(problem, &mut found, Phase::Em, seed.child("em"), check)?;
    let changed = split_phase(problem, &mut found, seed.child("split"), check)?;
    let merged = options.merge == Merge::Confusion && merge(problem, &mut found.clusters);
    if options.em_after && (changed || merged) {
        alternate(problem, &mut found, Phase::SplitEm, seed.child("split_em"), check)?;
    }
    finish(problem, &mut found, seed.child("final"))?;
    Ok(found)
}

/// The last stimuli, the clusters fixed.
pub(crate) fn finish<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    found: &mut Search<F>,
    seed: Seed,
) -> Result<()> {
    let groups = found.clusters.groups.clone();
    let warm = found.clusters.stimuli.len() == groups.k();
    let starts = if warm { found.clusters.stimuli.clone() } else { problem.fresh(groups.k(), seed) };
    found.clusters = problem.stimuli(groups, starts, problem.options.tau, problem.options.final_steps)?;
    let iteration = Iteration::of(&found.clusters, Phase::Final, (0, 0), 0);
    found.trace.push(iteration);
    Ok(())
}

impl Iteration {
    /// An iteration that ended with `clusters`.
    pub(crate) fn of<F: Real>(
        clusters: &Clusters<F>,
        phase: Phase,
        (pass, iteration): (usize, usize),
        changed: usize,
    ) -> Self {
        let sizes = clusters.groups.sizes();
        let extremes = sizes.iter().min().zip(sizes.iter().max());
        Self {
            phase,
            pass,
            iteration,
            n_clusters: clusters.stimuli.len(),
            changed,
            mean_j: clusters.mean_j(),
            sizes: extremes.map_or((0, 0), |(least, most)| (*least, *most)),
            steps: clusters.steps,
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
