//! Clusters of neurons, one after the other, with one auxiliary cluster (Neal 2000, algorithm 8).

use ndarray::{Array2, Axis, concatenate, s};
use neuroloom_math::principal_axes;
use rand::Rng;

use super::auxiliary::path;
use super::mode::Neuron;
use crate::moves::choose;
use crate::streams::{Purpose, SweepStreams};
use crate::sweep::Sampler;
use crate::{BiclusterError, Dynamics, Family, Result, State};

/// A cluster while neurons change places.
struct Cluster {
    /// Latents as the chain has them, `[T, p + 1]`.
    path: Array2<f64>,
    /// The same with latents of length 1, as likelihoods see them.
    scaled: Array2<f64>,
    size: usize,
    /// Its place before; none where it was opened in this sweep.
    before: Option<usize>,
}

/// Gives every neuron a cluster, in order; the clusters that were opened.
///
/// # Errors
/// When latents are not finite.
pub(super) fn reassign(
    sampler: &Sampler<'_>,
    state: &mut State,
    streams: &SweepStreams,
) -> Result<Vec<usize>> {
    let (width, rng) = (sampler.settings().priors.width(), &mut streams.of(Purpose::Labels));
    let mut clusters = (0..state.n_clusters())
        .map(|cluster| {
            let path = state.paths.slice(s![.., cluster * width..(cluster + 1) * width]).to_owned();
            let size = state.labels.iter().filter(|&&label| label == cluster).count();
            Cluster::new(path, size, Some(cluster))
        })
        .collect::<Result<Vec<_>>>()?;
    let every = if sampler.settings().family == Family::NegativeBinomial { 10 } else { 5 };
    let by_splines = streams.number() % every == 1;
    for unit in 0..state.labels.len() {
        let auxiliary = &mut streams.unit(Purpose::Auxiliary, unit);
        place(sampler, state, unit, &mut clusters, by_splines, auxiliary, rng)?;
    }
    Ok(rebuild(state, &clusters, width))
}

fn place(
    sampler: &Sampler<'_>,
    state: &mut State,
    unit: usize,
    clusters: &mut Vec<Cluster>,
    by_splines: bool,
    auxiliary: &mut impl Rng,
    rng: &mut impl Rng,
) -> Result<()> {
    let (counts, width) = (sampler.counts(), sampler.settings().priors.width());
    let label = state.labels[unit];
    clusters[label].size -= 1;
    // The cluster of a neuron that was alone is the auxiliary one.
    let new = if clusters[label].size == 0 {
        label
    } else {
        clusters.push(Cluster::new(path(counts, width, by_splines, auxiliary), 0, None)?);
        clusters.len() - 1
    };
    let (baseline, dispersion) = (state.loadings[[unit, 0]], state.dispersions[unit]);
    let neuron = Neuron { counts, unit, baseline, dispersion };
    let n_occupied = clusters.iter().filter(|cluster| cluster.size > 0).count();
    let weights = clusters.iter().enumerate().map(|(at, cluster)| {
        let urn = match cluster.size {
            0 if at == new => sampler.partition().log_new(n_occupied),
            0 => f64::NEG_INFINITY,
            size => sampler.partition().log_existing(size),
        };
        if urn == f64::NEG_INFINITY { urn } else { urn + neuron.log_evidence(cluster.scaled.view()) }
    });
    let weights: Vec<f64> = weights.collect();
    let chosen = if weights.iter().any(|weight| *weight > f64::NEG_INFINITY) {
        choose(&weights, rng).0
    } else {
        label
    };
    clusters[chosen].size += 1;
    state.labels[unit] = chosen;
    if new != label && chosen != new {
        clusters.pop();
    }
    Ok(())
}

impl Cluster {
    fn new(path: Array2<f64>, size: usize, before: Option<usize>) -> Result<Self> {
        let axes = principal_axes(path.slice(s![.., 1..]))
            .map_err(|error| BiclusterError::Projection { why: error.to_string() })?;
        let mut scaled = path.clone();
        for (at, &length) in axes.lengths.iter().enumerate().filter(|(_, length)| **length > 0.0) {
            scaled.column_mut(1 + at).mapv_inplace(|x| x / length);
        }
        Ok(Self { path, scaled, size, before })
    }
}

/// The state with the clusters that are occupied; the places of those that were opened.
fn rebuild(state: &mut State, clusters: &[Cluster], width: usize) -> Vec<usize> {
    let kept: Vec<usize> = (0..clusters.len()).filter(|&cluster| clusters[cluster].size > 0).collect();
    for label in &mut state.labels {
        *label = kept.iter().position(|cluster| cluster == label).unwrap_or(0);
    }
    let paths: Vec<_> = kept.iter().map(|&cluster| clusters[cluster].path.view()).collect();
    state.paths = concatenate(Axis(1), &paths).unwrap_or_default();
    let before: Vec<Option<usize>> = kept.iter().map(|&cluster| clusters[cluster].before).collect();
    state.dynamics.iter_mut().for_each(|dynamics| *dynamics = of_clusters(dynamics, &before, width));
    (0..kept.len()).filter(|&at| before[at].is_none()).collect()
}

/// Dynamics of the clusters that were there before, with A = I, b = 0, Q = 0.01 I for the others.
fn of_clusters(dynamics: &Dynamics, before: &[Option<usize>], width: usize) -> Dynamics {
    let mut of = crate::start::resting(before.len() * width);
    let place = |at: usize| before[at / width].map(|cluster| cluster * width + at % width);
    for i in 0..of.offset.len() {
        let Some(from) = place(i) else { continue };
        of.offset[i] = dynamics.offset[from];
        for j in 0..of.offset.len() {
            if let Some(to) = place(j) {
                of.transition[[i, j]] = dynamics.transition[[from, to]];
                of.noise[[i, j]] = dynamics.noise[[from, to]];
            }
        }
    }
    of
}
