//! Several searches at once, and what is made of them without looking at any label.

use std::ops::Range;

use neuroloom_core::{Result, Seed};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::agreement::agreement;
use crate::baselines::kmeans;
use crate::consensus::{absorb_small, consensus};
use crate::encoder::Encoder;
use crate::groups::Groups;
use crate::init::chunks;
use crate::real::Real;
use crate::search::{Check, Clusters, Problem, Search, finish, search};

/// Which clusters are kept of several searches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    /// Neurons that most searches put together, with new stimuli.
    #[default]
    Consensus,
    /// The search that agrees most with all others (largest mean ARI).
    Stable,
    /// The search with the largest mean objective over `ln K`.
    LargestJ,
}

/// What searches start from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Start {
    /// Random chunks of neurons, others in every search.
    #[default]
    Chunks,
    /// The same clusters in every search.
    Given(Groups),
    /// k-means on a row of numbers per neuron, from other centres in every search.
    Rows(Vec<Vec<f64>>),
}

/// How many searches, from what, and what is made of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Restarts {
    /// Searches.
    pub n: usize,
    /// Clusters that each starts from.
    pub k_init: usize,
    /// What they start from.
    pub start: Start,
    /// What is kept.
    pub choose: Choose,
    /// Share of the searches that neurons of a consensus cluster are together in, on average.
    pub together: f64,
    /// Consensus clusters with fewer neurons are dissolved.
    pub min_cluster: usize,
}

/// What several searches came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Restarted<F> {
    /// The clusters that are kept.
    pub clusters: Clusters<F>,
    /// The search that they are from; none of a consensus.
    pub chosen: Option<usize>,
    /// All searches.
    pub runs: Vec<Search<F>>,
    /// ARI between the fitted neurons' clusters of every two searches, `[search][search]`.
    pub stability: Vec<Vec<f64>>,
}

/// Searches from different starts, all in one parallel batch, and the clusters that are kept.
///
/// # Errors
/// When an objective is not finite, or `check` says stop.
pub fn restarts<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    settings: &Restarts,
    seed: Seed,
    check: Check<'_>,
) -> Result<Restarted<F>> {
    let runs = searches(problem, settings, 0..settings.n.max(1), seed, check)?;
    settled(problem, settings, runs, seed)
}

/// Some of the searches, in one parallel batch. Search `k` depends on child `k` of `seed` alone.
///
/// # Errors
/// When an objective is not finite, or `check` says stop.
pub fn searches<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    settings: &Restarts,
    numbers: Range<usize>,
    seed: Seed,
    check: Check<'_>,
) -> Result<Vec<Search<F>>> {
    let one = |k: usize| {
        let seed = seed.child_index(k as u64);
        let start = settings.start.groups(problem.encoder.n_units(), settings.k_init, seed);
        search::<F, E>(problem, start, seed.child("search"), check)
    };
    numbers.into_par_iter().map(one).collect()
}

/// The clusters that are kept of all searches.
///
/// # Errors
/// When an objective is not finite.
pub fn settled<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    settings: &Restarts,
    runs: Vec<Search<F>>,
    seed: Seed,
) -> Result<Restarted<F>> {
    let partitions: Vec<Vec<usize>> = runs.iter().map(|run| run.clusters.groups.labels().to_vec()).collect();
    let stability = stability(&partitions);
    let chosen = match settings.choose {
        Choose::Consensus if runs.len() > 1 => None,
        Choose::LargestJ => largest(runs.iter().map(|run| run.clusters.mean_j_share())),
        _ => largest(stability.iter().map(|row| row.iter().sum())),
    };
    let clusters = match chosen.and_then(|chosen| runs.get(chosen)) {
        Some(run) => run.clusters.clone(),
        None => {
            let labels = consensus(&partitions, settings.together);
            let labels = absorb_small(&labels, &partitions, settings.min_cluster);
            consensus_clusters(problem, &labels, seed.child("consensus"))?
        }
    };
    Ok(Restarted { clusters, chosen, runs, stability })
}

impl Start {
    fn groups(&self, n_units: usize, k: usize, seed: Seed) -> Groups {
        let random = || chunks(n_units, k, seed.child("chunks"));
        match self {
            Self::Chunks => random(),
            Self::Given(groups) => groups.clone(),
            Self::Rows(rows) => kmeans(rows, k, 1, seed.child("kmeans"))
                .map_or_else(random, |found| Groups::new(&found.labels)),
        }
    }
}

/// New stimuli for the clusters of a consensus.
fn consensus_clusters<F: Real, E: Encoder<F>>(
    problem: Problem<'_, E>,
    labels: &[usize],
    seed: Seed,
) -> Result<Clusters<F>> {
    let clusters = Clusters::new(Groups::new(labels), Vec::new());
    let mut found = Search { clusters, trace: Vec::new(), splits: Vec::new() };
    finish(problem, &mut found, seed)?;
    Ok(found.clusters)
}

fn stability(partitions: &[Vec<usize>]) -> Vec<Vec<f64>> {
    let ari = |a: &Vec<usize>, b: &Vec<usize>| agreement(a, b).map_or(f64::NAN, |found| found.ari);
    partitions.iter().map(|a| partitions.iter().map(|b| ari(a, b)).collect()).collect()
}

/// The place of the largest value; the first of several.
fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
    values.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(k, _)| k)
}
